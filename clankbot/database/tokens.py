"""The bot's sign-in, sealed elsewhere, and the lock by which processes agree who changes it."""

from __future__ import annotations

from collections.abc import Callable

from clankbot.database import sql
from clankbot.database.file_lock import FileLock
from clankbot.database.repository import Repository
from clankbot.database.session import Session
from clankbot.database.sqlite import SqliteEngine
from clankbot.records.accounts import SealedTokens


class Accounts(Repository):
    """The table ``auth_tokens``."""

    def __init__(self, session: Session, now_ms: Callable[[], int]) -> None:
        super().__init__(session, now_ms)
        self._sign_in_lock: FileLock | None = None

    def load_tokens(self) -> SealedTokens | None:
        """The newest pair of tokens, or None when nobody is signed in."""
        row = self._session.row(sql.LOAD_TOKENS)
        return SealedTokens(*row) if row else None

    def save_tokens(self, tokens: SealedTokens) -> None:
        """Put this pair in the place of any other, at once and on the disk when it returns.

        Twitch may let a refresh token be used only once: the old pair is worth nothing by now.
        """
        self._session.run(sql.SYNC_FULLY)
        try:
            with self._session.transaction():
                self._session.run(sql.DELETE_TOKENS)
                self._session.run(
                    sql.ADD_TOKENS,
                    tokens.access_token,
                    tokens.refresh_token,
                    tokens.expires_at_ms,
                    tokens.bot_username,
                    tokens.bot_user_id,
                    tokens.created_at_ms,
                )
        finally:
            self._session.run(sql.SYNC_NORMALLY)

    def delete_tokens(self) -> None:
        """Sign out."""
        with self._session.transaction():
            self._session.run(sql.DELETE_TOKENS)

    def lock_sign_in(self) -> bool:
        """Whether no other store, in any process, may change the sign-in now; False: another may.

        Until this store is closed or its process ends.  On MySQL the lock hangs on the connection
        and is lost with it.
        """
        engine = self._session.engine
        if isinstance(engine, SqliteEngine):
            self._sign_in_lock = self._sign_in_lock or FileLock(engine.path, ".sign-in.lock")
            return self._sign_in_lock.take()
        return self._session.number(sql.MYSQL_LOCK_SIGN_IN) == 1

    def close(self) -> None:
        """End the connection, and give the lock back."""
        self._session.close()
        if self._sign_in_lock is not None:
            self._sign_in_lock.close()
