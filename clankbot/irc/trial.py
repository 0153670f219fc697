"""One login to Twitch chat to see whether it works: nothing is joined, said or kept."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Final

from clankbot.clock import Clock
from clankbot.errors import ConnectionLost
from clankbot.irc.connection import Connection
from clankbot.irc.login import Login
from clankbot.irc.message import parse_line
from clankbot.records.accounts import Credentials
from clankbot.records.chat import LinkUp

_WITHIN_S: Final = 15.0


def try_login(dial: Callable[[], Connection], credentials: Credentials) -> LinkUp:
    """Sign in and leave again; who one is there.

    Raises ConnectionLost if there is no connection or no answer, LoginRefused if Twitch says no.
    """
    login, clock = Login(credentials), Clock()
    with contextlib.closing(dial()) as connection:
        for line in login.opening:
            connection.send_line(line)
        deadline = clock.monotonic() + _WITHIN_S
        while clock.monotonic() < deadline:
            try:
                lines = connection.read_lines()
            except ConnectionLost as loss:
                raise login.given_up(loss) from loss
            for line in lines or ():
                try:
                    link_up = login.handle(parse_line(line))
                except ValueError:
                    continue  # a malformed line ends no login
                if link_up:
                    connection.send_line("QUIT")
                    return link_up
    raise login.given_up(ConnectionLost("Twitch chat does not answer the login"))
