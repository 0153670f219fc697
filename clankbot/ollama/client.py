"""What can be asked of an Ollama server, each question with a deadline of its own.

Knows nothing of chat.  Any thread may call; whatever goes wrong comes out as an OllamaError.
Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from clankbot.cancel import Cancel
from clankbot.errors import (
    Cancelled,
    OllamaError,
    OllamaRefused,
    OllamaTimeout,
    OllamaUnavailable,
    Trouble,
)
from clankbot.http import Deadline, Failure, HttpError
from clankbot.ollama.programs import OLLAMA, SIGNS, Program
from clankbot.ollama.protocol import (
    Generation,
    InMemory,
    ModelFacts,
    answer_part,
    in_memory,
    json_object,
    model_facts,
    model_key,
    model_names,
    read_generation,
)
from clankbot.ollama.troubles import cleaned, error_text, status_failure, told_failure
from clankbot.records.accounts import Secret

# For questions that the server answers from memory.
_QUESTION_TIMEOUT_S: Final = 5.0
# Ollama's own five minutes are shorter than the bot's pauses: nearly each line would be a load.
_KEEP_ALIVE: Final = "30m"
# The letters of a keep-alive of no time: fine after an answer, but a load with it unloads.
_ZERO: Final = frozenset("0.hmsnuµ")
# Tokens that a server reads at once; only between two batches it notices that we have left.  By
# default it is 1,024, which are up to 24 s; the speed is the same.  With another one than a model
# was loaded with, the server loads it anew.
NUM_BATCH: Final = 256
_PORT: Final = 11434
_CLOUD_HOST: Final = "ollama.com"
# How the tags of models end that a server passes on to the cloud.  https://docs.ollama.com/cloud
_CLOUD_SUFFIXES: Final = (":cloud", "-cloud")
# Of an answer that tells which program gives it, so much is looked at.
_SIGN_CHARS: Final = 20_000
_TRUST: Final = "OLLAMA_CA_FILE can name a file with the certificate to be trusted"
# Anything shorter would mask parts of ordinary words.
_SHORTEST_SECRET: Final = 6

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
        # A server or proxy may repeat in an error what it was sent.
        self._secrets = tuple(_secrets(url, api_key))
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
    def is_on_this_machine(self) -> bool:
        """Whether the address is one of the loopback."""
        host = urlsplit(self._url).hostname or ""
        return host in ("localhost", "::1") or host.startswith("127.")

    @property
    def keeps_models(self) -> bool:
        """Whether a model stays in memory after a request."""
        return bool(self._keep_loaded)

    @property
    def timeout_s(self) -> float:
        """The time for one generation with the model loaded."""
        return self._timeout_s

    def wait(self, seconds: float, cancel: Cancel) -> None:
        """Let this time pass; raises Cancelled if ``cancel`` or ``close`` comes before its end."""
        woken = threading.Event()
        for each in (cancel, self._closing):
            each.attach(woken.set)
        was_woken = woken.wait(seconds)
        for each in (cancel, self._closing):
            each.detach(woken.set)
        if was_woken:
            raise Cancelled

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
        return cleaned(str(self._field("/api/version", "version")))

    def models(self) -> tuple[str, ...]:
        """The installed models, as the server spells them."""
        return model_names({"models": self._field("/api/tags", "models")})

    def has_model(self, name: str) -> bool:
        """Whether the model is installed.  A cloud model may work without being so."""
        return model_key(name) in map(model_key, self.models())

    def program(self) -> Program | None:
        """Which program answers, as far as it can be told; None if it cannot.

        Asks up to six quick questions, an Ollama only one.  Never raises for the server's sake.
        """
        seen: dict[str, str] = {}
        limit_s = min(_QUESTION_TIMEOUT_S, self._timeout_s)
        with Deadline(limit_s, self._closing) as deadline, contextlib.suppress(HttpError):
            for sign in SIGNS:
                if sign.path not in seen:
                    response = deadline.send(
                        "GET", self._url + sign.path, headers=self._headers, ca_file=self._ca_file
                    )
                    body = response.body().decode(errors="replace")[:_SIGN_CHARS]
                    seen[sign.path] = f"{response.headers.get('Server', '')}\n{body}"
                if sign.pattern.search(seen[sign.path]):
                    return sign.program
        return None

    def explained(self, error: OllamaError) -> OllamaError:
        """The same error, but naming the program that answers if it is not Ollama."""
        if error.trouble is not Trouble.NOT_OLLAMA:
            return error
        program = self.program()
        return error if program in (None, OLLAMA) else answers_instead(program, error.detail)

    def facts(self, model: str) -> ModelFacts:
        """What the server knows of a model; all None if it does not tell."""
        try:
            return model_facts(self._ask("/api/show", {"model": model}, model))
        except OllamaRefused:
            return ModelFacts()

    def in_memory(self, model: str) -> InMemory:
        """Whether and how the model is loaded; as if it were not, if the server does not tell."""
        try:
            return in_memory(self._ask("/api/ps"), model)
        except OllamaRefused:
            return InMemory()

    def load(self, model: str, num_ctx: int, cancel: Cancel) -> None:
        """Have the model in memory with this window; returns at once if it is there already.

        Leaving early would abort the load on the server, so a cancel takes effect only afterwards.
        """
        options = {"num_ctx": num_ctx, "num_batch": NUM_BATCH}
        body = {"model": model, "messages": [], "options": options}
        with Deadline(self._load_timeout_s, self._closing) as deadline:
            lines = self._lines(deadline, "/api/chat", body | self._keep_loaded, model)
            try:
                answer_part(next(lines, b""), model)
            except OllamaTimeout as error:
                raise OllamaTimeout(Trouble.LOADS_TOO_SLOWLY, error.detail) from error
        if cancel.cancelled:
            raise Cancelled

    def generate(
        self,
        model: str,
        system: str,
        user: str,
        options: Mapping[str, int | float],
        cancel: Cancel,
        timeout_s: float | None = None,
    ) -> Generation:
        """What the model writes, read to its end.

        ``options`` should set num_predict, and what the model was loaded with (num_ctx, num_batch):
        another makes the server load it anew.  With a num_predict of 1 the prompt is read, and kept
        for the next one.  A cancel closes the connection at once.  ``timeout_s`` takes the place of
        the usual deadline.  Raises PromptTooLong if the server says so.
        """
        only_reads = options.get("num_predict") == 1
        body: dict[str, Any] = {
            "model": model,
            "stream": True,
            "truncate": False,  # too long a prompt is to be refused, not cut silently
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            "options": options,
            **(self._keep_loaded if only_reads else self._keep),
        }
        key = model_key(model)
        limit_s = self._timeout_s if timeout_s is None else timeout_s
        with Deadline(limit_s, cancel, self._closing) as deadline:
            if key not in self._without_think:
                lines = self._lines(deadline, "/api/chat", body | {"think": False}, model)
                try:
                    return read_generation(lines, model, one_token=only_reads)
                except OllamaRefused as error:  # 0.12.4 refuses even a "no", others the field
                    if error.trouble is not Trouble.REFUSED or error.status not in (400, 422):
                        raise
            lines = self._lines(deadline, "/api/chat", body, model)
            generation = read_generation(lines, model, one_token=only_reads)
            self._without_think.add(key)  # it was for that
            return generation

    def _ask(self, path: str, body: Json | None = None, model: str | None = None) -> Json:
        """The JSON object that answers a quick question."""
        with Deadline(min(_QUESTION_TIMEOUT_S, self._timeout_s), self._closing) as deadline:
            return json_object(b"".join(self._lines(deadline, path, body, model)))

    def _field(self, path: str, name: str) -> object:
        """What Ollama's answer to a question is always about."""
        answer = self._ask(path)
        if answer.get("error"):  # LM Studio's 200 for whatever it does not know
            raise told_failure(error_text(answer), None)
        if name not in answer:
            told = f"its answer to {path} lacks {name!r}"
            raise OllamaUnavailable(Trouble.NOT_OLLAMA, told)
        return answer[name]

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
                raise status_failure(response.status, self._masked(response.body()), model)
            for line in response.lines():
                yield self._masked(line)
        except HttpError as error:
            raise self._translated(error) from error

    def _masked(self, data: bytes) -> bytes:
        """What the server said, without our own secrets in it."""
        for secret in self._secrets:
            data = data.replace(secret, b"<secret>")
        return data

    def _translated(self, error: HttpError) -> OllamaError:
        """Our error for a request without an answer."""
        said = f"{error}{self.port_hint}"
        match error.failure:
            case Failure.CANCELLED:
                return Cancelled()
            case Failure.CERTIFICATE:
                return Unreachable(Trouble.CERTIFICATE_REFUSED, f"{error}; {_TRUST}")
            case Failure.TLS:
                return Unreachable(Trouble.NO_TLS, f"{said}; is it http:// in OLLAMA_URL?")
            case Failure.TOO_LONG:
                return OllamaUnavailable(Trouble.ENDLESS, str(error))
            case Failure.LATE if error.connected:
                return OllamaTimeout(Trouble.TOO_SLOW, str(error))
        if error.connected:
            return OllamaUnavailable(Trouble.CONNECTION_BROKE, str(error))
        return Unreachable(Trouble.NOT_REACHABLE, said)


def answers_instead(program: Program, detail: str = "") -> OllamaRefused:
    """The refusal to take another program for Ollama."""
    text = f"{program.name} answers, not Ollama: {program.remedy}"
    return OllamaRefused(Trouble.NOT_OLLAMA, detail, text=text)


def _secrets(url: str, api_key: Secret | None) -> Iterator[bytes]:
    """What is sent to the server and is to be seen nowhere."""
    password = urlsplit(url).password or ""
    key = api_key.reveal().strip() if api_key else ""
    for text in (key, password, unquote(password)):
        if len(text) >= _SHORTEST_SECRET:
            yield text.encode()


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
