"""The course of a rehearsal: viewers talk, and a person types along in a terminal, or nobody does.

What is typed is chat, ``!clank`` is said as a moderator; a line that begins with ``/`` is a command
to the rehearsal.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import random
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Final

from clankbot.rehearsal.console import Console, printable
from clankbot.rehearsal.stage import Stage
from clankbot.rehearsal.viewers import MODERATOR, Cast, Line

YOU: Final = "you"  # the login of whoever types

_PROMPT: Final = "> "
_STEP_S: Final = 0.05  # how late what happens is shown, at most
_PACE_S: Final = 2.0
# Of a pace; so at first viewers speak every one to three seconds.
_SHORTEST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 1.5
_LONGEST_LINE: Final = 500  # as Twitch has it

_NAME: Final = re.compile(r"@?([A-Za-z0-9_]{1,25})")
_TIMEOUT_S: Final = 60
# Two weeks: Twitch's own bound.  https://help.twitch.tv/s/article/chat-commands
_LONGEST_TIMEOUT_S: Final = 1_209_600
_SLOWEST_PACE_S: Final = 600.0
# Name and value when on and when off, as ROOMSTATE has them (``followers-only``: minutes).
_MODES: Final[Mapping[str, tuple[str, int, int]]] = {
    "slow": ("slow", 30, 0),
    "emote": ("emote_only", 1, 0),
    "subs": ("subs_only", 1, 0),
    "followers": ("followers_only", 0, -1),
}

_SCRIPT_PACE_S: Final = 0.25
# A bot that has not joined in by then waits for more, or its model is slow: it is asked anyway.
_LONGEST_TALK: Final = 45


# --- nobody types ---------------------------------------------------------------------------------


def play(
    stage: Stage,
    is_over: Callable[[float], bool],
    until: float,
    *,
    dice: random.Random,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Play until the bot has both spoken by itself and answered, or until a moment of the clock.

    ``is_over`` waits so many seconds for whatever ends the play before its time.
    """
    for line in script(stage.bot_name, lambda: stage.spoke_by_itself, dice):
        stage.say(line)
        if is_over(_SCRIPT_PACE_S) or clock() >= until:
            return
        stage.show_news()
        if stage.spoke_by_itself and stage.answered:
            return


def script(bot_name: str, has_spoken: Callable[[], bool], dice: random.Random) -> Iterator[Line]:
    """A moderator's command, talk until the bot joins in, a question to it, and endless talk."""
    talk = iter(Cast(None, dice).next_line, None)
    yield Line(MODERATOR, "!clank status", is_mod=True)
    for _ in range(_LONGEST_TALK):
        yield next(talk)
        if has_spoken():
            break
    yield Line("lurk_lotte", f"@{bot_name} what do you think of the tin dragon?")
    yield from talk


# --- somebody types -------------------------------------------------------------------------------


class _Over(Exception):
    """Something else than the person ends the rehearsal."""


class _Unclear(Exception):
    """What follows the command makes no sense."""


class Conversation:
    """A rehearsal in a terminal; for the main thread."""

    def __init__(
        self,
        stage: Stage,
        console: Console,
        *,
        dice: random.Random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stage = stage
        self._console = console
        self._dice = dice
        self._clock = clock
        self._cast = Cast(stage.bot_name, dice)
        self._pace_s = _PACE_S
        self._next_at = clock()
        self._has_quit = False

    def hold(self, is_over: Callable[[float], bool]) -> None:
        """Go on until the person leaves, or ``is_over`` (after waiting so many seconds) says so.

        While this thread waits in ``input`` for a line, a timer's signal interrupts it again and
        again to show what happens meanwhile.  So all is done in one thread, and an exception that
        leaves ``input`` finds the terminal as it was before.
        """

        is_looking = False

        def look_up(number: int, frame: FrameType | None) -> None:
            nonlocal is_looking
            if is_looking:  # the timer is faster than what it started, or that has raised
                return
            is_looking = True
            if is_over(0.0):
                raise _Over
            self._stage.show_news()
            self.let_viewers_speak()
            is_looking = False

        _edit_lines()
        former = signal.signal(signal.SIGALRM, look_up)
        with contextlib.suppress(EOFError, _Over):
            try:
                while not self._has_quit:
                    # At intervals: a signal that comes just before the wait begins does not end it.
                    signal.setitimer(signal.ITIMER_REAL, _STEP_S, _STEP_S)
                    typed = input(_PROMPT)
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    self._console.clear_row(rows_up=1)  # what it does is shown instead
                    self.obey(printable(typed)[:_LONGEST_LINE])
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, former)
        self._console.clear_row()

    def let_viewers_speak(self) -> None:
        """The next line of the cast, if it is time."""
        if self._pace_s == 0 or self._clock() < self._next_at:
            return
        line = self._cast.next_line(self._stage.absent())
        if line is not None:
            self._stage.say(line)
        self._pause()

    def obey(self, typed: str) -> None:
        """Do what a typed line asks for."""
        text = typed.strip()
        word, _, rest = text.partition(" ")
        command = _COMMANDS.get(word.lower())
        if not text:
            return
        if not text.startswith("/"):
            self._say(Line(YOU, text, is_mod=text.lower().startswith("!clank")))
        elif command is None:
            self._console.note(f"There is no {word}; /help lists what there is.")
        else:
            try:
                command.handle(self, rest.strip())
            except _Unclear:
                usage = f"{word.lower()} {command.arguments}"
                self._console.note(f"It is {usage}: {command.meaning}.")

    def _pause(self) -> None:
        part = self._dice.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE)
        self._next_at = self._clock() + part * self._pace_s

    def _say(self, line: Line) -> None:
        self._stage.say(line)
        self._cast.heard(line.login)

    def _say_as_moderator(self, rest: str) -> None:
        self._say(Line(YOU, _some(rest), is_mod=True))

    def _say_as(self, rest: str) -> None:
        name, _, text = rest.partition(" ")
        self._say(Line(_login(name), _some(text.strip())))

    def _delete(self, rest: str) -> None:
        self._stage.delete(_login(rest) if rest else None, by=YOU)

    def _time_out(self, rest: str) -> None:
        name, _, seconds = rest.partition(" ")
        length_s = _number(seconds or str(_TIMEOUT_S), 1, _LONGEST_TIMEOUT_S)
        self._stage.time_out(_login(name), round(length_s), by=YOU)

    def _clear(self, rest: str) -> None:
        self._stage.clear(by=YOU)

    def _set_mode(self, rest: str) -> None:
        mode, _, wanted = rest.lower().partition(" ")
        if mode not in _MODES:
            raise _Unclear
        name, on, off = _MODES[mode]
        if wanted in ("", "on", "off"):
            value = off if wanted == "off" else on
        elif on == 1:
            raise _Unclear
        else:
            value = round(_number(wanted, 0, _LONGEST_TIMEOUT_S))
        self._stage.set_mode(name, value, by=YOU)

    def _set_pace(self, rest: str) -> None:
        self._pace_s = _number(rest, 0, _SLOWEST_PACE_S)
        self._pause()

    def _tell_stats(self, rest: str) -> None:
        self._console.note(self._stage.summary())

    def _help(self, rest: str) -> None:
        self._console.note(*HELP)

    def _quit(self, rest: str) -> None:
        self._has_quit = True


@dataclass(frozen=True, slots=True)
class _Command:
    arguments: str
    meaning: str
    handle: Callable[[Conversation, str], None]


_COMMANDS: Final[Mapping[str, _Command]] = {
    "/mod": _Command("TEXT", "chat as a moderator", Conversation._say_as_moderator),
    "/as": _Command("NAME TEXT", "chat as somebody else", Conversation._say_as),
    "/delete": _Command(
        "[NAME]", "delete the last message of the bot, or of NAME", Conversation._delete
    ),
    "/timeout": _Command(
        "NAME [SECONDS]",
        "time somebody out, the bot too; their messages go",
        Conversation._time_out,
    ),
    "/clear": _Command("", "clear the whole chat", Conversation._clear),
    "/room": _Command(
        "slow|emote|subs|followers on|off|N", "change a mode of the room", Conversation._set_mode
    ),
    "/pace": _Command(
        "SECONDS", "how often viewers speak; 0 keeps them silent", Conversation._set_pace
    ),
    "/stats": _Command("", "what was said so far", Conversation._tell_stats),
    "/help": _Command("", "this list", Conversation._help),
    "/quit": _Command("", "end, as do Ctrl-C and Ctrl-D", Conversation._quit),
}

HELP: Final[tuple[str, ...]] = tuple(
    f"  {usage:42}{meaning}"
    for usage, meaning in (
        ("TEXT", f"chat as {YOU}; begin with @ and the bot's name to speak to it"),
        ("!clank help", "the bot's own commands; you give them as a moderator"),
        *((f"{name} {each.arguments}", each.meaning) for name, each in _COMMANDS.items()),
    )
)


def _edit_lines() -> None:
    """Let ``input`` edit lines and know those before; else the terminal's own editing remains."""
    with contextlib.suppress(ImportError):
        readline = importlib.import_module("readline")
        # The console counts on a single row for whatever is typed.
        readline.parse_and_bind("set horizontal-scroll-mode on")
        readline.parse_and_bind("set enable-bracketed-paste off")  # so that each line is one


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
