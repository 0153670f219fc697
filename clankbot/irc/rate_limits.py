"""How fast the bot may write: arithmetic over times that the caller passes in.

Knows nothing of lines, queues or threads.  All times are monotonic seconds; every ``ready_at``
answers the earliest moment allowed, which is ``now`` itself once that moment has come.

Twitch's limits: https://dev.twitch.tv/docs/chat/#rate-limits.  They hold for the account, over all
its connections, so nothing here is reset by a reconnect, and after a restart the windows are filled
again.  An account that breaks them is ignored for an hour, in silence; each margin below is cheap
against that.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

# All messages of the account, whatever their channel; how full the window may be depends on that.
# Twitch's documentation counts what is sent as a moderator against the small limit, too; an older
# analysis (https://github.com/pajbot/tmi-rate-limits) does not.  Counting it is safe under both.
# Twitch counts over 30 s; one more, since two lines may need unequally long to get there.
ACCOUNT_SPAN_S: Final = 31.0

# Twitch allows 20.  One is left for the owner, who may type under the same account.
_ACCOUNT_LIMIT: Final = 19

# Twitch allows 100 if the bot is broadcaster, moderator or VIP; the rest is a margin as above.
PRIVILEGED_ACCOUNT_LIMIT: Final = 95

# All JOINs of the account.
JOIN_SPAN_S: Final = 12.0
# Twitch allows 20 JOINs in 10 s and cuts the connection of a client that asks for more.
JOIN_LIMIT: Final = 18

# Twitch allows one message a second in a channel; 0.3 s are for unequal ways, as above.
_SPACING_S: Final = 1.3

# Twitch sets no such limit for the privileged; this keeps a burst readable.
_PRIVILEGED_SPACING_S: Final = 0.3

# Slow mode is counted in whole seconds by Twitch's clock, not by ours.
_SLOW_MARGIN_S: Final = 1.0

# How long the spacing stays doubled after Twitch said that we were too fast: our choice.
_EASED_FOR_S: Final = 300.0


class SlidingWindow:
    """The latest moments at which something was done, and when the next may follow."""

    def __init__(self, span_s: float, limit: int) -> None:
        self._span_s = span_s
        self._moments: deque[float] = deque(maxlen=limit)
        self._limit = limit

    def ready_at(self, now: float, limit: int | None = None) -> float:
        """When one more keeps within the limit, or a lower one, in every span of time."""
        limit = self._limit if limit is None else limit
        if len(self._moments) < limit:
            return now
        return max(now, self._moments[-limit] + self._span_s)

    def record(self, now: float) -> None:
        """Counts one, done at ``now``, also if it failed: so does Twitch."""
        self._moments.append(now)


class ChannelPace:
    """The distance from one message to the next in one channel."""

    def __init__(self) -> None:
        # Whether the bot is broadcaster, moderator or VIP here: slow mode is not for them.
        self.privileged = False
        # Slow mode, in seconds; 0 when it is off.
        self.slow_s = 0
        self._last_at = -math.inf
        self._held_until = -math.inf
        self._eased_until = -math.inf

    @property
    def account_limit(self) -> int:
        """How many messages the account's window may hold, the next to this channel included."""
        return PRIVILEGED_ACCOUNT_LIMIT if self.privileged else _ACCOUNT_LIMIT

    def ready_at(self, now: float) -> float:
        """When the next message may follow the last."""
        return max(now, self._last_at + self._spacing_s(now), self._held_until)

    def record(self, now: float) -> None:
        """Counts a message, delivered or refused."""
        self._last_at = now

    def hold(self, now: float, seconds: float) -> None:
        """Twitch said how long to be silent (``msg_slowmode``)."""
        self._held_until = now + seconds + _SLOW_MARGIN_S

    def ease(self, now: float) -> None:
        """Twitch found us too fast (``msg_ratelimit``): doubles the spacing for a while."""
        self._eased_until = now + _EASED_FOR_S

    def _spacing_s(self, now: float) -> float:
        spacing_s = _PRIVILEGED_SPACING_S if self.privileged else _SPACING_S
        if now < self._eased_until:
            spacing_s *= 2
        if self.slow_s and not self.privileged:
            spacing_s = max(spacing_s, self.slow_s + _SLOW_MARGIN_S)
        return spacing_s
