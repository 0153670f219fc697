"""What Twitch's answers and refusals mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from clankbot.auth.oauth import TwitchOAuth
from clankbot.errors import AuthUnavailable, TokenRefused
from clankbot.records.accounts import Secret
from tests.auth.rig import Rig
from tests.doubles.pages import Page, PageServer
from tests.doubles.twitch_id import Trouble


def answer(status: int = 200, **fields: object) -> Trouble:
    """An answer of our own making."""
    return Trouble(status, json.dumps(fields).encode())


def test_a_refresh_gives_a_new_pair_and_sends_no_secret_for_a_public_app(rig: Rig) -> None:
    old = rig.twitch.issue()
    grant = rig.oauth().refresh(Secret(old.refresh))
    new = rig.twitch.tokens[-1]
    assert (grant.access_token, grant.refresh_token) == (Secret(new.access), Secret(new.refresh))
    assert grant.lifetime_s == 14_400
    assert set(rig.twitch.heard[-1].given) == {"client_id", "grant_type", "refresh_token"}


def test_a_refresh_that_names_no_new_refresh_token_leaves_the_former_good(rig: Rig) -> None:
    rig.twitch.trouble("refresh", answer(access_token="new", expires_in=60))
    assert rig.oauth().refresh(Secret("former")).refresh_token == Secret("former")


@pytest.mark.parametrize("lifetime", [None, 0, -5, "60", 1e300, float("nan")])
def test_a_pair_of_no_sensible_lifetime_is_taken_to_last_an_hour(
    rig: Rig, lifetime: object
) -> None:
    """It must not be thrown away: its predecessor is dead."""
    grant = answer(access_token="new", refresh_token="next", expires_in=lifetime)
    rig.twitch.trouble("refresh", grant)
    assert rig.oauth().refresh(Secret("former")).lifetime_s == 3600


@pytest.mark.parametrize("number", ["1e400", "-1", "NaN", "9" * 400, "true", "null", '"5"', "[]"])
def test_a_code_of_no_sensible_times_is_asked_about_as_usual(rig: Rig, number: str) -> None:
    """With an interval of a year, the person would confirm and never hear of it."""
    body = (
        '{"device_code": "d", "user_code": "u", "verification_uri": "v", "interval": %s,'
        ' "expires_in": %s}'
    )
    rig.twitch.trouble("device", Trouble(200, (body % (number, number)).encode()))
    code = rig.oauth().start_device()
    assert (code.interval_s, code.lifetime_s) == (5, 1800)


def test_a_code_is_never_asked_about_less_than_once_a_minute(rig: Rig) -> None:
    texts = {"device_code": "d", "user_code": "u", "verification_uri": "v"}
    rig.twitch.trouble("device", answer(interval=86_400, expires_in=864_000, **texts))
    code = rig.oauth().start_device()
    assert (code.interval_s, code.lifetime_s) == (5, 1800)


@pytest.mark.parametrize("message", [["no"] * 3, {"a": "no"}, 7, "9" * 500])
def test_words_of_a_refusal_that_are_no_words_are_not_shown(rig: Rig, message: object) -> None:
    rig.twitch.trouble("revoke", answer(418, message=message))
    with pytest.raises(AuthUnavailable) as unavailable:
        rig.oauth().revoke(Secret("any"))
    assert len(str(unavailable.value)) < 150
    assert "no" not in str(unavailable.value).partition(": ")[2]


@pytest.mark.parametrize("scopes", [None, "chat:read", 7, [], [["chat:read"], {}]])
def test_scopes_that_are_not_named_are_missing(rig: Rig, scopes: object) -> None:
    told = answer(client_id="c", login="clankbot", user_id="1", scopes=scopes, expires_in=9)
    rig.twitch.trouble("validate", told)
    validation = rig.oauth().validate(Secret("any"))
    assert validation is not None
    assert validation.missing_scopes == ("chat:read", "chat:edit")


def test_a_token_that_is_no_longer_good_has_no_validation(rig: Rig) -> None:
    assert rig.oauth().validate(Secret("unknown")) is None


@pytest.mark.parametrize("missing", ["login", "user_id", "client_id"])
def test_a_validation_that_lacks_something_is_none_of_twitch(rig: Rig, missing: str) -> None:
    fields: dict[str, object] = {"client_id": "c", "login": "clankbot", "user_id": "1"}
    rig.twitch.trouble("validate", answer(200, **fields | {missing: None}))
    with pytest.raises(AuthUnavailable, match=f"no usable {missing}"):
        rig.oauth().validate(Secret("any"))


def test_a_client_id_that_twitch_does_not_know_names_its_variable(rig: Rig) -> None:
    oauth = TwitchOAuth(rig.twitch.auth_url, "unknown")
    with pytest.raises(TokenRefused, match=r"invalid client.*TWITCH_CLIENT_ID"):
        oauth.refresh(Secret("any"))


def test_a_trailing_slash_of_the_address_is_forgiven(rig: Rig) -> None:
    token = rig.twitch.issue()
    oauth = TwitchOAuth(rig.twitch.auth_url + "/", rig.twitch.client_id)
    assert oauth.validate(Secret(token.access)) is not None


def test_each_answer_tells_the_time_whatever_else_it_says(rig: Rig) -> None:
    heard: list[datetime] = []
    oauth = TwitchOAuth(rig.twitch.auth_url, rig.twitch.client_id, hear_time=heard.append)
    assert oauth.validate(Secret("unknown")) is None
    oauth.refresh(Secret(rig.twitch.issue().refresh))
    assert len(heard) == 2
    assert all(abs((datetime.now(UTC) - at).total_seconds()) < 60 for at in heard)


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("Sun, 06 Nov 1994 08:49:37 -0000", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("yesterday", None),
        ("Sun, 06 Nov 199999999 08:49:37 GMT", None),
        ("9" * 5000, None),
    ],
)
def test_a_date_that_is_none_tells_no_time(date: str, told: datetime | None) -> None:
    heard: list[datetime] = []
    with PageServer({"*": Page("{}", 401)}) as server:
        server.date = date
        assert TwitchOAuth(server.url, "a", hear_time=heard.append).validate(Secret("b")) is None
    assert heard == ([told] if told else [])


def test_revoking_makes_a_token_worthless(rig: Rig) -> None:
    token = rig.twitch.issue()
    rig.oauth().revoke(Secret(token.access))
    assert not rig.twitch.accepts(token.access)
    rig.oauth().revoke(Secret(token.access))
