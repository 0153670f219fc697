"""Notices that a database file is overwritten in place, as ``cp backup.db chatbot.db`` does.

The file keeps its inode then, and SQLite goes on mixing what it holds of the file before into the
new content.  In WAL mode SQLite itself writes to the file only in a checkpoint, and notes in the
index of the log how far it is about to write, before it does.  So a first page that has changed
while that note has not is somebody else's work.
Source: https://www.sqlite.org/walformat.html (the WAL-index header and WalCkptInfo)
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

# In the index: the salt of the log, and how far a checkpoint has set out to go; size and place.
_SALT: Final = (8, 32)
_ATTEMPTED: Final = (4, 128)
_PAGE: Final = 4096
_DESCRIPTORS: Final = Path("/proc/self/fd")

# Of the file its time and size; of the index the note; and the file's first page.
_Sight = tuple[tuple[int, int], bytes, bytes]


class Watch:
    """One connection's view.  It reads through SQLite's own descriptors: to open the files again
    and close them would let go of the locks that the process has on them.  Where the system does
    not list them, nothing is noticed.
    """

    def __init__(self, path: str, index: str) -> None:
        self._file = _Descriptor(path)
        self._index = _Descriptor(index)
        self._seen: _Sight | None = None

    def sees_overwriting(self, found: os.stat_result) -> bool:
        """Whether the file, as it is found now, was written to by anybody but SQLite."""
        time_and_size = found.st_mtime_ns, found.st_size
        if self._seen is not None and self._seen[0] == time_and_size:
            return False
        note, page, note_again = self._note(), self._file.read(_PAGE, 0), self._note()
        if note is None or page is None or note != note_again:
            return False  # not to be known now
        before, self._seen = self._seen, (time_and_size, note, page)
        return before is not None and before[1] == note and before[2] != page

    def _note(self) -> bytes | None:
        salt, attempted = self._index.read(*_SALT), self._index.read(*_ATTEMPTED)
        return None if salt is None or attempted is None else salt + attempted


class _Descriptor:
    """One of those by which this process has a file open, looked for anew when it is closed."""

    def __init__(self, path: str) -> None:
        self._wanted = os.stat(path)
        self._number: int | None = None

    def read(self, size: int, at: int) -> bytes | None:
        """What is there in the file; None if the file cannot be reached."""
        if self._number is None or not self._is_right(self._number):
            self._number = self._find()
        if self._number is None:
            return None
        try:
            data = os.pread(self._number, size, at)
        except OSError:
            return None
        # Another thread may have closed it, and the number gone to another file.
        return data if self._is_right(self._number) else None

    def _find(self) -> int | None:
        try:
            numbers = [int(name) for name in os.listdir(_DESCRIPTORS)]
        except OSError:
            return None
        return next((number for number in numbers if self._is_right(number)), None)

    def _is_right(self, number: int) -> bool:
        try:
            return os.path.samestat(os.fstat(number), self._wanted)
        except OSError:  # closed meanwhile
            return False
