"""Chat that flows while something goes wrong, and the account of what Twitch delivered of it."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.chat_lines import chat_lines
from tests.faults.room import FaultRoom

CHANNEL: Final = "alpha"
BLOCKED: Final = "blorpword"
_SYLLABLES: Final = [a + b for b in "aeiou" for a in "bdfg"]
WORD: Final = re.compile(r"\b(?:[bdfg][aeiou]){4}\b")
"""What ``word_of`` makes."""
_ID: Final = "line-"
_A_TEXT: Final = 400

# Of each hundred lines these are blocked, deleted soon, or said by one who is banned soon.
_BLOCKED_AT: Final = frozenset({7, 37, 67})
_DELETED_AT: Final = frozenset({4, 24, 44, 64, 84})
_BANNED_AT: Final = frozenset({50, 51})
_REMOVED_AFTER: Final = 4


@dataclass(eq=False)
class Line:
    """A viewer's line; times are monotonic seconds."""

    number: int
    login: str
    text: str
    word: str
    """In no other line."""
    said_at: float
    is_delivered: bool
    """It was put into a connection on which the bot was in the channel."""
    is_blocked: bool = False
    removed_at: float | None = None
    """Twitch has delivered its removal then."""
    may_be_lost: bool = False
    may_remain: bool = False
    """Its removal may not have been heard."""

    @property
    def message_id(self) -> str:
        """Its id on Twitch."""
        return f"{_ID}{self.number}"


def number_of(message_id: str) -> int | None:
    """The number of a line of this chat, by its id."""
    return int(message_id.removeprefix(_ID)) if message_id.startswith(_ID) else None


def word_of(number: int) -> str:
    """A word of its own for each number."""
    syllables = []
    for _ in range(4):
        number, least = divmod(number, len(_SYLLABLES))
        syllables.append(_SYLLABLES[least])
    return "".join(syllables)


class Chat:
    """Viewers and moderators; one thread has them talk while it flows, others may join in."""

    def __init__(self, room: FaultRoom, lines_a_second: float = 20.0) -> None:
        self.lines: list[Line] = []
        self.lines_a_second = lines_a_second
        self._room = room
        self._texts = itertools.cycle(t for t in chat_lines(_A_TEXT, seed=3) if t[0] != "!")
        self._held = threading.RLock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._flow, name="chat", daemon=True)
        self._doomed: list[Line] = []

    def __enter__(self) -> Chat:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else speaks in this block."""
        with self._held:
            yield

    @contextmanager
    def flowing_at(self, lines_a_second: float) -> Iterator[None]:
        """Another pace in this block."""
        before, self.lines_a_second = self.lines_a_second, lines_a_second
        try:
            yield
        finally:
            self.lines_a_second = before

    def say(self, login: str | None = None, text: str | None = None) -> Line:
        """One line; given a text, a word of its own is put behind it."""
        with self._held, self._room.changed:
            number = len(self.lines)
            word = word_of(number)
            place = number % 100
            plain = text is not None
            blocked = not plain and place in _BLOCKED_AT
            if login is None:
                login = f"troll{number // 100}" if place in _BANNED_AT else f"viewer{number % 17}"
            text = f"{text or next(self._texts)} {BLOCKED if blocked else ''} {word}"
            text = " ".join(text.split())
            is_delivered = self._room.reaches(CHANNEL)
            line = Line(number, login, text, word, time.monotonic(), is_delivered, blocked)
            self.lines.append(line)
            self._room.say(CHANNEL, login, text, message_id=line.message_id)
            if not plain and not blocked and place in _DELETED_AT | _BANNED_AT:
                self._doomed.append(line)
            return line

    def ask(self, login: str, question: str) -> Line:
        """A viewer speaks to the bot."""
        return self.say(login, f"@{self._room.bot_login} {question}")

    def remove(self, line: Line) -> None:
        """A moderator deletes the line, or bans who said it."""
        with self._held, self._room.changed:
            if line.login.startswith("troll"):
                self._room.ban(CHANNEL, line.login)
                gone = [each for each in self.lines[-300:] if each.login == line.login]
            else:
                self._room.delete(CHANNEL, line.message_id)
                gone = [line]
            for each in gone:
                if each.removed_at is None and self._room.reaches(CHANNEL):
                    each.removed_at = time.monotonic()
            self._room.mark(line.number)

    def excuse(self, since: float, until: float) -> None:
        """What was said in this time may be lost, and what was removed in it may remain."""
        with self._held:
            for line in self.lines:
                line.may_be_lost |= since <= line.said_at <= until
                if line.removed_at is not None:
                    line.may_remain |= since <= line.removed_at <= until

    def _flow(self) -> None:
        """Thread body."""
        while not self._ended.wait(1 / self.lines_a_second):
            with self._held:
                self.say()
                due = [
                    each for each in self._doomed if len(self.lines) > each.number + _REMOVED_AFTER
                ]
                for line in due:
                    self._doomed.remove(line)
                    self.remove(line)
