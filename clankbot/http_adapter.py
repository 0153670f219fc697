"""How the connections of HTTP requests are opened, and what is taken of that which comes over them.

On the ground floor, for ``http`` alone; with it the only file that imports requests.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final

import requests
import requests.adapters
import requests.structures
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import ProxyManager

# What may come over the connection for one answer: heads that announce another, headers, the body,
# and around each piece of it what says how long it is.  An answer we want has some 200 kB.
_MOST_BYTES: Final = 1 << 22


class TooLong(OSError):
    """More has come over a connection than any answer needs."""


class _BoundedStream(io.RawIOBase):
    """What comes over a connection, up to a limit.

    The library bounds each line of a head, but neither how many heads announce another one nor what
    stands between and behind the pieces of a body.
    """

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self._left = _MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401  (Buffer is new in 3.12)
        count = self._raw.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise TooLong(f"the answer is longer than {_MOST_BYTES} bytes")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedAnswer(http.client.HTTPResponse):
    """Reads an answer, and that of a proxy, from a bounded stream."""

    def __init__(self, sock: socket.socket, method: str | None = None) -> None:
        super().__init__(sock, method=method)
        self.fp = io.BufferedReader(_BoundedStream(self.fp.detach()))


class Adapter(requests.adapters.HTTPAdapter):
    """Opens connections, that to a proxy included, and hands the socket of each to ``adopt``."""

    def __init__(
        self, adopt: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__()
        if tls is not None:
            self.poolmanager.connection_pool_kw["ssl_context"] = tls

        class PlainConnection(HTTPConnection):
            response_class = _BoundedAnswer

            def _new_conn(self) -> socket.socket:
                sock = super()._new_conn()
                adopt(sock)
                return sock

        class TlsConnection(HTTPSConnection):
            response_class = _BoundedAnswer

            def _new_conn(self) -> socket.socket:
                sock = super()._new_conn()
                adopt(sock)
                return sock

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = PlainConnection

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = TlsConnection

        self._pools = {"http": PlainPool, "https": TlsPool}
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **how: object) -> ProxyManager:
        """The way through a proxy, by connections of the same kind."""
        manager: ProxyManager = super().proxy_manager_for(proxy, **how)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def build_response(
        self, req: requests.PreparedRequest, resp: urllib3.BaseHTTPResponse
    ) -> requests.Response:
        """The status, the headers and the body, and nothing that has to be made of them."""
        response = requests.Response()
        response.status_code = resp.status
        response.headers = requests.structures.CaseInsensitiveDict(resp.headers)
        response.raw = resp
        return response
