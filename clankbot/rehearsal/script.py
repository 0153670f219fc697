"""A rehearsal that nobody types into: a short play with every occasion to speak."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Final

from clankbot.rehearsal.stage import Stage
from clankbot.rehearsal.viewers import MODERATOR, Cast, Line

_PACE_S: Final = 0.25
_LONGEST_TALK: Final = 45
"""A bot that has not joined in by then waits for more, or its model is slow: it is asked anyway."""


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
        if is_over(_PACE_S) or clock() >= until:
            return
        stage.show_news()
        if stage.spoke_by_itself and stage.answered:
            return


def script(bot_name: str, has_spoken: Callable[[], bool], dice: random.Random) -> Iterator[Line]:
    """A moderator's command, talk until the bot joins in, a question to it, and endless talk."""
    talk = _talk(Cast(None, dice))
    yield Line(MODERATOR, "!clank status", is_mod=True)
    for _ in range(_LONGEST_TALK):
        yield next(talk)
        if has_spoken():
            break
    yield Line("lurk_lotte", f"@{bot_name} what do you think of the tin dragon?")
    yield from talk


def _talk(cast: Cast) -> Iterator[Line]:
    while True:
        if line := cast.next_line():
            yield line
