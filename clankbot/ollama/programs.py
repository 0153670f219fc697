"""Which program answers at an address: Ollama, or one of those that are taken for it.

Pure: a table of what each says of itself.  Sources, besides the programs' own documents:
https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/618 (LM Studio: 200 for every path),
https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md (/props, owned_by),
https://github.com/LostRuins/koboldcpp/wiki (/api/extra/version),
https://github.com/vllm-project/vllm/blob/main/docs/serving/openai_compatible_server.md,
https://github.com/oobabooga/text-generation-webui/wiki/12-%E2%80%90-OpenAI-API,
https://docs.openwebui.com/getting-started/api-endpoints (the proxy at /ollama)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ELSEWHERE: Final = "OLLAMA_URL must name an Ollama server, whose port is 11434"


@dataclass(frozen=True, slots=True)
class Program:
    """A program that was recognized; all its texts are ours, and fit for chat."""

    name: str
    remedy: str = _ELSEWHERE
    # Whether Ollama's API works with it as well.
    speaks_ollama: bool = False
    # Whether only its manner is known; an Ollama behind a proxy may look like that.
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """What ``program`` answers to GET ``path``: found in the Server header or in the body."""

    program: Program
    path: str
    pattern: re.Pattern[str]


OLLAMA: Final = Program("Ollama", remedy="", speaks_ollama=True)
_OPEN_WEBUI: Final = Program(
    "Open WebUI",
    "OLLAMA_URL must end in /ollama there, with a key of it in OLLAMA_API_KEY; or name Ollama's own"
    " port, 11434",
)
_LLAMA_CPP: Final = Program("the server of llama.cpp")
_LM_STUDIO: Final = Program("LM Studio")

# In this order; each path is asked once at most.
SIGNS: Final = tuple(
    Sign(program, path, re.compile(pattern, re.IGNORECASE))
    for program, path, pattern in (
        (OLLAMA, "/", r"\nollama is running"),
        (_LM_STUDIO, "/", r"unexpected endpoint or method"),
        (_LLAMA_CPP, "/", r"^llama\.cpp\b"),
        (_OPEN_WEBUI, "/", r"<title>[^<]*open webui"),
        (
            Program("KoboldCpp", speaks_ollama=True),
            "/api/extra/version",
            r'"result"\s*:\s*"koboldcpp"',
        ),
        (Program("vLLM"), "/v1/models", r'"owned_by"\s*:\s*"vllm"'),
        (Program("SGLang"), "/v1/models", r'"owned_by"\s*:\s*"sglang"'),
        (_LLAMA_CPP, "/v1/models", r'"owned_by"\s*:\s*"llamacpp"'),
        (_LLAMA_CPP, "/props", r'"default_generation_settings"'),
        (_OPEN_WEBUI, "/api/config", r'"name"\s*:\s*"[^"]*open webui'),
        (Program("text-generation-webui"), "/v1/internal/model/info", r'"model_name"'),
        (
            Program("a server of OpenAI's API", is_guess=True),
            "/v1/models",
            r'"object"\s*:\s*"(?:list|model)"|"type"\s*:\s*"invalid_request_error"',
        ),
        (
            Program("a web page, as of a router or a proxy,", is_guess=True),
            "/",
            r"<html|<!doctype html",
        ),
    )
)
