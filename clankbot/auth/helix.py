"""Twitch's API, as far as the bot needs it: who is live, and who is called what.

Source: https://dev.twitch.tv/docs/api/reference (Get Streams, Get Users, Get Chat Settings)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from clankbot.auth.oauth import Answer, ask
from clankbot.clock import Clock
from clankbot.errors import AuthUnavailable, RequestRefused
from clankbot.records.accounts import Identity, Secret
from clankbot.records.stream import Stream

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

    def live_channels(self, logins: Iterable[str]) -> dict[str, Stream]:
        """Those of the channels that are live now, and what is on in them."""
        live = {}
        wanted = [("user_login", login) for login in logins]
        for start in range(0, len(wanted), _MOST_A_CALL):
            query = [*wanted[start : start + _MOST_A_CALL], ("first", str(_MOST_A_CALL))]
            for stream in self._rows("streams", query):
                match stream:
                    case {"user_login": str(login), "type": "live"}:
                        live[login.lower()] = _stream(stream)
                    case {"user_login": str(), "type": str()}:
                        pass  # the type is empty if Twitch does not know
                    case _:
                        raise AuthUnavailable(
                            "Twitch's API is out of order: a stream lacks its user_login or type"
                        )
        return live

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


def _stream(row: Mapping[str, Any]) -> Stream:
    """What a row tells of a stream; what is missing or odd is left out."""
    title, category, tags = row.get("title"), row.get("game_name"), row.get("tags")
    return Stream(
        title if isinstance(title, str) else "",
        category if isinstance(category, str) else "",
        tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        _moment_ms(row.get("started_at")),
    )


def _moment_ms(value: object) -> int | None:
    """A time as Twitch writes it, ``2030-03-17T12:00:00Z``, in ms UTC."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if moment is None or moment.tzinfo is None else round(moment.timestamp() * 1000)
