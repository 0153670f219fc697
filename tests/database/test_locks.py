"""Two bots never work on one database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from clankbot.database.database import Database
from clankbot.database.dialect import both
from clankbot.database.file_lock import FileLock
from clankbot.database.locks import ServerLock, hold_instance_lock
from clankbot.database.session import Session
from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import DatabaseError, DatabaseUnavailable, WrongDatabase
from clankbot.records.writes import OptOut
from tests.database.conftest import instance_lock_taken_over, said
from tests.doubles.mariadb import MariaDb, frozen
from tests.waiting import AT_ONCE_S, PATIENCE_S, wait_until

_HOLDER = """
import sys
from clankbot.database.database import Database
from clankbot.database.locks import hold_instance_lock
with hold_instance_lock(Database.sqlite(sys.argv[1]).engine, print):
    print("held", flush=True)
    sys.stdin.read()
"""


def ignored(error: Exception) -> None:
    """No lock is lost in these tests."""


def test_a_second_bot_is_refused_until_the_first_ends(database: Database) -> None:
    with hold_instance_lock(database.engine, ignored):
        with (
            pytest.raises(DatabaseError, match=r"another clankbot .*is already using"),
            hold_instance_lock(database.engine, ignored),
        ):
            pytest.fail("two at once")
        with database.open() as store:
            store.apply([said("a")])

    def free_again() -> bool:
        with hold_instance_lock(database.engine, ignored):
            return True

    assert wait_until(free_again)


def test_the_other_process_is_named_and_its_death_frees_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(DatabaseError) as caught,
            hold_instance_lock(Database.sqlite(path).engine, ignored),
        ):
            pytest.fail("two at once")
        assert str(caught.value) == (
            f"another clankbot (process {holder.pid}) is already using {path}"
        )
        holder.send_signal(signal.SIGKILL)
        holder.wait(PATIENCE_S)
        with hold_instance_lock(Database.sqlite(path).engine, ignored):
            assert (tmp_path / "chat.db.lock").read_text() == f"{os.getpid()}\n"


def test_the_lock_file_is_for_the_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with hold_instance_lock(Database.sqlite(tmp_path / "chat.db").engine, ignored):
            mode = (tmp_path / "chat.db.lock").stat().st_mode & 0o777
    finally:
        os.umask(before)
    assert mode == 0o600


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(WrongDatabase, match=r"missing/chat\.db cannot be opened: No such file"),
        hold_instance_lock(Database.sqlite(tmp_path / "missing" / "chat.db").engine, ignored),
    ):
        pytest.fail("locked nothing")


def _link(target: Path, lock: Path) -> None:
    lock.symlink_to(target)


def _hard_link(target: Path, lock: Path) -> None:
    lock.hardlink_to(target)


def _pipe(target: Path, lock: Path) -> None:
    os.mkfifo(lock)


@pytest.mark.parametrize("suffix", [".lock", ".sign-in.lock"])
@pytest.mark.parametrize("plant", [_link, _hard_link, _pipe])
def test_a_planted_lock_file_is_refused_and_what_it_leads_to_left_alone(
    tmp_path: Path, plant: Callable[[Path, Path], None], suffix: str
) -> None:
    """A folder may be open to others, and whoever signs in may be root."""
    (tmp_path / "precious").write_text("of somebody else")
    os.chown(tmp_path / "precious", os.getuid(), os.getgid())
    before = (tmp_path / "precious").stat()
    database = Database.sqlite(tmp_path / "chat.db")
    database.prepare()
    plant(tmp_path / "precious", tmp_path / f"chat.db{suffix}")
    with pytest.raises(WrongDatabase, match=r"lock is a link or no ordinary file.*; delete it"):
        if suffix == ".lock":
            with hold_instance_lock(database.engine, ignored):
                pytest.fail("locked with another file")
        else:
            with database.open() as store:
                store.lock_sign_in()
    after = (tmp_path / "precious").stat()
    assert (tmp_path / "precious").read_text() == "of somebody else"
    assert (after.st_uid, after.st_mode) == (before.st_uid, before.st_mode)


def test_a_link_to_a_database_is_locked_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "data" / "chat.db")
    with (
        hold_instance_lock(Database.sqlite(tmp_path / "link.db").engine, ignored),
        pytest.raises(DatabaseError, match="is already using"),
        hold_instance_lock(Database.sqlite(tmp_path / "data" / "chat.db").engine, ignored),
    ):
        pytest.fail("two at once")
    assert not (tmp_path / "link.db.lock").exists()


def test_a_file_with_two_names_is_refused_for_sqlite_would_damage_it(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "chat.db")
    database.prepare()
    (tmp_path / "copy.db").hardlink_to(tmp_path / "chat.db")
    with (
        pytest.raises(WrongDatabase, match=r"has 2 names \(hard links\)"),
        hold_instance_lock(database.engine, ignored),
    ):
        pytest.fail("locked under one of two names")


OFTEN_S = 0.05


def _is_held(database: Database) -> bool:
    try:
        with ServerLock(database.engine, ignored):
            return False
    except DatabaseError:
        return True


def test_a_server_started_anew_finds_the_lock_held_again(mysql: Database, mariadb: MariaDb) -> None:
    with ServerLock(mysql.engine, ignored, check_every_s=OFTEN_S):
        mariadb.stop()
        mariadb.start()
        with closing(Session(mysql.engine)) as session:
            wait_until(lambda: session.number(ServerLock.HOLDER))
        assert _is_held(mysql)
    assert not _is_held(mysql)


def test_a_lock_file_that_is_deleted_is_made_anew(
    sqlite: Database, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(sqlite.engine, SqliteEngine)
    path = sqlite.engine.path
    lock_file = Path(f"{path}.lock")
    with hold_instance_lock(sqlite.engine, ignored), sqlite.open() as store:
        store.apply([OptOut("7", 1)])
        lock_file.unlink()
        with closing(FileLock(path, ".lock")) as another:
            assert another.take()
            with pytest.raises(DatabaseUnavailable, match="stop one of the two"):
                store.follow_file()
        store.follow_file()
        assert [record.message for record in caplog.records] == ["lock file deleted, made anew"]
        lock_file.unlink()
        store.follow_file()
        assert not FileLock(path, ".lock").take()


def test_its_thread_is_started_as_the_wiring_says(mysql: Database) -> None:
    started: list[str] = []

    def start(thread: threading.Thread) -> None:
        started.append(thread.name)
        thread.start()

    with hold_instance_lock(mysql.engine, ignored, start):
        assert _is_held(mysql)
    assert started == ["instance-lock"]


def test_a_bot_whose_lock_another_has_taken_is_told_to_end(
    mysql: Database, mariadb: MariaDb
) -> None:
    told: list[Exception] = []
    with (
        ServerLock(mysql.engine, told.append, check_every_s=OFTEN_S),
        instance_lock_taken_over(mariadb, mysql),
    ):
        wait_until(lambda: told)
    assert [str(error) for error in told] == [
        "another clankbot has begun to use this MySQL database; this one ends"
    ]


def test_a_connection_lost_on_this_side_alone_is_no_other_bot(mysql: Database) -> None:
    """Routers drop connections without a word, and the server goes on believing in them."""
    lock = ServerLock(mysql.engine, ignored)
    with closing(Session(mysql.engine)) as lost, closing(Session(mysql.engine)) as fresh:
        lock.take(lost)
        with pytest.raises(DatabaseUnavailable, match="becoming free"):
            lock.take(fresh)
        lock.take(fresh)
        assert fresh.number(ServerLock.HOLDER) == fresh.number(both("SELECT CONNECTION_ID()"))
        assert _is_held(mysql)


def test_the_server_frees_the_lock_of_a_machine_that_vanished_within_minutes(
    mysql: Database,
) -> None:
    with closing(Session(mysql.engine)) as session:
        assert session.number(both("SELECT @@SESSION.wait_timeout")) == 120
    with (
        ServerLock(mysql.engine, ignored),
        pytest.raises(DatabaseError, match="vanished is free after 120 seconds"),
        ServerLock(mysql.engine, ignored),
    ):
        pytest.fail("two at once")


def test_a_server_that_hangs_does_not_hold_up_the_end(mysql: Database, mariadb: MariaDb) -> None:
    with ServerLock(mysql.engine, ignored, check_every_s=0) as lock, frozen(mariadb):
        began = time.monotonic()
        lock.__exit__(None, None, None)
        assert time.monotonic() - began < AT_ONCE_S


def test_a_folder_that_may_not_be_written_in_is_a_wrong_setting() -> None:
    """Here the kernel's own, where not even root makes files."""
    told = r"cannot be used: .+ \(/sys/chatbot\.db\.lock\); the bot's user must be allowed to write"
    with pytest.raises(WrongDatabase, match=told):
        FileLock(Path("/sys/chatbot.db"), ".lock").take()
