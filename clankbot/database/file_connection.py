"""One connection to an SQLite file: whether it still leads to the file that others find there."""

from __future__ import annotations

import logging
import os
import sqlite3
import struct
from contextlib import suppress
from typing import Final

from clankbot.database.overwriting import Watch
from clankbot.database.place import (
    FileId,
    Place,
    Sight,
    id_of,
    id_or_none,
    look_at,
    overwritten,
    replaced,
    sight_of,
)

log = logging.getLogger(__name__)

_EMPTY_LOG: Final = "PRAGMA wal_checkpoint(TRUNCATE)"
# The files that SQLite keeps beside one that is open.
_BESIDE: Final = ("-wal", "-shm")


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
