"""Requests to the status page, read strictly, and the heads of answers.  Pure.

Only what is needed of HTTP is understood: GET and HEAD, one request a connection.
Source: https://www.rfc-editor.org/rfc/rfc9112 (3 and 5)
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_REQUEST_LINE: Final = re.compile(rb"([A-Z]{1,20}) (/[!-~]{0,2000}) HTTP/1\.[01]")
_FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*([\t -~\x80-\xff]*)")
_HOST: Final = re.compile(r"\[([0-9a-f:.]{2,45})\](?::\d{1,5})?|([a-z0-9._-]{1,253})(?::\d{1,5})?")
# Names that no server on the internet can have, so that no page from there comes with them.
# https://www.rfc-editor.org/rfc/rfc6761 rfc6762 rfc8375, and ICANN's resolution on ``.internal``
_PRIVATE_NAMES: Final = (".localhost", ".local", ".home.arpa", ".internal")

_STATUS: Final[Mapping[int, str]] = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    421: "Misdirected Request",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}
# Nothing is loaded from anywhere, run, framed or kept.
_HEADERS: Final = (
    "Connection: close",
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: no-referrer",
    "Cross-Origin-Resource-Policy: same-origin",
)
_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; ``style`` is the hash of the one style sheet that its page brings along."""

    status: int
    body: bytes
    kind: str = "text/plain; charset=utf-8"
    style: str | None = None

    def head(self) -> bytes:
        """Its head, as it goes over the wire."""
        policy = _POLICY if self.style is None else f"{_POLICY}; style-src '{self.style}'"
        allow = ["Allow: GET, HEAD"] if self.status == 405 else []
        lines = (
            f"HTTP/1.1 {self.status} {_STATUS[self.status]}",
            f"Content-Type: {self.kind}",
            f"Content-Length: {len(self.body)}",
            f"Content-Security-Policy: {policy}",
            *allow,
            *_HEADERS,
        )
        return "\r\n".join((*lines, "", "")).encode("ascii")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for."""

    path: str
    is_head: bool
    accept: str


def refusal(status: int, sentence: str) -> Reply:
    """An answer that tells what was wrong."""
    return Reply(status, f"{sentence}\n".encode())


def read_request(head: bytes, own_host: str) -> Request | Reply:
    """The request in a head, which ends before the empty line; or why it is refused.

    ``own_host`` is what the page listens on: a name there is accepted in requests, too.
    """
    line, *rest = head.split(b"\r\n")
    asked = _REQUEST_LINE.fullmatch(line)
    if asked is None:
        return refusal(400, "this is no request of HTTP/1.1")
    fields: dict[bytes, str] = {}
    for each in rest:
        field = _FIELD.fullmatch(each)
        if field is None:
            return refusal(400, "a header field is malformed")
        name = field[1].lower()
        if name in fields and name == b"host":
            return refusal(400, "there are two Host fields")
        fields[name] = field[2].decode("latin-1").strip()
    if asked[1] not in (b"GET", b"HEAD"):
        return refusal(405, "only GET and HEAD are answered")
    if not is_own(fields.get(b"host", ""), own_host):
        return refusal(
            421, "ask by IP address, localhost, or the name in STATUS_LISTEN: not by this Host"
        )
    path = asked[2].decode("ascii").partition("?")[0]
    return Request(path, asked[1] == b"HEAD", fields.get(b"accept", ""))


def is_own(host: str, own_host: str) -> bool:
    """Whether a Host field may be meant for this page.

    A web page elsewhere can have its own name lead to this machine (DNS rebinding) and read the
    answer; then its name is here.  It cannot have an address for a name, nor one that the internet
    does not know: a word without a dot, or ``name.local``.
    """
    found = _HOST.fullmatch(host.lower().rstrip("."))
    if found is None:
        return False
    name = (found[1] or found[2]).rstrip(".")
    if name == own_host.lower() or "." not in name:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.endswith(_PRIVATE_NAMES)
    return True


def wanted_form(accept: str) -> str:
    """``html``, ``json`` or ``text``, whichever the Accept field names first; curl names none."""
    for part in accept.lower().split(","):
        kind = part.partition(";")[0].strip()
        if kind in ("text/html", "application/xhtml+xml"):
            return "html"
        if kind == "application/json":
            return "json"
        if kind == "text/plain":
            return "text"
    return "text"
