"""What runs on Ollama's own servers instead of the streamer's.  Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

HOST: Final = "ollama.com"
_SUFFIXES: Final = (":cloud", "-cloud")
"""How the tags of such models end.  https://docs.ollama.com/cloud"""


def is_cloud_model(name: str) -> bool:
    """Whether a server passes what this model is asked on to Ollama's cloud."""
    return name.lower().endswith(_SUFFIXES)


def is_cloud_address(url: str) -> bool:
    """Whether the server itself is the cloud."""
    return urlsplit(url).hostname == HOST
