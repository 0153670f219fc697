"""The lines that Twitch chat sends, as its documentation shows them.

Source: https://dev.twitch.tv/docs/chat/irc/
"""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from clankbot.irc.message import format_line

SERVER: Final = "tmi.twitch.tv"


@dataclass(frozen=True, slots=True)
class RoomMessage:
    """One message as the room showed it, of a viewer or of the bot."""

    channel: str
    login: str
    user_id: str
    display_name: str
    text: str
    # The bot's own are as it sent them (``client-nonce``, ``reply-parent-msg-id``).
    tags: Mapping[str, str] = field(default_factory=dict)
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    # Monotonic seconds.
    at: float = field(default_factory=time.monotonic)

    @property
    def reply_to(self) -> str | None:
        """The id of the message that this one answers."""
        return self.tags.get("reply-parent-msg-id")


def bare(channel: str) -> str:
    """A channel's name as records have it: lower case, without ``#``."""
    return channel.lower().removeprefix("#")


def made_up_user_id(login: str) -> str:
    """A user's number, always the same for the same login; a channel's is its owner's."""
    return str(10_000_000 + zlib.crc32(login.lower().encode()) % 900_000_000)


def now_ms() -> int:
    """The time as ``tmi-sent-ts`` has it."""
    return time.time_ns() // 1_000_000


def welcome_lines(login: str) -> list[str]:
    """What follows an accepted login."""
    texts = {
        "001": "Welcome, GLHF!",
        "002": f"Your host is {SERVER}",
        "003": "This server is rather new",
        "004": "-",
        "375": "-",
        "372": "You are in a maze of twisty passages.",
        "376": ">",
    }
    return [
        format_line(number, login, trailing=text, prefix=SERVER) for number, text in texts.items()
    ]


def global_state_line(login: str, user_id: str) -> str:
    """Who the account is; it follows the welcome."""
    tags = {"display-name": login, "emote-sets": "0", "user-id": user_id, "user-type": ""}
    return format_line("GLOBALUSERSTATE", prefix=SERVER, tags=tags)


def joined_lines(channel: str, login: str) -> list[str]:
    """What follows a JOIN, before the states of account and room."""
    room, host = f"#{channel}", f"{login}.{SERVER}"
    return [
        format_line("JOIN", room, prefix=person(login)),
        format_line("353", login, "=", room, trailing=login, prefix=host),
        format_line("366", login, room, trailing="End of /NAMES list", prefix=host),
    ]


def own_state_line(channel: str, login: str, extra: Mapping[str, str]) -> str:
    """USERSTATE: the account's standing in a channel; ``extra`` tags are added or replace some."""
    tags = {
        "badges": "broadcaster/1" if login == channel else "",
        "display-name": login,
        "emote-sets": "0",
        "mod": "0",
        "user-type": "",
        **extra,
    }
    return format_line("USERSTATE", f"#{channel}", prefix=SERVER, tags=tags)


def room_state_line(channel: str, state: Mapping[str, str]) -> str:
    """ROOMSTATE with the tags of ``state``: all of them after a JOIN, later what changed."""
    tags = {"room-id": made_up_user_id(channel), **state}
    return format_line("ROOMSTATE", f"#{channel}", prefix=SERVER, tags=tags)


def chat_line(message: RoomMessage, badges: Collection[str], sent_at_ms: int) -> str:
    """PRIVMSG; ``message.tags`` are added to those that every message has.

    ``badges`` are those besides the broadcaster's own: ``moderator``, ``lead_moderator``, ``vip``.
    """
    broadcaster = ["broadcaster"] if message.login == message.channel else []
    tags = {
        "badge-info": "",
        "badges": ",".join(f"{badge}/1" for badge in [*broadcaster, *badges]),
        "color": "",
        "display-name": message.display_name,
        "emotes": "",
        "first-msg": "0",
        "flags": "",
        "id": message.message_id,
        "mod": "1" if "moderator" in badges else "0",
        "returning-chatter": "0",
        "room-id": made_up_user_id(message.channel),
        "subscriber": "0",
        "tmi-sent-ts": str(sent_at_ms),
        "turbo": "0",
        "user-id": message.user_id,
        "user-type": "mod" if "moderator" in badges or "lead_moderator" in badges else "",
        **({"vip": "1"} if "vip" in badges else {}),
        **message.tags,
    }
    room, prefix = f"#{message.channel}", person(message.login)
    return format_line("PRIVMSG", room, trailing=message.text, prefix=prefix, tags=tags)


def deleted_line(channel: str, message_id: str, login: str, text: str) -> str:
    """CLEARMSG; Twitch leaves its ``room-id`` empty."""
    tags = {
        "login": login,
        "room-id": "",
        "target-msg-id": message_id,
        "tmi-sent-ts": str(now_ms()),
    }
    return format_line("CLEARMSG", f"#{channel}", trailing=text, prefix=SERVER, tags=tags)


def banned_line(channel: str, login: str, user_id: str, seconds: int | None) -> str:
    """CLEARCHAT of one viewer: a timeout, or a ban if ``seconds`` is None."""
    tags = {} if seconds is None else {"ban-duration": str(seconds)}
    tags |= {
        "room-id": made_up_user_id(channel),
        "target-user-id": user_id,
        "tmi-sent-ts": str(now_ms()),
    }
    return format_line("CLEARCHAT", f"#{channel}", trailing=login, prefix=SERVER, tags=tags)


def cleared_line(channel: str) -> str:
    """CLEARCHAT of the whole chat."""
    tags = {"room-id": made_up_user_id(channel), "tmi-sent-ts": str(now_ms())}
    return format_line("CLEARCHAT", f"#{channel}", prefix=SERVER, tags=tags)


def notice_line(channel: str, notice_id: str, text: str) -> str:
    """NOTICE about a channel."""
    tags = {"msg-id": notice_id}
    return format_line("NOTICE", f"#{channel}", trailing=text, prefix=SERVER, tags=tags)


def person(login: str) -> str:
    """The prefix of what a user does."""
    return f"{login}!{login}@{login}.{SERVER}"
