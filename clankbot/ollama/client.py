"""What can be asked of an Ollama server, each question with a deadline of its own.

Knows nothing of chat.  Any thread may call; whatever goes wrong comes out as an OllamaError.
Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from clankbot.cancel import Cancel
from clankbot.errors import Cancelled, OllamaError, OllamaRefused, OllamaTimeout, OllamaUnavailable
from clankbot.http import Deadline, Failure, HttpError
from clankbot.ollama.protocol import (
    Generation,
    ModelFacts,
    ThinkRefused,
    answer_part,
    json_object,
    loaded_with,
    model_facts,
    model_key,
    model_names,
    read_generation,
    status_failure,
)
from clankbot.records.accounts import Secret

# For questions that the server answers from memory.
_QUESTION_TIMEOUT_S: Final = 5.0
# Ollama's own five minutes are shorter than the bot's pauses: nearly each line would be a load.
_KEEP_ALIVE: Final = "30m"
# The letters of a keep-alive of no time: fine after an answer, but a load with it unloads.
_ZERO: Final = frozenset("0.hmsnuµ")
_PORT: Final = 11434
_CLOUD_HOST: Final = "ollama.com"
# How the tags of models end that a server passes on to the cloud.  https://docs.ollama.com/cloud
_CLOUD_SUFFIXES: Final = (":cloud", "-cloud")

Json = Mapping[str, Any]


class Unreachable(OllamaUnavailable):
    """No connection came about, whatever the model.  Try again with backoff."""


def is_cloud_model(name: str) -> bool:
    """Whether a server passes what this model is asked on to Ollama's cloud."""
    return name.lower().endswith(_CLOUD_SUFFIXES)


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
        self._headers = _authorization(api_key) if api_key else {}
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
        """Where the server is, without user name and password, fit for a log."""
        scheme, separator, rest = self._url.partition("://")
        authority, slash, path = rest.partition("/")
        return scheme + separator + authority.rpartition("@")[2] + slash + path

    @property
    def is_cloud(self) -> bool:
        """Whether the server is Ollama's own instead of the streamer's."""
        return urlsplit(self._url).hostname == _CLOUD_HOST

    @property
    def port_hint(self) -> str:
        """What to try if nobody answers at an address that names no port; else an empty string."""
        if urlsplit(self._url).port is not None or self.is_cloud:
            return ""
        return f" (the address names no port; Ollama itself listens on {_PORT})"

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
        """What the server knows of a model; all None if it does not tell."""
        try:
            return model_facts(self._ask("/api/show", {"model": model}, model))
        except OllamaRefused:
            return ModelFacts()

    def is_loaded(self, model: str, num_ctx: int) -> bool:
        """Whether the model is in memory with this window; False if the server does not tell."""
        try:
            return loaded_with(self._ask("/api/ps"), model, num_ctx)
        except OllamaRefused:
            return False

    def load(self, model: str, num_ctx: int, cancel: Cancel) -> None:
        """Have the model in memory with this window; returns at once if it is there already.

        Leaving early would abort the load on the server, so a cancel takes effect only afterwards.
        """
        body = {"model": model, "messages": [], "options": {"num_ctx": num_ctx}}
        with Deadline(self._load_timeout_s, self._closing) as deadline:
            lines = self._lines(deadline, "/api/chat", body | self._keep_loaded, model)
            answer_part(next(lines, b""), model)
        if cancel.cancelled:
            raise Cancelled("the generation was called off while the model was loading")

    def generate(
        self,
        model: str,
        system: str,
        user: str,
        options: Mapping[str, int | float],
        cancel: Cancel,
        enough: Callable[[str], bool] | None = None,
    ) -> Generation:
        """What the model writes, read until it ends or ``enough`` of the text so far is true.

        ``options`` should set num_predict, and the num_ctx that it was loaded with: another makes
        the server load it anew.  A cancel closes the connection at once.  Raises PromptTooLong if
        the server says so.
        """
        body: dict[str, Any] = {
            "model": model,
            "stream": True,
            "truncate": False,  # too long a prompt is to be refused, not cut silently
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            "options": options,
            **self._keep,
        }
        key = model_key(model)
        with Deadline(self._timeout_s, cancel, self._closing) as deadline:
            if key not in self._without_think:
                lines = self._lines(deadline, "/api/chat", body | {"think": False}, model)
                try:
                    return read_generation(lines, model, enough)
                except ThinkRefused:  # 0.12.4 refuses even a "no"
                    self._without_think.add(key)
            lines = self._lines(deadline, "/api/chat", body, model)
            return read_generation(lines, model, enough)

    def _ask(self, path: str, body: Json | None = None, model: str | None = None) -> Json:
        """The JSON object that answers a quick question."""
        with Deadline(min(_QUESTION_TIMEOUT_S, self._timeout_s), self._closing) as deadline:
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
        return Unreachable(f"no connection to Ollama: {error}{self.port_hint}")


def _authorization(api_key: Secret) -> Mapping[str, str]:
    key = api_key.reveal().strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("the API key holds characters that an HTTP header cannot carry")
    return {"Authorization": f"Bearer {key}"}


def _number_or_text(keep_alive: str) -> str | int | float:
    """The setting as Ollama wants it: a bare number is refused as a string."""
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return number(keep_alive)
    return keep_alive
