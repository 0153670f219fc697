"""Twitch's sign-in service, one method per question; answers and refusals as types.

Source: https://dev.twitch.tv/docs/authentication/ (device code flow, refresh, validate, revoke)
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from clankbot.errors import AuthError, AuthUnavailable, ConfigError, TokenRefused
from clankbot.http import Deadline, Failure, HttpError
from clankbot.own_command import own_command
from clankbot.records.accounts import Identity, Secret
from clankbot.runtime.redaction import new_token, redact, remember

# To read chat and to write in it.  https://dev.twitch.tv/docs/chat/irc
SCOPES: Final = ("chat:read", "chat:edit")

_DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"

# How many times longer a refresh may take: an answer given up on is a one-time token lost.
_REFRESH_PATIENCE: Final = 3

# Twitch's no to a token or a code; any other status of the 400s says nothing about them.
# Source: https://dev.twitch.tv/docs/authentication/refresh-tokens (both mean: sign in again)
_REFUSALS: Final = (400, 401)

# A token must fit into a header line, a text on a terminal.
_TOKEN: Final = re.compile(r"[!-~]{1,2000}")
_TEXT: Final = re.compile(r"[ -~]{1,500}")

# Assumed if Twitch names none; less than its usual four hours, and validation corrects it.
_USUAL_LIFETIME_S: Final = 3600
_LIFETIME_LIMIT_S: Final = 365 * 24 * 3600
# Assumed if Twitch names none.  https://www.rfc-editor.org/rfc/rfc8628 (3.2)
_POLL_INTERVAL_S: Final = 5
_CODE_LIFETIME_S: Final = 1800
# A person waits meanwhile: what is longer is an error of the service.
_POLL_LIMIT_S: Final = 60
_CODE_LIMIT_S: Final = 24 * 3600

_MESSAGE_LIMIT_CHARS: Final = 100

# What is told of a request without an answer; the library's own text is long and holds addresses.
_FAILURES: Final[Mapping[Failure, str]] = {
    Failure.CONNECT_TIMEOUT: "cannot be reached: no answer in time",
    Failure.TLS: "cannot be reached: TLS failed",
    Failure.PROXY: "cannot be reached: the proxy refused",
    Failure.CONNECTION: "cannot be reached: no connection",
    Failure.TOO_LONG: "is out of order: its answer is far too long",
}

Form = Mapping[str, str | Secret]


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A sign-in that waits for a person: what to show, and what to ask Twitch with."""

    device_code: Secret
    user_code: str
    verification_uri: str
    interval_s: float
    lifetime_s: float


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """A new pair of tokens.  That of a public app refreshes once, and never again."""

    access_token: Secret
    refresh_token: Secret
    lifetime_s: int


@dataclass(frozen=True, slots=True)
class Validation:
    """What Twitch says of an access token: whose it is, what it may not do, and for how long."""

    identity: Identity
    client_id: str
    # What the bot needs and the token may not.
    missing_scopes: tuple[str, ...]
    lifetime_s: int


class NotYet(enum.Enum):
    """Why there is no token yet."""

    PENDING = "authorization pending"
    SLOW_DOWN = "slow down"


class TwitchOAuth:
    """Asks Twitch's sign-in service on behalf of one app.  Keeps no state; for any thread.

    Every method raises AuthUnavailable if Twitch is out of order; see ``ask``.
    """

    def __init__(
        self,
        auth_url: str,
        client_id: str,
        client_secret: Secret | None = None,
        *,
        timeout_s: float = 10.0,
        hear_time: Callable[[datetime], None] | None = None,
    ) -> None:
        """``hear_time`` is told the time that each answer names."""
        self._url = auth_url
        self._hear_time = hear_time
        self._client_secret = client_secret
        if client_secret:
            remember(client_secret)
        self._timeout_s = timeout_s
        self.client_id = client_id

    @property
    def has_secret(self) -> bool:
        """Whether the app is a confidential one."""
        return self._client_secret is not None

    def start_device(self) -> DeviceCode:
        """Begin a sign-in.  Raises ConfigError if Twitch does not know the app."""
        answer = self._post("device", {"scopes": " ".join(SCOPES)})
        if answer.is_refusal:
            if "client" in answer.said:
                raise ConfigError(
                    f"TWITCH_CLIENT_ID: Twitch does not accept it ({answer.message}); it must be"
                    " the client id of an app registered at https://dev.twitch.tv/console/apps"
                )
            raise AuthError(f"Twitch refuses to start a sign-in: {answer.message}")
        return DeviceCode(
            device_code=_token(answer.fields, "device_code"),
            user_code=_text(answer.fields, "user_code"),
            verification_uri=_text(answer.fields, "verification_uri"),
            interval_s=_seconds(answer.fields, "interval", _POLL_INTERVAL_S, _POLL_LIMIT_S),
            lifetime_s=_seconds(answer.fields, "expires_in", _CODE_LIFETIME_S, _CODE_LIMIT_S),
        )

    def poll_device(self, code: DeviceCode) -> TokenGrant | NotYet:
        """Ask whether the person has agreed.  Raises TokenRefused if this sign-in is over."""
        form: Form = {
            "scopes": " ".join(SCOPES),
            "device_code": code.device_code,
            "grant_type": _DEVICE_GRANT,
        }
        answer = self._post("token", form)
        if not answer.is_refusal:
            return _grant(answer.fields)
        said = answer.said
        if answer.status == 429 or NotYet.SLOW_DOWN.value in said:
            return NotYet.SLOW_DOWN
        if NotYet.PENDING.value in said:
            return NotYet.PENDING
        if "denied" in said:
            raise TokenRefused("The sign-in was denied on Twitch's page, so nothing was stored.")
        if "expired" in said or "invalid device code" in said:
            raise TokenRefused(
                f"The code has expired or was used already; run: {own_command('login')}"
            )
        if answer.status not in _REFUSALS:
            raise AuthUnavailable(f"Twitch does not answer about the sign-in: {answer.message}")
        raise TokenRefused(f"Twitch refuses the sign-in: {answer.message}")

    def refresh(self, refresh_token: Secret) -> TokenGrant:
        """Trade the refresh token for a new pair.  Raises TokenRefused if a person must act.

        AuthUnavailable leaves open whether Twitch did it: the same token is worth one more try.
        """
        form: dict[str, str | Secret] = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        }
        if self._client_secret:
            form["client_secret"] = self._client_secret
        answer = self._post("token", form, timeout_s=self._timeout_s * _REFRESH_PATIENCE)
        if answer.is_refusal:
            raise _refresh_refused(answer)
        return _grant(answer.fields, former=refresh_token)

    def validate(self, access_token: Secret) -> Validation | None:
        """What Twitch says of the token; None if it is not, or no longer, good.

        Source: https://dev.twitch.tv/docs/authentication/validate-tokens (at start and every hour)
        """
        answer = self._heard(
            ask(
                "GET",
                f"{self._url}/validate",
                authorization=("OAuth", access_token),
                timeout_s=self._timeout_s,
            )
        )
        if answer.status == 401:
            return None
        if answer.is_refusal:
            raise AuthUnavailable(f"Twitch does not check the sign-in: {answer.message}")
        fields = answer.fields
        granted = fields.get("scopes")
        return Validation(
            identity=Identity(_text(fields, "login").lower(), _text(fields, "user_id")),
            client_id=_text(fields, "client_id"),
            missing_scopes=tuple(
                scope for scope in SCOPES if not isinstance(granted, list) or scope not in granted
            ),
            lifetime_s=_seconds(fields, "expires_in", 0),
        )

    def revoke(self, access_token: Secret) -> bool:
        """Make the token worthless; False if it was so already."""
        answer = self._post("revoke", {"token": access_token})
        if not answer.is_refusal:
            return True
        if "invalid token" in answer.said:
            return False
        raise AuthUnavailable(f"Twitch does not revoke the sign-in: {answer.message}")

    def _post(self, path: str, form: Form, *, timeout_s: float | None = None) -> Answer:
        return self._heard(
            ask(
                "POST",
                f"{self._url}/{path}",
                form={"client_id": self.client_id, **form},
                timeout_s=timeout_s or self._timeout_s,
            )
        )

    def _heard(self, answer: Answer) -> Answer:
        """The answer, once the time in its head is told; one without a good time tells none."""
        if self._hear_time and (named := answer.headers.get("Date")):
            with suppress(ValueError):
                self._hear_time(parsedate_to_datetime(named).replace(tzinfo=UTC))  # always GMT
        return answer


def _refresh_refused(answer: Answer) -> AuthError:
    """The error for a refused refresh: not every refusal is about the token."""
    refused = f"Twitch refuses to renew the sign-in ({answer.message})"
    if "client secret" in answer.said:
        return TokenRefused(
            f"{refused}: set TWITCH_CLIENT_SECRET to the app's current secret, or leave it out for"
            " a public app"
        )
    if answer.status not in _REFUSALS:
        return AuthUnavailable(f"Twitch does not renew the sign-in: {answer.message}")
    if "client" in answer.said:
        return TokenRefused(
            f"{refused}: set TWITCH_CLIENT_ID to the client id of your app, then run:"
            f" {own_command('login')}"
        )
    return TokenRefused(f"{refused}; run: {own_command('login')}")


def _grant(fields: Mapping[str, Any], former: Secret | None = None) -> TokenGrant:
    """The pair in an answer; a refresh that names no new refresh token leaves the former good.

    Source: https://www.rfc-editor.org/rfc/rfc6749 (section 6)
    """
    keeps_former = "refresh_token" not in fields
    return TokenGrant(
        access_token=_token(fields, "access_token"),
        refresh_token=(keeps_former and former) or _token(fields, "refresh_token"),
        lifetime_s=_seconds(fields, "expires_in", 0) or _USUAL_LIFETIME_S,
    )


def _token(fields: Mapping[str, Any], name: str) -> Secret:
    return new_token(_text(fields, name, _TOKEN))


def _text(fields: Mapping[str, Any], name: str, accepted: re.Pattern[str] = _TEXT) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not accepted.fullmatch(value):
        raise AuthUnavailable(f"Twitch is out of order: its answer has no usable {name}")
    return value


def _seconds(
    fields: Mapping[str, Any], name: str, default: int, limit_s: int = _LIFETIME_LIMIT_S
) -> int:
    """The time that a field names; ``default`` for what is none, NaN or beyond all limits."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return default
    return int(value) if 0 <= value <= limit_s else default


# -- one request -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """Twitch's answer: a JSON object, with a status below 300 or a refusal of the 400s."""

    status: int
    headers: Mapping[str, str]
    # Empty if the body was empty.
    fields: Mapping[str, Any]

    @property
    def is_refusal(self) -> bool:
        """Whether Twitch said no."""
        return self.status >= 400

    @property
    def message(self) -> str:
        """Twitch's own words on a refusal, fit to be shown; its status if it gave none.

        It names errors in ``message``, RFC 8628 in ``error``.
        """
        text = redact(self._text("message") or self._text("error"))
        shown = "".join(filter(str.isprintable, text))[:_MESSAGE_LIMIT_CHARS]
        return shown or f"status {self.status}"

    @property
    def said(self) -> str:
        """All that a refusal says, to look for words in: the code of the error and the message.

        In lower case, with blanks for underscores.  RFC 6749 (5.2) has its words in the code, as in
        ``slow_down``; Twitch has them in the message.
        """
        texts = (self._text(name) for name in ("error", "message"))
        return " ".join(texts).lower().replace("_", " ")

    def _text(self, name: str) -> str:
        """A field that should be a text; empty if it is none."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""


def ask(
    method: str,
    url: str,
    *,
    timeout_s: float,
    form: Form | None = None,
    query: Sequence[tuple[str, str]] = (),
    authorization: tuple[str, Secret] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask Twitch once, and read the answer.  Follows no redirect.

    Never asks twice by itself: a repeated refresh would spend a one-time token.  ``authorization``
    is the scheme and the token.  ``timeout_s`` is for the whole.
    Raises AuthUnavailable for whatever is no answer of Twitch: no connection, a status of 500 or
    above, a redirect, a body that is too long or no JSON object.
    """
    sent_headers = dict(headers or {})
    if authorization:
        scheme, token = authorization
        sent_headers["Authorization"] = f"{scheme} {token.reveal()}"
    sent_form = {k: v.reveal() if isinstance(v, Secret) else v for k, v in (form or {}).items()}
    try:
        with Deadline(timeout_s) as deadline:
            response = deadline.send(
                method,
                url,
                headers=sent_headers,
                query=query,
                form=sent_form,
                # Plain http is for loopback only: a proxy would read the tokens.
                obeys_environment=url.startswith("https:"),
            )
            status, body = response.status, response.body()
    except HttpError as error:
        told = str(error)
        if error.failure is Failure.CERTIFICATE:
            told = f"its certificate is not accepted: {error}"
        problem = _FAILURES.get(error.failure, f"cannot be reached: {told}")
        raise AuthUnavailable(f"Twitch {problem}") from error
    if not (200 <= status < 300 or 400 <= status < 500):
        raise AuthUnavailable(f"Twitch is out of order: it answered {status}")
    try:
        fields = json.loads(body.decode("utf-8", "replace")) if body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise AuthUnavailable(f"Twitch is out of order: {status}, but no JSON") from error
    if not isinstance(fields, dict):
        raise AuthUnavailable(f"Twitch is out of order: {status}, but no JSON object")
    return Answer(status, response.headers, fields)
