"""What servers, proxies and the network say of an error, against what chat and the operator see.

Each row is played by a real server on loopback, and asked by a real model.  Whatever it says holds
an account, an address and a path; none of them may be seen in chat.
"""

from __future__ import annotations

import json
import logging
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from clankbot.cancel import Cancel
from clankbot.errors import OllamaError, Trouble
from clankbot.ollama.client import OllamaClient
from clankbot.ollama.language_model import LanguageModel
from tests.auth.certificate import self_signed
from tests.doubles.drips import DripServer, drips_header, drips_lines, silent
from tests.doubles.fake_ollama import FakeOllama
from tests.doubles.pages import Page, PageServer
from tests.ollama.assignments import Clock, assignment, line
from tests.waiting import PATIENCE_S

ACCOUNT, ADDRESS, PATH = "quendolin", "10.20.30.40", "/srv/sekrit"
SAID = f"{ACCOUNT} at {ADDRESS} in {PATH}"
SHOWN = json.dumps({"capabilities": ["completion"], "model_info": {}})
LOADED = json.dumps({"models": [{"name": "llama3.1:latest"}]})
SINCE = " (since 00:16 UTC)"


def error(text: str) -> str:
    """An error as Ollama tells it."""
    return json.dumps({"error": f"{text} {SAID}"})


def nested(text: str) -> str:
    """An error of a llama-server, as Ollama passes it on."""
    return json.dumps({"error": json.dumps({"error": {"code": 400, "message": f"{text} {SAID}"}})})


def openai(text: str) -> str:
    """An error in the form of OpenAI's API."""
    return json.dumps({"error": {"message": f"{text} {SAID}", "type": "invalid_request_error"}})


def fastapi(text: str) -> str:
    """An error of a FastAPI program."""
    return json.dumps({"detail": f"{text} {SAID}"})


def page(title: str) -> str:
    """An error page of a proxy."""
    return f"<html><head><title>{title} {SAID}</title></head><body>{title}</body></html>"


def torn(text: str) -> str:
    """An answer that ends with an error."""
    return '{"message": {"content": "hel"}, "done": false}\n' + error(text)


EVENTS = f'data: {{"choices": [{{"delta": {{"content": "{SAID}"}}}}]}}\n\ndata: [DONE]\n'
CHUNK = json.dumps({"object": "chat.completion", "choices": [], "id": SAID})
# Status and body, the kind of trouble, and what the operator's log has to hold besides.
ANSWERS: list[tuple[int, str, Trouble, str]] = [
    (400, error("invalid model name"), Trouble.MODEL_NAME, "answered 400"),
    (400, error("model is required"), Trouble.MODEL_NAME, "answered 400"),
    (400, error('"nomic-embed" does not support chat'), Trouble.CANNOT_CHAT, "nomic"),
    (400, error("this model doesn't support completions"), Trouble.CANNOT_CHAT, "completions"),
    (400, error("missing request body"), Trouble.REFUSED, "missing request body"),
    (
        400,
        error("the input length exceeds the context length"),
        Trouble.PROMPT_TOO_LONG,
        "context length",
    ),
    (
        400,
        nested("request (12030 tokens) exceeds the available context size (8192 tokens)"),
        Trouble.PROMPT_TOO_LONG,
        "12030",
    ),
    (413, page("413 Request Entity Too Large"), Trouble.PROMPT_TOO_LONG, "answered 413"),
    (401, error("unauthorized"), Trouble.NEEDS_KEY, "OLLAMA_API_KEY"),
    (401, page("401 Authorization Required"), Trouble.NEEDS_KEY, "Authorization Required"),
    (403, fastapi("Not authenticated"), Trouble.NEEDS_KEY, "OLLAMA_API_KEY"),
    (403, "", Trouble.FORBIDDEN, "host name"),
    (
        403,
        error("ollama cloud is disabled: remote model is unavailable"),
        Trouble.FORBIDDEN,
        "cloud is disabled",
    ),
    (403, error("this model requires a subscription"), Trouble.FORBIDDEN, "subscription"),
    (404, error("model 'llama3.1' not found"), Trouble.MODEL_MISSING, "answered 404"),
    (
        404,
        error('model "llama3.1" not found, try pulling it first'),
        Trouble.MODEL_MISSING,
        "try pulling",
    ),
    (404, f"404 page not found {SAID}", Trouble.NOT_OLLAMA, "404 page not found"),
    (404, fastapi("Not Found"), Trouble.NOT_OLLAMA, "Not Found"),
    (404, page("Not Found"), Trouble.NOT_OLLAMA, "Not Found"),
    (405, f"405 method not allowed {SAID}", Trouble.NOT_OLLAMA, "405"),
    (302, page("Found"), Trouble.REDIRECTED, "final address"),
    (307, "", Trouble.REDIRECTED, "final address"),
    (408, page("Request Timeout"), Trouble.TOO_SLOW, "408"),
    (
        429,
        error("you have reached your session usage limit, upgrade"),
        Trouble.TOO_MANY_REQUESTS,
        "usage limit",
    ),
    (429, openai("Rate limit reached"), Trouble.TOO_MANY_REQUESTS, "Rate limit"),
    (
        500,
        error("model runner has unexpectedly stopped, this may be due to resource limitations"),
        Trouble.CRASHED,
        "resource limitations",
    ),
    (
        500,
        error("llama-server process has terminated: exit status 2"),
        Trouble.CRASHED,
        "exit status",
    ),
    (500, error('Post "http://127.0.0.1:41231/completion": EOF'), Trouble.CRASHED, "41231"),
    (500, error("CUDA error: device-side assert triggered"), Trouble.CRASHED, "CUDA"),
    (
        500,
        error("model requires more system memory (5.0 GiB) than is available (3.9 GiB)"),
        Trouble.OUT_OF_MEMORY,
        "5.0 GiB",
    ),
    (
        500,
        error("llama runner process has terminated: cudaMalloc failed: out of memory"),
        Trouble.OUT_OF_MEMORY,
        "cudaMalloc",
    ),
    (
        500,
        error("llama runner process has terminated: unable to allocate CUDA0 buffer"),
        Trouble.OUT_OF_MEMORY,
        "CUDA0",
    ),
    (500, error("write blob: no space left on device"), Trouble.DISK_FULL, "no space"),
    (
        500,
        error("timed out waiting for llama-server to start - progress 0.00 - "),
        Trouble.LOADS_TOO_SLOWLY,
        "progress",
    ),
    (
        500,
        error("unable to load model: /root/.ollama/models/blobs/sha256-abc"),
        Trouble.CANNOT_LOAD,
        "sha256-abc",
    ),
    (
        500,
        error("error loading model: unknown model architecture: 'gemma9'"),
        Trouble.CANNOT_LOAD,
        "gemma9",
    ),
    (
        500,
        error('option "temperature" must be of type float32'),
        Trouble.REFUSED,
        "float32",
    ),
    (500, error("something nobody foresaw"), Trouble.SERVER_ERROR, "nobody foresaw"),
    (500, page("Internal Server Error"), Trouble.SERVER_ERROR, "Internal"),
    (501, "", Trouble.SERVER_ERROR, "501"),
    (502, page("502 Bad Gateway"), Trouble.PROXY_FAILS, "Bad Gateway"),
    (504, page("504 Gateway Time-out"), Trouble.PROXY_FAILS, "Time-out"),
    (522, f"error code: 522 {SAID}", Trouble.PROXY_FAILS, "522"),
    (
        503,
        error("server busy, please try again.  maximum pending requests exceeded"),
        Trouble.BUSY,
        "maximum pending",
    ),
    (503, openai("Loading model"), Trouble.BUSY, "Loading model"),
    (200, page("Fritz Box"), Trouble.NOT_OLLAMA, "Fritz Box"),
    (200, EVENTS, Trouble.NOT_OLLAMA, "server-sent events"),
    (200, CHUNK, Trouble.NOT_OLLAMA, "OpenAI"),
    (200, error("Unexpected endpoint or method. (POST /api/chat)"), Trouble.NOT_OLLAMA, "POST"),
    (200, torn("an error was encountered while running"), Trouble.BROKE_OFF, "encountered"),
    (200, torn("signal: killed"), Trouble.CRASHED, "killed"),
    (200, torn("out of memory"), Trouble.OUT_OF_MEMORY, "out of memory"),
    (200, error("the input length exceeds the context length"), Trouble.PROMPT_TOO_LONG, "length"),
    (200, error("model 'llama3.1' not found"), Trouble.MODEL_MISSING, "not found"),
    (200, '{"message": {"content": "half"}, "done": false}', Trouble.BROKE_OFF, "last line"),
    (200, f'{{"said": "{SAID}"}}', Trouble.NONSENSE, "no message"),
    (200, f"hello {SAID}", Trouble.NONSENSE, "other than JSON"),
    (200, "", Trouble.BROKE_OFF, "last line"),
    (200, f'{{"message": {{"content": "{"x" * (1 << 20)}"}}}}', Trouble.ENDLESS, "longer than"),
]


@pytest.mark.parametrize(("status", "body", "trouble", "logged"), ANSWERS)
def test_of_an_answer_only_its_kind_is_told_in_chat(
    status: int, body: str, trouble: Trouble, logged: str, caplog: pytest.LogCaptureFixture
) -> None:
    pages = {"/api/show": Page(SHOWN), "/api/ps": Page(LOADED), "/api/chat": Page(body, status)}
    with PageServer(pages) as server:
        record = told(server.url, trouble, caplog)
    assert logged in record["detail"]
    if status != 302 and (status != 200 or "error" in body):
        assert (PATH in record["detail"]) == (PATH in body)  # the operator's log has it whole


def told(
    url: str,
    trouble: Trouble,
    caplog: pytest.LogCaptureFixture,
    timeout_s: float = PATIENCE_S,
    load_timeout_s: float = PATIENCE_S,
) -> dict[str, str]:
    """The warning's fields after a failure that is this kind of trouble, and so told."""
    caplog.set_level(logging.WARNING)
    clock = Clock()
    client = OllamaClient(url, timeout_s=timeout_s, load_timeout_s=load_timeout_s)
    model = LanguageModel(client, "llama3.1", clock=clock, now_ms=lambda: int(clock.now_s * 1000))
    with pytest.raises(OllamaError) as caught:
        model.write(assignment(line(f"hello {SAID}")), Cancel())
    public = [str(caught.value), str(model.outage("llama3.1")), str(model.obstacle("llama3.1"))]
    assert caught.value.trouble is trouble
    fails = (each for each in caplog.records if each.getMessage() == "generation fails")
    (record,) = (each.__dict__ for each in fails)
    assert record["trouble"] == trouble.code
    assert record["problem"] == public[0]
    for words in public:
        for secret in (ACCOUNT, ADDRESS, PATH, "127.0.0.1", "://", url.rpartition(":")[2]):
            assert secret not in words
        assert words.isprintable()
        assert len(words) < 160
    expected = f"{public[0]}{SINCE}"
    if trouble is Trouble.NOT_REACHABLE:
        expected = "Ollama has not answered since 00:16 UTC (it cannot be reached)"
    assert public[1:] == [expected] * 2
    assert "\n" not in record["detail"]
    return record


# -- the network -----------------------------------------------------------------------------------


@contextmanager
def nobody() -> Iterator[str]:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def no_such_name() -> Iterator[str]:
    """A host that is not known."""
    yield "http://quendolin.invalid:11434"


@contextmanager
def served(script: Callable[[], Iterator[bytes]]) -> Iterator[str]:
    """A server that plays a script."""
    with DripServer(script) as server:
        yield server.url


def leaves() -> Iterator[bytes]:
    """Ends the connection without a word."""
    yield from ()


def breaks_off() -> Iterator[bytes]:
    """Ends it within the answer."""
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"


def is_no_http() -> Iterator[bytes]:
    """Speaks something else."""
    yield f"SSH-2.0-{SAID}\r\n".encode()


@contextmanager
def plain_behind_tls() -> Iterator[str]:
    """``https://`` where plain HTTP is spoken."""
    with PageServer({}) as server:
        yield server.url.replace("http:", "https:")


@pytest.mark.parametrize(
    ("server", "trouble", "logged"),
    [
        (nobody(), Trouble.NOT_REACHABLE, "Connection refused"),
        (no_such_name(), Trouble.NOT_REACHABLE, ""),
        (served(leaves), Trouble.CONNECTION_BROKE, ""),
        (served(breaks_off), Trouble.CONNECTION_BROKE, "too early"),
        (served(is_no_http), Trouble.CONNECTION_BROKE, ""),
        (served(silent), Trouble.TOO_SLOW, "within 0.4 s"),
        (served(drips_header), Trouble.TOO_SLOW, "within 0.4 s"),
        (plain_behind_tls(), Trouble.NO_TLS, "http://"),
    ],
)
def test_of_the_network_only_the_kind_of_trouble_is_told_in_chat(
    server: AbstractContextManager[str],
    trouble: Trouble,
    logged: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with server as url:
        timeout_s = 0.4 if trouble is Trouble.TOO_SLOW else PATIENCE_S
        record = told(url, trouble, caplog, timeout_s)
    assert logged in record["detail"]


def test_a_load_that_takes_too_long_is_told_apart(
    ollama: FakeOllama, caplog: pytest.LogCaptureFixture
) -> None:
    ollama.load_s = 60
    record = told(ollama.url, Trouble.LOADS_TOO_SLOWLY, caplog, load_timeout_s=0.4)
    assert "within 0.4 s" in record["detail"]


def test_a_server_that_is_killed_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    class Killed(PageServer):
        """Ends every connection as a crash does."""

        def finish_request(self, request: object, client_address: object) -> None:
            assert isinstance(request, socket.socket)
            request.recv(1)
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.close()

    with Killed({}) as server:
        told(server.url, Trouble.CONNECTION_BROKE, caplog)


@pytest.mark.parametrize(
    ("host", "hours_left", "issuer", "logged"),
    [
        ("localhost", 1, None, "self-signed certificate"),
        ("localhost", 1, ACCOUNT, "unable to get local issuer certificate"),
        ("localhost", -1, None, "certificate"),
        (f"{ACCOUNT}.example", 1, None, "certificate"),
    ],
)
def test_a_certificate_that_is_refused_is_told_with_the_setting(
    tmp_path: Path,
    host: str,
    hours_left: int,
    issuer: str | None,
    logged: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    context, _ = self_signed(tmp_path, host, hours_left, issuer)
    with DripServer(drips_lines, context) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        record = told(url, Trouble.CERTIFICATE_REFUSED, caplog)
    assert logged in record["detail"]
    assert "OLLAMA_CA_FILE" in record["problem"]
    assert "OLLAMA_CA_FILE" in record["detail"]


@pytest.mark.parametrize(
    ("host", "hours_left", "logged"),
    [("localhost", -1, "expired"), ("quendolin.example", 1, "Hostname mismatch")],
)
def test_trusting_a_certificate_makes_it_neither_younger_nor_anothers(
    tmp_path: Path, host: str, hours_left: int, logged: str
) -> None:
    context, trusted = self_signed(tmp_path, host, hours_left)
    with DripServer(drips_lines, context) as server, pytest.raises(OllamaError) as caught:
        url = server.url.replace("127.0.0.1", "localhost")
        OllamaClient(url, timeout_s=PATIENCE_S, ca_file=str(trusted)).version()
    assert caught.value.trouble is Trouble.CERTIFICATE_REFUSED
    assert logged in caught.value.detail
    assert "localhost" not in caught.value.in_full
