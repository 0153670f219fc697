"""What may be told of the Ollama server's address.  Pure; config has made it a base URL before."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from clankbot.ollama.cloud import is_cloud_address

_PORT: Final = 11434


def shown(url: str) -> str:
    """The address as it may stand in a log: without user name and password."""
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return scheme + separator + authority.rpartition("@")[2] + slash + path


def port_hint(url: str) -> str:
    """What to try when nobody answers at an address that names no port; else an empty string."""
    if urlsplit(url).port is not None or is_cloud_address(url):
        return ""
    return f" (the address names no port; Ollama itself listens on {_PORT})"
