"""A lock on a file beside an SQLite database; it ends with the process that holds it, however."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from clankbot.errors import DatabaseError


class FileLock:
    """The lock ``suffix`` of a database; the file stays, for its name must not mean another."""

    def __init__(self, database: Path, suffix: str) -> None:
        self._database = database
        self._path = database.with_name(f"{database.name}{suffix}")
        self._file: int | None = None

    def take(self) -> bool:
        """Whether it is ours now, until ``close``; False while anybody else has it."""
        if self._file is not None:
            return True
        file = self._open()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError as error:
            os.close(file)
            raise DatabaseError(
                f"the database {self._database} cannot be locked: {error.strerror}"
            ) from error
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file
        return True

    def holder(self) -> str:
        """The process that has it, as far as is known."""
        return self._path.read_text("ascii", "replace").strip() or "unknown"

    def close(self) -> None:
        """Give it back; nothing happens where it is not ours."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            if os.geteuid() == 0 and self._database.exists():
                # SQLite does so with its own files: a login as root must not lock the bot out.
                owner = self._database.stat()
                os.fchown(file, owner.st_uid, owner.st_gid)
        except OSError as error:
            raise DatabaseError(
                f"the database {self._database} cannot be used: {error.strerror}"
            ) from error
        return file
