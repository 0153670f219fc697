"""The one way to make an HTTP request: within a true deadline, cancellable, bounded in size.

On the ground floor, because two rooms speak HTTP; the only file that imports requests.

The timeouts of requests bound the gap between two pieces, never the whole: a server that drips a
byte now and then holds a reader for ever.  So each connection is shut down from outside, which
wakes a blocked read wherever it stands (TLS handshake, headers, body).  Only looking up a host name
and connecting are beyond its reach; connecting has a short timeout of its own.
"""

from __future__ import annotations

import contextlib
import enum
import functools
import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import requests
import requests.adapters
import requests.utils
import urllib3.exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import ProxyManager

from clankbot.cancel import Cancel
from clankbot.errors import ClankbotError

# For each address of a server; even one on the internet answers within half a second.
_CONNECT_TIMEOUT_S: Final = 3.0
# How much longer the timeout of requests is than the deadline, so that the deadline comes first.
_SPARE_S: Final = 5.0
# No answer we want is longer: a thousand tokens of a model are some 150 kB of JSON, a hundred live
# channels some 100 kB.
_MOST_BYTES: Final = 1 << 20
_READ_BYTES: Final = 1 << 16


class Failure(enum.Enum):
    """Why a request got no complete answer."""

    LATE = enum.auto()
    CANCELLED = enum.auto()
    CONNECT_TIMEOUT = enum.auto()
    TLS = enum.auto()
    # The other side's is not trusted, or is for another name or time.
    CERTIFICATE = enum.auto()
    PROXY = enum.auto()
    # Anything else that went wrong below HTTP.
    CONNECTION = enum.auto()
    TOO_LONG = enum.auto()


class HttpError(ClankbotError):
    """A request got no complete answer; each room translates it into an error of its own.

    Its text holds no address.  ``connected``: whether any connection was made.
    """

    def __init__(self, failure: Failure, text: str, *, connected: bool) -> None:
        super().__init__(text)
        self.failure = failure
        self.connected = connected


class Deadline:
    """Bounds the requests sent inside its ``with`` block, by time and by any number of cancels.

    Every connection is closed when the block ends.  The methods raise HttpError.
    """

    def __init__(self, seconds: float, *cancels: Cancel) -> None:
        self._seconds = seconds
        self._cancels = cancels
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._end: Failure | None = None
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Deadline:
        self._timer = threading.Timer(self._seconds, self._finish, [Failure.LATE])
        self._timer.name = "deadline"
        self._timer.daemon = True
        self._timer.start()
        for cancel in self._cancels:
            cancel.attach(self._call_off)
        return self

    def __exit__(self, *raised: object) -> None:
        self._timer.cancel()
        for cancel in self._cancels:
            cancel.detach(self._call_off)
        self._open.close()
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Sequence[tuple[str, str]] = (),
        form: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        ca_file: str | None = None,
        obeys_environment: bool = False,
    ) -> Response:
        """Send one request, in a connection of its own, and wait for the head of the answer.

        Never sends twice by itself, and follows no redirect.  A user name and password in the URL
        are sent unless ``headers`` has an Authorization.  ``obeys_environment``: proxy and CA
        certificates are taken from the environment; else not, since a proxy would also be asked for
        servers on the local network.  ~/.netrc is never read: it would replace an Authorization.
        The certificates in ``ca_file`` are trusted besides the usual ones: see
        ``certificates_problem``.
        """
        self.check()
        all_headers = {"Accept-Encoding": "identity", **(headers or {})}
        is_signed = obeys_environment or "Authorization" in all_headers
        session = self._open.enter_context(requests.Session())
        session.trust_env = obeys_environment
        session.mount("http://", _Adapter(self._adopt))
        try:
            tls = None if ca_file is None else _trusting(ca_file)
            session.mount("https://", _Adapter(self._adopt, tls))
            response = session.request(
                method,
                url,
                params=list(query),
                data=form,
                json=json,
                headers=all_headers,
                auth=_unchanged if is_signed else None,
                verify=ca_file or True,
                timeout=(min(_CONNECT_TIMEOUT_S, 0.9 * self._seconds), self._seconds + _SPARE_S),
                allow_redirects=False,
                stream=True,
            )
        except (OSError, urllib3.exceptions.HTTPError) as error:  # requests' own are OSErrors
            raise self.failed(error) from error
        self._open.enter_context(response)
        self.check()  # a head that was cut off looks complete
        return Response(response, self)

    def check(self) -> None:
        """Raise HttpError if the time is up or the work was cancelled."""
        if self._end is not None:
            late = f"no complete answer within {self._seconds:g} s"
            text = late if self._end is Failure.LATE else "called off"
            raise HttpError(self._end, text, connected=bool(self._sockets))

    def failed(self, error: Exception) -> HttpError:
        """What an exception of the library means; raises if we ended the request ourselves."""
        self.check()
        return HttpError(_failure(error), _cause(error), connected=bool(self._sockets))

    def _adopt(self, sock: socket.socket) -> None:
        """Remember a connection, to shut it down at the end; at once if the end has come already.

        Keeps a duplicate of the descriptor: TLS takes over the original, and a descriptor that was
        closed may soon belong to another connection.
        """
        with self._lock:
            self._sockets.append(sock.dup())
            if self._end is not None:
                self._shut_down()

    def _call_off(self) -> None:
        self._finish(Failure.CANCELLED)

    def _finish(self, end: Failure) -> None:
        with self._lock:
            self._end = self._end or end
            self._shut_down()

    def _shut_down(self) -> None:
        for sock in self._sockets:
            with contextlib.suppress(OSError):  # the other side was first
                sock.shutdown(socket.SHUT_RDWR)


def certificates_problem(path: str) -> str | None:
    """What is wrong with a file of certificates to trust; None if it can be used."""
    try:
        _trusting(path)
    except (OSError, ValueError) as error:
        return _cause(error)
    return None


@functools.lru_cache(maxsize=4)
def _trusting(ca_file: str) -> ssl.SSLContext:
    """Checks servers with these certificates and the usual ones; read once, for that takes long.

    A certificate that a server made for itself may be in the file, or that of an authority, or
    only that which an authority nobody knows has given to the server.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.load_verify_locations(requests.utils.DEFAULT_CA_BUNDLE_PATH)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # Python 3.13 sets it; many a certificate made by hand lacks what it asks for.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


class Response:
    """An answer whose head has arrived.  Its body can be read once, while the deadline is open."""

    def __init__(self, response: requests.Response, deadline: Deadline) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._raw = response.raw
        self._deadline = deadline

    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self._pieces())

    def lines(self) -> Iterator[bytes]:
        """The lines of the body that are not blank, each as soon as it is complete."""
        line = bytearray()
        for piece in itertools.chain(self._pieces(), [b"\n"]):
            *ends, rest = piece.split(b"\n")
            for end in ends:
                if whole := bytes(line + end).strip():
                    yield whole
                line.clear()
            line += rest

    def _pieces(self) -> Iterator[bytes]:
        left = _MOST_BYTES
        try:
            while piece := self._raw.read1(_READ_BYTES, decode_content=True):
                left -= len(piece)
                if left < 0:
                    text = f"the answer is longer than {_MOST_BYTES} bytes"
                    raise HttpError(Failure.TOO_LONG, text, connected=True)
                yield piece
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise self._deadline.failed(error) from error
        self._deadline.check()  # so does a body that ends with its connection


class _Adapter(requests.adapters.HTTPAdapter):
    """Opens connections, that to a proxy included, and hands the socket of each to ``adopt``."""

    def __init__(
        self, adopt: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__()
        if tls is not None:
            self.poolmanager.connection_pool_kw["ssl_context"] = tls

        class PlainConnection(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                sock = super()._new_conn()
                adopt(sock)
                return sock

        class TlsConnection(HTTPSConnection):
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


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication that changes nothing: with none at all, ~/.netrc would be looked into."""
    return request


def _failure(error: Exception) -> Failure:
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in _links(error)):
        return Failure.CERTIFICATE
    for kind, failure in (
        (requests.exceptions.SSLError, Failure.TLS),
        (requests.exceptions.ProxyError, Failure.PROXY),
        (requests.exceptions.Timeout, Failure.CONNECT_TIMEOUT),
    ):
        if isinstance(error, kind):
            return failure
    return Failure.CONNECTION


def _cause(error: BaseException) -> str:
    """What the system said at the bottom of an error: ``Connection refused``."""
    cause = "it ended too early"
    for link in _links(error):
        if isinstance(link, ssl.SSLCertVerificationError):
            # ``Hostname mismatch, certificate is not valid for 'host'`` holds the address.
            return str(link.verify_message).partition(", certificate is not")[0]
        if isinstance(link, OSError) and not isinstance(link, requests.RequestException):
            cause = link.strerror or str(link)
    return cause


def _links(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, down to the bottom."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
