"""Where the encryption key comes from: a setting, a file, or a file made here at the first sign-in.

Raises ConfigError for a key that is no key, KeyRefused for one that is missing; both mean exit 78.
"""

from __future__ import annotations

import base64
import logging
import os
import re
import secrets
import shlex
import stat
import tempfile
from pathlib import Path
from typing import Final

from clankbot.errors import ConfigError, KeyRefused
from clankbot.records.accounts import Secret
from clankbot.runtime.redaction import remember

log = logging.getLogger(__name__)

_KEY_BYTES: Final = 32
_KEY: Final = re.compile(r"[A-Za-z0-9_/+-]{43}=?")
_HOW: Final = "32 bytes in base64, as printed by: openssl rand -base64 32"

_KEY_FILE: Final = "TOKEN_ENCRYPTION_KEY_FILE"
_DEFAULT_FILE: Final = "The key file"
"""What a problem begins with."""

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_CREDENTIAL: Final = 0o440
"""The mode systemd may give a credential file, in a directory nobody else may enter.

Source: https://systemd.io/CREDENTIALS/
"""


def find_keys(
    key: Secret | None, key_file: Path | None, default_file: Path, *, may_create: bool
) -> list[bytes]:
    """The Fernet keys to seal and open with, the newest first.

    From ``key`` where given, else ``key_file``, else ``default_file``, which is made when it does
    not exist and ``may_create``: only while no tokens are stored, or they would be lost.
    Each source may hold several keys separated by commas (in a file: or on lines of their own).
    """
    if key is not None:
        return _parsed("TOKEN_ENCRYPTION_KEY", key.reveal())
    if key_file is not None:
        return _read(_KEY_FILE, key_file)
    if not default_file.exists():
        if not may_create:
            raise KeyRefused(
                f"The key file {default_file} is missing, and without it the stored sign-in cannot"
                " be opened: put it back or set TOKEN_ENCRYPTION_KEY; if the key is lost,"
                " run: python clankbot.py logout, then: python clankbot.py login"
            )
        _make(default_file)
    return _read(_DEFAULT_FILE, default_file)


def key_file_problems(key_file: Path | None, default_file: Path) -> tuple[str, ...]:
    """What is wrong with the file that ``find_keys`` would read; a missing default is nothing."""
    try:
        if key_file is not None:
            _keys_in(_KEY_FILE, key_file)
        elif default_file.exists():
            _keys_in(_DEFAULT_FILE, default_file)
    except ConfigError as error:
        return error.problems
    return ()


def is_open_to_others(path: Path) -> bool:
    """Whether others than the owner may read the file; not so a credential of systemd's."""
    mode = stat.S_IMODE(path.stat().st_mode)
    return bool(mode & _OTHERS) and mode != _CREDENTIAL


def _read(source: str, path: Path) -> list[bytes]:
    keys = _keys_in(source, path)
    if is_open_to_others(path):
        log.warning(
            "key file can be read by others",
            extra={"path": str(path), "do": f"chmod 600 {shlex.quote(str(path))}"},
        )
    return keys


def _keys_in(source: str, path: Path) -> list[bytes]:
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise ConfigError(f"{source}: cannot read {path} ({why}); it must hold {_HOW}") from error
    return _parsed(f"{source} {path}", text)


def _parsed(source: str, text: str) -> list[bytes]:
    words = text.replace(",", " ").split()
    keys = [_fernet_key(word) for word in words]
    if not keys or None in keys:
        raise ConfigError(
            f"{source}: must hold a key, or several with commas between, the newest first;"
            f" a key is {_HOW}"
        )
    for word in words:
        remember(Secret(word))
    return [key for key in keys if key is not None]


def _fernet_key(word: str) -> bytes | None:
    """The key in Fernet's spelling, from either base64 alphabet; None when it is no key."""
    if not _KEY.fullmatch(word):
        return None
    raw = base64.b64decode(word[:43].replace("-", "+").replace("_", "/") + "=")
    return base64.urlsafe_b64encode(raw)


def _make(path: Path) -> None:
    """Write a new key, unless another process was faster.

    Written whole under another name and then linked: nobody ever reads half a key, none replaces
    one that is there, and at no moment is the mode wider than 0600, whatever the umask.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(name, path)
        finally:
            os.unlink(name)
        _sync_directory(path.parent)
    except FileExistsError:
        return
    except OSError as error:
        raise ConfigError(
            f"TOKEN_ENCRYPTION_KEY: not set, and the key file {path} cannot be made"
            f" ({error.strerror}); set it to {_HOW}"
        ) from error
    log.info("encryption key made", extra={"path": str(path)})


def _sync_directory(directory: Path) -> None:
    """Make the new name last through a power cut: tokens sealed with a vanished key are lost."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
