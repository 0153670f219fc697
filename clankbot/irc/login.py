"""Signing in to Twitch chat, as a dialogue: what to say, and what the answers mean.  Pure.

Source: https://dev.twitch.tv/docs/chat/irc/#authenticating-with-the-twitch-irc-server
"""

from __future__ import annotations

import logging
from typing import Final

from clankbot.errors import ConnectionLost, LoginRefused
from clankbot.irc.message import IrcMessage
from clankbot.records.accounts import Credentials
from clankbot.records.chat import LinkUp
from clankbot.text import visible

log = logging.getLogger(__name__)

_CAPABILITIES: Final = "twitch.tv/tags twitch.tv/commands"

# How a NOTICE to ``*`` begins that refuses a login, in lower case: such notices have no id.
_REFUSALS: Final = (
    "login authentication failed",
    "improperly formatted auth",
    "login unsuccessful",
    "invalid nick",
    "error logging in",
)
# As long as Twitch's longest notices; a reason is one line of the log.
_MOST_WORDS_CHARS: Final = 300


class Login:
    """One login: send the ``opening`` lines, then ``handle`` each message until it answers."""

    def __init__(self, credentials: Credentials) -> None:
        self._login = credentials.login
        self._user_id = credentials.user_id
        self._password = credentials.password
        # What the server said last that may be why it ends the login, in words nobody knows yet.
        self._last_words: str | None = None

    @property
    def opening(self) -> list[str]:
        """The lines to send, in this order; one of them holds the token.  Anonymous: no PASS."""
        lines = [f"CAP REQ :{_CAPABILITIES}"]
        if self._password is not None:
            lines.append(f"PASS oauth:{self._password.reveal()}")
        lines.append(f"NICK {self._login}")
        return lines

    def handle(self, message: IrcMessage) -> LinkUp | None:
        """Who the bot is, once the welcome is complete; LoginRefused if Twitch says no.

        The names come from the server's answers: Twitch goes by the token and ignores NICK.
        """
        match message.command:
            case "001" if message.params:
                self._login = message.params[0].lower()
            case "GLOBALUSERSTATE":
                self._user_id = message.tags.get("user-id") or self._user_id
            case "CAP" if "NAK" in message.params:
                log.warning(
                    "Twitch chat refuses capabilities", extra={"refused": message.params[-1]}
                )
            case "NOTICE" if message.params and message.params[-1].lower().startswith(_REFUSALS):
                raise LoginRefused(f"Twitch chat refused the login: {message.params[-1]}")
            case "NOTICE" | "ERROR" if message.params:
                self._last_words = message.params[-1]
            case "376" | "422":  # the end of the message of the day, or that there is none
                return LinkUp(self._login, self._user_id)
        return None

    def given_up(self, loss: ConnectionLost) -> ConnectionLost | LoginRefused:
        """Why the login came to nothing, given that the connection is lost.

        A server that says something and then ends the login has refused it, whatever its words.
        """
        if self._last_words is None:
            return loss
        words = visible(self._last_words)[:_MOST_WORDS_CHARS]
        return LoginRefused(f"Twitch chat ended the login: {words}")
