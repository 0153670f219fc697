"""Finds the entries that a word may be, at a price that hardly depends on how many there are.

Two steps: the outline of a word leads to the patterns of the same outline, of which there is hardly
ever one; only then are the readings of the word made and compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from clankbot.processing.patterns import Pattern, shape_of
from clankbot.processing.readings import outline, readings

Owner = TypeVar("Owner")
Near = tuple[tuple[Pattern, Owner], ...]
"""Patterns that a word may match, each with what it belongs to."""

_Wildcards = list[tuple[list[str], tuple[Pattern, Owner]]]
"""Wildcard patterns that share some letters; with each, the outlines of all its parts."""

_MOST_KEY_LETTERS = 3


class WordIndex(Generic[Owner]):
    """Patterns of one word, each with what it belongs to.  Not changed once it is built."""

    __slots__ = ("_ends", "_inside", "_sizes", "_starts", "_whole")

    def __init__(self, patterns: Iterable[tuple[Pattern, Owner]]) -> None:
        self._whole: dict[str, Near[Owner]] = {}
        self._starts: dict[str, _Wildcards[Owner]] = {}
        self._ends: dict[str, _Wildcards[Owner]] = {}
        self._inside: dict[str, _Wildcards[Owner]] = {}
        for pattern, owner in patterns:
            self._add(pattern, owner)
        wildcards = (self._starts, self._ends, self._inside)
        self._sizes = sorted({len(key) for table in wildcards for key in table})

    def near(self, key: str) -> Near[Owner]:
        """The patterns that a word of this outline may match."""
        near = self._whole.get(key, ())
        for size in self._sizes:
            if starts := self._starts.get(key[:size]):
                near += _holding(key, starts)
            if ends := self._ends.get(key[-size:]):
                near += _holding(key, ends)
            if self._inside:
                slices = (key[at : at + size] for at in range(len(key) - size + 1))
                for part in {part for part in slices if part in self._inside}:
                    near += _holding(key, self._inside[part])
        return near

    def _add(self, pattern: Pattern, owner: Owner) -> None:
        """Hang the pattern on the outlines by which a word is found to be near it."""
        found = (pattern, owner)
        if pattern.core:
            key = outline(pattern.core)
            self._whole[key] = (*self._whole.get(key, ()), found)
        if not pattern.has_wildcard:
            return
        parts = [*map(outline, pattern.parts)]
        if parts[0]:
            key, table = parts[0][:_MOST_KEY_LETTERS], self._starts
        elif parts[-1]:
            key, table = parts[-1][-_MOST_KEY_LETTERS:], self._ends
        else:
            key, table = max(parts, key=len)[:_MOST_KEY_LETTERS], self._inside
        table.setdefault(key, []).append((parts, found))


def _holding(key: str, patterns: _Wildcards[Owner]) -> Near[Owner]:
    return tuple(found for parts, found in patterns if all(part in key for part in parts))


def matching(near: Near[Owner], run: str) -> list[tuple[Owner, str]]:
    """What the patterns that match a run belong to, each with the reading that it matches."""
    shapes = [*map(shape_of, readings(run))] if near else []
    return [
        (owner, shape.word) for pattern, owner in near for shape in shapes if pattern.matches(shape)
    ]
