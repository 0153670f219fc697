"""What this room needs of others: a place where the sealed tokens lie, shared by processes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from clankbot.records.accounts import SealedTokens


class TokenStore(Protocol):
    """The one stored sign-in, and the lock on it.

    Used by the thread that opened it.  Any method may raise DatabaseError: try again later.
    """

    def load_tokens(self) -> SealedTokens | None:
        """The stored sign-in; None when nobody is signed in."""

    def save_tokens(self, tokens: SealedTokens) -> None:
        """Put these in the place of whatever was stored.

        All or nothing, and durable on return: a power cut right afterwards must not undo it.
        """

    def delete_tokens(self) -> None:
        """Forget the stored sign-in, if there is one."""

    def lock_sign_in(self) -> bool:
        """Whether this store is now the one, of all processes, that may change the sign-in.

        Until it is closed or its process ends, however; False while another store is the one.
        """


OpenStore = Callable[[], AbstractContextManager[TokenStore]]
"""Opens a store for the calling thread and closes it again."""
