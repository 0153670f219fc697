"""Lock files beside an SQLite database: they end with their holder, however it ends.

A lock belongs to the file that a path leads to in the end, whatever links there are on the way.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from clankbot.errors import DatabaseError, DatabaseUnavailable, DiskFailing, WrongDatabase

# What a file system says that has no locks, such as a network share mounted without them.
_NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS})
# What only a person can change.
_NO_RIGHTS: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
WITHOUT_LOCKS: Final = (
    "lies where files cannot be locked, such as on a network share mounted without locks;"
    " DATABASE_URL accepts a file on a disk of this machine"
)


# What may be otherwise a moment later.
_PASSING: Final = frozenset(
    {errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.ESTALE}
)


def trouble_of(error: OSError, text: str) -> DatabaseError:
    """What to raise, with this text, for a call of the system that failed."""
    if error.errno == errno.EIO:
        return DiskFailing(text)
    return DatabaseUnavailable(text) if error.errno in _PASSING else DatabaseError(text)


def has_file_locks(folder: Path) -> bool:
    """Whether files in this folder can be locked, as far as can be told."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            fcntl.lockf(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _NO_LOCKS
    return True


class FileLock:
    """The lock file ``suffix`` of a database; it is never deleted, so its name means one lock."""

    def __init__(self, database: Path, suffix: str) -> None:
        self._database = database
        self._suffix = suffix
        self._path = _lock_path(database, suffix)
        self._file: int | None = None

    def covers(self, database: Path) -> bool:
        """Whether it is also the lock of the file that this path leads to now."""
        return self._path == _lock_path(database, self._suffix)

    def is_in_place(self) -> bool:
        """Whether others find the file that is locked: one that is deleted keeps nobody away."""
        try:
            found = os.stat(self._path)
        except OSError:
            return False
        return self._file is not None and os.path.samestat(found, os.fstat(self._file))

    def take(self) -> bool:
        """Whether it is ours now, until ``close``; False while anybody else has it."""
        if self._file is not None:
            return True
        file = self._open()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            if isinstance(error, BlockingIOError):
                return False
            if error.errno in _NO_LOCKS:
                raise WrongDatabase(f"the database {self._database} {WITHOUT_LOCKS}") from error
            text = f"the database {self._database} cannot be locked: {error.strerror}"
            raise trouble_of(error, text) from error
        with suppress(OSError):  # who has it is only told to others; the disk may be full
            os.ftruncate(file, 0)
            os.write(file, f"{os.getpid()}\n".encode())
        self._file = file
        return True

    def holder(self) -> str:
        """The process that has it, as far as is known."""
        try:
            return self._path.read_text("ascii", "replace").strip() or "unknown"
        except OSError:  # somebody has just deleted it
            return "unknown"

    def close(self) -> None:
        """Give it back; nothing happens if it is not ours."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        """Nothing but a lock file is ever opened, written or given away.

        In a folder that others may write in, its name may have been made a link to another file.
        """
        try:
            file = os.open(
                self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600
            )
        except OSError as error:
            if error.errno == errno.ELOOP or self._path.is_symlink():
                raise self._planted() from error
            raise self._unusable(error) from error
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
                raise self._planted()
            if os.geteuid() == 0 and self._database.exists():
                # SQLite does so with its own files: a login as root must not lock the bot out.
                owner = self._database.stat()
                os.fchown(file, owner.st_uid, owner.st_gid)
        except BaseException as error:
            os.close(file)
            if isinstance(error, OSError):
                raise self._unusable(error) from error
            raise
        return file

    def _unusable(self, error: OSError) -> DatabaseError:
        trouble = f"the database {self._database} cannot be used: {error.strerror}"
        if error.errno in _NO_RIGHTS:
            return WrongDatabase(
                f"{trouble} ({self._path}); the bot's user must be allowed to write in its folder"
            )
        return trouble_of(error, trouble)

    def _planted(self) -> DatabaseError:
        return WrongDatabase(
            f"{self._path} is a link or no ordinary file, so it cannot be the lock of the database"
            f" {self._database}; delete it"
        )


def _lock_path(database: Path, suffix: str) -> Path:
    return Path(os.path.realpath(database) + suffix)
