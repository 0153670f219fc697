"""`login`, `login --status` and `logout`, as a person sees them."""

from __future__ import annotations

from contextlib import closing

import pytest

from clankbot.auth.keys import Encryption
from clankbot.auth.sign_in import sign_out
from clankbot.auth.tokens import stored_encryption
from clankbot.database.file_lock import FileLock
from clankbot.errors import AuthUnavailable, KeyRefused, NotSignedIn, TokenRefused
from clankbot.own_command import own_command
from clankbot.records.accounts import Secret
from tests.auth.rig import KEY, NEWER_KEY, Rig
from tests.doubles.twitch_id import Trouble


def test_a_sign_in_is_stored_encrypted_and_ready_for_the_bot(rig: Rig) -> None:
    said = rig.log_in()
    assert said[-1] == "Signed in as clankbot (user id 100)."
    token = rig.twitch.tokens[0]
    stored = rig.file.path.read_bytes()
    assert token.access.encode() not in stored
    assert token.refresh.encode() not in stored
    keeper = rig.keeper(encryption=stored_encryption(rig.token_store(), rig.keys()))
    assert keeper.start().login == "clankbot"
    assert keeper.access_token() == Secret(token.access)


def test_a_second_sign_in_says_first_whose_it_replaces(rig: Rig) -> None:
    rig.log_in()
    rig.twitch.login = "alice"
    said = rig.log_in()
    assert said[0] == "clankbot is signed in; this sign-in will take its place."
    assert said[-1] == "Signed in as alice (user id 200)."
    assert "alice" in rig.status()[1]


def test_a_sign_in_that_fails_leaves_the_former_in_place(rig: Rig) -> None:
    rig.log_in()
    rig.twitch.login = "alice"
    rig.twitch.device_answers = ["access_denied"]
    with pytest.raises(TokenRefused):
        rig.log_in()
    assert "clankbot" in rig.status()[1]


def test_a_wrong_key_is_found_out_before_anybody_is_sent_to_twitch(rig: Rig) -> None:
    rig.log_in(KEY)
    asked = len(rig.twitch.heard)
    with pytest.raises(KeyRefused):
        rig.log_in(NEWER_KEY)
    assert len(rig.twitch.heard) == asked


def test_a_lost_key_never_gives_way_to_a_new_one(rig: Rig) -> None:
    rig.log_in()
    key_file = rig.file.path.with_suffix(".key")
    key_file.unlink()
    for attempt in (rig.log_in, rig.status):
        with pytest.raises(KeyRefused, match="logout"):
            attempt()
    with pytest.raises(KeyRefused, match="logout"):
        stored_encryption(rig.token_store(), rig.keys())
    assert not key_file.exists()
    with pytest.raises(KeyRefused, match="deleted, but not revoked"):
        rig.log_out()
    rig.log_in()
    assert rig.status()[0] == 0


def test_the_way_out_of_a_wrong_key_deletes_and_says_what_is_left_to_do(rig: Rig) -> None:
    rig.log_in(KEY)
    with pytest.raises(KeyRefused, match=r"clankbot was deleted.*twitch\.tv/settings/connections"):
        rig.log_out(NEWER_KEY)
    assert rig.status(NEWER_KEY)[0] == 1
    rig.log_in(NEWER_KEY)


def test_a_rotated_key_still_opens_and_the_stored_tokens_move_to_the_new_one(rig: Rig) -> None:
    rig.log_in(KEY)
    both = Encryption([NEWER_KEY, KEY])
    rig.keeper(encryption=both).start()
    token = rig.twitch.tokens[0]
    keeper = rig.keeper(encryption=Encryption([NEWER_KEY]))
    keeper.start()
    assert keeper.access_token() == Secret(token.access)
    with pytest.raises(KeyRefused):
        rig.keeper(encryption=Encryption([KEY])).start()


def test_the_status_tells_who_and_until_when(rig: Rig) -> None:
    rig.log_in()
    code, text = rig.status()
    assert code == 0
    assert "Signed in as clankbot (user id 100)." in text
    assert "good until 2025-10-09 13:10:05 UTC (in 4 h 0 min)" in text
    rig.clock.now_s += 3 * 24 * 3600
    assert "ended at 2025-10-09 13:10:05 UTC (2 d 20 h ago)" in rig.status()[1]
    assert all(secret not in text for secret in rig.twitch.secrets())


def test_the_status_tells_that_the_clock_is_behind_or_was_ahead(rig: Rig) -> None:
    rig.log_in()
    assert "clock" not in rig.status()[1]
    rig.clock.now_s -= 24 * 3600
    code, text = rig.status()
    assert code == 0
    assert "made at 2025-10-09 09:10 UTC: this machine's clock is, or was, wrong" in text


def test_the_status_of_a_public_app_says_when_a_new_login_may_be_needed(rig: Rig) -> None:
    rig.log_in()
    rig.clock.now_s += 29 * 24 * 3600
    assert "new login" not in rig.status()[1]
    rig.clock.now_s += 2 * 24 * 3600
    code, text = rig.status()
    assert code == 0
    assert "last renewed 31 days ago" in text
    assert "a new login may be needed" in text
    assert "new login" not in rig.status(is_public=False)[1]


def test_signing_out_without_an_app_deletes_and_says_what_is_left_to_do(rig: Rig) -> None:
    rig.log_in()
    said: list[str] = []
    assert sign_out(rig.token_store(), rig.keys(), None, said.append) == 0
    assert said[0].startswith("TWITCH_CLIENT_ID is not set")
    assert "https://www.twitch.tv/settings/connections" in said[0]
    assert rig.status()[0] == 1


def test_the_status_of_nobody_is_one_and_makes_no_key(rig: Rig) -> None:
    code, text = rig.status()
    assert (code, own_command("login") in text) == (1, True)
    with pytest.raises(NotSignedIn):
        stored_encryption(rig.token_store(), rig.keys())
    assert not rig.file.path.with_suffix(".key").exists()


def test_signing_out_revokes_at_twitch_and_deletes(rig: Rig) -> None:
    rig.log_in()
    assert rig.log_out() == ["Signed out clankbot: its tokens are deleted."]
    assert rig.twitch.tokens[0].is_revoked
    assert rig.status()[0] == 1


def test_signing_out_deletes_also_when_twitch_cannot_be_reached(rig: Rig) -> None:
    rig.log_in()
    rig.twitch.outage = 503
    said = rig.log_out()
    assert "answered 503; so the sign-in is only deleted here" in said[0]
    assert "https://www.twitch.tv/settings/connections" in said[0]
    assert rig.status()[0] == 1


def test_signing_out_with_a_token_that_has_ended_revokes_what_it_refreshes_to(rig: Rig) -> None:
    """Or its refresh token would be good for ever."""
    rig.log_in()
    rig.clock.now_s += rig.twitch.lifetime_s
    assert rig.log_out() == ["Signed out clankbot: its tokens are deleted."]
    ended, fresh = rig.twitch.tokens
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
    rig: Rig, trouble: Trouble, why: str
) -> None:
    rig.log_in()
    rig.clock.now_s += rig.twitch.lifetime_s
    rig.twitch.trouble("refresh", trouble)
    said = rig.log_out()
    assert why in said[0]
    assert "https://www.twitch.tv/settings/connections" in said[0]
    assert rig.status()[0] == 1


def test_a_refusal_to_revoke_is_said(rig: Rig) -> None:
    rig.log_in()
    no = Trouble(404, b'{"status": 404, "message": "client does not exist"}')
    rig.twitch.trouble("revoke", no)
    assert "client does not exist" in rig.log_out()[0]


def test_signing_out_nobody_says_so(rig: Rig) -> None:
    assert rig.log_out() == ["Nobody is signed in; there is nothing to do."]
    assert rig.twitch.heard == []


def test_a_second_sign_in_ends_the_former_at_twitch(rig: Rig) -> None:
    rig.log_in()
    rig.twitch.login = "alice"
    rig.log_in()
    former, current = rig.twitch.tokens
    assert former.is_revoked
    assert not current.is_revoked


def test_what_a_running_bot_has_renewed_meanwhile_is_what_is_ended(rig: Rig) -> None:
    rig.log_in(KEY)
    keeper = rig.keeper()
    keeper.start()
    rig.clock.now_s += 0.9 * rig.twitch.lifetime_s
    rig.twitch.login = "alice"

    def wait(seconds: float) -> bool:
        keeper.upkeep()
        return rig.clock.wait(seconds)

    said = rig.log_in(KEY, wait=wait)
    renewed = next(token for token in rig.twitch.tokens[1:] if token.login == "clankbot")
    assert renewed.is_revoked
    assert said[-1] == "Signed in as alice (user id 200)."


def test_a_former_sign_in_that_cannot_be_ended_is_left_to_the_person(rig: Rig) -> None:
    rig.log_in()
    rig.twitch.trouble("revoke", Trouble(503))
    said = rig.log_in()
    assert "the former sign-in was only replaced here" in said[-1]
    assert "https://www.twitch.tv/settings/connections" in said[-1]


def test_a_sign_in_waits_for_a_refresh_of_another_process(rig: Rig) -> None:
    """The refresh would overwrite it."""
    with closing(FileLock(rig.file.path, ".lock")) as other:
        assert other.take()
        freed_s = rig.clock.now_s + 200

        def wait(seconds: float) -> bool:
            if rig.clock.now_s > freed_s:
                other.close()
            return rig.clock.wait(seconds)

        said = rig.log_in(KEY, wait=wait)
    waiting = "Another process is changing the stored sign-in; still trying."
    assert said.count(waiting) == 1
    assert said[-1] == "Signed in as clankbot (user id 100)."
    assert rig.stored_access() == rig.twitch.tokens[0].access


def test_a_sign_in_outlasts_a_database_that_is_away_for_minutes(rig: Rig) -> None:
    rig.file.failing_saves = 100
    said = rig.log_in()
    assert sum("disk is full; still trying" in line for line in said) == 1
    assert rig.status()[0] == 0


def test_a_sign_in_that_cannot_be_stored_is_revoked(rig: Rig) -> None:
    rig.file.failing_saves = 10_000
    with pytest.raises(AuthUnavailable, match="disk is full"):
        rig.log_in()
    assert rig.twitch.tokens[0].is_revoked
    assert rig.file.load() is None


def test_a_sign_in_broken_off_while_it_waits_to_be_stored_is_revoked(rig: Rig) -> None:
    rig.file.failing_saves = 10_000

    def ctrl_c(seconds: float) -> bool:
        if rig.twitch.tokens:
            raise KeyboardInterrupt
        return rig.clock.wait(seconds)

    with pytest.raises(KeyboardInterrupt):
        rig.log_in(wait=ctrl_c)
    assert rig.twitch.tokens[0].is_revoked


def test_signing_out_does_not_fail_for_want_of_the_lock(rig: Rig) -> None:
    rig.log_in()
    with closing(FileLock(rig.file.path, ".lock")) as other:
        assert other.take()
        assert rig.log_out() == ["Signed out clankbot: its tokens are deleted."]
    assert rig.twitch.tokens[0].is_revoked
    assert rig.file.load() is None


def test_a_wrong_client_secret_is_found_at_the_sign_in(rig: Rig) -> None:
    rig.twitch.client_secret = "confidential-secret"
    with pytest.raises(TokenRefused, match="TWITCH_CLIENT_SECRET"):
        rig.log_in(oauth=rig.oauth("another-secret"))
    assert rig.twitch.tokens[0].is_revoked
    assert rig.file.load() is None


def test_a_right_client_secret_is_proven_by_a_refresh_unless_twitch_is_away(rig: Rig) -> None:
    rig.twitch.client_secret = "confidential-secret"
    rig.log_in(KEY, oauth=rig.oauth("confidential-secret"))
    assert rig.twitch.count("refresh") == 1
    assert rig.stored_access() == rig.twitch.tokens[-1].access
    rig.twitch.trouble("refresh", Trouble(503))
    rig.log_in(KEY, oauth=rig.oauth("confidential-secret"))
    assert rig.stored_access() == rig.twitch.tokens[-1].access
