"""IRC lines as Twitch sent them, with or without a logger's time in front."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from clankbot.irc.events import to_event
from clankbot.irc.message import parse_line
from clankbot.records.chat import ChatMessage
from clankbot.saved_chat.found import ChatEvent, Found, iso_ms, likely

_MOST_DIGITS: Final = 15
_IRC = re.compile(r"(?:^|\s)([@:]\S+ +\S.*)")
_DATE_AND_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?"
)
_UNIX_TIME = re.compile(r"(?<!\d)(\d{10})(\d{3})?(?!\d)")


class IrcLines:
    """Reads one line after another."""

    name = "IRC lines"

    def read(self, line: str, number: int) -> list[Found]:
        """What the line tells, if it is one of chat or moderation."""
        irc = _IRC.search(line)
        if irc is None:
            return []
        try:
            message = parse_line(irc[1])
        except ValueError:
            return []
        event = to_event(message)
        if not isinstance(event, ChatEvent):
            return []
        tag = message.tags.get("tmi-sent-ts", "")
        is_number = tag.isdecimal() and len(tag) <= _MOST_DIGITS
        sent_ms = likely(int(tag) if is_number else None)
        if isinstance(event, ChatMessage):  # a log without tags has no ids
            sent_at = event.sent_at if sent_ms else None
            message_id = event.message_id or f"line-{number}"
            event = replace(event, message_id=message_id, sent_at=sent_at)
        return [Found(event, sent_ms or _written_ms(line[: irc.start(1)]))]


def _written_ms(stamp: str) -> int | None:
    """The time that a logger wrote in front of a line, UTC unless it says otherwise."""
    if found := _UNIX_TIME.search(stamp):
        return likely(int(found[1] + (found[2] or "000")))
    found = _DATE_AND_TIME.search(stamp)
    return iso_ms(found[0].replace(",", ".")) if found else None
