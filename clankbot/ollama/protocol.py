"""What an Ollama server says, read into values: answers, models, and the reasons of a refusal.

Pure: bytes and JSON in, values or typed errors out.  Other programs that speak Ollama's API, and
proxies before it, answer in other shapes; whatever does not fit is an OllamaUnavailable.
Source: https://github.com/ollama/ollama/blob/main/docs/api.md, and its server/routes.go
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clankbot.errors import (
    ModelMissing,
    OllamaError,
    OllamaRefused,
    OllamaUnavailable,
    PromptTooLong,
)

_TOO_LONG = re.compile(r"exceeds? the (?:available )?context|exceed_context_size|context length")
# How the 500 begins that Ollama gives for an option of the wrong type: no use in trying again.
_OWN_FAULT: Final = 'option "'
_SHOWN_CHARS: Final = 200
_HINTS = {
    401: "check OLLAMA_API_KEY",
    403: "the server does not allow this host name or model",
    404: "is there an Ollama server at this address?",
}


class ThinkRefused(OllamaRefused):
    """The server knows the model but not the ``think`` field: ask again without it."""


@dataclass(frozen=True, slots=True)
class Generation:
    """What a model wrote."""

    text: str
    # ``stop``, ``length``, or None: unknown, or we had enough and left.
    done_reason: str | None
    # What the server counted, after cutting; None if we left before it said so.
    prompt_tokens: int | None
    had_thinking: bool

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
        raise OllamaUnavailable("the server answered with something other than JSON") from error
    if not isinstance(value, dict):
        raise OllamaUnavailable("the server answered with JSON that is no object")
    return value


def read_generation(
    lines: Iterable[bytes], model: str, enough: Callable[[str], bool] | None = None
) -> Generation:
    """The answer in these lines, read until it is done or ``enough`` of the text is true."""
    text, had_thinking = "", False
    for line in lines:
        value = answer_part(line, model)
        content = value["message"].get("content")
        piece = content if isinstance(content, str) else ""
        text += piece
        had_thinking |= bool(value["message"].get("thinking"))
        if value.get("done") is True:
            reason, tokens = value.get("done_reason"), value.get("prompt_eval_count")
            return Generation(
                text=text,
                done_reason=reason if isinstance(reason, str) else None,
                prompt_tokens=tokens if isinstance(tokens, int) else None,
                had_thinking=had_thinking,
            )
        if enough and piece and enough(text):
            return Generation(text, None, None, had_thinking)
    raise OllamaUnavailable("the answer broke off before its end")


def answer_part(line: bytes, model: str) -> Mapping[str, Any]:
    """One line of an answer, with a ``message``; raises what an error line means."""
    value = json_object(line)
    if "error" in value:
        text = _error_text(value)  # before 0.12.6 that of a refusal, too
        if _TOO_LONG.search(text):
            raise PromptTooLong(f"the prompt is too long for {model}", 400)
        raise OllamaUnavailable(f"the server broke off: {_short(text)}")
    if not isinstance(value.get("message"), dict):
        raise OllamaUnavailable("the server answered with JSON that holds no message")
    return value


def status_failure(status: int, body: bytes, model: str | None) -> OllamaError:
    """What an answer with another status than 200 means."""
    text = _body_error(body)
    if status == 400 and _TOO_LONG.search(text):
        return PromptTooLong(f"the prompt is too long for {model}", status)
    if status == 400 and "does not support thinking" in text:
        return ThinkRefused(_short(text), status)
    if status == 404 and model is not None and "model" in text:
        return ModelMissing(model)
    if 300 <= status < 400:
        return OllamaRefused(
            "the server redirects elsewhere; set OLLAMA_URL to the final address", status
        )
    said = f"the server answered {status}" + (f": {_short(text)}" if text else "")
    if status == 429 or (status >= 500 and not text.startswith(_OWN_FAULT)):
        return OllamaUnavailable(said)
    hint = _HINTS.get(status)
    return OllamaRefused(f"{said} ({hint})" if hint else said, status)


def model_names(value: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in an answer of /api/tags, as the server spells them."""
    return tuple(name for entry in _models(value) if isinstance(name := entry.get("name"), str))


def loaded_with(value: Mapping[str, Any], model: str, num_ctx: int) -> bool:
    """Whether an answer of /api/ps lists the model with this window.

    Loaded with another window it would be loaded anew.  Servers before 0.10 do not tell the window.
    """
    return any(
        model_key(model) in (model_key(str(entry.get("name"))), model_key(str(entry.get("model"))))
        and entry.get("context_length") in (None, 0, num_ctx)
        for entry in _models(value)
    )


def model_facts(value: Mapping[str, Any]) -> ModelFacts:
    """The facts in an answer of /api/show."""
    info, abilities = value.get("model_info"), value.get("capabilities")
    window = None
    if isinstance(info, dict):
        window = info.get(f"{info.get('general.architecture')}.context_length")
    return ModelFacts(
        window=window if isinstance(window, int) and window > 0 else None,
        thinks="thinking" in abilities if isinstance(abilities, list) else None,
    )


def _models(value: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """The entries of a list of models, which is ``null`` on a server without any."""
    models = value.get("models")
    return [m for m in models if isinstance(m, dict)] if isinstance(models, list) else []


def _body_error(body: bytes) -> str:
    """The text of the error in a body, or an empty string for HTML and other foreign bodies."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return _error_text(value) if isinstance(value, dict) else ""


def _error_text(value: Mapping[str, Any]) -> str:
    """The error as text; a proxy may put an object where Ollama puts a string."""
    error = value.get("error", "")
    return error if isinstance(error, str) else json.dumps(error)


def _short(text: str) -> str:
    """The beginning of a foreign text, on one line, fit for a sentence of ours."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARS else line[:_SHOWN_CHARS] + "…"
