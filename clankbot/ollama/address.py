"""Where the Ollama server is: whatever people paste, as one address to put paths behind.

Pure; the rules are those of Ollama's own clients.
Source: https://github.com/ollama/ollama/blob/main/envconfig/config.go (Host)
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

_PORT: Final = 11434
_OWN_PATHS = re.compile(r"/(?:api(?:/(?:chat|generate|tags|version))?|v1(?:/chat/completions)?)$")
_HOST_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?")
_NOT_HOSTS = frozenset({"http", "https"})
"""What a scheme with a slip in it (``http:/host``) looks like to a parser."""
_BIND_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where a server listens on every interface; a client connects to the loopback one."""
_WRONG = (
    "not the address of an Ollama server; accepted: host, host:port, http(s)://host[:port]/path"
)


def base_url(text: str) -> str:
    """The address with scheme and without a slash at its end; a password in it is kept.

    Without a scheme it is ``http`` on port 11434; with one, that scheme's own port.
    ValueError, without the text in it, for what is no address.
    """
    pasted = text.strip().strip("\"'").strip()
    if pasted.casefold().rstrip("/") == "ollama.com":
        return "https://ollama.com"
    if _is_bare_ipv6(pasted):
        pasted = f"[{pasted}]"
    elif pasted.startswith(":") or not pasted:
        pasted = f"127.0.0.1{pasted}"
    scheme, separator, rest = pasted.partition("://")
    if not separator:
        scheme, rest = "http", pasted
    try:
        parts = urlsplit(f"{scheme.lower()}://{rest}")
        host, port = _host(parts), parts.port
        user = parts.netloc.rpartition("@")[0]
        unquote(user).encode("latin-1")  # as HTTP will
    except ValueError as error:
        raise ValueError(_WRONG) from error
    if parts.scheme not in ("http", "https") or port == 0 or parts.query or parts.fragment:
        raise ValueError(_WRONG)
    if port is None and not separator:
        port = _PORT
    path = _OWN_PATHS.sub("", parts.path.rstrip("/")).rstrip("/")
    place = f"{user}@{host}" if user else host
    return f"{parts.scheme}://{place}{'' if port is None else f':{port}'}{path}"


def shown(url: str) -> str:
    """The address as it may stand in a log: without user name and password."""
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return scheme + separator + authority.rpartition("@")[2] + slash + path


def port_hint(url: str) -> str:
    """What to try when nobody answers at an address that names no port; else an empty string."""
    parts = urlsplit(url)
    if parts.port is not None or parts.hostname == "ollama.com":
        return ""
    return f" (the address names no port; Ollama itself listens on {_PORT})"


def _host(parts: SplitResult) -> str:
    """The host as it stands in an address; ValueError for what cannot be one."""
    host = parts.hostname or ""
    host = _BIND_ADDRESSES.get(host, host)
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    if host in _NOT_HOSTS or not _HOST_NAME.fullmatch(host):
        raise ValueError(_WRONG)
    return host


def _is_bare_ipv6(text: str) -> bool:
    """Whether this is an IPv6 address without the brackets an address needs."""
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
