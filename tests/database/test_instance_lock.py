"""Two bots never work on one database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clankbot.database.database import Database
from clankbot.database.instance_lock import hold_instance_lock
from clankbot.errors import DatabaseError
from tests.database.chat import said
from tests.waiting import wait_until

_HOLDER = """
import sys
from clankbot.database.database import Database
from clankbot.database.instance_lock import hold_instance_lock
with hold_instance_lock(Database.sqlite(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_bot_is_refused_until_the_first_ends(database: Database) -> None:
    with hold_instance_lock(database):
        with (
            pytest.raises(DatabaseError, match=r"another clankbot .*is already using"),
            hold_instance_lock(database),
        ):
            pytest.fail("two at once")
        with database.open() as store:
            store.apply([said("a")])

    def free_again() -> bool:
        with hold_instance_lock(database):
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
            hold_instance_lock(Database.sqlite(path)),
        ):
            pytest.fail("two at once")
        assert str(caught.value) == (
            f"another clankbot (process {holder.pid}) is already using {path}"
        )
        holder.send_signal(signal.SIGKILL)
        holder.wait(5)
        with hold_instance_lock(Database.sqlite(path)):
            assert (tmp_path / "chat.db.lock").read_text() == f"{os.getpid()}\n"


def test_the_lock_file_is_for_the_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with hold_instance_lock(Database.sqlite(tmp_path / "chat.db")):
            mode = (tmp_path / "chat.db.lock").stat().st_mode & 0o777
    finally:
        os.umask(before)
    assert mode == 0o600


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(DatabaseError, match=r"missing/chat\.db cannot be used: No such file"),
        hold_instance_lock(Database.sqlite(tmp_path / "missing" / "chat.db")),
    ):
        pytest.fail("locked nothing")
