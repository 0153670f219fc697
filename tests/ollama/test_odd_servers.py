"""Servers as they are: other last lines than Ollama's, packed answers, a refused ``think``."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator

import pytest

from clankbot.cancel import Cancel
from clankbot.errors import OllamaError, OllamaRefused, OllamaUnavailable, Trouble
from clankbot.ollama.client import OllamaClient
from clankbot.ollama.protocol import Generation
from tests.doubles import hostile_answers
from tests.doubles.drips import DripServer, Script, silent
from tests.doubles.fake_ollama import Behaviour, FakeOllama
from tests.doubles.pages import Page, PageServer
from tests.ollama.test_client import OPTIONS, generate


@pytest.mark.parametrize(
    "refusal",
    [
        Behaviour(status=400, error='"llama3.1" does not support thinking'),
        Behaviour(status=400, error="this model has no reasoning to switch off"),
        Behaviour(status=400, error='unknown field "think"'),
        Behaviour(status=400, error="Modell kann nicht denken"),
        Behaviour(
            status=422,
            body='{"detail": [{"type": "extra_forbidden", "loc": ["body", "think"],'
            ' "msg": "Extra inputs are not permitted"}]}',
        ),
        Behaviour(status=422, body=""),
        Behaviour(status=400, body="Bad Request"),
    ],
)
def test_a_refused_think_field_is_left_out_from_then_on(
    ollama: FakeOllama, refusal: Behaviour
) -> None:
    ollama.once(refusal)
    client = OllamaClient(ollama.url)
    generate(client)
    generate(client)
    assert ["think" in asked.body for asked in ollama.asked] == [True, False, False]


def test_the_think_field_stays_if_it_was_not_the_reason(ollama: FakeOllama) -> None:
    for _ in range(2):
        ollama.once(Behaviour(status=400, error="bad request"))
    client = OllamaClient(ollama.url)
    with pytest.raises(OllamaRefused):
        generate(client)
    generate(client)
    assert ["think" in asked.body for asked in ollama.asked] == [True, False, True]


def test_another_model_is_asked_with_the_think_field_all_the_same(ollama: FakeOllama) -> None:
    ollama.models["other:latest"] = 8192
    ollama.once(Behaviour(status=400, error="no thinking"))
    client = OllamaClient(ollama.url)
    generate(client)
    client.generate("other", "be kind", "hello", OPTIONS, Cancel())
    assert ["think" in asked.body for asked in ollama.asked] == [True, False, True]


@pytest.mark.parametrize(
    "last",
    [
        {"message": {"content": "!"}, "done": True, "done_reason": "stop"},
        {"message": {"content": "!"}, "done_reason": "stop"},
        {"message": {"content": "!"}, "done": None, "done_reason": "stop"},
        {"message": {"content": "!"}, "done": True, "done_reason": "stop", "error": None},
    ],
)
@pytest.mark.parametrize("more", ["", "\nnobody reads what comes behind it"])
def test_a_last_line_is_known_in_every_form(
    ollama: FakeOllama, last: dict[str, object], more: str
) -> None:
    first = json.dumps({"message": {"role": "assistant", "content": "hi"}, "done": False})
    ollama.once(Behaviour(body=f"{first}\n{json.dumps(last)}{more}"))
    assert generate(OllamaClient(ollama.url)) == Generation("hi!", "stop", None, False)


@pytest.mark.parametrize(
    "last",
    [
        {"done": True, "done_reason": "stop"},
        {"done_reason": "stop"},
        {"message": None, "done": True, "done_reason": "stop"},
        {"message": {"content": None}, "done": True, "done_reason": "stop"},
        {"message": {"content": None, "thinking": None}, "done_reason": "stop"},
        {"message": {}, "done": True, "done_reason": "stop"},
    ],
)
def test_a_last_line_may_hold_nothing(ollama: FakeOllama, last: dict[str, object]) -> None:
    lines = [
        {"message": {"role": "assistant", "content": None}, "done": False},
        {"message": {"role": "assistant", "content": "hi"}},
        last,
    ]
    ollama.once(Behaviour(body="\n".join(map(json.dumps, lines))))
    assert generate(OllamaClient(ollama.url)) == Generation("hi", "stop", None, False)


def raw_deflate(data: bytes) -> bytes:
    """As some servers understand ``deflate``: without zlib's head."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate)],
)
def test_an_answer_that_is_packed_unasked_is_unpacked(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    lines = b"".join(
        b'{"message": {"content": "%d "}, "done": false}\n' % number for number in range(2000)
    )
    pages = {
        "/api/chat": Page(
            pack(lines + b'{"done": true, "done_reason": "stop"}\n'),
            headers={"Content-Encoding": encoding},
        ),
        "/api/version": Page(
            pack(b'{"version": "0.9"}'), headers={"Content-Encoding": encoding.upper()}
        ),
        "/api/show": Page(
            pack(b'{"error": "out of memory"}'), 500, headers={"Content-Encoding": encoding}
        ),
    }
    with PageServer(pages) as server:
        client = OllamaClient(server.url)
        assert client.version() == "0.9"
        assert generate(client).text == "".join(f"{number} " for number in range(2000))
        with pytest.raises(OllamaUnavailable) as error:
            client.facts("m")
        assert error.value.trouble is Trouble.OUT_OF_MEMORY


def test_packed_lines_are_read_as_they_come_even_byte_by_byte() -> None:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    line = b'{"message": {"content": "drip "}, "done": false}\n'
    packed = packer.compress(line) + packer.flush(zlib.Z_SYNC_FLUSH)

    def drips_gzip() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        for byte in packed:
            yield b"1\r\n%c\r\n" % byte
        yield from silent()

    with DripServer(drips_gzip) as server:
        client = OllamaClient(server.url, timeout_s=2)
        assert generate(client).text == "drip "


@pytest.mark.parametrize("script", hostile_answers.ALL.values(), ids=hostile_answers.ALL)
def test_whatever_is_no_answer_of_ollama_is_a_failing_server(script: Script) -> None:
    with DripServer(script) as server:
        client = OllamaClient(server.url)
        with pytest.raises(OllamaError) as failed:
            generate(client)
        with pytest.raises(OllamaError):
            client.version()
    assert failed.value.in_full.isprintable()


def test_what_is_packed_badly_is_a_failing_server() -> None:
    page = Page(b"no gzip at all", headers={"Content-Encoding": "gzip"})
    with PageServer({"*": page}) as server, pytest.raises(OllamaUnavailable):
        generate(OllamaClient(server.url))
