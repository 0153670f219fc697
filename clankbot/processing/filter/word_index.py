"""Finds the entries that a word may be, at a price that hardly depends on how many there are.

Two steps: the skeleton of a word leads to the patterns of the same skeleton, of which there is
hardly ever one; only then are the readings of the word made and compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final

from clankbot.processing.filter.patterns import Budget, Pattern
from clankbot.processing.filter.readings import RunKind, readings, skeleton
from clankbot.processing.filter.word_list import Entry

# letters by which a pattern with wildcards is found: of a part at an end of the word, or within
_END_SIZE: Final = 6
_INNER_SIZE: Final = 3

_SKELETONS_A_STEP: Final = 8  # compared
_STEPS_A_READING: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class IndexedEntry:
    """What is found by one pattern: the entry that it is, and phrases whose anchor it is."""

    pattern: Pattern
    entry: Entry | None
    # of each, the skeletons of all parts of its words
    phrases: tuple[tuple[str, ...], ...] = ()
    # whether the entry is a phrase, and the pattern its words without the blanks between them
    is_unspaced: bool = False


class WordIndex:
    """Patterns of one word, and what they stand for.  Not changed once it is built."""

    def __init__(self, indexed: Iterable[IndexedEntry]) -> None:
        keyed = []
        for each in indexed:
            # < and > mark the ends of the word
            parts = f"<{skeleton('*'.join(each.pattern.parts))}>".split("*")
            keyed.append((_keys(parts), (parts, each)))
        uses = Counter(chain.from_iterable(keys for keys, _ in keyed))
        self._table: dict[str, list[tuple[list[str], IndexedEntry]]] = defaultdict(list)
        for keys, found in keyed:
            self._table[min(keys, key=uses.__getitem__)].append(found)
        starts = {len(key) for key in self._table if key[0] == "<" and key[-1] != ">"}
        ends = {len(key) for key in self._table if key[0] != "<" and key[-1] == ">"}
        self._cuts = [slice(None), *map(slice, starts), *(slice(-size, None) for size in ends)]
        self._inner_sizes = {len(key) for key in self._table if key[0] != "<" and key[-1] != ">"}

    def find(self, run: str, kind: RunKind, budget: Budget) -> list[tuple[IndexedEntry, str]]:
        """What a run of letters may stand for, each with the reading in which it does."""
        table = self._table
        word = f"<{skeleton(run)}>"
        keys = []
        for cut in self._cuts:
            if (key := word[cut]) in table:
                keys.append(key)
        for size in self._inner_sizes:
            keys += filter(table.__contains__, _slices(word, size))
        if not keys:  # nearly always
            return []
        keys = [*dict.fromkeys(keys)]
        budget.spend(sum(len(table[key]) for key in keys) // _SKELETONS_A_STEP)
        candidates = [
            each
            for key in keys
            for parts, each in table[key]
            if all(part in word for part in parts)
            and (kind is RunKind.SPELLED or not each.is_unspaced)
        ]
        found = []
        for reading in readings(run) if candidates else ():
            budget.spend(_STEPS_A_READING)
            for each in candidates:
                patterns = each.pattern.at_an_end() if kind is RunKind.SPLIT else (each.pattern,)
                if any(pattern.matches(reading, budget) for pattern in patterns):
                    found.append((each, reading))
        return found


def _keys(parts: list[str]) -> list[str]:
    """Letters of every word that has these parts; each would do to find the pattern."""
    if len(parts) == 1:
        return parts
    first, *_, last = parts
    if first != "<":
        return [first[:_END_SIZE]]
    if last != ">":
        return [last[-_END_SIZE:]]
    return _slices(max(parts[1:-1], key=len), _INNER_SIZE)


def _slices(text: str, size: int) -> list[str]:
    """All that many letters in a row of a text, or the whole text if it is shorter."""
    return [text[at : at + size] for at in range(max(1, len(text) - size + 1))]
