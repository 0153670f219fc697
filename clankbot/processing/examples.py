"""A channel's history as examples for fine-tuning: so many lines of chat, and what came next.

Pure and lazy: of a history of any length only a few lines, and the names of those who spoke
lately, are held at a time.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from clankbot.records.writes import StoredMessage

Example = dict[str, list[dict[str, str]]]
"""``{"messages": [...]}``, as training programs want it."""

_SYSTEM: Final = (
    "You are a regular in the Twitch chat of {channel}."
    " You are shown its latest lines; write the next one, without a name in front."
)
_NAME = re.compile(r"@?\w+")
_NAMES_KNOWN: Final = 1_000
"""A login and a display name for each of the last 500 speakers: those whom chat calls by name."""


def examples(messages: Iterable[StoredMessage], channel: str, line_count: int) -> Iterator[Example]:
    """For each viewer's message with a line before it, one example that it answers.

    The lines are the newest ``line_count``, or as many as there are at the beginning.
    The bot's own messages are lines like any other but never an answer: a model that learns from
    itself only grows surer of its faults.
    """
    lines: deque[str] = deque(maxlen=line_count)
    for message in messages:
        if lines and not message.is_own:
            yield _example(channel, lines, message.text)
        lines.append(f"{message.display_name.replace(':', ' ')}: {message.text}")


def _example(channel: str, lines: Iterable[str], answer: str) -> Example:
    return {
        "messages": [
            {"role": "system", "content": _SYSTEM.format(channel=channel)},
            {"role": "user", "content": "\n".join(lines)},
            {"role": "assistant", "content": answer},
        ]
    }


class Pseudonyms:
    """Other names for viewers: the same throughout for each, and of no use without ``key``.

    They are keyed hashes of the user ids, so nobody can find a viewer by trying all ids, and they
    hold across a change of name.  Replaced are the speakers, every ``@name``, and the bare names of
    those who spoke lately; other names are words like any other, and stay.
    """

    def __init__(self, key: bytes, find_id: Callable[[str], str | None]) -> None:
        """``key`` is up to 64 random bytes, to be forgotten afterwards.

        ``find_id`` tells the user id behind a login of which something is stored.
        """
        self._key = key
        self._find_id = find_id
        self._ids: OrderedDict[str, str] = OrderedDict()
        """User ids by name, the latest speaker last."""
        self._mentioned: OrderedDict[str, str] = OrderedDict()
        """What stands for names that were called with ``@``, the latest last."""
        self._own_names: set[str] = set()

    def disguised(self, message: StoredMessage) -> StoredMessage:
        """The message without a viewer's name or id; the bot keeps its own.  Call in order."""
        self._meet(message)
        name = message.display_name if message.is_own else self._of(message.user_id)
        text = _NAME.sub(self._hidden, message.text)
        return replace(message, user_id="", login=name, display_name=name, text=text)

    def _meet(self, message: StoredMessage) -> None:
        names = (message.login.casefold(), message.display_name.casefold())
        if message.is_own:
            self._own_names.update(names)
            return
        for name in names:
            _remember(self._ids, name, message.user_id)

    def _hidden(self, found: re.Match[str]) -> str:
        """What stands in a text for a word that may be a name."""
        word = found[0]
        mark, name = word[: word.startswith("@")], word.removeprefix("@").casefold()
        if name in self._own_names:
            return word
        if name in self._ids:
            return mark + self._of(self._ids[name])
        return mark + self._of_mentioned(name) if mark else word

    def _of_mentioned(self, name: str) -> str:
        """For somebody who has not spoken lately: may have before, or will."""
        known = self._mentioned.get(name) or self._of(self._find_id(name) or f"@{name}")
        _remember(self._mentioned, name, known)
        return known

    def _of(self, identity: str) -> str:
        digest = hashlib.blake2b(identity.encode(), key=self._key, digest_size=5)
        return f"viewer_{digest.hexdigest()}"


def _remember(names: OrderedDict[str, str], name: str, what: str) -> None:
    names[name] = what
    names.move_to_end(name)
    if len(names) > _NAMES_KNOWN:
        names.popitem(last=False)
