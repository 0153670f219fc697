"""A token that is good, always: validated, renewed ahead of time, and by one process at a time.

The reader asks for credentials before each connect; the upkeep thread calls ``upkeep``, which
renews: nobody else waits for that while the token at hand is good.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from clankbot.auth.oauth import TwitchOAuth, Validation
from clankbot.auth.pair import CurrentPair, TokenPair
from clankbot.auth.ports import OpenStore
from clankbot.auth.seal import Sealer
from clankbot.auth.token_store import Vault, sealed, wall_clock_ms
from clankbot.errors import AuthUnavailable, TokenRefused
from clankbot.records.accounts import Credentials, Identity, Secret

log = logging.getLogger(__name__)

_LEAST_PAUSE_S: Final = 0.2
"""Between two rounds of upkeep, whatever lifetime Twitch names."""


class TokenKeeper:
    """Keeps one account signed in.  For any thread; see each method for what it may wait for.

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
        self._sealer = sealer
        self._oauth = oauth
        self._validate_interval_s = validate_interval_s
        self._clock = clock
        self._pair = CurrentPair(
            Vault(open_store, wait),
            sealer,
            oauth,
            choose=choose,
            clock=clock,
            now_ms=now_ms,
        )
        self._validate_at_s = clock()
        self._handed_out: Secret | None = None

    def start(self) -> Identity:
        """Read what is stored and validate it; whose it is.

        While Twitch is out of order the bot goes on with what is stored.
        """
        pair = self._pair.read()
        if not self._sealer.is_current(pair.row.access_token):
            pair = self._pair.rewrite(pair, sealed(pair.sign_in, self._sealer))
            log.info("stored sign-in sealed with the newest key")
        try:
            pair = self._validate(pair)
        except AuthUnavailable as error:
            log.warning("sign-in not validated, going on with it", extra={"reason": str(error)})
        return pair.sign_in.identity

    def credentials(self) -> Credentials:
        """What the next login to chat needs; waits for Twitch only where no token is good."""
        sign_in = self._usable().sign_in
        self._handed_out = sign_in.access
        return Credentials(sign_in.identity.login, sign_in.identity.user_id, sign_in.access)

    def access_token(self) -> Secret:
        """A token that is good now, for Twitch's API; waits for one as ``credentials`` does."""
        return self._usable().sign_in.access

    def login_refused(self) -> None:
        """Take note that chat refused the credentials given out last: see ``token_refused``."""
        if self._handed_out is not None:
            self.token_refused(self._handed_out)

    def token_refused(self, token: Secret) -> None:
        """Replace a token that Twitch refused, by one refresh; nothing where that was done already.

        If a token that came of such a refresh is refused as well, Twitch is asked whether the token
        is to blame at all: an account may be barred for other reasons, which no refresh cures.
        """
        pair = self._pair.read()
        if pair.sign_in.access != token:
            return
        if pair.follows_refusal and self._oauth.validate(token) is not None:
            log.warning("refused again, although Twitch calls the token good")
            return
        self._pair.refuse(pair)

    def upkeep(self) -> float:
        """Renew and validate where due; the seconds until one of them is due again.

        A renewal that fails does not keep it from validating, which Twitch demands on its own.
        """
        pair = self._pair.read()
        outage: AuthUnavailable | None = None
        if self._pair.is_due(pair):
            try:
                pair = self._pair.renew(pair)
            except AuthUnavailable as error:
                outage = error
        if self._clock() >= self._validate_at_s:
            pair = self._validate(pair)
        if outage and self._pair.is_due(pair):
            raise outage
        due_s = min(self._validate_at_s, pair.expires_at_s - pair.spare_s)
        return max(_LEAST_PAUSE_S, due_s - self._clock())

    def _usable(self) -> TokenPair:
        """The pair to use now, renewed only where it must be: ``upkeep`` does it in good time."""
        pair = self._pair.read()
        return pair if self._pair.is_usable(pair) else self._pair.renew(pair)

    def _validate(self, pair: TokenPair) -> TokenPair:
        """Ask Twitch about the pair.

        Twitch demands it at start and every hour; a token that fails is not to be used any more.
        Source: https://dev.twitch.tv/docs/authentication/validate-tokens
        """
        validation = self._oauth.validate(pair.sign_in.access)
        self._validate_at_s = self._clock() + self._validate_interval_s
        current = self._pair.read()
        if not current.is_stored_as(pair.row):
            return current
        if validation is not None:
            return self._confirmed(current, validation)
        log.warning("the token is no longer good, refreshing it")
        return self._pair.refuse(current)

    def _confirmed(self, pair: TokenPair, validation: Validation) -> TokenPair:
        """The pair with what Twitch says of it: the time that is left, and the account's name."""
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
        pair = self._pair.retime(pair, validation.lifetime_s)
        identity = validation.identity
        if identity == pair.sign_in.identity:
            return pair
        log.info("account renamed", extra={"login": identity.login})
        row = replace(pair.row, bot_username=identity.login, bot_user_id=identity.user_id)
        return self._pair.rewrite(pair, row)
