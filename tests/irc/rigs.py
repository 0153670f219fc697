"""What the tests of this room stand on: a sender moved by hand, and both threads at work.

SenderRig steps a sender on a clock that the test moves.  SenderThread and ReaderThread run the real
threads; the reader's talks to a Twitch chat on loopback.
"""

from __future__ import annotations

import contextlib
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Self, TypeVar

from clankbot.clock import Clock
from clankbot.errors import TokenRefused
from clankbot.irc.connection import Connection, Link, dial
from clankbot.irc.reader import Reader
from clankbot.irc.sender import Sender
from clankbot.records.accounts import Credentials, Secret
from clankbot.records.chat import (
    ChatMessage,
    Event,
    LinkDown,
    LinkUp,
    Notice,
    OwnState,
    RoomState,
)
from clankbot.records.reasons import Reason
from clankbot.records.speech import Delivered, MessageKind, Outgoing, Undelivered
from clankbot.records.writes import RecordRateLimitEvent
from tests.doubles.twitch_room import TwitchRoom
from tests.waiting import PATIENCE_S, wait_until

Kind = TypeVar("Kind", bound=Event)
Report = Delivered | Undelivered | RecordRateLimitEvent

_PRIVMSG = re.compile(r"@client-nonce=([^; ]+)(?:;reply-parent-msg-id=(\S+))? PRIVMSG #(\S+) :(.*)")
_MOST_STEPS = 200_000


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s

    def move_until(self, condition: Callable[[], object], *, step_s: float) -> None:
        """Move on again and again until the condition holds."""

        def move_and_look() -> object:
            self.now_s += step_s
            return condition()

        wait_until(move_and_look)


class FakeLink(Link):
    """A link whose lines go to a function of the test."""

    def __init__(self, send_line: Callable[[str], bool]) -> None:
        super().__init__(threading.Event())
        self._send_line = send_line

    def send_line(self, line: str) -> bool:
        return self._send_line(line)


# --- the sender, step by step ---


@dataclass(frozen=True)
class Said:
    """A PRIVMSG as it went out."""

    at: float
    channel: str
    text: str
    nonce: str
    reply_to_id: str | None

    @property
    def message_id(self) -> str:
        """The id that the rig gives the message if it accepts it."""
        return f"id-{self.nonce}"


class RigClock(Clock):
    """A clock that reads what ``seconds`` gives; ``past_s`` are past for certain, None: all."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self.past_s: float | None = None

    def past_ms(self) -> int:
        return self.utc_ms() if self.past_s is None else int(self.past_s * 1000)

    def monotonic(self) -> float:
        return self._seconds()

    def utc_ms(self) -> int:
        return int(self._seconds() * 1000)


class SenderRig:
    """A sender whose thread is the test and whose time passes when the test says so.

    A JOIN is answered at once while ``answers_joins``.  ``verdict`` is called with each message; by
    default it accepts.
    """

    def __init__(self, *channels: str, dry_run: bool = False) -> None:
        self.channels = channels or ("a",)
        self.now = 1000.0
        self.link_takes = True
        self.answers_joins = True
        self.privileged: set[str] = set()
        self.slow: dict[str, int] = {}
        self.verdict: Callable[[Said], None] = self.accept
        self.objection: Callable[[Outgoing], Reason | None] = lambda line: None
        self.wire: list[tuple[float, str]] = []
        self.said: list[Said] = []
        self.reports: list[Delivered | Undelivered] = []
        self.traffic: list[RecordRateLimitEvent] = []
        self._has_news = False
        self.link = FakeLink(self._take_line)
        self.clock = RigClock(lambda: self.now)
        self.sender = Sender(
            link=self.link,
            channels=self.channels,
            send_gate=lambda line: self.objection(line),
            report=self._report,
            dry_run=dry_run,
            clock=self.clock,
        )

    def _report(self, report: Report) -> None:
        if isinstance(report, RecordRateLimitEvent):
            self.traffic.append(report)
        else:
            self.reports.append(report)

    # --- what went out, and what became of it ---

    @property
    def joins(self) -> list[tuple[float, str]]:
        """Every JOIN with its moment."""
        return [(at, line.removeprefix("JOIN #")) for at, line in self.wire if line[:4] == "JOIN"]

    @property
    def texts(self) -> list[str]:
        """What was said, in order."""
        return [said.text for said in self.said]

    @property
    def undelivered(self) -> list[Undelivered]:
        """The reports of what was not said."""
        return [report for report in self.reports if isinstance(report, Undelivered)]

    @property
    def codes(self) -> list[str]:
        """Why lines were not said, in order."""
        return [report.reason.code for report in self.undelivered]

    @property
    def delivered(self) -> list[Delivered]:
        """The reports of what was said."""
        return [report for report in self.reports if isinstance(report, Delivered)]

    # --- the server ---

    def handle(self, event: Event) -> None:
        self._has_news = True
        self.sender.handle(event)

    def connect(self, user_id: str | None = "1") -> None:
        self.handle(LinkUp("clank", user_id))
        self.run()

    def disconnect(self) -> None:
        self.handle(LinkDown("reset"))
        self.run()

    def accept(self, said: Said, *, with_nonce: bool = True) -> None:
        nonce = said.nonce if with_nonce else None
        self.handle(self.own_state(said.channel, message_id=said.message_id, nonce=nonce))

    def own_state(
        self, channel: str, message_id: str | None = None, nonce: str | None = None
    ) -> OwnState:
        return OwnState(channel, channel in self.privileged, message_id, nonce)

    def refuse(self, said: Said, notice_id: str, text: str = "") -> None:
        self.handle(Notice(said.channel, notice_id, text))

    def say_nothing(self, said: Said) -> None:
        """A verdict that never comes."""

    def _take_line(self, line: str) -> bool:
        if not self.link_takes:
            return False
        self.wire.append((self.now, line))
        if line.startswith("JOIN #"):
            self._answer_join(line.removeprefix("JOIN #"))
        elif (found := _PRIVMSG.fullmatch(line)) is not None:
            self.said.append(Said(self.now, found[3], found[4], found[1], found[2]))
            self.verdict(self.said[-1])
        return True

    def _answer_join(self, channel: str) -> None:
        if self.answers_joins:
            self.handle(self.own_state(channel))
            self.handle(RoomState(channel, self.slow.get(channel, 0), False, -1, False, False))

    # --- the bot ---

    def offer(
        self,
        text: str,
        speech: MessageKind = MessageKind.SPONTANEOUS,
        channel: str = "a",
        *,
        age_s: float = 0.0,
        reply_to_id: str | None = None,
    ) -> bool:
        self._has_news = True
        line = Outgoing(channel, text, speech, self.now - age_s, reply_to_id)
        return self.sender.offer(line)

    def say(
        self, text: str, speech: MessageKind = MessageKind.SPONTANEOUS, channel: str = "a"
    ) -> None:
        """Offers a line and lets it go out if nothing holds it."""
        self.offer(text, speech, channel)
        self.run()

    def run(self, seconds: float = 0.0) -> None:
        """Steps the sender as its thread would, until so much time has passed and all is quiet."""
        end = self.now + seconds
        for _ in range(_MOST_STEPS):
            self._has_news = False
            due_at = self.sender.step(self.now)
            if self._has_news or due_at <= self.now:
                continue
            if due_at > end:
                self.now = end
                return
            self.now = due_at
        raise AssertionError("the sender never comes to rest")

    def run_to_the_end(self) -> None:
        """Steps the sender until it has finished."""
        for _ in range(_MOST_STEPS):
            if self.link.is_finished:
                return
            self._has_news = False
            due_at = self.sender.step(self.now)
            if not self._has_news:
                self.now = max(self.now, due_at)
        raise AssertionError("the sender never ends")


def joined_rig(
    *channels: str, dry_run: bool = False, privileged: tuple[str, ...] = ()
) -> SenderRig:
    """A rig that is connected and in all its channels, with the JOINs long ago."""
    rig = SenderRig(*channels, dry_run=dry_run)
    rig.privileged.update(privileged)
    rig.connect()
    rig.run(seconds=600.0)
    return rig


# --- the sender's thread ---


class SenderThread:
    """A sender on a thread of its own, in channels where it is a moderator."""

    def __init__(self, *channels: str) -> None:
        self.channels = channels
        self.wire: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.reports: list[Delivered | Undelivered] = []
        self.answers = True
        self.objection: Callable[[Outgoing], Reason | None] = lambda line: None
        self.clock_readings = 0
        self.link = FakeLink(self._take_line)
        self.sender = Sender(
            link=self.link,
            channels=channels,
            send_gate=lambda line: self.objection(line),
            report=self._report,
            clock=RigClock(self._clock),
        )
        self.thread = threading.Thread(target=self.sender.run, name="irc-sender", daemon=True)

    def start(self) -> None:
        self.thread.start()
        self.sender.handle(LinkUp("clank", "1"))
        for channel in self.channels:
            assert self.wire.get(timeout=PATIENCE_S) == f"JOIN #{channel}"
            self.sender.handle(OwnState(channel, True, None, None))
            self.sender.handle(RoomState(channel, 0))

    def offer(
        self, text: str, channel: str = "c0", speech: MessageKind = MessageKind.SPONTANEOUS
    ) -> bool:
        return self.sender.offer(Outgoing(channel, text, speech, time.monotonic()))

    def stop(self) -> float:
        """Ends the sender; how long that took."""
        started = time.monotonic()
        self.sender.finish()
        self.thread.join(PATIENCE_S)
        assert self.link.is_finished
        return time.monotonic() - started

    def _report(self, report: Report) -> None:
        if not isinstance(report, RecordRateLimitEvent):
            self.reports.append(report)

    def _take_line(self, line: str) -> bool:
        self.wire.put(line)
        if " PRIVMSG #" in line and self.answers:
            channel = line.split(" PRIVMSG #")[1].split(" ")[0]
            self.sender.handle(OwnState(channel, True, f"id {line}", None))
        return True

    def _clock(self) -> float:
        self.clock_readings += 1
        return time.monotonic()


# --- the reader's thread, and connections ---


class RecordedPauses(threading.Event):
    """A stop whose pauses take no time, and are recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(-1.0 if timeout is None else timeout)
        return self.is_set()


def known_credentials() -> Credentials:
    return Credentials(login="clankbot", user_id="99", password=Secret("good"))


@dataclass(frozen=True)
class FakeAccount:
    """Who signs in."""

    credentials: Callable[[], Credentials] = known_credentials
    login_refused: Callable[[], None] = lambda: None


def shortest_waits() -> float:
    """A chance that makes the waits between two tries as short as they may be: 0.5, 1, 2 s ..."""
    return 0.0


class ReaderThread:
    """A reader at work; on LinkUp it joins the channel harbour, as the sender would."""

    def __init__(
        self,
        server: TwitchRoom | tuple[str, int],
        account: FakeAccount | None = None,
        *,
        tls: bool = False,
        idle_timeout_s: float = 60.0,
        dial_timeout_s: float = 10.0,
        tls_context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        choose: Callable[[], float] = shortest_waits,
        stopping: threading.Event | None = None,
    ) -> None:
        self._room = server if isinstance(server, TwitchRoom) else None
        host, port = (server.host, server.port) if isinstance(server, TwitchRoom) else server
        tls = tls or tls_context is not None
        self.events: list[Event] = []
        self.ended_by: TokenRefused | None = None
        self.stopping = stopping or threading.Event()
        self.link = Link(self.stopping)
        self.reader = Reader(
            dial=partial(
                dial, host, port, tls=tls, tls_context=tls_context, timeout_s=dial_timeout_s
            ),
            account=account or FakeAccount(),
            handle=self._handle,
            link=self.link,
            idle_timeout_s=idle_timeout_s,
            clock=clock,
            choose=choose,
        )
        self.thread = threading.Thread(target=self._run, name="irc-reader", daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.link.is_finished = True
        if self._room is not None:
            self._room.hang_up()  # or it would listen a moment longer
        self.thread.join(PATIENCE_S)

    def _run(self) -> None:
        try:
            self.reader.run()
        except TokenRefused as error:
            self.ended_by = error

    def _handle(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, LinkUp):
            self.link.send_line("JOIN #harbour")

    def all(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.events if isinstance(event, kind)]

    def texts(self) -> list[str]:
        return [message.text for message in self.all(ChatMessage)]

    def wait_connected(self, count: int) -> None:
        """Until it has been connected so many times."""
        wait_until(lambda: len(self.all(LinkUp)) >= count)


@contextlib.contextmanager
def two_ends() -> Iterator[tuple[Connection, socket.socket]]:
    """A dialled connection, and the server's socket at its other end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = dial("127.0.0.1", listener.getsockname()[1], tls=False)
        server, _ = listener.accept()
    server.settimeout(PATIENCE_S)
    with contextlib.closing(connection), server:
        yield connection, server
