"""What the commands ``login`` and ``logout`` do, told to a person line by line.

Signing in needs no browser on this machine: it is Twitch's device code flow.  Each command returns
its exit status.  Knows nothing of arguments and settings.

Source: https://dev.twitch.tv/docs/authentication/getting-tokens-oauth (device code grant flow);
the pace of polling is that of https://www.rfc-editor.org/rfc/rfc8628 (3.5).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from clankbot.auth.keys import Encryption, KeySource
from clankbot.auth.oauth import NotYet, TokenGrant, TwitchOAuth, Validation
from clankbot.auth.token_store import SignIn, TokenStore, Wait, decrypted, encrypted
from clankbot.clock import Clock
from clankbot.errors import AuthError, AuthUnavailable, KeyRefused, TokenRefused
from clankbot.own_command import own_command
from clankbot.records.accounts import EncryptedTokens

# Shows one line to the person.
Say = Callable[[str], None]

_DISCONNECT: Final = (
    "to end it at Twitch, disconnect it at https://www.twitch.tv/settings/connections"
)
_NOTHING_TO_DO: Final = "Nobody is signed in; there is nothing to do."

_LEAST_INTERVAL_S: Final = 1.0
_SLOWER_BY_S: Final = 5.0
# Between the tries to validate a token that a person has just agreed to.
_VALIDATION_PAUSES_S: Final = (1.0, 3.0, 10.0)
# Ten minutes of trying: longer than a backup or the restart of a server takes.
_SAVE_WITHIN_S: Final = 600.0
_SAVE_PAUSE_S: Final = 2.0

_DAY_MS: Final = 24 * 3600 * 1000
# A sign-in made so much later than now was made while the clock was wrong, or it is now.
_CLOCK_OFF_MS: Final = 60_000
# For so long Twitch renews the tokens of a public app.
# Source: https://dev.twitch.tv/docs/authentication/refresh-tokens
_PUBLIC_DAYS: Final = 30


def sign_in_account(
    store: TokenStore, keys: KeySource, oauth: TwitchOAuth, say: Say, wait: Wait, clock: Clock
) -> int:
    """Let a person sign an account in, and store its tokens in the place of any other's.

    After the person has agreed, Twitch and the database are waited for while they are out of
    order; if they stay so, the tokens are revoked.  If this process dies after Twitch's answer and
    before the commit, the tokens are lost, and the person must sign in once more.

    Raises TokenRefused for a denial, an expired code, a token that lacks a scope, and a wrong
    client secret; ConfigError for an unknown app.
    """
    with store.reading() as rows:
        former = rows.load_tokens()
    # A missing or wrong key is found before the person walks to another device.
    encryption = Encryption(keys.find(may_create=former is None))
    if former is not None:
        decrypted(former, encryption)
        say(f"{former.bot_username} is signed in; this sign-in will take its place.")
        say("")
    grant = _granted(oauth, say, wait, clock)
    try:
        identity = _validated(oauth, grant, wait).identity
        if oauth.has_secret:
            # Signing in takes no secret; renewing does, and a wrong one would fail hours later.
            # An outage proves nothing, and costs nothing either: with a secret a refresh token is
            # good more than once.
            with suppress(AuthUnavailable):
                grant = oauth.refresh(grant.refresh_token)
        row = encrypted(grant, identity, clock.utc_ms(), encryption)
        replaced = _save(store, row, say, wait, clock)
    except BaseException:  # after Ctrl-C, too, no token stays behind that is stored nowhere
        with suppress(AuthUnavailable):
            oauth.revoke(grant.access_token)
        raise
    say(f"Signed in as {identity.login} (user id {identity.user_id}).")
    if replaced and (why_not := _revoked(oauth, decrypted(replaced, encryption))):
        say(f"{why_not}; so the former sign-in was only replaced here: {_DISCONNECT}.")
    return 0


def _again() -> str:
    return f"run: {own_command('login')}"


def _granted(oauth: TwitchOAuth, say: Say, wait: Wait, clock: Clock) -> TokenGrant:
    """Show the code, and ask Twitch at its pace until the person has confirmed it."""
    code = oauth.start_device()
    say("Open this address on any device, signed in to Twitch as the bot's account:")
    say("")
    say(f"    {code.verification_uri}")
    say("")
    say(f"and confirm this code there:  {code.user_code}")
    say(f"Waiting; the code is good for {code.lifetime_s / 60:.0f} minutes.")
    interval_s = max(code.interval_s, _LEAST_INTERVAL_S)
    deadline_s = clock.monotonic() + code.lifetime_s
    fault: AuthUnavailable | None = None
    while not wait(interval_s):
        if clock.monotonic() >= deadline_s:
            raise fault or TokenRefused(f"Nobody confirmed the code in time; {_again()}")
        try:
            answer = oauth.poll_device(code)
        except AuthUnavailable as error:
            if fault is None:
                say(f"{error}; still trying.")
            fault = error
            continue
        fault = None
        if isinstance(answer, TokenGrant):
            return answer
        if answer is NotYet.SLOW_DOWN:
            interval_s += _SLOWER_BY_S
    raise AuthError("The sign-in was broken off.")


def _validated(oauth: TwitchOAuth, grant: TokenGrant, wait: Wait) -> Validation:
    """What Twitch says of the new token, which must be good for all that the bot does."""
    pauses_s = iter(_VALIDATION_PAUSES_S)
    while True:
        try:
            validation = oauth.validate(grant.access_token)
            break
        except AuthUnavailable:
            pause_s = next(pauses_s, None)
            if pause_s is None or wait(pause_s):
                raise
    if validation is None:
        raise TokenRefused(f"Twitch does not accept the token it has just given; {_again()}")
    if missing := validation.missing_scopes:
        raise TokenRefused(
            f"Twitch gave a token without {' and '.join(missing)}, so nothing was stored: leave"
            f" every permission on; {_again()}"
        )
    return validation


def _save(
    store: TokenStore, row: EncryptedTokens, say: Say, wait: Wait, clock: Clock
) -> EncryptedTokens | None:
    """Store the row, even if the database or another process takes minutes to let it.

    Returns the row it took the place of: a bot that runs has renewed the former one meanwhile.
    """
    deadline_s = clock.monotonic() + _SAVE_WITHIN_S
    replaced: EncryptedTokens | None = None
    told = False
    while True:
        try:
            with store.locked() as rows:
                found = rows.load_tokens()
                # A commit whose answer was lost has stored the new row already.
                if found and found.access_token != row.access_token:
                    replaced = found
                rows.save_tokens(row)
            return replaced
        except AuthUnavailable as error:
            if clock.monotonic() >= deadline_s:
                raise
            if not told:
                say(f"{error}; still trying.")
            told = True
        if wait(_SAVE_PAUSE_S):
            raise AuthUnavailable("The sign-in was broken off.")


def show_status(
    store: TokenStore | None, keys: KeySource, say: Say, *, is_public: bool, now_ms: int
) -> int:
    """Tell who is signed in and until when; 1 if nobody is.

    ``store`` is None if there is no database yet; ``is_public`` says that the app has no secret.
    """
    row = None
    if store:
        with store.reading() as rows:
            row = rows.load_tokens()
    if row is None:
        say(f"Nobody is signed in.  To sign in, run: {own_command('login')}")
        return 1
    identity = decrypted(row, Encryption(keys.find(may_create=False))).identity
    say(f"Signed in as {identity.login} (user id {identity.user_id}).")
    until = datetime.fromtimestamp(row.expires_at_ms / 1000, UTC)
    left_s = (row.expires_at_ms - now_ms) // 1000
    say(
        f"The access token is good until {until:%Y-%m-%d %H:%M:%S} UTC (in {_duration(left_s)});"
        " the bot renews it by itself."
        if left_s > 0
        else f"The access token ended at {until:%Y-%m-%d %H:%M:%S} UTC ({_duration(-left_s)} ago);"
        " the bot renews it when it starts."
    )
    if row.created_at_ms > now_ms + _CLOCK_OFF_MS:
        made = datetime.fromtimestamp(row.created_at_ms / 1000, UTC)
        say(f"It was made at {made:%Y-%m-%d %H:%M} UTC: this machine's clock is, or was, wrong.")
    idle_days = (now_ms - row.created_at_ms) // _DAY_MS
    if is_public and idle_days >= _PUBLIC_DAYS:
        say(
            f"It was last renewed {idle_days} days ago, and Twitch renews that of a public app for"
            f" {_PUBLIC_DAYS} days only: a new login may be needed."
        )
    return 0


def _duration(seconds: int) -> str:
    minutes = seconds // 60
    days, hours = minutes // (24 * 60), minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def sign_out(store: TokenStore | None, keys: KeySource, oauth: TwitchOAuth | None, say: Say) -> int:
    """Revoke the sign-in at Twitch, then delete what is stored.

    ``store`` is None if there is no database yet.  The sign-in is deleted even if it cannot be
    revoked (without ``oauth`` it never can), and if another process holds the lock on it; if it is
    not revoked because no key decrypts it, KeyRefused says so afterwards.
    """
    if store is None:
        say(_NOTHING_TO_DO)
        return 0
    with store.locked(or_not=True) as rows:
        row = rows.load_tokens()
        if row is None:
            say(_NOTHING_TO_DO)
            return 0
        try:
            why_not = _revoked(oauth, decrypted(row, Encryption(keys.find(may_create=False))))
        except KeyRefused as error:
            rows.delete_tokens()
            raise KeyRefused(
                f"The sign-in of {row.bot_username} was deleted, but not revoked, for no key opens"
                f" it: {_DISCONNECT}"
            ) from error
        if why_not:
            say(f"{why_not}; so the sign-in is only deleted here: {_DISCONNECT}.")
        rows.delete_tokens()
    say(f"Signed out {row.bot_username}: its tokens are deleted.")
    return 0


def _revoked(oauth: TwitchOAuth | None, sign_in: SignIn) -> str:
    """Make the sign-in worthless at Twitch; if that fails, why, else "".

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
