"""`login`, `login --status` and `logout`, as a person sees them."""

from __future__ import annotations

import functools
from contextlib import closing

import pytest

from clankbot.auth.device_flow import Pause
from clankbot.auth.keys import find_keys
from clankbot.auth.seal import Sealer
from clankbot.auth.sign_in import (
    FindKeys,
    show_status,
    sign_in_account,
    sign_out,
    stored_sealer,
)
from clankbot.database.file_lock import FileLock
from clankbot.errors import AuthUnavailable, KeyRefused, NotSignedIn, TokenRefused
from clankbot.records.accounts import Secret
from tests.auth.desk import KEY, NEWER_KEY, Desk
from tests.doubles.twitch_id import Trouble


def keys(desk: Desk, key: bytes | None = None) -> FindKeys:
    """Where this desk's commands find their keys: given, or beside the database."""
    secret = Secret(key.decode()) if key else None
    return functools.partial(find_keys, secret, None, desk.file.path.with_suffix(".key"))


def log_in(
    desk: Desk,
    key: bytes | None = None,
    client_secret: str | None = None,
    wait: Pause | None = None,
) -> list[str]:
    """Run `login`; what it said."""
    said: list[str] = []
    status = sign_in_account(
        desk.file.open,
        keys(desk, key),
        desk.oauth(client_secret),
        said.append,
        wait or desk.clock.wait,
        now_ms=desk.clock.now_ms,
        clock=desk.clock,
    )
    assert status == 0
    return said


def log_out(desk: Desk, key: bytes | None = None) -> list[str]:
    """Run `logout`; what it said."""
    said: list[str] = []
    oauth, wait = desk.oauth(), desk.clock.wait
    assert sign_out(desk.file.open, keys(desk, key), oauth, said.append, wait) == 0
    return said


def status(desk: Desk, key: bytes | None = None) -> tuple[int, str]:
    """Run `login --status`; its exit status and what it said."""
    said: list[str] = []
    code = show_status(desk.file.open, keys(desk, key), said.append, now_ms=desk.clock.now_ms)
    return code, "\n".join(said)


def test_a_sign_in_is_stored_sealed_and_ready_for_the_bot(desk: Desk) -> None:
    said = log_in(desk)
    assert said[-1] == "Signed in as clankbot (user id 100)."
    token = desk.twitch.tokens[0]
    stored = desk.file.path.read_bytes()
    assert token.access.encode() not in stored
    assert token.refresh.encode() not in stored
    keeper = desk.keeper(sealer=stored_sealer(desk.file.open, keys(desk)))
    assert keeper.start().login == "clankbot"
    assert keeper.access_token() == Secret(token.access)


def test_a_second_sign_in_says_first_whose_it_replaces(desk: Desk) -> None:
    log_in(desk)
    desk.twitch.login = "alice"
    said = log_in(desk)
    assert said[0] == "clankbot is signed in; this sign-in will take its place."
    assert said[-1] == "Signed in as alice (user id 200)."
    assert "alice" in status(desk)[1]


def test_a_sign_in_that_fails_leaves_the_former_in_place(desk: Desk) -> None:
    log_in(desk)
    desk.twitch.login = "alice"
    desk.twitch.device_answers = ["access_denied"]
    with pytest.raises(TokenRefused):
        log_in(desk)
    assert "clankbot" in status(desk)[1]


def test_a_wrong_key_is_found_out_before_anybody_is_sent_to_twitch(desk: Desk) -> None:
    log_in(desk, KEY)
    asked = len(desk.twitch.heard)
    with pytest.raises(KeyRefused):
        log_in(desk, NEWER_KEY)
    assert len(desk.twitch.heard) == asked


def test_a_lost_key_never_gives_way_to_a_new_one(desk: Desk) -> None:
    log_in(desk)
    key_file = desk.file.path.with_suffix(".key")
    key_file.unlink()
    for attempt in (log_in, status):
        with pytest.raises(KeyRefused, match="logout"):
            attempt(desk)
    with pytest.raises(KeyRefused, match="logout"):
        stored_sealer(desk.file.open, keys(desk))
    assert not key_file.exists()
    with pytest.raises(KeyRefused, match="deleted, but not revoked"):
        log_out(desk)
    log_in(desk)
    assert status(desk)[0] == 0


def test_the_way_out_of_a_wrong_key_deletes_and_says_what_is_left_to_do(desk: Desk) -> None:
    log_in(desk, KEY)
    with pytest.raises(KeyRefused, match=r"clankbot was deleted.*twitch\.tv/settings/connections"):
        log_out(desk, NEWER_KEY)
    assert status(desk, NEWER_KEY)[0] == 1
    log_in(desk, NEWER_KEY)


def test_a_rotated_key_still_opens_and_the_stored_tokens_move_to_the_new_one(desk: Desk) -> None:
    log_in(desk, KEY)
    both = Sealer([NEWER_KEY, KEY])
    desk.keeper(sealer=both).start()
    token = desk.twitch.tokens[0]
    keeper = desk.keeper(sealer=Sealer([NEWER_KEY]))
    keeper.start()
    assert keeper.access_token() == Secret(token.access)
    with pytest.raises(KeyRefused):
        desk.keeper(sealer=Sealer([KEY])).start()


def test_the_status_tells_who_and_until_when(desk: Desk) -> None:
    log_in(desk)
    code, text = status(desk)
    assert code == 0
    assert "Signed in as clankbot (user id 100)." in text
    assert "good until 2025-10-09 13:10:05 UTC (in 4 h 0 min)" in text
    desk.clock.now_s += 3 * 24 * 3600
    assert "ended at 2025-10-09 13:10:05 UTC (2 d 20 h ago)" in status(desk)[1]
    assert all(secret not in text for secret in desk.twitch.secrets())


def test_the_status_of_a_public_app_says_when_a_new_login_may_be_needed(desk: Desk) -> None:
    log_in(desk)
    desk.clock.now_s += 29 * 24 * 3600
    assert "new login" not in status(desk)[1]
    desk.clock.now_s += 2 * 24 * 3600
    code, text = status(desk)
    assert code == 0
    assert "last renewed 31 days ago" in text
    assert "a new login may be needed" in text
    said: list[str] = []
    show_status(desk.file.open, keys(desk), said.append, is_public=False, now_ms=desk.clock.now_ms)
    assert "new login" not in "\n".join(said)


def test_signing_out_without_an_app_deletes_and_says_what_is_left_to_do(desk: Desk) -> None:
    log_in(desk)
    said: list[str] = []
    assert sign_out(desk.file.open, keys(desk), None, said.append, desk.clock.wait) == 0
    assert said[0].startswith("TWITCH_CLIENT_ID is not set")
    assert "https://www.twitch.tv/settings/connections" in said[0]
    assert status(desk)[0] == 1


def test_the_status_of_nobody_is_one_and_makes_no_key(desk: Desk) -> None:
    code, text = status(desk)
    assert (code, "python clankbot.py login" in text) == (1, True)
    with pytest.raises(NotSignedIn):
        stored_sealer(desk.file.open, keys(desk))
    assert not desk.file.path.with_suffix(".key").exists()


def test_signing_out_revokes_at_twitch_and_deletes(desk: Desk) -> None:
    log_in(desk)
    assert log_out(desk) == ["Signed out clankbot: its tokens are deleted."]
    assert desk.twitch.tokens[0].is_revoked
    assert status(desk)[0] == 1


def test_signing_out_deletes_also_when_twitch_cannot_be_reached(desk: Desk) -> None:
    log_in(desk)
    desk.twitch.outage = 503
    said = log_out(desk)
    assert "answered 503; so the sign-in is only deleted here" in said[0]
    assert "https://www.twitch.tv/settings/connections" in said[0]
    assert status(desk)[0] == 1


def test_signing_out_with_a_token_that_has_ended_revokes_what_it_refreshes_to(desk: Desk) -> None:
    """Or its refresh token would be good for ever."""
    log_in(desk)
    desk.clock.now_s += desk.twitch.lifetime_s
    assert log_out(desk) == ["Signed out clankbot: its tokens are deleted."]
    ended, fresh = desk.twitch.tokens
    assert ended.is_spent
    assert fresh.is_revoked


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        (Trouble(400, b'{"status": 400, "message": "Invalid refresh token"}'), "not renew it"),
        (Trouble(503), "answered 503"),
    ],
)
def test_a_token_that_has_ended_and_is_not_renewed_is_left_to_the_person(
    desk: Desk, trouble: Trouble, why: str
) -> None:
    log_in(desk)
    desk.clock.now_s += desk.twitch.lifetime_s
    desk.twitch.trouble("refresh", trouble)
    said = log_out(desk)
    assert why in said[0]
    assert "https://www.twitch.tv/settings/connections" in said[0]
    assert status(desk)[0] == 1


def test_a_refusal_to_revoke_is_said(desk: Desk) -> None:
    log_in(desk)
    no = Trouble(404, b'{"status": 404, "message": "client does not exist"}')
    desk.twitch.trouble("revoke", no)
    assert "client does not exist" in log_out(desk)[0]


def test_signing_out_nobody_says_so(desk: Desk) -> None:
    assert log_out(desk) == ["Nobody is signed in; there is nothing to do."]
    assert desk.twitch.heard == []


def test_a_second_sign_in_ends_the_former_at_twitch(desk: Desk) -> None:
    log_in(desk)
    desk.twitch.login = "alice"
    log_in(desk)
    former, current = desk.twitch.tokens
    assert former.is_revoked
    assert not current.is_revoked


def test_what_a_running_bot_has_renewed_meanwhile_is_what_is_ended(desk: Desk) -> None:
    log_in(desk, KEY)
    keeper = desk.keeper()
    keeper.start()
    desk.clock.now_s += 0.9 * desk.twitch.lifetime_s
    desk.twitch.login = "alice"

    def wait(seconds: float) -> bool:
        keeper.upkeep()
        return desk.clock.wait(seconds)

    said = log_in(desk, KEY, wait=wait)
    renewed = next(token for token in desk.twitch.tokens[1:] if token.login == "clankbot")
    assert renewed.is_revoked
    assert said[-1] == "Signed in as alice (user id 200)."


def test_a_former_sign_in_that_cannot_be_ended_is_left_to_the_person(desk: Desk) -> None:
    log_in(desk)
    desk.twitch.trouble("revoke", Trouble(503))
    said = log_in(desk)
    assert "the former sign-in was only replaced here" in said[-1]
    assert "https://www.twitch.tv/settings/connections" in said[-1]


def test_a_sign_in_waits_for_a_refresh_of_another_process(desk: Desk) -> None:
    """The refresh would overwrite it."""
    with closing(FileLock(desk.file.path, ".lock")) as other:
        assert other.take()
        freed_s = desk.clock.now_s + 200

        def wait(seconds: float) -> bool:
            if desk.clock.now_s > freed_s:
                other.close()
            return desk.clock.wait(seconds)

        said = log_in(desk, KEY, wait=wait)
    waiting = "Another process is changing the stored sign-in; still trying."
    assert said.count(waiting) == 1
    assert said[-1] == "Signed in as clankbot (user id 100)."
    assert desk.stored_access() == desk.twitch.tokens[0].access


def test_a_sign_in_outlasts_a_database_that_is_away_for_minutes(desk: Desk) -> None:
    desk.file.failing_saves = 100
    said = log_in(desk)
    assert sum("disk is full; still trying" in line for line in said) == 1
    assert status(desk)[0] == 0


def test_a_sign_in_that_cannot_be_stored_is_revoked(desk: Desk) -> None:
    desk.file.failing_saves = 10_000
    with pytest.raises(AuthUnavailable, match="disk is full"):
        log_in(desk)
    assert desk.twitch.tokens[0].is_revoked
    assert desk.file.load() is None


def test_a_sign_in_broken_off_while_it_waits_to_be_stored_is_revoked(desk: Desk) -> None:
    desk.file.failing_saves = 10_000

    def ctrl_c(seconds: float) -> bool:
        if desk.twitch.tokens:
            raise KeyboardInterrupt
        return desk.clock.wait(seconds)

    with pytest.raises(KeyboardInterrupt):
        log_in(desk, wait=ctrl_c)
    assert desk.twitch.tokens[0].is_revoked


def test_signing_out_does_not_fail_for_want_of_the_lock(desk: Desk) -> None:
    log_in(desk)
    with closing(FileLock(desk.file.path, ".lock")) as other:
        assert other.take()
        assert log_out(desk) == ["Signed out clankbot: its tokens are deleted."]
    assert desk.twitch.tokens[0].is_revoked
    assert desk.file.load() is None


def test_a_wrong_client_secret_is_found_at_the_sign_in(desk: Desk) -> None:
    desk.twitch.client_secret = "confidential-secret"
    with pytest.raises(TokenRefused, match="TWITCH_CLIENT_SECRET"):
        log_in(desk, client_secret="another-secret")
    assert desk.twitch.tokens[0].is_revoked
    assert desk.file.load() is None


def test_a_right_client_secret_is_proven_by_a_refresh_unless_twitch_is_away(desk: Desk) -> None:
    desk.twitch.client_secret = "confidential-secret"
    log_in(desk, KEY, client_secret="confidential-secret")
    assert desk.twitch.count("refresh") == 1
    assert desk.stored_access() == desk.twitch.tokens[-1].access
    desk.twitch.trouble("refresh", Trouble(503))
    log_in(desk, KEY, client_secret="confidential-secret")
    assert desk.stored_access() == desk.twitch.tokens[-1].access
