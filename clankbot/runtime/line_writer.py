"""Lines for standard error, written by a thread of their own: whoever says something never waits.

A pipe that nobody reads, or a terminal that was stopped, takes no more lines, and would hold up
every thread that logs.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
import threading
from collections import deque
from typing import Final

from clankbot.runtime.threads import start_deaf

log = logging.getLogger(__name__)

# Some ten thousand lines: what a slow terminal is behind, or a log that is being rotated.
_ROOM_CHARS: Final = 1_000_000
# For what still waits at the end of the program.
_FLUSH_WITHIN_S: Final = 0.5


class LineWriter:
    """Writes lines to a file descriptor, in order.  For any thread; ``write`` never waits.

    Lines that find no room are dropped and counted, and so are those that cannot be written; the
    log tells how many as soon as a line is written again.
    """

    def __init__(self, descriptor: int, encoding: str, room_chars: int = _ROOM_CHARS) -> None:
        self._descriptor = descriptor
        self._encoding = encoding
        self._room_chars = room_chars
        self._changed = threading.Condition()
        self._lines: deque[str] = deque()
        self._waiting_chars = 0  # that of the line under way included
        self._dropped = 0
        self._is_running = False

    def write(self, line: str) -> None:
        """Take a line, given without its end."""
        with self._changed:
            if self._waiting_chars + len(line) > self._room_chars:
                self._dropped += 1
                return
            self._lines.append(line)
            self._waiting_chars += len(line) + 1
            if self._is_running:
                self._changed.notify_all()
                return
            self._is_running = True
        if not start_deaf(threading.Thread(target=self._run, name="log-writer", daemon=True)):
            self._is_running = False  # the next line tries again

    def flush(self, within_s: float = _FLUSH_WITHIN_S) -> bool:
        """Whether all lines are written, after at most so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting_chars, within_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lines)
                line = self._lines.popleft()
            is_written = self._has_written(line)
            with self._changed:
                self._waiting_chars -= len(line) + 1
                self._dropped += not is_written
                has_room = self._waiting_chars < self._room_chars // 2  # for the line that tells
                dropped = self._dropped if is_written and has_room else 0
                self._dropped -= dropped
                self._changed.notify_all()
            if dropped:
                log.warning("log lines dropped", extra={"lines": dropped})

    def _has_written(self, line: str) -> bool:
        # Past Python's stream: that has a lock, which the end of the program would wait for.
        unwritten = f"{line}\n".encode(self._encoding, "replace")
        try:
            while unwritten:
                unwritten = unwritten[os.write(self._descriptor, unwritten) :]
        except OSError:  # a full disk, or a closed terminal
            return False
        return True


class LineHandler(logging.Handler):
    """Hands the lines of the log to a writer."""

    def __init__(self, writer: LineWriter) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        """Format the record here and now; never raises."""
        try:
            line = self.format(record)
        except Exception:  # as the handlers of the standard library have it
            self.handleError(record)
        else:
            self._writer.write(line)

    def flush(self) -> None:
        """Wait a moment for what is not written yet; at the end of the program, too."""
        self._writer.flush()


def standard_error() -> LineWriter | None:
    """The writer of this process's standard error; None if that is closed, or no real file."""
    try:
        return None if sys.stderr is None else _writer(sys.stderr.fileno(), sys.stderr.encoding)
    except (OSError, ValueError):
        return None


@functools.cache
def _writer(descriptor: int, encoding: str) -> LineWriter:
    return LineWriter(descriptor, encoding)
