"""The course of a rehearsal: viewers talk, and a person types along in a terminal, or nobody does.

What is typed is chat, ``!clank`` is said as a moderator; a line that begins with ``/`` is a command
to the rehearsal.
"""

from __future__ import annotations

import contextlib
import importlib
import random
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Final

from clankbot.rehearsal.console import Console, printable
from clankbot.rehearsal.stage import Stage
from clankbot.rehearsal.viewers import MODERATOR, Cast, Line

YOU: Final = "you"  # the login of the person who types

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

# The commands to the rehearsal: what follows each, and what it does.
_COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "/mod": ("TEXT", "chat as a moderator"),
    "/as": ("NAME TEXT", "chat as somebody else"),
    "/delete": ("[NAME]", "delete the last message of the bot, or of NAME"),
    "/timeout": ("NAME [SECONDS]", "time somebody out, the bot too; their messages go"),
    "/clear": ("", "clear the whole chat"),
    "/room": ("slow|emote|subs|followers on|off|N", "change a mode of the room"),
    "/pace": ("SECONDS", "how often viewers speak; 0 keeps them silent"),
    "/stats": ("", "what was said so far"),
    "/help": ("", "this list"),
    "/quit": ("", "end, as do Ctrl-C and Ctrl-D"),
}

HELP: Final[tuple[str, ...]] = tuple(
    f"  {usage:42}{meaning}"
    for usage, meaning in (
        ("TEXT", f"chat as {YOU}; begin with @ and the bot's name to speak to it"),
        ("!clank help", "the bot's own commands; you give them as a moderator"),
        *((f"{name} {arguments}", meaning) for name, (arguments, meaning) in _COMMANDS.items()),
    )
)


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

        While this thread waits in ``input``, a timer's signal interrupts it again and again, and
        its handler shows what has happened.  That is more than a handler should do, but it runs
        only while the thread waits and holds no lock.  With ``input`` in a thread of its own, news
        could be printed between a finished line and what is to replace it; and such a thread
        cannot be ended, so the terminal would stay as readline had set it.
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
        command = word.lower()
        if not text:
            return
        if not text.startswith("/"):
            self._say(Line(YOU, text, is_mod=text.lower().startswith("!clank")))
        elif command not in _COMMANDS:
            self._console.note(f"There is no {word}; /help lists what there is.")
        else:
            try:
                self._carry_out(command, rest.strip())
            except _Unclear:
                arguments, meaning = _COMMANDS[command]
                self._console.note(f"It is {command} {arguments}: {meaning}.")

    def _carry_out(self, command: str, rest: str) -> None:
        """Do what one of the commands asks for; _Unclear if what follows it makes no sense."""
        first, _, more = rest.partition(" ")
        match command:
            case "/mod":
                self._say(Line(YOU, _some(rest), is_mod=True))
            case "/as":
                self._say(Line(_login(first), _some(more.strip())))
            case "/delete":
                self._stage.delete(_login(rest) if rest else None, by=YOU)
            case "/timeout":
                length_s = _number(more or str(_TIMEOUT_S), 1, _LONGEST_TIMEOUT_S)
                self._stage.time_out(_login(first), round(length_s), by=YOU)
            case "/clear":
                self._stage.clear(by=YOU)
            case "/room":
                self._set_mode(first.lower(), more.lower())
            case "/pace":
                self._pace_s = _number(rest, 0, _SLOWEST_PACE_S)
                self._pause()
            case "/stats":
                self._console.note(self._stage.summary())
            case "/help":
                self._console.note(*HELP)
            case "/quit":
                self._has_quit = True

    def _set_mode(self, mode: str, wanted: str) -> None:
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

    def _pause(self) -> None:
        part = self._dice.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE)
        self._next_at = self._clock() + part * self._pace_s

    def _say(self, line: Line) -> None:
        self._stage.say(line)
        self._cast.heard(line.login)


def _edit_lines() -> None:
    """Let ``input`` edit lines and know those before; else the terminal's own editing remains."""
    with contextlib.suppress(ImportError):
        readline = importlib.import_module("readline")
        # The console relies on one row for what is typed.
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
    if not least <= number <= most:  # as nothing that is not finite does
        raise _Unclear
    return number
