"""Signing in: what the person sees, at what pace Twitch is asked, and every way it can end."""

from __future__ import annotations

import itertools
import json

import pytest

from clankbot.auth.oauth import TwitchOAuth
from clankbot.errors import AuthError, AuthUnavailable, ConfigError, TokenRefused
from tests.auth.rig import KEY, Rig
from tests.doubles.twitch_id import ANSWER_LOST, DROPPED, Trouble


def test_the_person_is_told_where_to_go_and_the_token_is_validated(rig: Rig) -> None:
    rig.twitch.device_answers = ["authorization_pending"] * 3
    said = rig.log_in(KEY)
    assert "    https://www.twitch.tv/activate?public=true&device-code=ABCDEFGH" in said
    assert any(line.endswith(" ABCDEFGH") for line in said)
    assert "30 minutes" in said[-2]
    assert rig.stored_access() == rig.twitch.tokens[0].access
    assert rig.status(KEY)[1].startswith("Signed in as clankbot (user id 100).")
    assert rig.twitch.heard[0].given["scopes"] == ["chat:read chat:edit"]
    assert [heard.what for heard in rig.twitch.heard] == ["device", *["poll"] * 4, "validate"]


def test_twitch_is_asked_at_its_own_pace_and_slower_for_good_when_it_says_so(rig: Rig) -> None:
    pending = "authorization_pending"
    rig.twitch.device_answers = [pending, "slow_down", pending, pending, "slow_down", pending]
    rig.log_in()
    polls = [heard.at_s for heard in rig.twitch.heard if heard.what == "poll"]
    pauses = [later - earlier for earlier, later in itertools.pairwise(polls)]
    assert pauses == [5, 10, 10, 10, 15, 15]
    assert rig.twitch.violations == []


def test_too_many_requests_slow_it_down_as_well(rig: Rig) -> None:
    rig.twitch.trouble("poll", Trouble(429, b'{"status": 429, "message": "too many requests"}'))
    rig.twitch.device_answers = ["authorization_pending"]
    rig.log_in()
    polls = [heard.at_s for heard in rig.twitch.heard if heard.what == "poll"]
    assert polls[2] - polls[1] == 10


def rfc_8628(code: str, text: str) -> Trouble:
    """A refusal in the form of the standard, which has its word in ``error``."""
    return Trouble(
        400, json.dumps({"error": code, "error_description": "x", "message": text}).encode()
    )


def test_slow_down_and_pending_are_heard_in_the_form_of_the_standard_too(rig: Rig) -> None:
    rig.twitch.trouble(
        "poll",
        rfc_8628("slow_down", "Polling too fast"),
        rfc_8628("authorization_pending", "The user has not confirmed yet"),
        Trouble(400, b'{"status": 400, "message": "Authorization pending"}'),
    )
    rig.log_in()
    polls = [heard.at_s for heard in rig.twitch.heard if heard.what == "poll"]
    assert [later - earlier for earlier, later in itertools.pairwise(polls)] == [10, 10, 10]


@pytest.mark.parametrize(
    ("code", "said"),
    [("access_denied", "denied on Twitch's page"), ("expired_token", "expired or was used")],
)
def test_the_end_is_heard_in_the_form_of_the_standard_too(rig: Rig, code: str, said: str) -> None:
    rig.twitch.trouble("poll", rfc_8628(code, "It is over"))
    with pytest.raises(TokenRefused, match=said):
        rig.log_in()


def test_a_denial_is_said(rig: Rig) -> None:
    rig.twitch.device_answers = ["authorization_pending", "access_denied"]
    with pytest.raises(TokenRefused, match="denied on Twitch's page"):
        rig.log_in()


@pytest.mark.parametrize("answer", ["expired_token", "invalid device code"])
def test_an_expired_code_is_said(rig: Rig, answer: str) -> None:
    rig.twitch.device_answers = [answer]
    with pytest.raises(TokenRefused, match=r"expired or was used.*run: .* login"):
        rig.log_in()


def test_nobody_confirming_ends_by_our_own_clock(rig: Rig) -> None:
    rig.twitch.never_agrees = True
    rig.twitch.device_lifetime_s = 100
    began_s = rig.clock.now_s
    with pytest.raises(TokenRefused, match="Nobody confirmed"):
        rig.log_in()
    assert rig.clock.now_s - began_s == 100


def test_faults_of_the_network_are_waited_out_and_said_once(rig: Rig) -> None:
    rig.twitch.trouble("poll", DROPPED, Trouble(503), Trouble(404, b"{}"), Trouble(200, b"<html>"))
    rig.twitch.trouble("validate", DROPPED, Trouble(500))
    said = rig.log_in()
    assert [line for line in said if "still trying" in line] == [
        "Twitch cannot be reached: no connection; still trying."
    ]


def test_a_network_that_stays_away_ends_with_the_code(rig: Rig) -> None:
    rig.twitch.device_lifetime_s = 100
    rig.twitch.trouble("poll", *[Trouble(503)] * 100)
    with pytest.raises(AuthUnavailable, match="503"):
        rig.log_in()


def test_a_network_that_is_away_from_the_start_is_said_at_once(rig: Rig) -> None:
    with pytest.raises(AuthUnavailable, match="cannot be reached"):
        rig.log_in(oauth=TwitchOAuth("http://127.0.0.1:9", "app"))


def test_a_sign_in_whose_answer_was_lost_must_be_begun_again(rig: Rig) -> None:
    rig.twitch.trouble("poll", ANSWER_LOST)
    with pytest.raises(TokenRefused, match=r"used already; run: .* login"):
        rig.log_in()


@pytest.mark.parametrize("scope", ["chat:read", "chat:edit"])
def test_a_token_without_a_scope_is_refused_by_name(rig: Rig, scope: str) -> None:
    rig.twitch.withheld_scopes = (scope,)
    with pytest.raises(TokenRefused, match=f"without {scope}, so nothing was stored"):
        rig.log_in()
    assert rig.twitch.tokens[0].is_revoked


def test_an_app_that_twitch_does_not_know_is_a_wrong_setting(rig: Rig) -> None:
    oauth = TwitchOAuth(rig.twitch.auth_url, "unknown")
    with pytest.raises(ConfigError, match=r"^TWITCH_CLIENT_ID: .*dev\.twitch\.tv/console"):
        rig.log_in(oauth=oauth)


def test_any_other_refusal_to_begin_is_passed_on(rig: Rig) -> None:
    rig.twitch.trouble("device", Trouble(400, b'{"status": 400, "message": "invalid scope"}'))
    with pytest.raises(AuthError, match="refuses to start a sign-in: invalid scope"):
        rig.log_in()


@pytest.mark.parametrize(
    "answer",
    [
        b'{"device_code": "d", "user_code": "U", "verification_uri": "https://x/\\u001b[2J"}',
        b'{"device_code": "d", "user_code": "", "verification_uri": "https://x/"}',
        b'{"device_code": 7, "user_code": "U", "verification_uri": "https://x/"}',
    ],
)
def test_an_answer_that_would_upset_the_terminal_is_refused(rig: Rig, answer: bytes) -> None:
    rig.twitch.trouble("device", Trouble(200, answer))
    with pytest.raises(AuthUnavailable, match="no usable"):
        rig.log_in()


def test_it_can_be_broken_off(rig: Rig) -> None:
    with pytest.raises(AuthError, match="broken off"):
        rig.log_in(wait=lambda _: True)
