"""Periodic tasks run when they are due, heal or end the thread; one-off tasks never wait."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from functools import partial

import pytest

from clankbot.errors import (
    AuthUnavailable,
    DatabaseError,
    DatabaseUnavailable,
    KeyRefused,
    ModelMissing,
    NotSignedIn,
    OllamaUnavailable,
    RequestRefused,
    TokenRefused,
    Trouble,
)
from clankbot.runtime.scheduler import PeriodicTask, Scheduler
from tests.waiting import PATIENCE_S


class Scripted:
    """A periodic task that plays a list of answers, the last one for ever, and counts its turns."""

    def __init__(self, *answers: float | Exception) -> None:
        self.turns = 0
        self._answers = list(answers)

    def __call__(self) -> float:
        answer = self._answers[min(self.turns, len(self._answers) - 1)]
        self.turns += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


def scheduler_of(**tasks: Callable[[], float]) -> Scheduler:
    """A scheduler whose clock stands still at zero."""
    listed = [PeriodicTask(name, run) for name, run in tasks.items()]
    return Scheduler(listed, threading.Event(), clock=lambda: 0.0)


def pauses(scheduler: Scheduler, turns: int) -> list[float]:
    """The pauses it asks for when it is always given its next turn just in time."""
    now_s, seen = 0.0, []
    for _ in range(turns):
        pause_s = scheduler.run_due(now_s)
        seen.append(pause_s)
        now_s += pause_s
    return seen


def test_a_refused_request_is_told_once_and_tried_again_seldom(
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused = Scripted(RequestRefused("Twitch's API refuses streams"))
    scheduler = scheduler_of(refused=refused)
    assert sum(pauses(scheduler, 25)) >= 2 * 600
    assert refused.turns == 3
    assert caplog.messages == ["periodic task failed"]


def test_every_periodic_task_is_due_at_the_start_and_then_when_it_wants() -> None:
    often, seldom = Scripted(10), Scripted(25)
    scheduler = scheduler_of(often=often, seldom=seldom)
    assert scheduler.run_due(0.0) == 10
    assert scheduler.run_due(9.9) == pytest.approx(0.1)
    assert (often.turns, seldom.turns) == (1, 1)
    assert scheduler.run_due(10.0) == 10
    assert scheduler.run_due(20.0) == 5
    assert scheduler.run_due(25.0) == 5
    assert (often.turns, seldom.turns) == (3, 2)


def test_one_late_turn_is_not_followed_by_a_burst() -> None:
    task = Scripted(10)
    scheduler = scheduler_of(task=task)
    scheduler.run_due(0.0)
    assert scheduler.run_due(1000.0) == 10
    assert task.turns == 2


@pytest.mark.parametrize("wish_s", [0.0, -30.0])
def test_a_pause_of_nothing_is_no_busy_loop(wish_s: float) -> None:
    assert scheduler_of(task=Scripted(wish_s)).run_due(0.0) == pytest.approx(0.1)


def test_a_task_that_never_wants_to_run_again_is_allowed() -> None:
    scheduler = scheduler_of(once=Scripted(float("inf")))
    assert 0 < scheduler.run_due(0.0) <= threading.TIMEOUT_MAX
    assert 0 < scheduler_of().run_due(0.0) <= threading.TIMEOUT_MAX


def test_a_failing_service_is_asked_less_and_less_often() -> None:
    scheduler = scheduler_of(validate=Scripted(AuthUnavailable("id service is down")))
    assert pauses(scheduler, 5) == [10, 20, 40, 60, 60]
    assert pauses(scheduler, 3000)[-1] == 60


def test_ollama_is_found_again_within_15_seconds_however_long_it_was_away() -> None:
    scheduler = scheduler_of(probe=Scripted(OllamaUnavailable(Trouble.NOT_REACHABLE)))
    assert set(pauses(scheduler, 50)) == {10}


def test_after_a_success_the_patience_is_fresh() -> None:
    down = DatabaseUnavailable("locked")
    scheduler = scheduler_of(prune=Scripted(down, down, 5.0, down))
    assert pauses(scheduler, 4) == [10, 20, 5, 10]


def test_an_outage_is_logged_when_it_begins_changes_and_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    away, missing = OllamaUnavailable(Trouble.NOT_REACHABLE), ModelMissing("llama3.1")
    scheduler = scheduler_of(probe=Scripted(7.0, away, away, away, missing, missing, 7.0, 7.0))
    pauses(scheduler, 8)
    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert said == [
        ("WARNING", "periodic task failed"),
        ("WARNING", "periodic task failed"),
        ("INFO", "periodic task works again"),
    ]
    assert [record.__dict__["task"] for record in caplog.records] == ["probe"] * 3
    assert caplog.records[0].__dict__["reason"] == "Ollama cannot be reached"
    assert caplog.records[2].__dict__["after_s"] == 50


def test_one_failing_task_does_not_hold_up_the_others() -> None:
    other = Scripted(5)
    scheduler = scheduler_of(broken=Scripted(AuthUnavailable("down")), other=other)
    pauses(scheduler, 4)
    assert other.turns == 4


@pytest.mark.parametrize(
    "error",
    [
        TokenRefused("sign in again"),
        NotSignedIn("sign in"),
        KeyRefused("wrong key"),
        DatabaseError("no such table"),
        ZeroDivisionError(),
    ],
)
def test_what_does_not_heal_by_itself_ends_the_thread(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        scheduler_of(task=Scripted(error)).run_due(0.0)
    assert raised.value is error


class Running:
    """A scheduler in a thread of its own."""

    def __init__(self, *tasks: PeriodicTask) -> None:
        self.stopping = threading.Event()
        self.scheduler = Scheduler(tasks, self.stopping)
        self.thread = threading.Thread(target=self.scheduler.run, name="scheduler", daemon=True)

    def __enter__(self) -> Running:
        self.thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.stopping.set()
        self.scheduler.wake()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()


def test_it_stops_at_once_in_the_middle_of_a_long_pause() -> None:
    ran = threading.Event()

    def once_an_hour() -> float:
        ran.set()
        return 3600.0

    with Running(PeriodicTask("validate", once_an_hour)):
        assert ran.wait(PATIENCE_S)


def test_one_off_tasks_run_in_order_in_the_scheduler_thread() -> None:
    seen: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()

    def note(number: int) -> None:
        seen.put((number, threading.current_thread().name))

    with Running(PeriodicTask("idle", lambda: 3600.0)) as running:
        for number in range(3):
            assert running.scheduler.submit(partial(note, number))
        assert [seen.get(timeout=PATIENCE_S) for _ in range(3)] == [
            (n, "scheduler") for n in range(3)
        ]


def test_a_failed_one_off_task_is_logged_and_the_next_one_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise OllamaUnavailable(Trouble.NOT_REACHABLE)

    done = threading.Event()
    with Running() as running:
        running.scheduler.submit(fail)
        running.scheduler.submit(done.set)
        assert done.wait(PATIENCE_S)
    (record,) = caplog.records
    said = (record.getMessage(), record.__dict__["reason"])
    assert said == ("one-off task failed", "Ollama cannot be reached")


def test_a_refused_sign_in_during_a_one_off_task_ends_the_thread() -> None:
    stopping, rounds = threading.Event(), []

    def stop_in_the_second_round() -> float:
        rounds.append(1)
        if len(rounds) == 2:
            stopping.set()
        return 0.1

    def fail() -> None:
        raise TokenRefused("sign in again")

    scheduler = Scheduler([PeriodicTask("stop", stop_in_the_second_round)], stopping)
    scheduler.submit(fail)
    with pytest.raises(TokenRefused):
        scheduler.run()


def test_one_off_tasks_beyond_twenty_are_declined_and_none_outlives_the_stop() -> None:
    entered, release, ran = threading.Event(), threading.Event(), []

    def slow() -> float:
        entered.set()
        release.wait(PATIENCE_S)
        return 3600.0

    with Running(PeriodicTask("slow", slow)) as running:
        assert entered.wait(PATIENCE_S)
        taken = [running.scheduler.submit(lambda: ran.append(1)) for _ in range(21)]
        assert taken == [True] * 20 + [False]
        running.stopping.set()
        running.scheduler.wake()
        release.set()
    assert ran == []
