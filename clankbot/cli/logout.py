"""``logout``: revoke the sign-in at Twitch and delete it here."""

from __future__ import annotations

import argparse
import threading

from clankbot.auth.sign_in import sign_out
from clankbot.auth.token_store import TokenStore
from clankbot.parts import has_database, open_database, start_up
from clankbot.services import key_source, twitch_oauth


def run(options: argparse.Namespace) -> int:
    """0 if nobody is signed in any more."""
    settings = start_up()
    oauth = twitch_oauth(settings) if settings.twitch_client_id else None
    store = None
    if has_database(settings):
        store = TokenStore(open_database(settings).open, threading.Event().wait)
    return sign_out(store, key_source(settings), oauth, print)
