"""What may be written now: the state of the link and of the channels, and all of Twitch's limits.

Learns from the events of the connection.  Limits are kept over all connections, since they hold for
the account.  Belongs to the sender's thread; times are monotonic seconds and passed in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from clankbot.irc.delivery import Delivery
from clankbot.irc.joins import Membership
from clankbot.irc.privmsg import Repeats
from clankbot.irc.rate_limits import (
    ACCOUNT_SPAN_S,
    JOIN_LIMIT,
    JOIN_SPAN_S,
    PRIVILEGED_ACCOUNT_LIMIT,
    ChannelPace,
    SlidingWindow,
)
from clankbot.records.chat import (
    Event,
    Left,
    LinkDown,
    LinkUp,
    Notice,
    OwnState,
    Reconnect,
    RoomState,
    UserCleared,
)
from clankbot.records.speech import Outgoing
from clankbot.records.writes import RateLimitEvent, RecordRateLimitEvent
from clankbot.twitch_notices import SLOW_MODE, TOO_FAST, meaning_of, seconds_told

# How long to leave a link alone that did not take a line; LinkDown should come before that.
_RETRY_S: Final = 1.0

# Places in the account's window that generated lines leave free: our choice.
_KEPT_FOR_COMMANDS: Final = 3


class Channel:
    """All that the sender knows of one channel."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.membership = Membership(name)
        self.pace = ChannelPace()
        self.repeats = Repeats()
        self.delivery = Delivery()


class SendLimits:
    """The link and the bot's ``channels``, as far as they decide what may be written."""

    def __init__(self, channels: Sequence[str]) -> None:
        """All channels are joined in this order.

        If they are more than the account may join, Twitch refuses some: see twitch_notices.
        """
        self.channels = {name: Channel(name) for name in channels}
        # Who the bot is, of which the sender's side has only this copy.
        self._own = LinkUp("", None)
        # From when on the link may be written to.
        self._open_at = math.inf
        self.account = SlidingWindow(ACCOUNT_SPAN_S, PRIVILEGED_ACCOUNT_LIMIT)
        self.joins = SlidingWindow(JOIN_SPAN_S, JOIN_LIMIT)

    @property
    def is_anonymous(self) -> bool:
        """Nobody is signed in: the bot may read only."""
        return self._own.user_id is None

    def is_open(self, now: float) -> bool:
        """Whether the link may be written to."""
        return self._open_at <= now

    def next_join(self, now: float) -> tuple[Channel | None, float]:
        """The channel to JOIN next, if any, and when."""
        outside = [c for c in self.channels.values() if not c.membership.is_inside]
        if not outside:
            return None, math.inf
        channel = min(outside, key=lambda channel: channel.membership.ask_at)
        ready_at = max(channel.membership.ask_at, self.joins.ready_at(now))
        return channel, max(self._open_at, ready_at)

    def next_line(self, lines: Iterable[Outgoing], now: float) -> tuple[Outgoing | None, float]:
        """The first of the lines whose turn has come, or else None and when to look again.

        Answers to commands must not starve in a flood of talk: the talk leaves them a few places in
        the account's window, of the size that holds in their channels.  And a line that waits for
        nothing but the window holds back all behind it, which could else keep the window full.
        """
        look_at = math.inf
        smallest_limit = PRIVILEGED_ACCOUNT_LIMIT
        for line in lines:
            channel = self.channels[line.channel]
            if channel.delivery.is_under_way or not channel.membership.is_inside:
                continue
            limit = channel.pace.account_limit
            if line.kind.is_generated:
                limit = min(limit, smallest_limit) - _KEPT_FOR_COMMANDS
            else:
                smallest_limit = min(limit, smallest_limit)
            ready_at = max(self._open_at, channel.pace.ready_at(now))
            if ready_at > now:
                look_at = min(look_at, ready_at)
                continue
            ready_at = self.account.ready_at(now, limit)
            if ready_at > now:
                return None, min(look_at, ready_at)
            return line, now
        return None, look_at

    def record(self, written: RecordRateLimitEvent, at: float) -> None:
        """Counts what this run or an earlier one wrote at ``at``; to be called in order of time."""
        if written.kind is RateLimitEvent.JOIN:
            self.joins.record(at)
            return
        self.account.record(at)
        channel = self.channels.get(written.channel or "")
        if channel is not None:
            channel.pace.record(at)
            if written.checksum is not None:
                channel.repeats.record(written.checksum, at)

    def write_failed(self, now: float) -> None:
        """The link did not take a line."""
        self._open_at = now + _RETRY_S

    def handle(self, event: Event, now: float) -> None:
        """Learns from an event; passes over channels that are not the bot's."""
        match event:
            case LinkUp():
                self._own = event
                self._open_at = now
                for channel in self.channels.values():
                    channel.membership.start_over(now)
                    channel.pace.privileged = False  # until Twitch says so again
            case LinkDown() | Reconnect():
                self._open_at = math.inf  # also begin nothing on a link about to be closed
            case RoomState() | OwnState() | Left() | UserCleared() | Notice():
                if (own_channel := self.channels.get(event.channel or "")) is not None:
                    self._handle_in(own_channel, event, now)

    def _handle_in(
        self,
        channel: Channel,
        event: RoomState | OwnState | Left | UserCleared | Notice,
        now: float,
    ) -> None:
        match event:
            case RoomState():
                channel.membership.entered()
                if event.slow_seconds is not None:
                    channel.pace.slow_s = event.slow_seconds
            case OwnState():
                channel.membership.entered()
                channel.pace.privileged = event.is_mod or event.is_vip or event.is_broadcaster
            case Left() if event.login == self._own.login:
                channel.membership.left(now, is_banned=False)
            case UserCleared(user_id=str(user_id), duration_seconds=None):
                if user_id == self._own.user_id:
                    channel.membership.left(now, is_banned=True)
            case Notice(notice_id=str(notice_id)):
                meaning = meaning_of(notice_id)
                if meaning is not None and meaning.rejoin_after_s:
                    channel.membership.shut_out(notice_id, now + meaning.rejoin_after_s)
                elif notice_id == TOO_FAST:
                    channel.pace.ease(now)
                elif notice_id == SLOW_MODE:
                    channel.pace.hold(now, seconds_told(event.text) or channel.pace.slow_s)
