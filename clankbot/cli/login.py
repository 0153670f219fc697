"""``login``: sign the bot account in, or tell who is signed in."""

from __future__ import annotations

import argparse
import threading
from functools import partial

from clankbot.auth.account import show_status, sign_in_account
from clankbot.config.settings import require_for_login, settings_from_process
from clankbot.parts import open_database, set_up_logs
from clankbot.services import key_finder, twitch_oauth


def run(options: argparse.Namespace) -> int:
    """0 when somebody is signed in now, 1 where ``--status`` finds nobody."""
    settings = settings_from_process()
    set_up_logs(settings)
    say = partial(print, flush=True)
    if options.status:
        database = open_database(settings)
        return show_status(database.open, key_finder(settings), say)
    require_for_login(settings)
    database = open_database(settings)
    return sign_in_account(
        database.open,
        key_finder(settings),
        twitch_oauth(settings),
        say,
        threading.Event().wait,
    )
