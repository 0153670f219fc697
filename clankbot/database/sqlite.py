"""SQLite: how the file is made, opened and looked over.  The one file that imports sqlite3."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import stat
import struct
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

from clankbot.clock import Clock
from clankbot.database.dialect import Dialect
from clankbot.database.file_lock import WITHOUT_LOCKS, has_file_locks
from clankbot.database.overwriting import Watch
from clankbot.database.place import (
    FileId,
    Place,
    Sight,
    id_of,
    id_or_none,
    identify,
    kind_of,
    look_at,
    overwritten,
    replaced,
    sight_of,
)
from clankbot.errors import (
    DatabaseDamaged,
    DatabaseError,
    DatabaseUnavailable,
    DiskFailing,
    WriteRefused,
    WrongDatabase,
)

log = logging.getLogger(__name__)

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
# Where the disk does not confirm anything, SQLite would store nothing at all.
_WITHOUT_SYNC: Final = "PRAGMA synchronous = OFF"
_NO_SYNC: Final = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})
_EMPTY_LOG: Final = "PRAGMA wal_checkpoint(TRUNCATE)"
# The files that SQLite keeps beside one that is open.
_BESIDE: Final = ("-wal", "-shm")

_IN_USE: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_PASSING: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
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


class FileConnection(sqlite3.Connection):
    """A connection that knows the files it leads to."""

    path: str
    file: FileId | None = None
    # The path of the files beside it, without their ends, and which they are: None until something
    # was committed, for only then are they sure to stay.
    beside: str = ""
    log: tuple[FileId | None, ...] | None = None
    place: Place
    watch: Watch | None = None
    # The file as it was when it was looked at last.
    seen: Sight | None = None

    def files_beside(self) -> tuple[FileId | None, ...]:
        """The log and its index, as they are found now."""
        return tuple(id_or_none(self.beside + end) for end in _BESIDE)

    def is_current(self) -> bool:
        """Whether it leads to the file in use.  See ``session.Connection``."""
        if self.place.is_overwritten:
            raise overwritten(self.path)
        return self.file == self.place.in_use

    def is_well(self) -> bool:
        """Whether others find what it writes: in the file that is in its place, and in its log."""
        return self._is_safe(look_at(self.path)) and self._keeps_log()

    def is_still_safe(self) -> bool:
        """Whether the file is as it was when it was looked at last, or has changed lawfully."""
        if self.log is None:
            self.log = self.files_beside()
        found = look_at(self.path)
        return sight_of(found) == self.seen or self._is_safe(found)

    def _is_safe(self, found: os.stat_result) -> bool:
        """Whether what was found in its place is the file, and what that holds is SQLite's work."""
        if self.file != self.place.in_use:
            return False
        if id_of(found) != self.file:
            raise replaced(self.path)
        try:
            self.watch = self.watch or Watch(self.beside)
            if self.watch.sees_overwriting(found):
                self.place.is_overwritten = True
                self.watch.empty_log()
        except (OSError, struct.error):  # SQLite has not opened the files beside it yet
            self.watch = None
        self.seen = sight_of(found)
        return self.is_current()

    def _keeps_log(self) -> bool:
        """Whether it writes into the log that others read.

        If not, all that is in the deleted one goes into the database file first.
        """
        found = self.files_beside()
        if self.log in (None, found):
            return True
        ((is_busy, *_),) = self.execute(_EMPTY_LOG)
        if is_busy:  # another thread is reading; next time
            return True
        if self.place.lost_log != self.log:
            self.place.lost_log = self.log
            log.error("database log deleted", extra={"file": f"{self.beside}-wal", "lost": 0})
        return False

    def leave(self) -> bool:
        """Take away the log of a file that has lost its place; False: not yet.

        SQLite would find that log beside another file and mix the two.  The connection stays open,
        unused: as long as it does, no other file can have the inode of this one.
        """
        if self.place.is_overwritten:
            return self._leave_overwritten()
        files = dict(zip(_BESIDE, self.files_beside(), strict=True))
        ours = dict(zip(_BESIDE, self.log or (), strict=False))
        try:
            ((is_busy, *_),) = self.execute(_EMPTY_LOG)
        except sqlite3.Error:
            del files[_BESIDE[0]]  # the log has something that the file lacks
        else:
            if is_busy:  # another thread is reading
                return False
        for end, file in files.items():
            if file is not None and file == ours.get(end):
                with suppress(OSError):
                    os.unlink(self.beside + end)
        self.place.left.append(self)
        return True

    def _leave_overwritten(self) -> bool:
        """The log has been emptied; once nobody has it open, SQLite would begin a new one."""
        if self.place.connections - {self}:
            return False
        self.close()
        for end in _BESIDE:
            with suppress(OSError):
                os.unlink(self.beside + end)
        return True

    def close(self) -> None:
        """End it.  Of a file that has lost its place, SQLite leaves the log alone."""
        self.place.connections.discard(self)
        super().close()


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
            raise DatabaseError(trouble) from error
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
            if isinstance(trouble, DatabaseDamaged):
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
                f" its place; what can be read of it is saved by: sqlite3 {name} .recover"
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
            return DatabaseDamaged(f"{where} is not an SQLite database")
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
            return DiskFailing(f"{where} cannot be read or written ({error}, {name})")
        if kind in _PASSING:
            return DatabaseUnavailable(f"{where} {_PASSING[kind]} ({error})")
        refusal = WriteRefused if kind in _OF_A_VALUE else DatabaseError
        return refusal(f"{where} refused a statement: {error}")

    def _is_disk_full(self) -> bool:
        try:
            free = os.statvfs(self.path.parent)
        except OSError:
            return False
        return free.f_bavail * free.f_frsize < _LEAST_FREE_BYTES

    def patient(self) -> SqliteEngine:
        """With some seconds for another writer to finish."""
        return replace(self, busy_ms=_PATIENT_BUSY_MS)

    def abandon(self) -> None:
        """Nothing to do: no wait for a file is long."""


def _code(error: Exception) -> int:
    """SQLite's extended code."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR))
