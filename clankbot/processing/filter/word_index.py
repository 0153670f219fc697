"""Finds the entries that a word may be, at a price that hardly depends on how many there are.

Two steps: the skeleton of a word leads to the patterns of the same skeleton, of which there is
hardly ever one; only then are the readings of the word made and compared.
"""

from __future__ import annotations

import string
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, product
from typing import Final

from clankbot.processing.filter.folding import UNSPACED
from clankbot.processing.filter.patterns import LETTERS_A_STEP, Budget, Pattern
from clankbot.processing.filter.readings import RunKind, plain, readings, skeleton, without_repeats
from clankbot.processing.filter.word_list import Entry

# letters by which a pattern with wildcards is found: of a part at an end of the word, or within
_END_SIZE: Final = 6
_INNER_SIZE: Final = 3

_GLANCE: Final = 3  # letters at the beginning of a word that mostly tell it from all of a list

_MARKS: Final = "!,.?:"  # behind words; others are rarer

# what a step does: see Budget
_SLICES_A_STEP: Final = 16
_SKELETONS_A_STEP: Final = 4
_STEPS_A_READING: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class IndexedEntry:
    """What is found by one pattern: the entry that it is, and phrases whose anchor it is."""

    pattern: Pattern
    entry: Entry | None
    # of each, the skeletons of all parts of its words
    phrases: tuple[tuple[str, ...], ...] = ()
    # whether the entry is a phrase, and the pattern its words without the blanks between them
    is_joined: bool = False


class WordIndex:
    """Patterns of one word, and what they stand for.  Not changed once it is built."""

    def __init__(self, indexed: Iterable[IndexedEntry]) -> None:
        keyed = []
        for each in indexed:
            # < and > mark the ends of the word
            parts = f"<{skeleton('*'.join(each.pattern.parts))}>".split("*")
            keyed.append((_keys(parts), (parts, each)))
        uses = Counter(chain.from_iterable(keys for keys, _ in keyed))
        # by key, each pattern with what else its words hold
        self._table: dict[str, list[tuple[list[str], IndexedEntry]]] = defaultdict(list)
        for keys, (parts, each) in keyed:
            key = min(keys, key=uses.__getitem__)
            self._table[key].append(([part for part in parts if part not in f"<{key}>"], each))
        begins = {key for key in self._table if key[0] == "<"}
        ends = {key for key in self._table if key[0] != "<" and key[-1] == ">"}
        starts = {len(key) for key in begins if key[-1] != ">"}
        self._cuts = [
            slice(None),
            *map(slice, starts),
            *(slice(-size, None) for size in {*map(len, ends)}),
        ]
        inner = self._table.keys() - begins - ends
        self._inner_sizes = {*map(len, inner)}
        # most of the others are of scripts without blanks
        self._ascii_inner_sizes = {*map(len, filter(str.isascii, inner))}
        self._begins = set[str]()
        if not (ends or self._ascii_inner_sizes) and all(len(key) > _GLANCE for key in begins):
            letters = {*string.ascii_lowercase, *(key[1:].rstrip(">") for key in begins)}
            self._begins.update(*map(_beginnings, letters))

    def is_far(self, piece: str) -> bool:
        """Whether a piece, folded or of ASCII, is surely nothing of the list and no lone letter.

        A quick look, which tells this of nearly all plain words and mentions.
        """
        word = piece.rstrip(_MARKS).lower()
        begins = self._begins
        if not word.isascii() and UNSPACED.search(word) and not UNSPACED.fullmatch(word):
            return False  # several words
        if not word.isalpha():  # a mention, whose sign may be a letter
            name, start = word[1:], word[1 : 1 + _GLANCE]
            is_name = word[:1] == "@" and name.isalnum() and start.isalpha()
            return is_name and bool(begins) and begins.isdisjoint((start, f"a{start}"[:_GLANCE]))
        if begins and word[:_GLANCE] not in begins and word.isascii():
            return True
        key = without_repeats(word.replace("l", "i"))
        return len(key) > 1 and not self._keys_in(f"<{key}>")

    def find(
        self, runs: Iterable[tuple[str, RunKind]], budget: Budget
    ) -> list[tuple[IndexedEntry, str]]:
        """What these runs of letters may stand for, each with the reading in which it does."""
        runs = [*runs]
        letters = " ".join(run for run, _ in runs)
        budget.spend(len(runs) + len(letters) // LETTERS_A_STEP)
        found: list[tuple[IndexedEntry, str]] = []
        for (run, kind), word in zip(runs, plain(letters).split(" "), strict=False):
            if not self._begins or word[:_GLANCE] in self._begins or not word.isascii():
                found += self._found(run, kind, f"<{without_repeats(word)}>", budget)
        return found

    def _found(
        self, run: str, kind: RunKind, word: str, budget: Budget
    ) -> Iterator[tuple[IndexedEntry, str]]:
        budget.spend(len(word) * len(self._sizes_in(word)) // _SLICES_A_STEP)
        near = [found for key in dict.fromkeys(self._keys_in(word)) for found in self._table[key]]
        if not near:
            return
        budget.spend(1 + len(near) // _SKELETONS_A_STEP)
        candidates = [
            each
            for parts, each in near
            if all(part in word for part in parts)
            and (kind is RunKind.SPELLED or not each.is_joined)
        ]
        for reading in readings(run) if candidates else ():
            budget.spend(_STEPS_A_READING + len(run) // LETTERS_A_STEP)
            for each in candidates:
                patterns = each.pattern.at_an_end() if kind is RunKind.SPLIT else (each.pattern,)
                if any(pattern.matches(reading, budget) for pattern in patterns):
                    yield each, reading

    def _keys_in(self, word: str) -> list[str]:
        """The keys of the table that a word holds, its ends marked."""
        table = self._table
        keys = [key for cut in self._cuts if (key := word[cut]) in table]
        for size in self._sizes_in(word):
            keys += filter(table.__contains__, _slices(word, size))
        return keys

    def _sizes_in(self, word: str) -> set[int]:
        return self._ascii_inner_sizes if word.isascii() else self._inner_sizes


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


def _beginnings(key: str) -> Iterator[str]:
    """The first letters of all words whose skeleton begins like this one."""
    first, second = key[0], key[1:2]
    for letters in (first * 3, first * 2 + second, first + second * 2, key):
        choices = ("il" if letter == "i" else letter for letter in letters[:_GLANCE])
        yield from map("".join, product(*choices))


def _slices(text: str, size: int) -> list[str]:
    """All that many letters in a row of a text, or the whole text if it is shorter."""
    return [text[at : at + size] for at in range(max(1, len(text) - size + 1))]
