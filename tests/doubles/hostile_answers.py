"""Answers that no server should give, each as bytes on a connection: see ``DripServer``.

Some never end; those come in large pieces, so that whoever bounds an answer is done with it soon.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from tests.doubles.drips import Script

_PIECE = b"x" * (1 << 20)
_LINES = b"A: b\r\n" * 100_000
_BOMB = gzip.compress(bytes(64 << 20))


def _head(status: str, *headers: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 " + status.encode("latin-1"), *headers, b"", b""))


def whole(*pieces: bytes) -> Script:
    """The pieces, and then the end of the connection."""
    return lambda: iter(pieces)


def endless(begin: bytes, piece: bytes) -> Script:
    """The beginning, and then the same piece for ever."""

    def script() -> Iterator[bytes]:
        yield begin
        while True:
            yield piece

    return script


def _elsewhere(location: bytes) -> bytes:
    return _head("302 Found", b"Location: " + location)


def _with(*headers: bytes) -> Script:
    return whole(_head("200 OK", *headers, b"Content-Length: 2") + b"{}")


_CHUNKED = b"Transfer-Encoding: chunked"
_PACKED = b"Content-Encoding: gzip"

REDIRECTS: dict[str, Script] = {
    "to no address": whole(_elsewhere(b"http://[::1")),
    "to no port": whole(_elsewhere(b"http://a:99999999999/")),
    "to no text": whole(_elsewhere(b"http://\xff\xfe/")),
    "to no name": whole(_elsewhere(b"http://*\xc3\xbc..x/")),
    "to nothing": whole(_elsewhere(b"")),
    "with a packed body": whole(
        _head("302 Found", b"Location: /x", _PACKED) + gzip.compress(b"<html>")
    ),
    "with a body packed badly": whole(_head("302 Found", b"Location: /x", _PACKED) + b"<html>"),
    "with a packed body of great size": whole(
        _head("307 Temporary Redirect", b"Location: /x", _PACKED) + _BOMB
    ),
    "with an endless body": endless(_elsewhere(b"/x"), _PIECE),
    "with endless chunks": endless(
        _head("308 Permanent Redirect", b"Location: /x", _CHUNKED),
        b"%x\r\n%b\r\n" % (len(_PIECE), _PIECE),
    ),
}

TOO_LONG: dict[str, Script] = {
    "an endless body": endless(_head("200 OK"), _PIECE),
    "a packed body of great size": whole(_head("200 OK", _PACKED) + _BOMB),
    "a body packed twice": whole(_head("200 OK", _PACKED + b", gzip") + gzip.compress(_BOMB)),
    "endless heads that announce another": endless(b"", _head("100 Continue") * 40_000),
    "endless words beside the chunks": endless(
        _head("200 OK", _CHUNKED), (b"1;" + b"e" * 60_000 + b"\r\n{\r\n") * 17
    ),
    "endless headers behind the chunks": endless(
        _head("200 OK", _CHUNKED) + b"1\r\n{\r\n0\r\n", _LINES
    ),
}

NO_ANSWER: dict[str, Script] = {
    "nothing": whole(),
    "another protocol": whole(b"SSH-2.0-OpenSSH_9.6 \x1b[31m\r\n"),
    "HTTP/2": whole(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"),
    "no head": whole(b"{}\n"),
    "a status of no digits": whole(_head("\xb2\xb0\xb0 OK")),
    "a status of five digits": whole(_head("20000 OK")),
    "a status below zero": whole(_head("-200 OK")),
    "an endless status line": endless(b"HTTP/1.1 200 ", _PIECE),
    "an endless header": endless(b"HTTP/1.1 200 OK\r\nA: ", _PIECE),
    "endless headers": endless(b"HTTP/1.1 200 OK\r\n", _LINES),
    "two lengths": _with(b"Content-Length: 7"),
    "a length of 400 digits": whole(_head("200 OK", b"Content-Length: " + b"9" * 400) + b"{}"),
    "a chunk of no size": whole(_head("200 OK", _CHUNKED) + b"zz\r\n{}\r\n"),
    "a chunk of a negative size": whole(_head("200 OK", _CHUNKED) + b"-5\r\n{}\r\n"),
    "a chunk of a size of 5,000 digits": whole(
        _head("200 OK", _CHUNKED) + b"f" * 5000 + b"\r\n{}\r\n"
    ),
    "a body packed badly": whole(_head("200 OK", _PACKED) + b"{}"),
    "a body packed 5,000 times": whole(
        _head("200 OK", b"Content-Encoding: " + b", ".join([b"gzip"] * 5000)) + b"{}"
    ),
}

ODD_BUT_AN_ANSWER: dict[str, Script] = {
    "a length of 5,000 digits": whole(_head("200 OK", b"Content-Length: " + b"9" * 5000) + b"{}"),
    "a cookie of 400 digits": _with(b"Set-Cookie: a=b; Max-Age=" + b"9" * 400),
    "a cookie of nothing": _with(b"Set-Cookie: =;;=;expires=Thu, 99-Jan-" + b"9" * 4500),
    "a character set of nothing": _with(b"Content-Type: text/html; charset*=\xff''%ff;;=;"),
    "headers of nothing": _with(b": x", b"\x00\x01: y", b" folded", b"Server: \x1b[31m\x00"),
}

ALL: dict[str, Script] = {**REDIRECTS, **TOO_LONG, **NO_ANSWER, **ODD_BUT_AN_ANSWER}
