"""``forget``: delete all stored data of one viewer."""

from __future__ import annotations

import argparse

from clankbot.app import EXIT_FAILED
from clankbot.cli.stats import renamed
from clankbot.parts import existing_database, start_up
from clankbot.records.writes import ForgetViewer, RaiseDeletionEpoch
from clankbot.text import counted, visible


def run(options: argparse.Namespace) -> int:
    """0 if something was deleted; 1 if nothing is stored of that viewer, or several match."""
    settings = start_up()
    viewer = visible(options.viewer).strip()
    channel: str | None = options.channel
    where = f"in #{channel}" if channel else "in any channel"
    with existing_database(settings).open() as store:
        names: dict[str, list[str]] = {}
        for user_id, login in store.find_viewers(viewer, channel):
            names.setdefault(user_id, []).extend([login] if login else [])
        if not names:
            now = renamed(store.channel_names(), channel) if channel else ""
            print(f"Nothing is stored of {viewer} {where}{now}.")
            return EXIT_FAILED
        shown = [
            f"{' or '.join(dict.fromkeys(logins)) or 'a moderator'} (user id {user_id})"
            for user_id, logins in names.items()
        ]
        if len(names) > 1:
            print(f"Several viewers match {viewer}, and nothing is deleted:")
            print(*(f"  {each}" for each in shown), sep="\n")
            print(f"Say which of them, such as: clankbot.py forget id:{next(iter(names))}")
            return EXIT_FAILED
        # Raising the epoch stops what a running bot is making of the viewer's words.
        (user_id,) = names
        applied, _ = store.apply([ForgetViewer(channel, user_id), RaiseDeletionEpoch()])
        store.finish_removing()
        messages = counted(applied.rows, "message")
        print(f"Deleted {messages} of {shown[0]} {where}, and the name wherever it stood.")
    return 0
