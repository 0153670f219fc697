"""Every question of the running bot is served by an index, on both engines, however full it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from clankbot.database import sql
from clankbot.database.database import Database
from clankbot.database.dialect import Dialect, Statement, both, each
from clankbot.database.engine import Session
from clankbot.database.mysql import MySqlEngine
from clankbot.database.removing_sql import REMOVALS
from clankbot.records import (
    BlockTerm,
    RecordDecision,
    RecordSpoken,
    RecordTraffic,
    SetSetting,
    Traffic,
    Write,
)
from tests.database.chat import said
from tests.database.conftest import mysql_settings, prepared
from tests.doubles.mariadb import MariaDb

_BUSY_ROWS = 4000
_QUIET_ROWS = 60
_TRAFFIC_ROWS = 200


def _fill(database: Database) -> None:
    """A busy channel, and one that was quiet for long: the hard case for a planner."""
    with database.open() as store:
        store.apply([said(f"q{n}", channel="quiet", user=str(n % 5)) for n in range(_QUIET_ROWS)])
        store.apply([said(f"b{n}", user=str(n % 50), at_ms=n) for n in range(_BUSY_ROWS)])
        store.apply([RecordTraffic(Traffic.MESSAGE, n) for n in range(_TRAFFIC_ROWS)])
        for n in range(80):
            channel = "quiet" if n < 10 else "alpha"
            notes: list[Write] = [
                RecordSpoken(channel, f"o{n}", n, "print"),
                SetSetting(channel, "seed", n, "7", "Mod", n),
                RecordDecision(channel, n, "off"),
                BlockTerm(channel, f"term {n}", "7", n),
            ]
            store.apply(notes)


@pytest.fixture(scope="module")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A full file."""
    database = prepared(Database.sqlite(tmp_path_factory.mktemp("plans") / "chat.db"))
    _fill(database)
    return database


@pytest.fixture(scope="module")
def filled_mysql(mariadb: MariaDb) -> Database:
    """A full database on the server."""
    database = prepared(Database(MySqlEngine(mysql_settings(mariadb, mariadb.new_database()))))
    _fill(database)
    with closing(Session(database.engine)) as session:
        session.rows(both("ANALYZE TABLE messages, spoken, traffic"))
    return database


@pytest.fixture(params=["sqlite", "mysql"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session with a full database of each engine in turn."""
    database: Database = request.getfixturevalue(f"filled_{request.param}")
    with closing(Session(database.engine)) as opened:
        yield opened


_QUESTIONS: dict[str, tuple[Statement, tuple[object, ...]]] = {
    "context": (sql.RECENT_MESSAGES, ("quiet", 200)),
    "export": (sql.EXPORT_PAGE, ("quiet", 10, 500)),
    "pace: spoken": (sql.LAST_SPOKEN, ("quiet",)),
    "pace: counted": (sql.COUNT_AFTER_ROW, ("quiet", 30, 100)),
    "pace: held": (sql.COUNT_HELD, ("quiet", 200)),
    "count since": (sql.COUNT_SINCE, ("alpha", _BUSY_ROWS - 100)),
    "speakers since": (sql.SPEAKERS_SINCE, ("alpha", _BUSY_ROWS - 100)),
    "recent spoken": (sql.RECENT_SPOKEN, ("quiet", 20)),
    "removed spoken": (sql.REMOVED_SPOKEN, ("quiet", 20)),
    "own ids of viewer": (sql.OWN_IDS_OF_VIEWER, ("3", "alpha")),
    "own ids of channel": (sql.OWN_IDS_OF_CHANNEL, ("quiet",)),
    "last change": (sql.LAST_CHANGE_AT, ("quiet",)),
    "all of the last change": (sql.CHANGES_AT, ("quiet", 5)),
    "changes": (sql.CHANGES_IN_CHANNEL, ("quiet", 10)),
    "decisions": (sql.DECISIONS, ("quiet", 10)),
    "hints": (sql.HINTS_SINCE, ("quiet", 0)),
    "tally": (sql.TALLY, ("quiet", "2030-03-17")),
    "traffic": (sql.TRAFFIC_SINCE, (_TRAFFIC_ROWS - 20,)),
    "overrides": (sql.OVERRIDES, ("quiet",)),
}
_DEEDS: dict[str, tuple[Statement, tuple[object, ...]]] = {
    "remove message": (sql.REMOVE_MESSAGE, ("b7", "alpha")),
    "remove viewer": (REMOVALS["viewer"].step, ("3", "alpha", 9000, 2000)),
    "remove login": (REMOVALS["login"].step, ("viewer3", "alpha", 9000, 2000)),
    "remove channel": (REMOVALS["channel"].step, ("quiet", 9000, 2000)),
    "remove viewer everywhere": (REMOVALS["everywhere"].step, ("3", 9000, 2000)),
    "left of a viewer": (REMOVALS["viewer"].count, ("3", "alpha", 9000)),
    "left of a channel": (REMOVALS["channel"].count, ("quiet", 9000)),
    "mark spoken": (sql.MARK_SPOKEN_REMOVED, (1, "o7", "quiet")),
    "prune by age": (sql.PRUNE_BY_AGE, ("alpha", 100, 500)),
    "prune by count": (sql.PRUNE_BY_COUNT, ("alpha", 500, 1000)),
    "prune spoken": (sql.PRUNE_SPOKEN_BY_COUNT, ("quiet", 5)),
    "prune traffic": (sql.PRUNE_TRAFFIC, (5, _TRAFFIC_ROWS)),
}


def _explained(statement: Statement) -> Statement:
    return Statement(f"EXPLAIN QUERY PLAN {statement.sqlite}", f"EXPLAIN {statement.mysql}")


def _steps(
    session: Session, statement: Statement, values: tuple[object, ...]
) -> Iterator[tuple[str, bool]]:
    """Each step of the plan, and whether it is a bad one: reads a whole table, or sorts."""
    for row in session.rows(_explained(statement), *values):
        if session.dialect is Dialect.SQLITE:
            detail = row[-1]
            bad = detail.startswith("SCAN") and "USING" not in detail and "capped" not in detail
            yield detail, bad or "TEMP B-TREE FOR ORDER" in detail
        else:
            _, _, table, kind, *_, extra = row
            derived = table is None or table.startswith("<")
            yield str(row), not derived and (kind in ("ALL", "index") or "filesort" in extra)


@pytest.mark.parametrize("name", _QUESTIONS | _DEEDS)
def test_an_index_serves_it(session: Session, name: str) -> None:
    statement, values = (_QUESTIONS | _DEEDS)[name]
    steps = list(_steps(session, statement, values))
    assert steps
    assert [step for step, is_bad in steps if is_bad] == []


def test_the_context_is_read_backwards_from_its_index(session: Session) -> None:
    plan = str(session.rows(_explained(sql.RECENT_MESSAGES), "quiet", 200))
    assert "messages_by_channel" in plan
    assert "filesort" not in plan
    assert "B-TREE" not in plan


def test_a_whole_table_read_would_be_noticed(session: Session) -> None:
    unserved = both("SELECT id FROM messages WHERE message_content = ?")
    sorted_ = each(
        "SELECT id FROM messages WHERE channel = ? ORDER BY message_content",
        "SELECT id FROM messages WHERE channel = ? ORDER BY message_content",
    )
    for statement in (unserved, sorted_):
        assert any(is_bad for _, is_bad in _steps(session, statement, ("alpha",)))
