"""Twitch's sign-in service, and the little of its API that the bot uses, on loopback.

It keeps Twitch's rules: tokens expire, a refresh token of a public app is good for one refresh, a
device code is polled at a pace.  Time is an argument, so a test may let hours pass at once.  It can
also be out of order, in every way a network knows, and it notes all that it was asked.
"""

from __future__ import annotations

import itertools
import json
import ssl
import threading
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final

from clankbot.clock import Clock
from clankbot.loopback.room_lines import made_up_user_id

CHAT_SCOPES: Final = ("chat:read", "chat:edit")
_POLLED_TOO_SOON_S: Final = 0.1
_LONGEST_HELD_S: Final = 30.0
"""For an answer that a failing test never lets go."""

Reply = tuple[int, dict[str, object]]


@dataclass
class Token:
    """A pair that was handed out."""

    access: str
    refresh: str
    login: str
    user_id: str
    client_id: str
    scopes: tuple[str, ...]
    expires_at_s: float
    is_revoked: bool = False
    is_spent: bool = False
    """Its refresh token was used."""


@dataclass(frozen=True)
class Heard:
    """One request: ``what`` is device, poll, refresh, validate, revoke, users or streams."""

    what: str
    given: dict[str, list[str]]
    headers: dict[str, str]
    at_s: float


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one request."""

    status: int = 503
    body: bytes | None = b"<html>out of order</html>"
    """None: the connection is closed without an answer."""
    is_done: bool = False
    """What was asked for is done all the same; only the answer is lost."""
    delay_s: float = 0.0
    """Time before the answer, which is then the right one."""
    held_until: threading.Event | None = None
    """As a delay, until a test lets the answer go."""

    @property
    def is_late(self) -> bool:
        """Whether the right answer comes, only later."""
        return self.delay_s > 0 or self.held_until is not None


DROPPED: Final = Trouble(body=None)
ANSWER_LOST: Final = Trouble(body=None, is_done=True)


@dataclass
class _Device:
    """A sign-in that waits for the person."""

    code: str
    scopes: tuple[str, ...]
    expires_at_s: float
    polled_at_s: float = -1e9


def live_row(login: str) -> dict[str, object]:
    """A stream that is live, as Get Streams tells of it."""
    return {"user_login": login, "type": "live", "title": f"A quiet evening with {login}"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no news."""


@dataclass
class TwitchId:
    """The service; ``with TwitchId() as twitch`` runs it.  Attributes may change at any time."""

    client_id: str = "testclientid"
    client_secret: str | None = None
    """Given: the app is confidential, and its refresh tokens may be used again and again."""
    lifetime_s: float = 14_400.0
    clock: Clock = field(default_factory=Clock)
    login: str = "clankbot"
    """The account that the person at the activation page is signed in with."""
    users: dict[str, str] = field(
        default_factory=lambda: {
            "clankbot": "100",
            "alice": "200",
            "alpha": made_up_user_id("alpha"),
            "beta": made_up_user_id("beta"),
        }
    )
    """Every account there is, by login; the rooms' ids are those of the loopback room."""
    live: set[str] = field(default_factory=set)
    room_modes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The modes of Get Chat Settings that are on, by the channel's id."""
    device_answers: list[str] = field(default_factory=list)
    """What the first polls are answered; then the person has agreed, or these go on for ever:"""
    never_agrees: bool = False
    withheld_scopes: tuple[str, ...] = ()
    interval_s: float = 5.0
    device_lifetime_s: float = 1800.0
    outage: int | None = None
    """A status with which everything is answered."""
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What others do when a request of a kind has arrived, before it is answered."""
    points: int = 800
    """What is left of the API's rate limit."""
    tls: ssl.SSLContext | None = None
    """Given: it speaks https, under the name localhost."""

    def __post_init__(self) -> None:
        self.heard: list[Heard] = []
        self.tokens: list[Token] = []
        self.violations: list[str] = []
        self._troubles: list[tuple[str, Trouble]] = []
        self._device: _Device | None = None
        self._codes: list[str] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service._serve(self)

            def do_POST(self) -> None:
                service._serve(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.005,), name="twitch-id", daemon=True
        )

    def __enter__(self) -> TwitchId:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # --- for the test ---

    @property
    def auth_url(self) -> str:
        """For TWITCH_AUTH_URL."""
        return f"{self._base}/oauth2"

    @property
    def api_url(self) -> str:
        """For TWITCH_API_URL."""
        return f"{self._base}/helix"

    @property
    def _base(self) -> str:
        host = "https://localhost" if self.tls else "http://127.0.0.1"
        return f"{host}:{self._server.server_port}"

    def issue(self, login: str | None = None, scopes: tuple[str, ...] = CHAT_SCOPES) -> Token:
        """Hand out a pair, as after a sign-in."""
        login = login or self.login
        number = next(self._numbers)
        token = Token(
            access=f"access{number:04}{'a' * 20}",
            refresh=f"refresh{number:04}{'r' * 39}",
            login=login,
            user_id=self.users.setdefault(login, str(900 + number)),
            client_id=self.client_id,
            scopes=scopes,
            expires_at_s=self.clock.monotonic() + self.lifetime_s,
        )
        self.tokens.append(token)
        return token

    def accepts(self, access_token: str) -> bool:
        """Whether the token is good now; also for a chat room that wants to know."""
        return self._good(access_token) is not None

    def trouble(self, what: str, *troubles: Trouble) -> None:
        """Let the next requests of a kind go wrong, one trouble each."""
        with self._lock:
            self._troubles += [(what, trouble) for trouble in troubles]

    def count(self, what: str) -> int:
        """How many requests of a kind came."""
        return sum(1 for heard in self.heard if heard.what == what)

    def secrets(self) -> list[str]:
        """All that must be seen nowhere but on the wire."""
        found = [text for token in self.tokens for text in (token.access, token.refresh)]
        return found + self._codes + ([self.client_secret] if self.client_secret else [])

    def invalidate_all(self) -> None:
        """As when the owner disconnects the app: no token is good for anything any more."""
        for token in self.tokens:
            token.is_revoked = True

    # --- the wire ---

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        url = urllib.parse.urlsplit(request.path)
        length = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(length).decode()
        given = urllib.parse.parse_qs(f"{url.query}&{body}" if body else url.query)
        what = url.path.rsplit("/", 1)[-1]
        if what == "token":
            what = "refresh" if given.get("grant_type") == ["refresh_token"] else "poll"
        with self._lock:
            self.heard.append(Heard(what, given, dict(request.headers), self.clock.monotonic()))
            trouble = self._next_trouble(what)
            reply: Reply | None = None
            if trouble is None or trouble.is_done or trouble.is_late:
                reply = self._reply(what, given, request.headers.get("Authorization", ""))
        if trouble is not None and trouble.held_until is not None:
            trouble.held_until.wait(_LONGEST_HELD_S)
        elif trouble is not None and trouble.delay_s:
            self._closing.wait(trouble.delay_s)
        elif trouble is not None:
            self._send(request, trouble.status, trouble.body)
            return
        if reply is not None:
            self._send(request, reply[0], json.dumps(reply[1]).encode() if reply[1] else b"")

    def _next_trouble(self, what: str) -> Trouble | None:
        if self.outage:
            return Trouble(self.outage)
        for entry in self._troubles:
            if entry[0] == what:
                self._troubles.remove(entry)
                return entry[1]
        return None

    def _send(self, request: BaseHTTPRequestHandler, status: int, body: bytes | None) -> None:
        if body is None:
            request.close_connection = True
            return
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        if 300 <= status < 400:
            request.send_header("Location", self.auth_url)
        if "/helix/" in request.path:
            request.send_header("Ratelimit-Remaining", str(self.points))
            request.send_header("Ratelimit-Reset", str(self.clock.utc_ms() // 1000 + 30))
        request.end_headers()
        request.wfile.write(body)

    # --- what Twitch would do ---

    def _reply(self, what: str, given: dict[str, list[str]], authorization: str) -> Reply:
        one = {key: values[0] for key, values in given.items()}
        if what in self.meanwhile:
            self.meanwhile[what]()
        match what:
            case "validate":
                return self._validate(authorization)
            case "users" | "streams" | "settings":
                return self._api(what, given, authorization.removeprefix("Bearer "))
            case _ if one.get("client_id") != self.client_id:
                return _no("client does not exist" if what == "revoke" else "invalid client")
            case "device":
                return self._start(one)
            case "poll":
                return self._poll(one)
            case "refresh":
                return self._refresh(one)
            case "revoke":
                return self._revoke(one)
        return _no("not found", 404)

    def _start(self, given: dict[str, str]) -> Reply:
        number = next(self._numbers)
        self._device = _Device(
            code=f"device{number:04}{'d' * 30}",
            scopes=tuple(given.get("scopes", "").split()),
            expires_at_s=self.clock.monotonic() + self.device_lifetime_s,
        )
        self._codes.append(self._device.code)
        return 200, {
            "device_code": self._device.code,
            "expires_in": self.device_lifetime_s,
            "interval": self.interval_s,
            "user_code": "ABCDEFGH",
            "verification_uri": "https://www.twitch.tv/activate?public=true&device-code=ABCDEFGH",
        }

    def _poll(self, given: dict[str, str]) -> Reply:
        device, now_s = self._device, self.clock.monotonic()
        if device is None or given["device_code"] != device.code or now_s >= device.expires_at_s:
            return _no("invalid device code")
        if now_s - device.polled_at_s < self.interval_s - _POLLED_TOO_SOON_S:
            self.violations.append(f"polled again after {now_s - device.polled_at_s:.2f} s")
        device.polled_at_s = now_s
        if self.device_answers:
            answer = self.device_answers.pop(0)
            if answer == "slow_down":
                self.interval_s += 5
            return _no(answer)
        if self.never_agrees:
            return _no("authorization_pending")
        self._device = None
        scopes = tuple(scope for scope in device.scopes if scope not in self.withheld_scopes)
        return self._granted(self.issue(scopes=scopes))

    def _refresh(self, given: dict[str, str]) -> Reply:
        if self.client_secret and "client_secret" not in given:
            return _no("missing client secret")
        if given.get("client_secret") != self.client_secret:
            return _no("invalid client secret", 403)
        found = [token for token in self.tokens if token.refresh == given["refresh_token"]]
        if not found or found[0].is_revoked:
            return _no("Invalid refresh token")
        old = found[0]
        if old.is_spent and not self.client_secret:
            self.violations.append("a refresh token was used twice")
            return _no("Invalid refresh token")
        old.is_spent = True
        return self._granted(self.issue(old.login, old.scopes))

    def _granted(self, token: Token) -> Reply:
        return 200, {
            "access_token": token.access,
            "expires_in": int(self.lifetime_s),
            "refresh_token": token.refresh,
            "scope": list(token.scopes),
            "token_type": "bearer",
        }

    def _validate(self, authorization: str) -> Reply:
        token = self._good(authorization.partition(" ")[2])
        if token is None:
            return _no("invalid access token", 401)
        return 200, {
            "client_id": token.client_id,
            "login": token.login,
            "scopes": list(token.scopes) or None,
            "user_id": token.user_id,
            "expires_in": int(token.expires_at_s - self.clock.monotonic()),
        }

    def _revoke(self, given: dict[str, str]) -> Reply:
        token = self._good(given["token"])
        if token is None:
            return _no("Invalid token")
        token.is_revoked = True
        return 200, {}

    def _api(self, what: str, given: dict[str, list[str]], access_token: str) -> Reply:
        if self._good(access_token) is None:
            return _no("Invalid OAuth token", 401)
        if self.points <= 0:
            return _no("Too Many Requests", 429)
        self.points -= 1
        if what == "streams":
            wanted = [name for name in given.get("user_login", []) if name in self.live]
            return 200, {"data": [live_row(name) for name in wanted]}
        if what == "settings":
            modes = self.room_modes.get(given["broadcaster_id"][0], ())
            return 200, {"data": [dict.fromkeys(modes, True)]}
        wanted_ids = given.get("id", [])
        return 200, {
            "data": [
                {"id": user_id, "login": login, "display_name": login.title()}
                for login, user_id in self.users.items()
                if login in given.get("login", []) or user_id in wanted_ids
            ]
        }

    def _good(self, access_token: str) -> Token | None:
        now_s = self.clock.monotonic()
        for token in self.tokens:
            if token.access == access_token and not token.is_revoked and now_s < token.expires_at_s:
                return token
        return None


def _no(message: str, status: int = 400) -> Reply:
    return status, {"error": HTTPStatus(status).phrase, "status": status, "message": message}
