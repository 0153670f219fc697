"""A saved chat, whoever saved it: events with a time, told apart by what the file holds.

Forgiving: gzip, UTF-16, CRLF, a byte order mark and empty lines do no harm, and what is neither
chat nor moderation is counted and passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, tzinfo
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

from clankbot.records.chat import ChatMessage
from clankbot.saved_chat.exports import Examples
from clankbot.saved_chat.found import ChatEvent, Found
from clankbot.saved_chat.irc_lines import IrcLines
from clankbot.saved_chat.json_values import JsonValues
from clankbot.saved_chat.source import is_document, lines_of, opened, values_of
from clankbot.saved_chat.text_logs import START_MS, TextLog

# Assumed before a message without a time: the pace of a lively small chat.
GAP_MS: Final = 5_000
# So many lines tell what kind of log it is.
_SAMPLE_LINES: Final = 500
_SHOWN_CHARS: Final = 60

ACCEPTED: Final = (
    "accepted are logs of Chatterino, Chatty, rustlog, justlog, TwitchDownloader, chat-downloader,"
    " irssi, WeeChat and HexChat, raw IRC lines, and what `export` writes"
)

_NAME_OF_FILE = re.compile(r"[A-Za-z]\w{2,24}", re.ASCII)
_DAY_OF_FILE = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")


class _Reader(Protocol):
    """One kind of lines."""

    name: str

    def read(self, line: str, number: int) -> list[Found]:
        """What a line tells."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, and when; times never go back.

    Not ``is_dated``: the file tells no day.  Not ``has_id``: it tells the viewer's login and not
    the id, in whose place the login stands.
    """

    at_ms: int
    event: ChatEvent
    is_dated: bool = True
    has_id: bool = True


class SavedChat:
    """What happened in one channel of a file, or in all; each iteration reads the file anew."""

    def __init__(
        self,
        path: Path,
        channel: str | None,
        *,
        zone: tzinfo = UTC,
        first_day: date | None = None,
    ) -> None:
        """``channel`` is also what a log is taken to be of that does not name its own.

        ``zone`` is of times that name none; ``first_day`` of a log that names no day.
        """
        self._path = path
        self.channel = channel
        self._zone = zone
        day = _DAY_OF_FILE.search(path.name)
        self._first_day = first_day or (_day(day[0]) if day else None)
        # Of the last reading: lines passed over, the first of them, and messages with and without a
        # time of their own.
        self.other_lines = self.timed = self.untimed = 0
        self._first_other = ""
        self._kind = ""

    @property
    def messages(self) -> int:
        """All messages in the last reading."""
        return self.timed + self.untimed

    def channels(self) -> tuple[str, ...]:
        """The channels in the file, in the order they come; reads all of it."""
        return tuple(dict.fromkeys(moment.event.channel for moment in self))

    def nothing(self) -> str:
        """After a reading without a message: what the file was taken for, what is accepted."""
        where = f" of #{self.channel}" if self.channel else ""
        what = f"{self._path} holds no chat message{where} that can be read"
        if not self._first_other:
            return f"{what}; {ACCEPTED}"
        return f"{what}: taken for {self._kind}, but {self._first_other} does not fit; {ACCEPTED}"

    def __iter__(self) -> Iterator[Moment]:
        """Raises ClankbotError if the file cannot be read."""
        self.other_lines = self.timed = self.untimed = 0
        self._first_other = ""
        named = _NAME_OF_FILE.match(self._path.name)
        unnamed = self.channel or (named[0].lower() if named else "chat")
        now_ms = START_MS - GAP_MS
        for found in self._found():
            event, sent_ms, has_id = found.event, found.at_ms, True
            if not event.channel:
                event = replace(event, channel=unnamed)
            if self.channel not in (None, event.channel):
                continue
            if isinstance(event, ChatMessage):
                self.timed += sent_ms is not None
                self.untimed += sent_ms is None
                sent_ms = now_ms + GAP_MS if sent_ms is None else sent_ms
                if not (has_id := event.user_id is not None):
                    event = replace(event, user_id=event.login)
            now_ms = max(now_ms, sent_ms or now_ms)
            yield Moment(now_ms, event, found.is_dated and found.at_ms is not None, has_id)

    def _found(self) -> Iterator[Found]:
        with opened(self._path) as file:
            is_one_value = is_document(file)
        reader = None if is_one_value else self._reader()
        with opened(self._path) as file:
            if reader is None:
                yield from self._values(values_of(file))
            else:
                yield from self._lines(lines_of(file), reader)

    def _reader(self) -> _Reader:
        """Of the kind of which there is most among the first lines.

        One kind for all: a viewer of a log may write what looks like a line of another.
        """
        with opened(self._path) as file:
            lines = [line for line in islice(lines_of(file), _SAMPLE_LINES) if not _is_json(line)]
        readers: list[_Reader] = [IrcLines(), self._text_log()]
        fits = [sum(bool(reader.read(line, 0)) for line in lines) for reader in readers]
        return IrcLines() if fits[0] > fits[1] else self._text_log()

    def _text_log(self) -> TextLog:
        return TextLog(self._zone, self._first_day)

    def _values(self, values: Iterator[Any]) -> Iterator[Found]:
        reader = JsonValues()
        self._kind = reader.name
        for number, value in enumerate(values, 1):
            if not (found := reader.read(value, number)):
                self._pass_over(f"value {number}", str(value))
            yield from found

    def _lines(self, lines: Iterator[str], reader: _Reader) -> Iterator[Found]:
        self._kind = reader.name
        values, examples = JsonValues(), Examples()
        for number, line in enumerate(lines, 1):
            if _is_json(line):
                value = _json(line)
                found = examples.read(value, number) or values.read(value, number)
            else:
                found = reader.read(line, number)
            if not found:
                self._pass_over(f"line {number}", line)
            yield from found
        yield from examples.rest()

    def _pass_over(self, place: str, text: str) -> None:
        self.other_lines += 1
        if not self._first_other:
            shown = text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
            self._first_other = f"{place} ({shown})"


def _is_json(line: str) -> bool:
    return line.startswith(("{", '"'))


def _json(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
