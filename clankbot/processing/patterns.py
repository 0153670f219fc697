"""One word of an entry, and whether a word of a message is that word, stretched or not.

Words are compared run by run of one letter, never collapsed: ``loot`` is not ``lot``, though
``looot`` may be either.  All work is linear in the length of the word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

RARELY_DOUBLED: Final = "aiuhjkqvwxy"
"""Letters that spelling hardly ever doubles: two of them may stand for one."""

_BEFORE_ITSELF = re.compile(r"(.)(?=\1)")
_ALL_BUT_ONE = re.compile(rf"(\D)\1+(?=\1)|([{RARELY_DOUBLED}])(?=\2)")  # of stretched letters
_ALL_BUT_TWO = re.compile(r"(\D)\1*(?=\1\1)")
_WILDCARDS = re.compile(r"\*+")


class Shape(NamedTuple):
    """A word, its letters without repeats, and how often each of them is repeated."""

    word: str
    letters: str
    counts: bytes


def without_repeats(word: str) -> str:
    """The word with every run of one letter written as a single letter."""
    return _BEFORE_ITSELF.sub("", word)


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

    @property
    def has_wildcard(self) -> bool:
        """Whether it matches other words than the one written."""
        return len(self.parts) > 1

    @property
    def core(self) -> str | None:
        """The word without wildcards at its ends; None where one stands inside."""
        written = [*filter(None, self.parts)]
        return written[0] if len(written) == 1 else None

    def matches(self, word: Shape) -> bool:
        """Whether the whole word is what was written, or a stretched form of it."""
        core = self.core
        if core is None:
            return any(_in_order(self.parts, spelling) for spelling in _unstretched(word.word))
        meant = shape_of(core)
        return any(self._fits(meant, word, place) for place in self._places(meant, word))

    def _places(self, core: Shape, word: Shape) -> Iterator[int]:
        """Where the core's letters stand among the word's, as far as the wildcards allow."""
        open_start, open_end = not self.parts[0], not self.parts[-1]
        last = len(word.letters) - len(core.letters)
        if open_start and open_end:
            place = word.letters.find(core.letters)
            while place >= 0:
                yield place
                place = word.letters.find(core.letters, place + 1)
        elif last == 0 or (last > 0 and (open_start or open_end)):
            place = last if open_start else 0
            if word.letters.startswith(core.letters, place):
                yield place

    def _fits(self, core: Shape, word: Shape, place: int) -> bool:
        """Whether the runs at ``place`` are the core's; a wildcard takes letters beside it."""
        last = len(core.counts) - 1
        for at, (letter, meant) in enumerate(zip(core.letters, core.counts, strict=True)):
            seen = word.counts[place + at]
            at_wildcard = (at == 0 and not self.parts[0]) or (at == last and not self.parts[-1])
            if not _may_stand_for(letter, seen, meant) and not (at_wildcard and seen > meant):
                return False
        return True


def pattern_of(word: str) -> Pattern:
    """The pattern of one folded word in which ``*`` is a wildcard."""
    return Pattern(tuple(_WILDCARDS.split(word)))


def _may_stand_for(letter: str, seen: int, meant: int) -> bool:
    """Whether ``seen`` times a letter can be a stretched form of ``meant`` times."""
    if seen == meant:
        return True
    if letter.isdigit():
        return False
    return seen >= max(3, meant) or ((seen, meant) == (2, 1) and letter in RARELY_DOUBLED)


def _unstretched(word: str) -> Iterator[str]:
    """The word as it is, and with its stretched letters written once and written twice."""
    yield word
    yield _ALL_BUT_ONE.sub("", word)
    yield _ALL_BUT_TWO.sub("", word)


def _in_order(parts: tuple[str, ...], word: str) -> bool:
    """Whether the parts stand in the word one after another, the first and last at its ends."""
    first, *middle, last = parts
    place, end = len(first), len(word) - len(last)
    if place > end or not (word.startswith(first) and word.endswith(last)):
        return False
    for part in middle:
        place = word.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return True
