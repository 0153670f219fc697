"""Messages are stored once, in order, unchanged, and removed for good."""

from __future__ import annotations

import gc

import pytest

from clankbot.database.database import Database, Store
from clankbot.records.speech import ContextLine
from clankbot.records.writes import (
    Append,
    Applied,
    RemoveChannel,
    RemoveMessage,
    RemoveViewer,
    StoredMessage,
)
from tests.database.conftest import BOT_ID, bot_said, insert, opened, said


def _texts(store: Store, channel: str = "alpha", limit: int = 100) -> list[str]:
    return [line.text for line in store.recent_messages(channel, limit)]


def test_messages_come_back_oldest_first_with_all_they_had(store: Store) -> None:
    store.apply([said("a", "first", at_ms=5), *bot_said("b", "second", at_ms=4)])
    assert store.recent_messages("alpha", 10) == [
        ContextLine("a", "1", "viewer1", "Viewer1", "first", 5),
        ContextLine("b", BOT_ID, "clankbot", "ClankBot", "second", 4, is_own=True),
    ]


def test_only_the_newest_messages_of_the_channel_are_shown(store: Store) -> None:
    store.apply([said(f"a{n}", f"text {n}") for n in range(10)])
    store.apply([said("b", "elsewhere", channel="beta")])
    assert _texts(store, limit=3) == ["text 7", "text 8", "text 9"]
    assert _texts(store, "beta") == ["elsewhere"]
    assert _texts(store, "gamma") == []


def test_a_message_is_stored_once(store: Store) -> None:
    assert store.apply([said("a", "kept")]) == [Applied(1)]
    batch = [said("a", "late"), said("b"), said("b", "again"), said("c")]
    assert store.apply(batch) == [Applied(0), Applied(1), Applied(0), Applied(1)]
    assert _texts(store) == ["kept", "hello", "hello"]


def test_text_and_names_come_back_unchanged(store: Store) -> None:
    awkward = [
        "😀" * 250,
        "ß" * 500,
        "trailing blanks  ",
        " leading",
        "%s ? :name {0} '\"\\ \\' -- ; DROP",
        "\x00 and \x1f, \u200d\ufe0f\U000e0001",
        "line\r\nbreak",
        "",
    ]
    store.apply([said(f"m{n}", text) for n, text in enumerate(awkward)])
    assert _texts(store) == awkward
    named = StoredMessage("n", "beta", "2", "zoë", "Zoë 🦊 ", "hi", 1)
    store.apply([Append(named)])
    assert list(store.export_rows("beta")) == [named]


def test_ids_and_channels_are_compared_exactly(store: Store) -> None:
    store.apply([said("x"), said("X"), said("x "), said("é"), said("e")])
    assert len(_texts(store)) == 5
    assert _texts(store, "Alpha") == _texts(store, "alpha ") == []
    assert store.apply([RemoveMessage("alpha", "X", 1)]) == [Applied(1)]
    assert len(_texts(store)) == 4


def test_a_deleted_message_is_gone_and_only_that(store: Store) -> None:
    store.apply([said("a", "one"), said("b", "two"), said("c", "three")])
    assert store.apply([RemoveMessage("alpha", "b", 9)]) == [Applied(1)]
    assert store.apply([RemoveMessage("alpha", "b", 9)]) == [Applied(0)]
    assert _texts(store) == ["one", "three"]


def test_a_deletion_counts_only_in_its_channel(store: Store) -> None:
    store.apply([said("a"), *bot_said("o")])
    assert store.apply([RemoveMessage("beta", "a", 9), RemoveMessage("beta", "o", 9)]) == [
        Applied(0),
        Applied(0),
    ]
    assert len(_texts(store)) == 2


def test_a_banned_viewer_is_gone_from_that_channel_only(store: Store) -> None:
    store.apply([said("a"), said("b", user="2"), said("c"), said("d", channel="beta")])
    assert store.apply([RemoveViewer("alpha", "1", "viewer1", 9)]) == [Applied(2)]
    assert [line.user_id for line in store.recent_messages("alpha", 9)] == ["2"]
    assert len(_texts(store, "beta")) == 1


def test_a_viewer_without_id_is_found_by_login(store: Store) -> None:
    store.apply([said("a"), said("b", user="2"), *bot_said("o")])
    assert store.apply([RemoveViewer("alpha", None, "viewer2", 9)]) == [Applied(1)]
    assert store.apply([RemoveViewer("alpha", None, "clankbot", 9)]) == [Applied(1, own_rows=1)]
    assert store.apply([RemoveViewer("alpha", None, None, 9)]) == [Applied(0)]
    assert len(_texts(store)) == 1


def test_a_cleared_channel_is_empty_and_the_others_are_not(store: Store) -> None:
    store.apply([said("a"), said("b"), *bot_said("o"), said("c", channel="beta")])
    assert store.apply([RemoveChannel("alpha", 9)]) == [Applied(3, own_rows=1)]
    assert _texts(store) == []
    assert len(_texts(store, "beta")) == 1


def test_a_batch_is_carried_out_in_its_order(store: Store) -> None:
    store.apply(
        [
            said("before the ban"),
            RemoveViewer("alpha", "1", None, 9),
            said("after the ban"),
            said("deleted at once"),
            RemoveMessage("alpha", "deleted at once", 9),
            said("of another", user="2"),
        ]
    )
    assert [line.message_id for line in store.recent_messages("alpha", 9)] == [
        "after the ban",
        "of another",
    ]


def test_removing_the_bots_words_is_told_once(store: Store) -> None:
    """But the same write again tells the same: nobody may have heard of the first time."""
    store.apply([*bot_said("o1"), *bot_said("o2"), *bot_said("o3")])
    assert store.apply([RemoveMessage("alpha", "o1", 9)]) == [Applied(1, own_rows=1)]
    assert store.apply([RemoveMessage("alpha", "o1", 9)]) == [Applied(0, own_rows=1)]
    assert store.apply([RemoveMessage("alpha", "o1", 10)]) == [Applied(0)]
    assert store.apply([RemoveViewer("alpha", BOT_ID, None, 9)]) == [Applied(2, own_rows=2)]
    assert [row.removed for row in store.recent_spoken("alpha", 9)] == [True, True, True]


def test_ctrl_c_in_the_middle_undoes_the_whole(database: Database) -> None:
    with opened(database) as (session, store):
        with pytest.raises(KeyboardInterrupt), session.transaction():
            insert(session, said("undone"))
            raise KeyboardInterrupt
        store.apply([said("kept", "kept")])
        assert _texts(store) == ["kept"]


def test_an_export_reads_everything_in_order_in_small_batches(store: Store) -> None:
    writes = [said(f"m{n}", at_ms=n) for n in range(25)]
    store.apply([*writes, said("x", channel="beta")])
    assert list(store.export_rows("alpha", batch=10)) == [write.message for write in writes]
    assert list(store.export_rows("gamma")) == []


def test_an_export_holds_up_no_writer(store: Store) -> None:
    store.apply([said(f"m{n}") for n in range(4)])
    rows = store.export_rows("alpha", batch=2)
    first = next(rows)
    store.apply([RemoveMessage("alpha", "m3", 9), said("m4")])
    assert [first.message_id, *(row.message_id for row in rows)] == ["m0", "m1", "m2", "m4"]


def test_viewers_and_their_messages_are_counted_since_a_moment(store: Store) -> None:
    store.apply([said("a", at_ms=10), said("b", at_ms=20), said("c", user="2", at_ms=30)])
    store.apply([*bot_said("o", at_ms=30), said("x", channel="beta", user="3", at_ms=30)])
    assert (store.count_since("alpha", 20), store.speakers_since("alpha", 20)) == (2, 2)
    assert (store.count_since("alpha", 0), store.speakers_since("alpha", 0)) == (3, 2)
    assert (store.count_since("alpha", 31), store.speakers_since("alpha", 31)) == (0, 0)


def test_an_export_holds_only_a_page_at_a_time(sqlite: Database) -> None:
    with sqlite.open() as store:
        store.apply([said(f"m{n}") for n in range(2000)])
        exported = 0
        for _ in store.export_rows("alpha", batch=100):
            exported += 1
            if exported == 1500:
                held = sum(isinstance(value, StoredMessage) for value in gc.get_objects())
                assert held < 300
        assert exported == 2000
