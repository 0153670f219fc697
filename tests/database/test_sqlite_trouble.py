"""SQLite files that are busy, full, damaged, out of reach, or cut off in the middle of a write."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clankbot.database.database import Database
from clankbot.database.dialect import both
from clankbot.database.schema import MIGRATIONS
from clankbot.database.session import Session
from clankbot.database.sqlite import FileConnection, SqliteEngine
from clankbot.errors import (
    DatabaseError,
    DatabaseTooNew,
    DatabaseUnavailable,
    WriteRefused,
    WrongDatabase,
)
from clankbot.records.accounts import EncryptedTokens
from clankbot.records.writes import Append, OptOut, SetSetting
from tests.database.conftest import said

_NORMAL, _INCREMENTAL = 1, 2
"""As SQLite numbers them."""


@dataclass(frozen=True, slots=True)
class _LimitedSqlite(SqliteEngine):
    """A file that may grow to so many pages only, and that nobody waits for: a full, busy disk."""

    max_pages: int = 1_000_000

    def connect(self) -> FileConnection:
        connection = SqliteEngine.connect(self)
        connection.execute(f"PRAGMA max_page_count = {self.max_pages}")
        connection.execute("PRAGMA busy_timeout = 10")
        return connection


@dataclass(frozen=True, slots=True)
class _TracedSqlite(SqliteEngine):
    """Tells what is said to SQLite once a connection is set up."""

    heard: list[str] = field(default_factory=list)

    def connect(self) -> FileConnection:
        connection = SqliteEngine.connect(self)
        connection.set_trace_callback(self.heard.append)
        return connection


def _path(database: Database) -> Path:
    assert isinstance(database.engine, SqliteEngine)
    return database.engine.path


@contextmanager
def _write_locked(path: Path) -> Iterator[None]:
    """Another program is writing, and does not come to an end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def _any_mode() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def test_files_are_for_the_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    with _any_mode():
        database = Database.sqlite(tmp_path / "chat.db")
        database.prepare()
        with database.open() as store:
            store.apply([said("a")])
            modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert modes == {"chat.db": 0o600, "chat.db-wal": 0o600, "chat.db-shm": 0o600}


def test_a_path_may_hold_any_signs(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "a b%20?mode=memory#ü.db")
    database.prepare()
    with database.open() as store:
        store.apply([said("a")])
    assert _path(database).stat().st_size > 0


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/chat.db", "No such file or directory"),
        ("", "Is a directory"),
        ("file/chat.db", "Not a directory"),
    ],
)
def test_an_impossible_path_is_told_with_the_reason(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WrongDatabase) as caught:
        Database.sqlite(tmp_path / name).prepare()
    assert str(caught.value) == (
        f"the database {tmp_path / name} cannot be opened: {reason};"
        " DATABASE_URL accepts the path of a file in a folder that the bot may write in"
    )


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary, " * 1000)
    with pytest.raises(DatabaseError, match=r"notes\.txt is not an SQLite database"):
        Database.sqlite(path).prepare()
    assert path.read_text() == "dear diary, " * 1000


def test_a_missing_file_is_not_made_by_opening(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with Database.sqlite(path).open() as store, pytest.raises(DatabaseError, match="be opened"):
        store.opted_out()
    assert not path.exists()


def test_a_busy_file_is_waited_for_then_reported_and_used_afterwards(sqlite: Database) -> None:
    hurried = Database(_LimitedSqlite(_path(sqlite)))
    with hurried.open() as store:
        with _write_locked(_path(sqlite)):
            with pytest.raises(DatabaseUnavailable, match="in use by another program"):
                store.apply([said("a")])
            assert store.recent_messages("alpha", 9) == []
        store.apply([said("a")])
        assert len(store.recent_messages("alpha", 9)) == 1


def test_what_failed_leaves_no_connection_to_the_garbage_collector(sqlite: Database) -> None:
    assert isinstance(sqlite.engine, SqliteEngine)
    path = sqlite.engine.path

    def descriptors() -> int:
        folder = Path("/proc/self/fd")
        files = [os.path.realpath(each) for each in folder.iterdir()]
        return files.count(str(path.resolve()))

    with closing(sqlite3.connect(path, isolation_level=None)) as other, sqlite.open() as store:
        store.newest_time()
        other.execute("BEGIN IMMEDIATE")
        gc.disable()
        try:
            for _ in range(4):
                with pytest.raises(DatabaseUnavailable):
                    store.apply([OptOut("7", 1)])
            assert descriptors() <= 2
        finally:
            gc.enable()
            other.execute("ROLLBACK")


def test_a_program_starts_while_another_is_writing(sqlite: Database) -> None:
    with _write_locked(_path(sqlite)):
        sqlite.prepare()


@pytest.mark.parametrize(("patiently", "waits_ms"), [(False, 500), (True, 5000)])
def test_a_start_waits_longer_for_a_busy_file_than_the_bot_at_work(
    sqlite: Database, patiently: bool, waits_ms: int
) -> None:
    engine = sqlite.engine.patient() if patiently else sqlite.engine
    with closing(Session(engine)) as session:
        assert session.number(both("PRAGMA busy_timeout")) == waits_ms


def test_a_crash_of_the_machine_may_cost_a_moment_but_commits_do_not_wait_for_the_disk(
    sqlite: Database,
) -> None:
    with closing(Session(sqlite.engine)) as session:
        assert session.number(both("PRAGMA synchronous")) == _NORMAL


def test_a_file_put_together_from_a_backup_is_kept_with_a_log_again(sqlite: Database) -> None:
    with closing(sqlite3.connect(_path(sqlite))) as plain:
        plain.execute("PRAGMA journal_mode = DELETE")
    sqlite.prepare()
    with closing(Session(sqlite.engine)) as session:
        assert session.rows(both("PRAGMA journal_mode")) == [("wal",)]
        assert session.number(both("PRAGMA page_size")) == 2048
        assert session.number(both("PRAGMA auto_vacuum")) == _INCREMENTAL


def test_a_file_of_a_newer_program_is_not_touched(sqlite: Database) -> None:
    path = _path(sqlite)
    with closing(sqlite3.connect(path, isolation_level=None)) as newer:
        newer.execute("PRAGMA journal_mode = DELETE")
        newer.execute("INSERT INTO schema_version VALUES (?, 0)", (len(MIGRATIONS) + 1,))
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew):
        sqlite.prepare()
    assert path.read_bytes() == before


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """A disk of a megabyte in the folder; only root may have one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if (
        shutil.which("mount") is None
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("no disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_is_full_at_the_start_is_called_that(tmp_path: Path) -> None:
    """The database is there and not written to; what lacks room is a file beside it."""
    with _small_disk(tmp_path):
        database = Database.sqlite(tmp_path / "chat.db")
        database.prepare()
        with suppress(OSError), (tmp_path / "rest").open("wb", buffering=0) as rest:
            while rest.write(b"x" * 4096):
                pass
        with pytest.raises(DatabaseUnavailable, match="the disk is full"):
            database.prepare()
        (tmp_path / "rest").unlink()
        database.prepare()


def test_a_full_disk_undoes_the_batch_and_later_it_fits(sqlite: Database) -> None:
    pages = os.path.getsize(_path(sqlite)) // 4096
    batch = [said(f"m{n}", "x" * 400) for n in range(1000)]
    with Database(_LimitedSqlite(_path(sqlite), max_pages=pages + 20)).open() as store:
        store.apply([said("small")])
        with pytest.raises(DatabaseUnavailable, match="the disk is full"):
            store.apply([SetSetting("alpha", "seed", 1, "7", "Mod", 1), *batch])
        assert [line.message_id for line in store.recent_messages("alpha", 9)] == ["small"]
        assert store.overrides("alpha") == {}
    with sqlite.open() as store:
        store.apply(batch)
        assert store.pace("alpha", 2000, 2000).held == 1001


def test_a_value_that_no_database_can_hold_is_refused(sqlite: Database) -> None:
    with sqlite.open() as store:
        for broken in (said("a", "half a \ud83d"), said("b", at_ms=2**70)):
            with pytest.raises(WriteRefused):
                store.apply([said("good"), broken])
        assert store.recent_messages("alpha", 9) == []


def test_a_store_belongs_to_the_thread_that_asks_it_first(sqlite: Database) -> None:
    store = sqlite.open()
    with ThreadPoolExecutor(1) as other:
        other.submit(store.opted_out).result(5)
        for ours in (store.opted_out, store.close):
            with pytest.raises(DatabaseError, match="only in the thread that opened it"):
                ours()
        other.submit(store.close).result(5)


def test_a_store_is_of_no_use_in_another_thread(sqlite: Database) -> None:
    with sqlite.open() as store, ThreadPoolExecutor(1) as other:
        store.opted_out()
        with pytest.raises(DatabaseError, match="only in the thread that opened it"):
            other.submit(store.opted_out).result(5)
        with pytest.raises(DatabaseError, match="only in the thread that opened it"):
            other.submit(store.close).result(5)


def test_new_tokens_are_on_the_disk_when_saved(sqlite: Database) -> None:
    """Only with synchronous = FULL does SQLite sync its log at a commit."""
    heard: list[str] = []
    with Database(_TracedSqlite(_path(sqlite), heard=heard)).open() as store:
        store.save_tokens(EncryptedTokens("a", "r", 1, "bot", "900", 1))
        store.apply([said("a")])
    steps = [line for line in heard if line.startswith(("PRAGMA synch", "INSERT", "COMMIT"))]
    assert [step.split(" INTO ")[-1].split(" (")[0] for step in steps] == [
        "PRAGMA synchronous = FULL",
        "auth_tokens",
        "COMMIT",
        "PRAGMA synchronous = NORMAL",
        "messages",
        "COMMIT",
    ]


def test_messages_that_come_together_are_one_transaction(sqlite: Database) -> None:
    heard: list[str] = []
    with Database(_TracedSqlite(_path(sqlite), heard=heard)).open() as store:
        store.apply([said(f"m{n}") for n in range(200)])
    assert [line for line in heard if line in ("BEGIN IMMEDIATE", "COMMIT")] == [
        "BEGIN IMMEDIATE",
        "COMMIT",
    ]


_WRITER = """
import sys
from clankbot.database.database import Database
from tests.database.conftest import insert, opened, said

with opened(Database.sqlite(sys.argv[1])) as (session, store):
    store.apply([said("committed")])
    with session.transaction():
        insert(session, *(said(f"m{n}", "x" * 400) for n in range(20_000)))
        print("in the middle", flush=True)
        sys.stdin.read()
"""


def test_a_writer_killed_in_mid_transaction_leaves_what_was_committed(sqlite: Database) -> None:
    path = _path(sqlite)
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"in the middle\n"
        writer.send_signal(signal.SIGKILL)
    assert path.with_name(f"{path.name}-wal").stat().st_size > 1_000_000
    sqlite.prepare()
    with sqlite.open() as store:
        assert [line.message_id for line in store.recent_messages("alpha", 9)] == ["committed"]
        store.apply([said("next")])
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_killed_writers_batch_can_be_repeated(sqlite: Database) -> None:
    batch: list[Append] = [said(f"m{n}") for n in range(10)]
    with sqlite.open() as store:
        store.apply(batch)
    with sqlite.open() as store:
        assert [applied.rows for applied in store.apply([*batch, said("new")])] == [0] * 10 + [1]


def test_the_search_for_damage_ends_when_its_time_is_up(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "chatbot.db")
    database.prepare()
    with database.open() as store:
        store.apply([said(str(number), text="x" * 400) for number in range(500)])
    assert not database.examine(0.0), "all was seen in no time"
    assert database.examine(60.0)
