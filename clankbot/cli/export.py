"""``export``: a channel's history as training data, one JSON object a line, on standard output.

Moderated words are gone from the database already.  What the word list, the channel's own terms or
a viewer's opt-out forbid by now is left out again here, and so are IGNORED_USERS.
"""

from __future__ import annotations

import argparse
import io
import json
import secrets
import sys
from collections.abc import Iterator
from dataclasses import replace

from clankbot.app import EXIT_FAILED
from clankbot.config.settings import Settings, settings_from_process
from clankbot.database.store import Store
from clankbot.parts import existing_database, load_words, set_up_logs
from clankbot.processing.examples import Pseudonyms, examples
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.filter.content_filter import ContentFilter
from clankbot.records.writes import StoredMessage
from clankbot.text import visible


def run(options: argparse.Namespace) -> int:
    """0 when there was something to export, else 1 with the reason."""
    settings = settings_from_process()
    set_up_logs(settings)
    filters = ChannelFilters(load_words(settings).current)
    channel: str = options.channel
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # whatever the locale
    with existing_database(settings).open() as store:
        store.finish_removing()  # else what is on its way out would be exported
        filters.load({channel: store.terms(channel)})
        messages = _messages(store, channel, filters(channel), settings)
        if not options.names:
            names = Pseudonyms(secrets.token_bytes(), lambda name: _id_of(store, channel, name))
            messages = map(names.disguised, messages)
        written = 0
        for example in examples(messages, channel, options.lines):
            print(json.dumps(example, ensure_ascii=False))
            written += 1
        sys.stdout.flush()
        if not written:
            print(f"clankbot: {_why_nothing(store, channel)}", file=sys.stderr)
            return EXIT_FAILED
    return 0


def _messages(
    store: Store, channel: str, word_list: ContentFilter, settings: Settings
) -> Iterator[StoredMessage]:
    """What may be passed on of the channel, as it is to be seen, oldest first."""
    opted_out = store.opted_out()
    for message in store.export_rows(channel):
        if message.user_id in opted_out or message.login in settings.ignored_users:
            continue
        if word_list.check(message.text) or word_list.check(message.display_name):
            continue
        text, name = visible(message.text).strip(), visible(message.display_name).strip()
        if text:
            yield replace(message, text=text, display_name=name or message.login)


def _id_of(store: Store, channel: str, name: str) -> str | None:
    """The id of whoever spoke under this login last in the channel."""
    ids = [user_id for user_id, login in store.find_viewers(name, channel) if login == name]
    return ids[-1] if ids else None


def _why_nothing(store: Store, channel: str) -> str:
    if next(store.export_rows(channel, 1), None) is None:
        return f"nothing is stored of #{channel}"
    return f"#{channel} holds no two messages that may be passed on"
