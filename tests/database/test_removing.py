"""What is to go goes in steps, and nothing that comes later goes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.database.database import Database, Store
from clankbot.database.messages import STEP_ROWS
from clankbot.errors import WriteRefused
from clankbot.records.writes import Applied, OptOut, RemoveChannel, RemoveViewer, Write
from tests.database.conftest import said

_MANY = 2 * STEP_ROWS + 10


def _fill(store: Store) -> None:
    store.apply([said(f"m{n}") for n in range(_MANY)])
    store.apply([said("other", user="2"), said("elsewhere", channel="beta", user="2")])


def _texts(store: Store, channel: str = "alpha") -> list[str]:
    return [line.message_id for line in store.recent_messages(channel, 10_000)]


def _finish(store: Store) -> int:
    """Carry on to the end; in how many steps."""
    steps = 1
    while store.carry_on_removing():
        steps += 1
    return steps


@pytest.mark.parametrize(
    "removal",
    [
        RemoveViewer("alpha", "1", None, 9),
        RemoveViewer("alpha", None, "viewer1", 9),
        OptOut("1", 9),
    ],
    ids=["viewer", "login", "everywhere"],
)
def test_a_viewer_of_very_many_words_goes_in_steps(store: Store, removal: Write) -> None:
    _fill(store)
    assert store.apply([removal]) == [Applied(_MANY)]
    assert len(_texts(store)) == _MANY - STEP_ROWS + 1
    assert store.is_removing()
    store.apply([said("new")])
    assert _finish(store) > 1
    assert not store.is_removing()
    assert _texts(store) == ["other", "new"]
    assert _texts(store, "beta") == ["elsewhere"]


def test_a_long_history_goes_in_steps_and_what_is_said_after_the_clear_stays(store: Store) -> None:
    _fill(store)
    assert store.apply([RemoveChannel("alpha", 9), said("new")]) == [
        Applied(_MANY + 1),
        Applied(1),
    ]
    assert store.carry_on_removing()
    _finish(store)
    assert _texts(store) == ["new"]
    assert _texts(store, "beta") == ["elsewhere"]


def test_a_removal_outlives_the_end_of_the_program(database: Database) -> None:
    with database.open() as store:
        _fill(store)
        store.apply([RemoveChannel("alpha", 9)])
    with database.open() as store:
        assert store.carry_on_removing()
        _finish(store)
        assert _texts(store) == []
        assert not store.carry_on_removing()


def test_a_removal_is_carried_on_by_a_store_that_had_nothing_to_remove_before(store: Store) -> None:
    assert not store.carry_on_removing()
    _fill(store)
    store.apply([RemoveChannel("alpha", 9)])
    assert store.carry_on_removing()
    _finish(store)
    assert _texts(store) == []


def test_what_is_little_is_gone_at_once(store: Store) -> None:
    store.apply([said("a"), said("b")])
    assert store.apply([RemoveChannel("alpha", 9)]) == [Applied(2)]
    assert _texts(store) == []
    assert not store.carry_on_removing()


def test_a_removal_of_words_undone_with_its_batch_is_not_carried_on(sqlite: Database) -> None:
    with sqlite.open() as store:
        _fill(store)
        unstorable = said("x", text="\ud800")
        with pytest.raises(WriteRefused):
            store.apply([RemoveChannel("alpha", 9), unstorable])
        _finish(store)
        assert len(_texts(store)) == _MANY + 1


def test_removed_words_are_gone_from_the_file_after_the_last_step(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "chat.db")
    database.prepare()
    with database.open() as store:
        store.apply([said(f"m{n}", text=f"secret {n}") for n in range(_MANY)])
        store.apply([RemoveChannel("alpha", 9)])
        _finish(store)
        store.release_space(64)
        files = [tmp_path / name for name in ("chat.db", "chat.db-wal")]
        assert not any(b"secret" in file.read_bytes() for file in files if file.exists())
