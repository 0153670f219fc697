"""Notices that a database file is overwritten in place, as ``cp backup.db chatbot.db`` does.

The file keeps its inode then, and SQLite goes on mixing what it holds of the file before into the
new content.  In WAL mode SQLite itself writes to the file only in a checkpoint, and notes in the
index of the log how far it is about to write, before it does.  So a first page that has changed
while that note has not is somebody else's work.
Source: https://www.sqlite.org/walformat.html (the WAL-index header and WalCkptInfo)
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clankbot.database.place import Sight, sight_of

# In the index, from here on: the salt of the log; how far it has been written into the file; and
# how far the last checkpoint has set out to write.
_NOTE_AT: Final = 32
_NOTE: Final = struct.Struct("=8s56xI28xI")
_PAGE: Final = 4096
_DESCRIPTORS: Final = Path("/proc/self/fd")


@dataclass(frozen=True, slots=True)
class _Seen:
    """The file between two checkpoints."""

    note: tuple[bytes, int, int]
    file: Sight
    page: bytes


class Watch:
    """One connection's view, which ends before it.  It reads through SQLite's own descriptors: to
    open the files again and close them would let go of the locks that the process has on them.
    Where the system does not list them, nothing is noticed.
    """

    def __init__(self, path: str) -> None:
        """OSError if SQLite has not opened the files beside it yet."""
        self._path = path
        self._file = _Descriptor(path)
        self._log = _Descriptor(f"{path}-wal")
        # Of this there is one in a process, and it is open as long as any connection is.
        self._index = _Descriptor(f"{path}-shm").number
        self._seen: _Seen | None = None

    def sees_overwriting(self, found: os.stat_result) -> bool:
        """Whether the file, as it was found just now, was written to by anybody but SQLite.

        OSError if that cannot be known, for the files are not those that SQLite has open.
        """
        seen, note = self._seen, self._note()
        if seen is not None and seen.note == note:
            if seen.file == sight_of(found):
                return False
            if self._file.read(_PAGE, 0) != seen.page and self._note() == note:
                return True
        self._seen = self._look()
        return False

    def empty_log(self) -> None:
        """So that no connection writes it into the new content when it is closed."""
        self._log.empty()

    def _look(self) -> _Seen | None:
        """None while a checkpoint is under way: what it still writes is in its note already."""
        note = self._note()
        _, done, attempted = note
        found = sight_of(os.stat(self._path))
        page = self._file.read(_PAGE, 0)
        is_still = note == self._note() and found == sight_of(os.stat(self._path))
        return _Seen(note, found, page) if done == attempted and is_still else None

    def _note(self) -> tuple[bytes, int, int]:
        salt, done, attempted = _NOTE.unpack(os.pread(self._index, _NOTE.size, _NOTE_AT))
        return salt, done, attempted


class _Descriptor:
    """One of those by which this process has a file open, looked for anew when it is closed."""

    def __init__(self, path: str) -> None:
        self._wanted = os.stat(path)
        self.number = self._find()

    def read(self, size: int, at: int) -> bytes:
        """What is there in the file; OSError if it cannot be reached, or ends before."""
        if not self._is_right(self.number):
            self.number = self._find()
        data = os.pread(self.number, size, at)
        # Another thread may have closed it, and the number gone to another file.
        if not self._is_right(self.number):
            raise FileNotFoundError
        return data

    def empty(self) -> None:
        """Cut the file to nothing."""
        os.ftruncate(self._find(), 0)

    def _find(self) -> int:
        for name in os.listdir(_DESCRIPTORS):
            if self._is_right(int(name)):
                return int(name)
        raise FileNotFoundError

    def _is_right(self, number: int) -> bool:
        try:
            return os.path.samestat(os.fstat(number), self._wanted)
        except OSError:  # closed meanwhile
            return False
