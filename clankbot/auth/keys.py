"""The encryption key of the stored tokens: where it comes from, and what is done with it.

It comes from a setting, from a file, or from a file made here at the first sign-in.
"""

from __future__ import annotations

import base64
import importlib
import logging
import os
import re
import shlex
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clankbot.errors import ConfigError, KeyRefused
from clankbot.files import read_bytes
from clankbot.own_command import own_command
from clankbot.records.accounts import Secret
from clankbot.runtime.redaction import new_token, remember

log = logging.getLogger(__name__)

# 32 bytes in base64, in either alphabet.
_KEY: Final = re.compile(r"[A-Za-z0-9_/+-]{43}=?")
_HOW: Final = "32 bytes in base64, as printed by: openssl rand -base64 32"
_KEY_BYTES: Final = 32

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
# The mode systemd may give a credential file, in a directory that nobody else may enter.
# Source: https://systemd.io/CREDENTIALS/
_CREDENTIAL: Final = 0o440


class Encryption:
    """Encrypts tokens with the first key and decrypts with any, so that a key can be replaced.

    ``keys`` are Fernet keys, the newest first and at least one.
    Source: https://cryptography.io/en/latest/fernet/ (Fernet, MultiFernet)
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        # Only here: it takes seven megabytes, and many a command has nothing to encrypt.
        fernet = importlib.import_module("cryptography.fernet")
        self._newest = fernet.Fernet(keys[0])
        self._all = fernet.MultiFernet([fernet.Fernet(key) for key in keys])
        self._refusal: type[Exception] = fernet.InvalidToken

    def encrypt(self, token: Secret) -> str:
        """The token as text that only the newest key decrypts; ASCII, different at every call."""
        encrypted: bytes = self._all.encrypt(token.reveal().encode())
        return encrypted.decode("ascii")

    def decrypt(self, text: str) -> Secret:
        """The token.  Raises KeyRefused if no key decrypts it, or if it was tampered with."""
        try:
            return new_token(self._all.decrypt(text.encode()).decode())
        except self._refusal as error:
            raise _no_key_decrypts() from error

    def rotate(self, text: str) -> str:
        """The same token, encrypted with the newest key.  Raises KeyRefused as ``decrypt`` does."""
        try:
            rotated: bytes = self._all.rotate(text.encode())
        except self._refusal as error:
            raise _no_key_decrypts() from error
        return rotated.decode("ascii")

    def is_current(self, text: str) -> bool:
        """Whether the newest key decrypts it; if not, it should be rotated."""
        try:
            self._newest.decrypt(text.encode())
        except self._refusal:
            return False
        return True


def _anew() -> str:
    return f"{own_command('logout')} && {own_command('login')}"


def _no_key_decrypts() -> KeyRefused:
    return KeyRefused(
        "The encryption key does not open the stored sign-in: put the key that encrypted it"
        " into TOKEN_ENCRYPTION_KEY or its file, alone or behind the newer one and a comma;"
        f" if it is lost, run: {_anew()}"
    )


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where to look for the key: in ``key`` if given, else ``key_file``, else ``default_file``.

    Each may hold several keys separated by commas (in a file: or on lines of their own).
    """

    key: Secret | None
    key_file: Path | None
    default_file: Path

    @property
    def file(self) -> Path | None:
        """The file that holds the key, whether or not it exists yet; None: it is a setting."""
        return None if self.key is not None else self.key_file or self.default_file

    def find(self, *, may_create: bool) -> list[bytes]:
        """The Fernet keys to encrypt and decrypt with, the newest first.

        ``may_create`` lets it make the default file if that does not exist: only while no tokens
        are stored, or they would be lost.  Raises ConfigError for a key that is no key, KeyRefused
        for one that is missing; both mean exit 78.
        """
        if self.key is not None:
            return _parsed("TOKEN_ENCRYPTION_KEY", self.key.reveal())
        path = self.key_file or self.default_file
        if self.key_file is None and not path.exists():
            if not may_create:
                raise KeyRefused(
                    f"The key file {path} is missing, and without it the stored sign-in cannot be"
                    " opened: put it back or set TOKEN_ENCRYPTION_KEY; if the key is lost,"
                    f" run: {_anew()}"
                )
            _make(path)
        keys = self._in_file(path)
        if is_open_to_others(path):
            log.warning(
                "key file can be read by others",
                extra={"path": str(path), "do": f"chmod 600 {shlex.quote(str(path))}"},
            )
        return keys

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the file that ``find`` would read; it may make a missing default."""
        path = self.file
        try:
            if path and (path == self.key_file or path.exists()):
                self._in_file(path)
        except ConfigError as error:
            return error.problems
        return ()

    def _in_file(self, path: Path) -> list[bytes]:
        source = "The key file" if self.key_file is None else "TOKEN_ENCRYPTION_KEY_FILE"
        try:
            text = read_bytes(path).decode("ascii")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise ConfigError(
                f"{source}: cannot read {path} ({why}); it must hold {_HOW}"
            ) from error
        return _parsed(f"{source} {path}", text)


def is_open_to_others(path: Path) -> bool:
    """Whether others than the owner may read the file; a credential of systemd's does not count."""
    mode = stat.S_IMODE(path.stat().st_mode)
    return bool(mode & _OTHERS) and mode != _CREDENTIAL


def _parsed(source: str, text: str) -> list[bytes]:
    words = text.replace(",", " ").split()
    if not words or not all(_KEY.fullmatch(word) for word in words):
        raise ConfigError(
            f"{source}: must hold a key, or several with commas between, the newest first;"
            f" a key is {_HOW}"
        )
    for word in words:
        remember(Secret(word))
    # Fernet takes only the alphabet for URLs, and only with the padding.
    return [word[:43].replace("+", "-").replace("/", "_").encode() + b"=" for word in words]


def _make(path: Path) -> None:
    """Write a new key, unless another process was faster.

    It is written under another name and then linked: no process reads half a key, no existing key
    is replaced, and the mode is never wider than 0600, whatever the umask.
    """
    try:
        with tempfile.NamedTemporaryFile(prefix=f".{path.name}.", dir=path.parent) as file:
            file.write(base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
            os.link(file.name, path)
        # The new name must outlast a power cut: tokens encrypted with a vanished key are lost.
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except FileExistsError:
        return
    except OSError as error:
        raise ConfigError(
            f"TOKEN_ENCRYPTION_KEY: not set, and the key file {path} cannot be made"
            f" ({error.strerror}); set it to {_HOW}"
        ) from error
    log.info("encryption key made", extra={"path": str(path)})
