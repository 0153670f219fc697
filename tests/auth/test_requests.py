"""One request and its answer: bounded, straight to Twitch, and silent about secrets."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from clankbot.auth.oauth import TwitchOAuth, ask
from clankbot.errors import AuthUnavailable
from clankbot.records.accounts import Secret
from clankbot.runtime.redaction import new_token
from tests.auth.certificate import self_signed
from tests.auth.rig import Rig
from tests.doubles import drips, hostile_answers
from tests.doubles.drips import DripServer, Script
from tests.doubles.twitch_id import Trouble, TwitchId
from tests.waiting import AT_ONCE_S, PATIENCE_S


def test_an_unreachable_twitch_is_told_in_plain_words() -> None:
    with pytest.raises(AuthUnavailable) as unavailable:
        ask("GET", "http://127.0.0.1:9/oauth2/validate", timeout_s=PATIENCE_S)
    assert str(unavailable.value) == "Twitch cannot be reached: no connection"


def test_an_answer_that_takes_too_long_is_not_waited_for(rig: Rig) -> None:
    token = rig.twitch.issue()
    rig.twitch.trouble("validate", Trouble(delay_s=30))
    began_s = time.monotonic()
    with pytest.raises(AuthUnavailable, match="no complete answer within"):
        rig.oauth(timeout_s=0.1).validate(Secret(token.access))
    assert time.monotonic() - began_s < AT_ONCE_S


def test_a_refresh_is_waited_for_longer_than_other_answers(rig: Rig) -> None:
    """Giving up on its answer would lose a one-time token."""
    token = rig.twitch.issue()
    rig.twitch.trouble("refresh", Trouble(delay_s=0.3))
    rig.oauth(timeout_s=0.2).refresh(Secret(token.refresh))


def test_an_answer_of_great_length_is_not_read_to_its_end(rig: Rig) -> None:
    rig.twitch.trouble("validate", Trouble(200, b" " * 5_000_000))
    with pytest.raises(AuthUnavailable, match="far too long"):
        rig.oauth().validate(Secret("any"))


@pytest.mark.parametrize(
    "script",
    [drips.silent, drips.drips_header, drips.drips_body, drips.drips_until_closed],
)
def test_the_time_for_an_answer_is_for_all_of_it_however_it_trickles(script: Script) -> None:
    with DripServer(script) as server:
        began_s = time.monotonic()
        with pytest.raises(AuthUnavailable, match=r"no complete answer within 0\.2 s"):
            ask("GET", server.url, timeout_s=0.2)
        assert time.monotonic() - began_s < AT_ONCE_S


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 70}.test"])
def test_a_host_that_no_name_server_takes_is_no_traceback(host: str) -> None:
    with pytest.raises(AuthUnavailable, match="Twitch cannot be reached: no connection"):
        ask("GET", f"https://{host}/oauth2/validate", timeout_s=PATIENCE_S)


@pytest.mark.parametrize("script", hostile_answers.ALL.values(), ids=hostile_answers.ALL)
def test_whatever_is_no_answer_of_twitch_is_an_outage(script: Script) -> None:
    with DripServer(script) as server, pytest.raises(AuthUnavailable) as unavailable:
        TwitchOAuth(server.url, "client").validate(Secret("any"))
    assert str(unavailable.value).isprintable()


def test_a_head_that_only_announces_another_is_no_agreement() -> None:
    announcement = b"HTTP/1.1 102 Processing\r\n\r\n"
    with DripServer(hostile_answers.whole(announcement)) as server, pytest.raises(AuthUnavailable):
        TwitchOAuth(server.url, "client").revoke(Secret("any"))


def test_no_redirect_is_followed(rig: Rig) -> None:
    rig.twitch.trouble("validate", Trouble(307))
    with pytest.raises(AuthUnavailable, match="answered 307"):
        rig.oauth().validate(Secret("any"))
    assert len(rig.twitch.heard) == 1


def test_a_refusal_that_echoes_a_secret_is_not_repeated(rig: Rig) -> None:
    body = b'{"status": 418, "message": "no \\u001b[31mtoken-in-the-form here"}'
    rig.twitch.trouble("revoke", Trouble(418, body))
    with pytest.raises(AuthUnavailable) as unavailable:
        rig.oauth().revoke(new_token("token-in-the-form"))
    assert "no [31m<secret> here" in str(unavailable.value)


def test_plain_http_heeds_neither_proxy_nor_netrc(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is for loopback only: a proxy would read the tokens."""
    token = rig.twitch.issue()
    set_traps(tmp_path, monkeypatch)
    assert rig.oauth().validate(Secret(token.access)) is not None


def test_https_heeds_no_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, trusted = self_signed(tmp_path)
    with TwitchId(tls=context) as twitch:
        token = twitch.issue()
        set_traps(tmp_path, monkeypatch)
        monkeypatch.setenv("NO_PROXY", "localhost")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
        oauth = TwitchOAuth(twitch.auth_url, twitch.client_id)
        assert oauth.validate(Secret(token.access)) is not None


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    context, _ = self_signed(tmp_path)
    with (
        TwitchId(tls=context) as twitch,
        pytest.raises(AuthUnavailable, match="certificate is not accepted"),
    ):
        TwitchOAuth(twitch.auth_url, twitch.client_id).validate(Secret("any"))
    assert twitch.heard == []


def set_traps(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that is not there, and a ~/.netrc that knows another login for this host."""
    netrc = directory / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
