"""What the commands ``login`` and ``logout`` do, told to a person line by line.

Each returns the exit status of its command.  Knows nothing of arguments and settings.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Protocol

from clankbot.auth.device_flow import Pause, Say, revoked_on_failure, sign_in
from clankbot.auth.oauth import TwitchOAuth
from clankbot.auth.ports import OpenStore
from clankbot.auth.seal import Sealer
from clankbot.auth.token_store import SignIn, Vault, opened, sealed, wall_clock_ms
from clankbot.errors import AuthUnavailable, KeyRefused, NotSignedIn, TokenRefused
from clankbot.records.accounts import SealedTokens

_DISCONNECT: Final = (
    "to end it at Twitch, disconnect it at https://www.twitch.tv/settings/connections"
)

_NOTHING_TO_DO: Final = "Nobody is signed in; there is nothing to do."

_SAVE_WITHIN_S: Final = 600.0
_SAVE_PAUSE_S: Final = 2.0
"""Ten minutes of trying: longer than a backup, or a server that starts again, is in the way."""

_DAY_MS: Final = 24 * 3600 * 1000
_PUBLIC_DAYS: Final = 30
"""So long a refresh token of a public app is good.

Source: https://dev.twitch.tv/docs/authentication/refresh-tokens
"""


class FindKeys(Protocol):
    """``keys.find_keys`` with the places to look in already filled in."""

    def __call__(self, *, may_create: bool) -> list[bytes]:
        """The keys, the newest first; a new one only where ``may_create``."""


def stored_sealer(open_store: OpenStore, find_keys: FindKeys) -> Sealer:
    """The keys of the stored sign-in.  Raises NotSignedIn where there is none; makes no key."""
    with open_store() as store:
        if store.load_tokens() is None:
            raise NotSignedIn("Nobody is signed in; run: python clankbot.py login")
    return Sealer(find_keys(may_create=False))


def sign_in_account(
    open_store: OpenStore,
    find_keys: FindKeys,
    oauth: TwitchOAuth,
    say: Say,
    wait: Pause,
    *,
    now_ms: Callable[[], int] = wall_clock_ms,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Sign an account in and store its tokens in the place of any other's.

    What a person has agreed to is not given up lightly: a database that is away is waited for, and
    where that is in vain the tokens are revoked.  If this process dies after Twitch's answer and
    before the commit, they are lost: a person must sign in once more, nothing worse.
    """
    vault = Vault(open_store, wait)
    with vault.shared() as store:
        former = store.load_tokens()
    # Before anybody walks to another device: a missing or wrong key is found out now.
    sealer = Sealer(find_keys(may_create=former is None))
    if former is not None:
        opened(former, sealer)
        say(f"{former.bot_username} is signed in; this sign-in will take its place.")
        say("")
    grant, validation = sign_in(oauth, say, wait, clock)
    with revoked_on_failure(oauth, grant):
        at_ms = now_ms()
        fresh = SignIn(
            identity=validation.identity,
            access=grant.access_token,
            refresh=grant.refresh_token,
            created_at_ms=at_ms,
            expires_at_ms=at_ms + grant.lifetime_s * 1000,
        )
        replaced = _save(vault, sealed(fresh, sealer), say, wait, clock)
    say(f"Signed in as {fresh.identity.login} (user id {fresh.identity.user_id}).")
    if replaced and (why_not := _revoked(oauth, opened(replaced, sealer))):
        say(f"{why_not}; so the former sign-in was only replaced here: {_DISCONNECT}.")
    return 0


def _save(
    vault: Vault, row: SealedTokens, say: Say, wait: Pause, clock: Callable[[], float]
) -> SealedTokens | None:
    """Store the row, also where the database or another process takes minutes to let it.

    Returns the row it took the place of: a bot that runs has renewed the former one meanwhile.
    """
    deadline_s = clock() + _SAVE_WITHIN_S
    replaced: SealedTokens | None = None
    told = False
    while True:
        try:
            with vault.alone() as store:
                found = store.load_tokens()
                if found and found.access_token != row.access_token:  # or a lost answer told so
                    replaced = found
                store.save_tokens(row)
            return replaced
        except AuthUnavailable as error:
            if clock() >= deadline_s:
                raise
            if not told:
                say(f"{error}; still trying.")
            told = True
        if wait(_SAVE_PAUSE_S):
            raise AuthUnavailable("The sign-in was broken off.")


def show_status(
    open_store: OpenStore | None,
    find_keys: FindKeys,
    say: Say,
    *,
    is_public: bool = True,
    now_ms: Callable[[], int] = wall_clock_ms,
) -> int:
    """Tell who is signed in and until when; 1 where nobody is.

    ``open_store`` is None where there is no database yet; ``is_public`` says that the app has no
    secret.
    """
    row = None
    if open_store:
        with open_store() as store:
            row = store.load_tokens()
    if row is None:
        say("Nobody is signed in.  To sign in, run: python clankbot.py login")
        return 1
    identity = opened(row, Sealer(find_keys(may_create=False))).identity
    say(f"Signed in as {identity.login} (user id {identity.user_id}).")
    until = datetime.fromtimestamp(row.expires_at_ms / 1000, UTC)
    left_s = (row.expires_at_ms - now_ms()) // 1000
    say(
        f"The access token is good until {until:%Y-%m-%d %H:%M:%S} UTC (in {_duration(left_s)});"
        " the bot renews it by itself."
        if left_s > 0
        else f"The access token ended at {until:%Y-%m-%d %H:%M:%S} UTC ({_duration(-left_s)} ago);"
        " the bot renews it when it starts."
    )
    idle_days = (now_ms() - row.created_at_ms) // _DAY_MS
    if is_public and idle_days >= _PUBLIC_DAYS:
        say(
            f"It was last renewed {idle_days} days ago, and Twitch renews that of a public app for"
            f" {_PUBLIC_DAYS} days only: a new login may be needed."
        )
    return 0


def sign_out(
    open_store: OpenStore | None,
    find_keys: FindKeys,
    oauth: TwitchOAuth | None,
    say: Say,
    wait: Pause,
) -> int:
    """Revoke the sign-in at Twitch, then delete what is stored.

    ``open_store`` is None where there is no database yet.  The sign-in is deleted also where it
    cannot be revoked (without ``oauth`` it never can), and where another process holds the lock on
    it; where it is not revoked for want of the key, KeyRefused says so afterwards.
    """
    if open_store is None:
        say(_NOTHING_TO_DO)
        return 0
    with Vault(open_store, wait).alone(or_not=True) as store:
        row = store.load_tokens()
        if row is None:
            say(_NOTHING_TO_DO)
            return 0
        try:
            why_not = _revoked(oauth, opened(row, Sealer(find_keys(may_create=False))))
        except KeyRefused as error:
            store.delete_tokens()
            raise KeyRefused(
                f"The sign-in of {row.bot_username} was deleted, but not revoked, for no key opens"
                f" it: {_DISCONNECT}"
            ) from error
        if why_not:
            say(f"{why_not}; so the sign-in is only deleted here: {_DISCONNECT}.")
        store.delete_tokens()
    say(f"Signed out {row.bot_username}: its tokens are deleted.")
    return 0


def _revoked(oauth: TwitchOAuth | None, sign_in: SignIn) -> str:
    """Make the sign-in worthless at Twitch; where that fails, why, else "".

    An access token that has ended cannot be revoked, and its refresh token is still good: so it is
    traded for a pair that can be.
    """
    if oauth is None:
        return "TWITCH_CLIENT_ID is not set, and Twitch revokes nothing without it"
    try:
        if not oauth.revoke(sign_in.access):
            oauth.revoke(oauth.refresh(sign_in.refresh).access_token)
    except AuthUnavailable as error:
        return str(error)
    except TokenRefused:
        return "The access token has ended, and Twitch does not renew it to be revoked"
    return ""


def _duration(seconds: int) -> str:
    minutes = seconds // 60
    days, hours = minutes // (24 * 60), minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
