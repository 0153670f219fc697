"""One login to see whether it works: who one is, why not, and that nothing else is said."""

from __future__ import annotations

import socket
from functools import partial

import pytest

from clankbot.errors import ConnectionLost, LoginRefused
from clankbot.irc.connection import dial
from clankbot.irc.trial import try_login
from clankbot.records.accounts import Credentials, Secret
from clankbot.records.chat import LinkUp
from tests.doubles.twitch_room import TwitchRoom
from tests.irc.rigs import two_ends

ACCOUNT = Credentials("clankbot", "100", Secret("token"))


def test_the_account_is_let_in_and_leaves_without_joining() -> None:
    with TwitchRoom("clankbot", "100") as room:
        door = partial(dial, room.host, room.port, tls=False)
        assert try_login(door, ACCOUNT) == LinkUp("clankbot", "100")
        room.wait_line("QUIT")
        assert try_login(door, Credentials("justinfan123", None, None)).login == "justinfan123"
        room.refuse_logins(1)
        with pytest.raises(LoginRefused, match="Login authentication failed"):
            try_login(door, ACCOUNT)
        assert room.joins == []
    with pytest.raises(ConnectionLost, match="cannot connect"):
        try_login(door, ACCOUNT)


def test_a_server_that_ends_the_login_is_quoted_whatever_else_it_said() -> None:
    with two_ends() as (connection, peer):
        peer.sendall(b"@\r\n: \r\nERROR :Your account has been suspended\r\n")
        peer.shutdown(socket.SHUT_WR)
        with pytest.raises(LoginRefused, match="ended the login: Your account has been suspended"):
            try_login(lambda: connection, ACCOUNT)
