"""The lines that Twitch chat sends, as its documentation shows them.  Pure.

Source: https://dev.twitch.tv/docs/chat/irc/
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from clankbot.irc.message import format_line
from clankbot.loopback.room_log import RoomMessage

SERVER = "tmi.twitch.tv"


def made_up_user_id(login: str) -> str:
    """A user's number: always the same for the same login."""
    return str(10_000_000 + zlib.crc32(login.lower().encode()) % 900_000_000)


def room_id(channel: str) -> str:
    """A channel's number, which is its owner's."""
    return made_up_user_id(channel)


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
        format_line("JOIN", room, prefix=_person(login)),
        format_line("353", login, "=", room, trailing=login, prefix=host),
        format_line("366", login, room, trailing="End of /NAMES list", prefix=host),
    ]


def parted_line(channel: str, login: str) -> str:
    """What follows a PART."""
    return format_line("PART", f"#{channel}", prefix=_person(login))


def own_state_line(channel: str, login: str, *, is_mod: bool, extra: Mapping[str, str]) -> str:
    """USERSTATE: the account's standing in a channel."""
    tags = {
        "badges": _badges(broadcaster=login == channel, moderator=is_mod),
        "display-name": login,
        "emote-sets": "0",
        "mod": _digit(is_mod),
        "user-type": "mod" if is_mod else "",
        **extra,
    }
    return format_line("USERSTATE", f"#{channel}", prefix=SERVER, tags=tags)


def room_state_line(channel: str, state: Mapping[str, str]) -> str:
    """ROOMSTATE with the tags of ``state``: all of them after a JOIN, later what changed."""
    tags = {"room-id": room_id(channel), **state}
    return format_line("ROOMSTATE", f"#{channel}", prefix=SERVER, tags=tags)


def chat_line(
    message: RoomMessage,
    *,
    is_mod: bool = False,
    is_broadcaster: bool = False,
    is_vip: bool = False,
    is_lead_mod: bool = False,
    sent_at_ms: int = 0,
) -> str:
    """PRIVMSG; ``message.tags`` are added to those that every message has."""
    is_broadcaster = is_broadcaster or message.login == message.channel
    tags = {
        "badge-info": "",
        "badges": _badges(
            broadcaster=is_broadcaster, moderator=is_mod, lead_moderator=is_lead_mod, vip=is_vip
        ),
        "color": "",
        "display-name": message.display_name,
        "emotes": "",
        "first-msg": "0",
        "flags": "",
        "id": message.message_id,
        "mod": _digit(is_mod),
        "returning-chatter": "0",
        "room-id": room_id(message.channel),
        "subscriber": "0",
        "tmi-sent-ts": str(sent_at_ms),
        "turbo": "0",
        "user-id": message.user_id,
        "user-type": "mod" if is_mod or is_lead_mod else "",
        **({"vip": "1"} if is_vip else {}),
        **message.tags,
    }
    room, prefix = f"#{message.channel}", _person(message.login)
    return format_line("PRIVMSG", room, trailing=message.text, prefix=prefix, tags=tags)


def reply_tags(parent_id: str, parent: RoomMessage | None) -> dict[str, str]:
    """The tags of a reply; only the id where the room does not know the message answered."""
    tags = {"reply-parent-msg-id": parent_id}
    if parent is not None:
        tags |= {
            "reply-parent-display-name": parent.display_name,
            "reply-parent-msg-body": parent.text,
            "reply-parent-user-id": parent.user_id,
            "reply-parent-user-login": parent.login,
        }
    return tags


def mirrored_tags(source_room_id: str, source_id: str) -> dict[str, str]:
    """The tags of a message in a shared chat."""
    return {
        "source-badges": "",
        "source-badge-info": "",
        "source-id": source_id,
        "source-room-id": source_room_id,
    }


def deleted_line(channel: str, message_id: str, login: str, text: str, sent_at_ms: int) -> str:
    """CLEARMSG; Twitch leaves its ``room-id`` empty."""
    tags = {
        "login": login,
        "room-id": "",
        "target-msg-id": message_id,
        "tmi-sent-ts": str(sent_at_ms),
    }
    return format_line("CLEARMSG", f"#{channel}", trailing=text, prefix=SERVER, tags=tags)


def banned_line(
    channel: str, login: str, user_id: str, seconds: int | None, sent_at_ms: int
) -> str:
    """CLEARCHAT of one viewer: a timeout, or a ban where ``seconds`` is None."""
    tags = {} if seconds is None else {"ban-duration": str(seconds)}
    tags |= {
        "room-id": room_id(channel),
        "target-user-id": user_id,
        "tmi-sent-ts": str(sent_at_ms),
    }
    return format_line("CLEARCHAT", f"#{channel}", trailing=login, prefix=SERVER, tags=tags)


def cleared_line(channel: str, sent_at_ms: int) -> str:
    """CLEARCHAT of the whole chat."""
    tags = {"room-id": room_id(channel), "tmi-sent-ts": str(sent_at_ms)}
    return format_line("CLEARCHAT", f"#{channel}", prefix=SERVER, tags=tags)


def notice_line(channel: str, notice_id: str, text: str) -> str:
    """NOTICE about a channel."""
    tags = {"msg-id": notice_id}
    return format_line("NOTICE", f"#{channel}", trailing=text, prefix=SERVER, tags=tags)


def unknown_command_line(login: str, command: str) -> str:
    """The answer to what a client of Twitch does not say."""
    return format_line("421", login, command, trailing="Unknown command", prefix=SERVER)


def refusal_line(text: str) -> str:
    """NOTICE that refuses a login: without tags, to nobody."""
    return format_line("NOTICE", "*", trailing=text, prefix=SERVER)


def _person(login: str) -> str:
    return f"{login}!{login}@{login}.{SERVER}"


def _badges(**held: bool) -> str:
    return ",".join(f"{name}/1" for name, has in held.items() if has)


def _digit(value: bool) -> str:
    return "1" if value else "0"
