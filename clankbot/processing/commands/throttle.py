"""How often the bot may be made to speak: by commands in a channel, and by each viewer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from clankbot.bounded_dict import BoundedDict

BURST: Final = 10
"""Answers at once; a moderator trying out settings stays below it."""
REFILL_S: Final = 2.0
"""One more every so often; the sender holds the whole account below Twitch's limits besides."""


_MOST_REMEMBERED: Final = 5_000
"""Cooldowns of viewers; whoever is forgotten in a crowd so large is answered a little early."""


class Throttle:
    """A token bucket for each channel, so that a spree of commands cannot make the bot spam."""

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


class Cooldowns:
    """When each viewer of each channel was last answered."""

    def __init__(self, clock: Callable[[], float], most: int = _MOST_REMEMBERED) -> None:
        self._clock = clock
        self._begun = BoundedDict[tuple[str, str], float](most)

    def begin(self, channel: str, user_id: str) -> None:
        """The viewer is answered now."""
        self._begun[channel, user_id] = self._clock()

    def age_s(self, channel: str, user_id: str) -> float:
        """The seconds since then; infinite where there was no answer."""
        return self._clock() - self._begun.get((channel, user_id), -math.inf)
