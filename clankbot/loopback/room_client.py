"""One client of the loopback Twitch chat, and its socket.  Knows lines, not what they mean."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Final

from clankbot.irc.message import parse_line

_SEND_TIMEOUT_S: Final = 5.0

# What Twitch only sends to those who asked for ``twitch.tv/commands``.
# Source: https://dev.twitch.tv/docs/chat/irc/#supported-capabilities
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


class RoomClient:
    """A connection that the room accepted.

    One thread reads ``lines`` and then calls ``close``; any thread may send, and end it.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.capabilities: set[str] = set()
        self.password = ""
        self.login: str | None = None  # until it is signed in
        self.is_anonymous = False
        self.channels: set[str] = set()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(_SEND_TIMEOUT_S)
        self._socket = sock
        self._sending = threading.Lock()

    def lines(self) -> Iterator[str]:
        """What the client says, until either side ends the connection; OSError if it is lost."""
        unfinished = b""
        while True:
            try:
                data = self._socket.recv(65536)
            except TimeoutError:  # of the socket's one time limit, which is there for sending
                continue
            if not data:
                return
            *lines, unfinished = (unfinished + data).split(b"\n")
            yield from (line.decode("utf-8", "replace").rstrip("\r") for line in lines)

    def send(self, line: str) -> None:
        """Send a line if the client asked for such: tags and commands are capabilities."""
        needs_commands = parse_line(line).command in _NEED_COMMANDS
        if needs_commands and "twitch.tv/commands" not in self.capabilities:
            return
        if line.startswith("@") and "twitch.tv/tags" not in self.capabilities:
            line = line.partition(" ")[2]
        self.send_bytes(line.encode() + b"\r\n")

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are; a client that takes none for too long is dropped."""
        with self._sending:
            try:
                self._socket.sendall(data)
            except OSError:
                self.end()

    def end(self) -> None:
        """Have the reading thread find the end of the connection."""
        with contextlib.suppress(OSError):  # it is closed already
            self._socket.shutdown(socket.SHUT_RD)

    def close(self) -> None:
        """Close the connection; for the reading thread, in the end."""
        self._socket.close()
