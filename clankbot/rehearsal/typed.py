"""What a person types in a rehearsal, and what it asks for.  Pure.

Chat is said as it is, ``!clank`` as a moderator; a line that begins with ``/`` is a command.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from clankbot.rehearsal.viewers import Line

YOU: Final = "you"
"""The login of whoever types."""

_NAME: Final = re.compile(r"@?([A-Za-z0-9_]{1,25})")
_TIMEOUT_S: Final = 60
_LONGEST_TIMEOUT_S: Final = 1_209_600
"""Two weeks: Twitch's own bound.  https://help.twitch.tv/s/article/chat-commands"""
_SLOWEST_PACE_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Say:
    """Say a line."""

    line: Line


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the last message of somebody; None: of the bot."""

    login: str | None


@dataclass(frozen=True, slots=True)
class TimeOut:
    """Time somebody out."""

    login: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Clear:
    """Clear the chat."""


@dataclass(frozen=True, slots=True)
class SetMode:
    """Change a mode of the room, by the name and value it has in ROOMSTATE."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class SetPace:
    """Let viewers speak every so many seconds; 0: not at all."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Tell:
    """Nothing but words for the person who typed."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """Tell what was said so far."""


@dataclass(frozen=True, slots=True)
class Quit:
    """End the rehearsal."""


Wish = Say | Delete | TimeOut | Clear | SetMode | SetPace | Tell | Stats | Quit


class _Unclear(Exception):
    """What follows the command makes no sense."""


def wish(typed: str) -> Wish | None:
    """What a typed line asks for; None for an empty one."""
    text = typed.strip()
    if not text:
        return None
    if not text.startswith("/"):
        return Say(Line(YOU, text, is_mod=text.lower().startswith("!clank")))
    word, _, rest = text.partition(" ")
    if word.lower() not in _COMMANDS:
        return Tell((f"There is no {word}; /help lists what there is.",))
    command = _COMMANDS[word.lower()]
    try:
        return command.read(rest.strip())
    except _Unclear:
        return Tell((f"It is {word.lower()} {command.arguments}: {command.meaning}.",))


def _say_as_moderator(rest: str) -> Wish:
    return Say(Line(YOU, _some(rest), is_mod=True))


def _say_as(rest: str) -> Wish:
    name, _, text = rest.partition(" ")
    return Say(Line(_login(name), _some(text.strip())))


def _delete(rest: str) -> Wish:
    return Delete(_login(rest) if rest else None)


def _time_out(rest: str) -> Wish:
    name, _, seconds = rest.partition(" ")
    return TimeOut(_login(name), round(_number(seconds or str(_TIMEOUT_S), 1, _LONGEST_TIMEOUT_S)))


_MODES: Final[Mapping[str, tuple[str, int, int]]] = {
    "slow": ("slow", 30, 0),
    "emote": ("emote_only", 1, 0),
    "subs": ("subs_only", 1, 0),
    "followers": ("followers_only", 0, -1),
}
"""Name and value when on and when off, as ROOMSTATE has them (``followers-only``: minutes)."""


def _set_mode(rest: str) -> Wish:
    mode, _, wanted = rest.lower().partition(" ")
    if mode not in _MODES:
        raise _Unclear
    name, on, off = _MODES[mode]
    if wanted in ("", "on", "off"):
        return SetMode(name, off if wanted == "off" else on)
    if on == 1:
        raise _Unclear
    return SetMode(name, round(_number(wanted, 0, _LONGEST_TIMEOUT_S)))


def _set_pace(rest: str) -> Wish:
    return SetPace(_number(rest, 0, _SLOWEST_PACE_S))


def _some(text: str) -> str:
    if not text:
        raise _Unclear
    return text


def _login(name: str) -> str:
    found = _NAME.fullmatch(name)
    if found is None:
        raise _Unclear
    return found[1].lower()


def _number(text: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise _Unclear from error
    if not (math.isfinite(number) and least <= number <= most):
        raise _Unclear
    return number


@dataclass(frozen=True, slots=True)
class _Command:
    arguments: str
    meaning: str
    read: Callable[[str], Wish]


_COMMANDS: Final[Mapping[str, _Command]] = {
    "/mod": _Command("TEXT", "chat as a moderator", _say_as_moderator),
    "/as": _Command("NAME TEXT", "chat as somebody else", _say_as),
    "/delete": _Command("[NAME]", "delete the last message of the bot, or of NAME", _delete),
    "/timeout": _Command(
        "NAME [SECONDS]", "time somebody out, the bot too; their messages go", _time_out
    ),
    "/clear": _Command("", "clear the whole chat", lambda rest: Clear()),
    "/room": _Command("slow|emote|subs|followers on|off|N", "change a mode of the room", _set_mode),
    "/pace": _Command("SECONDS", "how often viewers speak; 0 keeps them silent", _set_pace),
    "/stats": _Command("", "what was said so far", lambda rest: Stats()),
    "/help": _Command("", "this list", lambda rest: Tell(HELP)),
    "/quit": _Command("", "end, as do Ctrl-C and Ctrl-D", lambda rest: Quit()),
}

HELP: Final[tuple[str, ...]] = tuple(
    f"  {usage:42}{meaning}"
    for usage, meaning in (
        ("TEXT", f"chat as {YOU}; begin with @ and the bot's name to speak to it"),
        ("!clank help", "the bot's own commands; you give them as a moderator"),
        *((f"{name} {each.arguments}", each.meaning) for name, each in _COMMANDS.items()),
    )
)
