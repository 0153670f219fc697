"""The tables are made once, upgraded step by step, and never by two programs at the same time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from clankbot.database.channels import SETTING_COLUMNS
from clankbot.database.database import Database
from clankbot.database.dialect import Dialect, both, each
from clankbot.database.mysql import MySqlEngine
from clankbot.database.schema import LOCK_SCHEMA, MIGRATIONS, migrate, version
from clankbot.database.session import Session
from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import DatabaseError, DatabaseTooNew, WriteRefused
from clankbot.records.answers import Pace
from clankbot.records.speech import ContextLine
from tests.database.conftest import NewDatabase, prepared, said
from tests.doubles.mariadb import MariaDb
from tests.waiting import PATIENCE_S, wait_until

_NEXT = """
    ALTER TABLE opt_outs ADD COLUMN reason VARCHAR(20);
    CREATE INDEX opt_outs_by_reason ON opt_outs (reason);
"""
_NEXT_NUMBER = len(MIGRATIONS) + 1
_TABLES_AND_COLUMNS = each(
    "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c"
    " WHERE m.type = 'table' AND m.name <> 'sqlite_sequence' ORDER BY 1, 2",
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = DATABASE() ORDER BY 1, 2",
)
_INDEXES = each(
    "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1",
    "SELECT DISTINCT index_name, table_name FROM information_schema.statistics"
    " WHERE table_schema = DATABASE() AND INSTR(index_name, '_by_') ORDER BY 1",
)


@contextmanager
def _session(database: Database) -> Iterator[Session]:
    with closing(Session(database.engine)) as session:
        yield session


def _first_schema(dialect: Dialect) -> list[str]:
    """The statements of a file that is never to be edited: it is what may lie on disks."""
    text = Path(__file__).with_name(f"first_schema.{dialect.value}.sql").read_text("utf-8")
    return text.split(";\n")[:-1]


def _schema(database: Database) -> tuple[object, object]:
    with _session(database) as session:
        return session.rows(_TABLES_AND_COLUMNS), session.rows(_INDEXES)


def test_preparing_twice_changes_nothing(new_database: NewDatabase) -> None:
    database = prepared(new_database())
    with database.open() as store:
        store.apply([said("a")])
    before = _schema(database)
    database.prepare()
    assert _schema(database) == before
    with database.open() as store:
        assert len(store.recent_messages("alpha", 9)) == 1


def test_the_first_schema_is_upgraded_with_what_it_holds(new_database: NewDatabase) -> None:
    database = new_database()
    database.engine.create()
    with _session(database) as session:
        for statement in _first_schema(session.dialect):
            session.run(both(statement))
    prepared(database)
    assert _schema(database) == _schema(prepared(new_database()))
    with database.open() as store:
        assert store.recent_messages("alpha", 9) == [
            ContextLine("m1", "1", "viewer", "Viewer", "kept from before 😀", 1000)
        ]
        assert store.overrides("alpha") == {"message_threshold": 12, "enabled": False}
        assert store.pace("alpha", 9, 9) == Pace(0, 1, 2000)


def test_a_newer_schema_is_refused(new_database: NewDatabase) -> None:
    database = prepared(new_database())
    with _session(database) as session:
        session.run(both("INSERT INTO schema_version VALUES (?, 0)"), _NEXT_NUMBER)
    with pytest.raises(DatabaseTooNew, match=f"schema {_NEXT_NUMBER} of a newer clankbot"):
        database.prepare()


def test_a_new_migration_is_run_and_noted(new_database: NewDatabase) -> None:
    database = prepared(new_database())
    migrations = (*MIGRATIONS, _NEXT)
    with _session(database) as session:
        migrate(session, lambda: 7, migrations)
        migrate(session, lambda: 8, migrations)
        assert version(session, migrations) == _NEXT_NUMBER
        noted = both("SELECT applied_at FROM schema_version WHERE version = ?")
        assert session.rows(noted, _NEXT_NUMBER) == [(7,)]
        session.run(both("UPDATE opt_outs SET reason = 'none'"))


def test_an_interrupted_migration_is_finished_at_the_next_start(
    new_database: NewDatabase,
) -> None:
    database = prepared(new_database())
    broken = f"{_NEXT} CREATE NONSENSE"
    with _session(database) as session, pytest.raises(DatabaseError, match="NONSENSE"):
        migrate(session, lambda: 7, (*MIGRATIONS, broken))
    with _session(database) as session:
        assert version(session) == len(MIGRATIONS)
        if session.dialect is Dialect.SQLITE:
            assert ("opt_outs", "reason") not in session.rows(_TABLES_AND_COLUMNS)
        migrate(session, lambda: 8, (*MIGRATIONS, _NEXT))
        assert version(session, (*MIGRATIONS, _NEXT)) == _NEXT_NUMBER


def test_every_setting_has_its_column(database: Database) -> None:
    with _session(database) as session:
        columns = {
            column
            for table, column in session.rows(_TABLES_AND_COLUMNS)
            if table == "channel_config"
        }
    assert columns == {"channel", *SETTING_COLUMNS, "created_at", "updated_at"}


def test_tables_on_a_server_are_utf8mb4_and_compare_exactly(mysql: Database) -> None:
    with _session(mysql) as session:
        found = session.rows(
            both(
                "SELECT DISTINCT engine, table_collation FROM information_schema.tables"
                " WHERE table_schema = DATABASE()"
            )
        )
        (settings,) = session.rows(both("SELECT @@time_zone, @@character_set_client, @@sql_mode"))
    assert found == [("InnoDB", "utf8mb4_nopad_bin")]
    assert settings[:2] == ("+00:00", "utf8mb4")
    assert "STRICT_ALL_TABLES" in settings[2]


def test_what_does_not_fit_a_column_is_refused_not_cut(mysql: Database) -> None:
    with mysql.open() as store:
        with pytest.raises(WriteRefused, match="Data too long"):
            store.apply([said("a"), said("x" * 300)])
        assert store.recent_messages("alpha", 9) == []


def test_a_migration_waits_for_the_one_under_way(new_mysql: NewDatabase, mariadb: MariaDb) -> None:
    database = new_mysql()
    assert isinstance(database.engine, MySqlEngine)
    with _session(database) as other, ThreadPoolExecutor(1) as start:
        assert other.number(LOCK_SCHEMA) == 1
        prepared_at_last = start.submit(database.prepare)
        waiting = (
            "SELECT 1 FROM information_schema.processlist"
            f" WHERE db = '{database.engine.settings.database}' AND state = 'User lock'"
        )
        wait_until(lambda: mariadb.execute(waiting))
        assert other.rows(_TABLES_AND_COLUMNS) == []
        other.close()
        prepared_at_last.result(10)
    with database.open() as store:
        assert store.opted_out() == frozenset()


_PREPARE_SQLITE = """
import sys
from clankbot.database.database import Database
sys.stdin.read(1)
Database.sqlite(sys.argv[1]).prepare()
"""
_PREPARE_MYSQL = """
import sys
from clankbot.database.database import Database
from clankbot.database.mysql import MySqlEngine, MySqlSettings
from clankbot.records.accounts import Secret
sys.stdin.read(1)
host, port, user, password, name = sys.argv[1:]
Database(MySqlEngine(MySqlSettings(host, int(port), user, Secret(password), name))).prepare()
"""


def _command(database: Database) -> list[str]:
    if isinstance(database.engine, SqliteEngine):
        return [sys.executable, "-c", _PREPARE_SQLITE, str(database.engine.path)]
    assert isinstance(database.engine, MySqlEngine)
    at = database.engine.settings
    place = [at.host, str(at.port), at.user, at.password.reveal(), at.database]
    return [sys.executable, "-c", _PREPARE_MYSQL, *place]


def test_programs_that_start_together_do_not_collide(new_database: NewDatabase) -> None:
    database = new_database()
    programs = [
        subprocess.Popen(_command(database), stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write(b"!")
        program.stdin.flush()
    errors = [program.communicate(timeout=PATIENCE_S)[1].decode() for program in programs]
    assert errors == ["", "", ""]
    with _session(database) as session:
        assert session.rows(both("SELECT version FROM schema_version")) == [
            (number,) for number in range(1, _NEXT_NUMBER)
        ]
    with database.open() as store:
        store.apply([said("a")])
