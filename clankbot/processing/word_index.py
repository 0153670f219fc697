"""Finds the entries that a word may be, at a price that hardly depends on how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from clankbot.processing.patterns import Pattern, shape_of, without_repeats

Owner = TypeVar("Owner")
_Near = tuple[tuple[Pattern, Owner], ...]

_MOST_KEY_LETTERS = 3  # by which a wildcard pattern is looked up: fewer would find too many


class WordIndex(Generic[Owner]):
    """Patterns of one word, each with what it belongs to.  Not changed once it is built."""

    __slots__ = ("_ends", "_inside", "_loose", "_sizes", "_starts", "_whole")

    def __init__(self, patterns: Iterable[tuple[Pattern, Owner]]) -> None:
        self._whole: dict[str, _Near[Owner]] = {}
        self._starts: dict[str, _Near[Owner]] = {}
        self._ends: dict[str, _Near[Owner]] = {}
        self._inside: dict[str, _Near[Owner]] = {}
        self._loose: _Near[Owner] = ()
        for pattern, owner in patterns:
            self._add(pattern, owner)
        wildcards = (self._starts, self._ends, self._inside)
        self._sizes = sorted({len(key) for table in wildcards for key in table})

    def find(self, word: str) -> Sequence[Owner]:
        """What the patterns that match a word belong to."""
        letters = without_repeats(word)
        near = [*self._whole.get(letters, ()), *self._loose]
        for size in self._sizes:
            near += self._starts.get(letters[:size], ())
            near += self._ends.get(letters[-size:], ())
            if self._inside:
                slices = (letters[at : at + size] for at in range(len(letters) - size + 1))
                for key in {key for key in slices if key in self._inside}:
                    near += self._inside[key]
        return _matching(near, word) if near else ()

    def find_written(self, word: str) -> Sequence[Owner]:
        """The same, with wildcards that stand for nothing: ``ham*`` matches only ``ham``."""
        near = self._whole.get(without_repeats(word))
        return _matching(near, word) if near else ()

    def _add(self, pattern: Pattern, owner: Owner) -> None:
        """Hang the pattern on the letters by which a word is found to be near it."""
        found = ((pattern, owner),)
        if pattern.core is not None:
            letters = pattern.core.letters
            self._whole[letters] = self._whole.get(letters, ()) + found
        if not pattern.has_wildcard:
            return
        first, last = without_repeats(pattern.parts[0]), without_repeats(pattern.parts[-1])
        if first:
            key, table = first[:_MOST_KEY_LETTERS], self._starts
        elif last:
            key, table = last[-_MOST_KEY_LETTERS:], self._ends
        elif pattern.core is not None:
            key, table = pattern.core.letters[:_MOST_KEY_LETTERS], self._inside
        else:
            self._loose += found
            return
        table[key] = table.get(key, ()) + found


def _matching(near: Iterable[tuple[Pattern, Owner]], word: str) -> list[Owner]:
    shape = shape_of(word)
    return [owner for pattern, owner in near if pattern.matches(shape)]
