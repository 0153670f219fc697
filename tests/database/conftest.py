"""One suite for both engines: SQLite in a file of its own, MariaDB on a throw-away server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import astuple, replace
from pathlib import Path

import pytest

from clankbot.clock import Clock
from clankbot.database.copying import TABLES
from clankbot.database.database import Database, Store
from clankbot.database.dialect import both
from clankbot.database.locks import ServerLock
from clankbot.database.messages import Messages
from clankbot.database.mysql import MySqlEngine, MySqlSettings
from clankbot.database.session import Session
from clankbot.records.accounts import Secret
from clankbot.records.writes import Append, RecordSpoken, StoredMessage
from tests.doubles.mariadb import HOST, PASSWORD, USER, MariaDb
from tests.doubles.mysql_proxy import MysqlProxy
from tests.waiting import wait_until

NOW_MS = 1_900_000_000_000
"""What the databases of the tests take for now: 2030-03-17."""


class StoppedClock(Clock):
    """It is always ``NOW_MS``."""

    def utc_ms(self) -> int:
        return NOW_MS


NewDatabase = Callable[[], Database]

BOT_ID = "900"


def said(
    message_id: str,
    text: str = "hello",
    *,
    channel: str = "alpha",
    user: str = "1",
    at_ms: int = 1000,
) -> Append:
    """A viewer's message; the names follow from the user id."""
    return Append(
        StoredMessage(message_id, channel, user, f"viewer{user}", f"Viewer{user}", text, at_ms)
    )


def bot_said(
    message_id: str, text: str = "beep", *, channel: str = "alpha", at_ms: int = 1000
) -> tuple[Append, RecordSpoken]:
    """A message of the bot, and the note that it spoke."""
    return (
        Append(
            StoredMessage(
                message_id, channel, BOT_ID, "clankbot", "ClankBot", text, at_ms, is_own=True
            )
        ),
        RecordSpoken(channel, message_id, at_ms, fingerprint=f"print of {message_id}"),
    )


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
    return Database(MySqlEngine(changed), StoppedClock())


@contextmanager
def instance_lock_taken_over(server: MariaDb, database: Database) -> Iterator[None]:
    """Another bot stands by while the holder's connection is lost, and has the lock at once."""
    name = settings_of(database).database
    patiently = ServerLock.TAKE.mysql.replace(", 1)", ", 9)")
    waiting = "SELECT 1 FROM information_schema.processlist WHERE state = 'User lock'"
    ((holder,),) = server.execute(ServerLock.HOLDER.mysql, name)
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


@contextmanager
def opened(database: Database) -> Iterator[tuple[Session, Store]]:
    """A session and a store over it, for what no store does by itself."""
    with closing(Session(database.engine)) as session:
        yield session, Store(session, StoppedClock())


def insert(session: Session, *messages: Append) -> None:
    """Store messages in a transaction that the test has begun."""
    session.run_many(Messages.ADD_MESSAGE, [astuple(write.message) for write in messages])


def prepared(database: Database) -> Database:
    """The same database with all its tables, and with the clock of the tests."""
    database = Database(database.engine, StoppedClock())
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
        for table in (*(table.name for table in TABLES), "traffic", "counters"):
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
