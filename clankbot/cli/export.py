"""``export``: a channel's history as training data, one JSON object a line, on standard output.

Moderated words are gone from the database already.  What today's word list, the channel's own terms
or a viewer's opt-out forbid is left out as well, and so are IGNORED_USERS.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import secrets
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from clankbot.app import EXIT_FAILED, complain
from clankbot.bounded_dict import BoundedDict
from clankbot.cli.stats import renamed
from clankbot.config.settings import Settings
from clankbot.database.database import Store
from clankbot.parts import existing_database, load_words, start_up
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.filter.content_filter import ContentFilter
from clankbot.records.writes import StoredMessage
from clankbot.text import visible

# ``{"messages": [...]}``, as training programs want it.
Example = dict[str, list[dict[str, str]]]

_SYSTEM: Final = (
    "You are a regular in the Twitch chat of {channel}."
    " You are shown its latest lines; write the next one, without a name in front."
)
_NAME = re.compile(r"@?\w+")
# A login and a display name for each of the last 500 speakers: those whom chat calls by name.
_NAMES_KNOWN: Final = 1_000


def run(options: argparse.Namespace) -> int:
    """0 if there was something to export, else 1 with the reason."""
    settings = start_up()
    filters = ChannelFilters(load_words(settings))
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
        if written:
            return 0
        why = f"#{channel} holds no two messages that may be passed on"
        if next(store.export_rows(channel, 1), None) is None:
            why = f"nothing is stored of #{channel}{renamed(store.channel_names(), channel)}"
        complain(why)
        return EXIT_FAILED


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
    """The id of the viewer who spoke last under this login in the channel."""
    if not name.isascii():
        return None  # no login; who bears it for show, only a look at every message would tell
    ids = [user_id for user_id, login in store.find_viewers(name, channel) if login == name]
    return ids[-1] if ids else None


# --- examples -------------------------------------------------------------------------------------
# Pure and lazy: of a history of any length only a few lines, and some names, are held at a time.


def examples(messages: Iterable[StoredMessage], channel: str, line_count: int) -> Iterator[Example]:
    """For each viewer's message with a line before it, one example that it answers.

    The lines are the newest ``line_count``, or as many as there are at the beginning.
    The bot's own messages are lines like any other but never an answer: a model that learns from
    itself learns its own faults.
    """
    lines: deque[str] = deque(maxlen=line_count)
    for message in messages:
        if lines and not message.is_own:
            parts = {
                "system": _SYSTEM.format(channel=channel),
                "user": "\n".join(lines),
                "assistant": message.text,
            }
            yield {"messages": [{"role": role, "content": text} for role, text in parts.items()]}
        lines.append(f"{message.display_name.replace(':', ' ')}: {message.text}")


class Pseudonyms:
    """Other names for viewers: the same throughout for each, and of no use without ``key``.

    They are keyed hashes of the user ids: nobody can find a viewer by trying all ids, and they stay
    the same after a change of name.  Replaced are the speakers, every ``@name``, and the bare names
    of those who spoke lately; other names are words like any other, and stay.
    """

    def __init__(self, key: bytes, find_id: Callable[[str], str | None]) -> None:
        """``key`` is up to 64 random bytes, to be forgotten afterwards.

        ``find_id`` tells the user id behind a login of which something is stored.
        """
        self._key = key
        self._find_id = find_id
        # User ids by name, the latest speaker last.
        self._ids: BoundedDict[str, str] = BoundedDict(_NAMES_KNOWN)
        # What stands for names that were called with ``@``, the latest last.
        self._mentioned: BoundedDict[str, str] = BoundedDict(_NAMES_KNOWN)
        self._own_names: set[str] = set()

    def disguised(self, message: StoredMessage) -> StoredMessage:
        """The message without a viewer's name or id; the bot keeps its own.  Call in order."""
        spoken_names = (message.login.casefold(), message.display_name.casefold())
        if message.is_own:
            name = message.display_name
            self._own_names.update(spoken_names)
        else:
            name = self._of(message.user_id)
            self._ids.update(dict.fromkeys(spoken_names, message.user_id))
        text = _NAME.sub(self._hidden, message.text)
        return replace(message, user_id="", login=name, display_name=name, text=text)

    def _hidden(self, found: re.Match[str]) -> str:
        """What stands in a text for a word that may be a name."""
        word = found[0]
        mark, name = word[: word.startswith("@")], word.removeprefix("@").casefold()
        if name in self._own_names:
            return word
        if name in self._ids:
            return mark + self._of(self._ids[name])
        if not mark:
            return word
        # Somebody who has not spoken lately: may have before, or will.
        known = self._mentioned.get(name) or self._of(self._find_id(name) or f"@{name}")
        self._mentioned[name] = known
        return mark + known

    def _of(self, identity: str) -> str:
        digest = hashlib.blake2b(identity.encode(), key=self._key, digest_size=5)
        return f"viewer_{digest.hexdigest()}"
