"""Writes on their way to the database, in order, and what is to be done once they are stored.

Owned by the worker's thread.  While the database is unavailable the queue keeps what was taken in
and tries again with growing pauses; nothing that fits is lost and the order stays.  If the database
refuses some of it, because a table is damaged or closed to the bot, the rest is stored: only writes
that concern the same rows keep their order among themselves.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final, Protocol

from clankbot.clock import Clock
from clankbot.errors import DatabaseError, DatabaseUnavailable, WriteRefused, WriteTooLarge
from clankbot.processing.live_state import LiveState
from clankbot.processing.outage import Outage, Work
from clankbot.records.writes import (
    NOTES,
    AddHint,
    Append,
    Applied,
    BlockTerm,
    ClearHints,
    KeepFigures,
    KeepModelFigures,
    KeepState,
    KeepWindow,
    RaiseDeletionEpoch,
    RecordDecision,
    RecordRateLimitEvent,
    SetSetting,
    Tally,
    UnblockTerm,
    Write,
)

log = logging.getLogger(__name__)

Then = Callable[[Applied], None]

# Writes kept during an outage: with some 1 KB each about 20 MB, hours of an ordinary chat.
MAX_HELD: Final = 20_000
_MAY_GIVE_WAY: Final = (Append, RecordRateLimitEvent, *NOTES)
# What nobody waits for: it may be collected for a while, to be stored with more of its kind.
_MAY_WAIT: Final = (Append, *NOTES)
_BATCH: Final = 500
# Writes of one group keep their order, whatever becomes of the others.  All that has to do with
# messages is in one: a message must never be stored behind its removal.
_MESSAGES: Final = "messages"
_GROUPS: Final[Mapping[type[Write], str]] = {
    AddHint: "hints",
    ClearHints: "hints",
    SetSetting: "settings",
    BlockTerm: "terms",
    UnblockTerm: "terms",
    RaiseDeletionEpoch: "counters",
    RecordDecision: "decisions",
    Tally: "tallies",
    RecordRateLimitEvent: "traffic",
    KeepWindow: "windows",
    KeepModelFigures: "model figures",
    KeepFigures: "figures",
    KeepState: "figures",
}

_Held = tuple[Write, Then | None]


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
        note: Callable[[Write], None] = lambda _: None,
    ) -> None:
        """``note`` is told each write when it is queued."""
        self._history = history
        self._note = note
        self._clock = clock
        self._most_held = most_held
        # In order; for the queue alone to change.
        self.held: deque[tuple[Write, Then | None]] = deque()
        self.outage = Outage(live_state, clock)
        # Somebody waits for what is held: for a write, or for the answer to a mention.
        self.is_pressing = False
        self._dropped = 0  # in this outage
        self._singly = 0  # so many writes go one by one, since one of them was refused
        self._batch = _BATCH  # fewer if the server has found a batch too large

    @property
    def not_stored(self) -> int:
        """What is lost if it ends now: what is held, and what gave way in this outage."""
        return len(self.held) + self._dropped

    def add(self, write: Write, then: Then | None = None) -> None:
        """Queue a write; ``then`` is called with its outcome once it is stored, or refused."""
        self.held.append((write, then))
        self._note(write)
        if then is not None or not isinstance(write, _MAY_WAIT):
            self.is_pressing = True
        if len(self.held) > self._most_held:
            self._drop_oldest()

    def add_first(self, writes: Sequence[Write]) -> None:
        """Queue writes before all that is held."""
        self.held.extendleft((write, None) for write in reversed(writes))

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
        self.is_pressing = False
        outage = self.outage
        sign_of_life = not outage.has(Work.STORING)
        if not (sign_of_life or force or outage.is_due(Work.STORING)):
            return False
        while self.held or not sign_of_life:
            batch = list(islice(self.held, 1 if self._singly else self._batch))
            try:
                outcomes = self._history.apply([write for write, _ in batch])
            except WriteTooLarge as error:
                if len(batch) > 1:
                    self._batch = len(batch) // 2
                    continue
                outcomes = self._given_up(batch, error)
            except WriteRefused as error:
                if len(batch) > 1:
                    self._singly = len(batch)
                    continue
                outcomes = self._given_up(batch, error)
            except DatabaseUnavailable as error:
                self.note_outage(error)
                return False
            except DatabaseError as error:
                self._store_what_can_be()
                self.note_outage(error)
                return False
            sign_of_life = True
            self._batch = min(2 * self._batch, _BATCH)
            self._settle(batch, outcomes)
        outage.end(Work.STORING, self._dropped)
        self._dropped = 0
        return True

    def _given_up(self, batch: list[_Held], error: DatabaseError) -> list[Applied]:
        """The one write of the batch is refused for good: it must not hold up all that follow."""
        ((refused, _),) = batch
        extra = {"write": type(refused).__name__, "problem": str(error)}
        log.error("write refused", extra=extra)
        return [Applied(0)]

    def _settle(self, batch: list[_Held], outcomes: list[Applied]) -> None:
        """The oldest writes are stored: let go of them, and do what was to follow."""
        self._singly = max(0, self._singly - 1)
        for _ in batch:
            self.held.popleft()
        self._follow_up(batch, outcomes)

    def _follow_up(self, batch: list[_Held], outcomes: list[Applied]) -> None:
        for (write, then), outcome in zip(batch, outcomes, strict=True):
            try:
                if then is not None:
                    then(outcome)
            except Exception:
                # The write is stored, and what follows the others must not be lost with this.
                log.exception("follow-up failed", extra={"write": type(write).__name__})

    def _store_what_can_be(self) -> None:
        """The database refuses a batch: store each group by itself, as far as it lets us."""
        groups: dict[str, list[_Held]] = {}
        for held in self.held:
            groups.setdefault(_GROUPS.get(type(held[0]), _MESSAGES), []).append(held)
        if len(groups) == 1:
            return
        stored: list[_Held] = []
        outcomes: list[Applied] = []
        for group in groups.values():
            # What cannot be stored is told by the caller; it may be what was refused before.
            with suppress(DatabaseError):
                for start in range(0, len(group), self._batch):
                    batch = group[start : start + self._batch]
                    outcomes += self._history.apply([write for write, _ in batch])
                    stored += batch
        done = {id(held) for held in stored}
        kept = [held for held in self.held if id(held) not in done]
        self.held.clear()
        self.held.extend(kept)
        self._follow_up(stored, outcomes)

    def note_outage(self, error: DatabaseError) -> None:
        """The database is unavailable, as a write has shown, or a question of a command."""
        self.outage.begin(Work.STORING, error, len(self.held))
