"""Disks that fail, files that are damaged, and places where a database cannot be: the real program,
with each fault under it while chat flows."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from clankbot.database.database import Database
from tests.database.conftest import said
from tests.doubles import failing_calls
from tests.flow.program import LiveProgram, live_program
from tests.flow.test_check import finding
from tests.flow.test_database_file import backed_up, texts_in
from tests.waiting import wait_until

PAGE = 4096


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveProgram]:
    """The program, signed in and not yet started."""
    with live_program(
        tmp_path, MESSAGE_THRESHOLD="99", MESSAGE_RETENTION_DAYS="0", LOG_LEVEL="INFO"
    ) as live:
        live.sign_in()
        yield live


def say(live: LiveProgram, *texts: str) -> None:
    """A viewer says this, and it has reached the bot."""
    for text in texts:
        live.room.say("alpha", "alice", text)
    live.room.barrier()


def stored(path: Path, table: str = "messages") -> int:
    """How many rows a table has, read past the bot; -1 if it cannot be read."""
    with closing(sqlite3.connect(path)) as plain:
        try:
            ((count,),) = plain.execute(f"SELECT COUNT(*) FROM {table}")
        except sqlite3.DatabaseError:
            return -1
    return int(count)


def told(live: LiveProgram) -> list[str]:
    """What the log says of trouble, and that the database is back; without the times."""
    lines = [line.partition(" ")[2] for line in live.log.splitlines()]
    marks = ("WARNING", "ERROR", "INFO processing.outage")
    return [line for line in lines if line.startswith(marks)]


needs_seccomp = pytest.mark.skipif(
    not failing_calls.POSSIBLE, reason="system calls can be made to fail on Linux only"
)


@needs_seccomp
@pytest.mark.parametrize("reason", ["ENOLCK", "EOPNOTSUPP"])
def test_a_place_without_file_locks_is_told_as_that(live: LiveProgram, reason: str) -> None:
    live.through = (failing_calls.__file__, f"locks={reason}")
    sentence = (
        f"the database {live.folder}/chatbot.db lies where files cannot be locked, such as on a"
        " network share mounted without locks; DATABASE_URL accepts a file on a disk of this"
        " machine"
    )
    done = live.run("run")
    assert (done.status, done.output) == (78, f"clankbot: {sentence}\n")
    assert live.room.logins == []
    assert finding(live.run("check", "--no-model"), "database") == f"fail: {sentence}"


@needs_seccomp
def test_a_disk_that_confirms_nothing_is_told_once_and_what_it_takes_is_stored(
    live: LiveProgram,
) -> None:
    live.through = (failing_calls.__file__, "syncs=EIO")
    live.start_and_join()
    for count in (3, 6, 9, 12):
        say(live, *(f"line {count}-{n}" for n in range(3)))
        wait_until(lambda count=count: stored(live.folder / "chatbot.db") == count)  # type: ignore[misc]
    assert live.stop() == 0
    assert len(texts_in(live.folder / "chatbot.db")) == 12
    (line,) = told(live)
    assert line.startswith("ERROR processing.outage: disk failing")
    assert "a power cut may damage it" in line


def test_a_disk_that_takes_nothing_for_a_while_is_told_once_and_nothing_is_lost(
    live: LiveProgram,
) -> None:
    live.start_and_join()
    say(live, "before")
    path = live.folder / "chatbot.db"
    wait_until(lambda: stored(path) == 1)
    assert live.running is not None
    resource.prlimit(live.running.pid, resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    try:
        say(live, *(f"line {number} {'x' * 300}" for number in range(20)))
        live.wait_log("disk failing")
        time_of_first = time.monotonic()
        live.room.say("alpha", "bruno", "!clank optout")
        assert "none of your messages is kept from now on; those stored" in (
            live.room.wait_message("alpha").text
        )
        wait_until(lambda: time.monotonic() - time_of_first > 2)
    finally:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(live.running.pid, resource.RLIMIT_FSIZE, unlimited)
    wait_until(lambda: stored(path) == 21)
    assert stored(path, "opt_outs") == 1
    assert live.stop() == 0
    (line,) = told(live)
    assert line.startswith("ERROR processing.outage: disk failing")


def tear(path: Path, table: str) -> None:
    """Overwrite the pages of a table and of its indexes, as a dying card does."""
    with closing(sqlite3.connect(path)) as plain:
        wait_until(lambda: plain.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
        roots = plain.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = ?", (table,))
        pages = [page for (page,) in roots]
    # Not closed: with it, the locks of this process on the file would go.
    file = os.open(path, os.O_WRONLY)
    for page in pages:
        os.pwrite(file, b"\xaa" * PAGE, (page - 1) * PAGE)
    os.close(file)


def test_of_a_damaged_database_the_sound_tables_are_used(live: LiveProgram) -> None:
    live.start_and_join()
    say(live, "before")
    path = live.folder / "chatbot.db"
    wait_until(lambda: stored(path) == 1)
    tear(path, "messages")
    say(live, "meanwhile")
    live.wait_log("database damaged")
    live.room.say("alpha", "mona", "!clank why", is_mod=True)
    live.room.wait_message("alpha")
    for number in range(4):
        say(live, f"line {number}")
        live.room.say("alpha", "viewer", "blorpword")
        wait_until(lambda: stored(path, "tallies") == 1)
    assert live.stop() == 0
    first, *others = (line for line in told(live) if "message blocked" not in line)
    assert "is damaged (database disk image is malformed): stop the bot and put a backup" in first
    assert [line.split()[2:4] for line in others] == [["not", "stored"]]


def overwrite_with_zeros(path: Path) -> None:
    """As a file system does with a file whose content it has lost."""
    file = os.open(path, os.O_WRONLY)
    os.pwrite(file, bytes(os.fstat(file).st_size), 0)
    os.close(file)


def cut_short(path: Path) -> None:
    """Somebody empties the file: ``> chatbot.db``."""
    os.truncate(path, 0)


@pytest.mark.parametrize("spoil", [overwrite_with_zeros, cut_short])
def test_a_file_spoilt_in_place_is_one_line_and_no_storm(
    live: LiveProgram, spoil: Callable[[Path], None]
) -> None:
    live.start_and_join()
    say(live, "before")
    path = live.folder / "chatbot.db"
    wait_until(lambda: stored(path) == 1)
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    spoil(path)
    began = time.monotonic()
    while time.monotonic() - began < 4:
        say(live, "meanwhile")
        live.room.say("alpha", "mona", "!clank why", is_mod=True)
        wait_until(lambda: time.monotonic() % 0.5 < 0.05)
    live.stop()
    assert 0 < len(told(live)) < 5, "\n".join(told(live))


# -- found before it does harm ---------------------------------------------------------------------


def left_by_a_crash(path: Path, lines: int) -> None:
    """A program that writes so much, and is killed before the log goes into the file."""
    child = os.fork()
    if child == 0:
        try:
            with Database.sqlite(path).open() as store:
                for round_number in range(lines // 100):
                    store.apply(
                        [
                            said(f"r{round_number}-{n}", "y" * 200, channel=f"c{round_number}")
                            for n in range(100)
                        ]
                    )
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_backup_beside_the_log_of_a_newer_file_is_told_and_left_as_it_is(
    live: LiveProgram, command: str
) -> None:
    path = live.folder / "chatbot.db"
    with Database.sqlite(path).open() as store:
        store.apply([said(f"a{n}", "x" * 200) for n in range(2000)])
    backup = backed_up(path)
    left_by_a_crash(path, 3000)
    shutil.copy(backup, path)
    before = path.read_bytes(), path.with_name("chatbot.db-wal").read_bytes()
    done = live.run(command)
    assert done.status == (78 if command == "run" else 1)
    assert "does not go with the log chatbot.db-wal beside it, or is damaged" in done.output
    assert (
        "if a backup was put there, delete chatbot.db-wal and chatbot.db-shm, which are of the file"
        " before" in done.output
    )
    if command == "run":
        assert (path.read_bytes(), path.with_name("chatbot.db-wal").read_bytes()) == before
        assert live.room.logins == []
        for end in ("-wal", "-shm"):
            path.with_name(f"chatbot.db{end}").unlink(missing_ok=True)
        live.start_and_join()
        assert live.stop() == 0
        assert len(texts_in(path)) == 2000


def test_the_log_of_a_crash_is_taken_in_as_ever(live: LiveProgram) -> None:
    left_by_a_crash(live.folder / "chatbot.db", 300)
    live.start_and_join()
    assert live.stop() == 0
    assert len(texts_in(live.folder / "chatbot.db")) == 300


def test_check_finds_damage_and_tells_what_to_do(live: LiveProgram) -> None:
    path = live.folder / "chatbot.db"
    with Database.sqlite(path).open() as store:
        store.apply([said(f"a{n}", "x" * 200) for n in range(500)])
    assert finding(live.run("check"), "database").startswith("ok: ")
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // PAGE // 2 * PAGE)
        file.write(b"\xaa" * PAGE)
    found = finding(live.run("check"), "database")
    assert found.startswith(f"fail: the database {path} is damaged (")
    assert (
        "stop the bot and put a backup in its place; what can be read of it is saved by:" in found
    )


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (os.mkfifo, "is a pipe; DATABASE_URL accepts the path of a file"),
        (lambda path: path.write_text("dear diary, " * 99), "is not an SQLite database"),
        (Path.mkdir, "cannot be opened: Is a directory; DATABASE_URL accepts"),
        (lambda path: path.symlink_to("/dev/null"), "is a device; DATABASE_URL accepts"),
        (lambda path: path.symlink_to(path), "cannot be opened: Too many levels of symbolic links"),
    ],
)
def test_what_is_no_database_is_a_wrong_setting(
    tmp_path: Path, live: LiveProgram, make: Callable[[Path], object], told: str
) -> None:
    make(tmp_path / "odd")
    done = live.run("run", DATABASE_URL=str(tmp_path / "odd"))
    assert told in done.output
    assert done.status == 78
    assert done.output.count("\n") == 1
