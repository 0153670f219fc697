"""A saved chat: IRC log lines with tags, or the JSON Lines of ``export``, as events with a time.

Forgiving: CRLF, a byte order mark, empty lines and a time in front of an IRC line do no harm, and
what is neither chat nor moderation is counted and passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from clankbot.errors import ClankbotError
from clankbot.irc.events import to_event
from clankbot.irc.message import parse_line
from clankbot.records.chat import ChatCleared, ChatMessage, MessageDeleted, UserCleared

# Assumed before a message without a time: the pace of a lively small chat.
GAP_MS: Final = 5_000
# Where a file without any time begins: midnight, 1 January 2000.
START_MS: Final = 946_684_800_000
# An export does not tell who wrote the answer of its last example.
_NOBODY: Final = "somebody"
# The years 2007 to 2099: other times are mistakes, and as times never go back, a single one would
# move all that follows it.
_EARLIEST_MS: Final = 1_167_609_600_000
_LATEST_MS: Final = 4_102_444_800_000
_MOST_DIGITS: Final = 15

_IRC = re.compile(r"(?:^|\s)([@:]\S+ +\S.*)")
_DATE_AND_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?"
)
_UNIX_TIME = re.compile(r"(?<!\d)(\d{10})(\d{3})?(?!\d)")

ChatEvent = ChatMessage | MessageDeleted | UserCleared | ChatCleared
# An event, and when the file says that it happened.
Found = tuple[ChatEvent, int | None]


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, and when; times never go back."""

    at_ms: int
    event: ChatEvent


class SavedChat:
    """What happened in one channel of a file, or in all; each iteration reads the file anew."""

    def __init__(self, path: Path, channel: str | None) -> None:
        """``channel`` is also what an export is taken to be of, which does not name its own."""
        self._path = path
        self.channel = channel
        # Of the last reading: lines passed over, and messages with and without a time of their own.
        self.other_lines = self.timed = self.untimed = 0

    @property
    def messages(self) -> int:
        """All messages in the last reading."""
        return self.timed + self.untimed

    def channels(self) -> tuple[str, ...]:
        """The channels in the file, in the order they come; reads all of it."""
        return tuple(dict.fromkeys(moment.event.channel for moment in self))

    def __iter__(self) -> Iterator[Moment]:
        """Raises ClankbotError if the file cannot be read."""
        self.other_lines = self.timed = self.untimed = 0
        now_ms = START_MS - GAP_MS
        for event, sent_ms in self._events():
            if self.channel not in (None, event.channel):
                continue
            if isinstance(event, ChatMessage):
                self.timed += sent_ms is not None
                self.untimed += sent_ms is None
                sent_ms = now_ms + GAP_MS if sent_ms is None else sent_ms
            now_ms = max(now_ms, sent_ms or now_ms)
            yield Moment(now_ms, event)

    def _events(self) -> Iterator[Found]:
        chain = _Chain()
        for number, line in enumerate(self._lines(), 1):
            if line.startswith("{"):
                found = self._spoken(chain.new_lines(line), number)
            else:
                found = list(_happened(line, number))
            self.other_lines += not found
            yield from found
        yield from self._spoken(chain.last_line(), 0)

    def _lines(self) -> Iterator[str]:
        if self._path.is_fifo():
            raise ClankbotError(f"{self._path} is a pipe; a file is wanted, which is read twice")
        try:
            with self._path.open(encoding="utf-8", errors="replace") as file:
                for line in file:
                    if line := line.strip("\ufeff \t\r\n"):
                        yield line
        except OSError as error:
            raise ClankbotError(f"{self._path} cannot be read: {error.strerror}") from error

    def _spoken(self, lines: Sequence[str], number: int) -> list[Found]:
        """The messages of a transcript."""
        found: list[Found] = []
        for place, line in enumerate(lines):
            name, colon, text = line.partition(": ")
            if colon:
                message = ChatMessage(
                    message_id=f"line-{number}-{place}",
                    channel=self.channel or "export",
                    user_id=name.lower(),
                    login=name.lower(),
                    display_name=name,
                    text=text,
                    sent_at=None,
                )
                found.append((message, None))
        return found


# --- IRC ------------------------------------------------------------------------------------------


def _happened(line: str, number: int) -> Iterator[Found]:
    """What an IRC line tells, if it is one of chat or moderation."""
    irc = _IRC.search(line)
    if irc is None:
        return
    try:
        message = parse_line(irc[1])
    except ValueError:
        return
    event = to_event(message)
    if not isinstance(event, ChatEvent):
        return
    tag = message.tags.get("tmi-sent-ts", "")
    is_number = tag.isdecimal() and len(tag) <= _MOST_DIGITS
    sent_ms = _likely(int(tag) if is_number else None)
    if isinstance(event, ChatMessage):  # a log without tags has no ids
        message_id, user_id = event.message_id or f"line-{number}", event.user_id or event.login
        sent_at = event.sent_at if sent_ms else None
        event = replace(event, message_id=message_id, user_id=user_id, sent_at=sent_at)
    yield event, sent_ms or _likely(_written_ms(line[: irc.start(1)]))


def _likely(at_ms: int | None) -> int | None:
    """The time, if there can have been a chat at it."""
    return at_ms if at_ms is not None and _EARLIEST_MS <= at_ms < _LATEST_MS else None


def _written_ms(stamp: str) -> int | None:
    """The time that a logger wrote in front of a line, UTC unless it says otherwise."""
    if found := _UNIX_TIME.search(stamp):
        return int(found[1] + (found[2] or "000"))
    if not (found := _DATE_AND_TIME.search(stamp)):
        return None
    try:
        moment = datetime.fromisoformat(found[0])
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


# --- exports --------------------------------------------------------------------------------------


class _Chain:
    """Puts a chat together again out of examples, each of which repeats most of the one before.

    Within one export they grow at the beginning and never shrink.  If one does not follow from
    the other, as in a shuffled file, nothing is left out.
    """

    def __init__(self) -> None:
        self._window: list[str] = []
        self._answer: str | None = None

    def new_lines(self, line: str) -> list[str]:
        """The lines that this example adds; the answer comes with the next, which names it."""
        example = _example(line)
        if example is None:
            return []
        window, answer = example
        before = self._repeated(window)
        new = window[before:] if before is not None else [*self.last_line(), *window]
        self._window, self._answer = window, answer
        return new

    def last_line(self) -> list[str]:
        """The answer of the newest example, as a line of somebody unknown."""
        return [] if self._answer is None else [f"{_NOBODY}: {self._answer}"]

    def _repeated(self, window: Sequence[str]) -> int | None:
        """How many lines are known already; None if the answer does not follow upon them."""
        if len(window) < len(self._window):
            return None
        for known in range(len(window) - 1, -1, -1):
            follows = window[known].partition(": ")[2] == self._answer
            if follows and window[:known] == self._window[len(self._window) - known :]:
                return known
        return None


def _example(line: str) -> tuple[list[str], str] | None:
    """The transcript and the answer of one training example; None if it is none."""
    try:
        contents = {part["role"]: part["content"] for part in json.loads(line)["messages"]}
        window, answer = contents["user"], contents["assistant"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(window, str) or not isinstance(answer, str):
        return None
    return window.split("\n"), answer
