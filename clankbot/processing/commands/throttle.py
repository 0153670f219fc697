"""How often the bot may be made to answer in a channel."""

from __future__ import annotations

from collections.abc import Callable


class Throttle:
    """Lets ``burst`` answers through at once in each channel, and one more every ``refill_s``."""

    def __init__(self, clock: Callable[[], float], burst: int, refill_s: float) -> None:
        self._clock = clock
        self._waits_at_most_s = (burst - 1) * refill_s
        self._refill_s = refill_s
        # When each channel may use its whole burst again.
        self._full_at: dict[str, float] = {}

    def allows(self, channel: str) -> bool:
        """Whether one more answer may be given now; it counts if it may."""
        now = self._clock()
        full_at = max(self._full_at.get(channel, now), now)
        if full_at - now > self._waits_at_most_s:
            return False
        self._full_at[channel] = full_at + self._refill_s
        return True
