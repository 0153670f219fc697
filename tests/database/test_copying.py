"""A database moves to the other engine row by row, and a copy cut short goes on where it ended."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from clankbot.database.copying import TABLES, CopyReport, copy_database
from clankbot.database.database import Database
from clankbot.database.dialect import Dialect, both
from clankbot.database.messages import Messages
from clankbot.database.session import Row, Session
from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import DatabaseError
from clankbot.records.accounts import EncryptedTokens
from clankbot.records.answers import Figures, Pace
from clankbot.records.writes import (
    AddHint,
    BlockTerm,
    IdentifyChannel,
    KeepFigures,
    KeepModelFigures,
    KeepWindow,
    OptOut,
    RateLimitEvent,
    RecordDecision,
    RecordRateLimitEvent,
    RemoveChannel,
    RemoveMessage,
    SetSetting,
    Tally,
)
from tests.database.conftest import NOW_MS, NewDatabase, bot_said, prepared, said

_MESSAGES = 270


def _silent(table: str, done: int, total: int) -> None:
    """Nobody is watching."""


def _fill(database: Database) -> None:
    with database.open() as store:
        store.apply([said(f"m{n}", f"text {n} 😀 ", user=str(n % 9)) for n in range(_MESSAGES)])
        store.apply([RemoveMessage("alpha", "m3", 9), *bot_said("o"), OptOut("8", 9)])
        store.apply(
            [AddHint("alpha", 1), AddHint("alpha", 2), BlockTerm("alpha", "straße", "7", 1)]
        )
        store.apply([SetSetting("alpha", "top_p", 0.1 + 0.2, "7", "Mod", 1)])
        store.apply([SetSetting("alpha", "persona", "a cat 🐈", "7", "Mod", 2)])
        store.apply([SetSetting("beta", "enabled", False, "7", "Mod", 3)])
        store.apply([RecordDecision("alpha", n, "off") for n in range(5)])
        store.apply([Tally(c, "2030-03-17", w) for c in ("alpha", "beta") for w in ("x", "y")])
        store.apply([KeepWindow("alpha", 30), KeepModelFigures("qwen3:8b", '{"reads": 52}')])
        store.apply(
            [
                KeepFigures(Figures(c, 300, NOW_MS - 300_000 * n, {"sent": n}))
                for c in "ab"
                for n in (0, 1)
            ]
        )
        store.apply([IdentifyChannel("alpha", "111", 1), IdentifyChannel("beta", "222", 2)])
        store.save_tokens(EncryptedTokens("a", "r", 1, "bot", "900", 1))
    with closing(Session(database.engine)) as session:
        session.run(Messages.ADD_REMOVAL, "viewer", 1, "8", "gamma")


def _contents(database: Database) -> dict[str, list[Row]]:
    with closing(Session(database.engine)) as session:
        return {table.name: session.rows(table.first_rows, 10_000) for table in TABLES}


@pytest.fixture(params=["sqlite to mysql", "mysql to sqlite", "sqlite to sqlite"])
def pair(request: pytest.FixtureRequest) -> tuple[Database, Database]:
    """A full source and a target that nobody has prepared yet."""
    makes: list[Callable[[], Database]] = [
        request.getfixturevalue(f"new_{engine}") for engine in request.param.split(" to ")
    ]
    source = prepared(makes[0]())
    _fill(source)
    return source, makes[1]()


def test_a_copy_equals_its_source_row_by_row(pair: tuple[Database, Database]) -> None:
    source, target = pair
    before = _contents(source)
    report = copy_database(source, target, _silent, batch=100)
    assert _contents(target) == before == _contents(source)
    assert all(before.values())
    assert report.rows == {table: len(rows) for table, rows in before.items()}
    assert report.copied == sum(report.rows.values())


def test_copying_again_does_nothing(pair: tuple[Database, Database]) -> None:
    source, target = pair
    first = copy_database(source, target, _silent, batch=100)
    assert copy_database(source, target, _silent, batch=100) == CopyReport(first.rows, copied=0)


class _PowerCut(Exception):
    """The copy ends here."""


def test_a_copy_cut_short_goes_on_where_it_ended(pair: tuple[Database, Database]) -> None:
    source, target = pair
    heard: list[tuple[str, int, int]] = []

    def until_power_cut(table: str, done: int, total: int) -> None:
        heard.append((table, done, total))
        if done == 200:
            raise _PowerCut

    with pytest.raises(_PowerCut):
        copy_database(source, target, until_power_cut, batch=100)
    total = len(_contents(source)["messages"])
    assert heard == [("messages", 100, total), ("messages", 200, total)]
    report = copy_database(source, target, _silent, batch=100)
    assert report.copied == sum(report.rows.values()) - 200
    assert _contents(target) == _contents(source)


def test_a_target_with_other_data_is_refused_and_left_alone(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair
    target = prepared(target)
    with target.open() as store:
        store.apply([said("other")])
    before = _contents(target)
    with pytest.raises(DatabaseError, match=r"already holds other data \(table messages\)"):
        copy_database(source, target, _silent, batch=100)
    assert _contents(target) == before


def test_where_the_bot_ran_between_two_tries_it_is_told_what_to_do(
    pair: tuple[Database, Database],
) -> None:
    """What it deleted is in the copy already, and stays wrong."""
    source, target = pair
    copy_database(source, target, _silent, batch=100)
    with source.open() as store:
        store.apply([RemoveMessage("alpha", "m5", 9)])
    way_out = "DROP DATABASE" if target.engine.dialect is Dialect.MYSQL else "move that file away"
    with pytest.raises(DatabaseError, match=f"an earlier copy that no longer matches.*{way_out}"):
        copy_database(source, target, _silent, batch=100)


def test_a_copy_that_lost_rows_on_its_way_is_not_called_complete(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair

    def lose_one(table: str, done: int, total: int) -> None:
        if table == TABLES[-1].name:
            with target.open() as store:
                store.apply([RemoveMessage("alpha", "m5", 9)])

    rows = len(_contents(source)["messages"])
    sentence = f"table messages has {rows} rows in the source and {rows - 1} in the target"
    with pytest.raises(DatabaseError, match=sentence):
        copy_database(source, target, lose_one, batch=100)


def test_a_target_that_only_resembles_the_source_is_refused(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair
    copy_database(source, target, _silent, batch=100)
    with closing(Session(target.engine)) as session:
        session.run(both("DELETE FROM messages WHERE message_id = 'm7'"))
    with pytest.raises(DatabaseError, match="already holds other data"):
        copy_database(source, target, _silent, batch=100)


def test_a_bot_goes_on_counting_in_the_copy(pair: tuple[Database, Database]) -> None:
    """Also where the message of the highest id was removed, and no row carries the id over."""
    source, target = pair
    with source.open() as store:
        store.apply([*bot_said("last", at_ms=77), RemoveChannel("alpha", 9)])
        store.finish_removing()
    copy_database(source, target, _silent, batch=100)
    with target.open() as store:
        assert store.apply([said("new")])[0].rows == 1
        assert store.pace("alpha", 9, 9) == Pace(1, 1, 77)
        (line,) = store.recent_messages("alpha", 9)
        assert line.message_id == "new"


def test_what_twitch_counts_of_the_last_minute_stays_behind(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair
    with source.open() as store:
        store.apply([RecordRateLimitEvent(RateLimitEvent.JOIN, 1)])
    copy_database(source, target, _silent, batch=100)
    with target.open() as store:
        assert store.traffic_since(0) == []


def test_a_source_of_another_schema_is_refused(new_sqlite: NewDatabase) -> None:
    source, target = prepared(new_sqlite()), new_sqlite()
    with closing(Session(source.engine)) as session:
        session.run(both("DELETE FROM schema_version"))
    with pytest.raises(DatabaseError, match="older schema"):
        copy_database(source, target, _silent, batch=100)


def test_a_source_file_is_not_written_to(new_sqlite: NewDatabase) -> None:
    source = prepared(new_sqlite())
    _fill(source)
    assert isinstance(source.engine, SqliteEngine)
    before = _digest(source.engine.path)
    copy_database(source, new_sqlite(), _silent, batch=100)
    assert _digest(source.engine.path) == before


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
