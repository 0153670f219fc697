"""Writes on their way to the database, in order, and what is to be done once they are stored.

Owned by the worker's thread.  While the database is away the queue keeps what was taken in and
tries again with growing pauses; nothing that fits is lost and the order stays.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Final

from clankbot.errors import CommitInDoubt, DatabaseError, WriteRefused
from clankbot.processing.ports import History
from clankbot.records.writes import (
    Append,
    Applied,
    RecordDecision,
    RecordRateLimitEvent,
    Tally,
    Write,
)

log = logging.getLogger(__name__)

Then = Callable[[Applied], None]

MAX_HELD: Final = 20_000
"""Writes kept during an outage: with some 1 KB each about 20 MB, hours of an ordinary chat."""
_MAY_GIVE_WAY: Final = (Append, RecordDecision, RecordRateLimitEvent, Tally)
_BATCH: Final = 500
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 10.0


class WriteQueue:
    """See the module's text."""

    def __init__(
        self,
        clock: Callable[[], float],
        outage: Callable[[str | None], None],
        most_held: int = MAX_HELD,
    ) -> None:
        self._clock = clock
        self._tell_outage = outage
        self._most_held = most_held
        self._held: deque[tuple[Write, Then | None]] = deque()
        self._since: float | None = None
        self._pause_s = _FIRST_PAUSE_S
        self._next_try = 0.0
        self._dropped = 0
        self._singly = 0
        self._in_doubt = 0
        """So many of the first writes may have been stored, as one batch."""

    def __len__(self) -> int:
        return len(self._held)

    @property
    def not_stored(self) -> int:
        """What is lost if it ends now: what is held, and what gave way in this outage."""
        return len(self._held) + self._dropped

    def add(self, write: Write, then: Then | None = None) -> None:
        """Queue a write; ``then`` is called with its outcome after the commit, or the refusal."""
        self._held.append((write, then))
        if len(self._held) > self._most_held:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        """Chat and what is noted in passing give way, oldest first; removals and settings never do.

        A batch in doubt stays as it is: only the same batch is known again.
        """
        for index, (write, _) in enumerate(self._held):
            if index >= self._in_doubt and isinstance(write, _MAY_GIVE_WAY):
                if not self._dropped:
                    log.warning("chat gives way", extra={"held": len(self._held)})
                del self._held[index]
                self._dropped += 1
                return

    def commit(self, history: History, *, force: bool = False) -> bool:
        """Store what is held, a batch a transaction; True when all is stored.

        During an outage it returns at once until the pause is over, unless ``force``; then it asks
        the database for a sign of life even where nothing is held.  A batch in doubt comes again
        first and alone, so that what is behind it cannot have it refused and taken apart.
        """
        if self._since is not None and not force and self._clock() < self._next_try:
            return False
        sign_of_life = self._since is None
        while self._held or not sign_of_life:
            size = self._in_doubt or (1 if self._singly else _BATCH)
            batch = list(islice(self._held, size))
            try:
                outcomes = history.apply([write for write, _ in batch])
            except WriteRefused as error:
                if len(batch) > 1:
                    self._singly, self._in_doubt = len(batch), 0
                    continue
                outcomes = [self._refused(write, error) for write, _ in batch]
            except DatabaseError as error:
                if isinstance(error, CommitInDoubt):
                    self._in_doubt = len(batch)
                self.note_outage(error)
                return False
            sign_of_life = True
            self._settle(batch, outcomes)
        self._outage_ends()
        return True

    def _settle(self, batch: list[tuple[Write, Then | None]], outcomes: list[Applied]) -> None:
        """The batch is stored: let go of it, and do what was to follow."""
        self._singly = max(0, self._singly - 1)
        self._in_doubt = 0
        for _ in batch:
            self._held.popleft()
        for (write, then), outcome in zip(batch, outcomes, strict=True):
            if then is not None:
                self._follow_up(write, then, outcome)

    @staticmethod
    def _follow_up(write: Write, then: Then, outcome: Applied) -> None:
        try:
            then(outcome)
        except Exception:
            # The write is stored, and what follows the others must not be lost with this.
            log.exception("follow-up failed", extra={"write": type(write).__name__})

    @staticmethod
    def _refused(write: Write, error: WriteRefused) -> Applied:
        """One write that can never be stored must not hold up all that come after it."""
        log.error("write refused", extra={"write": type(write).__name__, "problem": str(error)})
        return Applied(0, refused=True)

    def note_outage(self, error: DatabaseError) -> None:
        """The database is away, as a write or a question to it has shown."""
        now = self._clock()
        if self._since is None:
            self._since = now
            self._pause_s = _FIRST_PAUSE_S
            log.warning("database away", extra={"problem": str(error), "held": len(self._held)})
            self._tell_outage(str(error))
        else:
            self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)
        self._next_try = now + self._pause_s

    def _outage_ends(self) -> None:
        if self._since is None:
            return
        log.info(
            "database back",
            extra={"seconds": round(self._clock() - self._since, 1), "dropped": self._dropped},
        )
        self._since, self._dropped = None, 0
        self._tell_outage(None)
