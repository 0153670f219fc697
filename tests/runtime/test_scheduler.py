"""Chores come round when they are due, heal by themselves or end the thread; errands never wait."""

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
)
from clankbot.runtime.scheduler import PeriodicTask, Scheduler


class Scripted:
    """A chore that plays a list of answers, the last one for ever, and counts its turns."""

    def __init__(self, *answers: float | Exception) -> None:
        self.turns = 0
        self._answers = list(answers)

    def __call__(self) -> float:
        answer = self._answers[min(self.turns, len(self._answers) - 1)]
        self.turns += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


def upkeep_of(**chores: Callable[[], float]) -> Scheduler:
    """An upkeep whose clock stands still at zero."""
    listed = [PeriodicTask(name, run) for name, run in chores.items()]
    return Scheduler(listed, threading.Event(), clock=lambda: 0.0)


def pauses(upkeep: Scheduler, turns: int) -> list[float]:
    """The pauses it asks for when it is always given its next turn just in time."""
    now_s, seen = 0.0, []
    for _ in range(turns):
        pause_s = upkeep.run_due(now_s)
        seen.append(pause_s)
        now_s += pause_s
    return seen


def test_a_refused_request_is_told_once_and_tried_again_seldom(
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused = Scripted(RequestRefused("Twitch's API refuses streams"))
    upkeep = upkeep_of(refused=refused)
    assert sum(pauses(upkeep, 25)) >= 2 * 600
    assert refused.turns == 3
    assert caplog.messages == ["chore failed"]


def test_every_chore_is_due_at_the_start_and_then_when_it_wants() -> None:
    often, seldom = Scripted(10), Scripted(25)
    upkeep = upkeep_of(often=often, seldom=seldom)
    assert upkeep.run_due(0.0) == 10
    assert upkeep.run_due(9.9) == pytest.approx(0.1)
    assert (often.turns, seldom.turns) == (1, 1)
    assert upkeep.run_due(10.0) == 10
    assert upkeep.run_due(20.0) == 5
    assert upkeep.run_due(25.0) == 5
    assert (often.turns, seldom.turns) == (3, 2)


def test_one_late_turn_is_not_followed_by_a_burst() -> None:
    chore = Scripted(10)
    upkeep = upkeep_of(chore=chore)
    upkeep.run_due(0.0)
    assert upkeep.run_due(1000.0) == 10
    assert chore.turns == 2


@pytest.mark.parametrize("wish_s", [0.0, -30.0])
def test_a_pause_of_nothing_is_no_busy_loop(wish_s: float) -> None:
    assert upkeep_of(chore=Scripted(wish_s)).run_due(0.0) == pytest.approx(0.1)


def test_a_chore_that_never_wants_to_run_again_is_allowed() -> None:
    upkeep = upkeep_of(once=Scripted(float("inf")))
    assert 0 < upkeep.run_due(0.0) <= threading.TIMEOUT_MAX
    assert 0 < upkeep_of().run_due(0.0) <= threading.TIMEOUT_MAX


def test_a_failing_service_is_asked_less_and_less_often() -> None:
    upkeep = upkeep_of(validate=Scripted(AuthUnavailable("id service is down")))
    assert pauses(upkeep, 5) == [10, 20, 40, 60, 60]
    assert pauses(upkeep, 3000)[-1] == 60


def test_ollama_is_found_again_within_15_seconds_however_long_it_was_away() -> None:
    upkeep = upkeep_of(probe=Scripted(OllamaUnavailable("refused")))
    assert set(pauses(upkeep, 50)) == {10}


def test_after_a_success_the_patience_is_fresh() -> None:
    down = DatabaseUnavailable("locked")
    upkeep = upkeep_of(prune=Scripted(down, down, 5.0, down))
    assert pauses(upkeep, 4) == [10, 20, 5, 10]


def test_an_outage_is_logged_when_it_begins_changes_and_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    away, missing = OllamaUnavailable("refused"), ModelMissing("llama3.1")
    upkeep = upkeep_of(probe=Scripted(7.0, away, away, away, missing, missing, 7.0, 7.0))
    pauses(upkeep, 8)
    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert said == [
        ("WARNING", "chore failed"),
        ("WARNING", "chore failed"),
        ("INFO", "chore works again"),
    ]
    assert [record.__dict__["chore"] for record in caplog.records] == ["probe"] * 3
    assert caplog.records[0].__dict__["reason"] == "refused"
    assert caplog.records[2].__dict__["after_s"] == 50


def test_one_failing_chore_does_not_hold_up_the_others() -> None:
    other = Scripted(5)
    upkeep = upkeep_of(broken=Scripted(AuthUnavailable("down")), other=other)
    pauses(upkeep, 4)
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
        upkeep_of(chore=Scripted(error)).run_due(0.0)
    assert raised.value is error


class Running:
    """An upkeep in a thread of its own."""

    def __init__(self, *chores: PeriodicTask) -> None:
        self.stopping = threading.Event()
        self.upkeep = Scheduler(chores, self.stopping)
        self.thread = threading.Thread(target=self.upkeep.run, name="upkeep", daemon=True)

    def __enter__(self) -> Running:
        self.thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.stopping.set()
        self.upkeep.wake()
        self.thread.join(5.0)
        assert not self.thread.is_alive()


def test_it_stops_at_once_in_the_middle_of_a_long_pause() -> None:
    ran = threading.Event()

    def once_an_hour() -> float:
        ran.set()
        return 3600.0

    with Running(PeriodicTask("validate", once_an_hour)):
        assert ran.wait(5.0)


def test_errands_run_in_order_in_the_upkeep_thread() -> None:
    seen: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()

    def note(number: int) -> None:
        seen.put((number, threading.current_thread().name))

    with Running(PeriodicTask("idle", lambda: 3600.0)) as running:
        for number in range(3):
            assert running.upkeep.submit(partial(note, number))
        assert [seen.get(timeout=5.0) for _ in range(3)] == [(n, "upkeep") for n in range(3)]


def test_a_failed_errand_is_logged_and_the_next_one_runs(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OllamaUnavailable("refused")

    done = threading.Event()
    with Running() as running:
        running.upkeep.submit(fail)
        running.upkeep.submit(done.set)
        assert done.wait(5.0)
    (record,) = caplog.records
    assert (record.getMessage(), record.__dict__["reason"]) == ("errand failed", "refused")


def test_a_refused_sign_in_during_an_errand_ends_the_thread() -> None:
    stopping, rounds = threading.Event(), []

    def stop_in_the_second_round() -> float:
        rounds.append(1)
        if len(rounds) == 2:
            stopping.set()
        return 0.1

    def fail() -> None:
        raise TokenRefused("sign in again")

    upkeep = Scheduler([PeriodicTask("stop", stop_in_the_second_round)], stopping)
    upkeep.submit(fail)
    with pytest.raises(TokenRefused):
        upkeep.run()


def test_errands_beyond_twenty_are_declined_and_none_outlives_the_stop() -> None:
    entered, release, ran = threading.Event(), threading.Event(), []

    def slow() -> float:
        entered.set()
        release.wait(5.0)
        return 3600.0

    with Running(PeriodicTask("slow", slow)) as running:
        assert entered.wait(5.0)
        taken = [running.upkeep.submit(lambda: ran.append(1)) for _ in range(21)]
        assert taken == [True] * 20 + [False]
        running.stopping.set()
        running.upkeep.wake()
        release.set()
    assert ran == []
