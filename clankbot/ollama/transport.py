"""One HTTP exchange with the server: out goes JSON, back come lines, or an error of ours.

The only file that calls requests.  A fresh connection each time, so that none was closed by the
server meanwhile, and none outlives its deadline.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import requests
import urllib3.exceptions

from clankbot.errors import OllamaError, OllamaUnavailable
from clankbot.http import Deadline, session_within
from clankbot.ollama.address import port_hint, shown
from clankbot.ollama.protocol import status_failure
from clankbot.records.accounts import Secret

_MAX_BYTES: Final = 1 << 20
"""No answer we want is longer: a thousand tokens are some 150 kB of JSON."""
_READ_BYTES: Final = 1 << 16

Json = Mapping[str, Any]


class Unreachable(OllamaUnavailable):
    """No connection came about, whatever the model.  Try again with backoff."""


class Transport:
    """The way to one server."""

    def __init__(self, url: str, api_key: Secret | None, ca_file: str | None) -> None:
        """ValueError for a key that no HTTP header can carry."""
        self._url = url
        self._auth = _bearer(api_key) if api_key else None
        self._verify = ca_file or True

    @property
    def address(self) -> str:
        """Where the server is, without a password."""
        return shown(self._url)

    @contextlib.contextmanager
    def lines(
        self, deadline: Deadline, path: str, body: Json | None, model: str | None
    ) -> Iterator[Iterator[bytes]]:
        """The lines of one answer as they arrive; every failure, also while reading, is ours."""
        try:
            with (
                session_within(deadline) as session,
                session.request(
                    "GET" if body is None else "POST",
                    self._url + path,
                    json=body,
                    auth=self._auth,
                    headers={"Accept-Encoding": "identity"},
                    verify=self._verify,
                    timeout=deadline.timeouts,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                lines = _lines_of(response, deadline)
                if response.status_code != requests.codes.ok:
                    raise status_failure(response.status_code, b"".join(lines), model)
                yield lines
        except (OSError, urllib3.exceptions.HTTPError) as error:
            deadline.check()
            raise self._lost(error, deadline) from error

    def _lost(self, error: Exception, deadline: Deadline) -> OllamaError:
        """What a failure below HTTP means.  Its text may reach the chat: it holds no address."""
        why = _cause(error)
        if deadline.connected and not isinstance(error, requests.exceptions.SSLError):
            return OllamaUnavailable(f"the connection to Ollama broke: {why}")
        return Unreachable(f"no connection to Ollama: {why}{port_hint(self._url)}")


def _lines_of(response: requests.Response, deadline: Deadline) -> Iterator[bytes]:
    """The lines of a body that are not blank, each as soon as it is complete.

    A body that ends with its connection looks complete when a deadline cut it: hence the check.
    """
    parts: list[bytes] = []
    left = _MAX_BYTES
    while data := response.raw.read1(_READ_BYTES):
        left -= len(data)
        if left < 0:
            raise OllamaUnavailable(f"the answer is longer than {_MAX_BYTES} bytes")
        *ended, rest = data.split(b"\n")
        for end in ended:
            parts.append(end)
            if line := b"".join(parts).strip():
                yield line
            parts.clear()
        parts.append(rest)
    deadline.check()
    if line := b"".join(parts).strip():
        yield line


def _bearer(
    api_key: Secret,
) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Authentication by key.  As a callable, so that no ~/.netrc can put another in its place."""
    key = api_key.reveal().strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("the API key holds characters that an HTTP header cannot carry")

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {key}"
        return request

    return sign


def _cause(error: BaseException) -> str:
    """What the system said at the bottom of an error: ``Connection refused``."""
    cause = "it ended too early"
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError) and not isinstance(link, requests.RequestException):
            cause = link.strerror or str(link)
        link = link.__cause__ or link.__context__
    return cause
