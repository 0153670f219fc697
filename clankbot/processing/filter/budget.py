"""What judging one message may cost: a count of steps, so that it is the same on every machine.

No list and no message, however nasty, takes the filter long: work that does not follow from the
length of the text alone (comparisons with candidates from the list) is counted, and a message that
would need too much of it is not judged to the end but blocked.
"""

from __future__ import annotations

from typing import Final

_STEPS: Final = 600  # the usual message takes ten; 500 ordinary characters have taken as many
_CHARACTERS_A_STEP: Final = 4  # a step takes a microsecond or two


class TooCostly(Exception):  # an answer, not an error: it never leaves the filter
    """The message would take longer to judge than any message may."""


class Budget:
    """The steps that are left for a message."""

    __slots__ = ("_left",)

    def __init__(self, characters: int) -> None:
        self._left = _STEPS + characters // _CHARACTERS_A_STEP

    def spend(self, steps: int) -> None:
        """Raises TooCostly where nothing is left."""
        self._left -= steps
        if self._left < 0:
            raise TooCostly
