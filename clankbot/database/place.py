"""The place of a database file: which file is in use, and whether it is still the one found there.

A file that is deleted, moved or replaced under an open connection goes on taking writes that nobody
will ever read, and SQLite does not notice.  So the file that a path leads to is compared with the
one in use: device and inode, as long as the file is kept open, belong to it alone.
"""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from typing import Protocol

from clankbot.database.file_lock import FileLock
from clankbot.errors import DatabaseFileLost, DatabaseUnavailable
from clankbot.files import kind_of

log = logging.getLogger(__name__)

# Device and inode.
FileId = tuple[int, int]
# These two, the time of the last change in nanoseconds, and the size: what tells a change.
Sight = tuple[int, int, int, int]


class SupportsClose(Protocol):
    """A connection, as far as its place cares."""

    def close(self) -> None:
        """Let go of the file."""


class Place:
    """Which file the connections of one process are to lead to; shared by all its threads.

    One thread takes a file into use.  Each field is replaced whole, and to the set each thread adds
    its own, so no lock is needed.
    """

    def __init__(self) -> None:
        self.in_use: FileId | None = None  # None until one is
        # The lock that makes the bot the only one at the file, if it is held.
        self.instance_lock: FileLock | None = None
        # A log that was deleted under its connections, once that was told.
        self.lost_log: tuple[FileId | None, ...] | None = None
        # Connections to a file that has lost its place.
        self.left: list[SupportsClose] = []
        # Whether the file in use was overwritten where it is: no connection is of use then.
        self.is_overwritten = False
        self.connections: set[SupportsClose] = set()  # all that are open
        self.is_synced = True  # whether the disk confirms what is written
        # Another file as it was seen last: it may still be being copied.
        self._sighted: Sight | None = None

    def cover(self, path: Path) -> None:
        """Have the instance lock of this path, too; DatabaseFileLost if another bot has it.

        A symbolic link that was set anew leads to a file with a lock of its own.
        """
        held = self.instance_lock
        if held is None or held.covers(path):
            return
        lock = FileLock(path, ".lock")
        if not lock.take():
            raise DatabaseFileLost(
                f"the file that {path} leads to now is in use by another clankbot (process"
                f" {lock.holder()})"
            )
        self.instance_lock = lock

    def keep_lock(self, path: Path) -> None:
        """Make the lock file anew if somebody deleted it: one that is not found keeps nobody away.

        DatabaseUnavailable while another bot, which has begun meanwhile, has the new one.
        """
        held = self.instance_lock
        if held is None or held.is_in_place():
            return
        lock = FileLock(path, ".lock")
        if not lock.take():
            raise DatabaseUnavailable(
                f"the lock file beside {path} was deleted, and another clankbot (process"
                f" {lock.holder()}) has begun to use that database: stop one of the two"
            )
        held.close()
        self.instance_lock = lock
        log.error("lock file deleted, made anew", extra={"database": str(path)})

    def is_settled(self, path: Path) -> bool:
        """Whether the file has not changed since the question before this one."""
        sight = sight_of(look_at(path))
        was_seen, self._sighted = sight == self._sighted, sight
        return was_seen


def identify(path: Path) -> FileId:
    """The file that the path leads to; DatabaseFileLost if there is none."""
    return id_of(look_at(path))


def look_at(path: Path | str) -> os.stat_result:
    """What is at the path; DatabaseFileLost if that is no file."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise DatabaseFileLost(
            f"the database {path} is no longer there ({error.strerror}): put it back, or a backup"
            " in its place; what is to be stored is kept in memory until then"
        ) from error
    if not stat.S_ISREG(found.st_mode):
        raise DatabaseFileLost(f"in the place of the database {path} is {kind_of(found.st_mode)}")
    return found


def replaced(path: Path | str) -> DatabaseFileLost:
    """What to raise if the path leads to another file than the one in use."""
    return DatabaseFileLost(
        f"another file is in the place of the database {path}, which was in use"
    )


def overwritten(path: Path | str) -> DatabaseFileLost:
    """What to raise if the file in use was overwritten where it is."""
    return DatabaseFileLost(
        f"the database {path} was overwritten while it was in use; what it holds now is used as"
        " soon as nothing is written to it any more"
    )


def id_or_none(path: str) -> FileId | None:
    """The file at a path; None if there is none, or it cannot be looked at."""
    try:
        return id_of(os.stat(path))
    except OSError:
        return None


def id_of(found: os.stat_result) -> FileId:
    """Device and inode of what was found."""
    return found.st_dev, found.st_ino


def sight_of(found: os.stat_result) -> Sight:
    """All of what was found that shows a change."""
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
