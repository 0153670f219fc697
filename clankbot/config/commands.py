"""The grammar of `!clank`: one chat line in, one Command out.  Pure, and never raises.

Forgiving where the meaning is plain: case, blanks, unseen characters, ``=`` or ``:`` between name
and value, aliases.  What is not understood becomes Verb.WRONG with a short answer, in which at most
a few harmless letters of the line are repeated.  Who may use a command is not decided here.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from clankbot.config.channel_settings import ChannelSetting
from clankbot.config.invisible import trimmed, visible
from clankbot.config.kinds import FLAG, LONGEST_QUIET_S, Refused, seconds_in
from clankbot.config.names import (
    ALL_NAMES,
    SETTING_NAMES,
    SETTINGS,
    VERB_WORDS,
    WRITTEN,
    key,
)
from clankbot.config.variables import LOGIN
from clankbot.records.settings import Command, Verb

_CALL = re.compile(r"(\S+)\s*(.*)", re.DOTALL)
_WORD = re.compile(r"([^\s=:]*)(?:\s*[=:](?=\s)|[=:])?\s*(.*)", re.DOTALL)
_NOT_HARMLESS = re.compile(r"[^a-z0-9_]+")
_MOST_ECHOED_CHARS = 20
_NOT_QUIET = frozenset({"off", "no", "false"})
_TO_DEFAULT = frozenset({"default", "reset"})
_EVERYTHING = frozenset({"all", "everything"})
_ALIKE = 0.7
"""How near a miss is before a word is suggested: a letter or two of a short one."""


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
    if word in VERB_WORDS:
        name = VERB_WORDS[word].name
        return _PARSERS[name](rest) if name in _PARSERS else Command(Verb(name))
    return _named(word, rest, ALL_NAMES)


def _first_word(text: str) -> tuple[str, str]:
    """The first word, as a key, and what follows it without the ``=`` or ``:`` between."""
    found = _WORD.match(trimmed(text))
    return (key(found[1]), trimmed(found[2])) if found else ("", "")


def _named(word: str, rest: str, known: Mapping[str, str]) -> Command:
    """``NAME [VALUE]``; a name that is unknown may be meant for one of ``known``."""
    return _value(SETTINGS[word], rest) if word in SETTINGS else _unknown(word, known)


def _value(setting: ChannelSetting, rest: str) -> Command:
    """Nothing shows the setting, ``default`` resets it, anything else is its new value."""
    if not rest:
        return _to(Verb.SHOW, setting)
    text = rest if setting.kind.is_prose else visible(rest).lstrip("=: ")
    if text.lower() in _TO_DEFAULT:
        return _to(Verb.RESET, setting)
    if setting.name == "quiet" and (seconds := _quiet_seconds(text)) is not None:
        return Command(Verb.QUIET, value=seconds)
    try:
        value = setting.kind.read(text)
    except Refused as refusal:
        rule = f"; {refusal.rule}" if refusal.rule else ""
        return _wrong(f"{setting.name} takes {setting.kind.accepts}{rule}")
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
    """The answer to a name that does not exist, with the word that was probably meant."""
    what = "setting" if known is SETTING_NAMES else "command or setting"
    echo = _NOT_HARMLESS.sub("", word)[:_MOST_ECHOED_CHARS]
    words = known.keys() & WRITTEN.keys()
    near = difflib.get_close_matches(echo, words, n=1, cutoff=_ALIKE)
    hint = f"did you mean {WRITTEN[near[0]]}?" if near else "try !clank help"
    return _wrong(f"unknown {what} '{echo}'; {hint}" if echo else f"unknown {what}; {hint}")


# --- what follows a verb ----------------------------------------------------------------------


def _help(rest: str) -> Command:
    """``help [NAME]``."""
    if not rest:
        return Command(Verb.HELP)
    word, _ = _first_word(rest)
    if word not in ALL_NAMES:
        return _unknown(word, ALL_NAMES)
    return Command(Verb.HELP, argument=ALL_NAMES[word])


def _change(verb: str, rest: str) -> Command:
    """``set NAME VALUE`` and ``param NAME [VALUE]``."""
    if not rest:
        return Command(Verb.HELP, argument=verb)
    return _named(*_first_word(rest), SETTING_NAMES)


def _reset(rest: str) -> Command:
    """``reset [NAME]``."""
    word, _ = _first_word(rest)
    if not rest or word in _EVERYTHING:
        return Command(Verb.RESET)
    return _to(Verb.RESET, SETTINGS[word]) if word in SETTINGS else _unknown(word, SETTING_NAMES)


def _switch(verb: Verb, rest: str) -> Command:
    """``on`` and ``off``, also as in ``off mentions``; other words behind them do not matter."""
    word, _ = _first_word(rest)
    setting = SETTINGS.get(word)
    if setting is not None and setting.kind is FLAG:
        return _value(setting, verb.value)
    if setting is not None and setting.name == "quiet" and verb is Verb.OFF:
        return Command(Verb.QUIET, value=0)
    return Command(verb)


def _forget(rest: str) -> Command:
    """``forget VIEWER``."""
    login = visible(rest).lstrip("@").rstrip(",").lower()
    if not LOGIN.fullmatch(login):
        return _wrong("forget takes the login of one viewer, such as: forget @alice")
    return Command(Verb.FORGET, argument=login)


def _term(verb: Verb, rest: str) -> Command:
    """``block TERM`` and ``unblock TERM``, the term as it was typed."""
    return (
        Command(verb, argument=rest) if rest else _wrong(f"{verb.value} takes a word or a phrase")
    )


_PARSERS: Final[Mapping[str, Callable[[str], Command]]] = {
    "help": _help,
    "set": partial(_change, "set"),
    "param": partial(_change, "param"),
    "reset": _reset,
    "on": partial(_switch, Verb.ON),
    "off": partial(_switch, Verb.OFF),
    "quiet": lambda rest: _value(SETTINGS["quiet"], rest),
    "forget": _forget,
    "block": partial(_term, Verb.BLOCK),
    "unblock": partial(_term, Verb.UNBLOCK),
}
"""The verbs that something follows; the others stand alone, whatever else is on the line."""
