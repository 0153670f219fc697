"""What a line of Twitch chat means: IrcMessage to event.  Pure, and never raises.

Each command that the bot acts on has one function, listed in ``_MEANINGS``.  A line that lacks what
its event needs gives None; a damaged tag gives the field's safe fallback.
Source of the lines: https://dev.twitch.tv/docs/chat/irc/
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from clankbot.irc.message import IrcMessage
from clankbot.records.chat import (
    ChatCleared,
    ChatMessage,
    Event,
    Left,
    MessageDeleted,
    Notice,
    OwnState,
    Raid,
    Reconnect,
    RoomState,
    UserCleared,
)

_PLACE: Final = re.compile("(?<=[:,])([0-9]{1,4})-([0-9]{1,4})")
# Of one message; more are mostly the same ones again.
_MOST_EMOTES: Final = 10
_ACTION_START, _ACTION_END = "\x01ACTION ", "\x01"

# What the numbers in tags may be; Twitch's own limits are well inside, and anything else is taken
# for damage.  https://dev.twitch.tv/docs/api/reference (Update Chat Settings, Ban User)
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}")
_SLOW_S: Final = range(86_400 + 1)
_VIEWERS: Final = range(10_000_000)
_MONTHS: Final = range(1, 1000)
_FOLLOWED_MINUTES: Final = range(-1, 1_000_000)
_TIMEOUT_S: Final = range(1, 10_000_000)
# From 2001, long before the first chat but as public samples have it, to the year 2100.
_SENT_AT_MS: Final = range(1_000_000_000_000, 4_102_444_800_000)


def to_event(message: IrcMessage) -> Event | None:
    """What ``message`` means to the bot; None if it means nothing, or lacks what it needs."""
    if message.command == "RECONNECT":
        return Reconnect()
    meaning = _MEANINGS.get(message.command)
    channel = message.params[0].removeprefix("#").lower() if message.params else ""
    return meaning(channel, message) if meaning and channel else None


def _chat_message(channel: str, message: IrcMessage) -> ChatMessage | None:
    """PRIVMSG, or a USERNOTICE (such as a resubscription) in which the viewer wrote something."""
    tags = message.tags
    login = (message.nick or tags.get("login", "")).lower()
    if not login or len(message.params) < 2:
        return None
    text = message.params[1]
    is_action = text.startswith(_ACTION_START) and text.endswith(_ACTION_END)
    if is_action:
        text = text[len(_ACTION_START) : -len(_ACTION_END)]
    user_id = tags.get("user-id") or None
    room_id = tags.get("room-id") or None
    badges = _badges(tags)
    return ChatMessage(
        message_id=tags.get("id") or None,
        channel=channel,
        user_id=user_id,
        login=login,
        display_name=tags.get("display-name") or login,
        text=text,
        sent_at=_sent_at(tags),
        is_mod=_is_mod(tags, badges),
        is_broadcaster="broadcaster" in badges or (user_id is not None and user_id == room_id),
        is_vip=_is_vip(tags, badges),
        is_action=is_action,
        reply_to_id=tags.get("reply-parent-msg-id") or None,
        reply_to_user_id=tags.get("reply-parent-user-id") or None,
        from_shared_chat=_is_mirrored(tags),
        is_bot="bot-badge" in badges,
        room_id=room_id,
        emotes=_emotes(tags.get("emotes", ""), text),
        is_first=tags.get("first-msg") == "1",
        resub_months=_resub_months(tags),
    )


def _user_notice(channel: str, message: IrcMessage) -> ChatMessage | Raid | None:
    """A raid, or what a viewer wrote with a resubscription and the like.

    Source: https://dev.twitch.tv/docs/chat/irc/ (msg-param-viewerCount)
    """
    tags = message.tags
    if tags.get("msg-id") != "raid" or _is_mirrored(tags):
        return _chat_message(channel, message)
    login = (tags.get("msg-param-login") or tags.get("login", "")).lower()
    viewers = _whole_number(tags.get("msg-param-viewerCount"), _VIEWERS)
    name = tags.get("msg-param-displayName") or tags.get("display-name") or login
    return Raid(channel, login, viewers, tags.get("user-id") or None, name)


def _resub_months(tags: dict[str, str]) -> int | None:
    """How many months a viewer has subscribed, of whom a USERNOTICE tells that."""
    if tags.get("msg-id") != "resub":
        return None
    return _whole_number(tags.get("msg-param-cumulative-months"), _MONTHS)


def _message_deleted(channel: str, message: IrcMessage) -> MessageDeleted | None:
    message_id = message.tags.get("target-msg-id")
    if not message_id or _is_mirrored(message.tags):
        return None
    login = message.tags.get("login", "").lower() or None
    return MessageDeleted(channel, message_id, login)


def _chat_cleared(channel: str, message: IrcMessage) -> UserCleared | ChatCleared | None:
    """CLEARCHAT: of one viewer as soon as anything names one, else of the whole chat."""
    tags = message.tags
    if _is_mirrored(tags):
        return None
    user_id = tags.get("target-user-id") or None
    login = message.params[1].lower() if len(message.params) > 1 else None
    if not user_id and not login:
        return ChatCleared(channel, _sent_at(tags))
    duration_s = _whole_number(tags.get("ban-duration"), _TIMEOUT_S)
    return UserCleared(channel, user_id, duration_s, login or None, _sent_at(tags))


def _left(channel: str, message: IrcMessage) -> Left | None:
    """PART, sent to the bot when it is banned; others' PARTs would need another capability."""
    if not message.nick:
        return None
    return Left(channel, message.nick.lower())


def _room_state(channel: str, message: IrcMessage) -> RoomState | None:
    tags = message.tags
    return RoomState(
        channel,
        slow_seconds=_whole_number(tags.get("slow"), _SLOW_S),
        emote_only=_flag(tags.get("emote-only")),
        followers_only_minutes=_whole_number(tags.get("followers-only"), _FOLLOWED_MINUTES),
        subscribers_only=_flag(tags.get("subs-only")),
        unique_chat=_flag(tags.get("r9k")),
        room_id=tags.get("room-id") or None,
    )


def _own_state(channel: str, message: IrcMessage) -> OwnState | None:
    tags = message.tags
    badges = _badges(tags)
    return OwnState(
        channel,
        is_mod=_is_mod(tags, badges),
        message_id=tags.get("id") or None,
        nonce=tags.get("client-nonce") or None,
        is_vip=_is_vip(tags, badges),
        is_broadcaster="broadcaster" in badges,
        display_name=tags.get("display-name") or None,
    )


def _notice(channel: str, message: IrcMessage) -> Notice | None:
    text = message.params[1] if len(message.params) > 1 else ""
    notice_id = message.tags.get("msg-id") or None
    return Notice(None if channel == "*" else channel, notice_id, text)


# Each is given the channel, lower case and without ``#``.
_MEANINGS: dict[str, Callable[[str, IrcMessage], Event | None]] = {
    "PRIVMSG": _chat_message,
    "USERNOTICE": _user_notice,
    "CLEARMSG": _message_deleted,
    "CLEARCHAT": _chat_cleared,
    "PART": _left,
    "ROOMSTATE": _room_state,
    "USERSTATE": _own_state,
    "NOTICE": _notice,
}


def _emotes(value: str, text: str) -> frozenset[str]:
    """The words of a text that ``emotes=id:first-last,first-last/id:...`` says are pictures.

    Twitch counts code points, and of a ``/me`` those behind it; what is no whole word is damage.
    Source: https://dev.twitch.tv/docs/chat/irc/ (emotes)
    """
    if not value:
        return frozenset()
    words = set(text.split())
    places = itertools.islice(_PLACE.finditer(value), _MOST_EMOTES)
    found = (text[int(place[1]) : int(place[2]) + 1] for place in places)
    return frozenset(word for word in found if word in words)


def _is_mirrored(tags: dict[str, str]) -> bool:
    """Whether a shared chat brought the line from another channel.

    Moderation there is about copies that are not stored here.
    Source: https://dev.twitch.tv/docs/chat/irc/ (source-room-id)
    """
    source_room_id = tags.get("source-room-id")
    return bool(source_room_id) and source_room_id != tags.get("room-id")


def _badges(tags: dict[str, str]) -> set[str]:
    """The names in ``badges=name/version,...``: this room's only, never ``source-badges``."""
    badges = tags.get("badges")
    return {badge.partition("/")[0] for badge in badges.split(",")} if badges else set()


def _is_mod(tags: dict[str, str], badges: set[str]) -> bool:
    """Whether the tags are a moderator's.

    The broadcaster as such is none; a lead moderator has ``mod=0``, only the badge is a sure sign.
    """
    return (
        tags.get("mod") == "1"
        or tags.get("user-type") == "mod"
        or "moderator" in badges
        or "lead_moderator" in badges
    )


def _is_vip(tags: dict[str, str], badges: set[str]) -> bool:
    """Whether the tags are a VIP's: some lines carry ``vip=0``, so presence alone says nothing."""
    return tags.get("vip") == "1" or "vip" in badges


def _flag(value: str | None) -> bool | None:
    """``1`` and ``0`` as a boolean; None for anything else."""
    return {"1": True, "0": False}.get(value or "")


def _whole_number(value: str | None, accepted: range) -> int | None:
    """The number a tag holds; None if it is absent, no number, or not ``accepted``."""
    if value is None or not _NUMBER.fullmatch(value):
        return None
    number = int(value)
    return number if number in accepted else None


def _sent_at(tags: dict[str, str]) -> datetime | None:
    """When Twitch took the message; None if ``tmi-sent-ts`` is absent or damaged."""
    sent_at_ms = _whole_number(tags.get("tmi-sent-ts"), _SENT_AT_MS)
    return None if sent_at_ms is None else datetime.fromtimestamp(sent_at_ms / 1000, UTC)
