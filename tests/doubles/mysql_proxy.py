"""A network between the bot and a MySQL server that loses the answer it is told to lose.

It takes TLS out of what the server offers, so that it can read along.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from tests.waiting import PATIENCE_S

_HOST: Final = "127.0.0.1"
_COM_QUERY: Final = b"\x03"
_CLIENT_SSL_HIGH_BYTE: Final = 0x08
"""CLIENT_SSL is 0x0800.
https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html"""


class MysqlProxy:
    """Carries connections to the server at ``server_port`` while entered."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server((_HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._lost_after: bytes | None = None
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = [self._listener]

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for line in self._sockets:
            _hang_up(line)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        for line in self._sockets:
            line.close()

    def lose_next_answer_to(self, statement: bytes) -> None:
        """Once: let a statement that begins so be carried out, then break the line."""
        self._lost_after = _COM_QUERY + statement

    def _run(self, body: Callable[..., None], *args: socket.socket) -> None:
        thread = threading.Thread(target=body, args=args, name="mysql-proxy", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed: the test is over
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((_HOST, self._server_port), 5)
                self.connections += 1
                self._sockets += [client, server]
                self._run(self._carry, client, server)

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError), selectors.DefaultSelector() as ready:
            client.sendall(_without_tls(server.recv(65536)))
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    source = key.fileobj
                    assert isinstance(source, socket.socket)
                    data = source.recv(65536)
                    if not data:
                        raise ConnectionResetError
                    key.data.sendall(data)
                    if source is client and self._lost_after and self._lost_after in data:
                        self._lost_after = None
                        server.recv(65536)
                        raise ConnectionResetError
        _hang_up(client)
        _hang_up(server)


def _without_tls(greeting: bytes) -> bytes:
    """The server's first packet, with the flag for TLS cleared: it follows the version, its NUL,
    the thread id (4), part of the salt (8) and a filler (1); low byte first."""
    flags = greeting.index(0, 5) + 1 + 4 + 8 + 1
    high = greeting[flags + 1] & ~_CLIENT_SSL_HIGH_BYTE
    return greeting[: flags + 1] + bytes([high]) + greeting[flags + 2 :]


def _hang_up(line: socket.socket) -> None:
    """Closing is left to the end: a thread that waits for a closed socket would never wake."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
