"""Bytes to lines, bounded.  Pure; knows nothing of sockets or of what a line means."""

from __future__ import annotations

import logging
from typing import Final

log = logging.getLogger(__name__)

MAX_LINE_BYTES: Final = 64 * 1024
"""Twitch's longest lines, tags included, are a few KB; this only bounds what a broken peer can make
us hold."""


class LineBuffer:
    """Cuts a byte stream, in whatever pieces it comes, into text lines.

    Lines end at ``\\n``, one ``\\r`` before it comes off, and empty ones are left out.  Decoding
    comes after cutting, so a character split between two pieces is whole again and an invalid byte
    harms its own line only.  A line longer than ``limit_bytes`` is dropped whole.
    """

    def __init__(self, limit_bytes: int = MAX_LINE_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._held = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> list[str]:
        """The lines that ``data`` completes; an unfinished rest is held for the next call."""
        *ended, rest = data.split(b"\n")
        lines = []
        for piece in ended:
            self._hold(piece)
            line = self._take()
            if line:
                lines.append(line.decode("utf-8", "replace"))
        self._hold(rest)
        return lines

    def _hold(self, piece: bytes) -> None:
        if len(self._held) + len(piece) > self._limit_bytes:
            self._overlong = True
        if self._overlong:
            self._held.clear()
        else:
            self._held += piece

    def _take(self) -> bytes:
        """The line held, emptying the buffer; empty for an over-long one."""
        line = bytes(self._held).removesuffix(b"\r")
        self._held.clear()
        if self._overlong:
            self._overlong = False
            log.warning("over-long line dropped", extra={"limit_bytes": self._limit_bytes})
        return line
