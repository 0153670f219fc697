"""The scheduler thread: periodic tasks, and one-off tasks that the worker must not wait for.

Started by the wiring; ends soon after ``stopping`` is set and ``wake`` is called.  It runs one task
at a time and knows nothing of what they do: keep the sign-in valid, look whether Ollama answers.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from clankbot.backoff import Backoff
from clankbot.errors import AuthUnavailable, DatabaseUnavailable, OllamaError, RequestRefused

log = logging.getLogger(__name__)

# A moderator's requests of some minutes; beyond that a quick no is better than a late answer.
_MOST_WAITING: Final = 20

# Failures that heal by themselves, or that the bot can live with.  Any other ends the thread, and
# with it the program.
_PASSING: Final = (OllamaError, AuthUnavailable, RequestRefused, DatabaseUnavailable)

# The pause after a failure.  Ollama is to be found again within 15 s of its return; what else
# fails is given twice the time after each further failure, up to ``_RETRY_MAX_S``.
_RETRY_S: Final = 10.0
_RETRY_MAX_S: Final = 60.0
# A request that was refused is hardly granted soon; asking often would only annoy.
_RETRY_REFUSED_S: Final = 600.0

# A pause that a task worked out as zero or less must not become a busy loop.
_LEAST_PAUSE_S: Final = 0.1
# Also if no task ever wants to run again: a wait for infinity is an error.
_LONGEST_WAIT_S: Final = 60.0


@dataclass(slots=True)
class PeriodicTask:
    """Work that comes round again: ``run`` returns the seconds until it wants its next turn."""

    name: str
    run: Callable[[], float]
    # When it is due, and how it has failed since it last worked: kept by the scheduler.
    due_s: float = -math.inf
    failing: type[Exception] | None = None
    trouble: str | None = None  # the failure in words
    failing_since_s: float = 0.0
    backoff: Backoff = field(default_factory=lambda: Backoff(_RETRY_S, _RETRY_MAX_S))


class Scheduler:
    """Runs periodic tasks when they are due, and one-off tasks as they come."""

    def __init__(
        self,
        tasks: Sequence[PeriodicTask],
        stopping: threading.Event,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tasks = tasks
        self._stopping = stopping
        self._clock = clock
        self._one_off_tasks: queue.Queue[Callable[[], None]] = queue.Queue(_MOST_WAITING)

    def submit(self, task: Callable[[], None]) -> bool:
        """Whether the one-off task was taken; False while too many wait.

        For any thread, never waits.  What the task finds out it must hand on itself; one that fails
        is logged and not repeated.
        """
        try:
            self._one_off_tasks.put_nowait(task)
        except queue.Full:
            return False
        return True

    def trouble(self, name: str) -> str | None:
        """Why a periodic task fails, if it does; for any thread."""
        return next((task.trouble for task in self._tasks if task.name == name), None)

    def wake(self) -> None:
        """Make the thread look at ``stopping`` now.  For any thread, never waits."""
        self.submit(lambda: None)  # if there is no room, the thread is not waiting

    def run(self) -> None:
        """The thread's body: returns once ``stopping`` is set; one-off tasks that wait are dropped.

        Raises what a task raised, unless it is of a kind that heals by itself.
        """
        while not self._stopping.is_set():
            pause_s = self.run_due(self._clock())
            try:
                task = self._one_off_tasks.get(timeout=pause_s)
            except queue.Empty:
                continue
            if not self._stopping.is_set():
                _run_once(task)

    def run_due(self, now_s: float) -> float:
        """Run each periodic task due at ``now_s``; the seconds from then until one is due again."""
        for task in self._tasks:
            if task.due_s <= now_s and not self._stopping.is_set():
                task.due_s = now_s + _run_periodic(task, now_s)
        next_s = min((task.due_s for task in self._tasks), default=math.inf)
        return min(max(0.0, next_s - now_s), _LONGEST_WAIT_S)


def _run_once(task: Callable[[], None]) -> None:
    try:
        task()
    except _PASSING as error:
        log.warning("one-off task failed", extra={"reason": str(error)})


def _run_periodic(task: PeriodicTask, now_s: float) -> float:
    """Run it and log a failure of a new kind; the seconds until its next turn."""
    try:
        pause_s = task.run()
    except _PASSING as error:
        if task.failing is None:
            task.failing_since_s = now_s
        if type(error) is not task.failing:
            extra = {"task": task.name, "reason": str(error)}
            log.warning("periodic task failed", extra=extra)
        task.failing, task.trouble = type(error), str(error)
        if isinstance(error, RequestRefused):
            return _RETRY_REFUSED_S
        return _RETRY_S if isinstance(error, OllamaError) else task.backoff.next_s()
    if task.failing is not None:
        failing_s = round(now_s - task.failing_since_s)
        log.info("periodic task works again", extra={"task": task.name, "after_s": failing_s})
        task.failing = task.trouble = None
        task.backoff.reset()
    return max(pause_s, _LEAST_PAUSE_S)
