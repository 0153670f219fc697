"""The login dialogue, without a network."""

from __future__ import annotations

import logging

import pytest

from clankbot.errors import LoginRefused
from clankbot.irc.login import Login
from clankbot.irc.message import parse_line
from clankbot.records.accounts import Credentials, Secret
from clankbot.records.chat import LinkUp

KNOWN = Credentials(login="clankbot", user_id="99", password=Secret("s3cret"))
ANONYMOUS = Credentials(login="justinfan123", user_id=None, password=None)


def handle_all(login: Login, *lines: str) -> LinkUp | None:
    answer = None
    for line in lines:
        answer = login.handle(parse_line(line))
    return answer


def test_capabilities_come_first_and_the_password_before_the_nick() -> None:
    assert Login(KNOWN).opening == [
        "CAP REQ :twitch.tv/tags twitch.tv/commands",
        "PASS oauth:s3cret",
        "NICK clankbot",
    ]


def test_an_anonymous_reader_has_no_password() -> None:
    assert Login(ANONYMOUS).opening[1:] == ["NICK justinfan123"]


@pytest.mark.parametrize("end", [":tmi.twitch.tv 376 bot :>", ":tmi.twitch.tv 422 bot :no MOTD"])
def test_the_login_is_complete_at_the_end_of_the_welcome(end: str) -> None:
    login = Login(KNOWN)
    assert (
        handle_all(login, ":tmi.twitch.tv 001 clankbot :Welcome", ":tmi.twitch.tv 372 bot :-")
        is None
    )
    assert handle_all(login, end) == LinkUp("clankbot", "99")


def test_who_the_bot_is_is_for_the_server_to_say() -> None:
    answer = handle_all(
        Login(KNOWN),
        ":tmi.twitch.tv 001 RenamedBot :Welcome",
        "@user-id=100 :tmi.twitch.tv GLOBALUSERSTATE",
        ":tmi.twitch.tv 376 renamedbot :>",
    )
    assert answer == LinkUp("renamedbot", "100")


def test_an_account_state_without_an_id_takes_nothing_away() -> None:
    lines = "@user-id= :tmi.twitch.tv GLOBALUSERSTATE", ":tmi.twitch.tv 376 clankbot :>"
    assert handle_all(Login(KNOWN), *lines) == LinkUp("clankbot", "99")


def test_an_anonymous_reader_has_no_id() -> None:
    assert handle_all(Login(ANONYMOUS), ":tmi.twitch.tv 376 x :>") == LinkUp("justinfan123", None)


@pytest.mark.parametrize(
    "text",
    [
        "Login authentication failed",
        "Improperly formatted AUTH",
        "login unsuccessful",
        "Invalid NICK",
        "Error logging in: try later",
    ],
)
def test_a_refusal_is_known_by_how_it_begins(text: str) -> None:
    with pytest.raises(LoginRefused, match=text):
        handle_all(Login(KNOWN), f":tmi.twitch.tv NOTICE * :{text}")


def test_another_notice_is_no_refusal() -> None:
    assert handle_all(Login(KNOWN), ":tmi.twitch.tv NOTICE * :Maintenance soon", "NOTICE") is None


def test_a_refused_capability_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert handle_all(Login(KNOWN), ":tmi.twitch.tv CAP * NAK :twitch.tv/tags") is None
    assert caplog.records[0].__dict__["refused"] == "twitch.tv/tags"
