"""Outages: said once, waited out, forgotten."""

from __future__ import annotations

import logging

import pytest

from clankbot.ollama.outages import Outages


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """The clock of the test."""
    return Clock()


def test_an_outage_is_logged_when_it_begins_and_when_it_ends(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    outages = Outages(clock)
    for _ in range(5):
        outages.failed("server", "gone")
        clock.now_s += 10
    outages.worked("server")
    outages.worked("server")
    began, ended = (record.__dict__ for record in caplog.records)
    assert (began["msg"], began["problem"]) == ("generation fails", "gone")
    assert (ended["msg"], ended["lasted_s"]) == ("generation works again", 50.0)


def test_another_problem_is_worth_another_line(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    outages = Outages(clock)
    for problem in ("gone", "gone", "busy", "busy"):
        outages.failed("server", problem)
    assert [record.__dict__["problem"] for record in caplog.records] == ["gone", "busy"]


def test_the_wait_for_the_next_try_doubles_up_to_ten_seconds(clock: Clock) -> None:
    outages = Outages(clock)
    waits = []
    for _ in range(7):
        outages.failed("m", "gone")
        began = clock.now_s
        while outages.is_waiting("m"):
            clock.now_s += 0.5
        waits.append(clock.now_s - began)
    assert waits == [1, 2, 4, 8, 10, 10, 10]


def test_each_subject_waits_for_itself(clock: Clock) -> None:
    outages = Outages(clock)
    outages.failed("huge", "no memory")
    assert outages.is_waiting("huge")
    assert not outages.is_waiting("small")


def test_all_may_be_tried_at_once_when_the_server_is_back(clock: Clock) -> None:
    outages = Outages(clock)
    outages.failed("m", "gone")
    outages.failed("m", "gone")
    outages.retry_now()
    assert not outages.is_waiting("m")
    assert outages.of("m")
    outages.failed("m", "gone")
    assert outages.is_waiting("m")


def test_the_oldest_outage_is_told_until_nobody_asks_for_it_any_more(clock: Clock) -> None:
    outages = Outages(clock)
    assert outages.oldest() is None
    outages.failed("typo", "missing")
    clock.now_s += 10
    outages.failed("server", "gone")
    oldest = outages.oldest()
    assert oldest is not None
    assert (oldest.subject, oldest.since_s) == ("typo", 100.0)
    clock.now_s += 3595
    later = outages.oldest()
    assert later is not None
    assert later.subject == "server"
