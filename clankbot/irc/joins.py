"""Whether the bot is in a channel, and when to ask for it again.

Twitch answers a JOIN with USERSTATE and ROOMSTATE (to an anonymous reader only with the latter),
refuses one with a NOTICE, and says nothing at all about a channel that does not exist.
https://dev.twitch.tv/docs/chat/irc/#joining-a-chat-room

Knows nothing of sockets or threads; times are monotonic seconds and passed in.
"""

from __future__ import annotations

import logging
import math
from typing import Final

from clankbot.backoff import Backoff
from clankbot.twitch_notices import BANNED_NOTICE

log = logging.getLogger(__name__)

# How long a JOIN may go unanswered before it is tried again: our choice.
_FIRST_RETRY_S: Final = 10.0
_LONGEST_RETRY_S: Final = 600.0

# Long enough for a moderator who slipped to take it back: our choice.
_AFTER_EVICTION_S: Final = 60.0


class Membership:
    """The bot's membership in one channel, over all connections of the program's life."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        # Whether Twitch has confirmed the JOIN on this connection.
        self.is_inside = False
        # If it is outside: when the next JOIN may go.
        self.ask_at = -math.inf
        self._has_asked = False
        self._shut_out_until = -math.inf
        self._retries = Backoff(_FIRST_RETRY_S, _LONGEST_RETRY_S)
        # What was last logged, so that it is logged once.
        self._trouble: str | None = None

    def start_over(self, now: float) -> None:
        """A connection is new: the bot is outside, and asks at once unless it was shut out."""
        self.is_inside = self._has_asked = False
        self.ask_at = max(now, self._shut_out_until)
        self._retries.reset()

    def asked(self, now: float) -> None:
        """A JOIN went out."""
        if self._has_asked:
            self._log_trouble("no answer to JOIN")
        self._has_asked = True
        self.ask_at = now + self._retries.next_s()

    def entered(self) -> None:
        """Twitch showed the state of the channel: the bot is inside."""
        if not self.is_inside:
            log.info("channel joined", extra={"channel": self._channel})
        self.is_inside = True
        self._shut_out_until = -math.inf
        self._trouble = None

    def left(self, now: float, *, is_banned: bool) -> None:
        """The bot was put out of the channel: the answer to the next JOIN tells for how long.

        ``is_banned``: by a ban that was told, and is logged with all else that it did.
        """
        self.is_inside = self._has_asked = False
        self.ask_at = max(self.ask_at, now + _AFTER_EVICTION_S)
        if is_banned:
            self._trouble = BANNED_NOTICE

    def shut_out(self, notice_id: str, until: float) -> None:
        """A notice said that the bot may not be in the channel."""
        self.is_inside = self._has_asked = False
        self.ask_at = self._shut_out_until = until
        self._retries.reset()
        self._log_trouble(notice_id)

    def _log_trouble(self, trouble: str) -> None:
        if self._trouble != trouble:
            log.warning("channel not joined", extra={"channel": self._channel, "reason": trouble})
        self._trouble = trouble
