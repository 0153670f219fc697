"""Every question of the running bot is served by an index, on both engines, however full it is."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from types import ModuleType

import pytest

import clankbot.database
from clankbot.database import schema
from clankbot.database.channel_names import ChannelNames
from clankbot.database.channels import Channels
from clankbot.database.database import Database
from clankbot.database.dialect import Dialect, Statement, both, each
from clankbot.database.figures import FiguresKept
from clankbot.database.housekeeping import Housekeeping
from clankbot.database.messages import REMOVALS, Messages, Removal
from clankbot.database.mysql import MySqlEngine
from clankbot.database.prompts import Prompts
from clankbot.database.session import Session
from clankbot.database.spoken import Spoken
from clankbot.database.tokens import Tokens
from clankbot.database.viewers import Viewers
from clankbot.records.writes import (
    BlockTerm,
    RateLimitEvent,
    RecordDecision,
    RecordRateLimitEvent,
    RecordSpoken,
    SetSetting,
    Write,
)
from tests.database.conftest import mysql_settings, prepared, said
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
    "context": (Messages.RECENT_MESSAGES, ("quiet", 200)),
    "newest times": (Messages.NEWEST_TIMES, ()),
    "export": (Messages.EXPORT_PAGE, ("quiet", 10, 500)),
    "pace: spoken": (Spoken.LAST_SPOKEN, ("quiet",)),
    "pace: counted": (Spoken.COUNT_AFTER_ROW, ("quiet", 30, 100)),
    "pace: held": (Spoken.COUNT_HELD, ("quiet", 200)),
    "count since": (Messages.COUNT_SINCE, ("alpha", _BUSY_ROWS - 100)),
    "speakers since": (Messages.SPEAKERS_SINCE, ("alpha", _BUSY_ROWS - 100)),
    "recent spoken": (Spoken.RECENT_SPOKEN, ("quiet", 20)),
    "spoken then": (Spoken.ID_OF_SPOKEN, ("quiet", 20)),
    "removed spoken": (Spoken.REMOVED_SPOKEN, ("quiet", 20)),
    "spoken to remove": (Messages.COUNT_SPOKEN_TO_REMOVE, ("o7", "quiet", 1)),
    "own ids of viewer": (REMOVALS["viewer"].own_ids, ("3", "alpha")),
    "own ids of channel": (REMOVALS["channel"].own_ids, ("quiet",)),
    "last change": (Channels.LAST_CHANGE_AT, ("quiet",)),
    "all of the last change": (Channels.CHANGES_AT, ("quiet", 5)),
    "changes": (Channels.CHANGES_IN_CHANNEL, ("quiet", 10)),
    "decisions": (Channels.DECISIONS, ("quiet", 10)),
    "hints": (Spoken.HINTS_SINCE, ("quiet", 0)),
    "tally": (Channels.TALLY, ("quiet", "2030-03-17")),
    "traffic": (Housekeeping.TRAFFIC_SINCE, (_TRAFFIC_ROWS - 20,)),
    "overrides": (Channels.OVERRIDES, ("quiet",)),
    "own ids everywhere": (REMOVALS["everywhere"].own_ids, ("3",)),
    "own ids of login": (REMOVALS["login"].own_ids, ("viewer3", "alpha")),
    "newest id": (Messages.NEWEST_ID, ()),
    "ids after": (Messages.IDS_AFTER, (_BUSY_ROWS,)),
    "id of message": (Spoken.ID_OF_MESSAGE, ("b7",)),
    "newest spoken": (Housekeeping.NEWEST_SPOKEN_ID, ("quiet",)),
    "spoken past": (Housekeeping.SPOKEN_ID_PAST, ("quiet", 5)),
    "decisions past": (Channels.DECISION_ID_PAST, ("quiet", 5)),
    "counter": (Viewers.COUNTER, ("call_offs",)),
    "figures": (FiguresKept.BETWEEN, (300, 0, 10**9)),
    "state": (FiguresKept.STATE, (0,)),
    "when backed up": (FiguresKept.BACKED_UP, ("backed_up_at",)),
    "owner of a name": (ChannelNames.OWNER, ("n7",)),
    "name of a channel": (ChannelNames.CURRENT_NAME, ("7",)),
    "names of a channel": (ChannelNames.EVER_NAMED, ("7",)),
    "messages of a channel": (Messages.COUNT_IN_CHANNEL, ("quiet",)),
}
_DEEDS: dict[str, tuple[Statement, tuple[object, ...]]] = {
    "remove message": (Messages.REMOVE_MESSAGE, ("b7", "alpha")),
    "remove viewer": (REMOVALS["viewer"].step, ("3", "alpha", 9000, 2000)),
    "remove login": (REMOVALS["login"].step, ("viewer3", "alpha", 9000, 2000)),
    "remove channel": (REMOVALS["channel"].step, ("quiet", 9000, 2000)),
    "remove viewer everywhere": (REMOVALS["everywhere"].step, ("3", 9000, 2000)),
    "left of a viewer": (REMOVALS["viewer"].count, ("3", "alpha", 9000)),
    "left of a channel": (REMOVALS["channel"].count, ("quiet", 9000)),
    "mark spoken": (Messages.MARK_SPOKEN_REMOVED, (1, "o7", "quiet")),
    "bring a decision up to date": (Channels.UPDATE_DECISION, (9, "19/30 messages", 3)),
    "prune by age": (Housekeeping.PRUNE_BY_AGE, ("alpha", 100, 500)),
    "prune by count": (Housekeeping.PRUNE_BY_COUNT, ("alpha", 500, 1000)),
    "prune spoken": (Housekeeping.PRUNE_SPOKEN_BY_COUNT, ("quiet", 5)),
    "prune traffic": (Housekeeping.PRUNE_TRAFFIC, (5, _TRAFFIC_ROWS)),
    "left of a login": (REMOVALS["login"].count, ("viewer3", "alpha", 9000)),
    "left of a viewer everywhere": (REMOVALS["everywhere"].count, ("3", 9000)),
    "end removal": (Messages.END_REMOVAL, (1,)),
    "opt in": (Viewers.DELETE_OPT_OUT, ("3",)),
    "prune spoken by age": (Housekeeping.PRUNE_SPOKEN_BY_AGE, ("quiet", 9, 100)),
    "note reactions": (Spoken.NOTE_REACTIONS, (1, 7)),
    "clear hints": (Spoken.CLEAR_HINTS, ("quiet",)),
    "prune hints": (Housekeeping.PRUNE_HINTS, ("quiet", 5)),
    "undo": (Channels.MARK_UNDONE, (7, "quiet")),
    "unblock": (Channels.DELETE_TERM, ("quiet", "term 7")),
    "anonymize old changes": (Housekeeping.ANONYMIZE_OLD_CHANGES, ("quiet", 5)),
    "anonymize old terms": (Housekeeping.ANONYMIZE_OLD_TERMS, ("quiet", 5)),
    "prune decisions": (Channels.PRUNE_DECISIONS, ("quiet", 5)),
    "move": (Messages.MOVE_STEP, ("quiet", 9000, 2000, "other")),
    "move a message ahead": (Messages.TAKE_ALONG["message"], ("other", "alpha", 9000, "b7")),
    "move a viewer ahead": (Messages.TAKE_ALONG["viewer"], ("other", "alpha", 9000, "3")),
    "move a login ahead": (Messages.TAKE_ALONG["login"], ("other", "alpha", 9000, "viewer3")),
    "make a name former": (ChannelNames.MAKE_FORMER, ("7",)),
    "prune figures": (FiguresKept.PRUNE, (300, 5000)),
    "forget a state": (FiguresKept.DROP_STATE, (0,)),
    "prune tallies": (Housekeeping.PRUNE_TALLIES, ("quiet", "2030-01-01")),
}
_ON_PURPOSE: dict[Statement, str] = {
    Housekeeping.CHANNELS: "for a person who waits",
    Housekeeping.SUMMARIES: "for a person who waits",
    Channels.CHANGES: "the newest few of all",
    FiguresKept.ALL_DECISIONS: "for a person who waits: a hundred of each channel",
    FiguresKept.MESSAGES: "for a person who waits",
    Channels.TERMS: "the few of one channel, by index, then sorted",
    Messages.NEXT_REMOVAL: "the first of a few",
    Messages.MOVES: "all of a few",
    ChannelNames.CHANNEL_NAMES: "all of it, at a start",
    Viewers.OPT_OUTS: "all of it, at a start",
    Channels.ALL_OVERRIDES: "all of it, at a start",
    Channels.ALL_TERMS: "all of it, at a start",
    Prompts.WINDOWS: "all of it, at a start",
    Prompts.MODEL_FIGURES: "all of it, at a start",
    Tokens.LOAD_TOKENS: "one row",
    Tokens.DELETE_TOKENS: "one row",
    Viewers.FIND_VIEWERS: "messages by index; changes and terms are a few that people made by hand",
    Viewers.WITH_LOGIN: "for a person who waits",
    Viewers.WITH_LOGIN_IN_CHANNEL: "the same in one channel",
    Viewers.LOCALIZED_NAMES: "for a person who waits, and only for a name that is no login",
    Viewers.LOCALIZED_NAMES_IN_CHANNEL: "the same in one channel",
    schema.VERSION: "a row for each migration",
    Viewers.ANONYMIZE_CHANGES: "a few that people made by hand",
    Viewers.ANONYMIZE_TERMS: "a few that people made by hand",
    **dict.fromkeys(
        [*ChannelNames.RENAME.values(), *ChannelNames.DROP.values()], "once, for a new name"
    ),
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


def _room() -> Iterator[ModuleType]:
    """Every file of the room but that of copying, which reads whole tables: no bot is at work."""
    for file in pkgutil.iter_modules(clankbot.database.__path__, "clankbot.database."):
        if file.name != "clankbot.database.copying":
            yield importlib.import_module(file.name)


def _statements(name: str, holder: Mapping[str, object]) -> Iterator[tuple[str, Statement]]:
    """Every statement of a module, and of the classes and mappings in it, by where it stands."""
    for key, value in holder.items():
        where = f"{name}.{key}"
        if isinstance(value, Statement):
            yield where, value
        elif isinstance(value, Removal) or (isinstance(value, type) and value.__module__ == name):
            yield from _statements(where, vars(value))
        elif isinstance(value, Mapping) and not key.startswith("__"):
            yield from _statements(where, {str(each): value[each] for each in value})


_ABOUT_ROWS = ("SELECT ", "UPDATE ", "DELETE ")
_TABLE = re.compile(r"(?:FROM|UPDATE) ([a-z_]+)\b(?!\()")
_NOT_OURS = {"sqlite_master"}


def test_no_statement_is_left_out() -> None:
    """No question and no deed of the running bot about rows that are there."""
    looked_at = {statement for statement, _ in (_QUESTIONS | _DEEDS).values()} | _ON_PURPOSE.keys()
    found = [
        (name, statement)
        for module in _room()
        for name, statement in _statements(module.__name__, vars(module))
        if statement.sqlite.startswith(_ABOUT_ROWS)
        and set(_TABLE.findall(statement.sqlite)) - _NOT_OURS
    ]
    assert [name for name, statement in found if statement not in looked_at] == []
    assert looked_at <= {statement for _, statement in found}, "looked at for nothing"


def test_no_statement_hides_inside_a_function() -> None:
    """Each is a constant, where the test above finds it."""
    hidden = []
    for module in _room():
        if module.__name__ in ("clankbot.database.dialect", "clankbot.database.schema"):
            continue  # what words statements in both dialects, and what runs migrations
        tree = ast.parse(inspect.getsource(module))
        tree.body = [node for node in tree.body if getattr(node, "name", "") != Removal.__name__]
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                hidden += [
                    f"{module.__name__}:{call.lineno}"
                    for call in ast.walk(function)
                    if isinstance(call, ast.Call)
                    and ast.unparse(call.func) in ("both", "each", "insert_new", "upsert")
                ]
    assert hidden == []


@pytest.mark.parametrize("name", _QUESTIONS | _DEEDS)
def test_an_index_serves_it(session: Session, name: str) -> None:
    statement, values = (_QUESTIONS | _DEEDS)[name]
    steps = list(_steps(session, statement, values))
    assert steps
    assert [step for step, is_bad in steps if is_bad] == []


def test_no_index_is_there_for_nothing(filled_sqlite: Database) -> None:
    """Each costs every row that is written a page at some random place."""
    with closing(Session(filled_sqlite.engine)) as session:
        of_ours = both("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        names = {name for (name,) in session.rows(of_ours)}
        plans = str(
            [
                list(_steps(session, statement, values))
                for statement, values in (_QUESTIONS | _DEEDS).values()
            ]
        )
    assert {name for name in names if name not in plans} == set()
    assert len(names) > 5


def test_the_context_is_read_backwards_from_its_index(session: Session) -> None:
    plan = str(session.rows(_explained(Messages.RECENT_MESSAGES), "quiet", 200))
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
