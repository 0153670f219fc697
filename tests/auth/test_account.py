"""`login`, `login --status` and `logout`, as a person sees them."""

from __future__ import annotations

import functools

import pytest

from clankbot.auth.account import (
    FindKeys,
    show_status,
    sign_in_account,
    sign_out,
    stored_sealer,
)
from clankbot.auth.keys import find_keys
from clankbot.auth.seal import Sealer
from clankbot.errors import KeyRefused, NotSignedIn, TokenRefused
from clankbot.records import Secret
from tests.auth.desk import KEY, NEWER_KEY, Desk
from tests.doubles.twitch_id import Trouble


def keys(desk: Desk, key: bytes | None = None) -> FindKeys:
    """Where this desk's commands find their keys: given, or beside the database."""
    secret = Secret(key.decode()) if key else None
    return functools.partial(find_keys, secret, None, desk.file.path.with_suffix(".key"))


def log_in(desk: Desk, key: bytes | None = None) -> list[str]:
    """Run `login`; what it said."""
    said: list[str] = []
    status = sign_in_account(
        desk.file.open,
        keys(desk, key),
        desk.oauth(),
        said.append,
        desk.clock.wait,
        now_ms=desk.clock.now_ms,
        clock=desk.clock,
    )
    assert status == 0
    return said


def log_out(desk: Desk, key: bytes | None = None) -> list[str]:
    """Run `logout`; what it said."""
    said: list[str] = []
    oauth, wait = desk.oauth(), desk.clock.wait
    args = (desk.file.open, keys(desk, key), oauth, said.append, wait)
    assert sign_out(*args, now_ms=desk.clock.now_ms) == 0
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


def test_signing_out_with_a_token_that_has_ended_is_no_trouble(desk: Desk) -> None:
    log_in(desk)
    desk.clock.now_s += desk.twitch.lifetime_s
    assert len(log_out(desk)) == 1


def test_a_refusal_to_revoke_is_said(desk: Desk) -> None:
    log_in(desk)
    no = Trouble(404, b'{"status": 404, "message": "client does not exist"}')
    desk.twitch.trouble("revoke", no)
    assert "client does not exist" in log_out(desk)[0]


def test_signing_out_nobody_says_so(desk: Desk) -> None:
    assert log_out(desk) == ["Nobody is signed in; there is nothing to do."]
    assert desk.twitch.heard == []
