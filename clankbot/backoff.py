"""How long to wait: before the next try, and for a server that says nothing.  Pure.

Clock and chance are arguments; whoever asks does the waiting.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from clankbot.errors import ConnectionLost


class Backoff:
    """Doubling waits with jitter, so that bots which lost the same server do not return together.

    Each wait is a random point in the upper half of ``first_s``, then of twice that, and so on.
    """

    def __init__(
        self, first_s: float, cap_s: float, choose: Callable[[], float] = random.random
    ) -> None:
        """``choose`` gives numbers from 0 to 1."""
        self._first_s = first_s
        self._cap_s = cap_s
        self._choose = choose
        self._ceiling_s = first_s

    def next_s(self) -> float:
        """Seconds to wait now; the next wait is about twice as long, up to ``cap_s``."""
        ceiling_s = self._ceiling_s
        self._ceiling_s = min(self._cap_s, 2 * ceiling_s)
        return ceiling_s * (1 + self._choose()) / 2

    def reset(self) -> None:
        """A try succeeded: begin anew with the shortest wait."""
        self._ceiling_s = self._first_s


class Silence:
    """Notices a server that went away without a word: asks it, and gives up without an answer.

    With the usual 60 s that takes 70 s.
    """

    def __init__(self, idle_timeout_s: float, clock: Callable[[], float]) -> None:
        self._idle_timeout_s = idle_timeout_s
        self._answer_timeout_s = min(10.0, max(1.0, idle_timeout_s / 6))
        self._clock = clock
        self._heard_at = clock()
        self._asked_at: float | None = None

    def broken(self) -> None:
        """The server said something."""
        self._heard_at = self._clock()
        self._asked_at = None

    def is_to_be_broken(self) -> bool:
        """Whether to ask now, which counts as done; ConnectionLost where no answer has come."""
        now = self._clock()
        if self._asked_at is None:
            if now - self._heard_at < self._idle_timeout_s:
                return False
            self._asked_at = now
            return True
        if now - self._asked_at > self._answer_timeout_s:
            raise ConnectionLost("Twitch chat fell silent")
        return False
