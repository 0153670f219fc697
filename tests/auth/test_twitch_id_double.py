"""The stand-in for Twitch keeps Twitch's rules: what it forgives, the real one may not."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.auth.rig import Hand
from tests.doubles.twitch_id import DROPPED, Trouble, TwitchId
from tests.waiting import PATIENCE_S


def post(twitch: TwitchId, path: str, **form: str) -> tuple[int, dict[str, Any]]:
    """Ask with a form; status and answer."""
    form = {"client_id": twitch.client_id, **form}
    answer = requests.post(f"{twitch.auth_url}/{path}", data=form, timeout=PATIENCE_S)
    return answer.status_code, answer.json() if answer.content else {}


def refresh(twitch: TwitchId, token: str, **form: str) -> tuple[int, dict[str, Any]]:
    """Trade a refresh token."""
    return post(twitch, "token", grant_type="refresh_token", refresh_token=token, **form)


def test_an_access_token_is_good_until_its_time_is_up() -> None:
    clock = Hand()
    with TwitchId(clock=clock, lifetime_s=10) as twitch:
        token = twitch.issue()
        header = {"Authorization": f"OAuth {token.access}"}
        url = f"{twitch.auth_url}/validate"
        clock.now_s += 9
        assert requests.get(url, headers=header, timeout=PATIENCE_S).json()["expires_in"] == 1
        assert twitch.accepts(token.access)
        clock.now_s += 1
        assert requests.get(url, headers=header, timeout=PATIENCE_S).status_code == 401
        assert not twitch.accepts(token.access)


def test_a_refresh_token_of_a_public_app_is_good_once() -> None:
    with TwitchId() as twitch:
        old = twitch.issue()
        status, answer = refresh(twitch, old.refresh)
        assert status == 200
        assert twitch.accepts(answer["access_token"])
        assert refresh(twitch, old.refresh)[0] == 400
        assert twitch.violations == ["a refresh token was used twice"]
        assert refresh(twitch, answer["refresh_token"])[0] == 200


def test_a_confidential_app_must_show_its_secret_and_may_refresh_again() -> None:
    with TwitchId(client_secret="s") as twitch:
        old = twitch.issue()
        assert refresh(twitch, old.refresh)[0] == 400
        assert refresh(twitch, old.refresh, client_secret="x")[0] == 403
        assert refresh(twitch, old.refresh, client_secret="s")[0] == 200
        assert refresh(twitch, old.refresh, client_secret="s")[0] == 200


def test_a_device_code_is_good_for_one_sign_in_and_polled_at_a_pace() -> None:
    clock = Hand()
    with TwitchId(clock=clock) as twitch:
        code = post(twitch, "device", scopes="chat:read")[1]["device_code"]
        twitch.device_answers = ["authorization_pending"]
        assert post(twitch, "token", device_code=code)[1]["message"] == "authorization_pending"
        clock.now_s += 2
        assert post(twitch, "token", device_code=code)[1]["scope"] == ["chat:read"]
        assert twitch.violations == ["polled again after 2.00 s"]
        assert post(twitch, "token", device_code=code)[1]["message"] == "invalid device code"


def test_what_it_was_asked_is_noted_and_troubles_come_in_their_order() -> None:
    with TwitchId() as twitch:
        twitch.trouble("revoke", Trouble(503), DROPPED)
        url = f"{twitch.auth_url}/revoke"
        assert requests.post(url, timeout=PATIENCE_S).status_code == 503
        with pytest.raises(requests.ConnectionError):
            requests.post(url, timeout=PATIENCE_S)
        assert post(twitch, "revoke", token="unknown")[0] == 400
        assert twitch.count("revoke") == 3
        assert twitch.heard[-1].given["token"] == ["unknown"]
