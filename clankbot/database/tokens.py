"""The bot's sign-in, encrypted elsewhere, and the lock by which processes agree who changes it."""

from __future__ import annotations

from dataclasses import astuple
from typing import Final

from clankbot.database.dialect import both, each, insert, named_lock
from clankbot.database.file_lock import FileLock
from clankbot.database.session import Repository
from clankbot.database.sqlite import SqliteEngine
from clankbot.records.accounts import EncryptedTokens

# In the order of EncryptedTokens.
TOKEN_COLUMNS: Final = (
    "access_token, refresh_token, expires_at, bot_username, bot_user_id, created_at"
)


class Tokens(Repository):
    """The table ``auth_tokens``."""

    _sign_in_lock: FileLock | None = None

    LOAD_TOKENS: Final = both(f"SELECT {TOKEN_COLUMNS} FROM auth_tokens ORDER BY id DESC LIMIT 1")

    def load_tokens(self) -> EncryptedTokens | None:
        """The newest pair of tokens, or None if nobody is signed in."""
        row = self._session.row(self.LOAD_TOKENS)
        return EncryptedTokens(*row) if row else None

    SYNC_FULLY: Final = each("PRAGMA synchronous = FULL", "DO 0")
    SYNC_NORMALLY: Final = each("PRAGMA synchronous = NORMAL", "DO 0")
    ADD_TOKENS: Final = both(insert("auth_tokens", TOKEN_COLUMNS))
    DELETE_TOKENS: Final = both("DELETE FROM auth_tokens")

    def save_tokens(self, tokens: EncryptedTokens) -> None:
        """Put this pair in the place of any other, at once and on the disk when it returns.

        Twitch may let a refresh token be used only once: the old pair is worth nothing by now.
        """
        self._session.run(self.SYNC_FULLY)
        try:
            with self._session.transaction():
                self._session.run(self.DELETE_TOKENS)
                self._session.run(self.ADD_TOKENS, *astuple(tokens))
        finally:
            self._session.run(self.SYNC_NORMALLY)

    def delete_tokens(self) -> None:
        """Sign out."""
        with self._session.transaction():
            self._session.run(self.DELETE_TOKENS)

    LOCK_SIGN_IN: Final = each("SELECT 1", f"SELECT GET_LOCK({named_lock('sign-in')}, 0)")

    def lock_sign_in(self) -> bool:
        """Whether no other store, in any process, may change the sign-in now; False: another may.

        Until this store is closed or its process ends.  On MySQL the lock hangs on the connection
        and is lost with it.
        """
        engine = self._session.engine
        if isinstance(engine, SqliteEngine):
            self._sign_in_lock = self._sign_in_lock or FileLock(engine.path, ".sign-in.lock")
            return self._sign_in_lock.take()
        return self._session.number(self.LOCK_SIGN_IN) == 1

    def close(self) -> None:
        """End the connection, and give the lock back."""
        self._session.close()
        if self._sign_in_lock is not None:
            self._sign_in_lock.close()
