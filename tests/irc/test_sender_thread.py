"""The sender as a thread: it wakes when something happens, rests otherwise, and ends in time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from clankbot.irc.sender import Sender
from clankbot.records.chat import LinkUp, OwnState, RoomState
from clankbot.records.speech import Delivered, MessageKind, Outgoing, Undelivered
from tests.waiting import wait_until

CHANNELS = tuple(f"c{number}" for number in range(6))


class Running:
    """A sender on a thread of its own, in channels where it is a moderator."""

    def __init__(self) -> None:
        self.wire: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.reports: list[Delivered | Undelivered] = []
        self.answers = True
        self.objection: Callable[[Outgoing], str | None] = lambda line: None
        self.clock_readings = 0
        self.finished = threading.Event()
        self.sender = Sender(
            send_line=self._take_line,
            channels=CHANNELS,
            send_gate=lambda line: self.objection(line),
            report=self.reports.append,
            stopping=threading.Event(),
            finished=self.finished,
            clock=self._clock,
        )
        self.thread = threading.Thread(target=self.sender.run, name="irc-sender", daemon=True)

    def start(self) -> None:
        self.thread.start()
        self.sender.note(LinkUp("clank", "1"))
        for channel in CHANNELS:
            assert self.wire.get(timeout=5.0) == f"JOIN #{channel}"
            self.sender.note(OwnState(channel, True, None, None))
            self.sender.note(RoomState(channel, 0))

    def offer(
        self, text: str, channel: str = "c0", speech: MessageKind = MessageKind.SPONTANEOUS
    ) -> bool:
        return self.sender.offer(Outgoing(channel, text, speech, time.monotonic()))

    def stop(self) -> float:
        """Ends the sender; how long that took."""
        started = time.monotonic()
        self.sender.finish()
        self.thread.join(5.0)
        assert self.finished.is_set()
        return time.monotonic() - started

    def _take_line(self, line: str) -> bool:
        self.wire.put(line)
        if " PRIVMSG #" in line and self.answers:
            channel = line.split(" PRIVMSG #")[1].split(" ")[0]
            self.sender.note(OwnState(channel, True, f"id {line}", None))
        return True

    def _clock(self) -> float:
        self.clock_readings += 1
        return time.monotonic()


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running()
    running.start()
    yield running
    running.stop()


def test_an_offer_wakes_the_thread_at_once(running: Running) -> None:
    started = time.monotonic()
    for channel in CHANNELS:
        running.offer("hello", channel)
        assert running.wire.get(timeout=5.0).endswith(f" PRIVMSG #{channel} :hello")
        wait_until(lambda: running.reports).clear()
    assert time.monotonic() - started < 1.5, "half a second each would mean that nothing woke it"


def test_a_line_that_has_to_wait_goes_out_when_its_moment_comes(running: Running) -> None:
    running.offer("1")
    running.offer("2")
    running.wire.get(timeout=5.0)
    first_at = time.monotonic()
    running.wire.get(timeout=5.0)
    assert time.monotonic() - first_at > 0.25


def test_a_thread_with_nothing_to_do_rests(running: Running) -> None:
    before, until = running.clock_readings, time.monotonic() + 0.6
    wait_until(lambda: time.monotonic() > until)
    assert running.clock_readings - before < 12


def test_lines_offered_by_many_threads_are_reported_once_each(running: Running) -> None:
    taken: list[str] = []

    def offer_some(who: int) -> None:
        for number in range(20):
            text = f"line {number} of {who}"
            if running.offer(text, CHANNELS[number % len(CHANNELS)], MessageKind(who % 3)):
                taken.append(text)

    threads = [threading.Thread(target=offer_some, args=(who,)) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5.0)
    running.stop()
    assert sorted(report.line.text for report in running.reports) == sorted(taken)
    assert len(taken) > 60


def test_the_end_comes_within_a_second_and_a_half_even_without_verdicts(running: Running) -> None:
    running.answers = False
    for channel in CHANNELS:
        running.offer("bye", channel)
    assert 0.45 < running.stop() < 1.5
    assert len(running.reports) == len(CHANNELS)


def test_the_end_comes_at_once_when_nothing_is_under_way(running: Running) -> None:
    assert running.stop() < 1.0
    assert running.wire.get(timeout=1.0) == "QUIT"


def test_an_error_in_the_last_look_ends_the_thread_and_says_that_it_has_finished() -> None:
    broken = Running()

    def fail(line: Outgoing) -> str | None:
        raise RuntimeError("out of order")

    broken.objection = fail
    broken.sender.note(LinkUp("clank", "1"))
    broken.sender.note(RoomState("c0", 0))
    broken.offer("hello")
    with pytest.raises(RuntimeError, match="out of order"):
        broken.sender.run()
    assert broken.finished.is_set()
