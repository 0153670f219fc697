"""The reader: keeps one connection to Twitch chat, and turns its lines into events.

A thread body, started by the wiring as ``irc-reader``.  It owns the connection: dials, signs in,
answers PING, notices silence, and connects anew after any loss; the sender only borrows the way out
through the Link.  It never waits for anything but the network.  It knows nothing of channels:
joining them is the sender's reaction to LinkUp.

It ends in two steps.  On ``stopping`` it delivers the chat that has arrived and sets ``drained``;
then it keeps the connection open, listening only for what confirms the sender's last lines and for
what moderators remove, until ``finished`` (or a few seconds later), and closes it.
"""

from __future__ import annotations

import logging
import math
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from clankbot.backoff import Backoff, Silence
from clankbot.errors import AuthUnavailable, ConnectionLost, LoginRefused
from clankbot.irc.connection import Connection, Endpoint, Link, dial
from clankbot.irc.events import to_event
from clankbot.irc.login import Login
from clankbot.irc.message import IrcMessage, format_line, parse_line
from clankbot.records.accounts import Credentials
from clankbot.records.chat import (
    ChatCleared,
    Event,
    LinkDown,
    LinkUp,
    MessageDeleted,
    Notice,
    OwnState,
    Reconnect,
    UserCleared,
)

log = logging.getLogger(__name__)

_HEARD_LAST: Final = OwnState | Notice | MessageDeleted | UserCleared | ChatCleared

_LOGIN_TIMEOUT_S: Final = 15.0
_LAST_CHAT_S: Final = 0.5
"""How long chat that never pauses can put off a stop."""
_LEAVE_S: Final = 4.0
"""How long the way out stays open after a stop: it has to fit into the program's five seconds."""

_FIRST_RETRY_S, _LONGEST_RETRY_S = 1.0, 300.0
_FIRST_PATIENCE_S, _LONGEST_PATIENCE_S = 60.0, 600.0
"""Once a fresh token was refused, too, only time can help."""


class Reader:
    """The thread body; see the module's text for its course."""

    def __init__(
        self,
        *,
        endpoint: Endpoint,
        credentials: Callable[[], Credentials],
        login_refused: Callable[[], None],
        deliver: Callable[[Event], None],
        link: Link,
        stopping: threading.Event,
        finished: threading.Event,
        idle_timeout_s: float = 60.0,
        tls_context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        choose: Callable[[], float] = random.random,
    ) -> None:
        """``credentials`` is asked before every connect; ``login_refused`` is to renew the token.

        Either may raise AuthUnavailable (tried again later) or TokenRefused (ends the thread).
        ``deliver`` must neither block nor raise.
        """
        self._endpoint = endpoint
        self._credentials = credentials
        self._login_refused = login_refused
        self._deliver = deliver
        self._link = link
        self._stopping = stopping
        self._finished = finished
        self._idle_timeout_s = idle_timeout_s
        self._tls_context = tls_context
        self._clock = clock
        self._backoff = Backoff(_FIRST_RETRY_S, _LONGEST_RETRY_S, choose)
        self._patience = Backoff(_FIRST_PATIENCE_S, _LONGEST_PATIENCE_S, choose)
        self._token_renewed = False
        self._down_since: float | None = None
        self._down_reasons: set[str] = set()
        self.drained = threading.Event()
        """Set once no more chat will be delivered."""

    def run(self) -> None:
        """Keep chat connected until ``stopping``.  TokenRefused: a person must sign in."""
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self._connect_once())
        finally:
            self.drained.set()

    def _connect_once(self) -> float:
        """Live through one connection; seconds to wait before the next."""
        try:
            credentials = self._credentials()
            connection = dial(
                self._endpoint,
                tls_context=self._tls_context,
                give_up=self._stopping.is_set,
                clock=self._clock,
            )
            try:
                self._use(connection, Login(credentials))
            finally:
                self._link.detach()
                connection.close()
        except LoginRefused as error:
            return self._after_refusal(error)
        except (ConnectionLost, AuthUnavailable) as error:
            return self._after_loss(error)
        return 0.0

    def _use(self, connection: Connection, login: Login) -> None:
        """Sign in, follow chat, and take leave when stopping."""
        for line in login.opening:
            connection.send_line(line)
        heard = self._listen(connection)
        link_up = self._sign_in(heard, login)
        if link_up is None:
            return
        self._link.attach(connection)
        self._report_up(link_up)
        self._follow(heard)
        self._take_leave(heard)

    def _sign_in(self, heard: Iterator[IrcMessage | None], login: Login) -> LinkUp | None:
        """Who the bot is; None when stopping."""
        deadline = self._clock() + _LOGIN_TIMEOUT_S
        while not self._stopping.is_set():
            message = next(heard)
            if message and (link_up := login.hear(message)):
                return link_up
            if self._clock() > deadline:
                raise ConnectionLost("Twitch chat did not answer the login")
        return None

    def _follow(self, heard: Iterator[IrcMessage | None]) -> None:
        """Deliver what chat says, until stopping and nothing that has arrived is left."""
        until = math.inf
        while self._clock() < until:
            message = next(heard)
            if message:
                self._pass_on(message)
            if self._stopping.is_set():
                if not message:
                    return
                until = min(until, self._clock() + _LAST_CHAT_S)

    def _pass_on(self, message: IrcMessage) -> None:
        event = to_event(message)
        if event is None:
            return
        self._deliver(event)
        if isinstance(event, Reconnect):
            raise ConnectionLost("Twitch chat asked to reconnect")

    def _take_leave(self, heard: Iterator[IrcMessage | None]) -> None:
        """Keep the way out open for the sender's last lines, and hear what confirms them.

        What moderators remove meanwhile is removed, too: Twitch never tells it again.
        """
        self.drained.set()
        until = self._clock() + _LEAVE_S
        while not self._finished.is_set() and self._clock() < until:
            message = next(heard)
            event = to_event(message) if message else None
            if isinstance(event, _HEARD_LAST):
                self._deliver(event)

    def _listen(self, connection: Connection) -> Iterator[IrcMessage | None]:
        """What the server says, PING answered; None whenever it says nothing for a moment.

        Raises ConnectionLost when the connection ends, or the server has gone silent.
        """
        silence = Silence(self._idle_timeout_s, self._clock)
        while True:
            lines = connection.read_lines()
            if lines:
                silence.broken()
            else:
                if silence.is_to_be_broken():
                    connection.send_line("PING :clankbot")
                yield None
            for message in filter(None, map(_parsed, lines)):
                if message.command == "PING":
                    connection.send_line(_pong(message))
                yield message

    def _after_refusal(self, error: LoginRefused) -> float:
        """Renew the token, once; from then on be patient."""
        self._report_down(error)
        if self._token_renewed:
            return self._patience.next_s()
        try:
            self._login_refused()
        except AuthUnavailable as unavailable:
            return self._after_loss(unavailable)
        self._token_renewed = True
        return 0.0

    def _after_loss(self, error: ConnectionLost | AuthUnavailable) -> float:
        if self._stopping.is_set():
            return 0.0
        self._report_down(error)
        return self._backoff.next_s()

    def _report_up(self, link_up: LinkUp) -> None:
        out_s = 0.0 if self._down_since is None else self._clock() - self._down_since
        log.info("chat connected", extra={"login": link_up.login, "out_s": round(out_s, 1)})
        self._down_since = None
        self._down_reasons.clear()
        self._token_renewed = False
        self._backoff.reset()
        self._patience.reset()
        self._deliver(link_up)

    def _report_down(self, error: Exception) -> None:
        """Say that chat is not connected, and why: each reason once in an outage."""
        if self._down_since is None:
            self._down_since = self._clock()
        reason = str(error)
        if reason not in self._down_reasons:
            self._down_reasons.add(reason)
            log.warning("chat not connected", extra={"reason": reason})
            self._deliver(LinkDown(reason))


def _pong(ping: IrcMessage) -> str:
    return format_line("PONG", trailing=ping.params[-1] if ping.params else "")


def _parsed(line: str) -> IrcMessage | None:
    """The line taken apart; None where that cannot be done: one bad line ends no connection."""
    try:
        return parse_line(line)
    except ValueError:
        log.debug("malformed line skipped", extra={"line": line})
        return None
