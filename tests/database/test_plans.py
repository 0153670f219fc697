"""Every question of the running bot is served by an index, on both engines, however full it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from clankbot.database import removing_sql, sql
from clankbot.database.database import Database
from clankbot.database.dialect import Dialect, Statement, both, each
from clankbot.database.mysql import MySqlEngine
from clankbot.database.removing_sql import END_REMOVAL, NEXT_REMOVAL, REMOVALS
from clankbot.database.session import Session
from clankbot.records.writes import (
    BlockTerm,
    RateLimitEvent,
    RecordDecision,
    RecordRateLimitEvent,
    RecordSpoken,
    SetSetting,
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
        store.apply([RecordRateLimitEvent(RateLimitEvent.MESSAGE, n) for n in range(_TRAFFIC_ROWS)])
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
    "own ids of login": (sql.OWN_IDS_OF_LOGIN, ("viewer3", "alpha")),
    "newest id": (sql.NEWEST_ID, ()),
    "ids after": (sql.IDS_AFTER, (_BUSY_ROWS,)),
    "id of message": (sql.ID_OF_MESSAGE, ("b7",)),
    "newest spoken": (sql.NEWEST_SPOKEN_ID, ("quiet",)),
    "spoken past": (sql.SPOKEN_ID_PAST, ("quiet", 5)),
    "decisions past": (sql.DECISION_ID_PAST, ("quiet", 5)),
    "counter": (sql.COUNTER, ("call_offs",)),
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
    "bring a decision up to date": (sql.UPDATE_DECISION, (9, "19/30 messages", 3)),
    "prune by age": (sql.PRUNE_BY_AGE, ("alpha", 100, 500)),
    "prune by count": (sql.PRUNE_BY_COUNT, ("alpha", 500, 1000)),
    "prune spoken": (sql.PRUNE_SPOKEN_BY_COUNT, ("quiet", 5)),
    "prune traffic": (sql.PRUNE_TRAFFIC, (5, _TRAFFIC_ROWS)),
    "left of a login": (REMOVALS["login"].count, ("viewer3", "alpha", 9000)),
    "left of a viewer everywhere": (REMOVALS["everywhere"].count, ("3", 9000)),
    "end removal": (END_REMOVAL, (1,)),
    "opt in": (sql.DELETE_OPT_OUT, ("3",)),
    "prune spoken by age": (sql.PRUNE_SPOKEN_BY_AGE, ("quiet", 9, 100)),
    "clear hints": (sql.CLEAR_HINTS, ("quiet",)),
    "prune hints": (sql.PRUNE_HINTS, ("quiet", 5)),
    "undo": (sql.MARK_UNDONE, (7, "quiet")),
    "unblock": (sql.DELETE_TERM, ("quiet", "term 7")),
    "unname terms of channel": (sql.UNNAME_TERMS_IN_CHANNEL, ("3", "quiet")),
    "unname changes of channel": (sql.UNNAME_CHANGES_IN_CHANNEL, ("3", "quiet")),
    "unname old changes": (sql.UNNAME_OLD_CHANGES, ("quiet", 5)),
    "unname old terms": (sql.UNNAME_OLD_TERMS, ("quiet", 5)),
    "prune decisions": (sql.PRUNE_DECISIONS, ("quiet", 5)),
    "prune tallies": (sql.PRUNE_TALLIES, ("quiet", "2030-01-01")),
}
_ON_PURPOSE: dict[Statement, str] = {
    sql.CHANNELS: "for a person who waits",
    sql.SUMMARIES: "for a person who waits",
    sql.CHANGES: "the newest few of all",
    sql.TERMS: "the few of one channel, by index, then sorted",
    NEXT_REMOVAL: "the first of a few",
    sql.OPT_OUTS: "all of it, at a start",
    sql.ALL_OVERRIDES: "all of it, at a start",
    sql.ALL_TERMS: "all of it, at a start",
    sql.LOAD_TOKENS: "one row",
    sql.DELETE_TOKENS: "one row",
    sql.FIND_VIEWERS: "messages by index; changes and terms are a few that people made by hand",
    sql.FIND_VIEWERS_IN_CHANNEL: "as before",
    sql.UNNAME_CHANGES: "a few that people made by hand",
    sql.UNNAME_TERMS: "a few that people made by hand",
}
"""What may read a whole table, and why."""


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


def _statements() -> Iterator[tuple[str, Statement]]:
    """Every question and deed of the running bot about rows that are there."""
    for module in (sql, removing_sql):
        for name, value in vars(module).items():
            if isinstance(value, Statement) and value.sqlite.startswith(_ABOUT_ROWS):
                yield name, value
    for scope, removal in REMOVALS.items():
        yield f"{scope} step", removal.step
        yield f"{scope} count", removal.count


_ABOUT_ROWS = ("SELECT ", "UPDATE ", "DELETE ")
_TABLE = re.compile(r"(?:FROM|UPDATE) ([a-z_]+)\b(?!\()")
_NOT_OURS = {"sqlite_master"}


def test_no_statement_is_left_out() -> None:
    looked_at = {statement for statement, _ in (_QUESTIONS | _DEEDS).values()} | _ON_PURPOSE.keys()
    left_out = [
        name
        for name, statement in _statements()
        if statement not in looked_at and set(_TABLE.findall(statement.sqlite)) - _NOT_OURS
    ]
    assert left_out == []


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
