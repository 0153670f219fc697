"""What a failing answer means: the status and the words of a server, read into a Trouble.

Pure.  What the server said goes into the ``detail`` of an error, cleaned, and nowhere else.
Sources: https://github.com/ollama/ollama/blob/main/server/routes.go, llm/server.go there, and
https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from clankbot.errors import (
    ModelMissing,
    OllamaError,
    OllamaRefused,
    OllamaUnavailable,
    PromptTooLong,
    Trouble,
)
from clankbot.text import visible

# Of a server's text so much is read, and so much is kept.
_READ_CHARS: Final = 4000
_KEPT_CHARS: Final = 300
_REQUEST_TOKENS: Final = re.compile(r"request \((\d{1,8}) tokens\)")

# The first that is found tells the kind: a runner that "has terminated" may say why behind that.
_PHRASES: Final = tuple(
    (trouble, re.compile(pattern, re.IGNORECASE))
    for trouble, pattern in (
        (
            Trouble.PROMPT_TOO_LONG,
            r"exceeds? the (?:available )?context|exceed_context_size|context length"
            r"|prompt (?:is )?too long",
        ),
        (
            Trouble.CANNOT_CHAT,
            r"does(?: not|n't) support (?:chat|completion|generat)|embeddings? only"
            r"|only supports? embedding",
        ),
        (
            Trouble.OUT_OF_MEMORY,
            r"out of (?:\w+ )?memory|\boom\b|more (?:\w+ )?memory|bad_alloc|cudamalloc"
            r"|(?:not enough|insufficient|no) (?:\w+ )?(?:memory|vram)"
            r"|(?:unable to|failed to|cannot|can't|could not) allocate",
        ),
        (Trouble.DISK_FULL, r"no space left|disk (?:is )?full|not enough (?:disk|space)"),
        (Trouble.LOADS_TOO_SLOWLY, r"timed out waiting for|time[d ]?-?out while loading"),
        (
            Trouble.CANNOT_LOAD,
            r"(?:unable|failed|fails) to load|error loading|could not load|cannot load"
            r"|unknown (?:model )?architecture|unsupported (?:model|architecture)"
            r"|invalid (?:file magic|gguf)|newer version of ollama|version of ollama.{0,30}support",
        ),
        (
            Trouble.CRASHED,
            r"unexpectedly stopped|has terminated|no longer running|exit status|signal:|segfault"
            r"|segmentation fault|core dumped|cuda error|rocm error|ggml_assert|\beof\b"
            r"|connection (?:refused|reset)|forcibly closed",
        ),
        (
            Trouble.MODEL_MISSING,
            r"model.{0,200}not found|not found, try pulling|no such model|model.{0,200}does not"
            r" exist|pull model manifest",
        ),
        (Trouble.MODEL_NAME, r"invalid model|model is required|model name"),
        (Trouble.TOO_MANY_REQUESTS, r"usage limit|rate.?limit|too many requests|quota"),
        (
            Trouble.NEEDS_KEY,
            r"unauthori[sz]ed|not authenticated|not signed in|api.?key|invalid token",
        ),
        (Trouble.BUSY, r"server (?:is )?busy|maximum pending|overloaded|queue is full"),
        (Trouble.NOT_OLLAMA, r"unexpected endpoint or method"),
    )
)
_BY_STATUS: Final[Mapping[int, Trouble]] = {
    401: Trouble.NEEDS_KEY,
    402: Trouble.FORBIDDEN,
    403: Trouble.FORBIDDEN,
    404: Trouble.NOT_OLLAMA,
    405: Trouble.NOT_OLLAMA,
    407: Trouble.NEEDS_KEY,
    408: Trouble.TOO_SLOW,
    413: Trouble.PROMPT_TOO_LONG,
    429: Trouble.TOO_MANY_REQUESTS,
    502: Trouble.PROXY_FAILS,
    503: Trouble.BUSY,
    504: Trouble.PROXY_FAILS,
}
# These mean the same whatever is said with them.
_PLAIN: Final = (401, 407, 408, 413, 429)
# From here on they are a proxy's.
# https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
_PROXYS: Final = 520
# How the 500 begins that Ollama gives for an option of the wrong type: no use in trying again.
_OWN_FAULT: Final = 'option "'

_HINTS: Final[Mapping[Trouble, str]] = {
    Trouble.NEEDS_KEY: "check OLLAMA_API_KEY",
    Trouble.FORBIDDEN: "the server does not allow this host name or model",
    Trouble.NOT_OLLAMA: "is there an Ollama server at this address?",
    Trouble.REDIRECTED: "set OLLAMA_URL to the final address",
}

_PAGE: Final = re.compile(rb"\s*(?:<!doctype html|<html|<\?xml|<head|<body)", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
# Server-sent events, as OpenAI's API streams.
# https://html.spec.whatwg.org/multipage/server-sent-events.html
_EVENT: Final = re.compile(rb"(?:data|event|id|retry)?:")

# What may stand in a text of a server, but not in our log.
_SECRETS: Final = re.compile(
    r"(?P<before>://)[^\s/@]+(?=@)"
    r"|(?P<scheme>\b(?:bearer|basic)\s+)[\w.~+/=-]{6,}"
    r"|(?P<name>(?:key|token|password|passwd|secret|authorization)[\"']?\s*[:=]\s*[\"']?)"
    r"(?!bearer|basic)[^\s\"',&;}]+"
    r"|\b(?:sk|gsk|hf|ghp|pk)[-_][\w-]{8,}",
    re.IGNORECASE,
)


def cleaned(text: str) -> str:
    """The beginning of a foreign text for our log: one line, without unseen characters or secrets.

    What looks like a key, a token or a password becomes ``<secret>``.
    """
    line = " ".join(visible(text[:_READ_CHARS]).split())
    line = _SECRETS.sub(
        lambda found: "".join(filter(None, found.groups())) + "<secret>",
        line,
    )
    return line if len(line) <= _KEPT_CHARS else line[:_KEPT_CHARS] + "…"


def status_failure(status: int, body: bytes, model: str | None) -> OllamaError:
    """What an answer with another status than 200 means."""
    said, shown = _words(body)
    detail = f"the server answered {status}" + (f": {shown}" if shown else "")
    trouble = _trouble(status, said, model)
    if hint := _HINTS.get(trouble):
        detail += f" ({hint})"
    is_own_fault = status >= 500 and said.startswith(_OWN_FAULT)
    if trouble is Trouble.PROMPT_TOO_LONG:
        return PromptTooLong(detail, status, _prompt_tokens(said))
    if trouble is Trouble.MODEL_MISSING and model is not None:
        return ModelMissing(model, detail)
    if (status < 500 and status not in (408, 429)) or is_own_fault:
        return OllamaRefused(trouble, detail, status)
    return OllamaUnavailable(trouble, detail)


def _prompt_tokens(said: str) -> int | None:
    """How large the server found the prompt: ``request (12030 tokens) exceeds ...``."""
    match = _REQUEST_TOKENS.search(said)
    return int(match[1]) if match else None


def told_failure(said: str, model: str | None) -> OllamaError:
    """What an error in the place of an answer means, or in the middle of one.

    Before 0.12.6 that was Ollama's way to refuse, too.
    """
    trouble = _phrase(said) or Trouble.BROKE_OFF
    detail = f"the server broke off: {cleaned(said)}"
    if trouble is Trouble.PROMPT_TOO_LONG:
        return PromptTooLong(detail, tokens=_prompt_tokens(said))
    if trouble is Trouble.MODEL_MISSING and model is not None:
        return ModelMissing(model, detail)
    return OllamaUnavailable(trouble, detail)


def foreign_answer(data: bytes) -> OllamaError:
    """What an answer means that is not JSON: who speaks so is hardly Ollama."""
    if _EVENT.match(data):
        told = "it streams server-sent events (data: lines), as OpenAI's API does"
        return OllamaUnavailable(
            Trouble.NOT_OLLAMA, f"{told}: {cleaned(data.decode(errors='replace'))}"
        )
    if _PAGE.match(data):
        title = _words(data)[1]
        told = "it answered with a web page" + (f": {title}" if title else "")
        return OllamaUnavailable(Trouble.NOT_OLLAMA, told)
    return OllamaUnavailable(Trouble.NONSENSE, "the server answered with something other than JSON")


def error_text(value: Mapping[str, Any]) -> str:
    """The error in an answer, as text; empty if there is none.

    Other programs put an object where Ollama puts a string, or use another name.
    """
    for name in ("error", "detail", "message"):
        said = value.get(name)
        if said and not (name == "message" and isinstance(said, dict)):
            return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return ""


def _trouble(status: int, said: str, model: str | None) -> Trouble:
    if 300 <= status < 400:
        return Trouble.REDIRECTED
    if status in _PLAIN:
        return _BY_STATUS[status]
    if status == 404:
        is_model = model is not None and "model" in said.lower()
        return Trouble.MODEL_MISSING if is_model else Trouble.NOT_OLLAMA
    phrase = None if said.startswith(_OWN_FAULT) else _phrase(said)
    if status == 403:  # FastAPI's for a key that is not there
        return Trouble.NEEDS_KEY if phrase is Trouble.NEEDS_KEY else Trouble.FORBIDDEN
    if phrase is not None:
        return phrase
    if status >= _PROXYS:
        return Trouble.PROXY_FAILS
    is_refusal = status < 500 or said.startswith(_OWN_FAULT)
    return _BY_STATUS.get(status, Trouble.REFUSED if is_refusal else Trouble.SERVER_ERROR)


def _phrase(said: str) -> Trouble | None:
    text = said[:_READ_CHARS]
    return next((trouble for trouble, pattern in _PHRASES if pattern.search(text)), None)


def _words(body: bytes) -> tuple[str, str]:
    """What a body says of an error, to be understood, and what of it goes into the log.

    A page's words are not understood: it may be about anything.
    """
    text = body.decode(errors="replace")
    if _PAGE.match(body):
        title = _TITLE.search(text)
        return "", cleaned(title[1]) if title else "a web page"
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        said = text
    else:
        said = error_text(value) if isinstance(value, dict) else text
    return said, cleaned(said)
