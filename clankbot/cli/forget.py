"""``forget``: delete all stored data of one viewer."""

from __future__ import annotations

import argparse

from clankbot.config.settings import settings_from_process
from clankbot.parts import open_database, set_up_logs


def run(options: argparse.Namespace) -> int:
    """0 when something was deleted, 1 when nothing is stored of that viewer."""
    settings = settings_from_process()
    set_up_logs(settings)
    viewer = options.viewer.strip().lstrip("@").lower()
    channel = options.channel.strip().lstrip("#").lower() if options.channel else None
    where = f"in #{channel}" if channel else "in any channel"
    with open_database(settings).open() as store:
        found = store.find_viewers(viewer, channel)
        if not found:
            print(f"Nothing is stored of {viewer} {where}.")
            return 1
        for user_id, login in found:
            rows = store.forget(user_id, channel)
            print(f"Deleted {rows} messages of {login} (user id {user_id}) {where}.")
    return 0
