"""What chat says: one event for each line that matters, built by irc.events.

Names follow the wire, here and in all records: ``channel`` is lower case without ``#``, ``login``
is lower case, ids are strings as Twitch sends them, times are milliseconds UTC (``_ms``) unless a
name says otherwise.  ``None`` means absent; an empty string is a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a person (or another bot) in a channel: PRIVMSG, or USERNOTICE with text."""

    message_id: str | None
    channel: str
    user_id: str | None
    login: str
    display_name: str
    text: str
    sent_at: datetime | None
    is_mod: bool = False
    is_broadcaster: bool = False
    is_vip: bool = False
    is_action: bool = False
    reply_to_id: str | None = None
    reply_to_user_id: str | None = None
    from_shared_chat: bool = False
    is_bot: bool = False  # Twitch says that it is a program's
    room_id: str | None = None
    emotes: frozenset[str] = frozenset()  # Twitch's own, as they stand in the text
    is_first: bool = False  # of this viewer in this channel
    resub_months: int | None = None  # it came with a resubscription


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """CLEARMSG: a moderator removed one message."""

    channel: str
    message_id: str
    login: str | None = None


@dataclass(frozen=True, slots=True)
class UserCleared:
    """CLEARCHAT with a user: a timeout of ``duration_seconds``, or a ban if that is None."""

    channel: str
    user_id: str | None
    duration_seconds: int | None
    login: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChatCleared:
    """CLEARCHAT without a user: the whole chat was cleared."""

    channel: str
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Raid:
    """USERNOTICE: another channel has sent its viewers over."""

    channel: str
    login: str  # of that channel
    viewers: int | None
    user_id: str | None = None
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """PART: the bot is out of a channel; Twitch does not report others leaving."""

    channel: str
    login: str


@dataclass(frozen=True, slots=True)
class RoomState:
    """ROOMSTATE; None for what a partial update does not mention.  Followers-only: -1 is off."""

    channel: str
    slow_seconds: int | None = None
    emote_only: bool | None = None
    followers_only_minutes: int | None = None
    subscribers_only: bool | None = None
    unique_chat: bool | None = None
    room_id: str | None = None  # of the channel, whatever it is called


@dataclass(frozen=True, slots=True)
class OwnState:
    """USERSTATE: the bot's standing in a channel; with ``message_id`` after each accepted send."""

    channel: str
    is_mod: bool
    message_id: str | None
    nonce: str | None
    is_vip: bool = False
    is_broadcaster: bool = False
    # The bot's own, which may be its login in other capitals or a name in another script.
    display_name: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """NOTICE; ``channel`` is None when it is addressed to ``*`` (a failed login)."""

    channel: str | None
    notice_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Reconnect:
    """RECONNECT: the server is about to close this connection."""


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The connection is signed in (seen at the end of the MOTD); made by the reader, not a line."""

    login: str
    user_id: str | None  # the account's id; None when reading anonymously


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The connection is lost or was given up."""

    reason: str


Event = (
    ChatMessage
    | MessageDeleted
    | UserCleared
    | ChatCleared
    | Raid
    | Left
    | RoomState
    | OwnState
    | Notice
    | Reconnect
    | LinkUp
    | LinkDown
)
