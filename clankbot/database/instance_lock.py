"""One bot to a database: two would both answer, and count each other's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from clankbot.database.database import Database
from clankbot.database.file_lock import FileLock
from clankbot.database.server_lock import ServerLock
from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import DatabaseError


@contextmanager
def hold_instance_lock(database: Database, lost: Callable[[Exception], None]) -> Iterator[None]:
    """Be the only bot at this database until the block ends, or the process does, however.

    DatabaseError where another one is.  A server may lose the lock, and another bot take it: then
    ``lost`` is told why this one must end.  It is called in a thread of its own.
    """
    if isinstance(database.engine, SqliteEngine):
        lock = FileLock(database.engine.path, ".lock")
        if not lock.take():
            raise DatabaseError(
                f"another clankbot (process {lock.holder()}) is already using"
                f" {database.engine.path}"
            )
        with closing(lock):
            yield
    else:
        with ServerLock(database.engine, lost):
            yield
