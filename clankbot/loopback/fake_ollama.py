"""A small Ollama on loopback: real HTTP, no model.  It answers with the chat's own words, remixed.

Each connection has a thread.
Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import json
import logging
import random
import re
import sys
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any, Final, Self

log = logging.getLogger(__name__)

_STEP_S: Final = 0.005
DEFAULT_NUM_CTX: Final = 4096
_WORD_AND_BLANK: Final = re.compile(r"\s*\S+|\s+")


class OllamaHandler(BaseHTTPRequestHandler):
    """One connection: Ollama's answers to its requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FakeOllama

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        """What there is to know of the server."""
        if self.path == "/":
            self.send_text(200, "Ollama is running", "text/plain; charset=utf-8")
        elif self.path == "/api/version":
            self.send_json(200, {"version": "0.12.6"})
        elif self.path == "/api/tags":
            self.send_json(200, {"models": [_entry(name) for name in self.server.models]})
        elif self.path == "/api/ps":
            loaded = self.server.loaded.items()
            models = [_entry(name) | {"context_length": window} for name, window in loaded]
            self.send_json(200, {"models": models})
        else:
            self.send_text(404, "404 page not found", "text/plain")

    def do_POST(self) -> None:
        """Generating, loading, and facts about a model."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            given = json.loads(body)
        except ValueError:
            self.send_json(400, {"error": "invalid JSON"})
        else:
            self.handle_post(given)

    def handle_post(self, given: Mapping[str, Any]) -> None:
        """Answer a request; ``given`` is its body."""
        name = self.server.installed(str(given.get("model")))
        if self.path not in ("/api/chat", "/api/show"):
            self.send_text(404, "404 page not found", "text/plain")
        elif name is None:
            self.send_json(404, {"error": f"model '{given.get('model')}' not found"})
        elif self.path == "/api/show":
            facts = {
                "general.architecture": "llama",
                "llama.context_length": self.server.models[name],
            }
            capabilities = self.server.capabilities(name)
            self.send_json(200, {"capabilities": capabilities, "model_info": facts})
        elif given.get("messages"):
            self.generate(name, given)
        else:
            self.load_only(name, given)

    def load_only(self, name: str, given: Mapping[str, Any]) -> None:
        """Answer a request without messages: it is there to have the model in memory."""
        self.load(name, given)
        self.send_json(200, piece(given, "") | {"done": True, "done_reason": "load"})

    def load(self, name: str, given: Mapping[str, Any]) -> None:
        """Have the model in memory, with the window that is asked for."""
        num_ctx = given.get("options", {}).get("num_ctx", DEFAULT_NUM_CTX)
        self.server.loaded[name] = min(num_ctx, self.server.models[name])

    def generate(self, name: str, given: Mapping[str, Any]) -> None:
        """Write the next line, unless the prompt is too long and must not be cut."""
        self.load(name, given)
        is_too_long = len(prompt(given).encode()) / 4 > self.server.loaded[name]
        if is_too_long and given.get("truncate") is False:
            self.send_json(400, {"error": "the input length exceeds the context length"})
        else:
            self.stream(given, _limited(given, self.reply(given)))

    def reply(self, given: Mapping[str, Any]) -> str:
        """What to write."""
        return small_talk(prompt(given, "system"), prompt(given, "user"), self.server.dice)

    def stream(self, given: Mapping[str, Any], text: str) -> None:
        """Write the text word by word."""
        self.begin_stream()
        self.send_words(given, text)
        self.send_piece(self.last_piece(given, text))
        self.end_stream()

    def begin_stream(self) -> None:
        """The head of an answer that comes in pieces."""
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send_piece(self, value: Mapping[str, Any]) -> None:
        """One line of it, in a chunk of its own."""
        data = json.dumps(value).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def send_words(self, given: Mapping[str, Any], text: str) -> None:
        """The text in lines of a word each."""
        for part in _WORD_AND_BLANK.findall(text):
            self.send_piece(piece(given, part))

    def last_piece(self, given: Mapping[str, Any], text: str) -> dict[str, Any]:
        """The line that says it is complete, with what was read and written in tokens."""
        counts = {"prompt_eval_count": len(prompt(given)) // 4, "eval_count": len(text) // 4}
        return piece(given, "") | {"done": True, "done_reason": "stop"} | counts

    def end_stream(self) -> None:
        """Its end."""
        self.wfile.write(b"0\r\n\r\n")

    def send_json(self, status: int, value: Mapping[str, Any]) -> None:
        """A whole answer in JSON."""
        self.send_text(status, json.dumps(value), "application/json; charset=utf-8")

    def send_text(self, status: int, text: str, content_type: str) -> None:
        """A whole answer."""
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class FakeOllama(ThreadingHTTPServer):
    """The server, on a free port; answers while entered."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    handler = OllamaHandler

    def __init__(self, models: Mapping[str, int], seed: int) -> None:
        """``models`` are the installed ones and their windows, in tokens."""
        super().__init__(("127.0.0.1", 0), self.handler)
        self.models = dict(models)
        self.loaded: dict[str, int] = {}  # models in memory, and the window each was loaded with
        self.dice = random.Random(seed)

    def __enter__(self) -> Self:
        threading.Thread(
            target=self.serve_forever, args=(_STEP_S,), name="fake-ollama", daemon=True
        ).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def installed(self, name: str) -> str | None:
        """The installed model of this name, as it is spelt here."""
        full = (name if ":" in name else f"{name}:latest").casefold()
        return next((model for model in self.models if model.casefold() == full), None)

    def capabilities(self, name: str) -> list[str]:
        """What the model is said to be able to do."""
        return ["completion"]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is nothing to report."""
        error = sys.exception()
        if not isinstance(error, OSError):
            log.error("the fake Ollama failed", exc_info=error)


def prompt(given: Mapping[str, Any], *roles: str) -> str:
    """What a request gives to read, or those parts of it: ``system``, ``user``."""
    return "\n".join(
        str(message.get("content", ""))
        for message in given.get("messages", ())
        if not roles or message.get("role") in roles
    )


def _limited(given: Mapping[str, Any], text: str) -> str:
    """So much of a text as may be written: a word for each token of the limit."""
    limit = given.get("options", {}).get("num_predict", -1)
    return "".join(_WORD_AND_BLANK.findall(text)[:limit]) if limit >= 0 else text


def piece(given: Mapping[str, Any], text: str, **more: str) -> dict[str, Any]:
    """One line of an answer; ``more`` goes beside its ``content``, as ``thinking`` does."""
    message = {"role": "assistant", "content": text, **more}
    return {"model": given.get("model"), "message": message, "done": False}


def _entry(name: str) -> dict[str, Any]:
    """An entry of a list of models."""
    return {"name": name, "model": name, "size": 4_920_753_328, "details": {"format": "gguf"}}


# --- what it says ---------------------------------------------------------------------------------
# The chat's own words, newly mixed.  Pure, given the dice.

_CHAT = re.compile(r"\[chat log begins\]\n(.*?)\[chat log ends\]", re.DOTALL)
_QUESTION = re.compile(r"\[message begins\]\n[^:]*:(.*?)\[message ends\]", re.DOTALL)
_BOT_NAME = re.compile(r"You are (\w+)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_OPENINGS: Final = ("honestly", "ok but", "so", "wait", "imagine", "you know", "for real", "I say")
_CLOSINGS: Final = (
    "every single time",
    "and that is a fact",
    "if you ask me",
    "as always",
    "or not",
)
_NOTHING_SAID: Final = "it is so quiet in here that I can hear my own fan"
_STEPS: Final = range(4, 12)
_QUESTION_WORDS: Final = 3


def small_talk(system: str, user: str, dice: random.Random) -> str:
    """One line of plain words: never empty, and never one that was said as it is.

    Takes up the end of a question if the prompt holds one.
    """
    bot = _BOT_NAME.search(system)
    bot_name = bot[1].casefold() if bot else ""
    chat = _CHAT.search(user)
    said = [line.partition(":")[2] for line in chat[1].splitlines()] if chat else []
    lines = [words for line in said if (words := _words(line, bot_name))]
    remark = " ".join(_mixed(lines, dice)) if lines else _NOTHING_SAID
    remark = f"{dice.choice(_OPENINGS)} {remark} {dice.choice(_CLOSINGS)}"
    question = _QUESTION.search(user)
    topic = " ".join(_words(question[1], bot_name)[-_QUESTION_WORDS:]) if question else ""
    return f"{topic}? {remark}" if topic else remark


def _words(text: str, bot_name: str) -> list[str]:
    """The plain words of a line without the bot's name."""
    return [word for word in _WORD.findall(text) if word.casefold() != bot_name]


def _mixed(lines: Sequence[Sequence[str]], dice: random.Random) -> list[str]:
    """A walk from word to word as they followed each other in chat, with a leap at a dead end."""
    after: defaultdict[str, list[str]] = defaultdict(list)
    for words in lines:
        for word, following in pairwise(words):
            after[word.casefold()].append(following)
    walk = [dice.choice(lines)[0]]
    for _ in range(dice.choice(_STEPS)):
        nexts = after.get(walk[-1].casefold()) or dice.choice(lines)
        word = dice.choice(nexts)
        if walk.count(word) > 1:  # a small vocabulary would go in circles
            break
        walk.append(word)
    return walk
