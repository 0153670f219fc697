"""Where prompts begin and what was learned of models: the newest holds, over restarts."""

from __future__ import annotations

import pytest

from clankbot.database.database import Database, Store
from clankbot.errors import WriteRefused
from clankbot.records.writes import KeepModelFigures, KeepWindow, RemoveChannel
from tests.database.conftest import said


def test_there_are_none_at_first(store: Store) -> None:
    assert store.windows() == {}
    assert store.model_figures() == {}


def test_the_newest_of_each_holds(database: Database) -> None:
    with database.open() as store:
        store.apply([KeepWindow("alpha", 3), KeepWindow("beta", 2**40), KeepWindow("alpha", 9)])
        store.apply([KeepWindow("alpha", 7)])
        store.apply([KeepModelFigures("qwen3:8b", "one"), KeepModelFigures("qwen3:8b", "zwei 😀")])
        store.apply([KeepModelFigures("hf.co/" + "x" * 249, "y" * 2000)])
    with database.open() as again:
        assert again.windows() == {"alpha": 7, "beta": 2**40}
        assert again.model_figures() == {"qwen3:8b": "zwei 😀", "hf.co/" + "x" * 249: "y" * 2000}


def test_a_window_outlives_the_row_it_began_with(store: Store) -> None:
    store.apply([said("a"), said("b")])
    first, _ = store.recent_messages("alpha", 9)
    store.apply([KeepWindow("alpha", first.row), RemoveChannel("alpha", 9), said("c")])
    assert store.windows() == {"alpha": first.row}
    (line,) = store.recent_messages("alpha", 9)
    assert line.row > first.row, "a row's number never comes back"


def test_each_line_of_a_context_tells_its_row(store: Store) -> None:
    store.apply([said("a"), said("x", channel="beta"), said("b"), said("c")])
    rows = [line.row for line in store.recent_messages("alpha", 9)]
    assert rows == sorted(set(rows))
    assert rows[0] > 0
    assert [line.row for line in store.recent_messages("alpha", 2)] == rows[1:]


def test_a_model_with_too_long_a_name_does_not_hold_up_the_rest(mysql: Database) -> None:
    with mysql.open() as store, pytest.raises(WriteRefused):
        store.apply([KeepModelFigures("x" * 256, "figures")])
