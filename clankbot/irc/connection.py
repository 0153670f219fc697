"""The client's socket: the only place that has one.  Lines in, lines out; knows nothing of IRC.

``dial`` makes a Connection.  The reader's thread dials, reads and closes; any thread may send.
Every wait is short and bounded, so that the network never keeps a stop request waiting.

A TLS socket is entered by one thread at a time, since OpenSSL rules out reading and writing one
connection at once (https://github.com/openssl/openssl/issues/20446): the socket never blocks, every
call on it is made under one lock, and waiting for the network happens outside that lock.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import queue
import re
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from clankbot.errors import ConnectionLost
from clankbot.irc.framing import LineBuffer

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

_Place = tuple[Any, ...]
"""One answer of getaddrinfo: family, kind, protocol, name, address."""

_STEP_S: Final = 0.1
"""Longest single wait for the network: how soon a stop request is noticed."""

_CONNECT_TIMEOUT_S: Final = 20.0
"""For name resolution, TCP and TLS together."""

_ADDRESS_TIMEOUT_S: Final = 5.0
"""For TCP to one address of several, so that a dead one leaves time for the others."""

_SEND_TIMEOUT_S: Final = 5.0
"""A peer that does not even take one line in this time is as good as gone."""

_FAREWELL_S: Final = 0.15
"""How long closing waits for the peer to close its side."""

_READ_BYTES: Final = 64 * 1024

_LINE_ENDS = re.compile("[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where Twitch chat is."""

    host: str
    port: int
    tls: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def default_tls_context() -> ssl.SSLContext:
    """Verifies the server against the system's authorities, or those that SSL_CERT_FILE names."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Connection:
    """A connected, non-blocking socket that speaks in lines."""

    def __init__(self, sock: socket.socket, clock: Callable[[], float] = time.monotonic) -> None:
        self._socket = sock
        self._clock = clock
        self._buffer = LineBuffer()
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._ended: str | None = None
        """Why nothing can be sent or read any more."""

    def read_lines(self) -> list[str]:
        """The lines that have arrived, waiting a moment for some; none where nothing came.

        Only the reader's thread calls it.  Raises ConnectionLost when the connection has ended.
        """
        data = self._attempt(partial(self._socket.recv, _READ_BYTES), reading=True)
        if data is None:
            return []
        if not data:
            raise self._end("the server closed the connection")
        return self._buffer.feed(data)

    def send_line(self, line: str) -> None:
        """Send one line; CR, LF and NUL in it become blanks, so that it stays one.

        Any thread may call it.  Raises ConnectionLost where the line could not be sent whole.
        """
        unsent = _LINE_ENDS.sub(" ", line).encode("utf-8", "replace") + b"\r\n"
        with self._sending:  # two lines never mix, even where one goes out in parts
            deadline = self._clock() + _SEND_TIMEOUT_S
            while unsent:
                sent = self._attempt(partial(self._socket.send, unsent), reading=False)
                unsent = unsent[sent or 0 :]
                if unsent and self._clock() > deadline:
                    raise self._end("the server takes no more data")

    def close(self) -> None:
        """Say goodbye and close.  Only the reader's thread calls it; later sends find it closed."""
        with self._lock:
            self._end("the connection is closed")
            with contextlib.suppress(OSError, ValueError):  # the peer may be gone already
                self._say_goodbye()
            self._socket.close()

    def _attempt(self, call: Callable[[], Answer], *, reading: bool) -> Answer | None:
        """The answer of a call on the socket, tried again after a wait for what it lacked.

        None where a moment's wait was not enough.
        """
        for is_last in (False, True):
            try:
                with self._lock:
                    if self._ended is not None:
                        raise ConnectionLost(self._ended)
                    return call()
            except ssl.SSLWantReadError:
                reading = True
            except ssl.SSLWantWriteError:
                reading = False
            except BlockingIOError:
                pass
            except OSError as error:
                raise self._end(_reason(error)) from error
            if not is_last:
                with contextlib.suppress(OSError, ValueError):  # closed: the next try tells
                    _wait(self._socket, reading=reading)
        return None

    def _end(self, reason: str) -> ConnectionLost:
        """Nothing goes in or out from now on; the error that says why."""
        if self._ended is None:
            self._ended = reason
        return ConnectionLost(self._ended)

    def _say_goodbye(self) -> None:
        """End our side and wait a moment for the peer's.

        Closing with bytes unread would send a reset, which can overtake our last line.
        """
        deadline = self._clock() + _FAREWELL_S
        if isinstance(self._socket, ssl.SSLSocket):
            with contextlib.suppress(OSError):  # "want read": the peer's answer is not awaited
                self._socket.unwrap()
        self._socket.shutdown(socket.SHUT_WR)
        while (left_s := deadline - self._clock()) > 0:
            if not select.select([self._socket], [], [], left_s)[0]:
                return
            if not self._socket.recv(_READ_BYTES):
                return


class Link:
    """The way out to Twitch chat, whichever connection that is just now.

    The reader attaches each connection once it is signed in and detaches it before the next one
    begins; any thread may send.
    """

    def __init__(self) -> None:
        self._connection: Connection | None = None

    def attach(self, connection: Connection) -> None:
        """From now on lines go to this connection."""
        self._connection = connection

    def detach(self) -> None:
        """From now on there is no way out."""
        self._connection = None

    def send_line(self, line: str) -> bool:
        """Whether the line went out whole; False also where nothing is attached."""
        connection = self._connection
        if connection is None:
            return False
        try:
            connection.send_line(line)
        except ConnectionLost as error:  # the reader finds the same and reports it
            log.debug("line not sent", extra={"reason": str(error)})
            return False
        return True


def dial(
    endpoint: Endpoint,
    *,
    tls_context: ssl.SSLContext | None = None,
    give_up: Callable[[], bool] = lambda: False,
    timeout_s: float = _CONNECT_TIMEOUT_S,
    clock: Callable[[], float] = time.monotonic,
) -> Connection:
    """A connection to ``endpoint``, with TLS verified where it asks for TLS.

    Raises ConnectionLost where none is made within ``timeout_s``, or soon after ``give_up()``.
    """
    attempt = _Attempt(endpoint, clock() + timeout_s, give_up, clock)
    try:
        with contextlib.ExitStack() as unless_connected:
            sock = unless_connected.enter_context(attempt.connect())
            if endpoint.tls:
                sock = attempt.secure(sock, tls_context or default_tls_context())
            unless_connected.pop_all()
            return Connection(sock, clock)
    except OSError as error:
        raise ConnectionLost(f"cannot connect to {endpoint}: {_reason(error)}") from error


class _Attempt:
    """One attempt to connect, all of it within one deadline and given up as soon as asked."""

    def __init__(
        self,
        endpoint: Endpoint,
        deadline: float,
        give_up: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._endpoint = endpoint
        self._deadline = deadline
        self._give_up = give_up
        self._clock = clock

    def connect(self) -> socket.socket:
        """A TCP connection to the first address that answers."""
        failure: OSError = OSError("the name has no address")
        for place in self._addresses():
            try:
                return self._connect_to(place)
            except OSError as error:
                failure = error
        raise failure

    def secure(self, sock: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
        """TLS over ``sock``, which it takes over, with the server's certificate verified."""
        with contextlib.ExitStack() as unless_secured:
            tls = unless_secured.enter_context(
                context.wrap_socket(
                    sock, server_hostname=self._endpoint.host, do_handshake_on_connect=False
                )
            )
            while True:
                try:
                    tls.do_handshake()
                except ssl.SSLWantReadError:
                    self._wait(tls, self._deadline, reading=True)
                except ssl.SSLWantWriteError:
                    self._wait(tls, self._deadline, reading=False)
                else:
                    break
            unless_secured.pop_all()
            return tls

    def _addresses(self) -> list[_Place]:
        """The endpoint's addresses, asked for in a thread: getaddrinfo knows no deadline."""
        answers: queue.Queue[list[_Place] | OSError] = queue.Queue(maxsize=1)

        def resolve() -> None:
            try:
                host, port = self._endpoint.host, self._endpoint.port
                answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:
                answers.put(OSError(_reason(error)))

        threading.Thread(target=resolve, name="irc-resolver", daemon=True).start()
        while True:
            with contextlib.suppress(queue.Empty):
                answer = answers.get(timeout=_STEP_S)
                if isinstance(answer, OSError):
                    raise answer
                return answer
            self._check(self._deadline)

    def _connect_to(self, place: _Place) -> socket.socket:
        family, kind, protocol, _, address = place
        deadline = min(self._deadline, self._clock() + _ADDRESS_TIMEOUT_S)
        with contextlib.ExitStack() as unless_connected:
            sock = unless_connected.enter_context(socket.socket(family, kind, protocol))
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # lines are small and urgent
            while (code := sock.connect_ex(address)) in (errno.EINPROGRESS, errno.EALREADY):
                self._wait(sock, deadline, reading=False)
            if code not in (0, errno.EISCONN):
                raise OSError(code, os.strerror(code))
            unless_connected.pop_all()
            return sock

    def _wait(self, sock: socket.socket, deadline: float, *, reading: bool) -> None:
        self._check(deadline)
        _wait(sock, reading=reading)

    def _check(self, deadline: float) -> None:
        if self._give_up():
            raise ConnectionLost("connecting was called off")
        if self._clock() >= deadline:
            raise TimeoutError("no answer in time")


def _wait(sock: socket.socket, *, reading: bool) -> None:
    """Until ``sock`` can be read, or written, or _STEP_S have passed."""
    socks = [sock]
    select.select(socks if reading else [], [] if reading else socks, [], _STEP_S)


def _reason(error: Exception) -> str:
    """An error of the network in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not accepted: {error.verify_message}"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
