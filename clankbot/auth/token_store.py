"""The stored sign-in: tokens encrypted at rest, changed by one process at a time.

Between the database and all that uses tokens; knows nothing of Twitch's services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol

from clankbot.auth.keys import Encryption
from clankbot.auth.oauth import TokenGrant
from clankbot.errors import AuthUnavailable, DatabaseError
from clankbot.records.accounts import EncryptedTokens, Identity, Secret

# Waits so many seconds; True if it was told to stop, like ``threading.Event.wait``.
Wait = Callable[[float], bool]

# 15 s in all: an ordinary refresh by another process ends within that.
_LOCK_STEP_S: Final = 0.25
_LOCK_STEPS: Final = 60


class TokenRows(Protocol):
    """What this room needs of the database: the one stored sign-in, and the lock on it.

    Used by the thread that opened it.  Any method may raise DatabaseError: try again later.
    """

    def load_tokens(self) -> EncryptedTokens | None:
        """The stored sign-in; None if nobody is signed in."""

    def save_tokens(self, tokens: EncryptedTokens) -> None:
        """Put these in the place of whatever was stored.

        All or nothing, and durable on return: a power cut right afterwards must not undo it.
        """

    def delete_tokens(self) -> None:
        """Forget the stored sign-in, if there is one."""

    def lock_sign_in(self) -> bool:
        """Whether these rows, of all processes' rows, are now the ones that may be changed.

        Holds until they are closed or the process ends; False while another process has the lock.
        """


# Opens the rows for the calling thread and closes them again.
OpenRows = Callable[[], AbstractContextManager[TokenRows]]


class TokenStore:
    """Reaches the stored sign-in, from any thread; ``wait`` pauses between tries for the lock."""

    def __init__(self, open_rows: OpenRows, wait: Wait) -> None:
        self._open_rows = open_rows
        self._wait = wait

    @contextmanager
    def reading(self) -> Iterator[TokenRows]:
        """The rows, for reading.  AuthUnavailable while the database is unavailable."""
        try:
            with self._open_rows() as rows:
                yield rows
        except DatabaseError as error:
            raise AuthUnavailable(f"The stored sign-in cannot be reached: {error}") from error

    @contextmanager
    def locked(self, *, or_not: bool = False) -> Iterator[TokenRows]:
        """The rows, while no other process may change them; what was read before is stale.

        AuthUnavailable while the database is unavailable, or if another process keeps the lock
        for very long, unless that does not matter: ``or_not``.
        """
        with self.reading() as rows:
            if not self._take_lock(rows) and not or_not:
                raise AuthUnavailable("Another process is changing the stored sign-in")
            yield rows

    def _take_lock(self, rows: TokenRows) -> bool:
        for _ in range(_LOCK_STEPS):
            if rows.lock_sign_in():
                return True
            if self._wait(_LOCK_STEP_S):
                break
        return False


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a stored row says, decrypted."""

    identity: Identity
    access: Secret
    refresh: Secret


def decrypted(row: EncryptedTokens, encryption: Encryption) -> SignIn:
    """What the row says.  Raises KeyRefused if no key decrypts it."""
    return SignIn(
        identity=Identity(row.bot_username, row.bot_user_id),
        access=encryption.decrypt(row.access_token),
        refresh=encryption.decrypt(row.refresh_token),
    )


def encrypted(
    grant: TokenGrant, identity: Identity, now_ms: int, encryption: Encryption
) -> EncryptedTokens:
    """The row for tokens that Twitch has just given, under the newest key."""
    return EncryptedTokens(
        access_token=encryption.encrypt(grant.access_token),
        refresh_token=encryption.encrypt(grant.refresh_token),
        expires_at_ms=now_ms + grant.lifetime_s * 1000,
        bot_username=identity.login,
        bot_user_id=identity.user_id,
        created_at_ms=now_ms,
    )


def rotated(row: EncryptedTokens, encryption: Encryption) -> EncryptedTokens:
    """The same row under the newest key.  Raises KeyRefused if no key decrypts it."""
    return replace(
        row,
        access_token=encryption.rotate(row.access_token),
        refresh_token=encryption.rotate(row.refresh_token),
    )
