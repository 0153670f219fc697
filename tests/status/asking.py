"""Asks a status page as browsers, curl and worse do."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from clankbot.status.request import Reply, Request
from clankbot.status.server import StatusServer
from tests.waiting import AT_ONCE_S, PATIENCE_S, wait_until


@dataclass(frozen=True)
class Answer:
    """What came back; status 0: the connection was closed without a word."""

    status: int
    head: str
    body: bytes


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def connect(port: int, *, window: int | None = None) -> socket.socket:
    """A connection; ``window``: it takes hardly anything at a time."""
    client = socket.socket()
    if window is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    client.settimeout(PATIENCE_S)
    try:
        client.connect(("127.0.0.1", port))
    except OSError:
        client.close()
        raise
    return client


def is_open(port: int) -> bool:
    """Whether anybody listens there."""
    try:
        connect(port).close()
    except ConnectionRefusedError:
        return False
    return True


def rest(client: socket.socket) -> bytes:
    """All that still comes, until the other side closes."""
    pieces = []
    try:
        while piece := client.recv(65_536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def answer(client: socket.socket) -> Answer:
    """The answer to what was sent."""
    data = rest(client)
    if not data:
        return Answer(0, "", b"")
    head, _, body = data.partition(b"\r\n\r\n")
    text = head.decode("ascii")
    return Answer(int(text.split()[1]), text, body)


def ask(port: int, path: str = "/", *, method: str = "GET", **headers: str) -> Answer:
    """One request, made in order; ``host`` and others are header fields."""
    fields = {"host": f"127.0.0.1:{port}", **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in fields.items())]
    with connect(port) as client:
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        return answer(client)


@dataclass
class Pages:
    """Pages that a test holds in its hands."""

    body: bytes = b"all well\n"
    waiting: queue.SimpleQueue[Callable[[Reply], None]] = field(default_factory=queue.SimpleQueue)
    asked: list[Request] = field(default_factory=list)
    fault: Exception | None = None

    def at_once(self, request: Request) -> Reply | None:
        self.asked.append(request)
        if (fault := self.fault) is not None:
            self.fault = None
            raise fault
        return None if request.path == "/later" else Reply(200, self.body)

    def later(self, request: Request, done: Callable[[Reply], None]) -> None:
        self.waiting.put(done)


@contextmanager
def serving(pages: Pages, clock: Callable[[], float]) -> Iterator[int]:
    """A server of these pages; its port."""
    server = StatusServer("127.0.0.1", 0, pages, clock)
    thread = threading.Thread(target=server.run, name="status-page")
    thread.start()
    try:
        wait_until(lambda: server.address)
        assert server.address is not None
        yield server.address[1]
    finally:
        server.close()
        thread.join(AT_ONCE_S)
    assert not thread.is_alive()
