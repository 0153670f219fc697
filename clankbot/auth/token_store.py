"""The stored sign-in, opened and sealed, and changed by one process at a time.

Between the database and all that uses tokens; knows nothing of Twitch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from clankbot.auth.ports import OpenStore, TokenStore
from clankbot.auth.seal import Sealer
from clankbot.errors import AuthUnavailable, DatabaseError
from clankbot.records.accounts import Identity, SealedTokens, Secret

_LOCK_STEP_S: Final = 0.25
_LOCK_STEPS: Final = 60
"""15 s in all: an ordinary refresh of another process ends within that."""


def wall_clock_ms() -> int:
    """Milliseconds UTC, as stored."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class SignIn:
    """A stored sign-in, opened."""

    identity: Identity
    access: Secret
    refresh: Secret
    created_at_ms: int
    expires_at_ms: int


def opened(row: SealedTokens, sealer: Sealer) -> SignIn:
    """What the row holds.  Raises KeyRefused when no key opens it."""
    return SignIn(
        identity=Identity(row.bot_username, row.bot_user_id),
        access=sealer.open(row.access_token),
        refresh=sealer.open(row.refresh_token),
        created_at_ms=row.created_at_ms,
        expires_at_ms=row.expires_at_ms,
    )


def sealed(sign_in: SignIn, sealer: Sealer) -> SealedTokens:
    """The row that holds the sign-in, under the newest key."""
    return SealedTokens(
        access_token=sealer.seal(sign_in.access),
        refresh_token=sealer.seal(sign_in.refresh),
        expires_at_ms=sign_in.expires_at_ms,
        bot_username=sign_in.identity.login,
        bot_user_id=sign_in.identity.user_id,
        created_at_ms=sign_in.created_at_ms,
    )


class Vault:
    """Reaches the stored sign-in, from any thread.

    ``wait`` pauses between the tries for the lock; True from it means: told to stop.
    """

    def __init__(self, open_store: OpenStore, wait: Callable[[float], bool]) -> None:
        self._open_store = open_store
        self._wait = wait

    @contextmanager
    def shared(self) -> Iterator[TokenStore]:
        """The store, for reading.  AuthUnavailable while the database is away."""
        try:
            with self._open_store() as store:
                yield store
        except DatabaseError as error:
            raise AuthUnavailable(f"The stored sign-in cannot be reached: {error}") from error

    @contextmanager
    def alone(self, *, or_not: bool = False) -> Iterator[TokenStore]:
        """The store, while no other process may change the sign-in; what was read before is stale.

        AuthUnavailable while the database is away, or another process takes very long, unless that
        does not matter: ``or_not``.
        """
        with self.shared() as store:
            if not self._is_locked(store) and not or_not:
                raise AuthUnavailable("Another process is changing the stored sign-in")
            yield store

    def _is_locked(self, store: TokenStore) -> bool:
        """Whether the lock is ours, after some patience."""
        for _ in range(_LOCK_STEPS):
            if store.lock_sign_in():
                return True
            if self._wait(_LOCK_STEP_S):
                break
        return False
