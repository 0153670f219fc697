"""One client of the loopback Twitch chat, and its socket.  Knows lines, not what they mean."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from clankbot.irc.message import parse_line

_STEP_S: Final = 0.02
_SEND_TIMEOUT_S: Final = 5.0
_HANDSHAKE_TIMEOUT_S: Final = 5.0
_ODD_SIZES: Final = (1, 2, 3, 5, 7, 11)

_NEED_COMMANDS: Final = frozenset(
    {
        "CLEARCHAT",
        "CLEARMSG",
        "GLOBALUSERSTATE",
        "RECONNECT",
        "ROOMSTATE",
        "USERNOTICE",
        "USERSTATE",
    }
)
"""What Twitch only sends to those who asked for ``twitch.tv/commands``."""

_AT_ONCE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: close with a reset."""

_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class RoomClient:
    """A connection that the room accepted, served by a thread of its own until either side ends it.

    OpenSSL lets one thread at a time use a connection, so the socket never blocks and every call on
    it is made under a lock.
    """

    def __init__(self, sock: socket.socket, number: int, *, split_writes: bool) -> None:
        self.number = number
        self.capabilities: set[str] = set()
        self.password = ""
        self.login: str | None = None
        """Set once signed in."""
        self.is_anonymous = False
        self.channels: set[str] = set()
        self.frozen = False
        """Nothing is read, and what is sent is lost, as with a peer that is gone."""
        self._split_writes = split_writes
        self._socket = sock
        self._lock = threading.Lock()
        self._is_open = False
        """Whether the TLS handshake, if there is one, is done."""
        self._ending = threading.Event()
        self._reset = False
        self._thread: threading.Thread | None = None

    def start(
        self,
        hear: Callable[[RoomClient, str], None],
        left: Callable[[RoomClient], None],
        tls_context: ssl.SSLContext | None,
    ) -> None:
        """Serve the client: ``hear`` gets each line, ``left`` is called when it is gone."""

        def serve() -> None:
            with contextlib.suppress(OSError):  # the client went away: what clients do
                self._secure(tls_context)
                for line in self._lines():
                    hear(self, line)
            self._close()
            left(self)

        self._thread = threading.Thread(
            target=serve, name=f"room-client-{self.number}", daemon=True
        )
        self._thread.start()

    def send(self, line: str) -> None:
        """Send a line as far as the client asked for such: tags and commands are capabilities."""
        needs_commands = parse_line(line).command in _NEED_COMMANDS
        if needs_commands and "twitch.tv/commands" not in self.capabilities:
            return
        if line.startswith("@") and "twitch.tv/tags" not in self.capabilities:
            line = line.partition(" ")[2]
        self.send_bytes(line.encode() + b"\r\n")

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are; a client that takes none for too long is dropped."""
        if self.frozen or not self._is_open or self._ending.is_set():
            return
        with self._lock:
            try:
                for piece in _odd_pieces(data) if self._split_writes else [data]:
                    self._send_all(piece)
            except OSError:
                self._ending.set()

    def end(self, *, reset: bool = False) -> None:
        """End the connection, in an orderly way or with a TCP reset, and wait until it is done."""
        self._reset = reset
        self._ending.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_SEND_TIMEOUT_S)

    def _secure(self, tls_context: ssl.SSLContext | None) -> None:
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls_context is not None:
            self._socket.settimeout(_HANDSHAKE_TIMEOUT_S)
            self._socket = tls_context.wrap_socket(self._socket, server_side=True)
        self._socket.setblocking(False)
        self._is_open = True

    def _lines(self) -> Iterator[str]:
        """What the client says, until it or the room ends the connection."""
        unfinished = b""
        while not self._ending.is_set():
            if self.frozen:
                self._ending.wait(_STEP_S)
                continue
            try:
                with self._lock:
                    data = self._socket.recv(65536)
            except _NOT_NOW:
                select.select([self._socket], [], [], _STEP_S)
                continue
            if not data:
                return
            *lines, unfinished = (unfinished + data).split(b"\n")
            yield from (line.decode("utf-8", "replace").rstrip("\r") for line in lines)

    def _send_all(self, data: bytes) -> None:
        deadline = time.monotonic() + _SEND_TIMEOUT_S
        while data:
            try:
                data = data[self._socket.send(data) :]
            except _NOT_NOW:
                if time.monotonic() > deadline:
                    raise TimeoutError("the client takes no data") from None
                select.select([], [self._socket], [], _STEP_S)

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            if self._reset:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            else:
                self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _odd_pieces(data: bytes) -> Iterator[bytes]:
    """``data`` in small pieces of changing size, so that most characters and CRLFs are cut once."""
    start = count = 0
    while start < len(data):
        size = _ODD_SIZES[count % len(_ODD_SIZES)]
        yield data[start : start + size]
        start += size
        count += 1
