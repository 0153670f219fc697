"""The irc-reader thread: keeps one connection to Twitch chat, and turns its lines into events.

Started by the wiring with ``run`` as its body.  It owns the connection: dials, signs in, answers
PING, notices silence, and connects anew after any loss; the sender only borrows the way out through
the Link.  It waits for nothing but the network.  It knows nothing of channels: joining them is the
sender's reaction to LinkUp.

It ends in two steps.  On ``stopping`` it hands on the chat that has arrived and sets ``drained``;
then it keeps the connection open, listening only for what confirms the sender's last lines and for
what moderators remove, until the sender has finished (or a few seconds later), and closes it.
"""

from __future__ import annotations

import contextlib
import logging
import math
import random
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from clankbot.backoff import Backoff
from clankbot.errors import AuthUnavailable, ConnectionLost, LoginRefused
from clankbot.irc.connection import Connection, Link
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

# What is still handed on after ``drained``: verdicts on the last lines, and removals, which Twitch
# never tells again.
_HANDED_ON_LAST: Final = OwnState | Notice | MessageDeleted | UserCleared | ChatCleared

_LOGIN_TIMEOUT_S: Final = 15.0

# How long chat that never pauses can put off a stop or a reconnection; shorter than what a stop
# waits for it.
_LAST_CHAT_S: Final = 1.0

# How long the way out stays open after a stop: it has to fit into the program's five seconds.
_LEAVE_S: Final = 4.0

_FIRST_RETRY_S: Final = 1.0
_LONGEST_RETRY_S: Final = 300.0

# A connection has proved itself if it lasts so long after its login: our choice.  So even a peer
# that ends each of them just after that is asked three times a minute.
_PROVED_AFTER_S: Final = 20.0

# Once a fresh token was refused, too, only time can help.
_FIRST_PATIENCE_S: Final = 60.0
_LONGEST_PATIENCE_S: Final = 600.0


class Account(Protocol):
    """Who the bot is on Twitch, and how it proves it.

    Both methods may raise AuthUnavailable (tried again later) or TokenRefused (ends the thread).
    """

    def credentials(self) -> Credentials:
        """What to sign in with; asked before every connect."""

    def login_refused(self) -> None:
        """Renew the token: Twitch chat did not take it."""


class Reader:
    """The thread body; see the module's text for its course."""

    def __init__(
        self,
        *,
        dial: Callable[[], Connection],
        account: Account,
        handle: Callable[[Event], None],
        link: Link,
        idle_timeout_s: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        choose: Callable[[], float] = random.random,
    ) -> None:
        """``handle`` gets each event in order and must not raise; ``choose`` is for jitter."""
        self._dial = dial
        self._account = account
        self._handle = handle
        self._link = link
        self._idle_timeout_s = idle_timeout_s
        self._clock = clock
        self._backoff = Backoff(_FIRST_RETRY_S, _LONGEST_RETRY_S, choose)
        self._patience = Backoff(_FIRST_PATIENCE_S, _LONGEST_PATIENCE_S, choose)
        self._token_renewed = False
        self._proved_after_s = min(_PROVED_AFTER_S, idle_timeout_s)
        self._up_since: float | None = None  # while signed in
        self._down_since: float | None = None
        self._down_reasons: set[str] = set()
        # Set once no more chat will be handed on.
        self.drained = threading.Event()

    def run(self) -> None:
        """Keep chat connected until ``stopping``.  TokenRefused: a person must sign in."""
        try:
            while not self._link.stopping.is_set():
                self._link.stopping.wait(self._live_through_one_connection())
        finally:
            self.drained.set()

    def wake(self) -> None:
        """Make the thread look at ``stopping`` now.  For any thread, never waits."""
        self._link.wake()

    def _live_through_one_connection(self) -> float:
        """Connect, follow chat, and take leave when stopping; seconds to wait before the next."""
        try:
            login = Login(self._account.credentials())
            with contextlib.closing(self._dial()) as connection:
                for line in login.opening:
                    connection.send_line(line)
                heard = Incoming(connection, Silence(self._idle_timeout_s, self._clock))
                if self._sign_in(heard, login, connection):
                    self._follow(heard)
                    self._take_leave(heard)
        except (LoginRefused, ConnectionLost, AuthUnavailable) as error:
            return 0.0 if self._link.stopping.is_set() else self._after_loss(error)
        return 0.0

    def _sign_in(self, heard: Incoming, login: Login, connection: Connection) -> bool:
        """Whether the login is complete; False when stopping."""
        deadline = self._clock() + _LOGIN_TIMEOUT_S
        while not self._link.stopping.is_set():
            try:
                message = heard.next()
            except ConnectionLost as loss:
                raise login.given_up(loss) from loss
            if message and (link_up := login.handle(message)):
                self._link.attach(connection)
                self._report_up(link_up)
                return True
            if self._clock() > deadline:
                raise login.given_up(ConnectionLost("Twitch chat did not answer the login"))
        return False

    def _follow(self, heard: Incoming) -> None:
        """Hand on what chat says, until stopping and nothing that has arrived is left.

        So it is when Twitch asks to reconnect: what has arrived behind that is told never again,
        and more of it may be on its way.
        """
        until = math.inf
        must_reconnect = False
        while heard.has_more or self._clock() < until:
            is_stopping = self._link.stopping.is_set()
            message = heard.next(at_once=is_stopping)
            if message and (event := to_event(message)):
                self._handle(event)
                must_reconnect |= isinstance(event, Reconnect)
            if must_reconnect or is_stopping:
                if heard.has_paused:
                    break
                until = min(until, self._clock() + _LAST_CHAT_S)
        else:
            if self._link.stopping.is_set():
                log.warning("chat left unread", extra={"reason": "it came too fast for a stop"})
        if must_reconnect and not self._link.stopping.is_set():
            raise ConnectionLost("Twitch chat asked to reconnect")

    def _take_leave(self, heard: Incoming) -> None:
        """Keep the way out open for the sender's last lines."""
        self.drained.set()
        until = self._clock() + _LEAVE_S
        while not self._link.is_finished and self._clock() < until:
            message = heard.next()
            event = to_event(message) if message else None
            if isinstance(event, _HANDED_ON_LAST):
                self._handle(event)

    def _after_loss(self, error: LoginRefused | ConnectionLost | AuthUnavailable) -> float:
        """The seconds until the next try.  A refused token is renewed, once; then be patient.

        Pauses start anew only after a connection that has proved itself.  A peer that accepts and
        drops at whatever step is left in peace ever longer.
        """
        self._forgive_if_proved()
        self._report_down(error)
        if not isinstance(error, LoginRefused):
            return self._backoff.next_s()
        if self._token_renewed:
            return self._patience.next_s()
        try:
            self._account.login_refused()
        except AuthUnavailable as unavailable:
            return self._after_loss(unavailable)
        self._token_renewed = True
        return 0.0

    def _report_up(self, link_up: LinkUp) -> None:
        out_s = 0.0 if self._down_since is None else self._clock() - self._down_since
        log.info("chat connected", extra={"login": link_up.login, "out_s": round(out_s, 1)})
        self._down_since = None
        self._down_reasons.clear()
        self._up_since = self._clock()
        self._handle(link_up)

    def _forgive_if_proved(self) -> None:
        up_since, self._up_since = self._up_since, None
        if up_since is not None and self._clock() - up_since >= self._proved_after_s:
            self._token_renewed = False
            self._backoff.reset()
            self._patience.reset()

    def _report_down(self, error: Exception) -> None:
        """Say that chat is not connected, and why: each reason once in an outage."""
        if self._down_since is None:
            self._down_since = self._clock()
        reason = str(error)
        if reason not in self._down_reasons:
            self._down_reasons.add(reason)
            log.warning("chat not connected", extra={"reason": reason})
            self._handle(LinkDown(reason))


class Incoming:
    """What the server says on a connection, message by message; PING is answered."""

    def __init__(self, connection: Connection, silence: Silence) -> None:
        self._connection = connection
        self._silence = silence
        self._lines: list[str] = []  # read, and not given out yet: the next one is the last
        # Whether the last look found that nothing more had arrived.
        self.has_paused = False

    @property
    def has_more(self) -> bool:
        """Whether ``next`` has something to give that is read already."""
        return bool(self._lines)

    def next(self, *, at_once: bool = False) -> IrcMessage | None:
        """The next message; None if there is none, after waiting a moment unless ``at_once``.

        Raises ConnectionLost when the connection ends, or the server has gone silent.
        """
        if not self._lines:
            self._read(at_once)
        while self._lines:
            line = self._lines.pop()
            try:
                message = parse_line(line)
            except ValueError:  # one bad line ends no connection
                log.debug("malformed line skipped", extra={"line": line})
                continue
            if message.command == "PING":
                token = message.params[-1] if message.params else ""
                self._answer(format_line("PONG", trailing=token))
            return message
        return None

    def _read(self, at_once: bool) -> None:
        lines = self._connection.read_lines(at_once=at_once)
        self.has_paused = lines is None
        if lines:
            self._lines = lines[::-1]
            self._silence.broken()
        elif self._silence.is_to_be_broken():
            self._answer("PING :clankbot")

    def _answer(self, line: str) -> None:
        """Send a line.  If that fails, reading tells so, once all that has arrived is read."""
        with contextlib.suppress(ConnectionLost):
            self._connection.send_line(line)


class Silence:
    """Notices a server that is gone without a word: asks it, and gives up without an answer.

    With the usual 60 s that takes 70 s.
    """

    def __init__(self, idle_timeout_s: float, clock: Callable[[], float]) -> None:
        self._idle_timeout_s = idle_timeout_s
        self._answer_timeout_s = min(10.0, max(1.0, idle_timeout_s / 6))
        self._clock = clock
        self._heard_at = clock()
        self._asked_at: float | None = None

    def broken(self) -> None:
        """The server said something."""
        self._heard_at = self._clock()
        self._asked_at = None

    def is_to_be_broken(self) -> bool:
        """Whether to ask now, which counts as done; ConnectionLost if no answer has come."""
        now = self._clock()
        if self._asked_at is None:
            if now - self._heard_at < self._idle_timeout_s:
                return False
            self._asked_at = now
            return True
        if now - self._asked_at > self._answer_timeout_s:
            raise ConnectionLost("Twitch chat fell silent")
        return False
