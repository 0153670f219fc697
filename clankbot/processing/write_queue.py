"""Writes on their way to the database, in order, and what is to be done once they are stored.

Owned by the worker's thread.  While the database is unavailable the queue keeps what was taken in
and tries again with growing pauses; nothing that fits is lost and the order stays.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, Protocol

from clankbot.backoff import Backoff
from clankbot.clock import Clock
from clankbot.errors import DatabaseError, WriteRefused
from clankbot.processing.live_state import LiveState
from clankbot.records.writes import (
    Append,
    Applied,
    KeepModelFigures,
    KeepWindow,
    RecordDecision,
    RecordRateLimitEvent,
    Tally,
    Write,
)

log = logging.getLogger(__name__)

Then = Callable[[Applied], None]

# Writes kept during an outage: with some 1 KB each about 20 MB, hours of an ordinary chat.
MAX_HELD: Final = 20_000
_MAY_GIVE_WAY: Final = (
    Append,
    KeepModelFigures,
    KeepWindow,
    RecordDecision,
    RecordRateLimitEvent,
    Tally,
)
_BATCH: Final = 500
# Between two tries while the database is unavailable.
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 10.0


class WritableHistory(Protocol):
    """Where the writes go."""

    def apply(self, writes: Sequence[Write]) -> list[Applied]:
        """Carry out all writes in order, in one transaction; repeating a batch is harmless."""


class WriteQueue:
    """See the module's text."""

    def __init__(
        self,
        history: WritableHistory,
        live_state: LiveState,
        clock: Clock,
        most_held: int = MAX_HELD,
    ) -> None:
        self._history = history
        self._live_state = live_state
        self._clock = clock
        self._most_held = most_held
        # In order; for the queue alone to change.
        self.held: deque[tuple[Write, Then | None]] = deque()
        self._outage_since: float | None = None
        self._backoff = Backoff(_FIRST_PAUSE_S, _LONGEST_PAUSE_S)
        self._next_try = 0.0
        self._dropped = 0  # in this outage
        self._singly = 0  # so many writes go one by one, since one of them was refused

    @property
    def not_stored(self) -> int:
        """What is lost if it ends now: what is held, and what gave way in this outage."""
        return len(self.held) + self._dropped

    def add(self, write: Write, then: Then | None = None) -> None:
        """Queue a write; ``then`` is called with its outcome once it is stored, or refused."""
        self.held.append((write, then))
        if len(self.held) > self._most_held:
            self._drop_oldest()

    def tally(self, channel: str, counter: str) -> None:
        """Queue one more for a counter of the channel and of today."""
        self.add(Tally(channel, self._clock.utc_day(), counter))

    def _drop_oldest(self) -> None:
        """The oldest of what may give way is dropped; removals and settings are always kept."""
        for index, (write, _) in enumerate(self.held):
            if isinstance(write, _MAY_GIVE_WAY):
                if not self._dropped:
                    log.warning("chat gives way", extra={"held": len(self.held)})
                del self.held[index]
                self._dropped += 1
                return

    def commit(self, *, force: bool = False) -> bool:
        """Store what is held, a batch a transaction; True when all is stored.

        During an outage it returns at once until the pause is over, unless ``force``; then it asks
        the database for a sign of life even if nothing is held.  A batch whose commit was not
        answered is simply carried out again: that is harmless (see ``Store.apply``).
        """
        sign_of_life = self._outage_since is None
        if not (sign_of_life or force or self._clock.monotonic() >= self._next_try):
            return False
        while self.held or not sign_of_life:
            batch = list(islice(self.held, 1 if self._singly else _BATCH))
            try:
                outcomes = self._history.apply([write for write, _ in batch])
            except WriteRefused as error:
                if len(batch) > 1:
                    self._singly = len(batch)
                    continue
                ((refused, _),) = batch  # it must not hold up all that come after it
                extra = {"write": type(refused).__name__, "problem": str(error)}
                log.error("write refused", extra=extra)
                outcomes = [Applied(0)]
            except DatabaseError as error:
                self.note_outage(error)
                return False
            sign_of_life = True
            self._settle(batch, outcomes)
        self._outage_ends()
        return True

    def _settle(self, batch: list[tuple[Write, Then | None]], outcomes: list[Applied]) -> None:
        """The batch is stored: let go of it, and do what was to follow."""
        self._singly = max(0, self._singly - 1)
        for _ in batch:
            self.held.popleft()
        for (write, then), outcome in zip(batch, outcomes, strict=True):
            try:
                if then is not None:
                    then(outcome)
            except Exception:
                # The write is stored, and what follows the others must not be lost with this.
                log.exception("follow-up failed", extra={"write": type(write).__name__})

    def note_outage(self, error: DatabaseError) -> None:
        """The database is unavailable, as a write or a question to it has shown."""
        now = self._clock.monotonic()
        if self._outage_since is None:
            self._outage_since = now
            self._backoff.reset()
            log.warning("database away", extra={"problem": str(error), "held": len(self.held)})
            self._live_state.outage = str(error)
        self._next_try = now + self._backoff.next_s()

    def _outage_ends(self) -> None:
        if self._outage_since is None:
            return
        lasted_s = round(self._clock.monotonic() - self._outage_since, 1)
        log.info("database back", extra={"seconds": lasted_s, "dropped": self._dropped})
        self._outage_since, self._dropped = None, 0
        self._live_state.outage = None
