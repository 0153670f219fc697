"""One word of an entry, and whether a word of a message is that word, stretched or not.

Words are compared run by run of one letter, never collapsed: ``loot`` is not ``lot``, though
``looot`` may be either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

_STEPS: Final = 225  # the usual message takes ten; with 500 characters, all new, up to 290 of 350
_CHARACTERS_A_STEP: Final = 4  # a step takes some two microseconds

# what a step does, or a deed takes
LETTERS_A_STEP: Final = 16
_FOREIGN_LETTERS_A_STEP: Final = 8
_STEPS_A_PATTERN: Final = 2

_RARELY_DOUBLED: Final = "aiuhjkqvwxy"  # letters of which two may stand for one
_WILDCARDS = re.compile(r"\*+")
_RUNS = re.compile(r"(.)\1*")
# Thai and Lao vowels that are written before their consonant, and what puts one below another
_BINDS_NEXT: Final = "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4\u1039\u17d2"


class TooCostly(Exception):  # an answer, not an error: it never leaves the filter
    """The message would take longer to judge than any message may."""


class Budget:
    """What judging one message may still cost, in steps, so that it is the same on every machine.

    No list and no message, however nasty, takes the filter long: all work is counted, that on the
    text by its letters after folding, of which there may be eighteen for one of the message.  A
    message that would need too much is not judged to the end but blocked.  No ordinary one of 500
    characters needs that much, be none of its words heard before.
    """

    __slots__ = ("_left",)

    def __init__(self, characters: int) -> None:
        self._left = _STEPS + characters // _CHARACTERS_A_STEP

    def spend(self, steps: int) -> None:
        """Raises TooCostly if nothing is left."""
        self._left -= steps
        if self._left < 0:
            raise TooCostly


def letter_steps(folded: str) -> int:
    """What is spent on the letters of a folded text alone, whatever is made of them."""
    return len(folded) // (LETTERS_A_STEP if folded.isascii() else _FOREIGN_LETTERS_A_STEP)


class Pattern(NamedTuple):
    """One folded word of an entry: its parts between wildcards, ``ham*`` being ``("ham", "")``."""

    parts: tuple[str, ...]
    # of each part, the rows of one letter that it is made of: "h", "a", "mm"
    runs: tuple[tuple[str, ...], ...]
    # whether its wildcards were not written, but stand for the blanks that its script has not
    is_unspaced: bool = False

    @property
    def has_wildcard(self) -> bool:
        """Whether it matches other words than the one written."""
        return len(self.parts) > 1

    def at_an_end(self) -> tuple[Pattern, ...]:
        """The same with the written letters at an end of the word; nothing for ``fo*ter``.

        An unspaced one has to be the whole word: of two sentences it takes the end of neither.
        """
        if self.is_unspaced:
            return (pattern_of("".join(self.parts)),)
        match self.parts:
            case (_,) | ("", _) | (_, ""):
                return (self,)
            case ("", stem, ""):
                return (pattern_of(f"{stem}*"), pattern_of(f"*{stem}"))
        return ()

    def matches(self, word: str, budget: Budget) -> bool:
        """Whether the parts stand in the word in order, the first and last at its ends."""
        end, last = 0, len(self.parts) - 1
        for at, runs in enumerate(self.runs):
            if not runs:  # a wildcard at this end
                continue
            start = 0 if at == 0 else word.find(runs[0], end)
            while start >= 0:
                budget.spend(_STEPS_A_PATTERN + len(runs) // LETTERS_A_STEP)
                end = _end(runs, word, start, at > 0, at < last)
                if self.is_unspaced and not _is_apart(word, start, end):
                    end = 0
                if end and (at < last or end == len(word)):
                    break
                start = word.find(runs[0], start + 1) if at else -1
            else:
                return False
        return True


def pattern_of(word: str) -> Pattern:
    """The pattern of one folded word in which ``*`` is a wildcard."""
    parts = _WILDCARDS.split(word)
    return Pattern(tuple(parts), tuple(map(_runs, parts)))


def unspaced_pattern(word: str, *, is_first: bool, is_last: bool) -> Pattern:
    """The pattern of a word written without blanks around, if it is the first or last of several.

    It is found inside any run of its script; an open end takes whole characters with their marks.
    """
    pattern = pattern_of(f"{'*' * is_first}{word}{'*' * is_last}")
    return pattern._replace(is_unspaced=pattern.has_wildcard)


def _is_apart(word: str, start: int, end: int) -> bool:
    """Whether no character, as it is seen, is cut where a part begins and ends in the word."""
    binds = word[start - 1 : start] in _BINDS_NEXT if start else False
    return not binds and (end >= len(word) or unicodedata.category(word[end])[0] != "M")


def _runs(part: str) -> tuple[str, ...]:
    return tuple(run[0] for run in _RUNS.finditer(part))


def _end(runs: Sequence[str], word: str, start: int, open_before: bool, open_behind: bool) -> int:
    """Where the part that begins at ``start`` of the word ends in it; 0 if it does not stand there.

    An open side is one with a wildcard, which may take some of the letters there: ``*ab`` is "aab".
    """
    end, last = start, len(runs) - 1
    for at, run in enumerate(runs):
        if not word.startswith(run, end):
            return 0
        begin, end = end, end + len(run)
        if (open_before and at == 0) or (open_behind and at == last):
            continue
        while word.startswith(run[0], end):
            end += 1
        if not _may_stand_for(run[0], end - begin, len(run)):
            return 0
    return end


def _may_stand_for(letter: str, seen: int, meant: int) -> bool:
    """Whether ``seen`` times a letter can be a stretched form of ``meant`` times."""
    if seen == meant:
        return True
    if letter.isdigit():
        return False
    return seen >= max(3, meant) or ((seen, meant) == (2, 1) and letter in _RARELY_DOUBLED)
