"""What a model answers comes in pieces of any size; its text must not depend on them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from random import Random

import pytest

from clankbot.ollama.client import OllamaClient
from tests.ollama.answers import answers
from tests.ollama.test_client import generate

Split = Callable[[bytes], Iterator[bytes]]


def byte_by_byte(data: bytes) -> Iterator[bytes]:
    """Pieces of one byte."""
    return (data[at : at + 1] for at in range(len(data)))


def at_random(data: bytes) -> Iterator[bytes]:
    """Pieces of 1 to 40 bytes, which end in mid-character and in mid-line."""
    random = Random(len(data))
    at = 0
    while at < len(data):
        size = random.randint(1, 40)
        yield data[at : at + size]
        at += size


def as_generated(raw: str) -> bytes:
    """A streamed answer: lines of JSON with some characters each, then the one that ends it."""
    random = Random(raw)
    lines = []
    at = 0
    while at < len(raw):
        size = random.randint(1, 60)
        lines.append({"message": {"content": raw[at : at + size]}, "done": False})
        at += size
    lines.append({"message": {"content": ""}, "done": True, "done_reason": "stop"})
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


@contextmanager
def answering(raws: Iterator[str], split: Split) -> Iterator[str]:
    """The address of a server that gives one answer after the other, in chunks as split."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            pieces = split(as_generated(next(raws)))
            chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
            self.wfile.write(chunks + b"0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            """Requests are not of interest."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="answering")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("split", "one_in"), [(byte_by_byte, 8), (at_random, 2)])
def test_every_answer_is_the_same_in_whatever_pieces_it_comes(split: Split, one_in: int) -> None:
    raws = [answer.raw for answer in answers()][::one_in]
    with answering(iter(raws), split) as url:
        client = OllamaClient(url)
        for raw in raws:
            assert generate(client).text == raw
