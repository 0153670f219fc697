"""Phrases: the word by which each is suspected, and whether its words are in a message.

A phrase is looked for only where its most telling word was met.  Then all of them are looked for at
once, word by word, along a tree of their words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from clankbot.processing.filter.budget import Budget
from clankbot.processing.filter.folding import RUN
from clankbot.processing.filter.patterns import Pattern, pattern_of
from clankbot.processing.filter.readings import outline
from clankbot.processing.filter.word_index import WordIndex, matching
from clankbot.processing.filter.word_list import Entry, Match

_CROWD = 16  # phrases suspected by one word; where there are more, another of their words is tried

Outlines = tuple[str, ...]
"""What must be in the outline of a message that a phrase is in: one for each part of its words."""


@dataclass(frozen=True, slots=True, eq=False)
class Hung:
    """What hangs on one word: the entry that is only this word, and phrases to be suspected."""

    entry: Entry | None
    phrases: tuple[Outlines, ...]


def hung(entries: Sequence[Entry]) -> Iterator[tuple[Pattern, Hung]]:
    """Each entry on its most telling word: long, without wildcard, and not in every phrase."""
    uses = Counter(pattern for entry in entries for pattern in entry.words)

    def rank(pattern: Pattern) -> tuple[bool, int, int]:
        return pattern.has_wildcard, uses[pattern] // _CROWD, -max(map(len, pattern.parts))

    words = {entry.words[0]: entry for entry in entries if len(entry.words) == 1}
    phrases = defaultdict(list)
    for entry in entries:
        if len(entry.words) > 1:
            parts = (part for pattern in entry.words for part in pattern.parts)
            phrases[min(entry.words, key=rank)].append(tuple(map(outline, filter(None, parts))))
    for pattern in words | phrases:
        yield pattern, Hung(words.get(pattern), tuple(phrases.get(pattern, ())))


def closed_up(entries: Iterable[Entry]) -> Iterator[tuple[Pattern, Hung]]:
    """The phrases as they look when only their letters are spelled out."""
    for phrase in entries:
        if len(phrase.words) > 1 and not any(pattern.has_wildcard for pattern in phrase.words):
            closed = pattern_of("".join(pattern.parts[0] for pattern in phrase.words))
            yield closed, Hung(phrase, ())


def may_stand(phrases: Iterable[Outlines], parts: Sequence[str], budget: Budget) -> bool:
    """Whether all the words of a phrase may be somewhere in a message: a glance, as at a piece."""
    message = outline("".join(RUN.findall(" ".join(parts))))
    for outlines in phrases:
        budget.spend(1)
        if all(each in message for each in outlines):
            return True
    return False


class PhraseTree:
    """All phrases of a list, as a tree of their words that is walked along a message."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        phrases = [entry for entry in entries if len(entry.words) > 1]
        number_of = {
            pattern: n for n, pattern in enumerate({w: 0 for e in phrases for w in e.words})
        }
        self._words = WordIndex(number_of.items())
        self._next: dict[tuple[int, int], int] = {}
        self._ends: dict[int, Entry] = {}
        for phrase in phrases:
            place = 0
            for pattern in phrase.words:
                place = self._next.setdefault((place, number_of[pattern]), len(self._next) + 1)
            self._ends.setdefault(place, phrase)

    def find(self, lines: Iterable[Sequence[str]], budget: Budget) -> Match | None:
        """The first phrase whose words follow each other in a line, each in any reading."""
        numbers_of = cache(lambda run: self._numbers_of(run, budget))
        for runs in lines:
            begun: list[tuple[int, int]] = []  # places in the tree, and where each began
            for at, run in enumerate(runs):
                numbers = numbers_of(run)
                begun.append((0, at))
                budget.spend(1 + len(begun) * len(numbers))
                steps = ((self._next.get((p, n)), start) for p, start in begun for n in numbers)
                begun = [(place, start) for place, start in steps if place]
                for place, start in begun:
                    if place in self._ends:
                        return Match.of(self._ends[place], " ".join(runs[start : at + 1]))
        return None

    def _numbers_of(self, run: str, budget: Budget) -> set[int]:
        near = self._words.near(outline(run), budget)
        return {number for number, _ in matching(near, run, budget)}
