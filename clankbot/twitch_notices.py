"""What Twitch's notices about a message mean: which of them refuse it, and why, in plain words.

Pure.  Ids, never texts, are compared: https://dev.twitch.tv/docs/chat/irc/#notice-reference.
Some ids are known only from clients (twitch4j); an unknown ``msg_*`` counts as a refusal.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from clankbot.records.chat import Notice

TOO_FAST: Final = "msg_ratelimit"
SLOW_MODE: Final = "msg_slowmode"

_REASONS: Final = MappingProxyType(
    {
        SLOW_MODE: "slow mode",
        TOO_FAST: "too fast for Twitch",
        "msg_bad_characters": "too many characters that Twitch cannot process",
        "msg_banned": "the bot is banned there",
        "msg_banned_email_alias": "the bot's e-mail address is banned there",
        "msg_channel_blocked": "the bot's account is not in good standing there",
        "msg_channel_suspended": "the channel is suspended or does not exist",
        "msg_concurrent_channel_limit_reached": "the bot is in too many channels",
        "msg_duplicate": "the same text was said within 30 s",
        "msg_emoteonly": "emote-only mode",
        "msg_followersonly": "followers-only mode",
        "msg_followersonly_followed": "followers-only mode: the bot follows too short a time",
        "msg_followersonly_zero": "followers-only mode",
        "msg_r9k": "unique-chat mode",
        "msg_rejected": "held back by AutoMod",
        "msg_rejected_mandatory": "blocked by the channel's own terms",
        "msg_requires_verified_phone_number": "the bot's account needs a verified phone number",
        "msg_room_not_found": "the channel does not exist",
        "msg_subsonly": "subscribers-only mode",
        "msg_suspended": "the bot's account is suspended",
        "msg_timedout": "the bot is timed out there",
        "msg_verified_email": "the bot's account needs a verified e-mail address",
        "msg_warned": "the bot was warned there; acknowledge it on the Twitch site",
        "tos_ban": "the channel is closed",
        "unrecognized_cmd": "Twitch took the text for a command",
    }
)

_SECONDS: Final = re.compile(r"(\d{1,6}) (?:more )?second")


def why_refused(notice_id: str) -> str | None:
    """Why the message was not sent; None for a notice about something else."""
    if notice_id.startswith("msg_"):
        return _REASONS.get(notice_id, "refused by Twitch")
    return _REASONS.get(notice_id)


def wait_s(notice: Notice) -> int | None:
    """How many seconds the notice asks for; only its text tells."""
    found = _SECONDS.search(notice.text)
    return int(found[1]) if found else None
