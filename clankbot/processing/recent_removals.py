"""What moderators removed a moment ago, so that latecomers do not slip in behind the removal.

Twitch promises neither order nor single delivery, and a server may have messages under way when
a ban is made.  https://dev.twitch.tv/docs/chat/irc
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from clankbot.bounded_dict import BoundedDict
from clankbot.clock import Clock
from clankbot.records.chat import ChatCleared, ChatMessage, MessageDeleted, UserCleared
from clankbot.records.writes import StoredMessage

# After a ban or timeout, messages of that viewer that still arrive were sent before it.
GRACE_S: Final = 5.0
# By how much a removal may seem to be made after it has arrived; more is an error of its time, and
# would cover messages that are sent long after it.
_AHEAD_MS: Final = 60_000
_REMEMBERED: Final = 5_000

Removal = MessageDeleted | UserCleared | ChatCleared


class Line(Protocol):
    """A line of a viewer, in whatever form."""

    @property
    def message_id(self) -> str:
        """Twitch's id of it."""

    @property
    def user_id(self) -> str:
        """Of its author."""

    @property
    def login(self) -> str:
        """The same."""


def removes(removal: Removal, line: Line) -> bool:
    """Whether the removal, in the line's own channel, removes the line."""
    if isinstance(removal, MessageDeleted):
        return removal.message_id == line.message_id
    if isinstance(removal, ChatCleared):
        return True
    if removal.user_id is not None:
        return removal.user_id == line.user_id
    return removal.login == line.login


def _ms(moment: datetime | None, otherwise: float) -> float:
    return otherwise if moment is None else round(moment.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class _Cleared:
    """A removal of more than one message, on two clocks that have nothing to do with each other."""

    sent_ms: float  # by Twitch's clock, which chat messages carry, too; before all if it is untold
    arrived_at: float  # in monotonic seconds
    latecomers_until: float = 0.0  # in these, too: until then messages may arrive that are late


class WaitingRemovals:
    """Removals that have overtaken chat, until all that came before them is taken.

    Belongs to the inbox, which locks it.  It holds no more than the inbox does.
    """

    def __init__(self) -> None:
        self._newest: dict[tuple[str, ...], Removal] = {}  # by what they remove

    def add(self, removal: Removal) -> None:
        """The removal comes behind all chat that waits."""
        self._newest[_scope(removal)] = removal

    def reached(self, removal: Removal) -> None:
        """All that came before the removal is taken; what is left came after it."""
        if self._newest.get(_scope(removal)) is removal:
            del self._newest[_scope(removal)]

    def cover(self, message: ChatMessage) -> bool:
        """Whether one of the removals behind the message removes it."""
        if not self._newest:
            return False
        channel = message.channel
        scopes = (
            (channel,),
            (channel, "message", message.message_id),
            (channel, "viewer", message.user_id),
            (channel, "login", message.login),
        )
        return any(scope in self._newest for scope in scopes)


def _scope(removal: Removal) -> tuple[str, ...]:
    """What the removal removes; as ``removes`` has it."""
    if isinstance(removal, MessageDeleted):
        return (removal.channel, "message", removal.message_id)
    if isinstance(removal, ChatCleared):
        return (removal.channel,)
    if removal.user_id is not None:
        return (removal.channel, "viewer", removal.user_id)
    return (removal.channel, "login", removal.login or "")


class RecentRemovals:
    """A bounded memory of removals.  Owned by the worker's thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ids = BoundedDict[str, None](_REMEMBERED)
        self._viewers = BoundedDict[tuple[str, str], _Cleared](_REMEMBERED)
        self._channels: dict[str, _Cleared] = {}

    def remember(self, removal: Removal) -> None:
        """Remember a removal that arrives now."""
        if isinstance(removal, MessageDeleted):
            self._ids[removal.message_id] = None
            return
        now = self._clock.monotonic()
        sent_ms = min(_ms(removal.sent_at, -math.inf), self._clock.utc_ms() + _AHEAD_MS)
        if isinstance(removal, ChatCleared):
            self._channels[removal.channel] = _Cleared(sent_ms, now)
        else:
            lasts_s = GRACE_S
            if removal.duration_seconds is not None:
                lasts_s = min(lasts_s, removal.duration_seconds)
            cleared = _Cleared(sent_ms, now, now + lasts_s)
            for name in (removal.user_id, removal.login):
                if name:
                    self._viewers[removal.channel, name] = cleared

    def knows(self, removal: Removal) -> bool:
        """Whether this very deletion or timeout was told before: Twitch may tell a thing twice."""
        if isinstance(removal, MessageDeleted):
            return removal.message_id in self._ids
        if isinstance(removal, ChatCleared) or removal.sent_at is None:
            return False
        known = self._viewers.get((removal.channel, removal.user_id or removal.login or ""))
        return known is not None and known.sent_ms == _ms(removal.sent_at, 0)

    def cover_id(self, message_id: str) -> bool:
        """Whether the message with this id was deleted."""
        return message_id in self._ids

    def cover(self, message: ChatMessage) -> bool:
        """Whether a message that arrives now has been removed already."""
        if message.message_id in self._ids:
            return True
        if not (self._viewers or self._channels):
            return False
        sent_ms = _ms(message.sent_at, math.inf)
        chat = self._channels.get(message.channel)
        if chat is not None and sent_ms < chat.sent_ms:
            return True
        now = self._clock.monotonic()
        for name in (message.user_id, message.login):
            cleared = self._viewers.get((message.channel, name or ""))
            if cleared is not None and (
                sent_ms <= cleared.sent_ms or now < cleared.latecomers_until
            ):
                return True
        return False

    def cover_own(self, own: StoredMessage, sent_at: float) -> bool:
        """Whether the bot's own message, sent at this monotonic second, has been removed."""
        if own.message_id in self._ids:
            return True
        removals = (
            self._channels.get(own.channel),
            self._viewers.get((own.channel, own.user_id)),
        )
        return any(cleared and sent_at <= cleared.arrived_at for cleared in removals)
