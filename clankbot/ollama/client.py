"""Talking to one Ollama server over HTTP: a fresh connection and a true deadline per question.

Knows nothing of chat; any thread may call it, and no call outlives its deadline.  Everything that
can go wrong comes out as an OllamaError.
Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import requests
import urllib3.exceptions

from clankbot.errors import Cancelled, OllamaError, OllamaRefused, OllamaUnavailable
from clankbot.ollama.address import base_url, port_hint, shown
from clankbot.ollama.answers import (
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
from clankbot.ollama.deadline import Cancel, Deadline, DeadlineAdapter
from clankbot.records import Secret

_CONNECT_TIMEOUT_S: Final = 3.0
"""For each address of the server; even one on the internet answers within half a second."""
_QUESTION_TIMEOUT_S: Final = 5.0
"""For questions the server answers from memory."""
_SPARE_S: Final = 5.0
"""By so much the timeout of requests is longer than the deadline, which so always comes first."""
_MAX_BYTES: Final = 1 << 20
"""No answer we want is longer: a thousand tokens are some 150 kB of JSON."""
_READ_BYTES: Final = 1 << 16
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
    """One Ollama server, at any address that ``address.base_url`` understands."""

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
        """ValueError for what is no address, and for a key that no HTTP header can carry."""
        self._url = base_url(url)
        self.address = shown(self._url)
        """Where the server is, without a password."""
        self._auth = _bearer(api_key) if api_key else None
        self._timeout_s = timeout_s
        self._load_timeout_s = load_timeout_s
        self._keep = {} if keep_alive is None else {"keep_alive": _number_or_text(keep_alive)}
        self._keep_loaded = {} if _ZERO.issuperset(keep_alive or "0") else self._keep
        self._verify = ca_file or True
        self._closing = Cancel()
        self._without_think: set[str] = set()

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

    def window_of(self, model: str) -> int | None:
        """The context length a model was trained with, in tokens; None when unknown."""
        return self.facts(model).window

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
        with (
            Deadline(self._load_timeout_s, self._closing) as deadline,
            self._lines(deadline, "/api/chat", body | self._keep_loaded, model) as lines,
        ):
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
        with self._lines(deadline, "/api/chat", body, model) as lines:
            for line in lines:
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
        with (
            Deadline(timeout_s, self._closing) as deadline,
            self._lines(deadline, path, body, model) as lines,
        ):
            return json_object(b"".join(lines))

    @contextlib.contextmanager
    def _lines(
        self, deadline: Deadline, path: str, body: Json | None, model: str | None
    ) -> Iterator[Iterator[bytes]]:
        """The lines of one answer as they arrive; every failure, also while reading, is ours."""
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.verify = self._verify
                session.mount("http://", DeadlineAdapter(deadline))
                session.mount("https://", DeadlineAdapter(deadline))
                with session.request(
                    "GET" if body is None else "POST",
                    self._url + path,
                    json=body,
                    auth=self._auth,
                    headers={"Accept-Encoding": "identity"},
                    timeout=(_CONNECT_TIMEOUT_S, deadline.seconds + _SPARE_S),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    lines = _lines_of(response, deadline)
                    if response.status_code != requests.codes.ok:
                        raise status_failure(response.status_code, b"".join(lines), model)
                    yield lines
        except (OSError, urllib3.exceptions.HTTPError) as error:
            deadline.check()
            raise self._lost(error, deadline) from error

    def _lost(self, error: Exception, deadline: Deadline) -> OllamaError:
        """What a failure below HTTP means.  Its text may reach the chat: it holds no address."""
        why = _innermost(error)
        if deadline.connected and not isinstance(error, requests.exceptions.SSLError):
            return OllamaUnavailable(f"the connection to Ollama broke: {why}")
        return Unreachable(f"no connection to Ollama: {why}{port_hint(self._url)}")


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


def _lines_of(response: requests.Response, deadline: Deadline) -> Iterator[bytes]:
    """The lines of a body that are not blank, each as soon as it is complete.

    A body that ends with its connection looks complete when a deadline cut it: hence the check.
    """
    parts: list[bytes] = []
    left = _MAX_BYTES
    while data := response.raw.read1(_READ_BYTES):
        left -= len(data)
        if left < 0:
            raise OllamaUnavailable(f"the answer is longer than {_MAX_BYTES} bytes")
        *ended, rest = data.split(b"\n")
        for end in ended:
            parts.append(end)
            if line := b"".join(parts).strip():
                yield line
            parts.clear()
        parts.append(rest)
    deadline.check()
    if line := b"".join(parts).strip():
        yield line


def _bearer(
    api_key: Secret,
) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Authentication by key.  As a callable, so that no ~/.netrc can put another in its place."""
    key = api_key.reveal().strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("the API key holds characters that an HTTP header cannot carry")

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {key}"
        return request

    return sign


def _number_or_text(keep_alive: str) -> str | int | float:
    """The setting as Ollama wants it: a bare number is refused as a string."""
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return number(keep_alive)
    return keep_alive


def _innermost(error: BaseException) -> str:
    """The first cause of an error in few words: ``Connection refused``."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
