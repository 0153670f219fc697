"""How long to wait before the next try.  Pure: the caller does the waiting."""

from __future__ import annotations

from collections.abc import Callable


class Backoff:
    """Doubling waits: ``first_s``, then twice that, and so on up to ``longest_s``.

    With jitter each wait is a random point in the upper half of that span, so that bots which lost
    the same server do not all return at the same moment.
    """

    def __init__(
        self, first_s: float, longest_s: float, choose: Callable[[], float] = lambda: 1.0
    ) -> None:
        """``choose`` gives numbers from 0 to 1: ``random.random`` for jitter, else none."""
        self._first_s = first_s
        self._longest_s = longest_s
        self._choose = choose
        self._whole_s = first_s

    def next_s(self) -> float:
        """Seconds to wait now; the wait after it is twice as long, up to ``longest_s``."""
        whole_s = self._whole_s
        self._whole_s = min(2 * whole_s, self._longest_s)
        return whole_s * (1 + self._choose()) / 2

    def reset(self) -> None:
        """A try succeeded: the next wait is the first again."""
        self._whole_s = self._first_s
