"""The thread ``status-page``: answers whoever asks, and nobody can hold it up.

Started by the wiring with ``run`` as its body; ends after ``close``.  One thread serves all
connections without ever waiting for one of them; what takes time, such as a question to the
database, is done by ``Builder`` in another thread.  Everything a client can take is bounded: the
connections, the bytes and the seconds of each, and how often the thread looks.  Whatever fails
here, the bot goes on.
"""

from __future__ import annotations

import logging
import queue
import selectors
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

from clankbot.status.request import Reply, Request, read_request, refusal

log = logging.getLogger(__name__)

MOST_CLIENTS: Final = 256
# Those that wait for a thread which is just at something else.
_BACKLOG: Final = 512
_MOST_HEAD_BYTES: Final = 8192
_HEAD_WITHIN_S: Final = 10.0
# Until the last byte is taken: a page over a slow line.
_ANSWER_WITHIN_S: Final = 20.0
# When figures are still to be read, so long the last ones are waited for.
_BUILT_WITHIN_S: Final = 5.0
# Between two looks, whatever happens: clients cannot take more of the processor than some
# hundredths, nor is anybody kept waiting by it.
_ROUND_S: Final = 0.02
_ACCEPTED_A_ROUND: Final = 8
_READ_BYTES: Final = 4096
_WRITE_BYTES: Final = 65_536
# Between the tries to listen: the address may come with the network, or be freed.
_TRY_AGAIN_S: Final = 5.0
_AFTER_FAULT_S: Final = 0.5


class Pages(Protocol):
    """What is answered."""

    def at_once(self, request: Request) -> Reply | None:
        """The answer, if it is known without waiting."""

    def later(self, request: Request, done: Callable[[Reply], None]) -> None:
        """Have the answer made; ``done`` is called with it, in another thread."""


@dataclass
class _Client:
    """One connection."""

    sock: socket.socket
    until_s: float
    events: int = 0  # that the selector looks for
    head: bytearray = field(default_factory=bytearray)
    request: Request | None = None
    answer: memoryview | None = None  # what is left of it
    body: memoryview | None = None


class StatusServer:
    """See the module's text."""

    def __init__(self, host: str, port: int, pages: Pages, clock: Callable[[], float]) -> None:
        self._host = host
        self._port = port
        self._pages = pages
        self._clock = clock
        self._closing = threading.Event()
        self._clients: dict[socket.socket, _Client] = {}
        self._built: queue.SimpleQueue[tuple[_Client, Reply]] = queue.SimpleQueue()
        # What wakes the thread: a byte in this pair.
        self._waking, self._wakes = socket.socketpair()
        self._waking.setblocking(False)
        self._wakes.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self.address: tuple[str, int] | None = None  # once it listens

    # -- for other threads -------------------------------------------------------------------------

    def close(self) -> None:
        """End the thread soon."""
        self._closing.set()
        self._wake()

    def _wake(self) -> None:
        with suppress(OSError):  # it is full, so the thread will wake; or the thread has ended
            self._wakes.send(b"!")

    def _is_built(self, client: _Client, reply: Reply) -> None:
        self._built.put((client, reply))
        self._wake()

    # -- the thread --------------------------------------------------------------------------------

    def run(self) -> None:
        """The body of the thread."""
        try:
            with self._selector, self._waking, self._wakes:
                if (listener := self._listening()) is None:
                    return
                with listener:
                    self._selector.register(listener, selectors.EVENT_READ)
                    self._selector.register(self._waking, selectors.EVENT_READ)
                    while not self._closing.is_set():
                        self._serve(listener)
        finally:
            for client in list(self._clients.values()):
                client.sock.close()

    def _listening(self) -> socket.socket | None:
        """The socket, as soon as the system lets us have it; None at the end."""
        is_told = False
        while not self._closing.is_set():
            try:
                family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
                listener = socket.create_server(
                    (self._host, self._port), family=family, backlog=_BACKLOG
                )
            except OSError as error:
                if not is_told:
                    extra = {"address": f"{self._host}:{self._port}", "problem": str(error)}
                    log.error("the status page cannot listen, still trying", extra=extra)
                is_told = True
                self._closing.wait(_TRY_AGAIN_S)
                continue
            listener.setblocking(False)
            self.address = listener.getsockname()[:2]
            log.info("the status page listens", extra={"address": f"{self._host}:{self._port}"})
            return listener
        return None

    def _serve(self, listener: socket.socket) -> None:
        """Rounds until the end; a fault of the page must not take the bot down."""
        try:
            while not self._closing.is_set():
                self._round(listener)
        except Exception:
            log.exception("the status page failed, and begins anew")
            for client in list(self._clients.values()):
                self._drop(client)
            self._closing.wait(_AFTER_FAULT_S)

    def _round(self, listener: socket.socket) -> None:
        """Wait until something happens, and do it."""
        first_due = min((client.until_s for client in self._clients.values()), default=None)
        pause_s = None if first_due is None else max(0.0, first_due - self._clock())
        for key, _ in self._selector.select(pause_s):
            if key.fileobj is listener:
                self._accept(listener)
            elif key.fileobj is self._waking:
                self._take_built()
            elif (client := self._clients.get(key.data)) is not None:
                self._go_on(client)
        now_s = self._clock()
        for client in [each for each in self._clients.values() if each.until_s <= now_s]:
            self._is_late(client)
        self._closing.wait(_ROUND_S)

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(_ACCEPTED_A_ROUND):
            try:
                sock, _ = listener.accept()
            except OSError:  # nobody, or the system has no more descriptors
                return
            if len(self._clients) >= MOST_CLIENTS:
                self._make_room()
            sock.setblocking(False)
            client = self._clients[sock] = _Client(sock, self._clock() + _HEAD_WITHIN_S)
            self._watch(client, selectors.EVENT_READ)

    def _make_room(self) -> None:
        """Whoever has said nothing useful for longest goes first, then whoever reads slowest."""
        silent = [client for client in self._clients.values() if client.request is None]
        self._drop(min(silent or self._clients.values(), key=lambda client: client.until_s))

    def _drop(self, client: _Client) -> None:
        if self._clients.pop(client.sock, None) is not None:
            self._watch(client, 0)
            client.sock.close()

    def _watch(self, client: _Client, events: int) -> None:
        """From now on wait for these of its events; 0: for none."""
        if client.events:
            self._selector.unregister(client.sock)
        if events:
            self._selector.register(client.sock, events, client.sock)
        client.events = events

    def _go_on(self, client: _Client) -> None:
        """It has sent something, or takes something."""
        try:
            if client.answer is not None:
                self._write(client)
            else:
                self._read(client)
        except BlockingIOError:
            return
        except OSError:  # it has left
            self._drop(client)

    def _read(self, client: _Client) -> None:
        piece = client.sock.recv(_READ_BYTES)
        if not piece:
            self._drop(client)
            return
        client.head += piece
        head, end, _ = client.head.partition(b"\r\n\r\n")
        if len(head) > _MOST_HEAD_BYTES:
            self._answer(client, refusal(431, f"a request has {_MOST_HEAD_BYTES} bytes at most"))
        elif end:
            asked = read_request(bytes(head), self._host)
            if isinstance(asked, Reply):
                self._answer(client, asked)
            else:
                self._ask(client, asked)

    def _ask(self, client: _Client, request: Request) -> None:
        client.request = request
        client.head.clear()
        if (reply := self._pages.at_once(request)) is not None:
            self._answer(client, reply)
            return
        client.until_s = self._clock() + _BUILT_WITHIN_S
        self._watch(client, 0)  # what else it sends is not looked at
        self._pages.later(request, lambda reply: self._is_built(client, reply))

    def _take_built(self) -> None:
        with suppress(BlockingIOError):
            self._waking.recv(_READ_BYTES)
        for _ in range(self._built.qsize()):
            client, reply = self._built.get_nowait()
            if client.sock in self._clients and client.answer is None:
                self._answer(client, reply)

    def _answer(self, client: _Client, reply: Reply) -> None:
        is_head = client.request.is_head if client.request else client.head.startswith(b"HEAD ")
        client.answer = memoryview(reply.head())
        client.body = None if is_head else memoryview(reply.body)  # shared by all who get it
        client.until_s = self._clock() + _ANSWER_WITHIN_S
        self._watch(client, selectors.EVENT_WRITE)
        self._go_on(client)

    def _write(self, client: _Client) -> None:
        assert client.answer is not None
        while len(client.answer):
            sent = client.sock.send(client.answer[:_WRITE_BYTES])
            client.answer = client.answer[sent:]
            if not len(client.answer) and client.body is not None:
                client.answer, client.body = client.body, None
        self._end(client)

    def _end(self, client: _Client) -> None:
        """All is said.  What was sent besides is taken: else the close may tear the answer off."""
        client.sock.shutdown(socket.SHUT_WR)
        with suppress(BlockingIOError):
            client.sock.recv(_WRITE_BYTES)
        self._drop(client)

    def _is_late(self, client: _Client) -> None:
        if client.answer is not None:
            self._drop(client)
        elif client.request is not None:
            self._answer(client, refusal(503, "the figures cannot be read just now"))
        elif client.head:
            self._answer(client, refusal(408, f"no request within {_HEAD_WITHIN_S:.0f} s"))
        else:
            self._drop(client)
