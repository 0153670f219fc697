"""One pair of tokens at a time, and leases that only one process holds."""

from __future__ import annotations

import threading
from dataclasses import replace

from clankbot.database import sql
from clankbot.database.database import Database
from clankbot.database.engine import Session
from clankbot.database.store import Store
from clankbot.records import SealedTokens

_TOKENS = SealedTokens("sealed access", "sealed refresh", 5000, "clankbot", "900", 1000)


def test_the_last_saved_tokens_are_the_only_ones(database: Database, store: Store) -> None:
    assert store.load_tokens() is None
    store.save_tokens(_TOKENS)
    newer = replace(_TOKENS, access_token="another", refresh_token="x" * 4000, created_at_ms=2000)
    store.save_tokens(newer)
    found = store.load_tokens()
    assert found is not None
    assert replace(found, row_id=None) == newer
    session = Session(database.engine)
    assert len(session.rows(sql.LOAD_TOKENS)) == 1
    assert session.run(sql.DELETE_TOKENS) == 1
    session.close()


def test_signing_out_deletes_the_tokens(store: Store) -> None:
    store.save_tokens(_TOKENS)
    store.delete_tokens()
    assert store.load_tokens() is None


def test_a_lease_is_held_by_one_until_its_time_is_over(store: Store) -> None:
    assert store.take_lease("refresh", "me", 10, now_ms=1_000)
    assert not store.take_lease("refresh", "you", 10, now_ms=10_999)
    assert store.take_lease("refresh", "you", 10, now_ms=11_000)
    assert not store.take_lease("refresh", "me", 10, now_ms=11_000)


def test_a_holder_may_renew_its_lease(store: Store) -> None:
    assert store.take_lease("refresh", "me", 10, now_ms=1_000)
    assert store.take_lease("refresh", "me", 10, now_ms=1_000)
    assert store.take_lease("refresh", "me", 10, now_ms=9_000)
    assert not store.take_lease("refresh", "you", 10, now_ms=12_000)


def test_a_lease_given_back_is_free_at_once(store: Store) -> None:
    assert store.take_lease("refresh", "me", 10, now_ms=1_000)
    assert store.take_lease("other", "you", 10, now_ms=1_000)
    store.drop_lease("refresh", "you")
    assert not store.take_lease("refresh", "you", 10, now_ms=1_001)
    store.drop_lease("refresh", "me")
    assert store.take_lease("refresh", "you", 10, now_ms=1_001)


def test_of_many_who_ask_at_once_one_gets_the_lease(database: Database) -> None:
    takers = 6
    together = threading.Barrier(takers)
    taken: list[str] = []

    def take(holder: str) -> None:
        with database.open() as store:
            for round_ in range(5):
                together.wait(10)
                if store.take_lease(f"round {round_}", holder, 60, now_ms=1_000):
                    taken.append(f"round {round_}")

    threads = [
        threading.Thread(target=take, args=(f"taker {n}",), daemon=True) for n in range(takers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(taken) == [f"round {n}" for n in range(5)]
