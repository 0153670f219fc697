"""One thread's connection: statements, transactions, and a new connection after a loss.

Knows neither driver: what differs between SQLite and MySQL is an ``Engine``.  All that a driver
raises leaves this file as an error of our own.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Protocol, TypeVar

from clankbot.database import sql
from clankbot.database.dialect import Dialect, Statement
from clankbot.errors import DatabaseError, DatabaseUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")
Row = tuple[Any, ...]
"""As the driver gives it; turned into a record where it is read."""

_IDLE_S: Final = 30.0
"""After so long unused a connection is asked for a sign of life first: servers, firewalls and
routers drop idle ones without a word."""


class Cursor(Protocol):
    """What both drivers' cursors can do (PEP 249)."""

    @property
    def rowcount(self) -> int:
        """Rows the last statement touched."""

    def execute(self, operation: str, values: Row, /) -> object:
        """Run a statement with its values."""

    def executemany(self, operation: str, rows: Sequence[Row], /) -> object:
        """Run a statement for each row of values."""

    def fetchall(self) -> Sequence[Row]:
        """All rows of the answer."""


class Connection(Protocol):
    """What both drivers' connections can do (PEP 249)."""

    def cursor(self) -> Cursor:
        """A new cursor."""

    def close(self) -> None:
        """End it; an open transaction is undone."""


class Engine(Protocol):
    """How one kind of database is reached.  Frozen, usable from any thread."""

    @property
    def dialect(self) -> Dialect:
        """Whose SQL it takes."""

    @property
    def foreign_errors(self) -> tuple[type[Exception], ...]:
        """All that its driver may raise for a statement or a connection."""

    def create(self) -> None:
        """Make the database file where there is none; DatabaseError where that is impossible."""

    def connect(self) -> Connection:
        """A new connection, set up and outside of any transaction."""

    def translate(self, error: Exception) -> DatabaseError:
        """One of our errors for one of the driver's."""

    def patient(self) -> Engine:
        """The same database, for work that may take minutes: migrating and copying."""

    def abandon(self) -> None:
        """Any thread: let nobody wait for the database any longer, and nobody connect anew."""


class ConnectionGone(DatabaseUnavailable):
    """The connection was found dead.  A fresh one may work at once."""


class AlreadyThere(DatabaseError):
    """A migration's step was done before (MySQL, after an interrupted start)."""


class Session:
    """A connection for the thread that made it, opened at the first statement.

    After DatabaseUnavailable the connection is closed, and the next unit of work opens a new one.
    A connection found dead at the start of a unit of work is replaced without a word, once; never
    in the middle of a transaction.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self.engine = engine
        self.dialect = engine.dialect
        self._clock = clock
        self._thread = threading.get_ident()
        self._connection: Connection | None = None
        self._used_at = 0.0
        self._in_transaction = False

    def rows(self, statement: Statement, *values: object) -> list[Row]:
        """All rows that answer a question."""

        def ask(cursor: Cursor) -> list[Row]:
            cursor.execute(statement.text(self.dialect), values)
            return list(cursor.fetchall())

        return self._perform(ask)

    def row(self, statement: Statement, *values: object) -> Row | None:
        """The first row that answers a question."""
        rows = self.rows(statement, *values)
        return rows[0] if rows else None

    def number(self, statement: Statement, *values: object) -> int:
        """The one whole number that answers a question; 0 where there is none."""
        row = self.row(statement, *values)
        return int(row[0] or 0) if row else 0

    def run(self, statement: Statement, *values: object) -> int:
        """Carry out a statement; how many rows it touched."""

        def do(cursor: Cursor) -> int:
            cursor.execute(statement.text(self.dialect), values)
            return cursor.rowcount

        return self._perform(do)

    def run_many(self, statement: Statement, rows: Sequence[Row]) -> int:
        """Carry out a statement for each row; an insert becomes one statement with many rows."""

        def do(cursor: Cursor) -> int:
            cursor.executemany(statement.text(self.dialect), rows)
            return cursor.rowcount

        return self._perform(do) if rows else 0

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: committed at the end of the block, undone if it raises.

        DatabaseUnavailable from a server leaves one doubt: the connection may have broken between
        the commit and its answer, and all of it be done.
        """
        self.run(sql.BEGIN)
        self._in_transaction = True
        try:
            yield
            self.run(sql.COMMIT)
        except Exception:
            self._roll_back()
            raise
        except BaseException:  # Ctrl-C must not wait for an answer of a server that hangs
            self._drop()
            raise
        finally:
            self._in_transaction = False

    def close(self) -> None:
        """End the connection; a later statement would open a new one."""
        self._refuse_other_threads()
        self._drop()

    def _perform(self, deed: Callable[[Cursor], T]) -> T:
        self._refuse_other_threads()
        replaceable = self._connection is not None and not self._in_transaction
        try:
            return self._attempt(deed)
        except ConnectionGone:
            if not replaceable:
                raise
        log.debug("database connection renewed")
        return self._attempt(deed)

    def _attempt(self, deed: Callable[[Cursor], T]) -> T:
        try:
            answer = deed(self._connected().cursor())
        except self.engine.foreign_errors as error:
            trouble = self.engine.translate(error)
            if isinstance(trouble, DatabaseUnavailable):
                self._drop()
            raise trouble from error
        self._used_at = self._clock()
        return answer

    def _connected(self) -> Connection:
        connection = self._connection
        if self._in_transaction:
            if connection is None:
                raise DatabaseUnavailable("the connection was lost in the middle of a transaction")
            return connection
        if connection is not None and self._clock() - self._used_at > _IDLE_S:
            self._drop_if_dead(connection)
        if self._connection is None:
            self._connection = self.engine.connect()
        return self._connection

    def _drop_if_dead(self, connection: Connection) -> None:
        try:
            connection.cursor().execute(sql.PING.text(self.dialect), ())
        except self.engine.foreign_errors:
            self._drop()

    def _roll_back(self) -> None:
        if self._connection is None:
            return  # closing it has undone the transaction
        try:
            self._connection.cursor().execute(sql.ROLLBACK.text(self.dialect), ())
        except self.engine.foreign_errors:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*self.engine.foreign_errors):
                connection.close()

    def _refuse_other_threads(self) -> None:
        if threading.get_ident() != self._thread:
            raise DatabaseError("a database connection is usable only in the thread that opened it")
