"""A small Ollama on loopback, for `rehearse` and for the tests: real HTTP, no model.

It answers with the chat's own words, newly mixed, or with what it was told to say.  It can be as
troublesome as a real server, and it remembers what it was asked.  Each connection has a thread;
``down`` ends them all.
Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import select
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final

from clankbot.loopback.fake_behaviour import Asked, Manner, Reply
from clankbot.loopback.markov import small_talk

_STEP_S: Final = 0.005
_END_S: Final = 2.0
_WORD_AND_BLANK = re.compile(r"\s*\S+|\s+")


class OllamaStandIn:
    """The server, as a context manager.  ``models`` are the installed ones and their windows."""

    def __init__(self, models: Mapping[str, int] | None = None, seed: int = 0) -> None:
        self.models = dict(models or {"llama3.1:latest": 131_072})
        self.thinkers: set[str] = set()
        """Models said to be able to think."""
        self.loaded: dict[str, int] = {}
        """Models in memory, and the window each was loaded with."""
        self.load_s = 0.0
        self.load_refusal = ""
        """What a request to load is refused with, as a cloud model's is."""
        self.loads = 0
        self.load_bodies: list[Mapping[str, Any]] = []
        """The requests only to load a model."""
        self.aborted_loads = 0
        self.asked: list[Asked] = []
        self.others: list[str] = []
        """All other requests: ``GET /api/ps``."""
        self._manner = Manner()
        self._next: deque[Manner] = deque()
        self._dice = random.Random(seed)
        self._changed = threading.Condition()
        self._connections: set[socket.socket] = set()
        self._server: _Server | None = None
        self._port = 0

    def __enter__(self) -> OllamaStandIn:
        self.up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.down()

    @property
    def url(self) -> str:
        """Where it listens, the same after ``down`` and ``up``."""
        return f"http://127.0.0.1:{self._port}"

    def up(self) -> None:
        """Listen."""
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.stand_in = self
        self._port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, args=(_STEP_S,), name="ollama-stand-in", daemon=True
        ).start()

    def down(self) -> None:
        """Be gone as a process that ends: with its port, its connections and all in memory."""
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        self.loaded.clear()
        with self._changed:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._connections, _END_S)

    def say(self, *replies: Reply) -> None:
        """Write these next, one for each request."""
        self._next.extend(Manner(text=reply) for reply in replies)

    def once(self, manner: Manner) -> None:
        """Treat the next request so."""
        self._next.append(manner)

    def behave(self, manner: Manner) -> None:
        """Treat every request so from now on."""
        self._manner = manner

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = 5.0) -> None:
        """Wait for something to have happened here; AssertionError when it does not in time."""
        with self._changed:
            assert self._changed.wait_for(condition, timeout_s), f"not within {timeout_s} s"

    def wait_asked(self, count: int = 1, timeout_s: float = 5.0) -> Asked:
        """The ``count``-th request to generate, as soon as it is there."""
        self.wait_until(lambda: len(self.asked) >= count, timeout_s)
        return self.asked[count - 1]

    # --- what the connections do here ----------------------------------------------------------

    def change(self, deed: Callable[[], object]) -> None:
        """Do what somebody may be waiting for."""
        with self._changed:
            deed()
            self._changed.notify_all()

    def count(self, loads: int = 0, aborted_loads: int = 0) -> None:
        """Count what became of loads."""
        with self._changed:
            self.loads += loads
            self.aborted_loads += aborted_loads
            self._changed.notify_all()

    def connected(self, connection: socket.socket) -> None:
        """A client is there."""
        self.change(lambda: self._connections.add(connection))

    def disconnected(self, connection: socket.socket) -> None:
        """A client is gone."""
        self.change(lambda: self._connections.discard(connection))

    def receive(self, asked: Asked) -> Manner:
        """Note a request to generate, and how to treat it."""
        self.change(lambda: self.asked.append(asked))
        with self._changed:
            return self._next.popleft() if self._next else self._manner

    def reply_to(self, asked: Asked, manner: Manner) -> str:
        """What to write."""
        if manner.text is None:
            return small_talk(asked.system, asked.user, self._dice)
        return manner.text if isinstance(manner.text, str) else manner.text(asked)

    def installed(self, name: str) -> str | None:
        """The installed model of this name, as it is spelt here."""
        full = (name if ":" in name else f"{name}:latest").casefold()
        return next((model for model in self.models if model.casefold() == full), None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    stand_in: OllamaStandIn

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        self.stand_in.connected(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401
        super().shutdown_request(request)
        self.stand_in.disconnected(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A client that leaves is nothing to print a traceback for; a mistake in a script is."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        """Ollama's questions."""
        stand_in = self.server.stand_in
        stand_in.change(lambda: stand_in.others.append(f"GET {self.path}"))
        if self.path == "/":
            self._send(200, "Ollama is running", "text/plain; charset=utf-8")
        elif self.path == "/api/version":
            self._send_json({"version": "0.12.6"})
        elif self.path == "/api/tags":
            self._send_json({"models": [_model(name) for name in stand_in.models]})
        elif self.path == "/api/ps":
            loaded = [_model(name, window) for name, window in stand_in.loaded.items()]
            self._send_json({"models": loaded})
        else:
            self._send(404, "404 page not found", "text/plain")

    def do_POST(self) -> None:
        """Ollama's deeds."""
        stand_in = self.server.stand_in
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            given = json.loads(body)
        except ValueError:
            return self._send_error(400, "invalid JSON")
        if self.path == "/api/chat" and given.get("messages"):
            return self._generate(Asked(time.monotonic(), given, dict(self.headers)))
        stand_in.change(lambda: stand_in.others.append(f"POST {self.path}"))
        name = stand_in.installed(str(given.get("model")))
        if self.path not in ("/api/chat", "/api/show"):
            return self._send(404, "404 page not found", "text/plain")
        if name is None:
            return self._send_error(404, f"model '{given.get('model')}' not found")
        if self.path == "/api/chat":
            stand_in.change(lambda: stand_in.load_bodies.append(given))
            if stand_in.load_refusal:
                return self._send_error(400, stand_in.load_refusal)
            self._load(name, given)
            return self._send_json(_piece(given, "") | {"done": True, "done_reason": "load"})
        return self._send_json(
            {
                "capabilities": ["completion", *["thinking"][: name in stand_in.thinkers]],
                "model_info": {
                    "general.architecture": "llama",
                    "llama.context_length": stand_in.models[name],
                },
            }
        )

    def _generate(self, asked: Asked) -> None:
        stand_in = self.server.stand_in
        manner = stand_in.receive(asked)
        try:
            self._answer(asked, manner)
            stand_in.change(lambda: setattr(asked, "finished", True))
        except OSError:
            stand_in.change(lambda: setattr(asked, "hung_up", True))
            raise

    def _answer(self, asked: Asked, manner: Manner) -> None:
        stand_in = self.server.stand_in
        name = stand_in.installed(str(asked.body.get("model")))
        if name is None:
            return self._send_error(404, f"model '{asked.body.get('model')}' not found")
        self._load(name, asked.body)
        self._pause(manner.delay_s, manner.after)
        if manner.reset:
            return self._reset()
        if manner.body is not None:
            return self._send(manner.status, manner.body, "application/json")
        if manner.status != 200:
            return self._send_error(manner.status, manner.error)
        too_long = len(asked.prompt.encode()) / 4 > stand_in.loaded[name]
        if too_long and asked.body.get("truncate") is False:
            return self._send_error(400, "the input length exceeds the context length")
        asked.reply = stand_in.reply_to(asked, manner)
        return self._stream(asked, manner)

    def _load(self, name: str, given: Mapping[str, Any]) -> None:
        """Have the model in memory; a client that leaves meanwhile ends the load."""
        stand_in = self.server.stand_in
        num_ctx = min(given.get("options", {}).get("num_ctx", 4096), stand_in.models[name])
        if stand_in.loaded.get(name) == num_ctx:
            return
        stand_in.count(loads=1)
        try:
            self._pause(stand_in.load_s)
        except OSError:
            stand_in.count(aborted_loads=1)
            raise
        stand_in.change(lambda: stand_in.loaded.update({name: num_ctx}))

    def _stream(self, asked: Asked, manner: Manner) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if manner.thinking:
            self._send_piece(_piece(asked.body, "", manner.thinking))
        while manner.drip_s is not None:
            self._send_piece(_piece(asked.body, "drip "))
            self._pause(manner.drip_s)
        for part in _WORD_AND_BLANK.findall(asked.reply):
            self._send_piece(_piece(asked.body, part))
        if manner.error:
            self._send_piece({"error": manner.error})
        elif not manner.without_done:
            read = len(asked.prompt) // 4 if manner.prompt_tokens is None else manner.prompt_tokens
            counts = {"prompt_eval_count": read, "eval_count": len(asked.reply) // 4}
            last = {"done": True, "done_reason": manner.done_reason}
            self._send_piece(_piece(asked.body, "") | last | counts)
        self.wfile.write(b"0\r\n\r\n")

    def _send_piece(self, piece: Mapping[str, Any]) -> None:
        data = json.dumps(piece).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _send_json(self, value: Mapping[str, Any]) -> None:
        self._send(200, json.dumps(value), "application/json; charset=utf-8")

    def _send_error(self, status: int, text: str) -> None:
        self._send(status, json.dumps({"error": text}), "application/json; charset=utf-8")

    def _send(self, status: int, text: str, content_type: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

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


def _model(name: str, window: int | None = None) -> dict[str, Any]:
    """An entry of a list of models; with its window in the list of the loaded ones."""
    entry = {"name": name, "model": name, "size": 4_920_753_328, "details": {"format": "gguf"}}
    return entry if window is None else entry | {"context_length": window}


def _piece(given: Mapping[str, Any], text: str, thinking: str = "") -> dict[str, Any]:
    """One line of an answer."""
    message = {"role": "assistant", "content": text} | ({"thinking": thinking} if thinking else {})
    return {"model": given.get("model"), "message": message, "done": False}
