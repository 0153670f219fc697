"""The moment that matters: between Twitch's answer and the commit; and one refresh for all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import pytest

from clankbot.auth.token_store import Vault
from clankbot.database.database import Database
from clankbot.errors import AuthUnavailable, TokenRefused
from clankbot.records.accounts import Secret
from tests.auth.desk import Desk
from tests.doubles.twitch_id import Trouble
from tests.waiting import wait_until

PROCESSES: Final = 3


def test_a_new_pair_that_cannot_be_stored_is_kept_and_stored_later(desk: Desk) -> None:
    old = desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.file.failing_saves = 2
    for _ in range(2):
        with pytest.raises(AuthUnavailable, match="disk is full"):
            keeper.upkeep()
        assert desk.stored_access() == old.access
    keeper.upkeep()
    assert desk.stored_access() == desk.twitch.tokens[-1].access
    assert desk.twitch.count("refresh") == 1
    assert desk.twitch.violations == []


def test_a_new_pair_is_not_used_before_it_is_stored(desk: Desk) -> None:
    old = desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.file.failing_saves = 2
    with pytest.raises(AuthUnavailable, match="disk is full"):
        keeper.upkeep()
    assert keeper.access_token() == Secret(old.access)
    desk.clock.now_s += desk.twitch.lifetime_s
    with pytest.raises(AuthUnavailable):
        keeper.access_token()
    assert keeper.access_token() != Secret(old.access)


def test_a_new_pair_is_not_used_either_when_the_database_is_gone_altogether(desk: Desk) -> None:
    old = desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.file.failing_saves = 1
    with pytest.raises(AuthUnavailable, match="disk is full"):
        keeper.upkeep()
    desk.file.is_away = True
    assert keeper.access_token() == Secret(old.access)


def test_a_sign_in_made_meanwhile_is_not_overwritten_by_a_kept_pair(desk: Desk) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.file.failing_saves = 1
    with pytest.raises(AuthUnavailable):
        keeper.upkeep()
    newer = desk.twitch.issue("alice")
    desk.store(newer)
    keeper.upkeep()
    assert desk.stored_access() == newer.access


def test_after_a_crash_before_the_commit_the_old_pair_is_tried_once_more(desk: Desk) -> None:
    """The process that got the answer is gone; all that is left is what was stored."""
    desk.signed_in()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.file.failing_saves = 1
    with pytest.raises(AuthUnavailable):
        desk.keeper().upkeep()
    with pytest.raises(TokenRefused, match=r"python clankbot\.py login"):
        desk.keeper().upkeep()
    assert desk.twitch.count("refresh") == 2


def test_a_confidential_app_survives_a_crash_before_the_commit(desk: Desk) -> None:
    desk.twitch.client_secret = "confidential-secret"
    desk.signed_in()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.file.failing_saves = 1
    with pytest.raises(AuthUnavailable):
        desk.keeper(client_secret="confidential-secret").upkeep()
    desk.keeper(client_secret="confidential-secret").upkeep()
    assert desk.stored_access() == desk.twitch.tokens[-1].access


def test_two_keepers_of_one_database_refresh_once(desk: Desk) -> None:
    desk.signed_in()
    first, second = desk.keeper(), desk.keeper()
    first.start()
    second.start()
    desk.clock.now_s += desk.twitch.lifetime_s
    assert first.access_token() == second.access_token()
    assert desk.twitch.count("refresh") == 1


def test_a_pair_stored_by_somebody_who_ignored_the_lock_is_taken_over(desk: Desk) -> None:
    """Say, a MySQL server lost the lock with its connection: the refresh token is spent."""
    old = desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += desk.twitch.lifetime_s
    old.is_spent = True
    newer = desk.twitch.issue()
    desk.twitch.meanwhile["refresh"] = lambda: desk.store(newer)
    assert keeper.access_token() == Secret(newer.access)


def test_threads_that_find_a_token_expired_refresh_it_once(desk: Desk) -> None:
    desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += desk.twitch.lifetime_s
    desk.twitch.trouble("refresh", Trouble(delay_s=0.1))
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(keeper.access_token().reveal()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert found == [desk.twitch.tokens[-1].access] * 8
    assert desk.twitch.count("refresh") == 1


def test_nobody_waits_for_a_refresh_while_the_token_at_hand_is_good(desk: Desk) -> None:
    """A sign-in service that hangs must not keep chat from connecting anew."""
    old = desk.signed_in()
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    answer = threading.Event()
    desk.twitch.trouble("refresh", Trouble(held_until=answer))
    upkeep = threading.Thread(target=keeper.upkeep)
    upkeep.start()
    wait_until(lambda: desk.twitch.count("refresh") == 1)
    given: list[Secret | None] = []
    reader = threading.Thread(
        target=lambda: given.extend([keeper.credentials().password, keeper.access_token()])
    )
    reader.start()
    reader.join(5)
    assert given == [Secret(old.access)] * 2
    answer.set()
    upkeep.join(5)
    assert keeper.access_token() == Secret(desk.twitch.tokens[-1].access)


def test_processes_that_find_a_token_expired_refresh_it_once(desk: Desk, tmp_path: Path) -> None:
    """With the database as it is in the field."""
    database = Database.sqlite(tmp_path / "clankbot.db")
    database.prepare()
    with database.open() as store:
        store.save_tokens(desk.row(desk.twitch.issue()))
    desk.clock.now_s += desk.twitch.lifetime_s
    desk.twitch.trouble("refresh", Trouble(delay_s=0.3))
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
    given = f"{tmp_path / 'clankbot.db'}\n{desk.twitch.auth_url}\n{desk.clock.now_s}\n"
    answers = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(given)
        process.stdin.flush()
    for process in processes:
        answers.append(process.communicate(timeout=20)[0])
    newest = desk.twitch.tokens[-1].access
    assert answers == [hashlib.sha256(newest.encode()).hexdigest() + "\n"] * PROCESSES
    assert desk.twitch.count("refresh") == 1
    assert desk.twitch.violations == []


def test_the_lock_is_waited_for_but_not_for_ever(desk: Desk) -> None:
    desk.signed_in()
    vault = Vault(desk.file.open, desk.clock.wait)
    with vault.alone():
        other = Vault(desk.file.open, desk.clock.wait)
        began_s = desk.clock.now_s
        with pytest.raises(AuthUnavailable, match="Another process"), other.alone():
            pass
        assert 10 < desk.clock.now_s - began_s < 20
    with other.alone():
        pass


def test_waiting_for_the_lock_ends_when_the_program_stops(desk: Desk) -> None:
    waits: list[float] = []

    def told_to_stop(seconds: float) -> bool:
        waits.append(seconds)
        return True

    vault = Vault(desk.file.open, told_to_stop)
    other = Vault(desk.file.open, told_to_stop)
    with vault.alone(), pytest.raises(AuthUnavailable), other.alone():
        pass
    assert len(waits) == 1
