"""Twitch's API: who somebody is, who is live, and not more often than it likes."""

from __future__ import annotations

import pytest

from clankbot.auth.helix import Helix, TwitchUser
from clankbot.auth.tokens import TokenKeeper
from clankbot.errors import AuthUnavailable, RequestRefused, TokenRefused
from tests.auth.desk import Desk
from tests.doubles.twitch_id import DROPPED, Trouble


def helix(desk: Desk, keeper: TokenKeeper | None = None) -> Helix:
    """A client for the account that is signed in."""
    keeper = keeper or desk.keeper()
    return Helix(
        desk.twitch.api_url,
        desk.twitch.client_id,
        keeper.access_token,
        keeper.token_refused,
        clock=desk.clock,
    )


def test_users_are_found_by_login_and_by_id(desk: Desk) -> None:
    token = desk.signed_in()
    assert helix(desk).users(["clankbot", "nobody"], ids=["200"]) == [
        TwitchUser("100", "clankbot", "Clankbot"),
        TwitchUser("200", "alice", "Alice"),
    ]
    headers = desk.twitch.heard[-1].headers
    assert headers["Authorization"] == f"Bearer {token.access}"
    assert headers["Client-Id"] == desk.twitch.client_id


def test_live_channels_are_asked_for_a_hundred_at_a_time(desk: Desk) -> None:
    desk.signed_in()
    logins = [f"channel{number}" for number in range(150)]
    desk.twitch.live = {"channel3", "channel149", "elsewhere"}
    assert helix(desk).live_channels(logins) == {"channel3", "channel149"}
    asked = [heard.given for heard in desk.twitch.heard]
    assert [len(given["user_login"]) for given in asked] == [100, 50]
    assert asked[0]["first"] == ["100"]


def test_a_stream_of_no_known_kind_is_not_live(desk: Desk) -> None:
    desk.signed_in()
    body = b'{"data": [{"user_login": "alpha", "type": ""}]}'
    desk.twitch.trouble("streams", Trouble(200, body))
    assert helix(desk).live_channels(["alpha"]) == frozenset()


def test_asking_for_nothing_asks_nothing(desk: Desk) -> None:
    assert helix(desk).live_channels([]) == frozenset()
    assert desk.twitch.heard == []


def test_a_refused_token_is_renewed_once(desk: Desk) -> None:
    desk.signed_in().expires_at_s = 0
    desk.twitch.live = {"alpha"}
    assert helix(desk).live_channels(["alpha"]) == {"alpha"}
    assert desk.twitch.count("refresh") == 1


def test_a_token_that_stays_refused_does_not_lead_to_refresh_after_refresh(desk: Desk) -> None:
    desk.signed_in()
    client = helix(desk)
    no = Trouble(401, b'{"status": 401, "message": "Client ID and OAuth token do not match"}')
    desk.twitch.trouble("streams", *[no] * 10)
    for _ in range(5):
        with pytest.raises(AuthUnavailable, match="do not match"):
            client.live_channels(["alpha"])
    assert desk.twitch.count("refresh") == 1


def test_a_sign_in_that_is_over_is_passed_on(desk: Desk) -> None:
    desk.signed_in()
    desk.twitch.invalidate_all()
    with pytest.raises(TokenRefused):
        helix(desk).live_channels(["alpha"])


def test_an_empty_bucket_is_left_to_fill(desk: Desk) -> None:
    desk.signed_in()
    client = helix(desk)
    desk.twitch.points = 1
    client.live_channels(["alpha"])
    with pytest.raises(AuthUnavailable, match="asked too often"):
        client.live_channels(["alpha"])
    assert desk.twitch.count("streams") == 1
    desk.twitch.points = 800
    desk.clock.now_s += 31
    client.live_channels(["alpha"])


def test_too_many_requests_are_followed_by_silence(desk: Desk) -> None:
    desk.signed_in()
    client = helix(desk)
    desk.twitch.points = 0
    for _ in range(3):
        with pytest.raises(AuthUnavailable):
            client.live_channels(["alpha"])
    assert desk.twitch.count("streams") == 1


@pytest.mark.parametrize(
    "trouble",
    [
        DROPPED,
        Trouble(500),
        Trouble(200, b"{}"),
        Trouble(200, b'{"data": [7]}'),
        Trouble(200, b'{"data": [{"user_login": 7, "type": "live"}]}'),
    ],
)
def test_disorder_at_twitch_is_told_as_such(desk: Desk, trouble: Trouble) -> None:
    desk.signed_in()
    desk.twitch.trouble("streams", trouble)
    with pytest.raises(AuthUnavailable):
        helix(desk).live_channels(["alpha"])


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_refusal_of_a_request_is_neither_an_outage_nor_about_the_sign_in(
    desk: Desk, status: int
) -> None:
    desk.signed_in()
    desk.twitch.trouble("users", Trouble(status, b'{"message": "bad login"}'))
    with pytest.raises(RequestRefused, match="refuses users: bad login"):
        helix(desk).users(["?"])
