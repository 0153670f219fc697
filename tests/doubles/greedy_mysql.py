"""What answers at a MySQL server's address and asks for the password by a plugin of its choice."""

from __future__ import annotations

import socket
import struct
import threading
from types import TracebackType
from typing import Final, Self

_HOST: Final = "127.0.0.1"
_CAPABILITIES: Final = 0x00080000 | 0x00008000 | 0x00000200 | 0x00000008
"""PLUGIN_AUTH, SECURE_CONNECTION, PROTOCOL_41 and CONNECT_WITH_DB; no TLS."""


class GreedyMySql:
    """Greets, asks every caller for the password by ``plugin``, and keeps what it is told."""

    def __init__(self, plugin: bytes) -> None:
        self._plugin = plugin
        self._listener = socket.create_server((_HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard = b""
        self._thread = threading.Thread(target=self._serve, name="greedy-mysql", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(5)
                caller.sendall(_packet(0, _greeting()))
                self.heard += caller.recv(65536)
                prompt = b"\x02Password: " if self._plugin == b"dialog" else b""
                caller.sendall(_packet(2, b"\xfe" + self._plugin + b"\0" + prompt))
                while more := caller.recv(65536):
                    self.heard += more


def _packet(number: int, body: bytes) -> bytes:
    return struct.pack("<I", len(body))[:3] + bytes([number]) + body


def _greeting() -> bytes:
    """https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets.html"""
    low, high = struct.pack("<H", _CAPABILITIES & 0xFFFF), struct.pack("<H", _CAPABILITIES >> 16)
    return (
        b"\x0a8.0.40\0"
        + struct.pack("<I", 7)
        + b"saltsalt\0"
        + low
        + b"\x2d\x02\x00"
        + high
        + bytes([21])
        + bytes(10)
        + b"saltsaltsalt\0"
        + b"mysql_native_password\0"
    )
