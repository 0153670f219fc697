"""Twitch's API: who is live, and not asked more often than it likes."""

from __future__ import annotations

import pytest

from clankbot.auth.helix import Helix
from clankbot.auth.tokens import TokenKeeper
from clankbot.errors import AuthUnavailable, RequestRefused, TokenRefused
from clankbot.records.stream import Stream
from tests.auth.rig import Rig
from tests.doubles import hostile_answers
from tests.doubles.drips import DripServer
from tests.doubles.twitch_id import DROPPED, Trouble


def helix(rig: Rig, keeper: TokenKeeper | None = None) -> Helix:
    """A client for the account that is signed in."""
    keeper = keeper or rig.keeper()
    return Helix(rig.twitch.api_url, rig.twitch.client_id, keeper, rig.clock)


def test_live_channels_are_asked_for_a_hundred_at_a_time(rig: Rig) -> None:
    token = rig.signed_in()
    logins = [f"channel{number}" for number in range(150)]
    rig.twitch.live = {"channel3", "channel149", "elsewhere"}
    assert helix(rig).live_channels(logins).keys() == {"channel3", "channel149"}
    asked = [heard.given for heard in rig.twitch.heard]
    assert [len(given["user_login"]) for given in asked] == [100, 50]
    assert asked[0]["first"] == ["100"]
    headers = rig.twitch.heard[-1].headers
    assert headers["Authorization"] == f"Bearer {token.access}"
    assert headers["Client-Id"] == rig.twitch.client_id


def test_a_stream_of_no_known_kind_is_not_live(rig: Rig) -> None:
    rig.signed_in()
    body = b'{"data": [{"user_login": "alpha", "type": ""}]}'
    rig.twitch.trouble("streams", Trouble(200, body))
    assert helix(rig).live_channels(["alpha"]) == {}


@pytest.mark.parametrize(
    ("row", "stream"),
    [
        (
            '"title": "Boss rush", "game_name": "Pebble", "tags": ["cozy", 3],'
            ' "started_at": "1970-01-01T00:01:00Z"',
            Stream("Boss rush", "Pebble", ("cozy",), 60_000),
        ),
        ('"title": null, "tags": "x", "started_at": "soon"', Stream("", "", (), None)),
        ('"started_at": "2030-01-01T00:00:00"', Stream("", "", (), None)),
    ],
)
def test_what_is_on_is_told_as_far_as_twitch_tells_it(rig: Rig, row: str, stream: Stream) -> None:
    rig.signed_in()
    body = f'{{"data": [{{"user_login": "Alpha", "type": "live", {row}}}]}}'.encode()
    rig.twitch.trouble("streams", Trouble(200, body))
    assert helix(rig).live_channels(["alpha"]) == {"alpha": stream}


def test_asking_for_nothing_asks_nothing(rig: Rig) -> None:
    assert helix(rig).live_channels([]) == {}
    assert rig.twitch.heard == []


def test_a_refused_token_is_renewed_once(rig: Rig) -> None:
    rig.signed_in().expires_at_s = 0
    rig.twitch.live = {"alpha"}
    assert helix(rig).live_channels(["alpha"]).keys() == {"alpha"}
    assert rig.twitch.count("refresh") == 1


def test_a_token_that_stays_refused_does_not_lead_to_refresh_after_refresh(rig: Rig) -> None:
    rig.signed_in()
    client = helix(rig)
    no = Trouble(401, b'{"status": 401, "message": "Client ID and OAuth token do not match"}')
    rig.twitch.trouble("streams", *[no] * 10)
    for _ in range(5):
        with pytest.raises(AuthUnavailable, match="do not match"):
            client.live_channels(["alpha"])
    assert rig.twitch.count("refresh") == 1


def test_a_sign_in_that_is_over_is_passed_on(rig: Rig) -> None:
    rig.signed_in()
    rig.twitch.invalidate_all()
    with pytest.raises(TokenRefused):
        helix(rig).live_channels(["alpha"])


def test_an_empty_bucket_is_left_to_fill(rig: Rig) -> None:
    rig.signed_in()
    client = helix(rig)
    rig.twitch.points = 1
    client.live_channels(["alpha"])
    with pytest.raises(AuthUnavailable, match="asked too often"):
        client.live_channels(["alpha"])
    assert rig.twitch.count("streams") == 1
    rig.twitch.points = 800
    rig.clock.now_s += 31
    client.live_channels(["alpha"])


def test_too_many_requests_are_followed_by_silence(rig: Rig) -> None:
    rig.signed_in()
    client = helix(rig)
    rig.twitch.points = 0
    for _ in range(3):
        with pytest.raises(AuthUnavailable):
            client.live_channels(["alpha"])
    assert rig.twitch.count("streams") == 1


@pytest.mark.parametrize("reset", [b"9" * 400, b"9" * 5000, b"-1", b"soon", b"1e9", b""])
def test_a_bucket_that_says_nothing_sensible_is_left_for_a_minute(rig: Rig, reset: bytes) -> None:
    rig.signed_in()
    head = b"HTTP/1.1 200 OK\r\nRatelimit-Remaining: 0\r\nRatelimit-Reset: %b\r\n\r\n" % reset
    with DripServer(hostile_answers.whole(head + b'{"data": []}')) as server:
        client = Helix(server.url, rig.twitch.client_id, rig.keeper(), rig.clock)
        client.live_channels(["alpha"])
        rig.clock.now_s += 59
        with pytest.raises(AuthUnavailable, match="asked too often"):
            client.live_channels(["alpha"])
        rig.clock.now_s += 2
        client.live_channels(["alpha"])


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
def test_disorder_at_twitch_is_told_as_such(rig: Rig, trouble: Trouble) -> None:
    rig.signed_in()
    rig.twitch.trouble("streams", trouble)
    with pytest.raises(AuthUnavailable):
        helix(rig).live_channels(["alpha"])


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_refusal_of_a_request_is_neither_an_outage_nor_about_the_sign_in(
    rig: Rig, status: int
) -> None:
    rig.signed_in()
    rig.twitch.trouble("streams", Trouble(status, b'{"message": "bad login"}'))
    with pytest.raises(RequestRefused, match="refuses streams: bad login"):
        helix(rig).live_channels(["?"])
