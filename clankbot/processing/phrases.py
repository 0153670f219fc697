"""Phrases: the word by which each is found, and whether its words are in a message.

An entry of one word is a phrase of one word here, which is found as soon as that word is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from clankbot.processing.folding import RUN
from clankbot.processing.patterns import Pattern, pattern_of, shape_of
from clankbot.processing.readings import outline, readings
from clankbot.processing.word_list import Entry

_CROWD = 16  # phrases found by one word; where there are more, another of their words is tried


class Anchor(NamedTuple):
    """The word of an entry by which it is found: the only one, or one of a phrase."""

    entry: Entry
    place: int

    @property
    def is_all(self) -> bool:
        """Whether nothing else needs to be found."""
        return len(self.entry.words) == 1


def anchored(entries: Sequence[Entry]) -> Iterator[tuple[Pattern, Anchor]]:
    """Each entry hung on its most telling word: long, without wildcard, and not in every phrase."""
    uses = Counter(pattern for entry in entries for pattern in entry.words)

    def rank(pattern: Pattern) -> tuple[bool, int, int]:
        return pattern.has_wildcard, uses[pattern] // _CROWD, -max(map(len, pattern.parts))

    for entry in entries:
        anchor = min(entry.words, key=rank) if len(entry.words) > 1 else entry.words[0]
        yield anchor, Anchor(entry, entry.words.index(anchor))


def closed_up(entries: Iterable[Entry]) -> Iterator[tuple[Pattern, Anchor]]:
    """The phrases as they look when only their letters are spelled out."""
    for phrase in entries:
        if len(phrase.words) > 1 and not any(pattern.has_wildcard for pattern in phrase.words):
            closed = pattern_of("".join(pattern.parts[0] for pattern in phrase.words))
            yield closed, Anchor(Entry(phrase.text, (closed,)), 0)


def may_stand(phrases: Iterable[Entry], parts: list[str]) -> bool:
    """Whether all the words of a phrase may be somewhere in a message: a glance, as at a piece."""
    message = outline("".join(RUN.findall(" ".join(parts))))
    return any(
        all(outline(part) in message for pattern in phrase.words for part in pattern.parts)
        for phrase in phrases
    )


def is_meant(pattern: Pattern, run: str) -> bool:
    """Whether a run, in any reading, is the word of an entry."""
    return any(pattern.matches(shape_of(reading)) for reading in readings(run))
