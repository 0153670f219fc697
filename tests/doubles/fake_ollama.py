"""The fake Ollama of `rehearse` with all that a test wants: it can be told what to say, is as
troublesome as a real server, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from clankbot.loopback import fake_ollama
from clankbot.loopback.fake_ollama import OllamaHandler, piece, prompt
from tests.waiting import PATIENCE_S

_STEP_S = 0.005
_END_S = 2.0

Reply = str | Callable[["Asked"], str]


@dataclass(frozen=True)
class Behaviour:
    """How one request to generate is treated; as given here it is treated well."""

    # What is written; None: mixed from the chat.
    text: Reply | None = None
    thinking: str = ""
    done_reason: str = "stop"
    # What it claims to have read; None: a quarter of the characters.
    prompt_tokens: int | None = None
    # Before the first byte.
    delay_s: float = 0.0
    # Nothing is sent before it is set.
    after: threading.Event | None = None
    # A word each so many seconds, for ever.
    drip_s: float | None = None
    status: int = 200
    # The error text: with another status than 200 alone, else in the middle of the answer.
    error: str = ""
    # Sent instead of what Ollama would send.
    body: str | None = None
    without_done: bool = False
    reset: bool = False


@dataclass(eq=False)
class Asked:
    """One request to generate, and what became of it; ``at`` is monotonic seconds."""

    at: float
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    finished: bool = False
    # The client left before the end.
    hung_up: bool = False

    @property
    def system(self) -> str:
        """The instructions."""
        return prompt(self.body, "system")

    @property
    def user(self) -> str:
        """The chat and the task."""
        return prompt(self.body, "user")

    @property
    def prompt(self) -> str:
        """All there is to read."""
        return prompt(self.body)

    @property
    def options(self) -> Mapping[str, Any]:
        """The options sent along."""
        options = self.body.get("options")
        return options if isinstance(options, dict) else {}

    @property
    def only_reads(self) -> bool:
        """Whether no line is wanted: the prompt is to be read for the next request."""
        return self.options.get("num_predict") in (0, 1)


class _Handler(OllamaHandler):
    server: FakeOllama
    asked: Asked
    behaviour: Behaviour

    def do_GET(self) -> None:  # noqa: N802
        self.server.note(lambda: self.server.others.append(f"GET {self.path}"))
        super().do_GET()

    def handle_post(self, given: Mapping[str, Any]) -> None:
        if self.path == "/api/chat" and given.get("messages"):
            self._handle_generation(given)
        else:
            self.server.note(lambda: self.server.others.append(f"POST {self.path}"))
            super().handle_post(given)

    def _handle_generation(self, given: Mapping[str, Any]) -> None:
        self.asked = Asked(time.monotonic(), given, dict(self.headers))
        self.behaviour = self.server.receive(self.asked)
        try:
            super().handle_post(given)
        except OSError:
            self.server.note(lambda: setattr(self.asked, "hung_up", True))
            raise
        self.server.note(lambda: setattr(self.asked, "finished", True))

    def load_only(self, name: str, given: Mapping[str, Any]) -> None:
        self.server.note(lambda: self.server.load_bodies.append(given))
        if self.server.load_refusal:
            self.send_json(400, {"error": self.server.load_refusal})
        else:
            super().load_only(name, given)

    def load(self, name: str, given: Mapping[str, Any]) -> None:
        """A client that leaves meanwhile ends the load."""
        server, before = self.server, self.server.loaded.get(name)
        num_ctx = given.get("options", {}).get("num_ctx", fake_ollama.DEFAULT_NUM_CTX)
        if before == min(num_ctx, server.models[name]):
            return
        server.count(loads=1)
        try:
            self._pause(server.load_s)
        except OSError:
            server.count(aborted_loads=1)
            raise
        server.note(lambda: super(_Handler, self).load(name, given))

    def generate(self, name: str, given: Mapping[str, Any]) -> None:
        self.load(name, given)
        behaviour = self.behaviour
        self._pause(behaviour.delay_s, behaviour.after)
        if behaviour.reset:
            self._reset()
        elif behaviour.body is not None:
            self.send_text(behaviour.status, behaviour.body, "application/json")
        elif behaviour.status != 200:
            self.send_json(behaviour.status, {"error": behaviour.error})
        else:
            super().generate(name, given)
        if given.get("keep_alive") == 0:
            self.server.note(lambda: self.server.loaded.pop(name, None))

    def reply(self, given: Mapping[str, Any]) -> str:
        text = self.behaviour.text
        if text is None:
            return super().reply(given)
        return text if isinstance(text, str) else text(self.asked)

    def stream(self, given: Mapping[str, Any], text: str) -> None:
        behaviour = self.behaviour
        self.begin_stream()
        if behaviour.thinking:
            self.send_piece(piece(given, "", thinking=behaviour.thinking))
        while behaviour.drip_s is not None:
            self.send_piece(piece(given, "drip "))
            self._pause(behaviour.drip_s)
        self.send_words(given, text)
        if behaviour.error:
            self.send_piece({"error": behaviour.error})
        elif not behaviour.without_done:
            claimed = behaviour.prompt_tokens
            self.send_piece(
                self.last_piece(given, text)
                | {"done_reason": behaviour.done_reason}
                | ({} if claimed is None else {"prompt_eval_count": claimed})
            )
        self.end_stream()

    def _reset(self) -> None:
        """End the connection as a crash does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _pause(self, seconds: float, after: threading.Event | None = None) -> None:
        """Wait; ConnectionError as soon as the client leaves."""
        end = time.monotonic() + seconds
        while time.monotonic() < end or not (after is None or after.is_set()):
            left = max(0.0, end - time.monotonic()) or _STEP_S
            ready, _, _ = select.select([self.connection], [], [], min(left, _STEP_S))
            if ready and not self.connection.recv(1, socket.MSG_PEEK):
                raise ConnectionAbortedError("the client left")


class FakeOllama(fake_ollama.FakeOllama):
    """A server to test a client with."""

    handler = _Handler

    def __init__(self, models: Mapping[str, int] | None = None, seed: int = 0) -> None:
        super().__init__(models or {"llama3.1:latest": 131_072}, seed)
        # Models said to be able to think, and those that do not write.
        self.thinkers: set[str] = set()
        self.embedders: set[str] = set()
        self.load_s = 0.0
        # What a request to load is refused with, as a cloud model's is.
        self.load_refusal = ""
        self.loads = 0
        # The requests only to load a model.
        self.load_bodies: list[Mapping[str, Any]] = []
        self.aborted_loads = 0
        self.asked: list[Asked] = []
        # The requests that only have a prompt read.
        self.readings: list[Asked] = []
        # All other requests: ``GET /api/ps``.
        self.others: list[str] = []
        self._behaviour = Behaviour()
        self._next: deque[Behaviour] = deque()
        self._changed = threading.Condition()
        self._connections: set[socket.socket] = set()
        self._is_up = False

    def __enter__(self) -> Self:
        self._is_up = True
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        self.down()

    def up(self) -> None:
        """Come back, after ``down``, on the same port."""
        self.socket = socket.create_server(self.server_address, backlog=self.request_queue_size)
        self.__enter__()

    def down(self) -> None:
        """Be gone as a process that ends: with its port, its connections and all in memory."""
        if not self._is_up:
            return
        self._is_up = False
        super().__exit__()
        self.loaded.clear()
        with self._changed:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._connections, _END_S)

    def capabilities(self, name: str) -> list[str]:
        if name in self.embedders:
            return ["embedding"]
        return [*super().capabilities(name), *["thinking"][: name in self.thinkers]]

    # --- what it is to do ---

    def say(self, *replies: Reply) -> None:
        """Write these next, one for each request."""
        self._next.extend(Behaviour(text=reply) for reply in replies)

    def once(self, behaviour: Behaviour) -> None:
        """Treat the next request so."""
        self._next.append(behaviour)

    def behave(self, behaviour: Behaviour) -> None:
        """Treat every request so from now on."""
        self._behaviour = behaviour

    # --- what it was asked ---

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
        """Wait for something to have happened here; AssertionError when it does not in time."""
        with self._changed:
            assert self._changed.wait_for(condition, timeout_s), f"not within {timeout_s} s"

    def wait_asked(self, count: int = 1, timeout_s: float = PATIENCE_S) -> Asked:
        """The ``count``-th request to generate, as soon as it is there."""
        self.wait_until(lambda: len(self.asked) >= count, timeout_s)
        return self.asked[count - 1]

    # --- what the connections do here ---

    def note(self, change: Callable[[], object]) -> None:
        """Do what somebody may be waiting for."""
        with self._changed:
            change()
            self._changed.notify_all()

    def count(self, loads: int = 0, aborted_loads: int = 0) -> None:
        """Count what became of loads."""
        with self._changed:
            self.loads += loads
            self.aborted_loads += aborted_loads
            self._changed.notify_all()

    def receive(self, asked: Asked) -> Behaviour:
        """Keep a request to generate; how to treat it.  A mere reading is always treated well."""
        with self._changed:
            (self.readings if asked.only_reads else self.asked).append(asked)
            self._changed.notify_all()
            if asked.only_reads:
                return Behaviour()
            return self._next.popleft() if self._next else self._behaviour

    def process_request(self, request: socket.socket, client_address: object) -> None:
        self.note(lambda: self._connections.add(request))
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:
        super().shutdown_request(request)
        self.note(lambda: self._connections.discard(request))
