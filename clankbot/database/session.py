"""One thread's connection: statements, transactions, and a new connection after a loss.

Knows neither driver: what differs between SQLite and MySQL is an ``Engine``.  All that a driver
raises leaves this file as an error of our own.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Protocol

from clankbot.clock import Clock
from clankbot.database.dialect import Dialect, Statement, both, each
from clankbot.errors import (
    CommitInDoubt,
    DatabaseDamaged,
    DatabaseError,
    DatabaseFileLost,
    DatabaseUnavailable,
    DiskFailing,
)

log = logging.getLogger(__name__)

# As the driver gives it; turned into a record by its reader.
Row = tuple[Any, ...]

# After so long unused a connection is tested first: servers, firewalls and routers drop idle ones
# silently.
_IDLE_S: Final = 30.0
# How long a look at a file counts before the next transaction: a round of the worker that stores
# much looks once, and after each commit.
_LOOK_COUNTS_S: Final = 0.01


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
        """All rows of the answer; none if the statement is no question."""


class Connection(Protocol):
    """What both drivers' connections can do (PEP 249), and what ours add."""

    def cursor(self) -> Cursor:
        """A new cursor."""

    def close(self) -> None:
        """End it; an open transaction is undone."""

    def is_current(self) -> bool:
        """Whether it leads to the database in use; if not, another one is to be made.

        DatabaseFileLost if the database itself is known to be no longer what it was.  Asks the
        system nothing, so it is cheap enough for each question.
        """

    def is_well(self) -> bool:
        """Whether others find what it writes; if not, another connection is to be made.

        DatabaseFileLost if the database has lost its place.  May raise the driver's errors.
        """

    def is_still_safe(self) -> bool:
        """Whether others will find what was just written.  As cheap as can be.

        DatabaseFileLost if the database has lost its place.
        """

    def leave(self) -> bool:
        """Close one to a database that has lost its place, and clear up; False: not yet."""


class Engine(Protocol):
    """How one kind of database is reached.  Usable from any thread."""

    @property
    def dialect(self) -> Dialect:
        """Whose SQL it takes."""

    @property
    def foreign_errors(self) -> tuple[type[Exception], ...]:
        """All that its driver may raise for a statement or a connection."""

    def create(self) -> None:
        """Make the database file if there is none; DatabaseError if that is impossible."""

    def connect(self) -> Connection:
        """A new connection, set up and outside of any transaction."""

    def translate(self, error: Exception) -> DatabaseError:
        """One of our errors for one of the driver's."""

    def patient(self) -> Engine:
        """The same database, for work that may take minutes: migrating and copying."""

    def abandon(self) -> None:
        """Any thread: let nobody wait for the database any longer, and nobody connect anew."""


class MayWorkAtOnce(DatabaseUnavailable):
    """Something failed that a fresh connection may get over at once."""


class ConnectionGone(MayWorkAtOnce):
    """The connection was found dead."""


class OpenFailed(MayWorkAtOnce):
    """The file could not be opened."""


class CallFailed(MayWorkAtOnce, DiskFailing):
    """The system could not read or write the file."""


class AlreadyThere(DatabaseError):
    """A migration's step was done before (MySQL, after an interrupted start)."""


class Session:
    """A connection for one thread, opened at the first statement; which also decides whose it is.

    After DatabaseUnavailable the connection is closed, and the next unit of work opens a new one.
    What goes wrong at the start of a unit of work and may work at once is tried once more, over a
    new connection; never in the middle of a transaction.
    """

    _PING: Final = both("SELECT 1")
    _BEGIN: Final = each("BEGIN IMMEDIATE", "START TRANSACTION")
    _COMMIT: Final = both("COMMIT")
    _ROLLBACK: Final = both("ROLLBACK")

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float] = time.monotonic,
        *,
        lets_go: bool = False,
    ) -> None:
        """``lets_go``: the connection is closed after each question and each transaction."""
        self.engine = engine
        self._lets_go = lets_go
        self.dialect = engine.dialect
        self._clock = clock
        self._thread: int | None = None
        self._connection: Connection | None = None
        self._used_at = 0.0
        self._looked_at = -math.inf
        self._in_transaction = False

    def rows(self, statement: Statement, *values: object) -> list[Row]:
        """All rows that answer a question."""
        try:
            return self._perform(statement, values)[0]
        finally:
            self._rest()

    def row(self, statement: Statement, *values: object) -> Row | None:
        """The first row that answers a question."""
        rows = self.rows(statement, *values)
        return rows[0] if rows else None

    def number(self, statement: Statement, *values: object) -> int:
        """The one whole number that answers a question; 0 if there is none."""
        row = self.row(statement, *values)
        return int(row[0] or 0) if row else 0

    def run(self, statement: Statement, *values: object) -> int:
        """Carry out a statement; how many rows it touched."""
        return self._perform(statement, values)[1]

    def run_many(self, statement: Statement, rows: Sequence[Row]) -> int:
        """Carry out a statement for each row; an insert becomes one statement with many rows."""
        return self._perform(statement, rows, many=True)[1] if rows else 0

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: committed at the end of the block, undone if it raises.

        Raises CommitInDoubt if it cannot be known which of the two happened.
        """
        if self._clock() - self._looked_at > _LOOK_COUNTS_S:
            self.is_well()
        self.run(self._BEGIN)
        self._in_transaction = True
        try:
            yield
            self._commit()
        except Exception:
            if self._connection is not None:  # closing one has undone the transaction
                self._try(self._ROLLBACK)
            raise
        except BaseException:  # Ctrl-C must not wait for an answer of a server that hangs
            self._drop()
            raise
        finally:
            self._in_transaction = False
        if self._connection is not None and not self._connection.is_still_safe():
            # For the caller it has not happened: nobody will find it.
            raise DatabaseFileLost("the database file was replaced while it was written to")
        self._looked_at = self._used_at
        self._rest()

    def _commit(self) -> None:
        try:
            self.run(self._COMMIT)
        except DatabaseUnavailable as error:
            if self.dialect is Dialect.MYSQL:  # a file has no connection that could break
                raise CommitInDoubt(str(error)) from error
            raise

    def last_rows(self, statement: Statement) -> list[Row]:
        """What the database in use before answers, although it has lost its place; none if it
        cannot be asked.
        """
        if self._connection is None:
            return []
        try:
            cursor = self._connection.cursor()
            cursor.execute(statement.text(self.dialect), ())
            return list(cursor.fetchall())
        except self.engine.foreign_errors:
            return []

    def is_well(self) -> bool:
        """Whether there is a connection to the database in use, by which others find what it
        writes.  One that is not so is closed.

        DatabaseFileLost if the database has lost its place, or is no longer what it was.
        """
        if self._connection is None:
            return False
        try:
            is_well = self._connection.is_well()
        except self.engine.foreign_errors as error:
            raise self.engine.translate(error) from error
        self._looked_at = self._clock()
        if not is_well:
            self._drop()
        return is_well

    def leave(self) -> None:
        """End the connection to a database that has lost its place."""
        if self._connection is not None:
            if not self._connection.leave():
                raise DatabaseFileLost("the database file that was replaced is still being read")
            self._connection = None

    def close(self) -> None:
        """End the connection; a later statement would open a new one."""
        self._refuse_other_threads()
        self._drop()

    def _perform(
        self, statement: Statement, values: Sequence[Any], *, many: bool = False
    ) -> tuple[list[Row], int]:
        """The rows of the answer, and how many rows were touched."""
        self._refuse_other_threads()
        self._thread = threading.get_ident()
        had_connection = self._connection is not None
        try:
            return self._attempt(statement, values, many)
        except (MayWorkAtOnce, DatabaseDamaged) as error:  # SQLite calls a failed read damage, too
            if self._in_transaction or (isinstance(error, ConnectionGone) and not had_connection):
                raise
            problem = str(error)
        self._drop()
        answer = self._attempt(statement, values, many)
        log.info("database works at a second try", extra={"problem": problem})
        return answer

    def _attempt(
        self, statement: Statement, values: Sequence[Any], many: bool
    ) -> tuple[list[Row], int]:
        try:
            cursor = self._connected().cursor()
            if many:
                cursor.executemany(statement.text(self.dialect), values)
            else:
                cursor.execute(statement.text(self.dialect), tuple(values))
            answer = list(cursor.fetchall()), cursor.rowcount
        except self.engine.foreign_errors as error:
            raise self._trouble(error) from error
        self._used_at = self._clock()
        return answer

    def _trouble(self, error: Exception) -> DatabaseError:
        """What to raise for an error of the driver.

        Made here, since an error that is also a local of the frame that raises it lives until the
        garbage collector comes by, and with it the cursor, and with that the closed connection.
        """
        trouble = self.engine.translate(error)
        if isinstance(trouble, DatabaseUnavailable):
            self._drop()
        return trouble

    def _connected(self) -> Connection:
        if self._in_transaction:
            if self._connection is None:
                raise DatabaseUnavailable("the connection was lost in the middle of a transaction")
            return self._connection
        if self._connection is not None and self._clock() - self._used_at > _IDLE_S:
            self._try(self._PING)
        if self._connection is not None and not self._connection.is_current():
            self._drop()
        if self._connection is None:
            self._connection = self.engine.connect()
        return self._connection

    def _try(self, statement: Statement) -> None:
        """Say this to the server; a connection that does not take it is closed."""
        assert self._connection is not None
        try:
            self._connection.cursor().execute(statement.text(self.dialect), ())
        except self.engine.foreign_errors:
            self._drop()

    def _rest(self) -> None:
        if self._lets_go and not self._in_transaction:
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*self.engine.foreign_errors):
                connection.close()

    def _refuse_other_threads(self) -> None:
        if self._thread not in (None, threading.get_ident()):
            raise DatabaseError("a database connection is usable only in the thread that opened it")


class Repository:
    """Questions and writes about one subject, over one thread's connection.

    Public methods are complete; those with an underscore run in a transaction that the store has
    begun.
    """

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        # Whether SQLite's write-ahead log may still hold words that were to go.
        self._words_removed = False
