"""Chat as JSON: one value for each message, as those who download or log chat write it.

Known by content: TwitchDownloader and twitch-dl (``comments``), rustlog and justlog (``messages``,
or a line each), chat-downloader, and raw IRC lines in JSON strings.

Sources: https://github.com/lay295/TwitchDownloader (ChatRoot.cs),
https://github.com/boring-nick/rustlog (src/logs/schema.rs),
https://github.com/xenova/chat-downloader (docs, item fields)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clankbot.saved_chat.found import Found, iso_ms, likely, said
from clankbot.saved_chat.irc_lines import IrcLines
from clankbot.saved_chat.text_logs import START_MS

Fields = Mapping[str, Any]

_BADGE_OF_BOTS: Final = "bot-badge"


class JsonValues:
    """Reads one value after another."""

    name = "JSON, a value for each message"

    def __init__(self) -> None:
        self._irc = IrcLines()

    def read(self, value: object, number: int) -> list[Found]:
        """What the value tells; nothing if it is neither chat nor moderation."""
        if isinstance(value, str):
            return self._irc.read(value, number)
        if not isinstance(value, dict):
            return []
        match value:
            case {"raw": str(line)} if line:
                return self._irc.read(line, number)
            case {"commenter": dict() | None, "message": dict()}:
                return _comment(value, number)
            case {"author": dict(), "message": str()}:
                return _downloaded(value, number)
            case {"text": str(), "username": str()} | {"text": str(), "displayName": str()}:
                return _logged(value, number)
        return []


def _comment(value: Fields, number: int) -> list[Found]:
    """Of TwitchDownloader; a closed account has no commenter."""
    commenter, message = value["commenter"] or {}, value["message"]
    text, name = _text(message, "body"), _text(commenter, "display_name", "name")
    if not (text and name):
        return []
    badges = message.get("user_badges")
    badges = badges if isinstance(badges, list) else []
    event = said(
        number,
        name,
        text,
        login=_text(commenter, "name"),
        message_id=_text(value, "_id", "id"),
        user_id=_text(commenter, "_id", "id"),
        is_action=message.get("is_action") is True,
        is_bot=any(_BADGE_OF_BOTS in badge.values() for badge in badges if isinstance(badge, dict)),
    )
    at_ms = iso_ms(_text(value, "created_at"))
    offset_s = value.get("content_offset_seconds")
    if at_ms is None and isinstance(offset_s, int | float):
        return [Found(event, START_MS + round(offset_s * 1000), is_dated=False)]
    return [Found(event, at_ms)]


def _downloaded(value: Fields, number: int) -> list[Found]:
    """Of chat-downloader, whose times are microseconds."""
    author, text = value["author"], value["message"]
    name = _text(author, "display_name", "name")
    if not (text and name) or value.get("message_type", "text_message") != "text_message":
        return []
    event = said(
        number,
        name,
        text,
        login=_text(author, "name"),
        message_id=_text(value, "message_id"),
        user_id=_text(author, "id"),
    )
    micros = value.get("timestamp")
    at_ms = likely(micros / 1000) if isinstance(micros, int | float) else None
    seconds = value.get("time_in_seconds")
    if at_ms is None and isinstance(seconds, int | float):
        return [Found(event, START_MS + round(seconds * 1000), is_dated=False)]
    return [Found(event, at_ms)]


def _logged(value: Fields, number: int) -> list[Found]:
    """Of rustlog and justlog, where the raw line is left out."""
    tags = value.get("tags")
    tags = tags if isinstance(tags, dict) else {}
    if value.get("type", 1) not in (1, "PRIVMSG") or not value["text"]:
        return []
    event = said(
        number,
        _text(value, "displayName", "username"),
        value["text"],
        channel=_text(value, "channel"),
        login=_text(value, "username"),
        message_id=_text(value, "id") or _text(tags, "id"),
        user_id=_text(tags, "user-id"),
    )
    return [Found(event, iso_ms(_text(value, "timestamp")))]


def _text(fields: Fields, *names: str) -> str:
    """The first of these fields that holds a text or a whole number."""
    for name in names:
        found = fields.get(name)
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found):
            return str(found)
    return ""
