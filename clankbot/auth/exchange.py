"""One HTTP exchange with Twitch: bounded in time and size, and silent about what was secret.

The only file of this room that imports requests.  Knows nothing of what is asked or answered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import requests
import urllib3.exceptions

from clankbot.errors import AuthUnavailable
from clankbot.http import Deadline, session_within
from clankbot.records.accounts import Secret
from clankbot.runtime.redaction import redact

_BODY_LIMIT_BYTES: Final = 1024 * 1024
"""Far above the largest answer asked for: a hundred live channels are some 100 KB."""

_CHUNK_BYTES: Final = 1024
_MESSAGE_LIMIT_CHARS: Final = 100

Form = Mapping[str, str | Secret]


@dataclass(frozen=True, slots=True)
class Answer:
    """Twitch's answer: a JSON object, with a status below 300 or a refusal of the 400s."""

    status: int
    headers: Mapping[str, str]
    fields: Mapping[str, Any]
    """Empty where the body was empty."""
    message: str
    """Twitch's own words on a refusal, fit to be shown; "" where it gave none."""
    said: str
    """All that a refusal says, to look for words in: the code of the error and the message, in
    lower case, with blanks for underscores.  RFC 6749 (5.2) has its words in the code, as in
    ``slow_down``; Twitch has them in the message."""

    @property
    def is_refusal(self) -> bool:
        """Whether Twitch said no."""
        return self.status >= 400


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
    """Ask once, in a connection of its own, and read the answer.  Follows no redirect.

    Never asks twice by itself: a repeated refresh would spend a one-time token.  ``authorization``
    is the scheme and the token.  ``timeout_s`` is for the whole; see ``deadline``.
    Raises AuthUnavailable for whatever is no answer of Twitch: no connection, a status of 500 or
    above, a redirect, a body that is too long or no JSON object.
    """
    sent_headers = {"Accept-Encoding": "identity", **(headers or {})}
    if authorization:
        scheme, token = authorization
        sent_headers["Authorization"] = f"{scheme} {token.reveal()}"
    with Deadline(timeout_s, late=_late) as deadline:
        try:
            with session_within(deadline) as session:
                # Plain http is for loopback only: no proxy, and nothing else of the environment.
                session.trust_env = url.startswith("https:")
                session.auth = _as_it_is
                with session.request(
                    method,
                    url,
                    params=list(query),
                    data=_revealed(form),
                    headers=sent_headers,
                    timeout=deadline.timeouts,
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    body = _body(response)
        except (OSError, urllib3.exceptions.HTTPError) as error:  # requests' own are OSErrors
            deadline.check()
            raise AuthUnavailable(f"Twitch cannot be reached: {_reason(error)}") from error
        deadline.check()  # a body that ends with its connection looks complete when it was cut
    if response.status_code >= 500 or 300 <= response.status_code < 400:
        raise AuthUnavailable(f"Twitch is out of order: it answered {response.status_code}")
    fields = _json_object(body, response.status_code)
    return Answer(response.status_code, response.headers, fields, _message(fields), _said(fields))


def _late(text: str) -> AuthUnavailable:
    return AuthUnavailable(f"Twitch cannot be reached: {text}")


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication that changes nothing: with none at all, ~/.netrc would overwrite ours."""
    return request


def _revealed(form: Form | None) -> dict[str, str] | None:
    if form is None:
        return None
    return {k: v.reveal() if isinstance(v, Secret) else v for k, v in form.items()}


def _body(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK_BYTES):
        body += chunk
        if len(body) > _BODY_LIMIT_BYTES:
            raise AuthUnavailable("Twitch is out of order: its answer is far too long")
    return bytes(body)


def _json_object(body: bytes, status: int) -> Mapping[str, Any]:
    if not body.strip():
        return {}
    try:
        found = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise AuthUnavailable(f"Twitch is out of order: {status}, but no JSON") from error
    if not isinstance(found, dict):
        raise AuthUnavailable(f"Twitch is out of order: {status}, but no JSON object")
    return found


def _message(fields: Mapping[str, Any]) -> str:
    """Twitch's words, made safe to print; it names errors in ``message``, RFC 8628 in ``error``."""
    text = redact(str(fields.get("message") or fields.get("error") or ""))
    return "".join(c for c in text if c.isprintable())[:_MESSAGE_LIMIT_CHARS]


def _said(fields: Mapping[str, Any]) -> str:
    texts = (str(fields.get(name) or "") for name in ("error", "message"))
    return " ".join(texts).lower().replace("_", " ")


def _reason(error: Exception) -> str:
    """The kind of failure in plain words: the error's own text is long and holds addresses."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate was not accepted (is the clock of this machine right?)"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy refused"
    return "no connection"
