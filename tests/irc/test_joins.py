"""Which channel is joined when: answered, unanswered and refused JOINs."""

from __future__ import annotations

import itertools
import logging

import pytest

from clankbot.irc.send_limits import SendLimits
from clankbot.records.chat import Left, LinkUp, Notice, OwnState, UserCleared
from clankbot.records.writes import RateLimitEvent, RecordRateLimitEvent

HOUR_S = 3600.0
JOIN = RecordRateLimitEvent(RateLimitEvent.JOIN, 0)


class Joining:
    """The limits of a sender, as far as JOINs go; times are told by the test."""

    def __init__(self, *channels: str) -> None:
        self.limits = SendLimits(channels)

    def connect(self, now: float) -> None:
        self.limits.handle(LinkUp("clank", "1"), now)

    def next(self, now: float) -> tuple[str | None, float]:
        """The channel to ask for next, and when."""
        channel, ready_at = self.limits.next_join(now)
        return channel.name if channel else None, ready_at

    def again_at(self, channel: str, now: float) -> float:
        """When this channel is asked for, with all others entered."""
        for other in self.limits.channels:
            if other != channel:
                self.enter(other, now)
        found, ready_at = self.next(now)
        assert found == channel
        return ready_at

    def ask(self, channel: str, now: float) -> None:
        """A JOIN goes out."""
        self.limits.record(JOIN, now)
        self.limits.channels[channel].membership.asked(now)

    def enter(self, channel: str, now: float = 0.0) -> None:
        self.limits.handle(OwnState(channel, False, None, None), now)

    def refuse(self, channel: str, notice_id: str, now: float) -> None:
        self.limits.handle(Notice(channel, notice_id, ""), now)

    def put_out(self, channel: str, now: float) -> None:
        self.limits.handle(Left(channel, "clank"), now)

    def is_inside(self, channel: str) -> bool:
        return self.limits.channels[channel].membership.is_inside

    def ask_all(self, until: float) -> list[tuple[float, str]]:
        """Asks as soon as allowed; every JOIN with its moment."""
        asked: list[tuple[float, str]] = []
        now = 0.0
        while True:
            channel, ready_at = self.next(now)
            now = max(now, ready_at)
            if channel is None or now >= until:
                return asked
            self.ask(channel, now)
            asked.append((now, channel))


def refused(joins: Joining, notice_id: str) -> float:
    """When ``a`` is asked for again after this notice at 1 s."""
    joins.connect(0.0)
    joins.ask("a", 0.0)
    joins.refuse("a", notice_id, 1.0)
    return joins.again_at("a", 1.0)


def test_channels_are_joined_in_their_order_eighteen_in_twelve_seconds() -> None:
    channels = [f"c{number:02}" for number in range(40)]
    joins = Joining(*channels)
    joins.connect(0.0)
    first = joins.ask_all(until=10.0)
    assert [channel for _, channel in first[:18]] == channels[:18]
    assert len(first) == 18


def test_more_than_a_hundred_channels_are_all_joined_the_first_hundred_first() -> None:
    channels = [f"c{number:03}" for number in range(120)]
    joins = Joining(*channels)
    joins.connect(0.0)
    order = []
    now = 0.0
    while True:
        channel, ready_at = joins.next(now)
        if channel is None:
            break
        now = ready_at
        joins.ask(channel, now)
        joins.enter(channel)
        order.append(channel)
    assert order == channels
    assert now == 72.0


def test_an_unanswered_join_is_repeated_ever_more_slowly_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    joins = Joining("a")
    joins.connect(0.0)
    with caplog.at_level(logging.WARNING):
        moments = [moment for moment, _ in joins.ask_all(until=2500.0)]
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    assert gaps == [10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 600.0, 600.0, 600.0]
    assert [record.getMessage() for record in caplog.records] == ["channel not joined"]


def test_a_new_connection_asks_for_all_channels_afresh_within_the_same_window() -> None:
    joins = Joining(*(f"c{number}" for number in range(18)))
    joins.connect(0.0)
    for _ in range(18):
        channel, ready_at = joins.next(0.0)
        assert channel is not None
        assert ready_at == 0.0
        joins.ask(channel, 0.0)
        joins.enter(channel)
    assert joins.next(0.0)[0] is None
    joins.connect(5.0)
    assert not joins.is_inside("c0")
    assert joins.next(5.0) == ("c0", 12.0)


def test_joins_of_an_earlier_run_count_for_the_window() -> None:
    joins = Joining("a", "b")
    for moment in range(17):
        joins.limits.record(JOIN, float(moment) / 10)
    joins.connect(5.0)
    assert joins.next(5.0) == ("a", 5.0)
    joins.ask("a", 5.0)
    assert joins.next(5.0) == ("b", 12.0)


@pytest.mark.parametrize(
    ("notice_id", "away_s"),
    [
        ("msg_banned", 24 * HOUR_S),
        ("tos_ban", 24 * HOUR_S),
        ("msg_channel_suspended", HOUR_S),
        ("msg_concurrent_channel_limit_reached", HOUR_S),
    ],
)
def test_a_channel_that_shuts_the_bot_out_is_left_alone_for_long(
    notice_id: str, away_s: float
) -> None:
    assert refused(Joining("a"), notice_id) == 1.0 + away_s


def test_a_notice_about_a_message_is_no_reason_to_leave() -> None:
    joins = Joining("a")
    joins.enter("a")
    joins.refuse("a", "msg_duplicate", 1.0)
    assert joins.is_inside("a")


def test_a_ban_holds_over_a_reconnect_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    joins = Joining("a", "b")
    with caplog.at_level(logging.WARNING):
        banned_until = refused(joins, "msg_banned")
        joins.connect(50.0)
        assert joins.next(50.0)[0] == "b"
        assert joins.again_at("a", 50.0) == banned_until
        joins.ask("a", banned_until)
        joins.refuse("a", "msg_banned", banned_until + 1.0)
    assert len(caplog.records) == 1


def test_a_channel_that_lets_the_bot_in_again_counts_as_joined() -> None:
    joins = Joining("a")
    refused(joins, "msg_banned")
    joins.enter("a")
    assert joins.is_inside("a")
    joins.connect(100.0)
    assert joins.again_at("a", 100.0) == 100.0


def test_patience_begins_anew_with_each_connection_and_after_each_bar() -> None:
    joins = Joining("a")
    joins.connect(0.0)
    joins.ask("a", 0.0)
    joins.ask("a", 10.0)
    joins.connect(20.0)
    joins.ask("a", 20.0)
    assert joins.again_at("a", 20.0) == 30.0
    joins.refuse("a", "msg_channel_suspended", 21.0)
    joins.ask("a", 21.0 + HOUR_S)
    assert joins.again_at("a", 21.0 + HOUR_S) == 31.0 + HOUR_S


def test_entering_is_logged_once_and_new_trouble_after_it_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    joins = Joining("a")
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            refused(joins, "msg_banned")
            joins.enter("a")
            joins.enter("a")
    assert [record.getMessage() for record in caplog.records] == [
        "channel not joined",
        "channel joined",
        "channel not joined",
        "channel joined",
    ]


def test_a_channel_it_was_put_out_of_is_asked_for_again_after_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    joins = Joining("a")
    joins.connect(0.0)
    joins.ask("a", 0.0)
    joins.enter("a")
    joins.put_out("a", 100.0)
    joins.put_out("a", 101.0)
    assert not joins.is_inside("a")
    assert joins.again_at("a", 102.0) == 161.0
    assert not caplog.records
    joins.ask("a", 161.0)
    joins.enter("a")
    assert joins.is_inside("a")


@pytest.mark.parametrize(("is_told", "lines"), [(False, 1), (True, 0)])
def test_a_ban_that_was_told_is_not_logged_again_when_the_next_join_is_refused(
    is_told: bool, lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    joins = Joining("a")
    joins.connect(0.0)
    joins.enter("a")
    if is_told:
        joins.limits.handle(UserCleared("a", "1", None), 100.0)
    joins.put_out("a", 100.0)
    joins.ask("a", 160.0)
    joins.refuse("a", "msg_banned", 160.0)
    assert len(caplog.records) == lines
