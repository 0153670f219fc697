"""Which channels the bot is in, and which one to JOIN next.

Knows nothing of sockets or threads; times are monotonic seconds and passed in.  Twitch answers a
JOIN with USERSTATE and ROOMSTATE (to an anonymous reader only with the latter), refuses one with a
NOTICE, and says nothing at all about a channel that does not exist.
https://dev.twitch.tv/docs/chat/irc/#joining-a-chat-room

All channels are joined in the order given; that they are no more than an account may join is for
the settings to see to.  Where the account is in others elsewhere, Twitch alone can tell which are
too many.  It refuses those, and they are asked for again once an hour.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from clankbot.irc.rate_limits import JoinWindow

log = logging.getLogger(__name__)

_FIRST_PATIENCE_S: Final = 10.0
_LONGEST_PATIENCE_S: Final = 600.0
"""How long a JOIN may go unanswered before it is tried again: doubling, our choice."""

_AFTER_EVICTION_S: Final = 60.0
"""Long enough for a moderator who slipped to take it back: our choice."""

_HOUR_S: Final = 3600.0
_DAY_S: Final = 24 * _HOUR_S

_BARRED_S: Final = MappingProxyType(
    {
        "msg_banned": _DAY_S,
        "msg_banned_email_alias": _DAY_S,
        "msg_room_not_found": _DAY_S,
        "tos_ban": _DAY_S,
        "msg_channel_suspended": _HOUR_S,
        "msg_concurrent_channel_limit_reached": _HOUR_S,
    }
)
"""How long to stay away after each notice that shuts the bot out: our choice."""


@dataclass(slots=True)
class _Place:
    """Where the bot stands with one channel."""

    is_inside: bool = False
    asked: bool = False
    """A JOIN went out on this connection."""
    ask_at: float = -math.inf
    patience_s: float = _FIRST_PATIENCE_S
    barred_until: float = -math.inf
    trouble: str | None = None
    """What was last logged about it, so that it is logged once."""


class Joins:
    """The channels to be in, over all connections of the program's life."""

    def __init__(self, channels: Sequence[str]) -> None:
        self._places = {channel: _Place() for channel in channels}
        self._window = JoinWindow()

    def is_inside(self, channel: str) -> bool:
        """Whether Twitch has confirmed the JOIN on this connection."""
        return self._places[channel].is_inside

    def start_over(self, now: float) -> None:
        """A connection is new: the bot is in no channel, and asks for all that do not bar it."""
        for place in self._places.values():
            place.is_inside = place.asked = False
            place.ask_at = max(now, place.barred_until)
            place.patience_s = _FIRST_PATIENCE_S

    def next_channel(self) -> str | None:
        """The channel to ask for next; None when the bot is in all of them."""
        outside = (channel for channel, place in self._places.items() if not place.is_inside)
        return min(outside, key=lambda channel: self._places[channel].ask_at, default=None)

    def ready_at(self, channel: str, now: float) -> float:
        """When the JOIN for this channel may go."""
        return max(self._places[channel].ask_at, self._window.ready_at(now))

    def asked(self, channel: str, now: float) -> None:
        """A JOIN went out."""
        place = self._places[channel]
        if place.asked:
            self._note_trouble(channel, "no answer to JOIN")
        self._window.record(now)
        place.asked = True
        place.ask_at = now + place.patience_s
        place.patience_s = min(place.patience_s * 2, _LONGEST_PATIENCE_S)

    def count_earlier(self, at: float) -> None:
        """An earlier run asked for a channel, whichever: only the account's limit is about it."""
        self._window.record(at)

    def entered(self, channel: str) -> None:
        """Twitch showed the state of the channel: the bot is inside."""
        place = self._places[channel]
        if not place.is_inside:
            log.info("channel joined", extra={"channel": channel})
        place.is_inside = True
        place.barred_until = -math.inf
        place.trouble = None

    def left(self, channel: str, now: float) -> None:
        """The bot was put out of the channel: it asks again, and is told for how long."""
        place = self._places[channel]
        place.is_inside = place.asked = False
        place.ask_at = max(place.ask_at, now + _AFTER_EVICTION_S)
        self._note_trouble(channel, "put out of it, which means a ban")

    def refused(self, channel: str, notice_id: str, now: float) -> None:
        """Takes a notice to heart that shuts the bot out of the channel; passes over any other."""
        barred_s = _BARRED_S.get(notice_id)
        if barred_s is None:
            return
        place = self._places[channel]
        place.is_inside = place.asked = False
        place.ask_at = place.barred_until = now + barred_s
        place.patience_s = _FIRST_PATIENCE_S
        self._note_trouble(channel, notice_id)

    def _note_trouble(self, channel: str, trouble: str) -> None:
        place = self._places[channel]
        if place.trouble != trouble:
            log.warning("channel not joined", extra={"channel": channel, "reason": trouble})
        place.trouble = trouble
