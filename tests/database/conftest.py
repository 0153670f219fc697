"""One suite for both engines: SQLite in a file of its own, MariaDB on a throw-away server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from clankbot.database import sql
from clankbot.database.copying_sql import TABLES
from clankbot.database.database import Database
from clankbot.database.dialect import both
from clankbot.database.mysql import MySqlEngine, MySqlSettings
from clankbot.database.session import Session
from clankbot.database.store import Store
from clankbot.records.accounts import Secret
from tests.doubles.mariadb import HOST, PASSWORD, USER, MariaDb
from tests.doubles.mysql_proxy import MysqlProxy
from tests.waiting import wait_until

NOW_MS = 1_900_000_000_000
"""What the databases of the tests take for now: 2030-03-17."""

NewDatabase = Callable[[], Database]


def mysql_settings(server: MariaDb, database: str) -> MySqlSettings:
    """How the program reaches a database of the throw-away server."""
    return MySqlSettings(HOST, server.port, USER, Secret(PASSWORD), database, server.ca_file)


def settings_of(database: Database) -> MySqlSettings:
    """How a database on the server is reached."""
    assert isinstance(database.engine, MySqlEngine)
    return database.engine.settings


def reached_by(database: Database, /, **changes: object) -> Database:
    """The same database, reached in another way."""
    changed = replace(settings_of(database), **changes)  # type: ignore[arg-type]
    return Database(MySqlEngine(changed), now_ms=lambda: NOW_MS)


@contextmanager
def instance_lock_taken_over(server: MariaDb, database: Database) -> Iterator[None]:
    """Another bot stands by while the holder's connection is lost, and has the lock at once."""
    name = settings_of(database).database
    patiently = sql.MYSQL_TAKE_INSTANCE.mysql.replace(", 1)", ", 9)")
    waiting = "SELECT 1 FROM information_schema.processlist WHERE state = 'User lock'"
    ((holder,),) = server.execute(sql.MYSQL_INSTANCE_HOLDER.mysql, name)
    with (
        closing(server.connect(name)) as connection,
        connection.cursor() as other,
        ThreadPoolExecutor(1) as thread,
    ):
        taken = thread.submit(other.execute, patiently)
        wait_until(lambda: server.execute(waiting))
        server.execute(f"KILL CONNECTION {holder}")
        taken.result(10)
        yield


def prepared(database: Database) -> Database:
    """The same database with all its tables, and with the clock of the tests."""
    database = Database(database.engine, now_ms=lambda: NOW_MS)
    database.prepare()
    return database


@pytest.fixture
def new_sqlite(tmp_path: Path) -> NewDatabase:
    """Makes SQLite databases that nobody has prepared yet."""
    paths = (tmp_path / f"chat-{n}.db" for n in range(100))
    return lambda: Database.sqlite(next(paths))


@pytest.fixture
def new_mysql(mariadb: MariaDb) -> NewDatabase:
    """Makes MySQL databases that nobody has prepared yet."""
    return lambda: Database(MySqlEngine(mysql_settings(mariadb, mariadb.new_database())))


@pytest.fixture(params=["sqlite", "mysql"])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Makes databases that nobody has prepared yet, of each engine in turn."""
    makes: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    return makes


@pytest.fixture(scope="session")
def shared_mysql(mariadb: MariaDb) -> Database:
    """A database with all its tables: making them anew for each test takes too long."""
    return prepared(Database(MySqlEngine(mysql_settings(mariadb, mariadb.new_database()))))


@pytest.fixture
def sqlite(new_sqlite: NewDatabase) -> Database:
    """An empty SQLite database with all its tables."""
    return prepared(new_sqlite())


@pytest.fixture
def mysql(shared_mysql: Database) -> Database:
    """An empty MySQL database with all its tables."""
    with closing(Session(shared_mysql.engine)) as session, session.transaction():
        for table in (*(table.table for table in TABLES), "traffic", "counters"):
            session.run(both(f"DELETE FROM {table}"))
    return shared_mysql


@pytest.fixture(params=["sqlite", "mysql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with all its tables, of each engine in turn."""
    empty: Database = request.getfixturevalue(request.param)
    return empty


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    """An open store."""
    with database.open() as opened:
        yield opened


@pytest.fixture
def proxy(mariadb: MariaDb) -> Iterator[MysqlProxy]:
    """A network that can lose answers."""
    with MysqlProxy(mariadb.port) as running:
        yield running
