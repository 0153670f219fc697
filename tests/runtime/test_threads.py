"""Threads that never die unnoticed, and signals that reach main."""

from __future__ import annotations

import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from clankbot.errors import TokenRefused
from clankbot.runtime.threads import BotThreads, Failure, Report, Signals, not_torn_off
from tests.waiting import AT_ONCE_S, PATIENCE_S


class World:
    """What main owns."""

    def __init__(self) -> None:
        self.reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.stopping = threading.Event()
        self.threads = BotThreads(self.reports, self.stopping)

    def next_report(self) -> Report:
        """The next report, waited for."""
        return self.reports.get(timeout=PATIENCE_S)


@pytest.fixture
def world() -> World:
    return World()


def raise_it(error: BaseException) -> None:
    """A body that fails."""
    raise error


def in_seconds(seconds: float) -> float:
    """A moment of the clock that is so far away."""
    return time.monotonic() + seconds


def test_threads_are_named_and_cannot_hold_the_process(world: World) -> None:
    seen: queue.SimpleQueue[threading.Thread] = queue.SimpleQueue()
    world.stopping.set()
    world.threads.start("irc-reader", lambda: seen.put(threading.current_thread()))
    thread = seen.get(timeout=PATIENCE_S)
    assert (thread.name, thread.daemon) == ("irc-reader", True)
    assert world.threads.join_all(in_seconds(PATIENCE_S)) == []


@pytest.mark.parametrize("error", [ValueError("odd"), TokenRefused("sign in"), SystemExit(3)])
def test_a_body_that_raises_is_reported_with_its_error(
    world: World, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    world.threads.start("scheduler", lambda: raise_it(error))
    report = world.next_report()
    assert report == Failure("scheduler", error)
    assert world.threads.failures == [report]
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "thread failed")
    assert record.__dict__["thread_name"] == "scheduler"
    assert record.exc_info is not None
    assert record.exc_info[1] is error


def test_a_body_that_returns_unasked_is_a_failure(world: World) -> None:
    world.threads.start("worker", lambda: None)
    assert world.next_report() == Failure("worker", None)


def test_a_body_that_returns_when_asked_is_none(world: World) -> None:
    world.threads.start(
        "worker", lambda: None if world.stopping.wait(PATIENCE_S) else raise_it(OSError())
    )
    world.stopping.set()
    assert world.threads.join("worker", in_seconds(PATIENCE_S))
    assert world.threads.failures == []
    assert world.reports.empty()


def test_failing_while_stopping_still_counts(world: World) -> None:
    world.stopping.set()
    world.threads.start("worker", lambda: raise_it(OSError("disk full")))
    assert isinstance(world.next_report(), Failure)


def test_the_first_failure_comes_first(world: World) -> None:
    for name in ("composer", "irc-sender"):
        world.threads.start(name, lambda: None)
        world.next_report()
    assert [failure.thread for failure in world.threads.failures] == ["composer", "irc-sender"]


def test_latecomers_are_named_at_the_deadline(world: World) -> None:
    release = threading.Event()

    def held_up() -> None:
        release.wait(PATIENCE_S)

    world.stopping.set()
    world.threads.start("composer", held_up)
    world.threads.start("worker", lambda: None)
    assert world.threads.join("worker", in_seconds(PATIENCE_S))
    began = time.monotonic()
    assert world.threads.join_all(in_seconds(0.05)) == ["composer"]
    assert not world.threads.join("composer", in_seconds(-1))
    assert time.monotonic() - began < 5
    release.set()
    assert world.threads.join_all(in_seconds(PATIENCE_S)) == []


@pytest.fixture
def no_room_for_threads() -> Iterator[Callable[[], None]]:
    """The system has no room for another thread, until the function is called."""
    former = threading.stack_size(1 << 46)  # more than there are addresses
    yield lambda: threading.stack_size(former) and None
    threading.stack_size(former)


def test_a_thread_that_finds_no_room_is_started_as_soon_as_there_is(
    world: World, no_room_for_threads: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(lambda record: no_room_for_threads() or True)  # once it was told
    ran = threading.Event()

    def body() -> None:
        ran.set()
        world.stopping.wait(PATIENCE_S)

    world.threads.start("worker", body)
    assert ran.wait(PATIENCE_S)
    world.stopping.set()
    assert world.threads.join_all(in_seconds(PATIENCE_S)) == []
    assert [record.getMessage() for record in caplog.records] == [
        "no room for another thread, still trying",
        "thread started after all",
    ]


@pytest.mark.usefixtures("no_room_for_threads")
def test_a_stop_ends_the_wait_for_room(world: World) -> None:
    world.reports.put(signal.SIGTERM)
    began = time.monotonic()
    world.threads.start("worker", lambda: None)
    assert world.threads.join_all(in_seconds(PATIENCE_S)) == []
    assert time.monotonic() - began < AT_ONCE_S


def test_work_that_must_not_be_torn_off_waits_for_room(
    no_room_for_threads: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(lambda record: no_room_for_threads() or True)
    assert not_torn_off(lambda: 7) == 7
    assert len(caplog.records) == 1


def test_a_name_is_given_once(world: World) -> None:
    world.stopping.set()
    world.threads.start("worker", lambda: None)
    with pytest.raises(ValueError, match="worker"):
        world.threads.start("worker", lambda: None)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_wake_main_while_it_waits(world: World, number: signal.Signals) -> None:
    with Signals(world.reports):
        world.stopping.set()
        world.threads.start("sends-it", lambda: os.kill(os.getpid(), number))
        assert world.next_report() is number
    world.threads.join_all(in_seconds(PATIENCE_S))


def test_signals_are_left_to_the_main_thread(world: World) -> None:
    masks: queue.SimpleQueue[set[int]] = queue.SimpleQueue()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    world.stopping.set()
    world.threads.start("worker", lambda: masks.put(signal.pthread_sigmask(signal.SIG_BLOCK, [])))
    assert masks.get(timeout=PATIENCE_S) >= {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
    assert world.threads.join_all(in_seconds(PATIENCE_S)) == []


def test_the_former_handlers_come_back() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
    with Signals(reports):
        os.kill(os.getpid(), signal.SIGTERM)
        assert reports.get(timeout=PATIENCE_S) is signal.SIGTERM
        assert [signal.getsignal(number) for number in numbers] != before
    assert [signal.getsignal(number) for number in numbers] == before


PROGRAM = """
import queue, sys, threading
from clankbot.runtime.threads import Signals
reports = queue.SimpleQueue()
with Signals(reports):
    print("up", flush=True)
    while True:
        print(reports.get().name, flush=True)
"""


@pytest.fixture
def program() -> Iterator[subprocess.Popen[str]]:
    """A process that prints each signal it hears."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True
    ) as process:
        assert said_by(process) == "up\n"
        yield process
        process.kill()


def said_by(process: subprocess.Popen[str]) -> str:
    """The next line it prints."""
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_after_a_stop_ends_the_process_at_once(
    program: subprocess.Popen[str], first: signal.Signals
) -> None:
    program.send_signal(first)
    assert said_by(program) == f"{first.name}\n"
    program.send_signal(signal.SIGINT)
    assert program.wait(timeout=PATIENCE_S) == -signal.SIGINT


def test_other_signals_may_come_as_often_as_they_like(program: subprocess.Popen[str]) -> None:
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGTERM, signal.SIGHUP):
        program.send_signal(number)
        assert said_by(program) == f"{number.name}\n"
    assert program.poll() is None
