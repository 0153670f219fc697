"""What is accepted as a request, and what the head of an answer says."""

from __future__ import annotations

import pytest

from clankbot.status.request import Reply, Request, is_own, read_request, wanted_form

HOST = b"Host: 127.0.0.1:8787"


def read(*lines: bytes) -> Request | Reply:
    return read_request(b"\r\n".join(lines), "127.0.0.1")


def test_a_request_is_its_path_its_method_and_what_it_accepts() -> None:
    assert read(b"GET /metrics?x=1 HTTP/1.1", HOST, b"Accept:  text/html ") == Request(
        "/metrics", is_head=False, accept="text/html"
    )
    assert read(b"HEAD / HTTP/1.0", HOST) == Request("/", is_head=True, accept="")


@pytest.mark.parametrize(
    ("status", "lines"),
    [
        (400, (b"", HOST)),
        (400, (b"GET /", HOST)),
        (400, (b"GET / HTTP/2.0", HOST)),
        (400, (b"GET http://127.0.0.1/ HTTP/1.1", HOST)),
        (400, (b"GET /\x00 HTTP/1.1", HOST)),
        (400, (b"GET /\xff HTTP/1.1", HOST)),
        (400, (b"GET /" + b"a" * 2001 + b" HTTP/1.1", HOST)),
        (400, (b"\x16\x03\x01\x02\x00\x01\x00", HOST)),
        (400, (b"GET / HTTP/1.1", HOST, b"no colon")),
        (400, (b"GET / HTTP/1.1", HOST, b" folded: line")),
        (400, (b"GET / HTTP/1.1", HOST, b"a\nb: c")),
        (400, (b"GET / HTTP/1.1", HOST, HOST)),
        (405, (b"POST / HTTP/1.1", HOST)),
        (405, (b"DELETE / HTTP/1.1", HOST)),
        (421, (b"GET / HTTP/1.1",)),
        (421, (b"GET / HTTP/1.1", b"Host: evil.example")),
    ],
)
def test_anything_else_is_refused(status: int, lines: tuple[bytes, ...]) -> None:
    refused = read(*lines)
    assert isinstance(refused, Reply)
    assert refused.status == status


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.1:8787", "192.168.1.5:8787", "[::1]:8787", "[fe80::1]"),
        *("localhost:8787", "LOCALHOST", "raspberrypi", "clankbot:8787", "pi.local:8787"),
        *("nas.home.arpa", "host.docker.internal", "pi.local.", "status.example:80"),
    ],
)
def test_a_host_that_nobody_on_the_internet_can_have_is_ours(host: str) -> None:
    assert is_own(host, "status.example")


@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "1.2.3.4.nip.io"),
        *("local.evil.example", "evil.example:8787", "evil example", "[::1", "[evil.example]"),
        *("127.0.0.1@evil.example", "pi.local/evil", "a" * 254),
    ],
)
def test_a_name_that_somebody_may_lead_here_is_not(host: str) -> None:
    assert not is_own(host, "status.example")


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "text"),
        ("*/*", "text"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/json", "json"),
        ("Application/JSON, text/html", "json"),
        ("text/plain;q=1, text/html", "text"),
    ],
)
def test_the_form_is_the_first_that_is_accepted(accept: str, form: str) -> None:
    assert wanted_form(accept) == form


def test_the_head_forbids_all_but_its_own_style() -> None:
    head = Reply(200, b"ab", "text/html", style="sha256-x=").head().decode()
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert head.endswith("\r\n\r\n")
    assert "Content-Length: 2\r\n" in head
    assert "default-src 'none'; base-uri 'none'; form-action 'none'" in head
    assert "frame-ancestors 'none'; style-src 'sha256-x='\r\n" in head
    assert "style-src" not in Reply(200, b"").head().decode()
    assert "Allow: GET, HEAD\r\n" in Reply(405, b"").head().decode()
