"""What Twitch counts is remembered for as long as slow mode can last, and no longer."""

from __future__ import annotations

from clankbot.database.database import Database, Store
from clankbot.records.writes import RateLimitEvent, RecordRateLimitEvent
from tests.database.conftest import NOW_MS

_KEPT_MS = 130_000


def joined(age_ms: int = 0) -> RecordRateLimitEvent:
    return RecordRateLimitEvent(RateLimitEvent.JOIN, NOW_MS - age_ms)


def wrote(age_ms: int = 0) -> RecordRateLimitEvent:
    return RecordRateLimitEvent(RateLimitEvent.MESSAGE, NOW_MS - age_ms, "alpha", 2**32 - 1)


def test_nothing_was_written_by_a_bot_that_is_new(store: Store) -> None:
    assert store.traffic_since(0) == []


def test_what_was_written_is_known_after_a_restart_oldest_first(database: Database) -> None:
    with database.open() as store:
        store.apply([joined(900), wrote(700), wrote(700)])
        store.apply([wrote(800)])
    with database.open() as store:
        assert store.traffic_since(0) == [joined(900), wrote(800), wrote(700), wrote(700)]
        assert store.traffic_since(NOW_MS - 800) == [wrote(800), wrote(700), wrote(700)]


def test_rows_that_no_limit_reaches_go_with_the_next_that_comes(store: Store) -> None:
    store.apply([wrote(_KEPT_MS + 1), joined(_KEPT_MS)])
    assert len(store.traffic_since(0)) == 2
    store.apply([wrote()])
    assert store.traffic_since(0) == [joined(_KEPT_MS), wrote()]


def test_rows_of_a_clock_that_was_far_ahead_do_not_stay_for_ever(store: Store) -> None:
    slightly_ahead = wrote(-_KEPT_MS)
    store.apply([slightly_ahead, wrote(-_KEPT_MS - 1)])
    store.apply([wrote()])
    assert store.traffic_since(0) == [wrote(), slightly_ahead]
