"""``login``: sign the bot account in, or tell who is signed in."""

from __future__ import annotations

import argparse
import logging
import threading
from functools import partial

from clankbot.auth.channel_names import own_channel
from clankbot.auth.sign_in import show_status, sign_in_account
from clankbot.auth.token_store import TokenStore
from clankbot.cli.first_settings import make_missing_settings
from clankbot.clock import Clock
from clankbot.config.settings import env_file, login_requirements
from clankbot.own_command import own_command
from clankbot.parts import has_database, open_database, start_up
from clankbot.services import key_source, twitch_oauth

log = logging.getLogger(__name__)


def run(options: argparse.Namespace) -> int:
    """0 if somebody is signed in now, 1 if ``--status`` finds nobody."""
    if not options.status:
        make_missing_settings()
    needs = () if options.status else (login_requirements,)
    settings, path = start_up(*needs), env_file()
    for warning in settings.warnings:
        log.warning(warning)
    keys, say, wait = key_source(settings), partial(print, flush=True), threading.Event().wait
    if options.status:
        found = TokenStore(open_database(settings).open, wait) if has_database(settings) else None
        is_public = settings.twitch_client_secret is None
        return show_status(found, keys, say, is_public=is_public, now_ms=Clock().utc_ms())
    say(f"Settings: {path}" if path.exists() else f"Settings: the environment (no {path})")
    store = TokenStore(open_database(settings).open, wait)
    status = sign_in_account(store, keys, twitch_oauth(settings), say, wait, Clock())
    with store.reading() as rows:
        tokens = rows.load_tokens()
    if tokens is not None and tokens.bot_username in settings.twitch_channels:
        say(f"Mind: {own_channel(tokens.bot_username)}")
    say(f"Next, have the whole set-up tried: {own_command('check')}")
    return status
