"""Keeps a good token: validated, renewed ahead of time, and by one process at a time.

The reader asks for credentials before each connection.  The scheduler calls ``upkeep``, which
renews, so that no other thread waits for Twitch while the token is good.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from clankbot.auth.keys import Encryption, KeySource
from clankbot.auth.oauth import TwitchOAuth
from clankbot.auth.token_store import SignIn, TokenRows, TokenStore, decrypted, encrypted, rotated
from clankbot.clock import Clock
from clankbot.errors import AuthUnavailable, NotSignedIn, TokenRefused
from clankbot.own_command import own_command
from clankbot.records.accounts import Credentials, EncryptedTokens, Identity, Secret

log = logging.getLogger(__name__)

# A pair is renewed when a share of its life between these two is left, drawn at random so that bots
# started together do not all ask at once.  Of Twitch's four hours that is 24 to 60 minutes, time
# enough for an outage.
_LEAST_SPARE: Final = 0.10
_MOST_SPARE: Final = 0.25

# Between two rounds of upkeep, whatever lifetime Twitch names.
_LEAST_PAUSE_S: Final = 0.2


def _nobody() -> NotSignedIn:
    return NotSignedIn(f"Nobody is signed in; run: {own_command('login')}")


def stored_encryption(store: TokenStore, keys: KeySource) -> Encryption:
    """The keys of the stored sign-in.  Raises NotSignedIn if there is none; makes no key."""
    with store.reading() as rows:
        if rows.load_tokens() is None:
            raise _nobody()
    return Encryption(keys.find(may_create=False))


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The stored pair of tokens as this process holds it."""

    row: EncryptedTokens
    sign_in: SignIn
    # A moment of the steady clock: the wall clock of a small computer jumps after each start.
    expires_at_s: float
    # It should be renewed once less than this is left.
    spare_s: float
    # Whether it was fetched because its predecessor was refused.
    follows_refusal: bool = False

    def is_stored_in(self, row: EncryptedTokens) -> bool:
        """Whether the row holds this pair: no two are encrypted alike."""
        return self.row.access_token == row.access_token


class TokenKeeper:
    """Keeps one account signed in.  For any thread; see each method for what it may wait for.

    What is stored is the truth; what is held here bridges the times without a database.
    Methods raise AuthUnavailable if Twitch or the database is out of order (try again later),
    NotSignedIn or TokenRefused if a person must run ``login``, and KeyRefused for a wrong key.
    """

    def __init__(
        self,
        store: TokenStore,
        encryption: Encryption,
        oauth: TwitchOAuth,
        clock: Clock,
        *,
        validate_interval_s: float = 3600.0,
        choose: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._encryption = encryption
        self._oauth = oauth
        self._validate_interval_s = validate_interval_s
        self._clock = clock
        self._choose = choose
        # Held by the thread that changes the pair, for as long as Twitch takes to answer it.
        self._turn = threading.Lock()
        # Held while the database is asked, so that what is held follows what is stored.
        self._lock = threading.Lock()
        self._held: TokenPair | None = None
        self._handed_out: Secret | None = None
        self._refused: Secret | None = None
        # A new pair that could not be stored yet, and the access token it replaces.
        self._unstored: tuple[Secret, EncryptedTokens] | None = None
        self._validate_at_s = clock.monotonic()

    def start(self) -> Identity:
        """Read what is stored and validate it; whose it is.

        While Twitch is out of order the bot goes on with what is stored.
        """
        pair = self._read()
        if not self._encryption.is_current(pair.row.access_token):
            pair = self._rewrite(pair, rotated(pair.row, self._encryption))
            log.info("stored sign-in encrypted with the newest key")
        try:
            pair = self._validate(pair)
        except AuthUnavailable as error:
            log.warning("sign-in not validated, going on with it", extra={"reason": str(error)})
        return pair.sign_in.identity

    def credentials(self) -> Credentials:
        """What the next login to chat needs; waits for Twitch only if no token is good."""
        sign_in = self._usable().sign_in
        self._handed_out = sign_in.access
        return Credentials(sign_in.identity.login, sign_in.identity.user_id, sign_in.access)

    def access_token(self) -> Secret:
        """A token that is good now, for Twitch's API; waits for one as ``credentials`` does."""
        return self._usable().sign_in.access

    def good_for_s(self) -> float | None:
        """For how many seconds the token held is still good; None if none is.  Never waits."""
        held = self._held
        return None if held is None else held.expires_at_s - self._clock.monotonic()

    def login_refused(self) -> None:
        """Chat refused the credentials given out last: see ``token_refused``."""
        if self._handed_out is not None:
            self.token_refused(self._handed_out)

    def token_refused(self, token: Secret) -> None:
        """Replace a token that Twitch refused, by one refresh; nothing if that was done already.

        If a token that came of such a refresh is refused as well, Twitch is asked whether the token
        is to blame at all: an account may be barred for other reasons, which no refresh cures.
        """
        pair = self._read()
        if pair.sign_in.access != token:
            return
        if pair.follows_refusal and self._oauth.validate(token) is not None:
            log.warning("refused again, although Twitch calls the token good")
            return
        self._replace_refused(pair)

    def upkeep(self) -> float:
        """Renew and validate if due; the seconds until one of them is due again.

        A renewal that fails does not keep it from validating, which Twitch demands on its own.
        """
        pair = self._read()
        outage: AuthUnavailable | None = None
        if self._is_due(pair):
            try:
                pair = self._renew(pair)
            except AuthUnavailable as error:
                outage = error
        if self._clock.monotonic() >= self._validate_at_s:
            pair = self._validate(pair)
        if outage and self._is_due(pair):
            raise outage
        due_s = min(self._validate_at_s, pair.expires_at_s - pair.spare_s)
        return max(_LEAST_PAUSE_S, due_s - self._clock.monotonic())

    def _is_due(self, pair: TokenPair) -> bool:
        """Whether it should be renewed: near its end, or refused."""
        left_s = pair.expires_at_s - self._clock.monotonic()
        return left_s <= pair.spare_s or pair.sign_in.access == self._refused

    def _usable(self) -> TokenPair:
        """The pair to use now, renewed only if it must be: ``upkeep`` does that in good time."""
        pair = self._read()
        if self._clock.monotonic() < pair.expires_at_s and pair.sign_in.access != self._refused:
            return pair
        return self._renew(pair)

    def _validate(self, pair: TokenPair) -> TokenPair:
        """Ask Twitch about the pair; the pair with the time that is left and the account's name.

        Twitch demands it at start and every hour; a token that fails must not be used any more.
        Source: https://dev.twitch.tv/docs/authentication/validate-tokens
        """
        validation = self._oauth.validate(pair.sign_in.access)
        self._validate_at_s = self._clock.monotonic() + self._validate_interval_s
        current = self._read()
        if not current.is_stored_in(pair.row):
            return current
        if validation is None:
            log.warning("the token is no longer good, refreshing it")
            return self._replace_refused(current)
        if validation.client_id != self._oauth.client_id:
            raise TokenRefused(
                "The stored sign-in belongs to another Twitch app than TWITCH_CLIENT_ID names;"
                f" run: {own_command('login')}"
            )
        if validation.missing_scopes:
            raise TokenRefused(
                f"The stored sign-in lacks {' and '.join(validation.missing_scopes)};"
                f" run: {own_command('login')}"
            )
        with self._lock:
            pair = replace(current, expires_at_s=self._clock.monotonic() + validation.lifetime_s)
            if self._held is not None and self._held.is_stored_in(pair.row):
                self._held = pair
        identity = validation.identity
        if identity == pair.sign_in.identity:
            return pair
        log.info("account renamed", extra={"login": identity.login})
        row = replace(pair.row, bot_username=identity.login, bot_user_id=identity.user_id)
        return self._rewrite(pair, row)

    def _read(self) -> TokenPair:
        """The pair that is stored now; while the database is unavailable, the one read last."""
        try:
            with self._store.reading() as rows:
                return self._hold_stored(rows)
        except AuthUnavailable:
            if (held := self._held) is None:
                raise
            return held  # a write that fails reports the outage

    def _replace_refused(self, pair: TokenPair) -> TokenPair:
        """Renew it because Twitch said no to its access token, which is never used again."""
        self._refused = pair.sign_in.access
        return self._renew(pair)

    def _renew(self, pair: TokenPair) -> TokenPair:
        """Trade the pair for a new one, or take over what another process got for it.

        The old pair stays stored until the new one is, and the new one is used only then.  If this
        process dies between Twitch's answer and the commit, the next start finds the old pair and
        tries it once more: a confidential app gets a new pair for it, and nothing is lost; a public
        app's refresh token is spent, and a person must run ``login``.  No order of steps avoids
        that: Twitch has forgotten the old pair when the new one becomes known.  If only the commit
        fails, the new pair waits here in memory, and the next call stores it.
        """
        with self._turn, self._store.locked() as rows:
            current = self._hold_stored(rows)
            if not current.is_stored_in(pair.row):
                return current
            identity, replaced = pair.sign_in.identity, pair.sign_in.access
            if self._unstored is None or self._unstored[0] != replaced:
                try:
                    grant = self._oauth.refresh(pair.sign_in.refresh)
                except TokenRefused:
                    # The process that spent the token has stored a new one, or there is none.
                    current = self._hold_stored(rows)
                    if not current.is_stored_in(pair.row):
                        return current
                    raise
                row = encrypted(grant, identity, self._clock.utc_ms(), self._encryption)
                self._unstored = (replaced, row)
            fresh = self._paired(self._unstored[1], follows_refusal=replaced == self._refused)
            self._save(rows, fresh)
            self._unstored = None
            log.info("token refreshed", extra={"login": identity.login})
            return fresh

    def _rewrite(self, pair: TokenPair, row: EncryptedTokens) -> TokenPair:
        """Store the same pair in another row, unless another process has replaced it."""
        with self._turn, self._store.locked() as rows:
            current = self._hold_stored(rows)
            if current.is_stored_in(pair.row):
                current = replace(current, row=row, sign_in=decrypted(row, self._encryption))
                self._save(rows, current)
            return current

    def _hold_stored(self, rows: TokenRows) -> TokenPair:
        with self._lock:
            held, row = self._held, rows.load_tokens()
            if row is None:
                self._held = None
                raise _nobody()
            if held is not None and held.is_stored_in(row):
                return held
            found = self._held = self._paired(row)
        if held is not None and held.sign_in.identity != found.sign_in.identity:
            log.warning("another account was signed in", extra={"login": row.bot_username})
        return found

    def _save(self, rows: TokenRows, pair: TokenPair) -> None:
        """Store it, and hold it once that is done."""
        with self._lock:
            rows.save_tokens(pair.row)
            self._held = pair

    def _paired(self, row: EncryptedTokens, *, follows_refusal: bool = False) -> TokenPair:
        lifetime_s = max(0, row.expires_at_ms - row.created_at_ms) / 1000
        left_s = min(lifetime_s, (row.expires_at_ms - self._clock.utc_ms()) / 1000)
        spare = _LEAST_SPARE + (_MOST_SPARE - _LEAST_SPARE) * self._choose()
        return TokenPair(
            row=row,
            sign_in=decrypted(row, self._encryption),
            expires_at_s=self._clock.monotonic() + left_s,
            spare_s=lifetime_s * spare,
            follows_refusal=follows_refusal,
        )
