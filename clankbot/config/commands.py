"""The grammar of `!clank`: one chat line in, one Command out.  Pure, and never raises.

VERBS is the table of all verbs: parsing, help and the README's table are made from it or checked
against it.  What each verb does is in clankbot.processing.commands.

Forgiving if the meaning is plain: case, blanks, unseen characters, ``=`` or ``:`` between name and
value, aliases.  What is not understood becomes Verb.WRONG with a short answer, in which at most a
few harmless letters of the line are repeated.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from clankbot.config.channel_settings import CHANNEL_SETTINGS, ChannelSetting
from clankbot.config.kinds import FLAG, LONGEST_QUIET_S, Refused, seconds_in
from clankbot.records.settings import Command, Verb
from clankbot.text import trimmed, without_unseen

_CALL = re.compile(r"(\S+)\s*(.*)", re.DOTALL)
_WORD = re.compile(r"([^\s=:]*)(?:\s*[=:](?=\s)|[=:])?\s*(.*)", re.DOTALL)
_NOT_HARMLESS = re.compile(r"[^a-z0-9_]+")
_MOST_ECHOED_CHARS = 20
# A login or an id, ``id:`` before an id, or ``Name(login)``, which clients put in for a click on a
# name; display names in another script besides.
_ONE_VIEWER = re.compile(r"id:[0-9]{1,20}|\w{1,25}(?: ?\(@?\w{1,25}\))?", re.ASCII | re.IGNORECASE)
_VIEWER_CHARS = 80
_NOT_QUIET = frozenset({"off", "no", "false"})
# Nobody's idea of a persona.
_NO_PROSE = _NOT_QUIET | {"on", "none", "nothing", "empty", '""'}
# Told to be silent without a time, in words that do not sound like for ever.
_HUSH_S: Final = 10 * 60
# What may stand before a length of time, as in ``off for 10m``.
_FOR = re.compile(r"for\s+", re.IGNORECASE)
# Commands of two words, by the first.
_TWO_WORDS = frozenset({"opt", "shut", "be"})
_TO_DEFAULT = frozenset({"default", "reset"})
_EVERYTHING = frozenset({"all", "everything"})
# How near a miss is before a word is suggested: a letter or two of a short one.
_ALIKE = 0.7


@dataclass(frozen=True, slots=True)
class VerbRow:
    """One word that may follow ``!clank`` and is not a setting."""

    name: str
    help: str
    # What follows the name, as the help writes it.
    usage: str = ""
    aliases: tuple[str, ...] = ()
    # Reads what follows the name; None: the verb stands alone, whatever else is on the line.
    parse: Callable[[str], Command] | None = None
    # Whether any viewer may use it; the others are for moderators.
    for_viewers: bool = False

    @property
    def form(self) -> str:
        """What to write after ``!clank``."""
        return f"{self.name} {self.usage}".rstrip()


def key(word: str) -> str:
    """A word as the tables below hold it: ``Top-P``, ``top_p``, ``@topp`` and ``topp?`` are one."""
    shown = without_unseen(word).lower()
    bare = shown.removeprefix("@").rstrip("?!.,;") or shown  # a lone "?" is a word itself
    return bare.replace("_", "").replace("-", "").replace(" ", "")


def _first_word(text: str) -> tuple[str, str]:
    """The first word, as a key, and what follows it without the ``=`` or ``:`` between."""
    found = _WORD.match(trimmed(text))
    return (key(found[1]), trimmed(found[2])) if found else ("", "")


# --- settings and their values --------------------------------------------------------------------

_SETTINGS: Final[Mapping[str, ChannelSetting]] = {
    key(word): setting
    for setting in CHANNEL_SETTINGS
    for word in (setting.column, setting.name, *setting.aliases)
}


def _setting(word: str, rest: str, *, or_verb: bool = False) -> Command:
    """``NAME [VALUE]``; ``or_verb``: a name that is unknown may also be meant for a verb."""
    return _value(_SETTINGS[word], rest) if word in _SETTINGS else _unknown(word, or_verb=or_verb)


def _value(setting: ChannelSetting, rest: str) -> Command:
    """Nothing shows the setting, ``default`` resets it, anything else is its new value."""
    if not rest:
        return Command(Verb.SHOW, setting.name, setting.column)
    text = rest if setting.kind.is_prose else without_unseen(rest).lstrip("=: ")
    if setting.kind.is_prose and text.lower() in _NO_PROSE:
        back = f"!clank reset {setting.name} goes back to {setting.unset}"
        return _wrong(f"{setting.name} takes {setting.kind.accepts}; {back}")
    if text.lower() in _TO_DEFAULT:
        return Command(Verb.RESET, setting.name, setting.column)
    if setting.name == "quiet" and (seconds := _quiet_seconds(text)) is not None:
        return Command(Verb.QUIET, value=seconds)
    try:
        value = setting.kind.read(text)
    except Refused as refusal:
        rule = f"; {refusal.rule}" if refusal.rule else ""
        return _wrong(f"{setting.name} takes {setting.kind.accepts}{rule}")
    return Command(Verb.SET, setting.name, setting.column, value)


def _quiet_seconds(text: str) -> int | None:
    """The length of a quiet time, 0 for none; None if the text is no such length."""
    if text.lower() in _NOT_QUIET:
        return 0
    seconds = seconds_in(text)
    return None if seconds is None or seconds > LONGEST_QUIET_S else math.ceil(seconds)


def _unknown(word: str, *, or_verb: bool) -> Command:
    """The answer to a name that does not exist, with the word that was probably meant."""
    what = "command or setting" if or_verb else "setting"
    echo = _NOT_HARMLESS.sub("", word)[:_MOST_ECHOED_CHARS]
    words = [known for known in _WRITTEN if or_verb or known in _SETTINGS]
    near = difflib.get_close_matches(echo, words, n=1, cutoff=_ALIKE)
    hint = f"did you mean {_WRITTEN[near[0]]}?" if near else "try !clank help"
    return _wrong(f"unknown {what} '{echo}'; {hint}" if echo else f"unknown {what}; {hint}")


def _wrong(answer: str) -> Command:
    """A command that was not understood."""
    return Command(Verb.WRONG, argument=answer)


# --- what follows a verb --------------------------------------------------------------------------


def _help(rest: str) -> Command:
    """``help [NAME]``."""
    if not rest:
        return Command(Verb.HELP)
    word, _ = _first_word(rest)
    topic = _VERBS.get(word) or _SETTINGS.get(word)
    return Command(Verb.HELP, argument=topic.name) if topic else _unknown(word, or_verb=True)


def _change(verb: str, rest: str) -> Command:
    """``set NAME VALUE`` and ``param NAME [VALUE]``."""
    return _setting(*_first_word(rest)) if rest else Command(Verb.HELP, argument=verb)


def _reset(rest: str) -> Command:
    """``reset [NAME]``."""
    word, _ = _first_word(rest)
    if not rest or word in _EVERYTHING:
        return Command(Verb.RESET)
    return _setting(word, "default")


def _switch(verb: Verb, rest: str) -> Command:
    """``on`` and ``off``, also ``off mentions`` and ``off 10m``; other words do not matter."""
    setting = _SETTINGS.get(_first_word(rest)[0])
    if setting is not None and setting.kind is FLAG:
        return _value(setting, verb.value)
    if setting is not None and setting.name == "quiet" and verb is Verb.OFF:
        return Command(Verb.QUIET, value=0)
    if verb is Verb.OFF and seconds_in(_length(rest)):
        return _quiet(rest)
    return Command(verb)


def _length(rest: str) -> str:
    """What may be a length of time: ``10m`` of ``for 10m``."""
    return _FOR.sub("", without_unseen(rest), count=1)


def _quiet(rest: str) -> Command:
    """``quiet [30m|23:00-08:00|off]``."""
    return _value(_SETTINGS["quiet"], _length(rest))


def _hush(rest: str) -> Command:
    """``pause [10m]``, ``shut up please``: quiet, for a while if it is not said for how long."""
    if rest.lower() in _NOT_QUIET or any(map(str.isdigit, rest)):
        return _quiet(rest)
    return Command(Verb.QUIET, value=_HUSH_S)


def _forget(rest: str) -> Command:
    """``forget VIEWER``, however a viewer is called; who is meant, the database finds out."""
    viewer = without_unseen(rest).rstrip(", ")
    name = viewer.lstrip("@ ")
    is_one = not name.isascii() or _ONE_VIEWER.fullmatch(name)
    if not (name and is_one and len(name) <= _VIEWER_CHARS):
        return _wrong("forget takes one viewer: login, id or display name, such as: forget @alice")
    return Command(Verb.FORGET, argument=viewer)


def _term(verb: Verb, rest: str) -> Command:
    """``block TERM`` and ``unblock TERM``, the term as it was typed."""
    if not rest:
        return _wrong(f"{verb.value} takes a word or a phrase")
    return Command(verb, argument=rest, names_term=True)


# --- the table of verbs ---------------------------------------------------------------------------

VERBS: Final[tuple[VerbRow, ...]] = (
    VerbRow("status", "how I am doing in this channel", aliases=("stats", "state")),
    VerbRow("help", "what I understand", "[NAME]", ("commands", "?"), _help),
    VerbRow(
        "set",
        "changes a setting; the word set may be left out",
        "NAME VALUE",
        parse=partial(_change, "set"),
    ),
    VerbRow(
        "reset", "sets one setting, or all of them, back to the default", "[NAME]", parse=_reset
    ),
    VerbRow(
        "param",
        "shows or sets an option of the model: temperature, top_p, top_k, min_p, repeat_penalty, "
        "num_predict or seed",
        "NAME [VALUE]",
        ("params", "option"),
        partial(_change, "param"),
    ),
    VerbRow(
        "on",
        "I may speak again",
        "",
        ("enable", "start", "unmute", "resume"),
        partial(_switch, Verb.ON),
    ),
    VerbRow(
        "off",
        "I am silent until switched on",
        "",
        ("disable", "stop", "mute"),
        partial(_switch, Verb.OFF),
    ),
    VerbRow(
        "quiet",
        "I am silent for a while, or every day at these hours",
        "30m|23:00-08:00|off",
        parse=_quiet,
    ),
    VerbRow(
        "pause",
        "I am silent for ten minutes, or for a time that you name",
        "[10m]",
        ("silence", "hush", "shush", "shut up", "be quiet"),
        _hush,
    ),
    VerbRow("why", "what decided last whether I speak", aliases=("reason",)),
    VerbRow("changed", "who changed which setting last", aliases=("changes", "log")),
    VerbRow("undo", "takes back the last change of a setting", aliases=("revert",)),
    VerbRow("speak", "I say something now", aliases=("say", "talk")),
    VerbRow("forget", "deletes what I keep of one viewer in this channel", "VIEWER", parse=_forget),
    VerbRow(
        "block",
        "adds a word or phrase to this channel's blocked words",
        "TERM",
        parse=partial(_term, Verb.BLOCK),
    ),
    VerbRow(
        "unblock",
        "takes it off this channel's blocked words",
        "TERM",
        parse=partial(_term, Verb.UNBLOCK),
    ),
    VerbRow("terms", "this channel's blocked words, masked", aliases=("blocked", "blocklist")),
    VerbRow("models", "which models the server has"),
    VerbRow("version", "which version I am, and since when I run", aliases=("uptime",)),
    VerbRow(
        "optout", "deletes what I keep of you, everywhere, and keeps no more", for_viewers=True
    ),
    VerbRow("optin", "takes an optout back", for_viewers=True),
    VerbRow("about", "what I am and what I keep", aliases=("info",), for_viewers=True),
)

_VERBS: Final[Mapping[str, VerbRow]] = {
    key(word): row for row in VERBS for word in (row.name, *row.aliases)
}
# How the words that people know are spelled; the names of columns are not among them.
_WRITTEN: Final[Mapping[str, str]] = {
    key(word): word
    for words in (
        *((setting.name, *setting.aliases) for setting in CHANNEL_SETTINGS),
        *((row.name, *row.aliases) for row in VERBS),
    )
    for word in words
}


# --- a chat line ----------------------------------------------------------------------------------


def is_bot_command(text: str) -> bool:
    """Whether this is a command to some bot: ``!`` and a letter or digit."""
    shown = trimmed(text)
    return shown.startswith("!") and without_unseen(shown)[1:2].isalnum()


def parse_command(text: str, *, is_moderator: bool) -> Command | None:
    """What a chat line asks of this bot; None if it is no ``!clank`` line.

    A moderator's command from anybody else is known by its first word and becomes Verb.DENIED: what
    follows it can be costly to read (a time zone opens files) and is not looked at.  QUIET holds
    seconds, 0 for ``quiet off``, which ends the quiet time and the quiet hours.
    """
    shown = trimmed(text)
    call = _CALL.match(shown) if shown.startswith("!") else None
    if call is None or without_unseen(call[1]).lower() != "!clank":
        return None
    word, rest = _first_word(call[2])
    if word in _TWO_WORDS:  # "opt out"
        more, rest = _first_word(rest)
        word += more
    row = _VERBS.get(word if call[2] else "status")
    if not (is_moderator or (row is not None and row.for_viewers)):
        return Command(Verb.DENIED)
    if row is None:
        return _setting(word, rest, or_verb=True)
    return row.parse(rest) if row.parse else Command(Verb(row.name))
