"""Signing in without a browser on this machine: the device code flow, told to a person.

Source: https://dev.twitch.tv/docs/authentication/getting-tokens-oauth (device code grant flow);
its pace is that of https://www.rfc-editor.org/rfc/rfc8628 (3.5).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from clankbot.auth.oauth import DeviceCode, NotYet, TokenGrant, TwitchOAuth, Validation
from clankbot.errors import AuthError, AuthUnavailable, TokenRefused

Say = Callable[[str], None]
"""Shows one line to the person."""

Pause = Callable[[float], bool]
"""Waits so many seconds; True when it was told to stop, like ``threading.Event.wait``."""

_LEAST_INTERVAL_S: Final = 1.0
_SLOWER_BY_S: Final = 5.0

_VALIDATION_PAUSES_S: Final = (1.0, 3.0, 10.0)
"""Between the tries to validate what a person has just agreed to: too good to give up at once."""


def sign_in(
    oauth: TwitchOAuth, say: Say, wait: Pause, clock: Callable[[], float] = time.monotonic
) -> tuple[TokenGrant, Validation]:
    """Let a person sign an account in; its tokens, and what Twitch says of them.

    Faults of the network are waited out for as long as the code is good.  Raises TokenRefused for a
    denial, an expired code, a token that lacks a scope, and a wrong client secret; ConfigError for
    an unknown app.
    """
    code = oauth.start_device()
    say("Open this address on any device, signed in to Twitch as the bot's account:")
    say("")
    say(f"    {code.verification_uri}")
    say("")
    say(f"and confirm this code there:  {code.user_code}")
    say(f"Waiting; the code is good for {code.lifetime_s / 60:.0f} minutes.")
    grant = _granted(oauth, code, say, wait, clock)
    with revoked_on_failure(oauth, grant):
        validation = _validated(oauth, grant, wait)
        if missing := validation.missing_scopes:
            raise TokenRefused(
                f"Twitch gave a token without {' and '.join(missing)}, so nothing was stored:"
                " run login again and leave every permission on."
            )
        return _proven(oauth, grant), validation


@contextmanager
def revoked_on_failure(oauth: TwitchOAuth, grant: TokenGrant) -> Iterator[None]:
    """Leave no token behind at Twitch that is stored nowhere; after Ctrl-C neither."""
    try:
        yield
    except BaseException:
        with suppress(AuthUnavailable):
            oauth.revoke(grant.access_token)
        raise


def _proven(oauth: TwitchOAuth, grant: TokenGrant) -> TokenGrant:
    """The pair, or that which it was traded for: a wrong client secret is found out here.

    Signing in takes no secret; renewing does, and would fail hours later.  An outage proves
    nothing, and costs nothing either: with a secret a refresh token is good more than once.
    """
    if not oauth.has_secret:
        return grant
    try:
        return oauth.refresh(grant.refresh_token)
    except AuthUnavailable:
        return grant


def _granted(
    oauth: TwitchOAuth, code: DeviceCode, say: Say, wait: Pause, clock: Callable[[], float]
) -> TokenGrant:
    """Ask at Twitch's pace until the person has answered."""
    interval_s = max(code.interval_s, _LEAST_INTERVAL_S)
    deadline_s = clock() + code.lifetime_s
    fault: AuthUnavailable | None = None
    while not wait(interval_s):
        if clock() >= deadline_s:
            if fault:
                raise fault
            raise TokenRefused("Nobody confirmed the code in time: run login again.")
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


def _validated(oauth: TwitchOAuth, grant: TokenGrant, wait: Pause) -> Validation:
    for pause_s in _VALIDATION_PAUSES_S:
        try:
            return _good(oauth.validate(grant.access_token))
        except AuthUnavailable:
            if wait(pause_s):
                raise
    return _good(oauth.validate(grant.access_token))


def _good(validation: Validation | None) -> Validation:
    if validation is None:
        raise TokenRefused("Twitch does not accept the token it has just given: run login again.")
    return validation
