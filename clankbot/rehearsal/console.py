"""What a rehearsal looks like: chat lines, events and notes, in a terminal or as plain text.

In a terminal the line being typed stays below everything else, whole.  For one thread.
"""

from __future__ import annotations

import re
import shutil
import textwrap
import unicodedata
from collections.abc import Callable
from typing import Final, TextIO

_BOT_MARK: Final = "[o_o]"
_PROMPT: Final = "> "
_NARROWEST: Final = 20
_FIRST_COLUMN: Final = re.compile(r"\s+\S.*?\s{2,}(?=\S)")

_BOLD: Final = "1"
_DIM: Final = "2"
_REVERSED: Final = "1;7"
_TO_LINE_START: Final = "\r\x1b[K"
"""To the left end, and away with what stands in the line."""


class Console:
    """Writes to a stream; what the stream raises (BrokenPipeError) is for the caller."""

    def __init__(
        self,
        out: TextIO,
        *,
        is_terminal: bool = False,
        colours: bool = False,
        columns: Callable[[], int] = lambda: shutil.get_terminal_size().columns,
    ) -> None:
        self._out = out
        self._is_terminal = is_terminal
        self._colours = colours
        self._columns = columns
        self._typed: str | None = None

    def viewer(self, login: str, text: str, colour: int, *, is_mod: bool = False) -> None:
        """A line of a viewer; the colour is one of a terminal's 256."""
        mod = "mod " if is_mod else ""
        shown = f"{self._in(mod, _DIM)}{self._in(login, f'{_BOLD};38;5;{colour}')}: "
        self._show_talk(f"{mod}{login}: ", shown, text)

    def bot(self, login: str, text: str, addressee: str | None = None) -> None:
        """A line of the bot; ``addressee`` is whom it answers."""
        name, to = f"{_BOT_MARK} {login}", f" → {addressee}: " if addressee else ": "
        self._show_talk(
            f"{name}{to}", f"{self._in(name, _REVERSED)}{self._in(to, _BOLD)}", text, _BOLD
        )

    def event(self, text: str) -> None:
        """Something that happened in the room."""
        self._show_talk("-- ", self._in("-- ", _DIM), text, _DIM)

    def note(self, *lines: str) -> None:
        """Words to the person, from outside the room; wrapped where a terminal is narrower."""
        for line in map(printable, lines):
            for part in self._wrapped(line) if self._is_terminal else (line,):
                self._show(part)

    def typing(self, text: str | None) -> None:
        """Show the line that is being typed; None: nothing can be typed any more."""
        self._typed = text
        self._write(_TO_LINE_START + self._input_line())

    def _show_talk(self, mark: str, shown: str, text: str, style: str = "") -> None:
        """Words behind a mark, which is ``shown`` in colours; wrapped as notes are."""
        whole = mark + printable(text)
        first, *more = self._wrapped(whole, indent=2) if self._is_terminal else [whole]
        self._show(shown + self._in(first.removeprefix(mark), style))
        for part in more:
            self._show(self._in(part, style))

    def _show(self, line: str) -> None:
        if self._is_terminal:
            line = f"{_TO_LINE_START}{line}"
        self._write(f"{line}\n{self._input_line()}")

    def _wrapped(self, line: str, indent: int = 0) -> list[str]:
        """The line in parts that fit; what stands in a second column goes on there."""
        first_column = _FIRST_COLUMN.match(line)
        return textwrap.wrap(
            line,
            max(_NARROWEST, self._columns()),
            subsequent_indent=" " * (first_column.end() if first_column else indent),
            break_long_words=False,
            break_on_hyphens=False,
        ) or [line]

    def _input_line(self) -> str:
        """The prompt and as much of the end of the typed text as fits on one line."""
        if self._typed is None:
            return ""
        room = max(_NARROWEST, self._columns()) - len(_PROMPT) - 1
        return self._in(_PROMPT, _BOLD) + _end_within(self._typed, room)

    def _in(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._colours and text and style else text

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def printable(text: str) -> str:
    """The text without anything that a terminal might obey."""
    return "".join(filter(str.isprintable, text))


def _end_within(text: str, columns: int) -> str:
    """The end of the text, cut at its beginning to so many columns."""
    for start in range(len(text)):
        if _columns_of(text[start]) and sum(map(_columns_of, text[start:])) <= columns:
            return text[start:]
    return ""


def _columns_of(character: str) -> int:
    """How many columns a terminal gives to a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
