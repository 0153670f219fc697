"""The moment that matters: between Twitch's answer and the commit; and one refresh for all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import pytest

from clankbot.database.database import Database
from clankbot.errors import AuthUnavailable, TokenRefused
from clankbot.records.accounts import Secret
from tests.auth.rig import Rig
from tests.doubles.twitch_id import Trouble
from tests.waiting import PATIENCE_S, wait_until

PROCESSES: Final = 3


def test_a_new_pair_that_cannot_be_stored_is_kept_and_stored_later(rig: Rig) -> None:
    old = rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.file.failing_saves = 2
    for _ in range(2):
        with pytest.raises(AuthUnavailable, match="disk is full"):
            keeper.upkeep()
        assert rig.stored_access() == old.access
    keeper.upkeep()
    assert rig.stored_access() == rig.twitch.tokens[-1].access
    assert rig.twitch.count("refresh") == 1
    assert rig.twitch.violations == []


def test_a_new_pair_is_not_used_before_it_is_stored(rig: Rig) -> None:
    old = rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.file.failing_saves = 2
    with pytest.raises(AuthUnavailable, match="disk is full"):
        keeper.upkeep()
    assert keeper.access_token() == Secret(old.access)
    rig.clock.now_s += rig.twitch.lifetime_s
    with pytest.raises(AuthUnavailable):
        keeper.access_token()
    assert keeper.access_token() != Secret(old.access)


def test_a_new_pair_is_not_used_either_when_the_database_is_gone_altogether(rig: Rig) -> None:
    old = rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += 0.7 * rig.twitch.lifetime_s
    keeper.upkeep()  # validates, so that the next one only renews
    rig.clock.now_s += 0.2 * rig.twitch.lifetime_s
    rig.file.failing_saves = 1
    with pytest.raises(AuthUnavailable, match="disk is full"):
        keeper.upkeep()
    assert rig.twitch.count("validate") == 2
    rig.file.is_away = True
    assert keeper.access_token() == Secret(old.access)


def test_a_sign_in_made_meanwhile_is_not_overwritten_by_a_kept_pair(rig: Rig) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.file.failing_saves = 1
    with pytest.raises(AuthUnavailable):
        keeper.upkeep()
    newer = rig.twitch.issue("alice")
    rig.store(newer)
    keeper.upkeep()
    assert rig.stored_access() == newer.access


def test_after_a_crash_before_the_commit_the_old_pair_is_tried_once_more(rig: Rig) -> None:
    """The process that got the answer is gone; all that is left is what was stored."""
    rig.signed_in()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.file.failing_saves = 1
    with pytest.raises(AuthUnavailable):
        rig.keeper().upkeep()
    with pytest.raises(TokenRefused, match=r"run: .* login"):
        rig.keeper().upkeep()
    assert rig.twitch.count("refresh") == 2


def test_a_confidential_app_survives_a_crash_before_the_commit(rig: Rig) -> None:
    rig.twitch.client_secret = "confidential-secret"
    rig.signed_in()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.file.failing_saves = 1
    with pytest.raises(AuthUnavailable):
        rig.keeper(client_secret="confidential-secret").upkeep()
    rig.keeper(client_secret="confidential-secret").upkeep()
    assert rig.stored_access() == rig.twitch.tokens[-1].access


def test_two_keepers_of_one_database_refresh_once(rig: Rig) -> None:
    rig.signed_in()
    first, second = rig.keeper(), rig.keeper()
    first.start()
    second.start()
    rig.clock.now_s += rig.twitch.lifetime_s
    assert first.access_token() == second.access_token()
    assert rig.twitch.count("refresh") == 1


def test_a_pair_stored_by_somebody_who_ignored_the_lock_is_taken_over(rig: Rig) -> None:
    """Say, a MySQL server lost the lock with its connection: the refresh token is spent."""
    old = rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += rig.twitch.lifetime_s
    old.is_spent = True
    newer = rig.twitch.issue()
    rig.twitch.meanwhile["refresh"] = lambda: rig.store(newer)
    assert keeper.access_token() == Secret(newer.access)


def test_threads_that_find_a_token_expired_refresh_it_once(rig: Rig) -> None:
    rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += rig.twitch.lifetime_s
    rig.twitch.trouble("refresh", Trouble(delay_s=0.1))
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(keeper.access_token().reveal()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert found == [rig.twitch.tokens[-1].access] * 8
    assert rig.twitch.count("refresh") == 1


def test_nobody_waits_for_a_refresh_while_the_token_at_hand_is_good(rig: Rig) -> None:
    """A sign-in service that hangs must not keep chat from connecting anew."""
    old = rig.signed_in()
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    answer = threading.Event()
    rig.twitch.trouble("refresh", Trouble(held_until=answer))
    upkeep = threading.Thread(target=keeper.upkeep)
    upkeep.start()
    wait_until(lambda: rig.twitch.count("refresh") == 1)
    given: list[Secret | None] = []
    reader = threading.Thread(
        target=lambda: given.extend([keeper.credentials().password, keeper.access_token()])
    )
    reader.start()
    reader.join(PATIENCE_S)
    assert given == [Secret(old.access)] * 2
    answer.set()
    upkeep.join(PATIENCE_S)
    assert keeper.access_token() == Secret(rig.twitch.tokens[-1].access)


def test_processes_that_find_a_token_expired_refresh_it_once(rig: Rig, tmp_path: Path) -> None:
    """With the database as it is in the field."""
    database = Database.sqlite(tmp_path / "clankbot.db")
    database.prepare()
    with database.open() as store:
        store.save_tokens(rig.row(rig.twitch.issue()))
    rig.clock.now_s += rig.twitch.lifetime_s
    rig.twitch.trouble("refresh", Trouble(delay_s=0.3))
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.auth.one_process"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    given = f"{tmp_path / 'clankbot.db'}\n{rig.twitch.auth_url}\n{rig.clock.now_s}\n"
    answers = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(given)
        process.stdin.flush()
    for process in processes:
        answers.append(process.communicate(timeout=PATIENCE_S)[0])
    newest = rig.twitch.tokens[-1].access
    assert answers == [hashlib.sha256(newest.encode()).hexdigest() + "\n"] * PROCESSES
    assert rig.twitch.count("refresh") == 1
    assert rig.twitch.violations == []
