"""A true end for one HTTP request: when its time is up, or when its caller has had enough.

On the ground floor, because two rooms speak HTTP; the one file there that imports requests.

The timeouts of requests bound the gap between two pieces, never the whole: a server that drips a
byte now and then holds a reader for ever.  So each connection is shut down from outside, which
wakes a blocked read wherever it stands (TLS handshake, headers, body).  Only looking up a host name
and connecting are beyond its reach; connecting has a short timeout of its own.
"""

from __future__ import annotations

import contextlib
import enum
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final

import requests
import requests.adapters
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import ProxyManager

from clankbot.cancel import Cancel
from clankbot.errors import Cancelled, ClankbotError

_CONNECT_TIMEOUT_S: Final = 3.0
"""For each address of a server; even one on the internet answers within half a second."""
_SPARE_S: Final = 5.0
"""By so much the timeout of requests is longer than the deadline, which so always comes first."""


class _End(enum.Enum):
    """Why requests were ended."""

    LATE = enum.auto()
    CALLED_OFF = enum.auto()


class Deadline:
    """Bounds the requests made inside its ``with`` block, by time and by any number of cancels.

    ``late`` makes the error to raise when its time is up, from the words for it.
    """

    def __init__(
        self, seconds: float, *cancels: Cancel, late: Callable[[str], ClankbotError]
    ) -> None:
        self._seconds = seconds
        self._late = late
        self._cancels = cancels
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._end: _End | None = None
        self.connected = False
        """Whether any connection came about."""

    def __enter__(self) -> Deadline:
        self._timer = threading.Timer(self._seconds, self._expire)
        self._timer.name = "deadline"
        self._timer.daemon = True
        self._timer.start()
        for cancel in self._cancels:
            cancel.attach(self._call_off)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        for cancel in self._cancels:
            cancel.detach(self._call_off)
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()

    @property
    def timeouts(self) -> tuple[float, float]:
        """The timeouts to give to requests: for connecting, and between two pieces."""
        return min(_CONNECT_TIMEOUT_S, 0.9 * self._seconds), self._seconds + _SPARE_S

    def adopt(self, sock: socket.socket) -> None:
        """Take a connection into custody; it is shut down at once when the end is already past.

        Keeps a duplicate of the descriptor: TLS takes the original over, and a number that was
        closed may soon belong to another connection.
        """
        with self._lock:
            self.connected = True
            self._sockets.append(sock.dup())
            if self._end is not None:
                self._shut_down()

    def check(self) -> None:
        """Raise ``late`` or Cancelled when that is why the connection ended; else nothing."""
        if self._end is _End.CALLED_OFF:
            raise Cancelled("the generation was called off")
        if self._end is _End.LATE:
            raise self._late(f"no complete answer within {self._seconds:g} s")

    def _expire(self) -> None:
        self._finish(_End.LATE)

    def _call_off(self) -> None:
        self._finish(_End.CALLED_OFF)

    def _finish(self, end: _End) -> None:
        with self._lock:
            self._end = self._end or end
            self._shut_down()

    def _shut_down(self) -> None:
        for sock in self._sockets:
            with contextlib.suppress(OSError):  # the other side was first
                sock.shutdown(socket.SHUT_RDWR)


def session_within(deadline: Deadline) -> requests.Session:
    """A session whose every connection is in the deadline's custody, that to a proxy included.

    Deaf to the environment: a proxy would catch a server on the local network, and ~/.netrc would
    replace a key.
    """
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", _Adapter(deadline))
    session.mount("https://", _Adapter(deadline))
    return session


class _Adapter(requests.adapters.HTTPAdapter):
    """A transport that opens its connections itself and reports each to the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__()

        class PlainConnection(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                sock = super()._new_conn()
                deadline.adopt(sock)
                return sock

        class TlsConnection(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                sock = super()._new_conn()
                deadline.adopt(sock)
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
