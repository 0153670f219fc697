"""The sender as a thread: it wakes when something happens, rests otherwise, and ends in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from clankbot.records.chat import LinkUp, RoomState
from clankbot.records.speech import MessageKind, Outgoing
from tests.irc.rigs import SenderThread
from tests.waiting import PATIENCE_S, wait_until

CHANNELS = tuple(f"c{number}" for number in range(6))


@pytest.fixture
def running() -> Iterator[SenderThread]:
    running = SenderThread(*CHANNELS)
    running.start()
    yield running
    running.stop()


def test_an_offer_wakes_the_thread_at_once(running: SenderThread) -> None:
    started = time.monotonic()
    for channel in CHANNELS:
        running.offer("hello", channel)
        assert running.wire.get(timeout=PATIENCE_S).endswith(f" PRIVMSG #{channel} :hello")
        wait_until(lambda: running.reports).clear()
    assert time.monotonic() - started < 2.5, "half a second each would mean that nothing woke it"


def test_a_line_that_has_to_wait_goes_out_when_its_moment_comes(running: SenderThread) -> None:
    running.offer("1")
    running.offer("2")
    running.wire.get(timeout=PATIENCE_S)
    first_at = time.monotonic()
    running.wire.get(timeout=PATIENCE_S)
    assert time.monotonic() - first_at > 0.25


def test_a_thread_with_nothing_to_do_rests(running: SenderThread) -> None:
    before, until = running.clock_readings, time.monotonic() + 0.6
    wait_until(lambda: time.monotonic() > until)
    assert running.clock_readings - before < 12


def test_lines_offered_by_many_threads_are_reported_once_each(running: SenderThread) -> None:
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
        thread.join(PATIENCE_S)
    running.stop()
    assert sorted(report.line.text for report in running.reports) == sorted(taken)
    assert len(taken) > 60


def test_the_end_comes_within_a_second_and_a_half_even_without_verdicts(
    running: SenderThread,
) -> None:
    running.answers = False
    for channel in CHANNELS:
        running.offer("bye", channel)
    assert 0.45 < running.stop() < 1.5
    assert len(running.reports) == len(CHANNELS)


def test_the_end_comes_at_once_when_nothing_is_under_way(running: SenderThread) -> None:
    assert running.stop() < 1.0
    assert running.wire.get(timeout=PATIENCE_S) == "QUIT"


def test_an_error_in_the_send_gate_ends_the_thread_and_says_that_it_has_finished() -> None:
    broken = SenderThread(*CHANNELS)

    def fail(line: Outgoing) -> str | None:
        raise RuntimeError("out of order")

    broken.objection = fail
    broken.sender.handle(LinkUp("clank", "1"))
    broken.sender.handle(RoomState("c0", 0))
    broken.offer("hello")
    with pytest.raises(RuntimeError, match="out of order"):
        broken.sender.run()
    assert broken.link.is_finished
