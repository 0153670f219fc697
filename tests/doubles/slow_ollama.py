"""A fake Ollama that takes its time: it reads so many tokens a second, and keeps what it has read.

As a real one it has one place, where requests wait for each other; what a prompt has in common with
the one before is not read again; it looks whether the client is still there only between two
batches; and it tells how many tokens there were and how long reading took.
"""

from __future__ import annotations

import re
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.doubles import fake_ollama
from tests.doubles.fake_ollama import FakeOllama

_TOKEN = re.compile(r"\s?[A-Za-z]{1,4}|[^A-Za-z]")
# What the template puts after the last message is read anew each time.
TEMPLATE_END = ("<end>", "<assistant>")
_LARGEST_BATCH = 1024


def tokens_of(text: str) -> list[str]:
    """What this server takes for tokens: about what a real tokenizer makes of English."""
    return _TOKEN.findall(text)


class _Handler(fake_ollama._Handler):
    server: SlowOllama

    def generate(self, name: str, given: Mapping[str, Any]) -> None:
        with self.server.place:
            self._see_whether_the_client_is_there()
            super().generate(name, given)

    def stream(self, given: Mapping[str, Any], text: str) -> None:
        server, options = self.server, given.get("options", {})
        prompt = [*tokens_of(self.asked.prompt), *TEMPLATE_END]
        known = 0 if server.keeps_nothing else shared(prompt, server.slot)
        server.slot = prompt[:known]
        batch = options.get("num_batch", _LARGEST_BATCH)
        began = due = time.monotonic()
        for at in range(known, len(prompt), batch):
            part = prompt[at : at + batch]
            due = at_pace(due, len(part) / server.reads_per_s)
            server.slot += part
            self._see_whether_the_client_is_there()
        read_s = time.monotonic() - began
        written = tokens_of(text)[: options.get("num_predict", 200)]
        if server.writes_on:
            written = ["on", " and "] * (server.writes_on // 2)
        self.begin_stream()
        began = due = time.monotonic()
        for token in written:
            due = at_pace(due, 1 / server.writes_per_s)
            self._see_whether_the_client_is_there()
            more = {"thinking": token} if server.thinks_aloud else {}
            self.send_piece(fake_ollama.piece(given, "" if more else token, **more))
            server.note(server.add_written)
        server.slot += written
        server.tell(len(prompt), len(prompt) - known)
        self.send_piece(
            fake_ollama.piece(given, "")
            | {"done": True, "done_reason": "stop"}
            | server.figures(
                {
                    "prompt_eval_count": len(prompt),
                    "prompt_eval_cached_count": known,
                    "prompt_eval_duration": int(read_s * 1e9),
                    "eval_count": len(written),
                    "eval_duration": int((time.monotonic() - began) * 1e9),
                }
            )
        )
        self.end_stream()

    def _see_whether_the_client_is_there(self) -> None:
        ready, _, _ = select.select([self.connection], [], [], 0)
        if ready and not self.connection.recv(1, socket.MSG_PEEK):
            raise ConnectionAbortedError("the client left")


def at_pace(due: float, takes_s: float) -> float:
    """Wait until so long after ``due``; when that was.

    A wait that was too long, as on a busy machine, makes the next one shorter, not all of it late.
    """
    due += takes_s
    time.sleep(max(0.0, due - time.monotonic()))
    return due


class SlowOllama(FakeOllama):
    """See the module's text."""

    handler = _Handler

    def __init__(
        self, reads_per_s: float, writes_per_s: float, models: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(models)
        self.reads_per_s = reads_per_s
        self.writes_per_s = writes_per_s
        self.place = threading.Lock()
        self.slot: list[str] = []
        # Of each finished request: the tokens of its prompt, and those that had to be read.
        self.read: list[tuple[int, int]] = []
        # What it tells of its counts and times; most real servers do not tell what was cached.
        self.figures: Callable[[dict[str, int]], dict[str, int]] = without_cached
        # As some programs do that speak Ollama's API: nothing of a prompt is kept; so many tokens
        # are written, whatever the limit; all of them are thoughts.
        self.keeps_nothing = False
        self.writes_on = 0
        self.thinks_aloud = False
        self.written = 0

    def add_written(self) -> None:
        """One more token was written."""
        self.written += 1

    def tell(self, prompt_tokens: int, read_tokens: int) -> None:
        """Note what was read."""
        self.note(lambda: self.read.append((prompt_tokens, read_tokens)))

    def down(self) -> None:
        super().down()
        self.slot = []


def without_cached(figures: dict[str, int]) -> dict[str, int]:
    """What servers told before 2026."""
    return {name: figure for name, figure in figures.items() if "cached" not in name}


def shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens two prompts begin with alike."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))
