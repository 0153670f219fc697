"""Which channel is joined when: answered, unanswered and refused JOINs."""

from __future__ import annotations

import itertools
import logging

import pytest

from clankbot.irc.joins import Joins

HOUR_S = 3600.0


def ask_all(joins: Joins, until: float) -> list[tuple[float, str]]:
    """Asks as soon as allowed; every JOIN with its moment."""
    asked: list[tuple[float, str]] = []
    now = 0.0
    while (channel := joins.next_channel()) is not None:
        now = max(now, joins.ready_at(channel, now))
        if now >= until:
            break
        joins.asked(channel, now)
        asked.append((now, channel))
    return asked


def refused(joins: Joins, notice_id: str) -> float:
    """When ``a`` is asked for again after this notice at 1 s."""
    joins.start_over(0.0)
    joins.asked("a", 0.0)
    joins.refused("a", notice_id, 1.0)
    return joins.ready_at("a", 1.0)


def test_channels_are_joined_in_their_order_eighteen_in_twelve_seconds() -> None:
    channels = [f"c{number:02}" for number in range(40)]
    joins = Joins(channels)
    joins.start_over(0.0)
    first = ask_all(joins, until=10.0)
    assert [channel for _, channel in first[:18]] == channels[:18]
    assert len(first) == 18


def test_more_than_a_hundred_channels_are_all_joined_the_first_hundred_first() -> None:
    channels = [f"c{number:03}" for number in range(120)]
    joins = Joins(channels)
    joins.start_over(0.0)
    order = []
    now = 0.0
    while (channel := joins.next_channel()) is not None:
        now = joins.ready_at(channel, now)
        joins.asked(channel, now)
        joins.entered(channel)
        order.append(channel)
    assert order == channels
    assert now == 72.0


def test_an_unanswered_join_is_repeated_ever_more_slowly_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    joins = Joins(["a"])
    joins.start_over(0.0)
    with caplog.at_level(logging.WARNING):
        moments = [moment for moment, _ in ask_all(joins, until=2500.0)]
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    assert gaps == [10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 600.0, 600.0, 600.0]
    assert [record.getMessage() for record in caplog.records] == ["channel not joined"]


def test_a_new_connection_asks_for_all_channels_afresh_within_the_same_window() -> None:
    joins = Joins([f"c{number}" for number in range(18)])
    joins.start_over(0.0)
    for _ in range(18):
        channel = joins.next_channel()
        assert channel is not None
        joins.asked(channel, 0.0)
        joins.entered(channel)
    assert joins.next_channel() is None
    joins.start_over(5.0)
    assert not joins.is_inside("c0")
    assert joins.next_channel() == "c0"
    assert joins.ready_at("c0", 5.0) == 12.0


def test_joins_of_an_earlier_run_count_for_the_window() -> None:
    joins = Joins(["a", "b"])
    for moment in range(17):
        joins.count_earlier(float(moment) / 10)
    joins.start_over(5.0)
    assert joins.ready_at("a", 5.0) == 5.0
    joins.asked("a", 5.0)
    assert joins.ready_at("b", 5.0) == 12.0


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
    assert refused(Joins(["a"]), notice_id) == 1.0 + away_s


def test_a_notice_about_a_message_is_no_reason_to_leave() -> None:
    joins = Joins(["a"])
    joins.entered("a")
    joins.refused("a", "msg_duplicate", 1.0)
    assert joins.is_inside("a")


def test_a_ban_holds_over_a_reconnect_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    joins = Joins(["a", "b"])
    with caplog.at_level(logging.WARNING):
        banned_until = refused(joins, "msg_banned")
        joins.start_over(50.0)
        assert joins.next_channel() == "b"
        assert joins.ready_at("a", 50.0) == banned_until
        joins.asked("a", banned_until)
        joins.refused("a", "msg_banned", banned_until + 1.0)
    assert len(caplog.records) == 1


def test_a_channel_that_lets_the_bot_in_again_counts_as_joined() -> None:
    joins = Joins(["a"])
    refused(joins, "msg_banned")
    joins.entered("a")
    assert joins.is_inside("a")
    joins.start_over(100.0)
    assert joins.ready_at("a", 100.0) == 100.0


def test_patience_begins_anew_with_each_connection_and_after_each_bar() -> None:
    joins = Joins(["a"])
    joins.start_over(0.0)
    joins.asked("a", 0.0)
    joins.asked("a", 10.0)
    joins.start_over(20.0)
    joins.asked("a", 20.0)
    assert joins.ready_at("a", 20.0) == 30.0
    joins.refused("a", "msg_channel_suspended", 21.0)
    joins.asked("a", 21.0 + HOUR_S)
    assert joins.ready_at("a", 21.0 + HOUR_S) == 31.0 + HOUR_S


def test_entering_is_logged_once_and_new_trouble_after_it_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    joins = Joins(["a"])
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            refused(joins, "msg_banned")
            joins.entered("a")
            joins.entered("a")
    assert [record.getMessage() for record in caplog.records] == [
        "channel not joined",
        "channel joined",
        "channel not joined",
        "channel joined",
    ]


def test_a_channel_it_was_put_out_of_is_asked_for_again_after_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    joins = Joins(["a"])
    joins.start_over(0.0)
    joins.asked("a", 0.0)
    joins.entered("a")
    joins.left("a", 100.0)
    joins.left("a", 101.0)
    assert not joins.is_inside("a")
    assert joins.next_channel() == "a"
    assert joins.ready_at("a", 102.0) == 161.0
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    joins.asked("a", 161.0)
    joins.entered("a")
    assert joins.is_inside("a")
