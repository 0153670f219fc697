"""What decided last in each channel, and how seldom it is written down."""

from __future__ import annotations

import pytest

from clankbot.processing.speaking.decisions import Decisions
from clankbot.records.answers import Decision
from clankbot.records.writes import RecordDecision
from tests.processing.chat import NOON_MS, Hand


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def written() -> list[RecordDecision]:
    return []


@pytest.fixture
def decisions(written: list[RecordDecision], clock: Hand) -> Decisions:
    return Decisions(written.append, clock, clock.ms)


def test_another_kind_of_decision_is_written_at_once(
    decisions: Decisions, written: list[RecordDecision]
) -> None:
    for reason in ("1/30 messages", "2/30 messages", "switched off", "3/30 messages"):
        decisions.decide("alpha", reason)
    decisions.decide("beta", "switched off")
    reasons = [(record.channel, record.reason) for record in written]
    assert reasons == [
        ("alpha", "1/30 messages"),
        ("alpha", "switched off"),
        ("alpha", "3/30 messages"),
        ("beta", "switched off"),
    ]
    assert not any(record.goes_on for record in written)
    assert decisions.newest("alpha") == Decision(NOON_MS, "3/30 messages")
    assert decisions.newest("gamma") is None


def test_figures_that_go_on_are_written_once_a_minute(
    decisions: Decisions, written: list[RecordDecision], clock: Hand
) -> None:
    for count in range(1, 30):
        decisions.decide("alpha", f"{count}/30 messages")
        decisions.keep_up()
        clock.forward(4)
    later = [(record.reason, record.at_ms) for record in written if record.goes_on]
    assert later == [("16/30 messages", NOON_MS + 60_000)]
    decisions.catch_up()
    decisions.catch_up()
    assert written[-1] == RecordDecision("alpha", NOON_MS + 112_000, "29/30 messages", goes_on=True)
    assert len(written) == 3


def test_figures_that_another_decision_followed_are_not_written_any_more(
    decisions: Decisions, written: list[RecordDecision]
) -> None:
    for reason in ("1/30 messages", "2/30 messages", "switched off"):
        decisions.decide("alpha", reason)
    decisions.catch_up()
    assert [record.reason for record in written] == ["1/30 messages", "switched off"]
