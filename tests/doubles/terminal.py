"""A terminal: its screen, and a program that runs in it with a person who types and reads.

The screen knows as much as the rehearsal and readline ask of one.
Source: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
"""

from __future__ import annotations

import codecs
import os
import pty
import re
import subprocess
import termios
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from tests.waiting import PATIENCE_S, wait_until

# A character, and its style as in ``ESC [ style m``; "" for the second half of a wide one.
Cell = tuple[str, str]

_BLANK: Cell = (" ", "")
_PARTS = re.compile(
    r"\x1b\[(?P<private>\??)(?P<numbers>[\d;]*)(?P<final>[@-~])"
    r"|\x1b\](?P<title>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b(?P<escape>[78DM=>]|\([A-Z0-9])"
    r"|(?P<character>[^\x1b])",
    re.DOTALL,
)


class Screen:
    """Text goes in as it is written to the terminal, in whatever portions; incomplete ends wait."""

    def __init__(self, columns: int = 80, height: int = 24) -> None:
        self.columns = columns
        self.height = height
        self.row = self.column = 0
        # What has left the screen at its top.
        self.scrolled: list[list[Cell]] = []
        self._rows = [self._empty() for _ in range(height)]
        self._style = ""
        self._saved = (0, 0)
        self._unfinished = ""

    @property
    def lines(self) -> list[str]:
        """All text, what has scrolled off included, up to the last row that holds any."""
        lines = ["".join(cell[0] for cell in row).rstrip() for row in self._all_rows()]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def runs(self) -> Iterator[list[tuple[str, str]]]:
        """The same, each row as pieces of text with one style."""
        for row in self._all_rows()[: len(self.lines)]:
            pieces = groupby(row, key=lambda cell: cell[1])
            yield [("".join(cell[0] for cell in cells), style) for style, cells in pieces]

    def feed(self, text: str) -> None:
        """Do what a terminal would."""
        text = self._unfinished + text
        at = 0
        while part := _PARTS.match(text, at):
            at = part.end()
            if part["character"]:
                self._write(part["character"])
            elif part["escape"]:
                self._escape(part["escape"])
            elif part["final"] and not part["private"]:
                numbers = [int(number or 0) for number in part["numbers"].split(";")]
                self._control(part["final"], numbers[0], part["numbers"])
        self._unfinished = text[at:]

    def _all_rows(self) -> list[list[Cell]]:
        return [*self.scrolled, *self._rows]

    def _empty(self) -> list[Cell]:
        return [_BLANK] * self.columns

    def _write(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self._down()
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif character.isprintable():
            width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            if unicodedata.combining(character):
                return
            if self.column + width > self.columns:
                self.column = 0
                self._down()
            cells = [(character, self._style), ("", self._style)][:width]
            self._rows[self.row][self.column : self.column + width] = cells
            self.column += width

    def _escape(self, letter: str) -> None:
        if letter == "D":
            self._down()
        elif letter == "M":
            self.row = max(0, self.row - 1)
        elif letter == "7":
            self._saved = (self.row, self.column)
        elif letter == "8":
            self.row, self.column = self._saved

    def _down(self) -> None:
        if self.row < self.height - 1:
            self.row += 1
        else:
            self.scrolled.append(self._rows.pop(0))
            self._rows.append(self._empty())

    def _control(self, final: str, number: int, numbers: str) -> None:
        row, count = self._rows[self.row], max(1, number)
        if final == "m":
            self._style = "" if numbers in ("", "0") else numbers
        elif final == "A":
            self.row = max(0, self.row - count)
        elif final == "B":
            self.row = min(self.height - 1, self.row + count)
        elif final == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif final == "D":
            self.column = max(0, self.column - count)
        elif final == "G":
            self.column = count - 1
        elif final == "K":
            start, end = [(self.column, None), (0, self.column + 1), (0, None)][number]
            blanks = len(row[start:end])
            row[start:end] = [_BLANK] * blanks
        elif final == "L":
            self._rows[self.row : self.row] = [self._empty() for _ in range(count)]
            del self._rows[self.height :]
        elif final == "P":
            row[self.column :] = [*row[self.column + count :], *[_BLANK] * count]
            del row[self.columns :]
        elif final == "@":
            row[self.column : self.column] = [_BLANK] * count
            del row[self.columns :]


class Terminal:
    """A program in a pseudo-terminal."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        *,
        columns: int = 80,
        height: int = 24,
        errors: int | None = None,
    ) -> None:
        """``errors`` is a file for standard error; without one it goes to the terminal, too."""
        self._person, self._program = pty.openpty()
        termios.tcsetwinsize(self._program, (height, columns))
        os.set_blocking(self._person, False)
        self._before = termios.tcgetattr(self._program)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._screen = Screen(columns, height)
        self.written = ""
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=self._program,
            stdout=self._program,
            stderr=self._program if errors is None else errors,
        )

    def close(self) -> None:
        """Kill the program, if it still runs."""
        self.process.kill()
        self.process.wait()
        for end in (self._program, self._person):
            with suppress(OSError):  # closed already
                os.close(end)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._person, keys.encode())

    def vanish(self) -> None:
        """The person's window is closed."""
        os.close(self._program)
        os.close(self._person)

    def screen(self) -> Screen:
        """What is to be seen by now."""
        with suppress(BlockingIOError):
            while True:
                new = self._decoder.decode(os.read(self._person, 65536))
                self.written += new
                self._screen.feed(new)
        return self._screen

    def wait_for(self, text: str, timeout_s: float = PATIENCE_S) -> list[str]:
        """The rows, once the text is in them, be it wrapped."""
        wait_until(lambda: text in " ".join(map(str.strip, self.screen().lines)), timeout_s)
        return self.screen().lines

    def was_left_as_found(self) -> bool:
        """Whether its modes are what they were before the program ran."""
        return termios.tcgetattr(self._program) == self._before
