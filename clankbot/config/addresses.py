"""Addresses of servers: which ones are accepted, and their parts for the rooms that connect.

Tokens travel encrypted: for Twitch's services, plain ``irc://`` and ``http://`` are accepted on
this machine only.  Pure; nothing is looked up or connected to.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from clankbot.config.kinds import Kind, Refused
from clankbot.records.accounts import Secret

_ASCII = re.compile(r"[!-~]+")
# No label may be empty or longer than this.  https://www.rfc-editor.org/rfc/rfc1035 (2.3.4)
_HOST_NAME = re.compile(r"(?=.{1,254}$)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_USERINFO = re.compile(r"^([^@]*?//|(?=[^@]*:)).*@")
_IRC_PORTS = {"ircs": 6697, "irc": 6667}
_WEB_SCHEMES = ("http", "https")
_OLLAMA_PORT = 11434
# What is pasted behind a base URL: Ollama's own paths, and what other programs' settings ask for.
# https://github.com/ollama/ollama/blob/main/server/routes.go (``GenerateRoutes``)
_OLLAMA_PATHS = re.compile(
    r"((/api)?/v[01](/(chat(/completions)?|completions|embeddings|messages|models|responses))?"
    r"|/api(/(chat(/completions)?|embed|embeddings|generate|models|ps|pull|show|tags|version))?)$"
)
# What a server listens on, and where a client on the same machine finds it.
_BIND_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}


@dataclass(frozen=True, slots=True)
class IrcServer:
    """Where Twitch chat is."""

    host: str
    port: int
    tls: bool


@dataclass(frozen=True, slots=True)
class Listener:
    """An address to listen on."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return _is_loopback(self.host)

    def __str__(self) -> str:
        """As it stands in a URL."""
        return f"{_bracketed(self.host)}:{self.port}"


def without_password(text: str) -> str:
    """The text with the user name and password of an address hidden, for logs and screens."""
    return _USERINFO.sub(r"\1<secret>@", text)


def _parts(text: str) -> SplitResult:
    """The parts of a URL that names a host, and neither a query nor a fragment."""
    if not _ASCII.fullmatch(text):
        raise Refused
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Refused from error
    host = parts.hostname or ""
    if not (_HOST_NAME.fullmatch(host) or _ip(host)):
        raise Refused
    if port == 0 or parts.query or parts.fragment:
        raise Refused
    return parts


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address a text spells out; None if it is a name."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    address = _ip(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _read_irc_server(text: str) -> IrcServer:
    """``ircs://host[:port]``, or ``irc://`` on this machine."""
    parts = _parts(text)
    host = parts.hostname or ""
    tls = parts.scheme == "ircs"
    if parts.scheme not in _IRC_PORTS or parts.path not in ("", "/") or "@" in parts.netloc:
        raise Refused
    if not tls and not _is_loopback(host):
        raise Refused
    return IrcServer(host, parts.port or _IRC_PORTS[parts.scheme], tls)


def _read_service_url(text: str) -> str:
    """``https://host[:port][/path]``, or ``http://`` on this machine; no slash at the end."""
    parts = _parts(text)
    plain = parts.scheme == "http" and _is_loopback(parts.hostname or "")
    if "@" in parts.netloc or not (parts.scheme == "https" or plain):
        raise Refused
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def _read_heartbeat_url(text: str) -> Secret:
    """The same, and a query may stand behind it; as it was written, for that is the key to it."""
    place, _, query = text.partition("?")
    _read_service_url(place)
    if query and (not _ASCII.fullmatch(query) or "#" in query):
        raise Refused
    return Secret(text)


def _read_ollama_url(text: str) -> str:
    """The base URL that is meant, whatever of it was pasted; no slash at the end.

    Source: https://github.com/ollama/ollama/blob/main/envconfig/config.go (``Host``), and the
    forms that other programs' settings use (``/v1``, ``/api/v1``, ``/api/chat``).
    """
    has_scheme = "://" in text
    parts = _parts(text if has_scheme else f"http://{_with_host(text)}")
    host = parts.hostname or ""
    if parts.scheme not in _WEB_SCHEMES or host in _WEB_SCHEMES:  # http:/host has the host "http"
        raise Refused
    host = _BIND_ADDRESSES.get(host, host)
    hosted = host == "ollama.com" and not has_scheme
    scheme = "https" if hosted else parts.scheme
    port = parts.port or (None if has_scheme or hosted else _OLLAMA_PORT)
    userinfo, at, _ = parts.netloc.rpartition("@")
    place = f"{userinfo}{at}{_bracketed(host)}" + (f":{port}" if port else "")
    return f"{scheme}://{place}{_OLLAMA_PATHS.sub('', parts.path.rstrip('/'))}".rstrip("/")


def _with_host(text: str) -> str:
    """What stands behind a missing ``http://``: ``::1`` in brackets, ``:1234`` on this machine."""
    if _ip(text) is not None:
        return _bracketed(text)
    return f"127.0.0.1{text}" if text.startswith(":") else text


def _bracketed(host: str) -> str:
    """The host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def _read_listener(text: str) -> Listener:
    """``host:port``; a port alone is on this machine."""
    parts = _parts(f"tcp://127.0.0.1:{text}" if text.isdecimal() else f"tcp://{text}")
    if parts.port is None or parts.path or "@" in parts.netloc:
        raise Refused
    return Listener(parts.hostname or "", parts.port)


IRC_SERVER: Final = Kind(
    "ircs://host[:port], or irc://host[:port] where the host is this machine", _read_irc_server
)
SERVICE_URL: Final = Kind(
    "https://host[:port][/path], or http:// where the host is this machine", _read_service_url
)
OLLAMA_URL: Final = Kind("http://host:port or https://host[/path]", _read_ollama_url)
HEARTBEAT_URL: Final = Kind(SERVICE_URL.accepts, _read_heartbeat_url, is_secret=True)
LISTENER: Final = Kind("host:port, such as 127.0.0.1:8787", _read_listener)
