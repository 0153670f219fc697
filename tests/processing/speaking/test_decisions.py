"""What decided last in each channel, and how seldom it is written down."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from clankbot.config.channel_wording import SettingsSchema
from clankbot.config.settings import load_settings
from clankbot.processing.channels import Channels
from clankbot.processing.live_state import LiveState, Own
from clankbot.processing.speaking.decisions import Decisions
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.reasons import Reason, Why
from clankbot.records.writes import Applied, RecordDecision, Write
from tests.processing.chat import NOON_MS, Hand


class Records:
    """Decisions of two channels, and the rows that were written."""

    def __init__(self) -> None:
        self.clock = Hand()
        live_state = LiveState(Own("clankbot"), self.clock)
        schema = SettingsSchema(load_settings({}, Path.cwd()))
        self.channels = Channels(("alpha", "beta"), schema, live_state)
        self.queue = WriteQueue(self, live_state, self.clock)
        self.decisions = Decisions(self.channels, self.queue, lambda *_: [], self.clock)
        self._rows: list[RecordDecision] = []

    def apply(self, writes: Sequence[Write]) -> list[Applied]:
        self._rows.extend(write for write in writes if isinstance(write, RecordDecision))
        return [Applied(1) for _ in writes]

    def decide(self, *reasons: Reason, channel: str = "alpha") -> None:
        for reason in reasons:
            self.decisions.decide(self.channels[channel], reason)

    @property
    def rows(self) -> list[RecordDecision]:
        self.queue.commit()
        return self._rows


OFF = Reason(Why.SWITCHED_OFF, "switched off")


def counted(count: int) -> Reason:
    return Reason(Why.MESSAGES, f"{count}/30 messages")


@pytest.fixture
def records() -> Records:
    return Records()


def test_another_kind_of_decision_is_written_at_once(records: Records) -> None:
    records.decide(counted(1), counted(2), OFF, counted(3))
    records.decide(OFF, channel="beta")
    assert [(row.channel, row.reason) for row in records.rows] == [
        ("alpha", "1/30 messages"),
        ("alpha", "switched off"),
        ("alpha", "3/30 messages"),
        ("beta", "switched off"),
    ]
    assert not any(row.goes_on for row in records.rows)
    assert records.channels["alpha"].decision == counted(3)


def test_figures_that_go_on_are_written_once_a_minute(records: Records) -> None:
    for count in range(1, 30):
        records.decide(counted(count))
        records.decisions.keep_up()
        records.clock.forward(4)
    later = [(row.reason, row.at_ms) for row in records.rows if row.goes_on]
    assert later == [("16/30 messages", NOON_MS + 60_000)]
    records.decisions.catch_up()
    records.decisions.catch_up()
    last = RecordDecision("alpha", NOON_MS + 112_000, "29/30 messages", goes_on=True)
    assert records.rows[-1] == last
    assert len(records.rows) == 3


def test_figures_that_another_decision_followed_are_not_written_any_more(
    records: Records,
) -> None:
    records.decide(counted(1), counted(2), OFF)
    records.decisions.catch_up()
    assert [row.reason for row in records.rows] == ["1/30 messages", "switched off"]
