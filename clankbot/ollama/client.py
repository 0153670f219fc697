"""What can be asked of an Ollama server, each question with a deadline of its own.

Knows nothing of chat.  Any thread may call; whatever goes wrong comes out as an OllamaError.
Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from clankbot.cancel import Cancel
from clankbot.errors import (
    Cancelled,
    OllamaError,
    OllamaRefused,
    OllamaTimeout,
    OllamaUnavailable,
)
from clankbot.http import Deadline, Failure, HttpError
from clankbot.ollama.address import port_hint, shown
from clankbot.ollama.protocol import (
    ModelFacts,
    ThinkRefused,
    json_object,
    loaded_with,
    model_facts,
    model_key,
    model_names,
    piece,
    status_failure,
)
from clankbot.records.accounts import Secret

_QUESTION_TIMEOUT_S: Final = 5.0
"""For questions the server answers from memory."""
_KEEP_ALIVE: Final = "30m"
"""Ollama's own five minutes are shorter than the bot's pauses: nearly each line would be a load."""
_ZERO: Final = frozenset("0.hmsnuµ")
"""The letters of a keep-alive of no time: fine after an answer, but a load with it unloads."""

Json = Mapping[str, Any]


class Unreachable(OllamaUnavailable):
    """No connection came about, whatever the model.  Try again with backoff."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a model is asked to write."""

    model: str
    system: str
    user: str
    num_ctx: int
    """The window in tokens; a value other than the loaded one makes the server load anew."""
    num_predict: int
    """The most tokens of the answer, thinking included."""
    options: Mapping[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Generation:
    """What a model wrote."""

    text: str
    done_reason: str | None
    """``stop``, ``length``, or None: unknown, or we had enough and left."""
    prompt_tokens: int | None
    """What the server counted, after cutting; None when we left before it said so."""
    had_thinking: bool


class OllamaClient:
    """One Ollama server; ``url`` is its base URL, without a slash at the end."""

    def __init__(
        self,
        url: str,
        *,
        api_key: Secret | None = None,
        timeout_s: float = 30.0,
        load_timeout_s: float = 300.0,
        keep_alive: str | None = None,
        ca_file: str | None = None,
    ) -> None:
        """ValueError for a key that no HTTP header can carry."""
        self._url = url
        self._headers = {"Authorization": f"Bearer {_header_value(api_key)}"} if api_key else {}
        self._ca_file = ca_file
        self._timeout_s = timeout_s
        self._load_timeout_s = load_timeout_s
        keep_alive = keep_alive or _KEEP_ALIVE
        self._keep = {"keep_alive": _number_or_text(keep_alive)}
        self._keep_loaded = {} if _ZERO.issuperset(keep_alive) else self._keep
        self._closing = Cancel()
        self._without_think: set[str] = set()

    @property
    def address(self) -> str:
        """Where the server is, without a password."""
        return shown(self._url)

    def close(self) -> None:
        """End whatever is under way, a load too; it and all later calls raise Cancelled."""
        self._closing.cancel()

    def version(self) -> str:
        """What the server calls its version: the quickest proof that one is there."""
        return str(self._ask("/api/version").get("version", ""))

    def models(self) -> tuple[str, ...]:
        """The installed models, as the server spells them."""
        return model_names(self._ask("/api/tags"))

    def has_model(self, name: str) -> bool:
        """Whether the model is installed.  A cloud model may work without being so."""
        return model_key(name) in map(model_key, self.models())

    def facts(self, model: str) -> ModelFacts:
        """What the server knows of a model; all None where it does not tell."""
        try:
            return model_facts(self._ask("/api/show", {"model": model}, model))
        except OllamaRefused:
            return ModelFacts()

    def is_loaded(self, model: str, num_ctx: int) -> bool | None:
        """Whether the model is in memory with this window; None where the server does not tell."""
        try:
            return loaded_with(self._ask("/api/ps"), model, num_ctx)
        except OllamaRefused:
            return None

    def load(self, model: str, num_ctx: int, cancel: Cancel) -> None:
        """Have the model in memory with this window; returns at once when it is there already.

        Leaving early would abort the load on the server, so a cancel takes effect only afterwards.
        """
        body = {"model": model, "messages": [], "options": {"num_ctx": num_ctx}}
        with Deadline(self._load_timeout_s, self._closing) as deadline:
            lines = self._lines(deadline, "/api/chat", body | self._keep_loaded, model)
            piece(next(lines, b""), model)
        if cancel.cancelled:
            raise Cancelled("the generation was called off while the model was loading")

    def generate(
        self, request: ChatRequest, cancel: Cancel, enough: Callable[[str], bool]
    ) -> Generation:
        """What the model writes, read until it ends or ``enough`` of the text so far is true.

        A cancel closes the connection at once.  Raises PromptTooLong where the server says so.
        """
        key = model_key(request.model)
        body = _chat_body(request) | self._keep
        with Deadline(self._timeout_s, cancel, self._closing) as deadline:
            if key not in self._without_think:
                try:
                    return self._read(deadline, request.model, body | {"think": False}, enough)
                except ThinkRefused:  # 0.12.4 refuses even a "no"
                    self._without_think.add(key)
            return self._read(deadline, request.model, body, enough)

    def _read(
        self, deadline: Deadline, model: str, body: Json, enough: Callable[[str], bool]
    ) -> Generation:
        text, had_thinking = "", False
        for line in self._lines(deadline, "/api/chat", body, model):
            part = piece(line, model)
            text += part.text
            had_thinking |= part.is_thinking
            if part.done:
                return Generation(text, part.done_reason, part.prompt_tokens, had_thinking)
            if part.text and enough(text):
                return Generation(text, None, None, had_thinking)
        raise OllamaUnavailable("the answer broke off before its end")

    def _ask(self, path: str, body: Json | None = None, model: str | None = None) -> Json:
        """The JSON object that answers a quick question."""
        timeout_s = min(_QUESTION_TIMEOUT_S, self._timeout_s)
        with Deadline(timeout_s, self._closing) as deadline:
            return json_object(b"".join(self._lines(deadline, path, body, model)))

    def _lines(
        self, deadline: Deadline, path: str, body: Json | None, model: str | None
    ) -> Iterator[bytes]:
        """The lines of one answer as they arrive; raises what any other answer or none means."""
        method = "GET" if body is None else "POST"
        url = self._url + path
        try:
            response = deadline.send(
                method, url, headers=self._headers, json=body, ca_file=self._ca_file
            )
            if response.status != 200:
                raise status_failure(response.status, response.body(), model)
            yield from response.lines()
        except HttpError as error:
            raise self._translated(error) from error

    def _translated(self, error: HttpError) -> OllamaError:
        """Our error for a request without an answer.  Its text may reach the chat."""
        match error.failure:
            case Failure.CANCELLED:
                return Cancelled("the generation was called off")
            case Failure.LATE:
                return OllamaTimeout(str(error))
            case Failure.TOO_LONG:
                return OllamaUnavailable(str(error))
        if error.connected and error.failure is not Failure.TLS:
            return OllamaUnavailable(f"the connection to Ollama broke: {error}")
        return Unreachable(f"no connection to Ollama: {error}{port_hint(self._url)}")


def _chat_body(request: ChatRequest) -> dict[str, Any]:
    """The request as Ollama wants it.  Too long a prompt is to be refused, not cut silently."""
    own = {"num_ctx": request.num_ctx, "num_predict": request.num_predict}
    return {
        "model": request.model,
        "stream": True,
        "truncate": False,
        "messages": [
            {"role": "system", "content": request.system},
            {"role": "user", "content": request.user},
        ],
        "options": {**request.options, **own},
    }


def _number_or_text(keep_alive: str) -> str | int | float:
    """The setting as Ollama wants it: a bare number is refused as a string."""
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return number(keep_alive)
    return keep_alive


def _header_value(api_key: Secret) -> str:
    key = api_key.reveal().strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("the API key holds characters that an HTTP header cannot carry")
    return key
