"""Servers that keep a reader waiting, byte by byte: what a deadline has to end.

Each is a real socket on loopback, plain or TLS, that serves one connection after the other.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from types import TracebackType

from tests.waiting import PATIENCE_S

Script = Callable[[], Iterator[bytes]]
"""What is sent, piece by piece; a pause lies between two pieces."""

_PAUSE_S = 0.02
_SEND_TIMEOUT_S = 2.0  # a large piece takes as long as the client takes to read it
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def silent() -> Iterator[bytes]:
    """Accepts the request and says nothing."""
    while True:
        yield b""


def drips_header() -> Iterator[bytes]:
    """A header that never ends."""
    yield _HEAD + b"X-Slow: "
    while True:
        yield b"x"


def drips_body() -> Iterator[bytes]:
    """A body of known length that hardly grows."""
    yield _HEAD + b'Content-Length: 1000000\r\n\r\n{"message": "'
    while True:
        yield b"x"


def drips_chunk() -> Iterator[bytes]:
    """One chunk that hardly grows."""
    yield _HEAD + b'Transfer-Encoding: chunked\r\n\r\nfffff\r\n{"message": "'
    while True:
        yield b"x"


def drips_lines() -> Iterator[bytes]:
    """Whole lines of an answer, for ever."""
    line = b'{"message": {"role": "assistant", "content": "drip "}, "done": false}\n'
    yield _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"%x\r\n%s\r\n" % (len(line), line)


def drips_until_closed() -> Iterator[bytes]:
    """A body that ends with its connection, so that a cut one looks complete."""
    yield b'HTTP/1.0 200 OK\r\n\r\n{"message": {"content": "half"}, "done": false}\n'
    while True:
        yield b" "


class DripServer:
    """Plays one script to everybody who connects, until they leave."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, name="drip-server", daemon=True)
        self._ended = threading.Event()
        self.client_left = threading.Event()
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> DripServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE_S)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while not self._ended.is_set():
                raw, _ = self._listener.accept()
                with contextlib.suppress(OSError), self._secured(raw) as connection:
                    self._play(connection)

    def _secured(self, raw: socket.socket) -> socket.socket:
        if self._tls is None:
            return raw
        return self._tls.wrap_socket(raw, server_side=True)

    def _play(self, connection: socket.socket) -> None:
        for piece in self._script():
            if self._ended.is_set():
                return
            try:
                connection.settimeout(_SEND_TIMEOUT_S)
                connection.sendall(piece)
                if not self._pause(connection):
                    self.client_left.set()
                    return
            except OSError:
                self.client_left.set()
                return

    def _pause(self, connection: socket.socket) -> bool:
        """Whether the client is still there after a moment."""
        connection.settimeout(_PAUSE_S)
        with contextlib.suppress(TimeoutError):
            while connection.recv(65536):
                pass
            return False
        return True
