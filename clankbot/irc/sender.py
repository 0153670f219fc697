"""The irc-sender thread: every line the bot writes after its login, and when it may be written.

Started by the wiring with ``run`` as its body; ends after ``finish()``, having said QUIT, and sets
``finished``.  It alone owns its state.  Other threads only hand over: lines with ``offer``, events
with ``note``.  ``send_gate``, ``report`` and ``wrote`` are called on this thread.

A line waits in the outbox until its channel is joined and has nothing under way, until the spacing
of the channel and the window of the account let it pass, and until no more urgent line needs that
window.  Then it is looked at for the last time and written, and Twitch's verdict is awaited.  Every
line taken in is reported exactly once.

It must not know what a line is about: whether the bot may speak in a channel is for ``send_gate``.
"""

from __future__ import annotations

import logging
import math
import queue
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from clankbot.irc.delivery import Deliveries, Sent
from clankbot.irc.outbox import Outbox
from clankbot.irc.privmsg import Repeats, checksum, privmsg, safe_text, why_unsayable
from clankbot.irc.send_limits import Standing
from clankbot.records.chat import (
    Event,
    Left,
    LinkDown,
    LinkUp,
    Notice,
    OwnState,
    Reconnect,
    RoomState,
    UserCleared,
)
from clankbot.records.speech import Delivered, Outgoing, Undelivered
from clankbot.records.writes import RateLimitEvent, RecordRateLimitEvent

log = logging.getLogger(__name__)

_OF_INTEREST = LinkUp | LinkDown | Reconnect | RoomState | OwnState | Notice | Left | UserCleared

_MOST_OFFERS: Final = 100
"""As many as the outbox holds.  They are taken over within a second: more means that the socket
has stopped taking anything, and then there is nothing to be said for queueing."""

_MOST_EVENTS: Final = 1000
"""A connection brings three a second while it joins, and fewer later, even in a wave of bans: this
many take a stall of minutes.  Then the oldest give way, since what holds now is told by the newest.
"""

_LONGEST_WAIT_S: Final = 0.5
"""How long the thread rests at most: a bound on the harm of any miscalculated moment."""

_LAST_VERDICTS_S: Final = 0.5
"""How long to stay for Twitch's verdicts at the end, before QUIT."""


def _utc_ms() -> int:
    return time.time_ns() // 1_000_000


def _nonce() -> str:
    return secrets.token_hex(16)


class Sender:
    """Says lines in channels, within Twitch's limits, and learns what became of each."""

    def __init__(
        self,
        *,
        send_line: Callable[[str], bool],
        channels: Sequence[str],
        send_gate: Callable[[Outgoing], str | None],
        report: Callable[[Delivered | Undelivered], None],
        stopping: threading.Event,
        finished: threading.Event,
        wrote: Callable[[RecordRateLimitEvent], None] = lambda traffic: None,
        dry_run: bool = False,
        clock: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = _utc_ms,
        make_nonce: Callable[[], str] = _nonce,
    ) -> None:
        """``send_line`` answers False when the link took nothing of the line.

        ``send_gate`` gives a reason in plain words to drop a line, or None.  ``dry_run`` obeys all
        limits and says nothing.  ``wrote`` hears of each line that Twitch counts.  ``clock`` is
        the one that ``Outgoing.created_at`` was read from.
        """
        self._send_line = send_line
        self._send_gate = send_gate
        self._stopping = stopping
        self._finished = finished
        self._wrote = wrote
        self._dry_run = dry_run
        self._clock = clock
        self._now_ms = now_ms
        self._make_nonce = make_nonce

        # Shared with other threads.
        self._offers: queue.Queue[Outgoing] = queue.Queue(_MOST_OFFERS)
        self._events: deque[Event] = deque(maxlen=_MOST_EVENTS)
        self._finishing = threading.Event()
        self._wake = threading.Event()

        # Owned by the sender's thread.
        self._standing = Standing(channels)
        self._outbox = Outbox()
        self._repeats = Repeats()
        self._deliveries = Deliveries(report)
        self._quit_at: float | None = None

    # --- for other threads ---

    def count_earlier(self, traffic: Iterable[RecordRateLimitEvent]) -> None:
        """Counts what an earlier run wrote, oldest first; to be called before the thread starts.

        Moments that are still to come, since the wall clock was set back, are taken for now.
        """
        now, now_ms = self._clock(), self._now_ms()
        for written in traffic:
            at = now - max(0, now_ms - written.at_ms) / 1000
            self._standing.count_earlier(written.kind, written.channel, at)
            if written.channel is not None and written.checksum is not None:
                self._repeats.record(written.channel, written.checksum, at)

    def offer(self, line: Outgoing) -> bool:
        """Takes a line to be said, from any thread, without waiting.

        True: exactly one report will come.  False: nothing will come of it, since the sender is
        ending or has not kept up.  When the outbox is full, the oldest of the least urgent lines
        gives way and is reported as undelivered.
        """
        if self._finishing.is_set():
            return False
        try:
            self._offers.put_nowait(line)
        except queue.Full:
            return False
        self._wake.set()
        return True

    def note(self, event: Event) -> None:
        """Learns what happened on the connection; for the reader's thread, in order, at no cost."""
        if isinstance(event, _OF_INTEREST):
            self._events.append(event)
            self._wake.set()

    def finish(self) -> None:
        """Nothing more will be offered: say what is due, wait shortly for verdicts, QUIT, end."""
        self._finishing.set()
        self._wake.set()

    # --- the thread ---

    def run(self) -> None:
        """The body of the thread."""
        try:
            while not self._finished.is_set():
                due_at = self.step(self._clock())
                self._wake.wait(min(max(0.0, due_at - self._clock()), _LONGEST_WAIT_S))
        finally:
            self._finished.set()

    def step(self, now: float) -> float:
        """Does what is due, at most one JOIN and one chat line; the moment of the next step.

        Only one of each, so that whatever happens meanwhile is known before the next.
        """
        self._wake.clear()
        self._take_in(now)
        self._put_away_late(now)
        due_at = min(
            self._join_next(now),
            self._say_next(now),
            self._deliveries.next_overdue_at(),
            self._outbox.next_stale_at(),
        )
        return self._wind_up(now, due_at) if self._finishing.is_set() else due_at

    def _take_in(self, now: float) -> None:
        while self._events:
            event = self._events.popleft()
            self._standing.heed(event, now)
            self._deliveries.heed(event)
        for _ in range(self._offers.qsize()):
            line = self._offers.get_nowait()
            if not self._standing.knows(line.channel):
                self._deliveries.dropped(line, "not one of the bot's channels")
            elif (displaced := self._outbox.put(line)) is not None:
                self._deliveries.dropped(displaced, "too many lines are waiting")

    def _put_away_late(self, now: float) -> None:
        self._deliveries.give_up_late(now)
        for line in self._outbox.take_stale(now):
            self._deliveries.dropped(line, f"too old: it waited {now - line.created_at:.0f} s")

    def _join_next(self, now: float) -> float:
        channel, ready_at = self._standing.next_join(now)
        if channel is None or self._stopping.is_set():
            return math.inf
        if ready_at <= now and self._write_join(channel, now):
            self._standing.joined(channel, self._clock())
        return ready_at

    def _say_next(self, now: float) -> float:
        free = (line for line in self._outbox if not self._deliveries.is_under_way(line.channel))
        line, ready_at = self._standing.next_line(free, now)
        if line is not None:
            self._say(line, now)
        return ready_at

    def _say(self, line: Outgoing, now: float) -> None:
        """Every limit lets the line pass: looks at it for the last time, and writes it."""
        text = safe_text(line.text)
        if not line.speech.is_generated:
            text = self._repeats.varied(line.channel, text, now)
        objection = self._objection(line, text, now)
        if objection is not None:
            self._outbox.remove(line)
            self._deliveries.dropped(line, objection)
            return
        nonce = self._make_nonce()
        if not self._dry_run and not self._write_message(line, text, nonce, now):
            return
        self._outbox.remove(line)
        # Not ``now``: the send gate and the socket may have taken their time.
        sent = Sent(line, text, nonce, self._clock(), self._now_ms())
        self._standing.said(line.channel, sent.sent_at)
        self._repeats.record(line.channel, checksum(text), sent.sent_at)
        if self._dry_run:
            self._deliveries.would_have_said(sent)
        else:
            self._deliveries.written(sent)

    def _objection(self, line: Outgoing, text: str, now: float) -> str | None:
        if self._standing.is_anonymous and not self._dry_run:
            return "nobody is signed in"
        if self._repeats.includes(line.channel, text, now):
            return "identical to a message of the last 30 s"
        return why_unsayable(text) or self._send_gate(line)

    def _write_join(self, channel: str, now: float) -> bool:
        written = self._write(f"JOIN #{channel}", now)
        if written:
            self._wrote(RecordRateLimitEvent(RateLimitEvent.JOIN, self._now_ms()))
        return written

    def _write_message(self, line: Outgoing, text: str, nonce: str, now: float) -> bool:
        written = self._write(privmsg(line.channel, text, nonce, line.reply_to_id), now)
        if written:
            told = RecordRateLimitEvent(
                RateLimitEvent.MESSAGE, self._now_ms(), line.channel, checksum(text)
            )
            self._wrote(told)
        return written

    def _write(self, wire_line: str, now: float) -> bool:
        if self._send_line(wire_line):
            return True
        self._standing.write_failed(now)
        return False

    # --- the end ---

    def _wind_up(self, now: float, due_at: float) -> float:
        """Goes on while something is due; then drops the rest, awaits verdicts, and quits."""
        if self._quit_at is None:
            self._quit_at = now + _LAST_VERDICTS_S
        if due_at <= now < self._quit_at:
            return due_at
        self._abandon_waiting()
        if self._deliveries.any_under_way() and now < self._quit_at:
            return self._quit_at
        self._deliveries.give_up_all()
        if self._standing.is_open(now):
            self._send_line("QUIT")
        self._finished.set()
        return now

    def _abandon_waiting(self) -> None:
        lines = self._outbox.take_all()
        if lines:
            log.info("lines left unsaid at the end", extra={"count": len(lines)})
        for line in lines:
            self._deliveries.dropped(line, "stopping")
