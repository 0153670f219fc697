"""A backup is of one moment, whole and verified, whatever goes on meanwhile."""

from __future__ import annotations

import os
import resource
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from clankbot.database.backup import back_up
from clankbot.database.database import Database
from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import ClankbotError, DatabaseError
from tests.database.conftest import said
from tests.waiting import wait_until


@pytest.fixture
def engine(tmp_path: Path) -> SqliteEngine:
    """A database with a thousand messages."""
    database = Database.sqlite(tmp_path / "chat.db")
    database.prepare()
    with database.open() as store:
        store.apply([said(f"m{n}", "word " * 60) for n in range(1000)])
    engine = database.engine
    assert isinstance(engine, SqliteEngine)
    return engine


def nothing(done: int, total: int) -> None:
    """Nobody watches."""


def messages(path: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        return [row[0] for row in copy.execute("SELECT message_id FROM messages ORDER BY id")]


def test_a_backup_holds_all_of_one_moment_while_a_bot_writes(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    """Two messages are always written at once: a backup never holds one of a pair alone."""
    with Database(engine).open() as store:  # so much that it takes several steps
        store.apply([said(f"long {n}", "word " * 500) for n in range(4000)])
    target, stop, pairs = tmp_path / "copy.db", threading.Event(), [0]

    def write() -> None:
        with Database(engine).open() as store:
            while not stop.is_set():
                n = pairs[0]
                store.apply([said(f"left {n}", "word " * 60), said(f"right {n}", "word " * 60)])
                pairs[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_until(lambda: pairs[0] > 5)
        shares: list[tuple[int, int]] = []

        def slowly(done: int, total: int) -> None:
            before = pairs[0]
            wait_until(lambda: pairs[0] > before)
            shares.append((done, total))

        made = back_up(engine, target, slowly, replaces=False)
    finally:
        stop.set()
        writer.join()
    kept = messages(target)
    assert len(kept) % 2 == 0
    assert kept[5000:] == [
        f"{side} {n}" for n in range(len(kept) // 2 - 2500) for side in ("left", "right")
    ]
    assert len(shares) > 2
    assert made.rows["messages"] == len(kept)
    assert shares[-1][0] == shares[-1][1]
    assert len(messages(engine.path)) > len(kept)


def test_a_backup_is_one_file_for_its_owner_alone_and_opens_as_a_database(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    target = folder / "copy.db"
    made = back_up(engine, target, nothing, replaces=False)
    assert [path.name for path in folder.iterdir()] == ["copy.db"]
    assert target.stat().st_mode & 0o777 == 0o600
    assert made.size_bytes == target.stat().st_size
    restored = Database.sqlite(target)
    restored.prepare()
    with restored.open() as store:
        assert store.message_count() == 1000


def test_a_file_that_is_there_is_replaced_only_if_told(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(ClankbotError, match="is there already"):
        back_up(engine, target, nothing, replaces=False)
    assert target.read_text() == "precious"
    link = tmp_path / "link.db"
    link.symlink_to("nowhere.db")
    with pytest.raises(ClankbotError, match="is there already"):
        back_up(engine, link, nothing, replaces=False)
    assert link.is_symlink()
    back_up(engine, target, nothing, replaces=True)
    assert len(messages(target)) == 1000


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("", "is a folder"),
        ("chat.db", "is the database itself"),
        ("link.db", "is the database itself"),
        ("nowhere/copy.db", "cannot be written: No such file"),
        ("used.db", "would be mixed into the backup"),
        ("half.db", "another backup is under way"),
        ("pipe", "is no file"),
        ("chat.db-wal", "is a part of the database"),
        ("n" * 300, "cannot be written: File name too long"),
        ("/", "is a folder"),
    ],
)
def test_a_place_that_is_none_is_refused(
    engine: SqliteEngine, tmp_path: Path, name: str, phrase: str
) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "chat.db")
    (tmp_path / "used.db-wal").touch()
    (tmp_path / "half.db.part").touch()
    os.mkfifo(tmp_path / "pipe")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(ClankbotError, match=phrase):
        back_up(engine, tmp_path / name, nothing, replaces=True)
    assert sorted(os.listdir(tmp_path)) == before
    assert len(messages(engine.path)) == 1000


def test_of_a_damaged_database_nothing_is_left_behind(engine: SqliteEngine, tmp_path: Path) -> None:
    with closing(sqlite3.connect(engine.path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with engine.path.open("r+b") as file:
        file.seek(40 * 4096)
        file.write(b"\xff" * 4096 * 20)
    with pytest.raises(ClankbotError):
        back_up(engine, tmp_path / "copy.db", nothing, replaces=False)
    assert not list(tmp_path.glob("copy*"))


def test_what_is_broken_off_leaves_nothing_behind(engine: SqliteEngine, tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(engine, tmp_path / "copy.db", interrupt, replaces=False)
    assert not list(tmp_path.glob("copy*"))


def test_a_copy_that_cannot_be_written_is_not_laid_to_the_database(
    engine: SqliteEngine, tmp_path: Path
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(DatabaseError, match=r"copy\.db\.part cannot be written"):
            back_up(engine, tmp_path / "copy.db", nothing, replaces=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.glob("copy*"))
