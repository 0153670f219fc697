"""The grammar of `!clank`: one chat line in, one Command out.  Pure, and never raises.

Forgiving where the meaning is plain: case, blanks, unseen characters, ``=`` or ``:`` between name
and value, aliases.  What is not understood becomes Verb.WRONG with a short answer, in which at most
a few harmless letters of the line are repeated.  Who may use a command is not decided here.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, TypeVar

from clankbot.config.channel import CHANNEL_SETTINGS, MODEL_OPTIONS, ChannelSetting
from clankbot.config.durations import seconds_in
from clankbot.config.invisible import trimmed, visible
from clankbot.config.kinds import Refused
from clankbot.config.verbs import VERBS, VerbWord
from clankbot.records import Command, Verb

LONGEST_QUIET_S: Final = 30 * 86_400
"""A month; whoever wants more says ``off``."""

_CALL = re.compile(r"(\S+)\s*(.*)", re.DOTALL)
_WORD = re.compile(r"([^\s=:]*)(?:\s*[=:](?=\s)|[=:])?\s*(.*)", re.DOTALL)
_LOGIN = re.compile(r"[a-z0-9_]{1,25}")
_NOT_HARMLESS = re.compile(r"[^a-z0-9_]+")
_MOST_ECHOED_CHARS = 20
_NOT_QUIET = frozenset({"off", "no", "false"})
_TO_DEFAULT = frozenset({"default", "reset"})
_EVERYTHING = frozenset({"all", "everything"})

Entry = TypeVar("Entry", ChannelSetting, VerbWord)


def is_bot_command(text: str) -> bool:
    """Whether this is a command to some bot: ``!`` and a letter or digit."""
    start = visible(text)[:2]
    return start[:1] == "!" and start[1:].isalnum()


def parse_command(text: str) -> Command | None:
    """What a chat line asks of this bot; None where it is no ``!clank`` line.

    QUIET holds seconds, 0 for ``quiet off``, which ends the quiet time and the quiet hours.
    """
    call = _CALL.match(trimmed(text))
    if call is None or visible(call[1]).lower() != "!clank":
        return None
    if not call[2]:
        return Command(Verb.STATUS)
    word, rest = _first_word(call[2])
    if word == "opt":  # "opt out", in two words
        more, rest = _first_word(rest)
        word += more
    if word in _VERBS:
        name = _VERBS[word].name
        return _PARSERS[name](rest) if name in _PARSERS else Command(Verb(name))
    return _named(word, rest, _SETTINGS, _ALL_NAMES)


def _named(
    word: str,
    rest: str,
    settings: Mapping[str, ChannelSetting],
    known: Mapping[str, str],
) -> Command:
    """``NAME [VALUE]``; a name that is unknown may be meant for one of ``known``."""
    return _value(settings[word], rest) if word in settings else _unknown(word, known)


def _value(setting: ChannelSetting, rest: str) -> Command:
    """Nothing shows the setting, ``default`` resets it, anything else is its new value."""
    if not rest:
        return _to(Verb.SHOW, setting)
    text = rest if setting.kind.is_prose else visible(rest).lstrip("=: ")
    if text.lower() in _TO_DEFAULT:
        return _to(Verb.RESET, setting)
    if setting is _QUIET and (seconds := _quiet_seconds(text)) is not None:
        return Command(Verb.QUIET, value=seconds)
    try:
        value = setting.kind.read(text)
    except Refused:
        return _wrong(f"{setting.name} takes {setting.kind.accepts}")
    return Command(Verb.SET, setting.name, setting.column, value)


def _quiet_seconds(text: str) -> int | None:
    """The length of a quiet time, 0 for none; None where the text is no such length."""
    if text.lower() in _NOT_QUIET:
        return 0
    seconds = seconds_in(text)
    return None if seconds is None or seconds > LONGEST_QUIET_S else math.ceil(seconds)


def _to(verb: Verb, setting: ChannelSetting) -> Command:
    """A command about a setting as such."""
    return Command(verb, setting.name, setting.column)


def _wrong(answer: str) -> Command:
    """A command that was not understood."""
    return Command(Verb.WRONG, argument=answer)


def _unknown(word: str, known: Mapping[str, str]) -> Command:
    """The answer to a name that does not exist, with the name that was probably meant."""
    echo = _NOT_HARMLESS.sub("", word)[:_MOST_ECHOED_CHARS]
    near = difflib.get_close_matches(echo, known, n=1, cutoff=0.6)
    hint = f"did you mean {known[near[0]]}?" if near else "try !clank help"
    return _wrong(f"unknown setting '{echo}'; {hint}" if echo else f"unknown setting; {hint}")


# --- what follows a verb ----------------------------------------------------------------------


def _help(rest: str) -> Command:
    """``help [NAME]``."""
    if not rest:
        return Command(Verb.HELP)
    word, _ = _first_word(rest)
    if word not in _ALL_NAMES:
        return _unknown(word, _ALL_NAMES)
    return Command(Verb.HELP, argument=_ALL_NAMES[word])


def _set(rest: str) -> Command:
    """``set NAME VALUE``."""
    if not rest:
        return _wrong("set takes a setting and its value, such as: set threshold 30")
    return _named(*_first_word(rest), _SETTINGS, _SETTING_NAMES)


def _param(rest: str) -> Command:
    """``param NAME [VALUE]``."""
    if not rest:
        return Command(Verb.HELP, argument="param")
    return _named(*_first_word(rest), _OPTIONS, _OPTION_NAMES)


def _reset(rest: str) -> Command:
    """``reset [NAME]``."""
    word, _ = _first_word(rest)
    if not rest or word in _EVERYTHING:
        return Command(Verb.RESET)
    return _to(Verb.RESET, _SETTINGS[word]) if word in _SETTINGS else _unknown(word, _SETTING_NAMES)


def _switch(verb: Verb, rest: str) -> Command:
    """``on`` and ``off``, also as in ``off mentions``; other words behind them do not matter."""
    word, _ = _first_word(rest)
    return _value(_SETTINGS[word], verb.value) if word in _SETTINGS else Command(verb)


def _forget(rest: str) -> Command:
    """``forget VIEWER``."""
    login = visible(rest).lstrip("@").rstrip(",").lower()
    if not _LOGIN.fullmatch(login):
        return _wrong("forget takes the login of one viewer, such as: forget @alice")
    return Command(Verb.FORGET, argument=login)


def _term(verb: Verb, rest: str) -> Command:
    """``block TERM`` and ``unblock TERM``, the term as it was typed."""
    return (
        Command(verb, argument=rest) if rest else _wrong(f"{verb.value} takes a word or a phrase")
    )


_PARSERS: Final[Mapping[str, Callable[[str], Command]]] = {
    "help": _help,
    "set": _set,
    "param": _param,
    "reset": _reset,
    "on": partial(_switch, Verb.ON),
    "off": partial(_switch, Verb.OFF),
    "quiet": lambda rest: _value(_QUIET, rest),
    "forget": _forget,
    "block": partial(_term, Verb.BLOCK),
    "unblock": partial(_term, Verb.UNBLOCK),
}
"""The verbs that something follows; the others stand alone, whatever else is on the line."""


# --- names ------------------------------------------------------------------------------------


def _key(word: str) -> str:
    """A name as the tables below hold it: ``Top-P``, ``top_p`` and ``topp`` are one."""
    return visible(word).lower().replace("_", "").replace("-", "")


def _first_word(text: str) -> tuple[str, str]:
    """The first word, as a key, and what follows it without the ``=`` or ``:`` between."""
    found = _WORD.match(trimmed(text))
    return (_key(found[1]), trimmed(found[2])) if found else ("", "")


def _by_key(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries of a table under their names and aliases."""
    return {_key(word): entry for entry in entries for word in (entry.name, *entry.aliases)}


_VERBS: Final = _by_key(VERBS)
_SETTINGS: Final = _by_key(CHANNEL_SETTINGS)
_OPTIONS: Final = _by_key(MODEL_OPTIONS)
_SETTING_NAMES: Final = {key: setting.name for key, setting in _SETTINGS.items()}
_OPTION_NAMES: Final = {key: option.name for key, option in _OPTIONS.items()}
_ALL_NAMES: Final = _SETTING_NAMES | {key: verb.name for key, verb in _VERBS.items()}
_QUIET: Final = _SETTINGS["quiet"]
