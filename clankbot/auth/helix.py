"""Twitch's API, as far as the bot needs it: who is live, and who is called what.

Source: https://dev.twitch.tv/docs/api/reference (Get Streams, Get Users, Get Chat Settings)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol

from clankbot.auth.oauth import Answer, ask
from clankbot.clock import Clock
from clankbot.errors import AuthUnavailable, RequestRefused
from clankbot.records.accounts import Identity, Secret

_MOST_A_CALL: Final = 100
# The buckets of Twitch's API refill within a minute; a later reset is a clock that is wrong.
# Source: https://dev.twitch.tv/docs/api/guide (Twitch Rate Limits)
_WAIT_LIMIT_S: Final = 60.0
_UNIX_SECONDS: Final = re.compile(r"[0-9]{1,12}")

_MODES: Final = (
    ("follower_mode", "followers-only"),
    ("subscriber_mode", "subscribers-only"),
    ("emote_mode", "emote-only"),
)

Query = Sequence[tuple[str, str]]


class Tokens(Protocol):
    """Whose account asks."""

    def access_token(self) -> Secret:
        """A token that is good now."""

    def token_refused(self, token: Secret) -> None:
        """Twitch does not take it: have another one, or raise."""


class Helix:
    """Asks Twitch's API as the bot's account.  For one thread at a time.

    Raises AuthUnavailable if Twitch is out of order or has been asked too often, RequestRefused
    if it says no, and what the keeper of the tokens raises.
    """

    def __init__(
        self,
        api_url: str,
        client_id: str,
        tokens: Tokens,
        clock: Clock,
        *,
        timeout_s: float = 10.0,
    ) -> None:
        self._api_url = api_url
        self._client_id = client_id
        self._tokens = tokens
        self._clock = clock
        self._timeout_s = timeout_s
        self._silent_until_s = clock.monotonic()

    def live_channels(self, logins: Iterable[str]) -> frozenset[str]:
        """Those of the channels that are live now."""
        live = set()
        wanted = [("user_login", login) for login in logins]
        for start in range(0, len(wanted), _MOST_A_CALL):
            query = [*wanted[start : start + _MOST_A_CALL], ("first", str(_MOST_A_CALL))]
            for stream in self._rows("streams", query):
                match stream:
                    case {"user_login": str(login), "type": "live"}:
                        live.add(login.lower())
                    case {"user_login": str(), "type": str()}:
                        pass  # the type is empty if Twitch does not know
                    case _:
                        raise AuthUnavailable(
                            "Twitch's API is out of order: a stream lacks its user_login or type"
                        )
        return frozenset(live)

    def users(self, *, logins: Sequence[str] = (), user_ids: Sequence[str] = ()) -> list[Identity]:
        """Those of the accounts that exist, as they are called now; a closed one does not."""
        found = []
        wanted = [("login", login) for login in logins] + [("id", each) for each in user_ids]
        for start in range(0, len(wanted), _MOST_A_CALL):
            for user in self._rows("users", wanted[start : start + _MOST_A_CALL]):
                match user:
                    case {"id": str(user_id), "login": str(login)}:
                        found.append(Identity(login.lower(), user_id))
                    case _:
                        raise AuthUnavailable(
                            "Twitch's API is out of order: a user lacks an id or a login"
                        )
        return found

    def closed_to(self, channel_id: str) -> list[str]:
        """The modes of a channel's chat in which not everybody may write, in words.

        Source: https://dev.twitch.tv/docs/api/reference/#get-chat-settings
        """
        rows = self._rows("chat/settings", [("broadcaster_id", channel_id)])
        modes = rows[0] if rows and isinstance(rows[0], dict) else {}
        return [words for key, words in _MODES if modes.get(key) is True]

    def _rows(self, what: str, query: Query) -> list[Any]:
        """The rows of an answer; a token that Twitch refuses is replaced once."""
        token = self._tokens.access_token()
        answer = self._ask(what, query, token)
        if answer.status == 401:
            self._tokens.token_refused(token)
            answer = self._ask(what, query, self._tokens.access_token())
        if answer.status in (401, 429):
            raise AuthUnavailable(f"Twitch's API puts {what} off: {answer.message}")
        if answer.is_refusal:
            raise RequestRefused(f"Twitch's API refuses {what}: {answer.message}")
        data = answer.fields.get("data")
        if not isinstance(data, list):
            raise AuthUnavailable(f"Twitch's API is out of order: {what} without data")
        return data

    def _ask(self, what: str, query: Query, token: Secret) -> Answer:
        if self._clock.monotonic() < self._silent_until_s:
            raise AuthUnavailable("Twitch's API was asked too often; it is left alone for a while")
        answer = ask(
            "GET",
            f"{self._api_url}/{what}",
            query=query,
            authorization=("Bearer", token),
            headers={"Client-Id": self._client_id},
            timeout_s=self._timeout_s,
        )
        if answer.status == 429 or answer.headers.get("Ratelimit-Remaining") == "0":
            # Nothing more is asked before the bucket is full again.
            reset = answer.headers.get("Ratelimit-Reset", "")
            is_moment = _UNIX_SECONDS.fullmatch(reset)
            wait_s = int(reset) - self._clock.utc_ms() / 1000 if is_moment else _WAIT_LIMIT_S
            self._silent_until_s = self._clock.monotonic() + min(max(wait_s, 1.0), _WAIT_LIMIT_S)
        return answer
