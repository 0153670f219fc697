"""Finds the entries that a word may be, at a price that hardly depends on how many there are.

Two steps: the outline of a word leads to the patterns of the same outline, of which there is hardly
ever one; only then are the readings of the word made and compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product
from typing import Final, Generic, TypeVar

from clankbot.processing.filter.budget import Budget
from clankbot.processing.filter.patterns import Pattern, shape_of, without_repeats
from clankbot.processing.filter.readings import outline, readings

Owner = TypeVar("Owner")
Near = tuple[tuple[Pattern, Owner], ...]
"""Patterns that a word may match, each with what it belongs to."""

_Table = dict[str, list["_Wildcard[Owner]"]]
_Wildcard = tuple[list[str], tuple[Pattern, Owner]]
"""A pattern with wildcards, and what it belongs to; before it the outlines of all its parts."""

_KEY_SIZES: Final = (3, 5, 8)  # letters by which wildcards are found: more where it is crowded
_CROWD: Final = 8
_HEAD: Final = 3  # letters at the beginning of a word that tell most others apart
_MOST_HEADS: Final = 500  # more are begun like any word
_STEPS_A_READING: Final = 2
_LETTERS_A_STEP: Final = 4  # compared one by one in a stretched word


class WordIndex(Generic[Owner]):
    """Patterns of one word, each with what it belongs to.  Not changed once it is built."""

    __slots__ = (
        "_end_sizes",
        "_ends",
        "_heads",
        "_inside",
        "_inside_sizes",
        "_start_sizes",
        "_starts",
        "_whole",
    )

    def __init__(self, patterns: Iterable[tuple[Pattern, Owner]]) -> None:
        self._whole: dict[str, Near[Owner]] = {}
        starts: list[_Wildcard[Owner]] = []
        ends: list[_Wildcard[Owner]] = []
        inside: list[_Wildcard[Owner]] = []
        for found in patterns:
            pattern, _ = found
            if pattern.core:
                key = outline(pattern.core)
                self._whole[key] = (*self._whole.get(key, ()), found)
            if pattern.has_wildcard:
                parts = [*map(outline, pattern.parts)]
                (starts if parts[0] else ends if parts[-1] else inside).append((parts, found))
        is_known_start = not (ends or inside) and all(len(p[0]) >= _HEAD for p, _ in starts)
        begun = {key[:_HEAD] for key in (*self._whole, *(parts[0] for parts, _ in starts))}
        tells_apart = is_known_start and len(begun) < _MOST_HEADS
        self._heads = {*chain.from_iterable(map(_heads, begun))} if tells_apart else set()
        self._starts = _by_start((parts[0], (parts, found)) for parts, found in starts)
        self._ends = _by_start((parts[-1][::-1], (parts, found)) for parts, found in ends)
        self._inside = _by_rarest_slice(inside)
        self._start_sizes = _sizes(self._starts)
        self._end_sizes = _sizes(self._ends)
        self._inside_sizes = _sizes(self._inside)

    def is_far(self, word: str) -> bool:
        """Whether a word of ASCII letters certainly matches nothing: a glance at its beginning."""
        if self._heads and word[:_HEAD] not in self._heads:
            return True
        return self.is_far_outline(outline(word))

    def is_far_outline(self, key: str) -> bool:
        """Whether a word of this outline certainly matches nothing: cheaper than ``near``."""
        if key in self._whole:
            return False
        for size in self._start_sizes:
            if key[:size] in self._starts:
                return False
        for size in self._end_sizes:
            if key[: -size - 1 : -1] in self._ends:
                return False
        for size in self._inside_sizes:
            if not self._inside.keys().isdisjoint(_slices(key, size)):
                return False
        return True

    def near(self, key: str, budget: Budget) -> Near[Owner]:
        """The patterns that a word of this outline may match."""
        near = self._whole.get(key, ())
        for size in self._start_sizes:
            if (start := key[:size]) in self._starts:
                near += _holding(key, self._starts[start], budget)
        for size in self._end_sizes:
            if (end := key[: -size - 1 : -1]) in self._ends:
                near += _holding(key, self._ends[end], budget)
        for size in self._inside_sizes:
            for part in self._inside.keys() & {*_slices(key, size)}:
                near += _holding(key, self._inside[part], budget)
        return near


def _heads(start: str) -> Iterator[str]:
    """The letters with which words, stretched or not, of an outline that starts so may begin."""
    first, second = start[0], start[1:2]
    begun = (first * 3, first * 2, first * 2 + second, first + second * 2, start)
    for head in {each[:_HEAD] for each in begun}:
        yield from map("".join, product(*("il" if each == "i" else each for each in head)))


def _sizes(keys: Iterable[str]) -> list[int]:
    return sorted({*map(len, keys)})


def _slices(key: str, size: int) -> list[str]:
    return [key[at : at + size] for at in range(len(key) - size + 1)]


def _by_start(keyed: Iterable[tuple[str, _Wildcard[Owner]]]) -> dict[str, list[_Wildcard[Owner]]]:
    """Patterns by as few of the first letters of their keys as tell them apart well enough."""
    table: dict[str, list[_Wildcard[Owner]]] = {}
    rest = [*keyed]
    for size in (*_KEY_SIZES, None):
        groups = defaultdict(list)
        for key, pattern in rest:
            groups[key[:size]].append((key, pattern))
        rest = []
        for start, group in groups.items():
            if size and len(start) == size and len(group) > _CROWD:
                rest += group
            else:
                table[start] = [pattern for _, pattern in group]
    return table


def _by_rarest_slice(patterns: Sequence[_Wildcard[Owner]]) -> dict[str, list[_Wildcard[Owner]]]:
    """Patterns by the few letters of theirs that the fewest others hold."""
    size = _KEY_SIZES[0]
    longest = [(max(parts, key=len), (parts, found)) for parts, found in patterns]
    sliced = [(_slices(part, min(size, len(part))), pattern) for part, pattern in longest]
    uses = Counter(each for slices, _ in sliced for each in slices)
    table = defaultdict(list)
    for slices, pattern in sliced:
        table[min(slices, key=uses.__getitem__)].append(pattern)
    return table


def _holding(key: str, patterns: list[_Wildcard[Owner]], budget: Budget) -> Near[Owner]:
    budget.spend(len(patterns))
    return tuple(found for parts, found in patterns if all(part in key for part in parts))


def matching(near: Near[Owner], run: str, budget: Budget) -> list[tuple[Owner, str]]:
    """What the patterns that match a run belong to, each with the reading that it matches."""
    if not near:
        return []
    found = []
    for reading in readings(run):
        shape = None if without_repeats(reading) == reading else shape_of(reading)
        cost = 1 + len(reading) // _LETTERS_A_STEP if shape else 1
        budget.spend(_STEPS_A_READING + cost * len(near))
        for pattern, owner in near:
            if pattern.is_written_in(reading) or (shape and pattern.is_stretched_in(shape)):
                found.append((owner, reading))
    return found
