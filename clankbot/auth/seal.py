"""Sealing: tokens at rest, encrypted and authenticated, under one key or several.

Knows nothing of where keys come from or where the sealed text is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from clankbot.errors import KeyRefused
from clankbot.records.accounts import Secret
from clankbot.runtime.redaction import new_token


class Sealer:
    """Seals with the first key and opens with any, so that a key can be replaced.

    ``keys`` are Fernet keys, the newest first and at least one.
    Source: https://cryptography.io/en/latest/fernet/ (Fernet, MultiFernet)
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._newest = Fernet(keys[0])
        self._all = MultiFernet([Fernet(key) for key in keys])

    def seal(self, secret: Secret) -> str:
        """The secret as text that only these keys open; ASCII, different at every call."""
        return self._newest.encrypt(secret.reveal().encode()).decode("ascii")

    def open(self, sealed: str) -> Secret:
        """What was sealed.  Raises KeyRefused when no key opens it, or it was tampered with."""
        try:
            return new_token(self._all.decrypt(sealed.encode()).decode())
        except InvalidToken as error:
            raise KeyRefused(
                "The encryption key does not open the stored sign-in: put the key that sealed it"
                " into TOKEN_ENCRYPTION_KEY or its file, alone or behind the newer one and a comma;"
                " if it is lost, run: python clankbot.py logout, then: python clankbot.py login"
            ) from error

    def is_current(self, sealed: str) -> bool:
        """Whether the newest key opens it; if not, it is to be sealed anew."""
        try:
            self._newest.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True
