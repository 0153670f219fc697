"""Phrases: the word by which each is found, and whether its words are in a message.

A phrase is looked for only if its anchor was met, its most telling word.  Then all of them are
looked for at once, word by word, along a tree of their words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from clankbot.processing.filter.patterns import LETTERS_A_STEP, Budget, Pattern, pattern_of
from clankbot.processing.filter.readings import RunKind, sequences, skeleton, without_separators
from clankbot.processing.filter.word_index import IndexedEntry, WordIndex
from clankbot.processing.filter.word_list import Entry, Match

_CROWD = 16  # phrases of one anchor; if there are more, another of their words is tried

# what a step does: see Budget
_RUNS_A_STEP = 10
_PLACES_A_STEP = 4
_PHRASES_A_STEP = 2


def indexed(entries: Sequence[Entry]) -> Iterator[IndexedEntry]:
    """What is found by each word of a list, and by each phrase written as one word."""
    uses = Counter(pattern for entry in entries for pattern in entry.words)

    def rank(pattern: Pattern) -> tuple[bool, int, int]:
        """The anchor ranks first: long, without wildcard, and not in every phrase."""
        return pattern.has_wildcard, uses[pattern] // _CROWD, -max(map(len, pattern.parts))

    words = {entry.words[0]: entry for entry in entries if len(entry.words) == 1}
    phrases = defaultdict(list)
    for phrase in entries:
        if len(phrase.words) > 1:
            parts = [part for pattern in phrase.words for part in pattern.parts if part]
            phrases[min(phrase.words, key=rank)].append(tuple(map(skeleton, parts)))
            if not any(pattern.has_wildcard for pattern in phrase.words):
                yield IndexedEntry(pattern_of("".join(parts)), phrase, is_joined=True)
    for pattern in words | phrases:
        yield IndexedEntry(pattern, words.get(pattern), tuple(phrases.get(pattern, ())))


class PhraseTree:
    """All phrases of a list, as a tree of their words that is walked along a message."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._next: dict[tuple[int, Pattern], int] = {}
        self._ends: dict[int, Entry] = {}
        for phrase in entries:
            if len(phrase.words) <= 1:
                continue
            place = 0
            for pattern in phrase.words:
                place = self._next.setdefault((place, pattern), len(self._next) + 1)
            self._ends.setdefault(place, phrase)
        words = dict.fromkeys(pattern for _, pattern in self._next)
        self._index = WordIndex(IndexedEntry(pattern, None) for pattern in words)

    def find(
        self, lines: Iterable[list[str]], anchors: Iterable[IndexedEntry], budget: Budget
    ) -> Match | None:
        """The first phrase whose words follow each other in a line, each in any reading.

        The lines are folded messages, word by word; ``anchors`` are those met in them.
        """

        phrases = [phrase for anchor in dict.fromkeys(anchors) for phrase in anchor.phrases]
        likely = [line for line in lines if _may_hold(line, phrases, budget)]
        if not likely:
            return None
        rows: dict[tuple[str, ...], None] = {}
        for row in chain.from_iterable(map(sequences, likely)):
            budget.spend(1 + len(row) // _RUNS_A_STEP)
            rows[row] = None
        words = dict.fromkeys(chain.from_iterable(rows), RunKind.WHOLE)
        patterns: dict[str, dict[Pattern, None]] = defaultdict(dict)
        for hit in self._index.find(words, budget):
            patterns[hit.word][hit.found.pattern] = None
        for runs in rows:
            begun: list[tuple[int, int]] = []  # places in the tree, each with its first word
            last = -1
            for at in [at for at, run in enumerate(runs) if run in patterns]:
                if at > last + 1:
                    begun = []
                last = at
                begun.append((0, at))
                budget.spend(len(begun) * len(patterns[runs[at]]) // _PLACES_A_STEP)
                begun = [
                    (place, start)
                    for before, start in begun
                    for pattern in patterns[runs[at]]
                    if (place := self._next.get((before, pattern)))
                ]
                for place, start in begun:
                    if place in self._ends:
                        return Match.of(self._ends[place], " ".join(runs[start : at + 1]))
        return None


def _may_hold(line: list[str], phrases: Iterable[Sequence[str]], budget: Budget) -> bool:
    """Whether the skeletons of all parts of a phrase are in a message, in whatever order."""
    letters = without_separators("".join(line))
    budget.spend(len(letters) // LETTERS_A_STEP)
    message = skeleton(letters)
    for at, skeletons in enumerate(phrases):
        budget.spend(at % _PHRASES_A_STEP == 0)
        if all(each in message for each in skeletons):
            return True
    return False
