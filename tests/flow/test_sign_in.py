"""Signing in, staying signed in, and never showing a token: the program against a real id service.

Tokens of the loopback service really expire and rotate, and a refresh token is good once.
"""

from __future__ import annotations

import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path

import pytest

from tests.doubles.terminal import Terminal
from tests.doubles.twitch_id import DROPPED, Trouble, TwitchId
from tests.flow.program import live_program
from tests.flow.world import sql
from tests.fork_server import SCRIPT
from tests.waiting import AT_ONCE_S, wait_until


def logging_in(**how: object) -> TwitchId:
    """A service at which a person agrees soon."""
    return TwitchId(interval_s=0.2, **how)  # type: ignore[arg-type]


def test_login_shows_address_and_code_outlasts_a_fault_and_stores_encrypted_tokens(
    tmp_path: Path,
) -> None:
    twitch = logging_in(device_answers=["authorization_pending"])
    twitch.trouble("poll", DROPPED)
    with live_program(tmp_path, twitch) as live:
        done = live.run("login")
        assert done.status == 0
        assert "https://www.twitch.tv/activate" in done.output
        assert "ABCDEFGH" in done.output
        assert "Signed in as clankbot" in done.output
        status = live.run("login", "--status")
        assert status.status == 0
        assert "clankbot" in status.output
        assert not twitch.violations


def test_a_sign_in_that_fails_says_why_and_stores_nothing(tmp_path: Path) -> None:
    cases: list[tuple[dict[str, object], int, str]] = [
        ({"device_answers": ["access_denied"]}, 77, "denied"),
        ({"never_agrees": True, "device_lifetime_s": 1.0}, 77, "in time"),
        ({"withheld_scopes": ("chat:edit",)}, 77, "chat:edit"),
        ({"outage": 503}, 1, "Twitch"),
    ]

    def fail(how: dict[str, object], status: int, said: str, level: str) -> None:
        folder = tmp_path / f"{said} {level}"
        folder.mkdir()
        with live_program(folder, logging_in(**deepcopy(how)), LOG_LEVEL=level) as live:
            done = live.run("login")
        assert done.status == status, said
        assert said in done.output
        assert ("Traceback" in done.output) is (level == "DEBUG")
        assert not sql(folder, "SELECT 1 FROM auth_tokens")

    with ThreadPoolExecutor() as together:  # each waits a second for the person
        failing = [
            together.submit(fail, *case, level) for case in cases for level in ("INFO", "DEBUG")
        ]
        for each in failing:
            each.result()


@pytest.mark.parametrize("name", ["log.txt", "chatbot.db-wal", "some/folder/crash.txt"])
def test_the_search_after_every_flow_test_finds_a_secret_anywhere(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(AssertionError, match="access0001"), live_program(tmp_path) as live:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"oops {live.twitch.issue().access}\n", encoding="utf-8")


def test_a_secret_that_comes_into_the_log_by_another_way_is_masked_there(tmp_path: Path) -> None:
    """The second net: what a viewer writes is logged as it is, but for what must not be."""
    key, password = "api0key0api0key", "my sql password"
    with live_program(tmp_path, OLLAMA_API_KEY=key, MYSQL_PASSWORD=password) as live:
        live.sign_in()
        live.start_and_join()
        token = live.twitch.tokens[0].access
        live.room.say("alpha", "alice", f"blorpword {key} {password} {token}")
        live.wait_log("message blocked")
        assert live.stop() == 0
        assert 'text="blorpword <secret> <secret> <secret>"' in live.log


def test_a_second_login_says_whose_it_replaces(tmp_path: Path) -> None:
    with live_program(tmp_path, logging_in()) as live:
        live.sign_in()
        live.twitch.login = "alice"
        done = live.run("login")
        assert done.status == 0
        assert done.output.index("clankbot") < done.output.index("Signed in as alice")
        assert "alice" in live.run("login", "--status").output


def test_after_another_login_the_model_is_told_the_new_name(tmp_path: Path) -> None:
    with live_program(tmp_path, MESSAGE_THRESHOLD="500") as live:
        live.sign_in()
        live.start_and_join()
        live.twitch.login = live.room.bot_login = "alice"
        live.sign_in()
        live.room.drop()
        live.room.wait_for(lambda: len(live.room.joins) >= 2, "a second JOIN", 10.0)
        live.room.say("alpha", "bruno", "@alice how are you?")
        system = live.ollama.wait_asked().system
        assert "alice" in system
        assert "clankbot" not in system
        assert live.stop() == 0


@pytest.mark.parametrize("outage", [None, 503])
def test_logout_deletes_even_where_twitch_cannot_be_reached(
    tmp_path: Path, outage: int | None
) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        live.twitch.outage = outage
        done = live.run("logout")
        assert done.status == 0
        assert live.twitch.tokens[0].is_revoked is (outage is None)
        assert not sql(tmp_path, "SELECT 1 FROM auth_tokens")
        assert live.run("login", "--status").status == 1


def test_a_lost_or_wrong_key_is_one_sentence_and_never_a_new_key(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        key = tmp_path / "chatbot.key"
        kept = key.read_text(encoding="ascii")
        key.unlink()
        for command in (("run",), ("login", "--status")):
            done = live.run(*command, LOG_LEVEL="INFO")
            assert done.status == 78, done.output
            assert "Traceback" not in done.output
        assert not key.exists()
        wrong = live.run("run", TOKEN_ENCRYPTION_KEY="A" * 43 + "=")
        assert wrong.status == 78
        rotated = live.run("login", "--status", TOKEN_ENCRYPTION_KEY="A" * 43 + "=," + kept.strip())
        assert rotated.status == 0


def test_tokens_are_validated_at_start_and_at_every_interval(tmp_path: Path) -> None:
    with live_program(tmp_path, TOKEN_VALIDATE_INTERVAL="0.3") as live:
        live.sign_in()
        live.start_and_join()
        wait_until(lambda: live.twitch.count("validate") >= 3)
        assert live.stop() == 0


def test_tokens_are_renewed_before_they_expire_and_the_new_ones_are_used(tmp_path: Path) -> None:
    with live_program(tmp_path, TwitchId(lifetime_s=2.0)) as live:
        live.sign_in()
        live.start_and_join()
        first = live.twitch.tokens[0]
        wait_until(lambda: not live.twitch.accepts(first.access))
        live.room.drop()
        live.room.wait_for(lambda: len(live.room.joins) >= 2, "a second JOIN", 10.0)
        wait_until(lambda: live.twitch.count("refresh") >= 2)
        assert all(login.accepted for login in live.room.logins)
        assert not live.twitch.violations
        assert live.stop() == 0


@pytest.mark.parametrize("secret", [None, "confidential0secret"])
def test_an_expired_token_is_renewed_at_the_start_with_the_secret_of_an_app_that_has_one(
    tmp_path: Path, secret: str | None
) -> None:
    settings = {"TWITCH_CLIENT_SECRET": secret} if secret else {}
    twitch = TwitchId(client_secret=secret, lifetime_s=0.0)
    with live_program(tmp_path, twitch, **settings) as live:
        live.sign_in()
        live.twitch.lifetime_s = 14_400.0
        live.start_and_join()
        assert live.twitch.count("refresh") == 1
        assert live.stop() == 0


def test_check_never_trades_the_token_which_may_be_good_once_only(tmp_path: Path) -> None:
    with live_program(tmp_path, TwitchId(lifetime_s=0.0)) as live:
        live.sign_in()
        stored = sql(tmp_path, "SELECT * FROM auth_tokens")
        ended = live.run("check", "--no-model")
        assert "skip  sign-in    clankbot is signed in; its access token has ended" in ended.output
        assert "lets in an anonymous reader" in ended.output
        assert ended.status == 0
        assert sql(tmp_path, "SELECT * FROM auth_tokens") == stored
        live.twitch.lifetime_s = 14_400.0
        live.sign_in()
        live.twitch.invalidate_all()
        refused = live.run("check", "--no-model")
        assert "warn  sign-in    Twitch does not take the token of clankbot any" in refused.output
        assert live.twitch.count("refresh") == 0
        assert live.room.joins == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_refresh_under_way_is_stored_before_the_program_leaves(
    tmp_path: Path, number: signal.Signals
) -> None:
    with live_program(tmp_path, TwitchId(lifetime_s=0.0)) as live:
        live.sign_in()
        live.twitch.lifetime_s = 14_400.0
        live.twitch.trouble("refresh", Trouble(delay_s=0.5))
        live.start()
        wait_until(lambda: live.twitch.count("refresh") == 1)
        assert live.stop(number, timeout_s=AT_ONCE_S) == 0
        live.start_and_join()
        assert live.twitch.count("refresh") == 1
        assert live.stop() == 0


def test_a_stop_does_not_wait_for_a_sign_in_service_that_never_answers(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        live.twitch.trouble("validate", Trouble(delay_s=30.0))
        live.start()
        wait_until(lambda: live.twitch.count("validate") == 1)
        assert live.stop(timeout_s=AT_ONCE_S) == 0


def test_a_refused_login_leads_to_exactly_one_refresh_and_a_new_try(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        live.room.refuse_logins(1)
        live.start_and_join()
        assert [login.accepted for login in live.room.logins] == [False, True]
        assert live.twitch.count("refresh") == 1
        assert live.stop() == 0


def test_a_login_refused_again_is_tried_patiently_with_the_reason_in_the_log(
    tmp_path: Path,
) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        live.room.refuse_logins(100)
        live.start()
        wait_until(lambda: len(live.room.logins) == 2)
        live.wait_log("Login authentication failed")
        assert live.twitch.count("refresh") == 1
        assert live.running is not None
        assert live.running.poll() is None
        assert live.stop() == 0


def test_a_refused_refresh_ends_with_status_77_and_what_to_do(tmp_path: Path) -> None:
    with live_program(tmp_path, TOKEN_VALIDATE_INTERVAL="0.3") as live:
        live.sign_in()
        live.start_and_join()
        live.twitch.invalidate_all()
        assert live.wait() == 77
        assert "clankbot.py login" in live.log


def test_twitch_being_out_of_order_is_no_refusal(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        live.twitch.outage = 503
        live.start_and_join()
        assert live.twitch.count("validate") > 0
        live.twitch.lifetime_s = 0.0
        live.sign_in()  # with a token whose time is over, as after hours
        live.room.drop()
        wait_until(lambda: live.twitch.count("refresh") > 0)
        assert live.running is not None
        assert live.running.poll() is None
        live.twitch.outage, live.twitch.lifetime_s = None, 14_400.0
        live.room.wait_for(lambda: len(live.room.joins) >= 2, "a second JOIN", 30.0)
        assert live.stop() == 0


def test_a_first_login_asks_two_questions_and_ends_with_the_next_step(tmp_path: Path) -> None:
    with live_program(tmp_path, TwitchId(interval_s=0.2)) as live:
        client_id = live.settings.pop("TWITCH_CLIENT_ID")
        del live.settings["TWITCH_CHANNELS"]
        unasked = live.run("login")
        assert unasked.status == 78
        assert f"there is no .env in {tmp_path}, where it is looked for" in unasked.output
        command = [sys.executable, str(SCRIPT), "login"]
        terminal = Terminal(command, tmp_path, live.environment(), columns=200)
        try:
            terminal.wait_for("Your channel")
            terminal.type("no channel!\n")
            terminal.wait_for("TWITCH_CHANNELS is 'no channel!'; accepted: Twitch logins")
            terminal.type("https://www.twitch.tv/Alpha\n")
            terminal.wait_for("The client id of your app")
            terminal.type(f"{client_id}\n")
            terminal.wait_for(f"{tmp_path}/.env is made")
            lines = terminal.wait_for("Next, have the whole set-up tried:")
        finally:
            terminal.close()
        assert f"Settings: {tmp_path}/.env" in lines
        assert lines[-1].endswith(f"tried: {sys.executable} {SCRIPT} check")
        made = tmp_path / ".env"
        assert made.stat().st_mode & 0o777 == 0o600
        assert "\n#OLLAMA_MODEL=llama3.1\n" in made.read_text("utf-8")
        checked = live.run("check", "--no-model")
        assert checked.status == 0
        assert "ok    settings   the bot will sit in #alpha" in checked.output
