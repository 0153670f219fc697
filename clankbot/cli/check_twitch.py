"""What ``check`` finds at Twitch: the sign-in, chat and the channels.  Renews and joins nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial

from clankbot.auth.channel_names import look_at_channels
from clankbot.auth.helix import Helix
from clankbot.auth.stored_token import StoredToken
from clankbot.auth.token_store import TokenStore
from clankbot.cli.check_report import Finding
from clankbot.cli.check_set_up import Checkup
from clankbot.cli.stats import former_names
from clankbot.errors import AuthError, ConnectionLost, LoginRefused
from clankbot.irc.connection import dial
from clankbot.irc.trial import try_login
from clankbot.own_command import own_command
from clankbot.records.accounts import Identity
from clankbot.services import UNUSED_SIGN_IN, anonymous_account, key_source, twitch_oauth


def look_at_sign_in(checkup: Checkup) -> Iterator[Finding]:
    """Who is signed in, and whether Twitch agrees."""
    settings = checkup.settings
    stored = None
    if checkup.sign_in_database is not None:
        store = TokenStore(checkup.sign_in_database.open, threading.Event().wait)
        stored = StoredToken.load(store, key_source(settings))
    elif not checkup.is_database_missing:
        yield "skip", "the sign-in is in the database, which was not read"
        return
    if settings.twitch_client_id is None:
        if not settings.dry_run:
            yield "skip", "TWITCH_CLIENT_ID is not set"
        elif stored:
            yield "warn", UNUSED_SIGN_IN
        else:
            yield "ok", "nobody is signed in; chat is read anonymously (DRY_RUN)"
        return
    if stored is None:
        if settings.dry_run:
            yield "ok", "nobody is signed in; chat is read anonymously (DRY_RUN)"
        else:
            yield "fail", f"nobody is signed in; run: {own_command('login')}"
        return
    checkup.report.progress("sign-in", "asking Twitch ...")
    yield from _validate(checkup, stored)


def _validate(checkup: Checkup, stored: StoredToken) -> Iterator[Finding]:
    login, again = stored.identity.login, own_command("login")
    validation = twitch_oauth(checkup.settings, checkup.clock).validate(stored.access)
    if validation is None:
        ended_s = (checkup.clock.utc_ms() - stored.expires_at_ms) // 1000
        if ended_s >= 0:
            yield (
                "skip",
                f"{login} is signed in; its access token has ended, and the bot renews it when it"
                " runs (check does not: the renewal may be good once only)",
            )
        else:
            yield (
                "warn",
                f"Twitch does not take the token of {login} any more; the bot tries to renew it;"
                f" if that fails, run: {again}",
            )
        return
    if validation.client_id != checkup.settings.twitch_client_id:
        yield (
            "fail",
            "the stored sign-in belongs to another Twitch app than TWITCH_CLIENT_ID names;"
            f" run: {again}",
        )
        return
    if validation.missing_scopes:
        yield (
            "fail",
            f"the stored sign-in lacks {' and '.join(validation.missing_scopes)}; run: {again}",
        )
        return
    checkup.sign_in = stored
    yield "ok", f"signed in as {validation.identity.login}, and Twitch agrees"


def look_at_chat(checkup: Checkup) -> Iterator[Finding]:
    """Whether chat lets the account in, or at least answers; no channel is joined."""
    server, stored = checkup.settings.twitch_irc_url, checkup.sign_in
    where = f"{server.host}:{server.port}" + (" over TLS" if server.tls else "")
    checkup.report.progress("chat", f"signing in at {where} ...")
    credentials = stored.credentials if stored else anonymous_account().credentials()
    try:
        try_login(partial(dial, server.host, server.port, tls=server.tls), credentials)
    except LoginRefused as error:
        yield "fail", f"{error}; run: {own_command('login')}" if stored else str(error)
    except ConnectionLost as error:
        yield "fail", f"{error}; is this machine online, and the port not closed to it?"
    else:
        who = stored.identity.login if stored else "an anonymous reader, as the sign-in was not"
        yield "ok", f"{where} lets in {who}" + ("" if stored else " tried")


def look_at_the_channels(checkup: Checkup) -> Iterator[Finding]:
    """What is known of the channels' names, and what Twitch says of them."""
    settings, channels = checkup.settings, checkup.settings.twitch_channels
    if not channels:
        yield "skip", "TWITCH_CHANNELS is not set"
        return
    names = []
    if checkup.database is not None:
        with checkup.database.open() as store:
            names = store.channel_names()
    ours = {name.channel_id for name in names if name.login in channels}
    for line in former_names([name for name in names if name.channel_id in ours]):
        yield "ok", f"{line}; all that is stored of it has come along"
    if checkup.sign_in is None or settings.twitch_client_id is None:
        yield (
            "skip",
            "Twitch tells of channels only to an account that is signed in, and none could be used",
        )
        return
    checkup.report.progress("channels", "asking Twitch ...")
    api = Helix(settings.twitch_api_url, settings.twitch_client_id, checkup.sign_in, checkup.clock)
    try:
        findings = list(look_at_channels(api, channels, names, checkup.sign_in.identity))
    except AuthError as error:
        yield "warn", f"Twitch could not be asked about the channels: {error}"
        return
    yield from findings
    if not any(verdict == "fail" for verdict, _ in findings):
        yield "ok", "every channel exists on Twitch under its name"
    yield from _standing(api, checkup.sign_in.identity, channels)


def _standing(api: Helix, own: Identity, channels: Sequence[str]) -> Iterator[Finding]:
    """Where the rooms are closed to some; whether the bot is exempt, Twitch tells only in chat."""
    try:
        for room in api.users(logins=channels):
            if room.user_id != own.user_id and (modes := api.closed_to(room.user_id)):
                yield (
                    "ok",
                    f"the chat of #{room.login} is {' and '.join(modes)} now: the bot speaks there"
                    f" if it is a moderator (in chat: /mod {own.login})",
                )
    except AuthError as error:
        yield "skip", f"whether the rooms are open to all was not told: {error}"
