"""The client's socket: the only place that has one.  Lines in, lines out; knows nothing of IRC.

``dial`` makes a Connection.  The reader's thread dials, reads and closes; any thread may send.
Every wait is short and bounded, so that the network never keeps a stop request waiting for long.

A TLS socket is entered by one thread at a time, since OpenSSL rules out reading and writing one
connection at once (https://github.com/openssl/openssl/issues/20446): the socket never blocks, every
call on it is made under one lock, and waiting for the network happens outside that lock.
"""

from __future__ import annotations

import contextlib
import logging
import re
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from clankbot.clock import doubt_about_clock
from clankbot.errors import ConnectionLost

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# For TCP to one address of the server, and again for the TLS handshake.  A stop has five seconds.
_DIAL_TIMEOUT_S: Final = 4.0

# Longest single wait for data.  A stop ends it, except while signing in.
_STEP_S: Final = 0.5

# A peer that does not take even one line in this time is given up.
_SEND_TIMEOUT_S: Final = 5.0

# How long chat is read on after a line could not be sent: what has arrived, not what never ends.
_LAST_WORDS_S: Final = 1.0

# How long closing waits for the peer to close its side.
_FAREWELL_S: Final = 0.15

_READ_BYTES: Final = 64 * 1024

# Twitch's longest lines, tags included, have a few KB; this bounds what a broken peer can make us
# hold.
_MAX_LINE_BYTES: Final = 64 * 1024

_LINE_ENDS = re.compile("[\r\n\0]")


def default_tls_context() -> ssl.SSLContext:
    """Verifies the server against the system's authorities, or those that SSL_CERT_FILE names."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def dial(
    host: str,
    port: int,
    *,
    tls: bool,
    tls_context: ssl.SSLContext | None = None,
    timeout_s: float = _DIAL_TIMEOUT_S,
) -> Connection:
    """A connection to a server, whose certificate is verified if it is over ``tls``.

    ``timeout_s`` is for each address of the host, and again for the TLS handshake; only looking up
    the name has no limit of ours.  Raises ConnectionLost if no connection is made.
    """
    try:
        sock = socket.create_connection((host, port), timeout_s)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # lines are small and urgent
            if tls:
                context = tls_context or default_tls_context()
                sock = context.wrap_socket(sock, server_hostname=host)
            return Connection(sock)
        except BaseException:
            sock.close()
            raise
    except (OSError, UnicodeError) as error:  # UnicodeError: the name cannot be one
        raise ConnectionLost(f"cannot connect to {host}:{port}: {_reason(error)}") from error


class LineBuffer:
    """Cuts a byte stream, which may come in any pieces, into text lines.  Pure.

    Lines end at ``\\n``, one ``\\r`` before it comes off, and empty ones are left out.  Decoding
    comes after cutting, so a character split between two pieces is whole again and an invalid byte
    harms its own line only.  A line longer than ``limit_bytes`` is dropped whole.
    """

    def __init__(self, limit_bytes: int = _MAX_LINE_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._held = bytearray()
        self._is_overlong = False
        self._overlong, self._tell_at = 0, 1  # such lines so far, and told when there are so many

    def feed(self, data: bytes) -> list[str]:
        """The lines that ``data`` completes; an unfinished rest is held for the next call."""
        *ended, rest = data.split(b"\n")
        lines = []
        for piece in ended:
            self._hold(piece)
            if self._is_overlong:
                self._count_overlong()
            elif line := self._held.removesuffix(b"\r"):
                lines.append(line.decode("utf-8", "replace"))
            self._held.clear()
            self._is_overlong = False
        self._hold(rest)
        return lines

    def _count_overlong(self) -> None:
        """Tell of the first over-long line, of the tenth, of the hundredth and so on."""
        self._overlong += 1
        if self._overlong == self._tell_at:
            self._tell_at *= 10
            extra = {"limit_bytes": self._limit_bytes, "lines": self._overlong}
            log.warning("over-long line dropped", extra=extra)

    def _hold(self, piece: bytes) -> None:
        self._is_overlong |= len(self._held) + len(piece) > self._limit_bytes
        if self._is_overlong:
            self._held.clear()
        else:
            self._held += piece


class Connection:
    """A connected socket, made non-blocking, that speaks in lines."""

    def __init__(self, sock: socket.socket, clock: Callable[[], float] = time.monotonic) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._clock = clock
        self._buffer = LineBuffer()
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        # Why nothing can be sent any more, and since when.
        self._ended: str | None = None
        self._ended_at = 0.0
        self._is_closed = False

    def read_lines(self, *, at_once: bool = False) -> list[str] | None:
        """The lines that have arrived, after waiting a moment for some unless ``at_once``.

        None if nothing came; no lines if what came is not a whole one yet.

        Only the reader's thread calls it.  Raises ConnectionLost when the connection has ended and
        all that arrived before is read.  A line without its end is none: a CLEARCHAT cut short
        would clear the whole chat.
        """
        wait_s = 0.0 if at_once else _STEP_S
        data = self._attempt(partial(self._socket.recv, _READ_BYTES), reading=True, wait_s=wait_s)
        if data is None:
            if self._ended is not None:
                raise ConnectionLost(self._ended)
            return None
        if not data:
            raise self._end("the server closed the connection")
        if self._ended is not None and self._clock() > self._ended_at + _LAST_WORDS_S:
            raise ConnectionLost(self._ended)
        return self._buffer.feed(data)

    def send_line(self, line: str) -> None:
        """Send one line; CR, LF and NUL in it become blanks, so that it stays one.

        Any thread may call it.  Raises ConnectionLost if the line could not be sent whole.
        """
        unsent = _LINE_ENDS.sub(" ", line).encode("utf-8", "replace") + b"\r\n"
        with self._sending:  # two lines never mix, even if one goes out in parts
            deadline = self._clock() + _SEND_TIMEOUT_S
            while unsent:
                sent = self._attempt(partial(self._socket.send, unsent), reading=False)
                unsent = unsent[sent or 0 :]
                if unsent and self._clock() > deadline:
                    raise self._end("the server takes no more data")

    def close(self) -> None:
        """End our side, wait a moment for the peer's, and close; later sends find it closed.

        Only the reader's thread calls it.
        """
        with self._lock:
            self._end("the connection is closed")
            self._is_closed = True
            with contextlib.suppress(OSError, ValueError):  # the peer may be gone already
                self._say_goodbye()
            for sock in (self._socket, self._woken, self._waker):
                sock.close()

    def wake(self) -> None:
        """End the reader's wait for data.  For any thread; never waits."""
        with contextlib.suppress(OSError):  # it is closed, or woken already
            self._waker.send(b"!")

    def _attempt(
        self, call: Callable[[], Answer], *, reading: bool, wait_s: float = _STEP_S
    ) -> Answer | None:
        """The answer of a call on the socket, tried again after a wait for what it lacked.

        None if that wait was not enough.
        """
        reads = reading
        for is_last in (False, True):
            try:
                with self._lock:
                    # What has arrived can be read though nothing can be sent any more.
                    if self._ended is not None and (self._is_closed or not reads):
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
                # A socket that is closed by now cannot be waited for: the next try tells.
                with contextlib.suppress(OSError, ValueError):
                    self._wait(wait_s, for_data=reading, may_be_woken=reads)
        return None

    def _wait(self, wait_s: float, *, for_data: bool, may_be_woken: bool) -> None:
        socks, woken = [self._socket], [self._woken] if may_be_woken else []
        wanted = [*socks, *woken] if for_data else woken
        if self._woken in select.select(wanted, [] if for_data else socks, [], wait_s)[0]:
            self._woken.recv(_READ_BYTES)

    def _end(self, reason: str) -> ConnectionLost:
        """Nothing goes in or out from now on; the error that says why."""
        if self._ended is None:
            self._ended, self._ended_at = reason, self._clock()
        return ConnectionLost(self._ended)

    def _say_goodbye(self) -> None:
        """Closing with bytes unread would send a reset, which can overtake our last line."""
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
    """What the reader's and the sender's threads share: the way out, and how both end.

    The reader attaches each connection once it is signed in; one that is closed takes no lines.
    ``stopping`` is the program's; the sender sets ``is_finished`` once it sends nothing more.
    """

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping
        self.is_finished = False
        self._connection: Connection | None = None

    def attach(self, connection: Connection) -> None:
        """From now on lines go to this connection."""
        self._connection = connection

    def wake(self) -> None:
        """Have the reader look at once whether it is to end.  For any thread; never waits."""
        if self._connection is not None:
            self._connection.wake()

    def send_line(self, line: str) -> bool:
        """Whether the line went out whole; False if there is no connection.  For any thread."""
        connection = self._connection
        if connection is None:
            return False
        try:
            connection.send_line(line)
        except ConnectionLost as error:  # the reader finds the same and reports it
            log.debug("line not sent", extra={"reason": str(error)})
            return False
        return True


def _reason(error: Exception) -> str:
    """An error of the network in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = f"the server's certificate is not accepted: {error.verify_message}"
        return problem + doubt_about_clock(error.verify_code)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
