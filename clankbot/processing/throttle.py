"""A small allowance of command answers per channel, so that a spree cannot make the bot spam."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

BURST: Final = 10
"""Answers at once; a moderator trying out settings stays below it."""
REFILL_S: Final = 2.0
"""One more every so often; the sender holds the whole account below Twitch's limits besides."""


class Throttle:
    """A token bucket for each channel."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def allows(self, channel: str) -> bool:
        """Whether one more answer may be given now; it counts when it may."""
        now = self._clock()
        left, at = self._buckets.get(channel, (float(BURST), now))
        left = min(BURST, left + (now - at) / REFILL_S)
        allowed = left >= 1
        self._buckets[channel] = (left - 1 if allowed else left, now)
        return allowed
