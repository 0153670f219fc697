"""The thread ``heartbeat``: asks an address once a minute while all is well.

For a dead man's switch: a monitor elsewhere raises the alarm when the requests stop, and so needs
no way into this network.  Started by the wiring; ends soon after ``stopping`` is set.  Its failures
are told once and change nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from clankbot.cancel import Cancel
from clankbot.http import Deadline, HttpError
from clankbot.status.facts import Level, State

log = logging.getLogger(__name__)

_EVERY_S: Final = 60.0
_WITHIN_S: Final = 10.0


class Heartbeat:
    """See the module's text."""

    def __init__(
        self,
        url: str,
        state: Callable[[], State],
        stopping: threading.Event,
        every_s: float = _EVERY_S,
    ) -> None:
        """``url`` may be a secret, as such monitors tell their users by it: it is never logged."""
        self._url = url
        self._state = state
        self._stopping = stopping
        self._every_s = every_s
        self._called_off = Cancel()
        self._is_failing = False

    def close(self) -> None:
        """Call off a request under way: the program stops."""
        self._called_off.cancel()

    def run(self) -> None:
        """The body of the thread."""
        while not self._stopping.is_set():
            self.beat()
            self._stopping.wait(self._every_s)

    def beat(self) -> None:
        """Ask once, unless something is down."""
        if self._state().level is Level.DOWN:
            return
        try:
            with Deadline(_WITHIN_S, self._called_off) as deadline:
                answer = deadline.send("GET", self._url, obeys_environment=True)
                problem = None if answer.status < 300 else f"status {answer.status}"
        except HttpError as error:
            problem = str(error)
        if self._stopping.is_set():
            return
        if problem is not None and not self._is_failing:
            log.warning("the heartbeat is not heard", extra={"problem": problem})
        elif problem is None and self._is_failing:
            log.info("the heartbeat is heard again")
        self._is_failing = problem is not None
