"""Twitch's API, as far as the bot needs it: who is live.

Source: https://dev.twitch.tv/docs/api/reference (Get Streams)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from clankbot.auth.oauth import Answer, ask
from clankbot.auth.tokens import TokenKeeper
from clankbot.errors import AuthUnavailable, RequestRefused
from clankbot.records.accounts import Secret

_MOST_A_CALL: Final = 100
# The buckets of Twitch's API refill within a minute; a later reset is a clock that is wrong.
# Source: https://dev.twitch.tv/docs/api/guide (Twitch Rate Limits)
_WAIT_LIMIT_S: Final = 60.0

Query = Sequence[tuple[str, str]]


class Helix:
    """Asks Twitch's API as the bot's account.  For one thread at a time.

    Methods raise AuthUnavailable if Twitch is out of order or has been asked too often,
    RequestRefused if it says no, and what the keeper of the tokens raises.
    """

    def __init__(
        self,
        api_url: str,
        client_id: str,
        tokens: TokenKeeper,
        *,
        timeout_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = api_url.rstrip("/")
        self._client_id = client_id
        self._tokens = tokens
        self._timeout_s = timeout_s
        self._clock = clock
        self._wall_clock = wall_clock
        self._silent_until_s = clock()

    def live_channels(self, logins: Iterable[str]) -> frozenset[str]:
        """Those of the channels that are live now."""
        live = set()
        wanted = [("user_login", login) for login in logins]
        for start in range(0, len(wanted), _MOST_A_CALL):
            query = [*wanted[start : start + _MOST_A_CALL], ("first", str(_MOST_A_CALL))]
            for stream in self._data("streams", query):
                login, kind = _texts(stream, "user_login", "type")
                if kind == "live":  # it is empty if Twitch does not know
                    live.add(login.lower())
        return frozenset(live)

    def _data(self, path: str, query: Query) -> list[Any]:
        """The rows of an answer; a token that Twitch refuses is replaced once."""
        token = self._tokens.access_token()
        answer = self._ask(path, query, token)
        if answer.status == 401:
            self._tokens.token_refused(token)
            answer = self._ask(path, query, self._tokens.access_token())
        if answer.status in (401, 429):
            raise AuthUnavailable(f"Twitch's API puts {path} off: {answer.message}")
        if answer.is_refusal:
            raise RequestRefused(f"Twitch's API refuses {path}: {answer.message or answer.status}")
        data = answer.fields.get("data")
        if not isinstance(data, list):
            raise AuthUnavailable(f"Twitch's API is out of order: {path} without data")
        return data

    def _ask(self, path: str, query: Query, token: Secret) -> Answer:
        if self._clock() < self._silent_until_s:
            raise AuthUnavailable("Twitch's API was asked too often; it is left alone for a while")
        answer = ask(
            "GET",
            f"{self._url}/{path}",
            query=query,
            authorization=("Bearer", token),
            headers={"Client-Id": self._client_id},
            timeout_s=self._timeout_s,
        )
        if answer.status == 429 or answer.headers.get("Ratelimit-Remaining") == "0":
            # Nothing more is asked before the bucket is full again.
            reset = answer.headers.get("Ratelimit-Reset", "")
            wait_s = int(reset) - self._wall_clock() if reset.isdecimal() else _WAIT_LIMIT_S
            self._silent_until_s = self._clock() + min(max(wait_s, 1.0), _WAIT_LIMIT_S)
        return answer


def _texts(row: object, *names: str) -> tuple[str, ...]:
    """These values of one row of an answer."""
    values = [row.get(name) if isinstance(row, dict) else None for name in names]
    texts = tuple(value for value in values if isinstance(value, str))
    if len(texts) < len(names):
        raise AuthUnavailable(f"Twitch's API is out of order: an answer lacks {', '.join(names)}")
    return texts
