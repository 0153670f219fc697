"""One pair of tokens at a time, and a lock that only one process holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from clankbot.database.database import Database, Store
from clankbot.database.session import Session
from clankbot.database.tokens import Tokens
from clankbot.records.accounts import EncryptedTokens
from tests.waiting import PATIENCE_S, wait_until

_HOLDER = """
import sys
from clankbot.database.database import Database
with Database.sqlite(sys.argv[1]).open() as store:
    print(store.lock_sign_in(), flush=True)
    sys.stdin.read()
"""
_TOKENS = EncryptedTokens("encrypted access", "encrypted refresh", 5000, "clankbot", "900", 1000)


def test_the_last_saved_tokens_are_the_only_ones(database: Database, store: Store) -> None:
    assert store.load_tokens() is None
    store.save_tokens(_TOKENS)
    newer = replace(_TOKENS, access_token="another", refresh_token="x" * 4000, created_at_ms=2000)
    store.save_tokens(newer)
    assert store.load_tokens() == newer
    session = Session(database.engine)
    assert len(session.rows(Tokens.LOAD_TOKENS)) == 1
    assert session.run(Tokens.DELETE_TOKENS) == 1
    session.close()


def test_signing_out_deletes_the_tokens(store: Store) -> None:
    store.save_tokens(_TOKENS)
    store.delete_tokens()
    assert store.load_tokens() is None


def test_the_lock_on_the_sign_in_is_one_stores_until_it_is_closed(database: Database) -> None:
    first = database.open()
    with database.open() as second:
        assert first.lock_sign_in()
        assert not second.lock_sign_in()
        assert first.lock_sign_in()
        first.save_tokens(_TOKENS)
        assert not second.lock_sign_in()
        first.close()
        assert wait_until(second.lock_sign_in)


def test_of_many_who_ask_at_once_one_gets_the_lock(database: Database) -> None:
    takers = 6
    together = threading.Barrier(takers)
    taken: list[bool] = []

    def take() -> None:
        with database.open() as store:
            store.load_tokens()
            together.wait(PATIENCE_S)
            taken.append(store.lock_sign_in())
            together.wait(PATIENCE_S)

    threads = [threading.Thread(target=take, daemon=True) for _ in range(takers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert sorted(taken) == [False] * (takers - 1) + [True]


def test_the_lock_of_a_dead_process_is_free_at_once(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "chat.db")
    database.prepare()
    with (
        subprocess.Popen(
            [sys.executable, "-c", _HOLDER, str(tmp_path / "chat.db")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as holder,
        database.open() as store,
    ):
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        assert not store.lock_sign_in()
        holder.send_signal(signal.SIGKILL)
        holder.wait(PATIENCE_S)
        assert store.lock_sign_in()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, which sudo would give")
def test_a_lock_that_root_makes_belongs_to_the_owner_of_the_database(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "chat.db")
    database.prepare()
    os.chown(tmp_path / "chat.db", 12345, 12345)
    with database.open() as store:
        assert store.lock_sign_in()
    made = (tmp_path / "chat.db.sign-in.lock").stat()
    assert (made.st_uid, made.st_mode & 0o777) == (12345, 0o600)
