"""A rehearsal in a terminal: viewers talk among themselves, and a person types along."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

from clankbot.rehearsal import typed
from clankbot.rehearsal.console import Console
from clankbot.rehearsal.keyboard import Keyboard, LineEditor
from clankbot.rehearsal.stage import Stage
from clankbot.rehearsal.typed import YOU, wish
from clankbot.rehearsal.viewers import Cast

_STEP_S: Final = 0.05
"""How late what happens is shown, at most."""
_PACE_S: Final = 2.0
_SHORTEST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 1.5
"""Of a pace; so at first viewers speak every one to three seconds."""


class Conversation:
    """One rehearsal; for one thread."""

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

    def hold(self, keyboard: Keyboard, is_over: Callable[[float], bool]) -> None:
        """Go on until the person leaves, or ``is_over`` (after waiting so many seconds) says so."""
        editor = LineEditor()
        self._console.typing("")
        while not (self._has_quit or editor.ended or is_over(0.0)):
            self._stage.show_news()
            keys = keyboard.keys(_STEP_S)
            if keys is None:
                break
            if keys:
                lines = editor.feed(keys)
                self._console.typing(editor.text)
                for line in lines:
                    self.obey(line)
            self.let_viewers_speak()
        self._console.typing(None)

    def let_viewers_speak(self) -> None:
        """The next line of the cast, if it is time."""
        if self._pace_s == 0 or self._clock() < self._next_at:
            return
        line = self._cast.next_line(self._stage.absent())
        if line is not None:
            self._stage.say(line)
        self._pause()

    def _pause(self) -> None:
        part = self._dice.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE)
        self._next_at = self._clock() + part * self._pace_s

    def obey(self, line: str) -> None:
        """Do what a typed line asks for."""
        match wish(line):
            case typed.Say(said):
                self._stage.say(said)
                self._cast.heard(said.login)
            case typed.Delete(login):
                self._stage.delete(login, by=YOU)
            case typed.TimeOut(login, seconds):
                self._stage.time_out(login, seconds, by=YOU)
            case typed.Clear():
                self._stage.clear(by=YOU)
            case typed.SetMode(name, value):
                self._stage.set_mode(name, value, by=YOU)
            case typed.SetPace(seconds):
                self._pace_s = seconds
                self._pause()
            case typed.Stats():
                self._console.note(self._stage.summary())
            case typed.Tell(lines):
                self._console.note(*lines)
            case typed.Quit():
                self._has_quit = True
