"""A server of fixed answers, for programs that are taken for Ollama and for whatever they say."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

_STEP_S = 0.005


@dataclass(frozen=True)
class Page:
    """One answer."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class _Handler(BaseHTTPRequestHandler):
    server: PageServer

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""

    def version_string(self) -> str:
        return self.server.name

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.server.date or super().date_time_string(timestamp)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.server.posted.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        self._answer()

    def _answer(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        pages = self.server.pages
        page = pages.get(self.path) or pages.get("*") or Page("404 page not found", 404)
        body = page.body.encode() if isinstance(page.body, str) else page.body
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class PageServer(ThreadingHTTPServer):
    """Answers each path with its page, ``*`` is for all others; ``name`` is its Server header."""

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        pages: Mapping[str, Page],
        name: str = "",
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.pages = dict(pages)
        self.name = name
        self.date: str | None = None  # its Date header, if it is not to be true
        self.asked: list[str] = []
        self.posted: list[bytes] = []
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        scheme = "http" if tls is None else "https"
        host = "127.0.0.1" if tls is None else "localhost"
        self.url = f"{scheme}://{host}:{self.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(
            target=self.serve_forever, args=(_STEP_S,), name="page-server", daemon=True
        ).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves, or does not trust us, is nothing to report."""
