"""`copy-database` from outside: a history moves between SQLite and a real MariaDB server."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from clankbot.cli import copy_database
from clankbot.database.database import Database
from clankbot.database.locks import hold_instance_lock
from clankbot.database.mysql import MySqlEngine, MySqlSettings
from clankbot.errors import DatabaseError
from clankbot.records.accounts import Secret
from clankbot.records.writes import OptOut, SetSetting, StoredMessage
from tests.cli.command import bot_said, clankbot, fill, said, started
from tests.doubles.mariadb import HOST, PASSWORD, USER, MariaDb, frozen
from tests.waiting import PATIENCE_S

MANY = 10_000
NO_SERVER = {"MYSQL_HOST": "127.0.0.1", "MYSQL_PORT": "9"}
ACCOUNT = {"MYSQL_USER": "clank", "MYSQL_PASSWORD": "secret", "MYSQL_DATABASE": "clank"}


class Server:
    """An empty database on the server, as the program and as a test reaches it."""

    def __init__(self, mariadb: MariaDb) -> None:
        self.name = mariadb.new_database()
        self.database = Database(
            MySqlEngine(MySqlSettings(HOST, mariadb.port, USER, Secret(PASSWORD), self.name))
        )
        self.settings = {
            "MYSQL_HOST": HOST,
            "MYSQL_PORT": str(mariadb.port),
            "MYSQL_USER": USER,
            "MYSQL_PASSWORD": PASSWORD,
            "MYSQL_DATABASE": self.name,
            "MYSQL_SSL_CA": str(mariadb.ca_file),
        }


@pytest.fixture
def server(mariadb: MariaDb) -> Server:
    return Server(mariadb)


def stored(database: Database) -> list[StoredMessage]:
    with database.open() as store:
        return list(store.export_rows("alpha"))


def test_there_and_back_again(tmp_path: Path, server: Server) -> None:
    texts = [said(f"grüße {n} 🐈", str(n % 5)) for n in range(30)]
    setting = SetSetting("alpha", "message_threshold", 7, "1", "mod", 1)
    file = fill(tmp_path, [OptOut("77", 1), *texts, bot_said("beep"), setting])
    there = clankbot(tmp_path, "copy-database", "to-mysql", **server.settings)
    assert (there.status, there.err) == (0, "")
    assert "messages: 31 of 31 rows\n" in there.out
    assert "opt_outs: 1 of 1 rows\n" in there.out
    assert there.out.endswith("Next: set DATABASE_TYPE=mysql in .env, start the bot.\n")
    assert stored(server.database) == stored(file)
    again = clankbot(tmp_path, "copy-database", "to-mysql", **server.settings)
    assert again.status == 0
    assert again.out.startswith("Copied 0 rows.  Both databases hold 34 rows now")
    back = {**server.settings, "DATABASE_TYPE": "mysql", "DATABASE_URL": "back.db"}
    done = clankbot(tmp_path, "copy-database", "to-sqlite", **back)
    assert done.status == 0, done.err
    assert "Copied 34 rows.  Both databases hold 34 rows now, 31 of them messages" in done.out
    assert "DATABASE_TYPE=sqlite" in done.out
    assert stored(Database.sqlite(tmp_path / "back.db")) == stored(file)


def test_other_data_in_the_target_is_left_alone(tmp_path: Path, server: Server) -> None:
    fill(tmp_path, [said("one")])
    server.database.prepare()
    with server.database.open() as store:
        store.apply([said("other")])
    done = clankbot(tmp_path, "copy-database", "to-mysql", **server.settings)
    assert (done.status, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
    assert "already holds other data" in done.err
    assert [message.text for message in stored(server.database)] == ["other"]


@pytest.mark.parametrize(
    ("side", "direction"), [("file", "to-sqlite"), ("file", "to-mysql"), ("server", "to-mysql")]
)
def test_a_bot_at_work_on_either_side_is_in_the_way(
    tmp_path: Path, server: Server, side: str, direction: str
) -> None:
    file = fill(tmp_path, [said("one")])
    server.database.prepare()
    held = file if side == "file" else server.database
    with hold_instance_lock(held.engine, lambda error: None):
        done = clankbot(tmp_path, "copy-database", direction, **server.settings)
    assert (done.status, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
    assert "another clankbot" in done.err
    assert "already using" in done.err


def test_a_copy_ends_when_a_lock_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    lost: list[Exception] = []
    show = copy_database._progress(lost)
    show("messages", 2, 2)
    lost.append(DatabaseError("another clankbot has begun to use this MySQL database"))
    with pytest.raises(DatabaseError, match="another clankbot has begun"):
        show("spoken", 1, 1)
    assert capsys.readouterr().out == "messages: 2 of 2 rows\n"


def test_all_missing_settings_are_told_at_once(tmp_path: Path) -> None:
    done = clankbot(tmp_path, "copy-database", "to-sqlite", MYSQL_PASSWORD="secret")
    assert done.status == 78
    assert [line.split()[1] for line in done.err.splitlines()] == ["MYSQL_USER", "MYSQL_DATABASE"]
    assert "secret" not in done.err
    assert not (tmp_path / "chatbot.db").exists()


def test_a_missing_file_is_told_and_not_made(tmp_path: Path) -> None:
    done = clankbot(tmp_path, "copy-database", "to-mysql", **NO_SERVER, **ACCOUNT)
    assert done.status == 1
    assert "there is no database" in done.err
    assert {path.name for path in tmp_path.iterdir()} == {"blocked_words.txt"}


def test_a_server_that_is_away_is_told_in_one_sentence(tmp_path: Path) -> None:
    fill(tmp_path, [said("one")])
    done = clankbot(tmp_path, "copy-database", "to-mysql", **NO_SERVER, **ACCOUNT)
    assert (done.status, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
    assert "not available" in done.err


@contextmanager
def on_terminal(folder: Path, server: Server) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A copy whose output is a terminal; the process, and where a person reads."""
    person, program = pty.openpty()
    with started(folder, "copy-database", "to-mysql", stdout=program, **server.settings) as process:
        os.close(program)
        yield process, person
    os.close(person)


def read_until(person: int, part: bytes = b"\0never") -> bytes:
    """What the terminal shows, up to a part of it or the end."""
    seen = b""
    with suppress(OSError):  # how Linux tells that nobody has the terminal open any more
        while part not in seen and (data := os.read(person, 1024)):
            seen += data
    return seen


def test_ctrl_c_leaves_what_is_copied_and_the_next_run_goes_on(
    tmp_path: Path, server: Server, mariadb: MariaDb
) -> None:
    file = fill(tmp_path, [said(f"text {n}") for n in range(MANY)])
    with on_terminal(tmp_path, server) as (process, person):
        assert b"\rmessages: 1,000 of 10,000 rows" in read_until(person, b" of 10,000 rows")
        with frozen(mariadb):  # or the copy might be done by then
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 130
    assert err.startswith(b"\nInterrupted.  What is copied stays; the same command goes on")
    assert err.count(b"\n") == 2
    kept = len(stored(server.database))
    assert 1000 <= kept < MANY
    with on_terminal(tmp_path, server) as (process, person):
        shown = read_until(person).decode()
        assert process.wait(PATIENCE_S) == 0
    assert shown.startswith(f"\rmessages: {kept + 1000:,} of 10,000 rows")
    assert "\rmessages: 10,000 of 10,000 rows" in shown
    assert shown.count("\n") == 3
    assert f"Copied {MANY - kept:,} rows.  Both databases hold {MANY:,} rows now" in shown
    assert stored(server.database) == stored(file)
