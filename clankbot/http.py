"""The one way to make an HTTP request: within a true deadline, cancellable, bounded in size.

On the ground floor, because two rooms speak HTTP; only here and in ``http_adapter`` is requests
imported.  Of the library only what sends a request and takes an answer apart is used: left to
itself it also reads the body of a redirect, works out where that leads, and keeps cookies, and each
of these can fail.

The timeouts of requests bound the gap between two pieces, never the whole: a server that drips a
byte now and then holds a reader for ever.  So each connection is shut down from outside, which
wakes a blocked read wherever it stands (TLS handshake, headers, body).  Only looking up a host name
and connecting are beyond its reach; connecting has a short timeout of its own.
"""

from __future__ import annotations

import _thread
import contextlib
import enum
import functools
import http.client
import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import requests
import requests.utils

from clankbot.cancel import Cancel
from clankbot.clock import doubt_about_clock
from clankbot.errors import ClankbotError
from clankbot.files import refuse_what_is_none
from clankbot.http_adapter import Adapter, TooLong
from clankbot.text import visible

# For each address of a server; even one on the internet answers within half a second.
_CONNECT_TIMEOUT_S: Final = 3.0
# A thread begins sooner on the busiest machine, and a stop has no more time.
_BEGIN_WITHIN_S: Final = 2.0
# How much longer the timeout of requests is than the deadline, so that the deadline comes first.
_SPARE_S: Final = 5.0
# No answer we want is longer: a thousand tokens of a model are some 150 kB of JSON, a hundred live
# channels some 100 kB.
_MOST_BYTES: Final = 1 << 20
_READ_BYTES: Final = 1 << 16
# Of the system's or a proxy's words about an error.
_CAUSE_CHARS: Final = 200


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
        self._is_over = threading.Event()
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Deadline:
        if not _has_begun(self._watch):  # without it a server could hold us for ever
            raise HttpError(Failure.CONNECTION, "no room for another thread", connected=False)
        for cancel in self._cancels:
            cancel.attach(self._call_off)
        return self

    def __exit__(self, *raised: object) -> None:
        self._is_over.set()
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
        request = requests.Request(
            method,
            url,
            params=list(query),
            data=form,
            json=json,
            headers=all_headers,
            auth=_unchanged if is_signed else None,
        )
        timeout = min(_CONNECT_TIMEOUT_S, 0.9 * self._seconds), self._seconds + _SPARE_S
        try:
            tls = None if ca_file is None else _trusting(ca_file)
            adapter = self._open.enter_context(contextlib.closing(Adapter(self._adopt, tls)))
            prepared = session.prepare_request(request)
            how: dict[str, Any] = dict(
                session.merge_environment_settings(prepared.url, {}, True, ca_file or True, None)
            )
            response = adapter.send(prepared, timeout=timeout, **how)
        except Exception as error:  # whatever a foreign answer makes the library raise
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

    def _watch(self) -> None:
        """Thread body: ends the request when its time is up."""
        is_kept = False
        try:
            is_kept = self._is_over.wait(self._seconds)
        finally:  # for lack of memory, too
            if not is_kept:
                self._finish(Failure.LATE)

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


def _has_begun(body: Callable[[], None]) -> bool:
    """Start a thread; False if the system has no room for it.

    ``Thread.start`` would wait for ever for one that dies of a lack of memory before it has begun.
    """
    begun = threading.Event()

    def begin() -> None:
        begun.set()
        body()

    try:
        _thread.start_new_thread(begin, ())
    except (RuntimeError, MemoryError):
        return False
    return begun.wait(_BEGIN_WITHIN_S)


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
    refuse_what_is_none(Path(ca_file))
    context = ssl.create_default_context(cafile=ca_file)
    context.load_verify_locations(requests.utils.DEFAULT_CA_BUNDLE_PATH)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # Python 3.13 sets it; many a certificate made by hand lacks what it asks for.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


class Response:
    """An answer whose head has arrived.  Its body can be read once, while the deadline is open.

    That of a redirect is taken for empty: nothing in it is wanted, and it may have no end.
    """

    def __init__(self, response: requests.Response, deadline: Deadline) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._raw = response.raw
        self._deadline = deadline

    @property
    def is_redirect(self) -> bool:
        """Whether it only tells where else to ask."""
        return 300 <= self.status < 400

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
        while not self.is_redirect and (piece := self._piece()):
            left -= len(piece)
            if left < 0:
                text = f"the answer is longer than {_MOST_BYTES} bytes"
                raise HttpError(Failure.TOO_LONG, text, connected=True)
            yield piece
        self._deadline.check()  # a body that was cut off may look complete

    def _piece(self) -> bytes:
        """What comes next, unpacked; empty at the end."""
        try:
            piece: bytes = self._raw.read1(_READ_BYTES, decode_content=True)
        except Exception as error:  # whatever a foreign answer makes the library raise
            raise self._deadline.failed(error) from error
        return piece


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication that changes nothing: with none at all, ~/.netrc would be looked into."""
    return request


def _failure(error: Exception) -> Failure:
    links = tuple(_links(error))
    for kind, failure in (
        (ssl.SSLCertVerificationError, Failure.CERTIFICATE),
        (TooLong, Failure.TOO_LONG),
        (requests.exceptions.SSLError, Failure.TLS),
        (requests.exceptions.ProxyError, Failure.PROXY),
        (requests.exceptions.Timeout, Failure.CONNECT_TIMEOUT),
    ):
        if any(isinstance(link, kind) for link in links):
            return failure
    return Failure.CONNECTION


def _cause(error: BaseException) -> str:
    """What the system said at the bottom of an error: ``Connection refused``.

    One line without unseen characters, for a proxy's words may be in it.
    """
    cause = ""
    bottom = error
    for bottom in _links(error):
        if isinstance(bottom, ssl.SSLCertVerificationError):
            # ``Hostname mismatch, certificate is not valid for 'host'`` holds the address.
            told = str(bottom.verify_message).partition(", certificate is not")[0]
            cause = told + doubt_about_clock(bottom.verify_code)
            break
        if isinstance(bottom, OSError) and not isinstance(bottom, requests.RequestException):
            cause = bottom.strerror or str(bottom)
    if not cause and isinstance(bottom, http.client.IncompleteRead):
        cause = "it ended too early"
    words = " ".join(visible(cause).split())[:_CAUSE_CHARS]
    return words or f"no proper answer ({type(bottom).__module__}.{type(bottom).__name__})"


def _links(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, down to the bottom."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
