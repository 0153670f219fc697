"""The upkeep thread: chores that come round again, and single errands over the network.

Started by the wiring; ends soon after ``stopping`` is set and ``wake`` is called.  Chores keep the
sign-in valid, ask whether Ollama is there, and the like; errands are what the worker must not wait
for.  Knows nothing of what either does.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from clankbot.backoff import Backoff
from clankbot.cancel import END, End
from clankbot.errors import AuthUnavailable, DatabaseUnavailable, OllamaError, RequestRefused

log = logging.getLogger(__name__)

Errand = Callable[[], None]

# A moderator's requests of some minutes; beyond that a quick no is better than a late answer.
_ERRANDS_MAX: Final = 20

# Failures that heal by themselves, or that the bot can live with. Any other ends the thread, and
# with it the program.
_PASSING: Final = (OllamaError, AuthUnavailable, RequestRefused, DatabaseUnavailable)

# The pause after a failure. Ollama is to be found again within 15 s of its return; what else
# fails is given twice the time after each further failure, up to ``_RETRY_MAX_S``.
_RETRY_S: Final = 10.0

_RETRY_MAX_S: Final = 60.0
# A request that was refused is hardly granted soon; asking often would only annoy.
_RETRY_REFUSED_S: Final = 600.0

# A pause that a chore worked out as zero or less must not become a busy loop.
_LEAST_PAUSE_S: Final = 0.1

# Also where no chore ever wants to run again: a wait for infinity is an error.
_LONGEST_WAIT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Work that comes round again: ``run`` returns the seconds until it wants its next turn."""

    name: str
    run: Callable[[], float]


@dataclass(slots=True)
class _Turn:
    """When a chore is due, and how it has failed since it last worked."""

    chore: PeriodicTask
    due_s: float
    failing: type[Exception] | None = None
    failing_since_s: float = 0.0
    backoff: Backoff = field(default_factory=lambda: Backoff(_RETRY_S, _RETRY_MAX_S))


class Scheduler:
    """Runs chores when they are due and errands as they come, one at a time, in one thread."""

    def __init__(
        self,
        chores: Sequence[PeriodicTask],
        stopping: threading.Event,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stopping = stopping
        self._clock = clock
        now_s = clock()
        self._turns = [_Turn(chore, due_s=now_s) for chore in chores]
        self._errands: queue.Queue[Errand | End] = queue.Queue(_ERRANDS_MAX)

    def submit(self, errand: Errand) -> bool:
        """Whether the errand was taken; False while too many wait.  For any thread, never waits.

        What it finds out it must hand on itself; one that fails is logged and not repeated.
        """
        try:
            self._errands.put_nowait(errand)
        except queue.Full:
            return False
        return True

    def wake(self) -> None:
        """Make the thread look at ``stopping`` now.  For any thread, never waits."""
        try:
            self._errands.put_nowait(END)
        except queue.Full:
            return  # with so much to do it is not waiting

    def run(self) -> None:
        """The thread's body: returns once ``stopping`` is set; waiting errands are dropped.

        Raises what a chore or an errand raised, unless it is of a kind that heals by itself.
        """
        while not self._stopping.is_set():
            pause_s = self.run_due(self._clock())
            try:
                errand = self._errands.get(timeout=pause_s)
            except queue.Empty:
                continue
            if not isinstance(errand, End) and not self._stopping.is_set():
                _run_errand(errand)

    def run_due(self, now_s: float) -> float:
        """Run each chore due at ``now_s``; the seconds from then until one is due again."""
        for turn in self._turns:
            if turn.due_s <= now_s and not self._stopping.is_set():
                turn.due_s = now_s + _run_chore(turn, now_s)
        next_s = min((turn.due_s for turn in self._turns), default=now_s + _LONGEST_WAIT_S)
        return min(max(0.0, next_s - now_s), _LONGEST_WAIT_S)


def _run_chore(turn: _Turn, now_s: float) -> float:
    """Run it; the seconds until its next turn."""
    try:
        pause_s = turn.chore.run()
    except _PASSING as error:
        return _note_failure(turn, error, now_s)
    if turn.failing:
        failing_s = round(now_s - turn.failing_since_s)
        log.info("chore works again", extra={"chore": turn.chore.name, "after_s": failing_s})
        turn.failing = None
        turn.backoff.reset()
    return max(pause_s, _LEAST_PAUSE_S)


def _note_failure(turn: _Turn, error: Exception, now_s: float) -> float:
    """Log a failure of a new kind; the seconds until the next try."""
    if not turn.failing:
        turn.failing_since_s = now_s
    if type(error) is not turn.failing:
        log.warning("chore failed", extra={"chore": turn.chore.name, "reason": str(error)})
    turn.failing = type(error)
    if isinstance(error, RequestRefused):
        return _RETRY_REFUSED_S
    return _RETRY_S if isinstance(error, OllamaError) else turn.backoff.next_s()


def _run_errand(errand: Errand) -> None:
    try:
        errand()
    except _PASSING as error:
        log.warning("errand failed", extra={"reason": str(error)})
