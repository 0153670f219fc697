"""How often the bot may be made to speak: by commands in a channel, and by each viewer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from clankbot.bounded_dict import BoundedDict

# Cooldowns of viewers; whoever is forgotten in a crowd so large is answered a little early.
_MOST_REMEMBERED: Final = 5_000


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


class Cooldowns:
    """When each viewer of each channel was last answered."""

    def __init__(self, clock: Callable[[], float], most: int = _MOST_REMEMBERED) -> None:
        self._clock = clock
        self._begun = BoundedDict[tuple[str, str], float](most)

    def begin(self, channel: str, user_id: str) -> None:
        """The viewer is answered now."""
        self._begun[channel, user_id] = self._clock()

    def age_s(self, channel: str, user_id: str) -> float:
        """The seconds since then; infinite if there was no answer."""
        return self._clock() - self._begun.get((channel, user_id), -math.inf)
