"""Times in which the database cannot be used: when to try again, and what is told of them.

Owned by the worker's thread.  Storing and asking may fail apart from each other, as when one table
is damaged or refused: each has its own pauses, and the bot is well when both work.
"""

from __future__ import annotations

import enum
import logging
from typing import Final

from clankbot.backoff import Backoff
from clankbot.clock import Clock
from clankbot.errors import DatabaseDamaged, DatabaseError, DatabaseFileLost, DiskFailing
from clankbot.processing.live_state import LiveState

log = logging.getLogger(__name__)

# Between two tries.
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 10.0
# An outage so soon after another one is the same trouble going on.
_PROVED_AFTER_S: Final = 60.0
# Short ones in a row that are told each; what goes on after that is told once.
_TOLD_EACH: Final = 3


class Work(enum.Enum):
    """What is done with the database."""

    STORING = "storing"
    ASKING = "asking"


class Outage:
    """See the module's text."""

    def __init__(self, live_state: LiveState, clock: Clock) -> None:
        self._live_state = live_state
        self._clock = clock
        self._failing: dict[Work, DatabaseError] = {}
        self._pauses = {work: Backoff(_FIRST_PAUSE_S, _LONGEST_PAUSE_S) for work in Work}
        self._next_try = dict.fromkeys(Work, 0.0)
        self._began = 0.0
        self._ended: float | None = None  # that of the last one, until the database has proved well
        self._in_a_row = 0
        self._told: set[str] = set()  # the states of the database that the log tells of
        self._untold_end = False
        self._given_up = 0  # writes, since what the log told last

    def has(self, work: Work) -> bool:
        """Whether this failed when it was tried last."""
        return work in self._failing

    def is_due(self, work: Work) -> bool:
        """Whether it may be tried: always, but for the pauses of an outage."""
        return work not in self._failing or self._clock.monotonic() >= self._next_try[work]

    def begin(self, work: Work, error: DatabaseError, held: int) -> None:
        """A try has failed, while so many writes were held."""
        now = self._clock.monotonic()
        if not self._failing:
            self._began_anew(now)
        self._failing[work] = error
        self._live_state.outage = str(error)
        # A file is looked for often, which costs nothing: it is to be used as soon as it is there.
        is_lost = isinstance(error, DatabaseFileLost)
        self._next_try[work] = now + (_FIRST_PAUSE_S if is_lost else self._pauses[work].next_s())
        phrase, level = _told_as(error)
        if phrase not in self._told:
            self._told.add(phrase)
            log.log(level, phrase, extra={"problem": str(error), "held": held})

    def _began_anew(self, now: float) -> None:
        if self._ended is not None and now - self._ended < _PROVED_AFTER_S:
            self._in_a_row += 1
        else:
            self._in_a_row, self._untold_end = 1, False
            self._told.clear()
        if not self._untold_end:
            self._began = now
            for pause in self._pauses.values():
                pause.reset()

    def lift(self) -> None:
        """The questions are about to be tried: they are not to be refused because of the outage."""
        if Work.STORING not in self._failing:
            self._live_state.outage = None

    def end(self, work: Work, dropped: int = 0) -> None:
        """A try has succeeded; ``dropped`` writes had to give way meanwhile."""
        error = self._failing.pop(work, None)
        self._given_up += dropped
        if error is None or self._failing:
            return
        self._ended = self._clock.monotonic()
        self._live_state.outage = None
        # What is broken works now and then; it is told to be well once it has stayed so.
        lasts = isinstance(error, DatabaseDamaged | DiskFailing)
        if lasts or self._untold_end or self._in_a_row > _TOLD_EACH:
            self._untold_end = True
        else:
            self._tell_end()

    def look_back(self) -> None:
        """To be called from time to time: tell of an end that had to prove itself."""
        if not self._untold_end or self._failing or self._ended is None:
            return
        if self._clock.monotonic() - self._ended >= _PROVED_AFTER_S:
            self._untold_end = False
            self._tell_end()

    def _tell_end(self) -> None:
        assert self._ended is not None
        lasted_s = round(self._ended - self._began, 1)
        log.info("database back", extra={"seconds": lasted_s, "dropped": self._given_up})
        self._given_up = 0
        self._told.clear()


def _told_as(error: DatabaseError) -> tuple[str, int]:
    """The phrase of the log for the state that the database is in, and how grave it is."""
    if isinstance(error, DatabaseFileLost):
        return "database file lost", logging.ERROR
    if isinstance(error, DatabaseDamaged):
        return "database damaged", logging.ERROR
    if isinstance(error, DiskFailing):
        return "disk failing", logging.ERROR
    return "database away", logging.WARNING
