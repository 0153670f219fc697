"""What Twitch's notices mean for the bot: which refuse a message, why, and what holds after them.

Pure.  Ids are compared, never texts, which Twitch may translate or reword.
Source: https://dev.twitch.tv/docs/chat/irc/#notice-reference.  Some ids are known only from clients
(https://github.com/twitch4j/twitch4j).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final

TOO_FAST: Final = "msg_ratelimit"
SLOW_MODE: Final = "msg_slowmode"
BANNED_NOTICE: Final = "msg_banned"
BANNED: Final = "banned"

_HOUR_S: Final = 3600.0
_DAY_S: Final = 24 * _HOUR_S


class ShutOut(enum.Enum):
    """How long the bot is not to speak in the channel after a notice."""

    NOT_AT_ALL = "only this message is refused"
    SECONDS = "for as many seconds as the text of the notice says"
    ROOM_STATE = "until the state of the room changes"
    HOUR = "for an hour, our choice: Twitch does not tell when it ends"
    JOIN = "until the channel is joined again"


@dataclass(frozen=True, slots=True)
class NoticeMeaning:
    """What one notice means."""

    # Why the message was refused.
    refusal: str
    shut_out: ShutOut = ShutOut.NOT_AT_ALL
    # What is shown as the reason while the bot is shut out; empty for a timeout, which has seconds.
    obstacle: str = ""
    # With ShutOut.JOIN: how long to stay away before the next JOIN, our choice.
    rejoin_after_s: float = 0.0
    # Twitch took the line and keeps it from chat, for what it says: trying again with the next
    # would go on as long as chat does, so it counts as spoken.
    counts_as_spoken: bool = False


def _mode(refusal: str, obstacle: str) -> NoticeMeaning:
    return NoticeMeaning(refusal, ShutOut.ROOM_STATE, obstacle)


def _hour(refusal: str, obstacle: str) -> NoticeMeaning:
    return NoticeMeaning(refusal, ShutOut.HOUR, obstacle)


def _out(refusal: str, obstacle: str, rejoin_after_s: float) -> NoticeMeaning:
    return NoticeMeaning(refusal, ShutOut.JOIN, obstacle, rejoin_after_s)


def _held(refusal: str) -> NoticeMeaning:
    return NoticeMeaning(refusal, counts_as_spoken=True)


_UNKNOWN_REFUSAL: Final = _held("refused by Twitch")

_MEANINGS: Final = {
    # Only this message.
    TOO_FAST: NoticeMeaning("too fast for Twitch"),
    SLOW_MODE: NoticeMeaning("slow mode"),
    "msg_bad_characters": _held("too many characters that Twitch cannot process"),
    "msg_duplicate": _held("the same text was said within 30 s"),
    "msg_r9k": _held("unique-chat mode"),
    "msg_rejected": _held("held by AutoMod"),
    "msg_rejected_mandatory": _held("held by AutoMod: the channel's own blocked terms"),
    "unrecognized_cmd": _held("Twitch took the text for a command"),
    # For the seconds in the text.
    "msg_timedout": NoticeMeaning("the bot is timed out there", ShutOut.SECONDS),
    # Until the state of the room changes.
    "msg_emoteonly": _mode("emote-only mode", "emote-only"),
    "msg_followersonly": _mode("followers-only mode", "followers-only"),
    "msg_followersonly_zero": _mode("followers-only mode", "followers-only"),
    "msg_followersonly_followed": _mode(
        "followers-only mode: the bot follows too short a time", "followers-only"
    ),
    "msg_subsonly": _mode("subscribers-only mode", "subscribers-only"),
    # For an hour.
    "msg_channel_blocked": _hour(
        "the bot's account is not in good standing there", "this account may not speak here"
    ),
    "msg_requires_verified_phone_number": _hour(
        "the bot's account needs a verified phone number",
        "Twitch wants a verified phone number",
    ),
    "msg_suspended": _hour("the bot's account is suspended", "the account is suspended"),
    "msg_verified_email": _hour(
        "the bot's account needs a verified e-mail address",
        "Twitch wants a verified e-mail address",
    ),
    "msg_warned": _hour(
        "the bot was warned there; acknowledge it on the Twitch site",
        "a warning by the moderators waits to be acknowledged",
    ),
    # Until the channel is joined again.
    BANNED_NOTICE: _out("the bot is banned there", BANNED, _DAY_S),
    "msg_banned_email_alias": _out("the bot's e-mail address is banned there", BANNED, _DAY_S),
    "msg_channel_suspended": _out(
        "the channel is suspended or does not exist",
        "the channel is suspended or does not exist",
        _HOUR_S,
    ),
    "msg_concurrent_channel_limit_reached": _out(
        "the bot is in too many channels", "the bot is in too many channels", _HOUR_S
    ),
    "msg_room_not_found": _out("the channel does not exist", "the channel does not exist", _DAY_S),
    "tos_ban": _out("the channel is closed", "the channel is closed", _DAY_S),
}

# A timeout can last two weeks, which is seven digits; more is nothing that Twitch sends.
_SECONDS: Final = re.compile(r"(?<!\d)(\d{1,7}) (?:more )?second")


def meaning_of(notice_id: str) -> NoticeMeaning | None:
    """What the notice means for the bot; None if it refuses nothing, such as news of a mode.

    An unknown id that begins with ``msg_`` counts as a refusal: all known ones do refuse.
    """
    unknown = _UNKNOWN_REFUSAL if notice_id.startswith("msg_") else None
    return _MEANINGS.get(notice_id, unknown)


def seconds_told(text: str) -> int | None:
    """How many seconds the text of a notice asks for, which only the text tells."""
    found = _SECONDS.search(text)
    return int(found[1]) if found else None
