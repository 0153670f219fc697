"""One bot to a database: two would both answer, and count each other's words."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clankbot.database.database import Database
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
        with _file_locked(database.engine.path):
            yield
    else:
        with ServerLock(database.engine, lost):
            yield


@contextmanager
def _file_locked(database: Path) -> Iterator[None]:
    path = database.with_name(f"{database.name}.lock")
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseError(f"the database {database} cannot be used: {error.strerror}") from error
    try:
        _lock(file, database)
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(file)  # ends the lock; the file stays, for its name must not come to mean another


def _lock(file: int, database: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(file, 20).decode("ascii", "replace").strip() or "unknown"
        raise DatabaseError(
            f"another clankbot (process {holder}) is already using {database}"
        ) from error
    except OSError as error:
        raise DatabaseError(
            f"the database {database} cannot be locked: {error.strerror}"
        ) from error
