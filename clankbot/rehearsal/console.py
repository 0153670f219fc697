"""What a rehearsal looks like: chat lines, events and notes, in a terminal or as plain text.

In a terminal each line is inserted above the row in which the person types.  That row, and the
place of the cursor in it, stay as they are.
"""

from __future__ import annotations

import errno
import re
import shutil
import textwrap
import unicodedata
from collections.abc import Callable
from typing import Final, TextIO

_BOT_MARK: Final = "[o_o]"
_NARROWEST: Final = 20
_FIRST_COLUMN: Final = re.compile(r"\s+\S.*?\s{2,}(?=\S)")

_BOLD: Final = "1"
_DIM: Final = "2"
_REVERSED: Final = "1;7"

# Source: https://vt100.net/docs/vt510-rm/chapter4.html (IND, DECSC, DECRC)
_DOWN: Final = "\x1bD"  # in the same column; scrolls at the bottom
_SAVE_CURSOR: Final = "\x1b7"
_RESTORE_CURSOR: Final = "\x1b8"


class Console:
    """Writes to a stream; what the stream raises is for the caller.

    BrokenPipeError also stands for a terminal that was closed.
    """

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

    def viewer(self, login: str, text: str, colour: int, *, is_mod: bool = False) -> None:
        """A line of a viewer; the colour is one of a terminal's 256."""
        mod = "mod " if is_mod else ""
        styled = f"{self._in(mod, _DIM)}{self._in(login, f'{_BOLD};38;5;{colour}')}: "
        self._show(f"{mod}{login}: ", styled, text)

    def bot(self, login: str, text: str, addressee: str | None = None) -> None:
        """A line of the bot; ``addressee`` is whom it answers."""
        name, to = f"{_BOT_MARK} {login}", f" → {addressee}: " if addressee else ": "
        styled = f"{self._in(name, _REVERSED)}{self._in(to, _BOLD)}"
        self._show(f"{name}{to}", styled, text, _BOLD)

    def event(self, text: str) -> None:
        """Something that happened in the room."""
        self._show("-- ", self._in("-- ", _DIM), text, _DIM)

    def note(self, *lines: str) -> None:
        """Words to the person, from outside the room; a second column stays one when wrapped."""
        for line in map(printable, lines):
            column = _FIRST_COLUMN.match(line)
            for part in self._wrapped(line, indent=column.end() if column else 0):
                self._write_line(part, part)

    def clear_row(self, rows_up: int = 0) -> None:
        """Empty the row in which the person types, or one above it, and go on typing there."""
        self._write(f"\x1b[{rows_up}A\r\x1b[K" if rows_up else "\r\x1b[K")

    def _show(self, mark: str, styled_mark: str, text: str, style: str = "") -> None:
        """A text behind a mark."""
        first, *more = self._wrapped(mark + printable(text), indent=2)
        self._write_line(first, styled_mark + self._in(first.removeprefix(mark), style))
        for part in more:
            self._write_line(part, self._in(part, style))

    def _wrapped(self, line: str, indent: int) -> list[str]:
        """The line in parts that fit a terminal; a word that is too long for it stays whole."""
        if not self._is_terminal:
            return [line]
        return textwrap.wrap(
            line,
            max(_NARROWEST, self._columns()),
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [line]

    def _write_line(self, line: str, styled: str) -> None:
        if not self._is_terminal:
            self._write(f"{styled}\n")
            return
        # Going down and up again scrolls if the row is too near to the bottom; after rows were
        # inserted in its place, it is that much further down.
        rows = _rows_of(line, self._columns())
        insert = f"{_DOWN * rows}\x1b[{rows}A{_SAVE_CURSOR}\x1b[{rows}L\r"
        self._write(f"{insert}{styled}{_RESTORE_CURSOR}{_DOWN * rows}")

    def _in(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._colours and text and style else text

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except OSError as error:
            if error.errno == errno.EIO:
                raise BrokenPipeError(error.errno, error.strerror) from error
            raise


def printable(text: str) -> str:
    """The text without anything that a terminal might obey."""
    return "".join(filter(str.isprintable, text))


def _rows_of(text: str, columns: int) -> int:
    """How many rows of a terminal the text takes."""
    rows, column = 1, 0
    for character in text:
        is_wide = unicodedata.east_asian_width(character) in "WF"
        width = 0 if unicodedata.combining(character) else 1 + is_wide
        if column + width > columns:
            rows, column = rows + 1, 0
        column += width
    return rows
