"""Locks that end with their holder, however: on a file beside SQLite's, or on a MySQL server.

The holder of the instance lock is the one bot at a database: two would both answer, and count each
other's words.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from typing import Final, Self

from clankbot.database.dialect import MYSQL_WAIT_S, each, named_lock
from clankbot.database.file_lock import FileLock
from clankbot.database.session import Engine, Session
from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import DatabaseError, DatabaseUnavailable, WrongDatabase

log = logging.getLogger(__name__)

# For so long two bots may be at work after a restart of the server; the question is a cheap one.
CHECK_EVERY_S: Final = 5.0
# A server that hangs must not hold up a stop; the end of the process ends the connection, too.
_LEAVE_WITHIN_S: Final = 0.2


@contextmanager
def hold_instance_lock(
    engine: Engine,
    lost: Callable[[Exception], None],
    start: Callable[[threading.Thread], object] = threading.Thread.start,
) -> Iterator[None]:
    """Be the only bot at this database until the block ends, or the process does, however.

    The file of an SQLite database is made first: it is what is locked, by whatever name.
    DatabaseError if another one is.  A server may lose the lock, and another bot take it: then
    ``lost`` is told why this one must end.  It is called in a thread of its own, which ``start``
    starts.
    """
    if not isinstance(engine, SqliteEngine):
        with ServerLock(engine, lost, start):
            yield
        return
    engine.create()
    with closing(FileLock(engine.path, ".lock")) as lock:
        if not lock.take():
            raise DatabaseError(
                f"another clankbot (process {lock.holder()}) is already using {engine.path}"
            )
        if (names := engine.path.stat().st_nlink) > 1:
            raise WrongDatabase(
                f"the database {engine.path} has {names} names (hard links), and SQLite damages a"
                " file that is used under two: make a copy of it and use that"
            )
        engine.place.instance_lock = lock
        try:
            yield
        finally:
            engine.place.instance_lock.close()  # maybe another one by now


class _Taken(DatabaseError):
    """Another bot has the lock."""


class ServerLock:
    """Holds a MySQL server's instance lock while entered; DatabaseError if another bot has it.

    It hangs on a connection, which ends with the server, with the network, or with the machine the
    bot runs on.  So a thread of its own, which starts and ends with the block, keeps one up: it
    takes the lock, looks from time to time whether it is still there, and takes it anew after a
    loss.  If another bot has taken it meanwhile, ``lost`` is told so in that thread: this one must
    end.  The server ends a connection that it has not heard of for ``MYSQL_WAIT_S``, so the lock of
    a machine that vanished is free soon.
    """

    TAKE: Final = each(
        "SELECT 1, 0", f"SELECT GET_LOCK({named_lock('instance')}, 1), CONNECTION_ID()"
    )
    HOLDER: Final = each("SELECT 0", f"SELECT IS_USED_LOCK({named_lock('instance')})")
    _END_CONNECTION: Final = each("SELECT ?", "KILL CONNECTION ?")

    def __init__(
        self,
        engine: Engine,
        lost: Callable[[Exception], None],
        start: Callable[[threading.Thread], object] = threading.Thread.start,
        check_every_s: float = CHECK_EVERY_S,
    ) -> None:
        self._engine = engine
        self._lost = lost
        self._start = start
        self._check_every_s = check_every_s
        self._leaving = threading.Event()
        self._taken: Future[None] = Future()
        # The server's number for the connection that had the lock last.
        self._connection = 0
        self._thread = threading.Thread(target=self._run, name="instance-lock", daemon=True)

    def __enter__(self) -> Self:
        self._start(self._thread)
        self._taken.result()
        return self

    def __exit__(self, *error: object) -> None:
        self._leaving.set()
        self._thread.join(_LEAVE_WITHIN_S)

    def _run(self) -> None:
        try:
            with closing(Session(self._engine)) as session:
                self.take(session)
                self._taken.set_result(None)
                while not self._leaving.wait(self._check_every_s):
                    self._check(session)
        except Exception as error:  # the thread's body: the holder of the lock must be told
            if not self._taken.done():
                self._taken.set_exception(error)
                return
            log.error("instance lock lost", extra={"reason": str(error)})
            self._lost(error)

    def _check(self, session: Session) -> None:
        """An outage is told by those who have something to store."""
        try:
            self.take(session)
        except _Taken as error:
            raise DatabaseError(
                "another clankbot has begun to use this MySQL database; this one ends"
            ) from error
        except DatabaseError as error:
            log.debug("instance lock not checked", extra={"reason": str(error)})

    def take(self, session: Session) -> None:
        """Take the lock over this connection, which changes nothing if it is ours already."""
        row = session.row(self.TAKE)
        assert row is not None
        is_ours, connection = row
        if is_ours:
            self._connection = connection
            return
        holder = session.number(self.HOLDER)
        if holder and holder != self._connection:
            raise _Taken(
                "another clankbot is already using this MySQL database (the lock of one whose"
                f" machine has vanished is free after {MYSQL_WAIT_S} seconds)"
            )
        if holder:  # a connection that is lost on our side; the server has not noticed it yet
            session.run(self._END_CONNECTION, holder)
        raise DatabaseUnavailable("the lock of this MySQL database is just becoming free")
