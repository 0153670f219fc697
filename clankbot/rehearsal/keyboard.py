"""The keys of a terminal, taken one by one, and the line they make.

The line has to be known while it is being typed, so that it can be shown again below whatever chat
prints meanwhile; a terminal's own line editing keeps it to itself.
"""

from __future__ import annotations

import codecs
import os
import re
import select
import termios
import tty
from types import TracebackType
from typing import Final

_READ_BYTES: Final = 4096
_LONGEST_CHARS: Final = 500
"""As Twitch has it."""
_KEY: Final = re.compile(
    r"(\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^\[O])|[^\x1b])"  # an escape sequence, or a character
    r"|(\x1b.*)",  # a sequence whose end was not read yet
    re.DOTALL,
)
_UP: Final = ("\x1b[A", "\x1bOA")
_DOWN: Final = ("\x1b[B", "\x1bOB")
_ENTER: Final = "\r\n"
_ERASE: Final = "\x7f\b"
_ERASE_WORD: Final = "\x17"
_ERASE_ALL: Final = "\x15"
_END: Final = "\x04"


class LineEditor:
    """Keys in, finished lines out: typing at the end, erasing, and the lines typed before."""

    def __init__(self) -> None:
        self.text = ""
        """The line so far."""
        self.ended = False
        """Ctrl-D was pressed on an empty line."""
        self._torn = ""
        self._before: list[str] = []
        self._back = 0
        self._draft = ""
        """What was being typed when lines from before were looked up."""

    def feed(self, keys: str) -> list[str]:
        """Take keys as the terminal sends them; the lines that they finish."""
        finished = []
        keys, self._torn = self._torn + keys, ""
        for key, torn in _KEY.findall(keys):
            if torn:
                self._torn = torn
            elif key in _ENTER:
                finished.append(self._finish())
            else:
                self._press(key)
        return finished

    def _finish(self) -> str:
        line, self.text = self.text, ""
        if line.strip() and line not in self._before[-1:]:
            self._before.append(line)
        self._back = 0
        return line

    def _press(self, key: str) -> None:
        if key in _UP or key in _DOWN:
            self._recall(1 if key in _UP else -1)
        elif key in _ERASE:
            self.text = self.text[:-1]
        elif key == _ERASE_WORD:
            self.text = re.sub(r"\S*\s*\Z", "", self.text)
        elif key == _ERASE_ALL:
            self.text = ""
        elif key == _END:
            self.ended |= not self.text
        elif key.isprintable():
            self.text = (self.text + key)[:_LONGEST_CHARS]

    def _recall(self, step: int) -> None:
        if self._back == 0:
            self._draft = self.text
        self._back = max(0, min(self._back + step, len(self._before)))
        self.text = self._before[-self._back] if self._back else self._draft


class Keyboard:
    """A terminal that hands over each key at once and shows none by itself, while entered."""

    def __init__(self, terminal: int) -> None:
        """``terminal`` is a file descriptor."""
        self._terminal = terminal
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._former = termios.tcgetattr(terminal)

    def __enter__(self) -> Keyboard:
        tty.setcbreak(self._terminal, termios.TCSADRAIN)  # keeps what was typed already
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._former)

    def keys(self, timeout_s: float) -> str | None:
        """What was pressed, waiting so long for it; None: the terminal is gone."""
        if not select.select([self._terminal], [], [], timeout_s)[0]:
            return ""
        try:
            data = os.read(self._terminal, _READ_BYTES)
        except OSError:  # EIO: what a terminal that was closed answers
            return None
        return self._decoder.decode(data) if data else None
