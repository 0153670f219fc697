"""What an Ollama server says, read into values: answers, models, and facts about them.

Pure: bytes and JSON in, values or typed errors out.  Other programs that speak Ollama's API, and
proxies before it, answer in other shapes; whatever does not fit is an OllamaUnavailable.
Source: https://github.com/ollama/ollama/blob/main/docs/api.md, and its server/routes.go
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clankbot.clock import Clock
from clankbot.errors import OllamaTimeout, OllamaUnavailable, Trouble
from clankbot.ollama.troubles import error_text, foreign_answer, told_failure

_MONOTONIC: Final = Clock().monotonic
DEADLINE: Final = "deadline"  # our own done_reason
# Larger windows and longer answers than any: what is beyond them is no measurement.
_MOST_TOKENS: Final = 100_000_000
_LONGEST_NS: Final = 86_400 * 10**9
# No model for chat has a smaller window: a server that tells one errs, and asking for it would
# leave no room for a prompt.
_LEAST_WINDOW: Final = 256
# More than what a single token comes in: then the server writes on, whatever it is told.
_MOST_PIECES: Final = 8
_MOST_CHARS: Final = 200
# In less, pieces tell nothing about the speed of writing.
_TELLING_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Generation:
    """What a model wrote."""

    text: str
    # ``stop``, ``length``, or None: unknown, or we had enough and left.
    done_reason: str | None
    # What the server counted, after cutting; None if it did not say so, or not before we left.
    prompt_tokens: int | None
    had_thinking: bool
    written_tokens: int | None = None
    # The time for that.  Of the prompt only what was not in the server's cache is read.
    read_s: float | None = None
    write_s: float | None = None
    # Of the prompt's tokens those in the cache; servers of 2026 tell.
    cached_tokens: int | None = None
    # The time for loading the model; some milliseconds if it was in memory.
    load_s: float | None = None
    # A single token was wanted, and the server writes on whatever it is told.
    wrote_on: bool = False

    @property
    def only_thought(self) -> bool:
        """Whether the model came to no answer for all its thinking."""
        return self.had_thinking and not self.text.strip()


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What /api/show tells about a model; None for what it does not tell."""

    # The context length it was trained with, in tokens.
    window: int | None = None
    # Whether it can think aloud before it answers.
    thinks: bool | None = None
    # Whether it writes at all: models for embeddings do not.
    chats: bool | None = None


def model_key(name: str) -> str:
    """The form in which two names of one model are equal: ``Llama3.1`` is ``llama3.1:latest``.

    Source: https://github.com/ollama/ollama/blob/main/types/model/name.go
    """
    key = name.strip().casefold().removeprefix("registry.ollama.ai/").removeprefix("library/")
    return key if ":" in key.rpartition("/")[2] else f"{key}:latest"


def json_object(data: bytes) -> Mapping[str, Any]:
    """The JSON object that is all of ``data``; OllamaUnavailable when it is anything else."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise foreign_answer(data) from error
    if not isinstance(value, dict):
        raise OllamaUnavailable(Trouble.NONSENSE, "the server answered with JSON that is no object")
    return value


def read_generation(
    lines: Iterable[bytes],
    model: str,
    *,
    one_token: bool = False,
    clock: Callable[[], float] = _MONOTONIC,
) -> Generation:
    """The answer in these lines, read until it is done; taking the first one begins the request.

    If the time for it is up before that, what has come of it is the answer: it is cut off, as one
    that grew too long is, and told is how fast it came.  ``one_token``: no more was asked for, so
    no more is waited for.
    """
    text, had_thinking, pieces = "", False, _Pieces(clock)
    try:
        for line in lines:
            value = answer_part(line, model)
            message = value.get("message") or {}
            content = message.get("content")
            text += content if isinstance(content, str) else ""
            had_thinking |= bool(message.get("thinking"))
            pieces.came()
            if one_token and (pieces.count > _MOST_PIECES + 1 or len(text) > _MOST_CHARS):
                return Generation(text, None, None, had_thinking, wrote_on=True)
            if _is_last(value):
                reason, written = value.get("done_reason"), _count(value, "eval_count")
                return Generation(
                    text=text,
                    done_reason=reason if isinstance(reason, str) else None,
                    prompt_tokens=_count(value, "prompt_eval_count"),
                    had_thinking=had_thinking,
                    written_tokens=written,
                    read_s=_seconds(value, "prompt_eval_duration"),
                    write_s=_seconds(value, "eval_duration"),
                    cached_tokens=_count(value, "prompt_eval_cached_count", least=0),
                    load_s=_seconds(value, "load_duration"),
                    wrote_on=one_token and (written or 0) > _MOST_PIECES,
                )
    except OllamaTimeout:
        if not (text.strip() or had_thinking):
            raise
        return Generation(
            text,
            DEADLINE,
            None,
            had_thinking,
            written_tokens=pieces.written,
            read_s=pieces.first_after_s,
            write_s=pieces.write_s,
        )
    raise OllamaUnavailable(Trouble.BROKE_OFF, "the answer ended without a last line")


class _Pieces:
    """When the pieces of an answer came.

    A server sends a token or a few in each, so this tells no more than there was.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began_s = self._first_s = self._last_s = clock()
        self.count = 0

    def came(self) -> None:
        """Another one."""
        self._last_s = self._clock()
        if not self.count:
            self._first_s = self._last_s
        self.count += 1

    @property
    def first_after_s(self) -> float | None:
        """How long the prompt was read, and whatever was done before."""
        return self._first_s - self._began_s if self.count else None

    @property
    def _is_telling(self) -> bool:
        """Whether they came one by one, and not all at once from what a proxy had collected."""
        return self._last_s - self._first_s >= _TELLING_S

    @property
    def written(self) -> int | None:
        """How many came after the first."""
        return self.count - 1 if self._is_telling else None

    @property
    def write_s(self) -> float | None:
        """In which time these came."""
        return self._last_s - self._first_s if self._is_telling else None


def _count(value: Mapping[str, Any], name: str, least: int = 1) -> int | None:
    """A number of tokens; None for anything that can be none."""
    count = value.get(name)
    return count if type(count) is int and least <= count <= _MOST_TOKENS else None


def _seconds(value: Mapping[str, Any], name: str) -> float | None:
    """A time, which servers tell in nanoseconds; None for anything that can be none."""
    nanoseconds = value.get(name)
    if isinstance(nanoseconds, int) and 0 < nanoseconds <= _LONGEST_NS:
        return nanoseconds / 1e9
    return None


def answer_part(line: bytes, model: str) -> Mapping[str, Any]:
    """One line of an answer; raises what an error line means.

    Its ``message`` is an object, or if it is the last line maybe missing.
    """
    value = json_object(line)
    if value.get("error"):
        raise told_failure(error_text(value), model)
    message = value.get("message")
    if isinstance(message, dict) or (message is None and _is_last(value)):
        return value
    if isinstance(value.get("choices"), list):
        told = "it answers in the form of OpenAI's API"
        raise OllamaUnavailable(Trouble.NOT_OLLAMA, told)
    raise OllamaUnavailable(Trouble.NONSENSE, "the server answered with JSON that holds no message")


def _is_last(value: Mapping[str, Any]) -> bool:
    """Whether a line is the last one; some proxies give only the reason of its being so."""
    reason = value.get("done_reason")
    return value.get("done") is True or (
        value.get("done") is None and isinstance(reason, str) and bool(reason)
    )


def model_names(value: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in an answer of /api/tags, as the server spells them."""
    return tuple(name for entry in _models(value) if isinstance(name := entry.get("name"), str))


@dataclass(frozen=True, slots=True)
class InMemory:
    """What /api/ps tells about a model."""

    # It is loaded; a request with another window makes the server load it anew.
    is_loaded: bool = False
    # The window it is loaded with, in tokens; None if the server does not tell, as before 0.10.
    window: int | None = None
    # Other models are loaded, so others ask this server, too.
    has_company: bool = False


def in_memory(value: Mapping[str, Any], model: str) -> InMemory:
    """The same in such an answer."""
    key, window, has_company, is_loaded = model_key(model), None, False, False
    for entry in _models(value):
        names = (name for name in (entry.get("name"), entry.get("model")) if isinstance(name, str))
        if key in map(model_key, names):
            is_loaded, window = True, _count(entry, "context_length")
        else:
            has_company = True
    return InMemory(is_loaded, window, has_company)


def model_facts(value: Mapping[str, Any]) -> ModelFacts:
    """The facts in an answer of /api/show."""
    info, abilities = value.get("model_info"), value.get("capabilities")
    window = None
    if isinstance(info, dict):
        window = _count(info, f"{info.get('general.architecture')}.context_length")
    return ModelFacts(
        window=window if window and window >= _LEAST_WINDOW else None,
        thinks="thinking" in abilities if isinstance(abilities, list) else None,
        chats="completion" in abilities if isinstance(abilities, list) and abilities else None,
    )


def _models(value: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """The entries of a list of models, which is ``null`` on a server without any."""
    models = value.get("models")
    return [m for m in models if isinstance(m, dict)] if isinstance(models, list) else []
