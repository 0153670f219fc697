"""Forgetting what is old, a little at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from clankbot.processing.retention import Retention
from clankbot.records.writes import Append, RemoveMessage, SetSetting, StoredMessage
from tests.processing.chat import NOON_MS
from tests.processing.desk import Desk

DAY_MS = 86_400_000


def store(desk: Desk, ages_days: Iterable[float], channel: str = "alpha") -> None:
    """Messages of these ages, named by them."""
    desk.store.apply(
        [
            Append(
                StoredMessage(
                    f"{channel}-{number}",
                    channel,
                    "7",
                    "alice",
                    "Alice",
                    f"{age:g}",
                    desk.clock.ms() - round(age * DAY_MS),
                )
            )
            for number, age in enumerate(ages_days)
        ]
    )


def retention(desk: Desk, keep_count: int = 0) -> Retention:
    for channel in desk.channels.values():
        channel.settings = replace(channel.settings, retention_count=keep_count)
    kept = Retention(desk.store, desk.channels, desk.clock)
    kept.load()
    return kept


def a_moment(desk: Desk, kept: Retention) -> None:
    """The worker comes by more often than there is a step to take."""
    kept.step()
    kept.step()
    desk.clock.forward(0.25)


def steps(desk: Desk, kept: Retention, count: int) -> None:
    """As many steps as can be in so many seconds."""
    for _ in range(4 * count):
        a_moment(desk, kept)


def test_messages_are_deleted_when_they_are_too_old(desk: Desk) -> None:
    store(desk, [40, 31, 30, 29, 0])
    store(desk, [31, 0], "beta")
    steps(desk, retention(desk), 2)
    assert desk.stored() == ["30", "29", "0"]
    assert desk.stored("beta") == ["0"]


def test_the_newest_are_kept_when_there_are_too_many(desk: Desk) -> None:
    store(desk, [5, 4, 3, 2, 1])
    store(desk, [2, 1], "beta")
    steps(desk, retention(desk, keep_count=3), 2)
    assert desk.stored() == ["3", "2", "1"]
    assert desk.stored("beta") == ["2", "1"]


def test_a_channel_has_its_own_number_of_days_and_none_means_no_limit(desk: Desk) -> None:
    desk.channels.change("alpha", {"retention_days": 2})
    desk.channels.change("beta", {"retention_days": 0})
    store(desk, [3, 1])
    store(desk, [4000, 1], "beta")
    steps(desk, retention(desk), 2)
    assert desk.stored() == ["1"]
    assert desk.stored("beta") == ["4000", "1"]


def test_a_channel_that_the_bot_has_left_is_not_forgotten(desk: Desk) -> None:
    desk.store.apply([SetSetting("delta", "retention_days", 5, "1", "mona", NOON_MS)])
    desk.channels.load(desk.store.all_overrides())
    store(desk, [31, 6], "gamma")
    store(desk, [6, 4], "delta")
    steps(desk, retention(desk), 4)
    assert desk.stored("gamma") == ["6"]
    assert desk.stored("delta") == ["4"]


def test_it_deletes_a_few_hundred_a_second(desk: Desk) -> None:
    store(desk, [31] * 1200)
    kept, left = retention(desk), []
    for _ in range(4):
        a_moment(desk, kept)
        left.append(len(desk.store.recent_messages("alpha", 2000)))
    assert left == [1000, 800, 600, 400]


def test_what_was_deleted_is_summed_up_once_an_hour(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    kept = retention(desk)
    store(desk, [31] * 1200)
    store(desk, [31] * 5, "beta")
    steps(desk, kept, 12)
    for minute in range(1, 100):
        store(desk, [31 + minute / 1000] * 2, f"gamma{minute % 2}")
        kept.load()
        desk.clock.forward(60)
        steps(desk, kept, 3)
    told = [(record.__dict__["rows"], record.__dict__["channels"]) for record in caplog.records]
    assert told[0] == (1205, 2)
    assert len(told) == 2


def test_a_round_begins_every_ten_seconds_where_anything_is_new(desk: Desk) -> None:
    kept = retention(desk)
    steps(desk, kept, 5)
    store(desk, [31])
    store(desk, [31], "beta")
    desk.channels["alpha"].newest_message_id = "alpha-0"
    steps(desk, kept, 5)
    assert desk.stored() == ["31"]
    steps(desk, kept, 2)
    assert desk.stored() == []
    assert desk.stored("beta") == ["31"], "nothing came in there"
    steps(desk, kept, 600)
    assert desk.stored("beta") == []


def test_freed_space_goes_back_to_the_disk(desk: Desk, tmp_path: Path) -> None:
    def pages() -> int:
        with closing(sqlite3.connect(tmp_path / "chat.db")) as other:
            (count,) = other.execute("PRAGMA page_count").fetchone()
        assert isinstance(count, int)
        return count

    store(desk, [31] * 5000)
    before = pages()
    steps(desk, retention(desk), 15)
    assert desk.stored() == []
    assert pages() < before - 60


def test_removed_words_leave_the_log_within_ten_seconds_wherever_it_is_quiet(desk: Desk) -> None:
    log = desk.path.with_name(f"{desk.path.name}-wal")
    store(desk, [1, 1])
    kept = retention(desk)
    steps(desk, kept, 30)
    desk.store.apply([RemoveMessage("alpha", "alpha-0", desk.clock.ms())])
    assert log.stat().st_size > 0
    steps(desk, kept, 10)
    assert log.stat().st_size == 0
