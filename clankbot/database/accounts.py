"""The bot's sign-in, sealed elsewhere, and leases by which processes agree who acts."""

from __future__ import annotations

from clankbot.database import sql
from clankbot.database.repository import Repository
from clankbot.records import SealedTokens


class Accounts(Repository):
    """The tables ``auth_tokens`` and ``leases``."""

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

    def take_lease(self, name: str, holder: str, seconds: float, now_ms: int) -> bool:
        """Take or renew the lease for so long; False while another holder has it.

        Atomic: of several processes that ask at once, one gets it.
        """
        until_ms = now_ms + round(seconds * 1000)
        with self._session.transaction():
            self._session.run(sql.ADD_LEASE, name, holder, until_ms)
            self._session.run(sql.RENEW_LEASE, holder, until_ms, name, holder, now_ms)
            return self._session.row(sql.LEASE_HOLDER, name) == (holder,)

    def drop_lease(self, name: str, holder: str) -> None:
        """Give the lease back before its time, where it is still ours."""
        with self._session.transaction():
            self._session.run(sql.DROP_LEASE, name, holder)
