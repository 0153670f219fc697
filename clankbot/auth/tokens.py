"""A token that is good, always: validated, refreshed ahead of time, never lost, never doubled.

The reader asks for credentials before each connect, the upkeep thread calls ``upkeep``.  What is
stored is the truth; what is held in memory bridges the times when the database is away.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from clankbot.auth.oauth import TwitchOAuth, Validation
from clankbot.auth.ports import OpenStore, TokenStore
from clankbot.auth.seal import Sealer
from clankbot.auth.vault import SignIn, Vault, opened, sealed, wall_clock_ms
from clankbot.errors import AuthUnavailable, NotSignedIn, TokenRefused
from clankbot.records import Credentials, Identity, SealedTokens, Secret

log = logging.getLogger(__name__)

_LEAST_SPARE: Final = 0.10
_MOST_SPARE: Final = 0.25
"""A token is refreshed when this part of its life is left, by chance between the two, so that bots
started together do not all come at once.  Of Twitch's four hours that is 24 to 60 minutes: room
enough for an outage."""

_LEAST_PAUSE_S: Final = 0.2
"""Between two rounds of upkeep, whatever lifetime Twitch names."""


@dataclass(frozen=True, slots=True)
class _Held:
    """The stored pair as this process holds it."""

    row: SealedTokens
    sign_in: SignIn
    expires_at_s: float
    """A moment of the steady clock: the wall clock of a small computer jumps after each start."""
    spare_s: float
    """It is refreshed once less than this is left."""
    follows_refusal: bool = False
    """Whether it was fetched because its predecessor was refused."""


class TokenKeeper:
    """Keeps one account signed in.  For any thread; a call may take as long as Twitch's answer.

    Methods raise AuthUnavailable when Twitch or the database is out of order (try again later),
    NotSignedIn or TokenRefused when a person must run ``login``, and KeyRefused for a wrong key.
    ``wait`` is ``stopping.wait``, or pauses likewise.
    """

    def __init__(
        self,
        open_store: OpenStore,
        sealer: Sealer,
        oauth: TwitchOAuth,
        *,
        wait: Callable[[float], bool],
        validate_interval_s: float = 3600.0,
        now_ms: Callable[[], int] = wall_clock_ms,
        clock: Callable[[], float] = time.monotonic,
        choose: Callable[[], float] = random.random,
    ) -> None:
        self._vault = Vault(open_store, wait, now_ms)
        self._sealer = sealer
        self._oauth = oauth
        self._validate_interval_s = validate_interval_s
        self._now_ms = now_ms
        self._clock = clock
        self._choose = choose
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._validate_at_s = clock()
        self._handed_out: Secret | None = None
        self._refused: Secret | None = None
        """The token that was last refused: it is not given out again."""
        self._unstored: tuple[_Held, SealedTokens] | None = None
        """A new pair that could not be stored yet, and the one it replaces."""

    def start(self) -> Identity:
        """Read what is stored and validate it; whose it is.

        While Twitch is out of order the bot goes on with what is stored.
        """
        with self._lock:
            held = self._reread()
            if not self._sealer.is_current(held.row.access_token):
                held = self._rewrite(held, sealed(held.sign_in, self._sealer))
                log.info("stored sign-in sealed with the newest key")
        try:
            held = self._validate(held)
        except AuthUnavailable as error:
            log.warning("sign-in not validated, going on with it", extra={"reason": str(error)})
        return held.sign_in.identity

    def identity(self) -> Identity:
        """Whose sign-in this is."""
        held = self._held
        if held is None:
            with self._lock:
                held = self._reread()
        return held.sign_in.identity

    def credentials(self) -> Credentials:
        """What the next login to chat needs, with a token that is good now."""
        with self._lock:
            sign_in = self._current().sign_in
            self._handed_out = sign_in.access
        return Credentials(sign_in.identity.login, sign_in.identity.user_id, sign_in.access)

    def access_token(self) -> Secret:
        """A token that is good now, for Twitch's API."""
        with self._lock:
            return self._current().sign_in.access

    def login_refused(self) -> None:
        """Take note that chat refused the credentials given out last: see ``token_refused``."""
        if self._handed_out is not None:
            self.token_refused(self._handed_out)

    def token_refused(self, token: Secret) -> None:
        """Replace a token that Twitch refused, by one refresh; nothing where that was done already.

        If a token that came of such a refresh is refused as well, Twitch is asked whether the token
        is to blame at all: an account may be barred for other reasons, which no refresh cures.
        """
        with self._lock:
            held = self._reread()
            if held.sign_in.access != token:
                return
            if held.follows_refusal and self._oauth.validate(token) is not None:
                log.warning("refused again, although Twitch calls the token good")
                return
            self._refused = token
            self._renew(held)

    def upkeep(self) -> float:
        """Refresh and validate where due; the seconds until one of them is due again."""
        with self._lock:
            held = self._reread()
            if self._is_due(held):
                held = self._renew(held)
        if self._clock() >= self._validate_at_s:
            held = self._validate(held)
        due_s = min(self._validate_at_s, held.expires_at_s - held.spare_s)
        return max(_LEAST_PAUSE_S, due_s - self._clock())

    def _validate(self, held: _Held) -> _Held:
        """Ask Twitch about the token, without the lock: nobody else need wait for the answer.

        Source: https://dev.twitch.tv/docs/authentication/validate-tokens
        """
        validation = self._oauth.validate(held.sign_in.access)
        self._validate_at_s = self._clock() + self._validate_interval_s
        with self._lock:
            current = self._reread()
            if current is not held:
                return current
            if validation is not None:
                return self._confirmed(held, validation)
            log.warning("the token is no longer good, refreshing it")
            self._refused = held.sign_in.access
            return self._renew(held)

    # --- what follows needs the lock ---

    def _current(self) -> _Held:
        """The pair to use now, renewed first where due."""
        held = self._reread()
        if not self._is_due(held):
            return held
        try:
            return self._renew(held)
        except AuthUnavailable as error:
            if held.sign_in.access == self._refused or held.expires_at_s <= self._clock():
                raise
            log.debug("refresh put off", extra={"reason": str(error)})  # upkeep reports the outage
            return held

    def _is_due(self, held: _Held) -> bool:
        left_s = held.expires_at_s - self._clock()
        return left_s <= held.spare_s or held.sign_in.access == self._refused

    def _confirmed(self, held: _Held, validation: Validation) -> _Held:
        """The pair with what Twitch says of it: the account's name, and the time that is left."""
        if validation.client_id != self._oauth.client_id:
            raise TokenRefused(
                "The stored sign-in belongs to another Twitch app than TWITCH_CLIENT_ID names;"
                " run: python clankbot.py login"
            )
        if validation.missing_scopes:
            raise TokenRefused(
                f"The stored sign-in lacks {' and '.join(validation.missing_scopes)};"
                " run: python clankbot.py login"
            )
        held = replace(held, expires_at_s=self._clock() + validation.lifetime_s)
        self._held = held
        identity = validation.identity
        if identity == held.sign_in.identity:
            return held
        log.info("account renamed", extra={"login": identity.login})
        row = replace(held.row, bot_username=identity.login, bot_user_id=identity.user_id)
        return self._rewrite(held, row)

    def _reread(self) -> _Held:
        """What is stored now; while the database is away, what this process holds."""
        try:
            with self._vault.shared() as store:
                return self._hold(store.load_tokens())
        except AuthUnavailable:
            if self._held is None:
                raise
            return self._held  # the outage is reported by those who must write

    def _hold(self, row: SealedTokens | None) -> _Held:
        """Hold what is stored; the very same object where it is what was held before."""
        held = self._held
        if row is None:
            self._held = None
            raise NotSignedIn("Nobody is signed in; run: python clankbot.py login")
        if held is not None and held.row.access_token == row.access_token:
            return held
        self._held = self._opened(row)
        if held is not None and held.sign_in.identity != self._held.sign_in.identity:
            log.warning("another account was signed in", extra={"login": row.bot_username})
        return self._held

    def _opened(self, row: SealedTokens, *, follows_refusal: bool = False) -> _Held:
        lifetime_s = max(0, row.expires_at_ms - row.created_at_ms) / 1000
        left_s = min(lifetime_s, (row.expires_at_ms - self._now_ms()) / 1000)
        spare = _LEAST_SPARE + (_MOST_SPARE - _LEAST_SPARE) * self._choose()
        return _Held(
            row=row,
            sign_in=opened(row, self._sealer),
            expires_at_s=self._clock() + left_s,
            spare_s=lifetime_s * spare,
            follows_refusal=follows_refusal,
        )

    def _rewrite(self, held: _Held, row: SealedTokens) -> _Held:
        """Store the same pair in another row, unless another process has replaced it."""
        with self._vault.alone() as store:
            current = self._hold(store.load_tokens())
            if current is held:
                store.save_tokens(row)
                current = replace(held, row=row, sign_in=opened(row, self._sealer))
                self._held = current
            return current

    def _renew(self, held: _Held) -> _Held:
        """Trade the pair for a new one, or take over what another process got for it.

        The old pair stays stored until the new one is, and the new one is used only then.  If this
        process dies between Twitch's answer and the commit, the next start finds the old pair.  Its
        access token still works to its end, and its refresh token is tried once more: a
        confidential app gets a new pair for it and nothing is lost; a public app's is spent, and
        a person must run ``login``.  No order of steps avoids that: Twitch has forgotten the old
        one by the time the new one is known.  Where only the commit fails, the new pair waits here
        in memory, and the next call stores it.
        """
        with self._vault.alone() as store:
            current = self._hold(store.load_tokens())
            if current is not held:
                return current
            if self._unstored is None or self._unstored[0] is not held:
                ...
