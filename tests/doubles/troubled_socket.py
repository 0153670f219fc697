"""A server's connection over which all may go wrong: a socket to whoever uses it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator

_STEP_S = 0.02
_ODD_SIZES = (1, 2, 3, 5, 7, 11)
_WITH_RESET = struct.pack("ii", 1, 0)


class TroubledSocket:
    """Plain, or TLS if there is a context; one thread receives, any thread sends."""

    def __init__(
        self, sock: socket.socket, tls_context: ssl.SSLContext | None, *, split_writes: bool
    ) -> None:
        # Nothing is received, and what is sent is lost, as with a peer that is gone.
        self.is_frozen = False
        self._socket = sock
        self._stream = sock if tls_context is None else _Tls(sock, tls_context)
        self._split_writes = split_writes
        self._ending = threading.Event()

    def setsockopt(self, level: int, option: int, value: int) -> None:
        self._socket.setsockopt(level, option, value)

    def settimeout(self, seconds: float) -> None:
        self._socket.settimeout(seconds)

    def recv(self, size: int) -> bytes:
        data = self._stream.recv(size)
        while self.is_frozen and not self._ending.is_set():
            self._ending.wait(_STEP_S)
        return data

    def sendall(self, data: bytes) -> None:
        if not self.is_frozen:
            for piece in _odd_pieces(data) if self._split_writes else [data]:
                self._stream.sendall(piece)

    def reset_at_close(self) -> None:
        """End with a TCP reset."""
        with contextlib.suppress(OSError):  # closed already
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _WITH_RESET)

    def shutdown(self, how: int) -> None:
        self._ending.set()
        self._socket.shutdown(how)

    def close(self) -> None:
        self._socket.close()


class _Tls:
    """The server's end of TLS over a socket; the handshake is part of the first ``recv``.

    OpenSSL lets one thread at a time use a connection, so each call on it is made under a lock; the
    wait for the client's bytes is not.
    """

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        self._socket = sock
        self._received, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._to_send, server_side=True)
        self._is_open = False
        self._lock = threading.Lock()

    def recv(self, size: int) -> bytes:
        while True:
            with self._lock, contextlib.suppress(ssl.SSLWantReadError):
                try:
                    if not self._is_open:
                        self._tls.do_handshake()
                        self._is_open = True
                    return self._tls.read(size)
                finally:
                    self._flush()
            data = self._socket.recv(size)
            if not data:
                return b""
            with self._lock:
                self._received.write(data)

    def sendall(self, data: bytes) -> None:
        with self._lock:
            if self._is_open:
                self._tls.write(data)
                self._flush()

    def _flush(self) -> None:
        if data := self._to_send.read():
            self._socket.sendall(data)


def _odd_pieces(data: bytes) -> Iterator[bytes]:
    """``data`` in small pieces of changing size, so that most characters and CRLFs are cut once."""
    start = count = 0
    while start < len(data):
        size = _ODD_SIZES[count % len(_ODD_SIZES)]
        yield data[start : start + size]
        start += size
        count += 1
