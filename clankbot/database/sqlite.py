"""SQLite: how the file is made, opened and looked over, and what its errors mean."""

from __future__ import annotations

import errno
import os
import shlex
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

from clankbot.clock import Clock
from clankbot.database.dialect import Dialect
from clankbot.database.file_connection import FileConnection
from clankbot.database.file_lock import WITHOUT_LOCKS, has_file_locks, trouble_of
from clankbot.database.place import Place, identify, overwritten, replaced
from clankbot.database.session import CallFailed, OpenFailed
from clankbot.errors import (
    DatabaseDamaged,
    DatabaseError,
    DatabaseUnavailable,
    DiskFailing,
    WriteRefused,
    WrongDatabase,
)
from clankbot.files import disk_room, kind_of

# How long a statement waits for another program that is writing.  No longer, because the worker
# takes in nothing meanwhile; it keeps what it has and tries again.
BUSY_MS: Final = 500
# The same if nobody waits meanwhile: at a start, and for copying.
_PATIENT_BUSY_MS: Final = 5000

_SET_UP: Final = (
    "PRAGMA synchronous = NORMAL",  # in WAL mode a crash loses nothing, a power cut the last moment
    "PRAGMA secure_delete = ON",  # removed words are overwritten in the file, not only unlinked
    "PRAGMA wal_autocheckpoint = 2000",  # 4 MB of a new file's pages, like that limit
    "PRAGMA journal_size_limit = 4194304",  # the log shrinks again after a burst
)
# Where the disk does not confirm anything, SQLite would store nothing at all.
_WITHOUT_SYNC: Final = "PRAGMA synchronous = OFF"
_NO_SYNC: Final = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})

_IN_USE: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_PASSING: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_NOMEM: "needs more memory than there is",
    sqlite3.SQLITE_INTERRUPT: "was interrupted",
}
_OF_A_VALUE: Final = frozenset(
    {sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH}
)
_WRONG_PATH: Final = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EACCES,
        errno.EROFS,
        errno.ENAMETOOLONG,
        errno.ELOOP,
    }
)
_ACCEPTED: Final = "DATABASE_URL accepts the path of a file in a folder that the bot may write in"
# What SQLite's files beside the database need at once; without that much it can only tell of a
# failed write.
_LEAST_FREE_BYTES: Final = 64 * 1024
# Steps of SQLite's machine between two looks at the clock.
_STEPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class SqliteEngine:
    """A database in one file; see ``Engine``."""

    dialect: ClassVar = Dialect.SQLITE
    # sqlite3's family, and what Python raises for values that no database can hold.
    foreign_errors: ClassVar = (sqlite3.Error, UnicodeError, OverflowError)

    path: Path
    busy_ms: int = BUSY_MS
    place: Place = field(default_factory=Place, compare=False)

    def create(self) -> None:
        """Make the file, from its first moment readable by its owner alone.

        SQLite gives the ``-wal`` and ``-shm`` files beside it the same mode.
        """
        try:
            # Only if it is missing: to close a file that is open elsewhere in the process would
            # let go of SQLite's locks on it.
            if not self.path.exists():
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            found = self.path.stat()
            if not stat.S_ISDIR(found.st_mode) and not stat.S_ISREG(found.st_mode):
                raise WrongDatabase(
                    f"the database {self.path} is {kind_of(found.st_mode)}; {_ACCEPTED}"
                )
            if stat.S_ISDIR(found.st_mode) or not os.access(self.path, os.R_OK | os.W_OK):
                os.close(os.open(self.path, os.O_RDWR))  # for the reason
        except OSError as error:
            trouble = f"the database {self.path} cannot be opened: {error.strerror or error}"
            if error.errno in _WRONG_PATH:
                raise WrongDatabase(f"{trouble}; {_ACCEPTED}") from error
            raise trouble_of(error, trouble) from error
        self.place.in_use = identify(self.path)

    def connect(self) -> FileConnection:
        """A connection in autocommit mode to the file in use; a missing file is not made."""
        in_use = self.place.in_use
        if self.place.is_overwritten:
            raise overwritten(self.path)
        if in_use is not None and identify(self.path) != in_use:
            raise replaced(self.path)
        connection = self._opened("rw")
        try:
            for statement in _SET_UP:
                connection.execute(statement)
            if not self.place.is_synced:
                connection.execute(_WITHOUT_SYNC)
            connection.file = identify(self.path)
            if in_use not in (None, connection.file):
                raise replaced(self.path)
        except BaseException:
            connection.close()
            raise
        self.place.in_use = connection.file
        return connection

    def _opened(self, mode: str) -> FileConnection:
        connection = sqlite3.connect(
            f"file:{quote(os.fsencode(self.path))}?mode={mode}",
            uri=True,
            timeout=self.busy_ms / 1000,
            isolation_level=None,
            factory=FileConnection,
        )
        connection.beside = os.path.realpath(self.path)  # SQLite follows links, too
        connection.path, connection.place = str(self.path), self.place
        self.place.connections.add(connection)
        return connection

    # -- another file in its place -----------------------------------------------------------------

    def another(self) -> SqliteEngine | None:
        """An engine for the file that has taken the place of the one in use, if one has.

        DatabaseFileLost if there is none at all, or one that is not ready to be used.
        """
        found = identify(self.path)
        if not self.place.is_overwritten and self.place.in_use in (None, found):
            self._let_go()  # it is back
            return None
        if not self.place.is_settled(self.path):
            raise overwritten(self.path) if found == self.place.in_use else replaced(self.path)
        self.place.cover(self.path)
        return replace(self, place=Place())

    def use(self, another: SqliteEngine) -> None:
        """From now on all connections are to lead to that file."""
        self._let_go()
        self.place.in_use = another.place.in_use
        self.place.is_overwritten = False

    def _let_go(self) -> None:
        while self.place.left:
            self.place.left.pop().close()

    # -- damage ------------------------------------------------------------------------------------

    @property
    def has_log(self) -> bool:
        """Whether a log with anything in it lies beside the file."""
        try:
            return os.stat(f"{os.path.realpath(self.path)}-wal").st_size > 0
        except OSError:
            return False

    def examine(self, within_s: float, *, thoroughly: bool = False) -> bool:
        """Look for damage, changing nothing; whether all was seen in time.

        DatabaseDamaged if there is any.  Reading alone leaves a log as it is that does not belong
        to the file, so that it can still be taken away.
        """
        has_log, clock = self.has_log, Clock()
        deadline = clock.monotonic() + within_s
        kinds = ("quick_check", "integrity_check") if thoroughly else ("quick_check",)
        try:
            with closing(self._opened("ro")) as connection:
                connection.set_progress_handler(lambda: clock.monotonic() > deadline, _STEPS)
                for kind in kinds:
                    ((finding,),) = connection.execute(f"PRAGMA {kind}(1)")
                    if finding != "ok":
                        raise self._damaged(finding, has_log)
        except sqlite3.Error as error:
            trouble = self.translate(error)
            is_none = _code(error) & 0xFF == sqlite3.SQLITE_NOTADB and not has_log
            if isinstance(trouble, DatabaseDamaged) and not is_none:
                raise self._damaged(str(error), has_log) from error
            if _code(error) & 0xFF == sqlite3.SQLITE_INTERRUPT:
                return False
            raise trouble from error
        return True

    def _damaged(self, finding: str, has_log: bool) -> DatabaseDamaged:
        finding = " ".join(finding.split())[:200]
        name = self.path.name
        if not has_log:
            return DatabaseDamaged(
                f"the database {self.path} is damaged ({finding}): stop the bot and put a backup in"
                f" its place; what can be read of it is saved by:"
                f" sqlite3 {shlex.quote(str(self.path))} .recover"
            )
        return DatabaseDamaged(
            f"the database {self.path} does not go with the log {name}-wal beside it, or is damaged"
            f" ({finding}): stop the bot; if a backup was put there, delete {name}-wal and"
            f" {name}-shm, which are of the file before; else put a backup in its place without"
            " them"
        )

    def translate(self, error: Exception) -> DatabaseError:
        """What passes is DatabaseUnavailable: busy, full, not readable now."""
        if isinstance(error, (UnicodeError, OverflowError)):
            return WriteRefused(f"the database {self.path} cannot hold a value: {error}")
        where, code = f"the database {self.path}", _code(error)
        kind = code & 0xFF
        if kind == sqlite3.SQLITE_NOTADB:
            return DatabaseDamaged(
                f"{where} is not an SQLite database; DATABASE_URL accepts one, or a file that is"
                " still to be made"
            )
        if kind == sqlite3.SQLITE_CORRUPT:
            return self._damaged(str(error), has_log=False)
        if kind in _IN_USE or code == sqlite3.SQLITE_IOERR_LOCK:
            if not has_file_locks(self.path.parent):
                return WrongDatabase(f"{where} {WITHOUT_LOCKS}")
            return DatabaseUnavailable(f"{where} is in use by another program ({error})")
        if kind in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and self._is_disk_full():
            kind = sqlite3.SQLITE_FULL
        if code in _NO_SYNC:
            self.place.is_synced = False
            return DiskFailing(
                f"the disk does not confirm what the database {self.path} writes ({error}); until"
                " the next start it is stored unconfirmed, and a power cut may damage it"
            )
        if kind == sqlite3.SQLITE_IOERR:
            name = getattr(error, "sqlite_errorname", "")
            return CallFailed(f"{where} cannot be read or written ({error}, {name})")
        if kind == sqlite3.SQLITE_CANTOPEN:
            return OpenFailed(f"{where} cannot be opened ({error})")
        if kind in _PASSING:
            return DatabaseUnavailable(f"{where} {_PASSING[kind]} ({error})")
        refusal = WriteRefused if kind in _OF_A_VALUE else DatabaseError
        return refusal(f"{where} refused a statement: {error}")

    def _is_disk_full(self) -> bool:
        try:
            free, _ = disk_room(self.path.parent)
        except OSError:
            return False
        return free < _LEAST_FREE_BYTES

    def patient(self) -> SqliteEngine:
        """With some seconds for another writer to finish."""
        return replace(self, busy_ms=_PATIENT_BUSY_MS)

    def abandon(self) -> None:
        """Nothing to do: no wait for a file is long."""


def _code(error: Exception) -> int:
    """SQLite's extended code."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR))
