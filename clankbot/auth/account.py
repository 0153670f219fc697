"""What the commands ``login`` and ``logout`` do, told to a person line by line.

Each returns the exit status of its command.  Knows nothing of arguments and settings.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Protocol

from clankbot.auth.device_flow import Pause, Say, sign_in
from clankbot.auth.oauth import TwitchOAuth
from clankbot.auth.ports import OpenStore
from clankbot.auth.seal import Sealer
from clankbot.auth.vault import SignIn, Vault, opened, sealed, wall_clock_ms
from clankbot.errors import AuthUnavailable, KeyRefused, NotSignedIn

_DISCONNECT: Final = (
    "to end it at Twitch, disconnect it at https://www.twitch.tv/settings/connections"
)


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
    """Sign an account in and store its tokens in the place of any other's."""
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
    at_ms = now_ms()
    fresh = SignIn(
        identity=validation.identity,
        access=grant.access_token,
        refresh=grant.refresh_token,
        created_at_ms=at_ms,
        expires_at_ms=at_ms + grant.lifetime_s * 1000,
    )
    with vault.alone() as store:
        store.save_tokens(sealed(fresh, sealer))
    say(f"Signed in as {fresh.identity.login} (user id {fresh.identity.user_id}).")
    return 0


def show_status(
    open_store: OpenStore,
    find_keys: FindKeys,
    say: Say,
    *,
    now_ms: Callable[[], int] = wall_clock_ms,
) -> int:
    """Tell who is signed in and until when; 1 where nobody is."""
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
    return 0


def sign_out(
    open_store: OpenStore,
    find_keys: FindKeys,
    oauth: TwitchOAuth,
    say: Say,
    wait: Pause,
    *,
    now_ms: Callable[[], int] = wall_clock_ms,
) -> int:
    """Revoke the access token at Twitch, then delete what is stored.

    It is deleted also where it cannot be revoked; where that is for want of the key, KeyRefused
    says so afterwards.
    """
    with Vault(open_store, wait).alone() as store:
        row = store.load_tokens()
        if row is None:
            say("Nobody is signed in; there is nothing to do.")
            return 0
        try:
            oauth.revoke(Sealer(find_keys(may_create=False)).open(row.access_token))
        except KeyRefused as error:
            store.delete_tokens()
            raise KeyRefused(
                f"The sign-in of {row.bot_username} was deleted, but not revoked, for no key opens"
                f" it: {_DISCONNECT}"
            ) from error
        except AuthUnavailable as error:
            say(f"{error}; so the sign-in is only deleted here: {_DISCONNECT}.")
        store.delete_tokens()
    say(f"Signed out {row.bot_username}: its tokens are deleted.")
    return 0


def _duration(seconds: int) -> str:
    minutes = seconds // 60
    days, hours = minutes // (24 * 60), minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
