"""Kinds of values that only the environment holds: files, lists of names, servers' passwords."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from clankbot.config.kinds import Kind, Refused
from clankbot.records.accounts import Secret

LOGIN: Final = re.compile(r"[a-z0-9_]{1,25}")
"""A Twitch login, lower case."""

_KEYS = re.compile(r"\s*[A-Za-z0-9_/+-]{43}=?(?:[\s,]+[A-Za-z0-9_/+-]{43}=?)*\s*")
"""32 bytes in base64, or several of these with commas between."""
_USER_ID = re.compile(r"[0-9]{1,20}")
_WORD = re.compile(r"[!-~]{1,200}")
_SECONDS = re.compile(r"-?[0-9]{1,9}")
_GO_DURATION = re.compile(r"-?([0-9]{1,9}(\.[0-9]{1,9})?(ns|us|µs|ms|s|m|h))+")


def _read_path(text: str) -> Path:
    """A file; ``~`` is the home folder."""
    if "\0" in text or not text:
        raise Refused
    return Path(os.path.expanduser(text))


def _read_keys(text: str) -> Secret:
    """One key, or several with the newest first."""
    if not _KEYS.fullmatch(text):
        raise Refused
    return Secret(text)


def _read_database(text: str) -> Path:
    """The file of ``path`` or ``sqlite:///path``."""
    path = text.removeprefix("sqlite:///")
    if "://" in path or path.startswith((":", "file:", "sqlite:")):
        raise Refused
    return _read_path(path)


def _listed(pattern: re.Pattern[str]) -> Callable[[str], tuple[str, ...]]:
    """Reads names between commas: each once, in order, lower case, without ``#`` or ``@``."""

    def read(text: str) -> tuple[str, ...]:
        items = [item.strip().lstrip("#@").strip().lower() for item in text.split(",")]
        names = tuple(dict.fromkeys(item for item in items if item))
        wrong = [name for name in names if not pattern.fullmatch(name)]
        if wrong:
            raise Refused(", ".join(wrong))
        return names

    return read


def _as_set(read: Callable[[str], tuple[str, ...]]) -> Callable[[str], frozenset[str]]:
    """Reads the same names where their order does not matter."""
    return lambda text: frozenset(read(text))


def _read_keep_alive(text: str) -> int | str:
    """Seconds as a number, or a duration as Go writes it: what Ollama takes."""
    if _SECONDS.fullmatch(text):
        return int(text)
    if not _GO_DURATION.fullmatch(text):
        raise Refused
    return text


def _read_word(text: str) -> str:
    """A name or id without blanks."""
    if not _WORD.fullmatch(text):
        raise Refused
    return text


_LOGINS_ACCEPTED = "Twitch logins between commas (1 to 25 of a-z, 0-9 and _)"

WORD: Final = Kind("one word of ASCII characters", _read_word)
FILE: Final = Kind("the path of a file", _read_path)
KEYS: Final = Kind(
    "32 bytes in base64, as printed by: openssl rand -base64 32 (several: the newest first,"
    " with commas between)",
    _read_keys,
    is_secret=True,
)
DATABASE_FILE: Final = Kind("the path of a file, or sqlite:///path", _read_database)
CHANNELS: Final = Kind(_LOGINS_ACCEPTED, _listed(LOGIN))
LOGINS: Final = Kind(_LOGINS_ACCEPTED, _as_set(_listed(LOGIN)))
USER_IDS: Final = Kind("Twitch user ids (numbers) between commas", _as_set(_listed(_USER_ID)))
KEEP_ALIVE: Final = Kind("seconds, -1 for ever, or a time such as 30m", _read_keep_alive)
