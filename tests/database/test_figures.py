"""What was counted, how the bot is doing, and what is known of backups: kept and bounded."""

from __future__ import annotations

from clankbot.database.database import Database, Store
from clankbot.records.answers import Decision, Figures, StoredState
from clankbot.records.writes import KeepFigures, KeepState, RecordDecision
from tests.database.conftest import NOW_MS, said

_FIVE_MINUTES_MS = 300_000


def counted(began_ms: int, channel: str = "alpha", span_s: int = 300, **counts: int) -> Figures:
    return Figures(channel, span_s, began_ms, counts)


def test_what_was_counted_of_a_stretch_of_time_is_replaced_as_a_whole(database: Database) -> None:
    now = NOW_MS - NOW_MS % _FIVE_MINUTES_MS
    first, second = counted(now, sent=1, messages=7), counted(now, sent=2)
    others = [counted(now, "beta", sent=5), counted(now, span_s=3600, sent=9)]
    with database.open() as store:
        store.apply([KeepFigures(first), *map(KeepFigures, others)])
        store.apply([KeepFigures(second), KeepFigures(second)])
    with database.open() as again:
        assert again.figures(300, now, now) == [second, others[0]]
        assert again.figures(3600, 0, NOW_MS) == [others[1]]
        assert again.figures(300, now + 1, NOW_MS * 2) == []


def test_old_figures_are_let_go_of_all_channels(store: Store) -> None:
    long_ago = NOW_MS - 337 * _FIVE_MINUTES_MS
    store.apply([KeepFigures(counted(long_ago, "left", sent=1))])
    store.apply([KeepFigures(counted(long_ago, "left", 3600, sent=1))])
    store.apply([KeepFigures(counted(NOW_MS, sent=2))])
    assert [kept.channel for kept in store.figures(300, 0, NOW_MS)] == ["alpha"]
    assert [kept.channel for kept in store.figures(3600, 0, NOW_MS)] == ["left"]


def test_the_newest_state_holds_however_the_clock_went(store: Store) -> None:
    assert store.state() is None
    store.apply([KeepState(2000, '{"first": 1}')])
    store.apply([KeepState(1000, '{"second": "ä 😀"}')])
    assert store.state() == StoredState(1000, '{"second": "ä 😀"}')
    assert store.figures(300, 0, NOW_MS) == []


def test_the_newest_decisions_of_all_channels_come_first(store: Store) -> None:
    store.apply([RecordDecision("alpha", 1000, "off"), RecordDecision("beta", 3000, "said")])
    store.apply([RecordDecision("alpha", 2000, "1/30 messages")])
    store.apply([RecordDecision("alpha", 4000, "9/30 messages", goes_on=True)])
    assert store.all_decisions(2) == [
        ("alpha", Decision(4000, "9/30 messages")),
        ("beta", Decision(3000, "said")),
    ]


def test_a_backup_is_remembered_and_messages_are_counted(store: Store) -> None:
    assert (store.backed_up_ms(), store.message_count()) == (None, 0)
    store.note_backup(1000)
    store.note_backup(2000)
    store.apply([said("a"), said("b", channel="beta")])
    assert (store.backed_up_ms(), store.message_count()) == (2000, 2)
