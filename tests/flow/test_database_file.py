"""The database file under a running bot: deleted, moved, replaced, damaged, locked, or no file."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from clankbot.database.database import Database
from tests.database.conftest import said
from tests.flow.program import LiveProgram, live_program
from tests.flow.world import World, living, sql
from tests.processing.desk import locked
from tests.waiting import PATIENCE_S, wait_until

KEPT = "none of your messages is kept from now on; those stored are deleted as soon as"


def logged(caplog: pytest.LogCaptureFixture, phrase: str) -> list[str]:
    """The problem that each log entry with the phrase names."""
    return [str(vars(r).get("problem")) for r in caplog.records if r.msg == phrase]


def texts_in(path: Path) -> list[str]:
    """The messages in a database file, past all that is in use."""
    with closing(sqlite3.connect(path)) as plain:
        rows = plain.execute("SELECT message_content FROM messages ORDER BY id").fetchall()
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return [text for (text,) in rows]


def wait_in(path: Path, *texts: str, timeout_s: float = PATIENCE_S) -> None:
    """Until all the texts are in the file that is at the path by then."""

    def is_there() -> bool:
        try:
            return set(texts) <= set(texts_in(path))
        except sqlite3.Error:  # it is just being put there
            return False

    wait_until(is_there, timeout_s)


def opt_outs_in(path: Path) -> set[str]:
    """The ids of those who opted out."""
    with closing(sqlite3.connect(path)) as plain:
        return {user_id for (user_id,) in plain.execute("SELECT user_id FROM opt_outs")}


def backed_up(path: Path) -> Path:
    """A good backup of the file, beside it."""
    backup = path.with_name("backup.db")
    with closing(sqlite3.connect(path)) as plain:
        plain.execute(f"VACUUM INTO '{backup}'")
    return backup


def opt_out(world: World, name: str) -> str:
    """A viewer opts out; the bot's answer."""
    since = len(world.room.messages)
    world.room.say("alpha", name, "!clank optout")
    return world.room.wait_message("alpha", since=since).text


def test_what_is_said_while_the_file_is_gone_goes_into_the_one_put_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "chatbot.db"
    with living(tmp_path) as world:
        (before,) = world.chat(1, "before")
        wait_in(path, before)
        backup = backed_up(path)
        assert "are deleted and none is kept" in opt_out(world, "alice")
        path.unlink()
        wait_until(lambda: logged(caplog, "database file lost"))
        meanwhile = world.chat(3, "meanwhile")
        assert opt_out(world, "bruno").startswith(KEPT)
        assert "the database is away" in world.order("!clank cooldown 7")
        world.room.barrier()
        assert not path.exists(), "nothing but a person makes a file"
        backup.rename(path)
        wait_until(lambda: logged(caplog, "database replaced"))
        wait_in(path, *meanwhile)
        (after,) = world.chat(1, "after")
        wait_in(path, after)
        assert "60 seconds" in world.order("!clank cooldown")
        assert len(opt_outs_in(path)) == 2, "the backup is of a time before both"
    assert texts_in(path) == [before, *meanwhile, after]
    assert len(logged(caplog, "database file lost")) == 1
    assert len(logged(caplog, "database replaced")) == 1


@pytest.mark.parametrize("way", ["rename", "delete and copy", "link"])
def test_a_backup_in_the_place_of_the_file_is_used_at_once_and_stays_sound(
    tmp_path: Path, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "chatbot.db"
    with living(tmp_path, MESSAGE_THRESHOLD=3) as world:
        wait_in(path, *world.chat(1, "before"))
        backup = backed_up(path)
        world.ollama.say("the composer has the file open, too")
        later = world.chat(3, "later")
        wait_in(path, "the composer has the file open, too")
        if way == "rename":
            backup.rename(path)
        elif way == "link":
            path.rename(tmp_path / "old.db")
            path.symlink_to(backup)
        else:
            path.unlink()
            shutil.copy(backup, path)
        wait_until(lambda: logged(caplog, "database replaced"))
        world.ollama.say("and speaks of what is there now")
        after = world.chat(3, "after")
        wait_in(path, *after, "and speaks of what is there now")
        assert not set(later) & set(texts_in(path))
        assert all(text not in world.ollama.asked[-1].prompt for text in later)
    assert logged(caplog, "database log deleted") == []
    texts = texts_in(path)
    assert texts[0] == "before number 0 is on the table"
    assert texts[-1] == "and speaks of what is there now"


@pytest.mark.parametrize("lines", [3, 1500])
def test_a_backup_copied_over_the_file_is_noticed_and_used(
    tmp_path: Path, lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The file stays the same one, and its log would be mixed into what it holds now."""
    path = tmp_path / "chatbot.db"
    with living(tmp_path, MESSAGE_THRESHOLD=3, MESSAGE_RETENTION_DAYS=0) as world:
        world.ollama.say("the composer has had the file open")
        before = world.chat(3, "before")
        wait_in(path, *before, "the composer has had the file open")
        with Database.sqlite(path).open() as store:
            store.apply([said(f"m{n}", "x" * 300, channel="beta") for n in range(lines)])
        backup = backed_up(path)
        later = world.chat(1, "later")
        wait_in(path, *later)
        shutil.copyfile(backup, path)
        wait_until(lambda: logged(caplog, "database file lost"))
        after = world.chat(3, "after")
        assert opt_out(world, "bruno").startswith(KEPT)
        wait_until(lambda: logged(caplog, "database replaced"))
        wait_in(path, *after)
        wait_until(lambda: len(opt_outs_in(path)) == 1)
    assert not set(later) & set(texts_in(path))
    assert len(texts_in(path)) >= lines + len(before) + len(after)
    assert "was overwritten while it was in use" in logged(caplog, "database file lost")[0]


def test_what_sqlite_itself_does_to_the_file_is_no_overwriting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "chatbot.db"
    with living(tmp_path, MESSAGE_THRESHOLD=500, MESSAGE_RETENTION_DAYS=0) as world:
        wait_in(path, *world.chat(1, "before"))
        for number in range(5):
            with Database.sqlite(path).open() as store:
                store.apply([said(f"{number}-{n}", "x" * 300, channel="beta") for n in range(1500)])
            with closing(sqlite3.connect(path)) as plain:
                plain.execute(f"PRAGMA wal_checkpoint({('PASSIVE', 'TRUNCATE')[number % 2]})")
            world.room.say("alpha", "alice", f"between {number}")
            wait_in(path, f"between {number}")
            os.utime(path)
            world.room.say("alpha", "alice", f"line {number}")
            wait_in(path, f"line {number}")
    assert len(texts_in(path)) == 5 * 1502 + 1
    assert caplog.records == [r for r in caplog.records if r.levelname == "INFO"]


def test_a_moved_file_that_is_moved_back_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "chatbot.db"
    with living(tmp_path) as world:
        wait_in(path, *world.chat(1, "before"))
        path.rename(tmp_path / "elsewhere.db")
        world.chat(1, "meanwhile")
        wait_until(lambda: logged(caplog, "database file lost"))
        (tmp_path / "elsewhere.db").rename(path)
        wait_in(path, "meanwhile number 0 is on the table")
    assert len(texts_in(path)) == 2
    assert logged(caplog, "database replaced") == []


def test_opt_outs_outlive_a_backup_that_cannot_be_loaded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "chatbot.db"
    with living(tmp_path) as world:
        wait_in(path, *world.chat(1, "before"))
        backup, broken = backed_up(path), tmp_path / "broken.db"
        opt_out(world, "alice")
        shutil.copy(backup, broken)
        with closing(sqlite3.connect(broken)) as plain:
            plain.execute("DROP TABLE hints")
        broken.rename(path)
        wait_until(lambda: any("no such table" in told for told in logged(caplog, "database away")))
        backup.rename(path)
        wait_until(lambda: logged(caplog, "database replaced"))
        wait_in(path, *world.chat(1, "after"))
    assert len(opt_outs_in(path)) == 1


def _make_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("put", "told"),
    [(_make_folder, "is a folder"), (os.mkfifo, "is a pipe")],
)
def test_what_is_no_file_in_its_place_is_told_and_everything_is_kept(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    put: Callable[[Path], None],
    told: str,
) -> None:
    path = tmp_path / "chatbot.db"
    with living(tmp_path) as world:
        wait_in(path, *world.chat(1, "before"))
        backup = backed_up(path)
        path.unlink()
        put(path)
        world.chat(1, "meanwhile")
        wait_until(lambda: logged(caplog, "database file lost"))
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
        backup.rename(path)
        wait_until(lambda: logged(caplog, "database replaced"))
        wait_in(path, "meanwhile number 0 is on the table")
    assert told in "".join(logged(caplog, "database file lost"))


def test_a_file_that_is_no_database_in_its_place_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "chatbot.db"
    with living(tmp_path) as world:
        wait_in(path, *world.chat(1, "before"))
        backup = backed_up(path)
        (tmp_path / "diary").write_text("dear diary, " * 1000)
        (tmp_path / "diary").rename(path)
        world.chat(1, "meanwhile")
        wait_until(lambda: logged(caplog, "database damaged"))
        assert path.read_text() == "dear diary, " * 1000
        backup.rename(path)
        wait_until(lambda: logged(caplog, "database replaced"))
        wait_in(path, "meanwhile number 0 is on the table")


def test_a_log_deleted_under_the_bot_costs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "chatbot.db"
    with living(tmp_path) as world:
        wait_in(path, *world.chat(3, "before"))
        wait_in(path, *world.chat(3, "and before"))
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink()
        world.chat(3, "after")
        wait_until(lambda: logged(caplog, "database log deleted"))
        wait_until(lambda: len(texts_in(path)) == 9)
    assert len(texts_in(path)) == 9


def test_at_the_end_what_is_held_goes_into_a_new_file_with_the_opt_outs(tmp_path: Path) -> None:
    path = tmp_path / "chatbot.db"
    with living(tmp_path) as world:
        wait_in(path, *world.chat(1, "before"))
        opt_out(world, "alice")
        path.unlink()
        meanwhile = world.chat(3, "meanwhile")
        world.room.barrier()
    assert texts_in(path) == meanwhile
    assert len(opt_outs_in(path)) == 1


def test_without_its_folder_the_end_tells_how_much_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with living(tmp_path, database=Database.sqlite(folder / "chat.db")) as world:
        world.settle()
        shutil.rmtree(folder)
        world.chat(3)
        world.room.barrier()
    (told,) = (vars(record) for record in caplog.records if record.msg == "not stored")
    assert told["writes"] >= 3


# -- the real program ------------------------------------------------------------------------------


def say(live: LiveProgram, *texts: str) -> None:
    """Viewers say this, and it has reached the bot."""
    for text in texts:
        live.room.say("alpha", "alice", text)
    live.room.barrier()


def test_a_file_deleted_under_the_program_loses_no_sign_in(tmp_path: Path) -> None:
    with live_program(tmp_path, MESSAGE_THRESHOLD="99") as live:
        live.sign_in()
        live.start_and_join()
        say(live, "before")
        wait_until(lambda: sql(tmp_path, "SELECT 1 FROM messages"))
        (tmp_path / "chatbot.db").unlink()
        live.wait_log("database file lost")
        say(live, "meanwhile")
        assert live.stop() == 0
        assert "not stored" not in live.log
        assert texts_in(tmp_path / "chatbot.db") == ["meanwhile"]
        live.start_and_join()
        assert live.stop() == 0


def test_the_last_lines_are_stored_once_another_program_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "chatbot.db"
    with live_program(tmp_path, MESSAGE_THRESHOLD="99") as live:
        live.sign_in()
        live.start_and_join()
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            say(live, *(f"line {number}" for number in range(50)))
            let_go = threading.Timer(1.8, other.execute, ["ROLLBACK"])
            let_go.start()
            assert live.stop() == 0
            let_go.join()
        assert len(texts_in(path)) == 50
        assert "not stored" not in live.log


def test_a_file_that_stays_locked_at_the_start_is_the_reason_to_end_before_anything_is_joined(
    tmp_path: Path,
) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        with locked(tmp_path / "chatbot.db"):
            live.start()
            assert live.wait() == 1
        assert "is in use by another program" in live.log.splitlines()[-1]
        assert live.room.logins == []


def test_a_lock_that_ends_in_time_does_not_keep_the_program_from_starting(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        with locked(tmp_path / "chatbot.db"):
            live.start()
            live.wait_log("waiting for the database")
        live.room.wait_joined(["alpha"])
        assert live.stop() == 0
        assert "thread failed" not in live.log


@pytest.mark.parametrize("way", ["link", "folder", "name"])
def test_a_second_bot_is_refused_by_whatever_name_it_reaches_the_file(
    tmp_path: Path, way: str
) -> None:
    path = tmp_path / "chatbot.db"
    with live_program(tmp_path) as live:
        live.sign_in()
        live.start_and_join()
        if way == "link":
            (tmp_path / "other.db").symlink_to(path)
            other = tmp_path / "other.db"
        elif way == "folder":
            (tmp_path / "other").symlink_to(tmp_path)
            other = tmp_path / "other" / "chatbot.db"
        else:
            other = tmp_path / "other.db"
            os.link(path, other)
        second = live.run("run", DATABASE_URL=str(other))
        told = "has 2 names (hard links)" if way == "name" else "is already using"
        assert told in second.output
        assert second.status == (78 if way == "name" else 1)
        assert live.stop() == 0
