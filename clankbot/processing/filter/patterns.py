"""One word of an entry, and whether a word of a message is that word, stretched or not.

Words are compared run by run of one letter, never collapsed: ``loot`` is not ``lot``, though
``looot`` may be either.  All work is linear in the length of the word.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final, NamedTuple

RARELY_DOUBLED: Final = "aiuhjkqvwxy"
"""Letters that spelling hardly ever doubles: two of them may stand for one."""

without_repeats: Final = partial(re.compile(r"(.)(?=\1)").sub, "")
"""The word with every run of one letter written as a single letter."""

_WILDCARDS = re.compile(r"\*+")


class Shape(NamedTuple):
    """A word, its letters without repeats, and how often each of them is repeated."""

    word: str
    letters: str
    counts: bytes


def shape_of(word: str) -> Shape:
    """The word taken apart into runs.  A count ends at 255."""
    letters = without_repeats(word)
    if len(letters) == len(word):
        return Shape(word, word, b"\x01" * len(word))
    counts = bytearray()
    previous = ""
    for letter in word:
        if letter != previous:
            counts.append(1)
        elif counts[-1] < 255:
            counts[-1] += 1
        previous = letter
    return Shape(word, letters, bytes(counts))


class Pattern(NamedTuple):
    """One folded word of an entry: its parts between wildcards, ``ham*`` being ``("ham", "")``."""

    parts: tuple[str, ...]
    shapes: tuple[Shape, ...]
    """Of the parts, so that they are taken apart once."""

    @property
    def has_wildcard(self) -> bool:
        """Whether it matches other words than the one written."""
        return len(self.parts) > 1

    @property
    def core(self) -> str | None:
        """The word without wildcards at its ends; None where one stands inside."""
        written = [*filter(None, self.parts)]
        return written[0] if len(written) == 1 else None

    def flush(self) -> tuple[Pattern, ...]:
        """The same with the written letters at an end of the word; nothing for ``fo*ter``."""
        if len(self.parts) == 1 or (self.core and len(self.parts) == 2):
            return (self,)
        return (_pattern(self.core, ""), _pattern("", self.core)) if self.core else ()

    def is_written_in(self, word: str) -> bool:
        """Whether the parts stand in the word in order, the first and last at its ends."""
        if len(self.parts) == 1:
            return word == self.parts[0]
        first, *middle, last = self.parts
        place, end = len(first), len(word) - len(last)
        if place > end or not (word.startswith(first) and word.endswith(last)):
            return False
        for part in middle:
            place = word.find(part, place, end)
            if place < 0:
                return False
            place += len(part)
        return True

    def is_stretched_in(self, word: Shape) -> bool:
        """The same of their runs; a wildcard may take some of the letters beside it."""
        place, last = 0, len(self.parts) - 1
        for at, meant in enumerate(self.shapes):
            if not meant.word:
                continue
            end = len(word.letters) - len(meant.letters)
            earliest = max(place, end) if at == last else place
            stop = (0 if at == 0 else end) + len(meant.letters)
            place = word.letters.find(meant.letters, earliest, stop)
            while place >= 0 and not _fits(meant, word, place, at > 0, at < last):
                place = word.letters.find(meant.letters, place + 1, stop)
            if place < 0:
                return False
            place += len(meant.letters)
        return True


def pattern_of(word: str) -> Pattern:
    """The pattern of one folded word in which ``*`` is a wildcard."""
    return _pattern(*_WILDCARDS.split(word))


def _pattern(*parts: str) -> Pattern:
    return Pattern(parts, tuple(map(shape_of, parts)))


def _fits(meant: Shape, word: Shape, place: int, open_start: bool, open_end: bool) -> bool:
    """Whether each run of the word from ``place`` on may be a stretched form of the one meant."""
    last = len(meant.counts) - 1
    for at, (letter, fewest) in enumerate(zip(meant.letters, meant.counts, strict=True)):
        seen = word.counts[place + at]
        beside_wildcard = (open_start and at == 0) or (open_end and at == last)
        if not _may_stand_for(letter, seen, fewest) and not (beside_wildcard and seen > fewest):
            return False
    return True


def _may_stand_for(letter: str, seen: int, meant: int) -> bool:
    """Whether ``seen`` times a letter can be a stretched form of ``meant`` times."""
    if seen == meant:
        return True
    if letter.isdigit():
        return False
    return seen >= max(3, meant) or ((seen, meant) == (2, 1) and letter in RARELY_DOUBLED)
