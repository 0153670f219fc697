"""SQLite: how the file is made and opened.  The one file that imports sqlite3."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

from clankbot.database.dialect import Dialect
from clankbot.errors import DatabaseError, DatabaseUnavailable, WriteRefused, WrongDatabase

# How long a statement waits for another program that is writing.  No longer, because the worker
# takes in nothing meanwhile; it keeps what it has and tries again.
BUSY_MS: Final = 500
# The same if nobody waits meanwhile: at a start, and for copying.
_PATIENT_BUSY_MS: Final = 5000

_SET_UP: Final = (
    "PRAGMA synchronous = NORMAL",  # in WAL mode a crash loses nothing, a power cut the last moment
    "PRAGMA secure_delete = ON",  # removed words are overwritten in the file, not only unlinked
    "PRAGMA journal_size_limit = 4194304",  # the log shrinks again after a burst
)

_FULL: Final = "cannot grow: the disk is full"
# What SQLite's files beside the database need at once; without that much it can only tell of a
# failed write.
_LEAST_FREE_BYTES: Final = 64 * 1024
_PASSING: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_BUSY: "is in use by another program",
    sqlite3.SQLITE_LOCKED: "is in use by another program",
    sqlite3.SQLITE_PROTOCOL: "is in use by another program",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: "cannot be read or written",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_NOMEM: "needs more memory than there is",
    sqlite3.SQLITE_INTERRUPT: "was interrupted",
}
_LASTING: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_NOTADB: "is not an SQLite database",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a backup or move it away",
}
_OF_A_VALUE: Final = frozenset(
    {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH}
)
_WRONG_PATH: Final = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EROFS, errno.ENAMETOOLONG}
)
_ACCEPTED: Final = "DATABASE_URL accepts the path of a file in a folder that the bot may write in"


@dataclass(frozen=True, slots=True)
class SqliteEngine:
    """A database in one file; see ``Engine``."""

    dialect: ClassVar = Dialect.SQLITE
    # sqlite3's family, and what Python raises for values that no database can hold.
    foreign_errors: ClassVar = (sqlite3.Error, UnicodeError, OverflowError)

    path: Path
    busy_ms: int = BUSY_MS

    def create(self) -> None:
        """Make the file, from its first moment readable by its owner alone.

        SQLite gives the ``-wal`` and ``-shm`` files beside it the same mode.
        """
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            trouble = f"the database {self.path} cannot be opened: {error.strerror or error}"
            if error.errno in _WRONG_PATH:
                raise WrongDatabase(f"{trouble}; {_ACCEPTED}") from error
            raise DatabaseError(trouble) from error

    def connect(self) -> sqlite3.Connection:
        """A connection in autocommit mode; a missing file is not made."""
        connection = sqlite3.connect(
            f"file:{quote(os.fsencode(self.path))}?mode=rw",
            uri=True,
            timeout=self.busy_ms / 1000,
            isolation_level=None,
        )
        try:
            for statement in _SET_UP:
                connection.execute(statement)
        except BaseException:
            connection.close()
            raise
        return connection

    def translate(self, error: Exception) -> DatabaseError:
        """What passes is DatabaseUnavailable: busy, full, not readable now."""
        if isinstance(error, (UnicodeError, OverflowError)):
            return WriteRefused(f"the database {self.path} cannot hold a value: {error}")
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _PASSING:
            is_full = code == sqlite3.SQLITE_IOERR and self._is_disk_full()
            what = _FULL if is_full else _PASSING[code]
            return DatabaseUnavailable(f"the database {self.path} {what} ({error})")
        if code in _LASTING:
            return DatabaseError(f"the database {self.path} {_LASTING[code]}")
        kind = WriteRefused if code in _OF_A_VALUE else DatabaseError
        return kind(f"the database {self.path} refused a statement: {error}")

    def _is_disk_full(self) -> bool:
        try:
            disk = os.statvfs(self.path.parent)
        except OSError:
            return False
        return disk.f_bavail * disk.f_frsize < _LEAST_FREE_BYTES

    def patient(self) -> SqliteEngine:
        """With some seconds for another writer to finish."""
        return replace(self, busy_ms=_PATIENT_BUSY_MS)

    def abandon(self) -> None:
        """Nothing to do: no wait for a file is long."""
