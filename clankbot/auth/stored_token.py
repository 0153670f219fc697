"""The stored access token, for who only looks: ``check``.

It is used as it is and never renewed.  A refresh token may be good once only, so whoever trades it
must be the one that goes on with the answer: the bot, or ``login``.
"""

from __future__ import annotations

from dataclasses import dataclass

from clankbot.auth.keys import Encryption, KeySource
from clankbot.auth.token_store import TokenStore, decrypted
from clankbot.errors import AuthUnavailable
from clankbot.records.accounts import Credentials, Identity, Secret


@dataclass(frozen=True, slots=True)
class StoredToken:
    """An access token and whose it is, as they are stored."""

    identity: Identity
    access: Secret
    # Milliseconds UTC.
    expires_at_ms: int

    @classmethod
    def load(cls, store: TokenStore, keys: KeySource) -> StoredToken | None:
        """What is stored; None if nobody is signed in.  KeyRefused if no key opens it."""
        with store.reading() as rows:
            row = rows.load_tokens()
        if row is None:
            return None
        sign_in = decrypted(row, Encryption(keys.find(may_create=False)))
        return cls(sign_in.identity, sign_in.access, row.expires_at_ms)

    def access_token(self) -> Secret:
        """The token, good or not."""
        return self.access

    def token_refused(self, token: Secret) -> None:
        """Nothing can be done about it here."""
        raise AuthUnavailable("Twitch's API does not take the stored access token")

    @property
    def credentials(self) -> Credentials:
        """What a login to chat needs."""
        return Credentials(self.identity.login, self.identity.user_id, self.access)
