"""The pair of tokens in use: read again, replaced, and never lost on the way.

For any thread.  Whoever only wants to read never waits for an answer of Twitch to somebody else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from clankbot.auth.oauth import TwitchOAuth
from clankbot.auth.ports import TokenStore
from clankbot.auth.seal import Sealer
from clankbot.auth.token_store import SignIn, Vault, opened, sealed, wall_clock_ms
from clankbot.errors import AuthUnavailable, NotSignedIn, TokenRefused
from clankbot.records.accounts import SealedTokens, Secret

log = logging.getLogger(__name__)

_LEAST_SPARE: Final = 0.10
_MOST_SPARE: Final = 0.25
"""A pair is renewed when this part of its life is left, by chance between the two, so that bots
started together do not all come at once.  Of Twitch's four hours that is 24 to 60 minutes: room
enough for an outage."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The stored pair as this process holds it."""

    row: SealedTokens
    sign_in: SignIn
    expires_at_s: float
    """A moment of the steady clock: the wall clock of a small computer jumps after each start."""
    spare_s: float
    """It is to be renewed once less than this is left."""
    follows_refusal: bool = False
    """Whether it was fetched because its predecessor was refused."""

    def is_stored_as(self, row: SealedTokens) -> bool:
        """Whether the row holds this pair: no two are sealed alike."""
        return self.row.access_token == row.access_token


class CurrentPair:
    """What is stored is the truth; what is held bridges the times when the database is away."""

    def __init__(
        self,
        vault: Vault,
        sealer: Sealer,
        oauth: TwitchOAuth,
        *,
        choose: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = wall_clock_ms,
    ) -> None:
        self._vault = vault
        self._sealer = sealer
        self._oauth = oauth
        self._choose = choose
        self._clock = clock
        self._now_ms = now_ms
        self._turn = threading.Lock()
        """Held by the thread that changes the pair, for as long as Twitch takes to answer it."""
        self._lock = threading.Lock()
        """Held while the database is asked, so that what is held follows what is stored."""
        self._held: TokenPair | None = None
        self._refused: Secret | None = None
        self._unstored: tuple[Secret, SealedTokens] | None = None
        """A new pair that could not be stored yet, and the access token it replaces."""

    def read(self) -> TokenPair:
        """The pair that is stored now.  While the database is away: the pair that was read last."""
        try:
            with self._vault.shared() as store:
                return self._hold(store)
        except AuthUnavailable:
            if (held := self._held) is None:
                raise
            return held  # those who must write report the outage

    def is_due(self, pair: TokenPair) -> bool:
        """Whether it is to be renewed: near its end, or refused."""
        return self._left_s(pair) <= pair.spare_s or pair.sign_in.access == self._refused

    def is_usable(self, pair: TokenPair) -> bool:
        """Whether its access token can still be good."""
        return self._left_s(pair) > 0 and pair.sign_in.access != self._refused

    def refuse(self, pair: TokenPair) -> TokenPair:
        """Renew it because Twitch said no to its access token, which is never used again."""
        self._refused = pair.sign_in.access
        return self.renew(pair)

    def renew(self, pair: TokenPair) -> TokenPair:
        """Trade the pair for a new one, or take over what another process got for it.

        The old pair stays stored until the new one is, and the new one is used only then.  If this
        process dies between Twitch's answer and the commit, the next start finds the old pair and
        tries it once more: a confidential app gets a new pair for it, and nothing is lost; a public
        app's refresh token is spent, and a person must run ``login``.  No order of steps avoids
        that: Twitch has forgotten the old pair when the new one becomes known.  Where only the
        commit fails, the new pair waits here in memory, and the next call stores it.
        """
        with self._turn, self._vault.alone() as store:
            current = self._hold(store)
            if not current.is_stored_as(pair.row):
                return current
            replaced = pair.sign_in.access
            if self._unstored is None or self._unstored[0] != replaced:
                try:
                    self._unstored = (replaced, self._refreshed(pair.sign_in))
                except TokenRefused:
                    # Whoever spent the token has stored a new one by now, or nobody has any.
                    current = self._hold(store)
                    if not current.is_stored_as(pair.row):
                        return current
                    raise
            fresh = self._opened(self._unstored[1], replaced == self._refused)
            self._save(store, fresh)
            self._unstored = None
            log.info("token refreshed", extra={"login": pair.sign_in.identity.login})
            return fresh

    def rewrite(self, pair: TokenPair, row: SealedTokens) -> TokenPair:
        """Store the same pair in another row, unless another process has replaced it."""
        with self._turn, self._vault.alone() as store:
            current = self._hold(store)
            if current.is_stored_as(pair.row):
                current = replace(current, row=row, sign_in=opened(row, self._sealer))
                self._save(store, current)
            return current

    def retime(self, pair: TokenPair, lifetime_s: float) -> TokenPair:
        """Believe Twitch about the time that is left."""
        with self._lock:
            retimed = replace(pair, expires_at_s=self._clock() + lifetime_s)
            if self._held is not None and self._held.is_stored_as(pair.row):
                self._held = retimed
            return retimed

    def _left_s(self, pair: TokenPair) -> float:
        return pair.expires_at_s - self._clock()

    def _refreshed(self, sign_in: SignIn) -> SealedTokens:
        grant = self._oauth.refresh(sign_in.refresh)
        now_ms = self._now_ms()
        renewed = replace(
            sign_in,
            access=grant.access_token,
            refresh=grant.refresh_token,
            created_at_ms=now_ms,
            expires_at_ms=now_ms + grant.lifetime_s * 1000,
        )
        return sealed(renewed, self._sealer)

    def _hold(self, store: TokenStore) -> TokenPair:
        """Hold what is stored."""
        with self._lock:
            held, row = self._held, store.load_tokens()
            if row is None:
                self._held = None
                raise NotSignedIn("Nobody is signed in; run: python clankbot.py login")
            if held is not None and held.is_stored_as(row):
                return held
            found = self._held = self._opened(row)
        if held is not None and held.sign_in.identity != found.sign_in.identity:
            log.warning("another account was signed in", extra={"login": row.bot_username})
        return found

    def _save(self, store: TokenStore, pair: TokenPair) -> None:
        """Store it, and hold it once that is done."""
        with self._lock:
            store.save_tokens(pair.row)
            self._held = pair

    def _opened(self, row: SealedTokens, follows_refusal: bool = False) -> TokenPair:
        lifetime_s = max(0, row.expires_at_ms - row.created_at_ms) / 1000
        left_s = min(lifetime_s, (row.expires_at_ms - self._now_ms()) / 1000)
        spare = _LEAST_SPARE + (_MOST_SPARE - _LEAST_SPARE) * self._choose()
        return TokenPair(
            row=row,
            sign_in=opened(row, self._sealer),
            expires_at_s=self._clock() + left_s,
            spare_s=lifetime_s * spare,
            follows_refusal=follows_refusal,
        )
