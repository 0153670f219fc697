"""Every word that may follow `!clank`, and what it stands for.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from clankbot.config.channel_settings import CHANNEL_SETTINGS, ChannelSetting
from clankbot.config.invisible import visible
from clankbot.config.verbs import VERBS, VerbWord

Entry = TypeVar("Entry", bound=ChannelSetting | VerbWord)


def key(word: str) -> str:
    """A word as the tables below hold it: ``Top-P``, ``top_p``, ``@topp`` and ``topp?`` are one."""
    shown = visible(word).lower()
    bare = shown.removeprefix("@").rstrip("?!.,;") or shown  # a lone "?" is a word itself
    return bare.replace("_", "").replace("-", "")


def _by_key(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries of a table under their names and aliases."""
    return {key(word): entry for entry in entries for word in (entry.name, *entry.aliases)}


def _names(entries: Mapping[str, ChannelSetting] | Mapping[str, VerbWord]) -> dict[str, str]:
    """The name that each key stands for."""
    return {word: entry.name for word, entry in entries.items()}


def _written(entries: Iterable[ChannelSetting] | Iterable[VerbWord]) -> dict[str, str]:
    """How each key is spelled."""
    return {key(word): word for entry in entries for word in (entry.name, *entry.aliases)}


VERB_WORDS: Final[Mapping[str, VerbWord]] = _by_key(VERBS)
SETTINGS: Final[Mapping[str, ChannelSetting]] = {
    **{key(setting.column): setting for setting in CHANNEL_SETTINGS},
    **_by_key(CHANNEL_SETTINGS),
}
SETTING_NAMES: Final[Mapping[str, str]] = _names(SETTINGS)
ALL_NAMES: Final[Mapping[str, str]] = {**SETTING_NAMES, **_names(VERB_WORDS)}
WRITTEN: Final[Mapping[str, str]] = {**_written(CHANNEL_SETTINGS), **_written(VERBS)}
"""How the words that people know are spelled; the names of columns are not among them."""
