"""A consistent copy of an SQLite file while a bot writes to it, verified before it has its name."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import ClankbotError, DatabaseError
from clankbot.files import disk_room

# So many pages, of two or four kilobytes, between two reports of progress.
_STEP_PAGES: Final = 1024
_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
# What lies beside a database that is in use, or was not closed in order.
_BESIDE: Final = ("-wal", "-shm", "-journal")
# Only the copy is written, so these are its own: its disk is full, or refuses to take more.
_NOT_WRITTEN: Final = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC")
# For a file system that has little to spare after it.
_SPARE_BYTES: Final = 1 << 20

# Told after each step: the pages copied by now, and the pages there are.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """What was made: its size, and the rows of each table."""

    size_bytes: int
    rows: dict[str, int]


def back_up(engine: SqliteEngine, target: Path, progress: Progress, *, replaces: bool) -> Backup:
    """Copy the database as it is at this moment; ``target`` is there once the copy is verified.

    The bot may go on writing: what it writes meanwhile is not in the copy.  ClankbotError if
    ``target`` is there already and not to be replaced, or is no place for a backup; DatabaseError
    if the copy fails or is not good, and then nothing is left of it.
    """
    try:
        _refuse_place(engine, target, replaces=replaces)
    except OSError as error:  # a name that is too long, a folder that is not ours to look into
        raise ClankbotError(f"{target} cannot be written: {error.strerror}") from error
    partial = target.with_name(f"{target.name}.part")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise ClankbotError(
            f"{partial} is there: another backup is under way, or was broken off; then delete it"
        ) from None
    except OSError as error:
        raise ClankbotError(f"{target} cannot be written: {error.strerror}") from error
    try:
        rows = _copied(engine, partial, progress)
        _verify(partial, rows)
        _keep(partial)
        made = Backup(partial.stat().st_size, rows)
        if not replaces and os.path.lexists(target):
            raise ClankbotError(f"{target} was made by somebody else meanwhile")
        os.replace(partial, target)
        _keep(target.parent)
    except OSError as error:
        raise ClankbotError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        for end in ("", *_BESIDE):
            with suppress(OSError):
                os.unlink(f"{partial}{end}")
    return made


def _refuse_place(engine: SqliteEngine, target: Path, *, replaces: bool) -> None:
    if target.is_dir():
        raise ClankbotError(f"{target} is a folder: name a file in it")
    if target.exists():
        if target.samefile(engine.path):
            raise ClankbotError(f"{target} is the database itself")
        if not target.is_file():
            raise ClankbotError(f"{target} is no file, but a device or a pipe: name a file")
    if os.path.lexists(target) and not replaces:  # a link that leads nowhere is there, too
        raise ClankbotError(f"{target} is there already: name another file, or give --force")
    if target.name in {f"{engine.path.name}{end}" for end in _BESIDE} and target.parent.samefile(
        engine.path.parent
    ):
        raise ClankbotError(f"{target} is a part of the database itself")
    for end in _BESIDE:
        if Path(f"{target}{end}").exists():
            raise ClankbotError(
                f"{target}{end} lies there and would be mixed into the backup: name another file"
            )
    with suppress(OSError):
        free, _ = disk_room(target.parent)
        needed = engine.path.stat().st_size + _SPARE_BYTES
        if free < needed:
            raise ClankbotError(
                f"the disk of {target} has too little room: {needed / 1e6:.0f} MB are needed"
            )


def _copied(engine: SqliteEngine, partial: Path, progress: Progress) -> dict[str, int]:
    """Copy it within one transaction that only reads, so that it is of one moment; the rows."""
    try:
        with (
            closing(engine.patient().connect()) as source,
            closing(sqlite3.connect(partial, isolation_level=None)) as copy,
        ):
            source.execute("BEGIN")
            rows = _rows(source)  # the first question fixes the moment
            source.backup(
                copy, pages=_STEP_PAGES, progress=lambda _, left, of: progress(of - left, of)
            )
            source.execute("ROLLBACK")
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
    except engine.foreign_errors as error:
        if getattr(error, "sqlite_errorname", None) in _NOT_WRITTEN:
            raise DatabaseError(f"{partial} cannot be written: {error}") from error
        raise engine.translate(error) from error
    return rows


def _verify(partial: Path, expected: dict[str, int]) -> None:
    try:
        with closing(sqlite3.connect(f"file:{partial}?mode=ro", uri=True)) as copy:
            ((finding,),) = copy.execute("PRAGMA integrity_check(1)")
            found = _rows(copy)
    except sqlite3.Error as error:
        raise DatabaseError(f"the copy cannot be read ({error}); nothing is left of it") from error
    if finding != "ok":
        raise DatabaseError(f"the copy is damaged ({finding}); nothing is left of it")
    if found != expected:
        raise DatabaseError("the copy holds other rows than the database; nothing is left of it")


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    names = [name for (name,) in connection.execute(_TABLES)]
    return {
        name: connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in names
    }


def _keep(path: Path) -> None:
    """Have it on the disk before anything else is."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
