"""A bench for the sender: a clock, a wire and a chat server, all moved by hand."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from clankbot.irc.sender import Sender
from clankbot.records.chat import Event, LinkDown, LinkUp, Notice, OwnState, RoomState
from clankbot.records.speech import Delivered, MessageKind, Outgoing, Undelivered
from clankbot.records.writes import RecordRateLimitEvent

_PRIVMSG = re.compile(r"@client-nonce=([^; ]+)(?:;reply-parent-msg-id=(\S+))? PRIVMSG #(\S+) :(.*)")
_MOST_STEPS = 200_000


@dataclass(frozen=True)
class Said:
    """A PRIVMSG as it went out."""

    at: float
    channel: str
    text: str
    nonce: str
    reply_to_id: str | None


class Bench:
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
        self.objection: Callable[[Outgoing], str | None] = lambda line: None
        self.wire: list[tuple[float, str]] = []
        self.said: list[Said] = []
        self.reports: list[Delivered | Undelivered] = []
        self.traffic: list[RecordRateLimitEvent] = []
        self.stopping = threading.Event()
        self.finished = threading.Event()
        self._news = False
        self._nonces = 0
        self.sender = Sender(
            send_line=self._take_line,
            channels=self.channels,
            send_gate=lambda line: self.objection(line),
            report=self.reports.append,
            stopping=self.stopping,
            finished=self.finished,
            wrote=self.traffic.append,
            dry_run=dry_run,
            clock=lambda: self.now,
            now_ms=lambda: int(self.now * 1000),
            make_nonce=self._make_nonce,
        )

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
    def reasons(self) -> list[str]:
        """Why lines were not said, in order."""
        return [report.reason for report in self.reports if isinstance(report, Undelivered)]

    @property
    def delivered(self) -> list[Delivered]:
        """The reports of what was said."""
        return [report for report in self.reports if isinstance(report, Delivered)]

    # --- the server ---

    def note(self, event: Event) -> None:
        self._news = True
        self.sender.note(event)

    def connect(self, user_id: str | None = "1") -> None:
        self.note(LinkUp("clank", user_id))
        self.run()

    def disconnect(self) -> None:
        self.note(LinkDown("reset"))
        self.run()

    def accept(self, said: Said, *, with_nonce: bool = True) -> None:
        nonce = said.nonce if with_nonce else None
        self.note(self.own_state(said.channel, message_id=f"id-{said.nonce}", nonce=nonce))

    def own_state(
        self, channel: str, message_id: str | None = None, nonce: str | None = None
    ) -> OwnState:
        return OwnState(channel, channel in self.privileged, message_id, nonce)

    def refuse(self, said: Said, notice_id: str, text: str = "") -> None:
        self.note(Notice(said.channel, notice_id, text))

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
            self.note(self.own_state(channel))
            self.note(RoomState(channel, self.slow.get(channel, 0), False, -1, False, False))

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
        self._news = True
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
            self._news = False
            due_at = self.sender.step(self.now)
            if self._news or due_at <= self.now:
                continue
            if due_at > end:
                self.now = end
                return
            self.now = due_at
        raise AssertionError("the sender never comes to rest")

    def run_to_the_end(self) -> None:
        """Steps the sender until it has finished."""
        for _ in range(_MOST_STEPS):
            if self.finished.is_set():
                return
            self._news = False
            due_at = self.sender.step(self.now)
            if not self._news:
                self.now = max(self.now, due_at)
        raise AssertionError("the sender never ends")

    def _make_nonce(self) -> str:
        self._nonces += 1
        return f"n{self._nonces}"


def joined(*channels: str, dry_run: bool = False, privileged: tuple[str, ...] = ()) -> Bench:
    """A bench that is connected and in all its channels, with the JOINs long ago."""
    bench = Bench(*channels, dry_run=dry_run)
    bench.privileged.update(privileged)
    bench.connect()
    bench.run(seconds=600.0)
    return bench
