"""Twitch's API, as far as the bot needs it: who somebody is, and who is live.

Source: https://dev.twitch.tv/docs/api/reference (Get Users, Get Streams)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clankbot.auth.exchange import Answer, ask
from clankbot.errors import AuthUnavailable, RequestRefused
from clankbot.records.accounts import Secret

_MOST_A_CALL: Final = 100
_WAIT_LIMIT_S: Final = 60.0
"""The buckets of Twitch's API refill within a minute; a later reset is a clock that is wrong.

Source: https://dev.twitch.tv/docs/api/guide (Twitch Rate Limits)
"""

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TwitchUser:
    """An account: the id stays, login and display name may change."""

    user_id: str
    login: str
    display_name: str


class Helix:
    """Asks Twitch's API as the bot's account.  For one thread at a time.

    ``access_token`` gives a token that is good now; ``token_refused`` is told one that was not, and
    returns once there may be a better.  Methods raise AuthUnavailable when Twitch is out of order
    or has been asked too often, RequestRefused when it says no, and what those two raise.
    """

    def __init__(
        self,
        api_url: str,
        client_id: str,
        access_token: Callable[[], Secret],
        token_refused: Callable[[Secret], None],
        *,
        timeout_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = api_url.rstrip("/")
        self._client_id = client_id
        self._access_token = access_token
        self._token_refused = token_refused
        self._timeout_s = timeout_s
        self._clock = clock
        self._wall_clock = wall_clock
        self._silent_until_s = clock()

    def users(self, logins: Iterable[str] = (), ids: Iterable[str] = ()) -> list[TwitchUser]:
        """The accounts with these logins or ids, in no order; unknown ones are left out."""
        wanted = [*(("login", login) for login in logins), *(("id", user_id) for user_id in ids)]
        return [
            TwitchUser(*_texts(user, "id", "login", "display_name"))
            for query in _batches(wanted)
            for user in self._data("users", query)
        ]

    def live_channels(self, logins: Iterable[str]) -> frozenset[str]:
        """Those of the channels that are live now."""
        live = set()
        for query in _batches([("user_login", login) for login in logins]):
            for stream in self._data("streams", [*query, ("first", str(_MOST_A_CALL))]):
                login, kind = _texts(stream, "user_login", "type")
                if kind == "live":  # it is empty where Twitch does not know
                    live.add(login.lower())
        return frozenset(live)

    def _data(self, path: str, query: Query) -> list[Any]:
        token = self._access_token()
        answer = self._ask(path, query, token)
        if answer.status == 401:
            self._token_refused(token)
            answer = self._ask(path, query, self._access_token())
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
        self._heed_limits(answer)
        return answer

    def _heed_limits(self, answer: Answer) -> None:
        """Ask nothing more before the bucket is full again, where it is empty now."""
        if answer.status != 429 and answer.headers.get("Ratelimit-Remaining") != "0":
            return
        reset = answer.headers.get("Ratelimit-Reset", "")
        wait_s = int(reset) - self._wall_clock() if reset.isdecimal() else _WAIT_LIMIT_S
        self._silent_until_s = self._clock() + min(max(wait_s, 1.0), _WAIT_LIMIT_S)


def _batches(wanted: Query) -> Iterator[Query]:
    for start in range(0, len(wanted), _MOST_A_CALL):
        yield wanted[start : start + _MOST_A_CALL]


def _texts(row: object, *names: str) -> tuple[str, ...]:
    """These values of one row of an answer."""
    values = [row.get(name) if isinstance(row, dict) else None for name in names]
    texts = tuple(value for value in values if isinstance(value, str))
    if len(texts) < len(names):
        raise AuthUnavailable(f"Twitch's API is out of order: an answer lacks {', '.join(names)}")
    return texts
