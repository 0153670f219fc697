"""The irc-sender thread: every line the bot writes after its login, and when it may be written.

Started by the wiring with ``run`` as its body; ends after ``finish()``, having said QUIT, and sets
the link's ``is_finished``.  It alone owns its state.  Other threads only hand over: lines with
``offer``, events with ``handle``.  ``send_gate`` and ``report`` are called on this thread.

A line waits in the outbox until its channel is joined and has nothing under way, until the spacing
of the channel and the window of the account let it pass, and until no more urgent line needs that
window.  Then the send gate judges it, it is written, and Twitch's verdict is awaited.  Every line
taken in is reported exactly once.

It must not know what a line is about: whether the bot may speak in a channel is for the send gate.
"""

from __future__ import annotations

import logging
import math
import queue
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from clankbot.clock import Clock
from clankbot.irc.connection import Link
from clankbot.irc.delivery import Sent, log_fields
from clankbot.irc.outbox import Outbox
from clankbot.irc.privmsg import checksum, privmsg, safe_text, why_unsayable
from clankbot.irc.send_limits import Channel, SendLimits
from clankbot.records.chat import ChatCleared, ChatMessage, Event, MessageDeleted
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Delivered, Outgoing, Undelivered
from clankbot.records.writes import RateLimitEvent, RecordRateLimitEvent

log = logging.getLogger(__name__)

_NOT_OF_INTEREST: Final = ChatMessage | MessageDeleted | ChatCleared

# As many as the outbox holds.  They are taken over within a second: more means that the socket has
# stopped taking anything, and then there is nothing to be said for queueing.
_MOST_OFFERS: Final = 100

# A connection brings three a second while it joins, and fewer later, even in a wave of bans: this
# many take a stall of minutes.  Then the oldest give way, since the newest tell what holds now.
_MOST_EVENTS: Final = 1000

# How long the thread rests at most: a bound on the harm of any miscalculated moment.
_LONGEST_WAIT_S: Final = 0.5

# How long to stay for Twitch's verdicts at the end, before QUIT.
_LAST_VERDICTS_S: Final = 0.5


class Sender:
    """Says lines in channels, within Twitch's limits, and learns what became of each."""

    def __init__(
        self,
        *,
        link: Link,
        channels: Sequence[str],
        send_gate: Callable[[Outgoing], Reason | None],
        report: Callable[[Delivered | Undelivered | RecordRateLimitEvent], None],
        clock: Clock,
        dry_run: bool = False,
    ) -> None:
        """``send_gate`` gives a reason to drop a line, or None.

        ``report`` gets what became of each line, and a record of each write that Twitch counts.
        ``clock`` is the one that ``Outgoing.since`` was read from.
        ``dry_run`` obeys all limits and says nothing.
        """
        self._link = link
        self._send_gate = send_gate
        self._report = report
        self._dry_run = dry_run
        self._clock = clock

        # Shared with other threads.
        self._offers: queue.Queue[Outgoing] = queue.Queue(_MOST_OFFERS)
        self._events: deque[Event] = deque(maxlen=_MOST_EVENTS)
        self._is_finishing = False
        self._wake = threading.Event()

        # Owned by the sender's thread.
        self._limits = SendLimits(channels)
        self._channels = self._limits.channels
        self._outbox = Outbox()
        self._quit_at: float | None = None

    # --- for other threads ---

    def count_earlier(self, earlier: Iterable[RecordRateLimitEvent]) -> None:
        """Counts what an earlier run wrote, oldest first; to be called before the thread starts.

        While nobody knows for certain how long ago it was, it is taken to be as short as can be.
        """
        now, now_ms = self._clock.monotonic(), self._clock.past_ms()
        for written in earlier:
            self._limits.record(written, now - max(0, now_ms - written.at_ms) / 1000)

    def offer(self, line: Outgoing) -> bool:
        """Takes a line to be said, from any thread, without waiting.

        True: exactly one report will come.  False: nothing will come of it, since the sender is
        ending or has not kept up.  When the outbox is full, the oldest of the least urgent lines
        gives way and is reported as undelivered.
        """
        if self._is_finishing:
            return False
        try:
            self._offers.put_nowait(line)
        except queue.Full:
            return False
        self._wake.set()
        return True

    def handle(self, event: Event) -> None:
        """Takes an event of the connection; for the reader's thread, in order, without waiting."""
        if not isinstance(event, _NOT_OF_INTEREST):
            self._events.append(event)
            self._wake.set()

    def finish(self) -> None:
        """Nothing more will be offered: say what is due, wait shortly for verdicts, QUIT, end."""
        self._is_finishing = True
        self._wake.set()

    # --- the thread ---

    def run(self) -> None:
        """The body of the thread."""
        try:
            while not self._link.is_finished:
                due_at = self.step(self._clock.monotonic())
                self._wake.wait(min(max(0.0, due_at - self._clock.monotonic()), _LONGEST_WAIT_S))
        finally:
            self._link.is_finished = True
            self._link.wake()

    def step(self, now: float) -> float:
        """Does what is due, at most one JOIN and one chat line; the moment of the next step.

        Only one of each, so that what happens meanwhile is known before the next.
        """
        self._wake.clear()
        self._take_in(now)
        self._give_up_overdue(now)
        for stale in self._outbox.take_stale(now):
            self._drop(stale, Reason(Why.STALE, f"too old: {now - stale.since:.0f} s"))
        join_at = self._join_next(now)
        line, say_at = self._limits.next_line(self._outbox, now)
        if line is not None:
            self._say(line, self._channels[line.channel], now)
        overdue_at = min((c.delivery.overdue_at for c in self._channels.values()), default=math.inf)
        due_at = min(join_at, say_at, overdue_at, self._outbox.next_stale_at())
        return self._wind_up(now, due_at) if self._is_finishing else due_at

    def _take_in(self, now: float) -> None:
        """Handles the events and lines that other threads have handed over."""
        while self._events:
            event = self._events.popleft()
            self._limits.handle(event, now)
            for channel in self._channels.values():
                if (outcome := channel.delivery.handle(event)) is not None:
                    self._report(outcome)
        for _ in range(self._offers.qsize()):
            line = self._offers.get_nowait()
            if line.channel not in self._channels:
                self._drop(line, Reason(Why.NOT_OUR_CHANNEL, "not one of the bot's channels"))
            elif (displaced := self._outbox.put(line)) is not None:
                self._drop(displaced, Reason(Why.OUTBOX_FULL, "too many lines are waiting"))

    def _give_up_overdue(self, now: float) -> None:
        for channel in self._channels.values():
            if (outcome := channel.delivery.give_up_overdue(now)) is not None:
                self._report(outcome)

    def _join_next(self, now: float) -> float:
        channel, ready_at = self._limits.next_join(now)
        if channel is None or self._link.stopping.is_set():
            return math.inf
        if ready_at <= now and self._write(f"JOIN #{channel.name}", now):
            written = RecordRateLimitEvent(RateLimitEvent.JOIN, self._clock.utc_ms())
            at = self._clock.monotonic()
            self._limits.record(written, at)
            channel.membership.asked(at)
            self._report(written)
        return ready_at

    def _say(self, line: Outgoing, channel: Channel, now: float) -> None:
        """Judges a line that every limit lets pass for the last time, and writes it."""
        text = safe_text(line.text)
        if not line.kind.is_generated:
            text = channel.repeats.varied(text, now)
        objection = self._objection(line, text, channel, now)
        if objection is not None:
            self._outbox.remove(line)
            self._drop(line, objection)
            return
        nonce = secrets.token_hex(16)
        wire_line = privmsg(channel.name, text, nonce, line.reply_to_id)
        if not self._dry_run and not self._write(wire_line, now):
            return  # it stays in the outbox, and is judged again before the next try
        self._outbox.remove(line)
        # Not ``now``: the send gate and the socket may have taken their time.
        at, at_ms = self._clock.monotonic(), self._clock.utc_ms()
        written = RecordRateLimitEvent(RateLimitEvent.MESSAGE, at_ms, channel.name, checksum(text))
        self._limits.record(written, at)
        if self._dry_run:
            log.info("would have said", extra=log_fields(line) | {"text": text})
            self._report(Delivered(line, text, None, at_ms, at, shadow=True))
        else:
            channel.delivery.begin(Sent(line, text, nonce, at, at_ms))
            self._report(written)

    def _objection(self, line: Outgoing, text: str, channel: Channel, now: float) -> Reason | None:
        if self._limits.is_anonymous and not self._dry_run:
            return Reason(Why.NOT_SIGNED_IN, "nobody is signed in")
        if channel.repeats.includes(text, now):
            return Reason(Why.REPEATED_AT_ONCE, "identical to a message of the last 30 s")
        if (problem := why_unsayable(text)) is not None:
            return Reason(Why.UNSAYABLE, problem)
        return self._send_gate(line)

    def _write(self, wire_line: str, now: float) -> bool:
        is_written = self._link.send_line(wire_line)
        if not is_written:
            self._limits.write_failed(now)
        return is_written

    def _drop(self, line: Outgoing, reason: Reason) -> None:
        """The line will never be written."""
        log.debug("line dropped", extra=log_fields(line) | {"reason": reason.text})
        self._report(Undelivered(line, reason))

    def _wind_up(self, now: float, due_at: float) -> float:
        """Goes on while something is due; then drops the rest, awaits verdicts, and quits."""
        if self._quit_at is None:
            self._quit_at = now + _LAST_VERDICTS_S
        if due_at <= now < self._quit_at:
            return due_at
        waiting = self._outbox.take_all()
        if waiting:
            log.info("lines left unsaid at the end", extra={"count": len(waiting)})
        for line in waiting:
            self._drop(line, Reason(Why.STOPPING, "stopping"))
        if now < self._quit_at and any(c.delivery.is_under_way for c in self._channels.values()):
            return self._quit_at
        self._give_up_overdue(math.inf)
        if self._limits.is_open(now):
            self._link.send_line("QUIT")
        self._link.is_finished = True
        return now
