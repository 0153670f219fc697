"""Where the bot stands with Twitch: whether the link is open, which channels it is in, and whose
turn it is to be written to.

Learns from the events of the connection and keeps all limits, over all connections.  Belongs to
the sender's thread; times are monotonic seconds and passed in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from clankbot.irc.joins import Joins
from clankbot.irc.rate_limits import PRIVILEGED_ACCOUNT_LIMIT, AccountWindow, ChannelPace
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
from clankbot.records.writes import RateLimitEvent
from clankbot.twitch_notices import SLOW_MODE, TOO_FAST, wait_s

_RETRY_S: Final = 1.0
"""How long to leave a link alone that did not take a line; its loss should be told before."""

_KEPT_FOR_COMMANDS: Final = 3
"""Places in the account's window that generated lines leave free: our choice."""


class Standing:
    """The state of the link and of the channels, as far as it decides what may be written."""

    def __init__(self, channels: Sequence[str]) -> None:
        self._own = LinkUp("", None)
        self._open_at = math.inf
        """From when on the link may be written to."""
        self._joins = Joins(channels)
        self._account = AccountWindow()
        self._paces = {channel: ChannelPace() for channel in channels}

    @property
    def is_anonymous(self) -> bool:
        """Nobody is signed in: the bot may read only."""
        return self._own.user_id is None

    def knows(self, channel: str) -> bool:
        """Whether this is one of the bot's channels."""
        return channel in self._paces

    def is_open(self, now: float) -> bool:
        """Whether the link may be written to."""
        return self._open_at <= now

    # --- what may be written next ---

    def next_join(self, now: float) -> tuple[str | None, float]:
        """The channel to JOIN next, if any, and when."""
        channel = self._joins.next_channel()
        if channel is None:
            return None, math.inf
        return channel, max(self._open_at, self._joins.ready_at(channel, now))

    def next_line(self, lines: Iterable[Outgoing], now: float) -> tuple[Outgoing | None, float]:
        """The first of the lines whose turn has come, or else None and when to look again.

        Answers to commands must not starve in a flood of talk: the talk leaves them a few places in
        the account's window, of the size that holds in their channels.  And a line that waits for
        nothing but the window holds back all behind it, which could else keep the window full.
        """
        look_at = math.inf
        smallest_limit = PRIVILEGED_ACCOUNT_LIMIT
        for line in lines:
            if not self._joins.is_inside(line.channel):
                continue
            pace = self._paces[line.channel]
            limit = pace.account_limit
            if line.speech.is_generated:
                limit = min(limit, smallest_limit) - _KEPT_FOR_COMMANDS
            else:
                smallest_limit = min(limit, smallest_limit)
            ready_at = max(self._open_at, pace.ready_at(now))
            if ready_at > now:
                look_at = min(look_at, ready_at)
                continue
            ready_at = self._account.ready_at(now, limit)
            if ready_at > now:
                return None, min(look_at, ready_at)
            return line, now
        return None, look_at

    # --- what was written ---

    def count_earlier(self, kind: RateLimitEvent, channel: str | None, at: float) -> None:
        """An earlier run wrote this; to be told in order, before anything else is written."""
        if kind is RateLimitEvent.JOIN:
            self._joins.count_earlier(at)
            return
        self._account.record(at)
        if channel in self._paces:
            self._paces[channel].record(at)

    def joined(self, channel: str, now: float) -> None:
        """A JOIN went out."""
        self._joins.asked(channel, now)

    def said(self, channel: str, now: float) -> None:
        """A message went out."""
        self._account.record(now)
        self._paces[channel].record(now)

    def write_failed(self, now: float) -> None:
        """The link did not take a line."""
        self._open_at = now + _RETRY_S

    # --- what the connection tells ---

    def heed(self, event: Event, now: float) -> None:
        """Learns from an event; passes over channels that are not the bot's."""
        match event:
            case LinkUp():
                self._start_over(event, now)
            case LinkDown() | Reconnect():
                self._open_at = math.inf  # also begin nothing on a link about to be closed
            case RoomState() if self.knows(event.channel):
                self._joins.entered(event.channel)
                if event.slow_seconds is not None:
                    self._paces[event.channel].slow_s = event.slow_seconds
            case OwnState() if self.knows(event.channel):
                self._joins.entered(event.channel)
                privileged = event.is_mod or event.is_vip or event.is_broadcaster
                self._paces[event.channel].privileged = privileged
            case Left() if self.knows(event.channel) and event.login == self._own.login:
                self._joins.left(event.channel, now)
            case UserCleared(duration_seconds=None) if self.knows(event.channel):
                if event.user_id is not None and event.user_id == self._own.user_id:
                    self._joins.left(event.channel, now)
            case Notice(channel=str(channel), notice_id=str(notice_id)) if self.knows(channel):
                self._joins.refused(channel, notice_id, now)
                self._slow_down(event, self._paces[channel], now)

    def _start_over(self, link: LinkUp, now: float) -> None:
        self._open_at = now
        self._own = link
        self._joins.start_over(now)
        for pace in self._paces.values():
            pace.privileged = False  # until Twitch says so again

    @staticmethod
    def _slow_down(notice: Notice, pace: ChannelPace, now: float) -> None:
        if notice.notice_id == TOO_FAST:
            pace.ease(now)
        elif notice.notice_id == SLOW_MODE:
            pace.hold(now, wait_s(notice) or pace.slow_s)
