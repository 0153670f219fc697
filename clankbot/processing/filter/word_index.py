"""Finds the entries that a word may be, at a price that hardly depends on how many there are.

Two steps: the skeleton of a word leads to the patterns of the same skeleton, of which there is
hardly ever one; only then are the readings of the word made and compared.
"""

from __future__ import annotations

import string
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product
from typing import Final, NamedTuple

from clankbot.processing.filter.folding import SEPARATORS
from clankbot.processing.filter.patterns import LETTERS_A_STEP, Budget, Pattern
from clankbot.processing.filter.readings import RunKind, plain, readings, skeleton, without_repeats
from clankbot.processing.filter.word_list import Entry

# letters by which a pattern with wildcards is found: of a part at an end of the word, or within
_END_SIZE: Final = 6
_INNER_SIZE: Final = 3

_GLANCE: Final = 3  # letters at the beginning of a word that mostly tell it from all of a list

_MARKS: Final = f"!{SEPARATORS}"  # behind words

# what a step does: see Budget
_WORDS_A_STEP: Final = 8
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


class Hit(NamedTuple):
    """What a word of a message may be, and the reading in which it is that."""

    found: IndexedEntry
    reading: str
    word: str


# the parts of a pattern that its key does not hold, what it stands for, and how in a SPLIT word
_Indexed = tuple[list[str], IndexedEntry, tuple[Pattern, ...]]


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
        self._table: dict[str, list[_Indexed]] = defaultdict(list)
        for keys, (parts, each) in keyed:
            key = min(keys, key=uses.__getitem__)
            others = [part for part in parts if part not in f"<{key}>"]
            self._table[key].append((others, each, each.pattern.at_an_end()))
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
        """Whether a piece of ASCII is surely nothing of the list and no lone letter.

        A quick look, which tells this of nearly all plain words and mentions.
        """
        word = piece.lower()
        if not word.isalpha():
            word = word.lstrip(SEPARATORS).rstrip(_MARKS)
        begins = self._begins
        if word.isalpha():
            if begins and word[:_GLANCE] not in begins:
                return True
            key = f"<{without_repeats(word.replace('l', 'i'))}>"
            for cut in self._cuts:
                if key[cut] in self._table:
                    return False
            sizes = self._ascii_inner_sizes
            return len(key) > 3 and not (sizes and self._keys_in([key], sizes))
        name = word[1:]
        bare = name.replace("_", "")
        if not begins or word[:1] != "@" or len(name) < _GLANCE or not bare.isalnum():
            return False
        name, bare = plain(name), plain(bare)
        words = (*name.split("_"), bare, f"a{name}", f"a{bare}")  # the sign may be a letter
        return begins.isdisjoint(each[:_GLANCE] for each in words)

    def find(self, words: Mapping[str, RunKind], budget: Budget) -> Iterator[Hit]:
        """What these words may stand for, each with the reading in which it does."""
        letters = " ".join(words)
        sizes = self._inner_sizes_of(letters)
        budget.spend(len(words) // _WORDS_A_STEP + len(letters) // LETTERS_A_STEP)
        budget.spend(len(letters) * len(sizes) // _SLICES_A_STEP)
        marked = [f"<{word}>" for word in without_repeats(plain(letters)).split(" ")]
        keys = self._keys_in(marked, sizes)
        for at, (run, kind) in enumerate(words.items()) if keys else ():
            if at in keys:
                yield from self._found(run, kind, marked[at], keys[at], budget)

    def _found(
        self, run: str, kind: RunKind, word: str, keys: Iterable[str], budget: Budget
    ) -> Iterator[Hit]:
        near = [found for key in keys for found in self._table[key]]
        budget.spend(1 + len(near) // _SKELETONS_A_STEP)
        candidates = [
            (each, at_an_end if kind is RunKind.SPLIT else (each.pattern,))
            for parts, each, at_an_end in near
            if all(part in word for part in parts)
            and (kind is RunKind.SPELLED or not each.is_joined)
        ]
        for reading in readings(run) if candidates else ():
            budget.spend(_STEPS_A_READING + len(run) // LETTERS_A_STEP)
            for each, patterns in candidates:
                if any(pattern.matches(reading, budget) for pattern in patterns):
                    yield Hit(each, reading, run)

    def _keys_in(self, words: list[str], sizes: Iterable[int]) -> dict[int, dict[str, None]]:
        """By place, the keys of the table that words hold, their ends marked."""
        table = self._table
        found = [(n, w[cut]) for cut in self._cuts for n, w in enumerate(words) if w[cut] in table]
        for size in sizes:
            for n, word in enumerate(words):
                found += [(n, part) for part in _slices(word, size) if part in table]
        keys: dict[int, dict[str, None]] = defaultdict(dict)
        for n, key in found:
            keys[n][key] = None
        return keys

    def _inner_sizes_of(self, text: str) -> set[int]:
        return self._ascii_inner_sizes if text.isascii() else self._inner_sizes


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
