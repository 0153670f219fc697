"""A file that loses its place while it is open: what a store does, step by step."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from clankbot.database.database import Database, Store
from clankbot.database.messages import REMOVAL_COLUMNS
from clankbot.database.session import Session
from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import DatabaseFileLost
from clankbot.records.accounts import EncryptedTokens
from tests.database.conftest import insert, opened, said


def path_of(database: Database) -> Path:
    assert isinstance(database.engine, SqliteEngine)
    return database.engine.path


def backup_of(database: Database, name: str = "backup.db") -> Path:
    """A good copy beside the file."""
    backup = path_of(database).with_name(name)
    with closing(sqlite3.connect(path_of(database))) as plain:
        plain.execute(f"VACUUM INTO '{backup}'")
    return backup


def follow(store: Store) -> bool:
    """Look twice, as the worker does: at first the file may still be changing."""
    with pytest.raises(DatabaseFileLost):
        store.follow_file()
    return store.follow_file()


def ids(database: Database) -> list[str]:
    """What the file at the path holds, past every open store."""
    with Database.sqlite(path_of(database)).open() as store:
        return [line.message_id for line in store.recent_messages("alpha", 99)]


def test_a_write_into_a_file_that_is_replaced_before_its_commit_counts_as_not_done(
    sqlite: Database,
) -> None:
    backup = backup_of(sqlite)
    with opened(sqlite) as (session, store):
        store.apply([said("before")])
        with pytest.raises(DatabaseFileLost), session.transaction():
            insert(session, said("a"))
            backup.rename(path_of(sqlite))


def test_an_open_store_and_a_new_one_refuse_another_file_until_it_is_followed(
    sqlite: Database,
) -> None:
    with sqlite.open() as store, sqlite.open() as idle:
        store.apply([said("before")])
        assert len(idle.recent_messages("alpha", 9)) == 1
        backup_of(sqlite).rename(path_of(sqlite))
        with sqlite.open() as late:
            for each in (store, idle, late):
                with pytest.raises(DatabaseFileLost, match="another file is in the place"):
                    each.apply([said("lost")])
            with pytest.raises(DatabaseFileLost, match="another file is in the place"):
                late.opted_out()
        assert follow(store)
        assert not store.follow_file()
        for each in (store, idle):
            assert len(each.recent_messages("alpha", 9)) == 1


def test_a_file_that_is_still_being_copied_is_not_opened(sqlite: Database) -> None:
    whole = backup_of(sqlite).read_bytes()
    with sqlite.open() as store:
        store.apply([said("before")])
        path_of(sqlite).unlink()
        for size in (0, 4096, 8192, len(whole)):
            path_of(sqlite).write_bytes(whole[:size])
            with pytest.raises(DatabaseFileLost):
                store.follow_file()
        assert store.follow_file()


def test_the_log_of_the_file_before_is_not_mixed_into_the_new_one(sqlite: Database) -> None:
    backup = backup_of(sqlite)
    with sqlite.open() as store:
        store.apply([said(f"m{n}", "x" * 400) for n in range(200)])
        store.apply([said("last")])
        path_of(sqlite).unlink()
        with pytest.raises(DatabaseFileLost, match="is no longer there"):
            store.follow_file()
        assert [f.name for f in path_of(sqlite).parent.iterdir()] == [backup.name]
        shutil.copy(backup, path_of(sqlite))
        assert follow(store)
        store.apply([said("after")])
        assert ids(sqlite) == ["after"]
    with closing(sqlite3.connect(path_of(sqlite))) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_store_that_slept_through_it_does_not_delete_the_new_files_log(
    sqlite: Database,
) -> None:
    """With the last connection to a file SQLite deletes its log, by the name."""
    with sqlite.open() as store:
        store.apply([said("before")])
        with sqlite.open() as sleeper:
            sleeper.opted_out()
            backup_of(sqlite).rename(path_of(sqlite))
            assert follow(store)
            store.apply([said("after")])
            log = os.stat(f"{path_of(sqlite)}-wal").st_ino
        assert os.stat(f"{path_of(sqlite)}-wal").st_ino == log
        assert ids(sqlite) == ["before", "after"]


def test_a_backup_copied_over_once_the_log_was_deleted_stays_as_it_is(sqlite: Database) -> None:
    """As somebody restores one who has read how, but has not stopped the bot."""
    with sqlite.open() as store:
        store.apply([said("before")])
        backup = backup_of(sqlite)
        store.apply([said("lost")])
        for end in ("-wal", "-shm"):
            os.unlink(f"{path_of(sqlite)}{end}")
        shutil.copyfile(backup, path_of(sqlite))
        with pytest.raises(DatabaseFileLost, match="was overwritten"):
            store.apply([said("after")])
        assert follow(store)
        store.apply([said("after")])
        assert ids(sqlite) == ["before", "after"]
    with closing(sqlite3.connect(path_of(sqlite))) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_commit_that_fills_the_log_is_not_written_into_a_backup_copied_over(
    sqlite: Database,
) -> None:
    seconds = count().__next__
    with closing(Session(sqlite.engine, seconds)) as session:
        store = Store(session, sqlite.clock)
        store.apply([said("before")])
        backup = backup_of(sqlite)
        store.apply([said("lost")])
        shutil.copyfile(backup, path_of(sqlite))
        with pytest.raises(DatabaseFileLost, match="was overwritten"):
            store.apply([said(f"m{n}", "x" * 400) for n in range(12_000)])
    assert path_of(sqlite).read_bytes() == backup.read_bytes()


def test_an_overwritten_file_is_left_only_once_nobody_else_has_it_open(sqlite: Database) -> None:
    with sqlite.open() as store, sqlite.open(lets_go=True) as brief, sqlite.open() as reader:
        store.apply([said("before")])
        store.apply([said("and before")])
        backup = backup_of(sqlite)
        store.apply([said("lost")])
        reader.opted_out()
        brief.opted_out()
        shutil.copyfile(backup, path_of(sqlite))
        for _ in range(3):
            with pytest.raises(DatabaseFileLost, match="was overwritten"):
                store.apply([said("after")])
            with pytest.raises(DatabaseFileLost):
                store.follow_file()
        with pytest.raises(DatabaseFileLost, match="was overwritten"):
            reader.opted_out()
        reader.close()
        assert store.follow_file()
        store.apply([said("after")])
        assert len(reader.recent_messages("alpha", 9)) == 3
    assert ids(sqlite) == ["before", "and before", "after"]


def test_a_removal_that_a_backup_was_taken_in_the_middle_of_goes_on(sqlite: Database) -> None:
    with sqlite.open() as store:
        store.apply([said("a"), said("b")])
        assert not store.carry_on_removing()
        backup = backup_of(sqlite)
        with closing(sqlite3.connect(backup)) as plain, plain:
            plain.execute(
                f"INSERT INTO removals ({REMOVAL_COLUMNS}) VALUES ('channel', 1, 'alpha', 'alpha')"
            )
        backup.rename(path_of(sqlite))
        assert follow(store)
        while store.carry_on_removing():
            continue
        assert ids(sqlite) == ["b"]


def tokens(mark: str, created_at_ms: int) -> EncryptedTokens:
    return EncryptedTokens(f"access {mark}", f"refresh {mark}", 1, "bot", "900", created_at_ms)


@pytest.mark.parametrize(("in_backup", "kept"), [(None, "ours"), (1, "ours"), (9, "theirs")])
def test_the_newer_sign_in_counts(sqlite: Database, in_backup: int | None, kept: str) -> None:
    """An older one may be spent: a public app's refresh tokens are good for one use."""
    backup = backup_of(sqlite)
    if in_backup is not None:
        with Database.sqlite(backup).open() as other:
            other.save_tokens(tokens("theirs", in_backup))
    with sqlite.open() as store:
        store.save_tokens(tokens("ours", 5))
        backup.rename(path_of(sqlite))
        assert follow(store)
        found = store.load_tokens()
        assert found is not None
        assert found.access_token == f"access {kept}"
