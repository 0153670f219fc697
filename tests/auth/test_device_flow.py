"""Signing in: what the person sees, at what pace Twitch is asked, and every way it can end."""

from __future__ import annotations

import itertools
import json

import pytest

from clankbot.auth.device_flow import sign_in
from clankbot.auth.oauth import TwitchOAuth
from clankbot.errors import AuthError, AuthUnavailable, ConfigError, TokenRefused
from clankbot.records.accounts import Identity, Secret
from tests.auth.desk import Desk
from tests.doubles.twitch_id import ANSWER_LOST, DROPPED, Trouble


def said_until_end(desk: Desk) -> list[str]:
    """Sign in, as far as it goes; the lines that were said."""
    said: list[str] = []
    sign_in(desk.oauth(), said.append, desk.clock.wait, desk.clock)
    return said


def test_the_person_is_told_where_to_go_and_the_token_is_validated(desk: Desk) -> None:
    said: list[str] = []
    desk.twitch.device_answers = ["authorization_pending"] * 3
    grant, validation = sign_in(desk.oauth(), said.append, desk.clock.wait, desk.clock)
    assert "    https://www.twitch.tv/activate?public=true&device-code=ABCDEFGH" in said
    assert any(line.endswith(" ABCDEFGH") for line in said)
    assert "30 minutes" in said[-1]
    assert grant.access_token == Secret(desk.twitch.tokens[0].access)
    assert validation.identity == Identity("clankbot", "100")
    assert desk.twitch.heard[0].given["scopes"] == ["chat:read chat:edit"]
    assert [heard.what for heard in desk.twitch.heard] == ["device", *["poll"] * 4, "validate"]


def test_twitch_is_asked_at_its_own_pace_and_slower_for_good_when_it_says_so(desk: Desk) -> None:
    pending = "authorization_pending"
    desk.twitch.device_answers = [pending, "slow_down", pending, pending, "slow_down", pending]
    said_until_end(desk)
    polls = [heard.at_s for heard in desk.twitch.heard if heard.what == "poll"]
    pauses = [later - earlier for earlier, later in itertools.pairwise(polls)]
    assert pauses == [5, 10, 10, 10, 15, 15]
    assert desk.twitch.violations == []


def test_too_many_requests_slow_it_down_as_well(desk: Desk) -> None:
    desk.twitch.trouble("poll", Trouble(429, b'{"status": 429, "message": "too many requests"}'))
    desk.twitch.device_answers = ["authorization_pending"]
    said_until_end(desk)
    polls = [heard.at_s for heard in desk.twitch.heard if heard.what == "poll"]
    assert polls[2] - polls[1] == 10


def rfc_8628(code: str, text: str) -> Trouble:
    """A refusal in the form of the standard, which has its word in ``error``."""
    return Trouble(
        400, json.dumps({"error": code, "error_description": "x", "message": text}).encode()
    )


def test_slow_down_and_pending_are_heard_in_the_form_of_the_standard_too(desk: Desk) -> None:
    desk.twitch.trouble(
        "poll",
        rfc_8628("slow_down", "Polling too fast"),
        rfc_8628("authorization_pending", "The user has not confirmed yet"),
        Trouble(400, b'{"status": 400, "message": "Authorization pending"}'),
    )
    said_until_end(desk)
    polls = [heard.at_s for heard in desk.twitch.heard if heard.what == "poll"]
    assert [later - earlier for earlier, later in itertools.pairwise(polls)] == [10, 10, 10]


@pytest.mark.parametrize(
    ("code", "said"),
    [("access_denied", "denied on Twitch's page"), ("expired_token", "expired or was used")],
)
def test_the_end_is_heard_in_the_form_of_the_standard_too(desk: Desk, code: str, said: str) -> None:
    desk.twitch.trouble("poll", rfc_8628(code, "It is over"))
    with pytest.raises(TokenRefused, match=said):
        said_until_end(desk)


def test_a_denial_is_said(desk: Desk) -> None:
    desk.twitch.device_answers = ["authorization_pending", "access_denied"]
    with pytest.raises(TokenRefused, match="denied on Twitch's page"):
        said_until_end(desk)


@pytest.mark.parametrize("answer", ["expired_token", "invalid device code"])
def test_an_expired_code_is_said(desk: Desk, answer: str) -> None:
    desk.twitch.device_answers = [answer]
    with pytest.raises(TokenRefused, match=r"expired or was used.*run login again"):
        said_until_end(desk)


def test_nobody_confirming_ends_by_our_own_clock(desk: Desk) -> None:
    desk.twitch.never_agrees = True
    desk.twitch.device_lifetime_s = 100
    began_s = desk.clock.now_s
    with pytest.raises(TokenRefused, match="Nobody confirmed"):
        said_until_end(desk)
    assert desk.clock.now_s - began_s == 100


def test_faults_of_the_network_are_waited_out_and_said_once(desk: Desk) -> None:
    desk.twitch.trouble("poll", DROPPED, Trouble(503), Trouble(404, b"{}"), Trouble(200, b"<html>"))
    desk.twitch.trouble("validate", DROPPED, Trouble(500))
    said = said_until_end(desk)
    assert [line for line in said if "still trying" in line] == [
        "Twitch cannot be reached: no connection; still trying."
    ]


def test_a_network_that_stays_away_ends_with_the_code(desk: Desk) -> None:
    desk.twitch.device_lifetime_s = 100
    desk.twitch.trouble("poll", *[Trouble(503)] * 100)
    with pytest.raises(AuthUnavailable, match="503"):
        said_until_end(desk)


def test_a_network_that_is_away_from_the_start_is_said_at_once() -> None:
    with pytest.raises(AuthUnavailable, match="cannot be reached"):
        sign_in(TwitchOAuth("http://127.0.0.1:9", "app"), print, lambda _: False)


def test_a_sign_in_whose_answer_was_lost_must_be_begun_again(desk: Desk) -> None:
    desk.twitch.trouble("poll", ANSWER_LOST)
    with pytest.raises(TokenRefused, match="used already: run login again"):
        said_until_end(desk)


@pytest.mark.parametrize("scope", ["chat:read", "chat:edit"])
def test_a_token_without_a_scope_is_refused_by_name(desk: Desk, scope: str) -> None:
    desk.twitch.withheld_scopes = (scope,)
    with pytest.raises(TokenRefused, match=f"without {scope}, so nothing was stored"):
        said_until_end(desk)
    assert desk.twitch.tokens[0].is_revoked


def test_an_app_that_twitch_does_not_know_is_a_wrong_setting(desk: Desk) -> None:
    oauth = TwitchOAuth(desk.twitch.auth_url, "unknown")
    with pytest.raises(ConfigError, match=r"^TWITCH_CLIENT_ID: .*dev\.twitch\.tv/console"):
        sign_in(oauth, print, desk.clock.wait, desk.clock)


def test_any_other_refusal_to_begin_is_passed_on(desk: Desk) -> None:
    desk.twitch.trouble("device", Trouble(400, b'{"status": 400, "message": "invalid scope"}'))
    with pytest.raises(AuthError, match="refuses to start a sign-in: invalid scope"):
        said_until_end(desk)


@pytest.mark.parametrize(
    "answer",
    [
        b'{"device_code": "d", "user_code": "U", "verification_uri": "https://x/\\u001b[2J"}',
        b'{"device_code": "d", "user_code": "", "verification_uri": "https://x/"}',
        b'{"device_code": 7, "user_code": "U", "verification_uri": "https://x/"}',
    ],
)
def test_an_answer_that_would_upset_the_terminal_is_refused(desk: Desk, answer: bytes) -> None:
    desk.twitch.trouble("device", Trouble(200, answer))
    with pytest.raises(AuthUnavailable, match="no usable"):
        said_until_end(desk)


def test_it_can_be_broken_off(desk: Desk) -> None:
    with pytest.raises(AuthError, match="broken off"):
        sign_in(desk.oauth(), print, lambda _: True)
