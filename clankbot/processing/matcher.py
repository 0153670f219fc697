"""One compiled word list, and the search for its entries in a message.

A message is looked at piece by piece, a piece being what stands between blanks.  Chat repeats
itself, so pieces known to be harmless are remembered, and the usual message costs one comparison
of sets.  Pieces that matter only in company (single letters, and the words by which phrases are
found) are remembered as such, and send the message to a second, slower look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from clankbot.processing.folding import RUN, SEPARATORS, WORD, fold, without_words
from clankbot.processing.patterns import Pattern, pattern_of, shape_of
from clankbot.processing.readings import LETTER, readings
from clankbot.processing.word_index import WordIndex
from clankbot.processing.word_list import Entry, WordList

MOST_PIECES: Final = 16_384
"""Pieces remembered: more than a busy evening's vocabulary, and some 2 MB."""

_LONGEST_PIECE = 32  # characters of a piece to be remembered; longer ones are rarely said twice
_LONGEST_SHIELDED = 500  # characters of a piece searched for allowed words: a whole chat message
_FEWEST_SPELLED = 3  # single letters in a row that may spell a word
_CROWD = 16  # phrases found by one word; where there are more, another of their words is tried


@dataclass(frozen=True, slots=True)
class Match:
    """The entry that matched, as written in the list, and the reading in which it was found."""

    entry: str
    reading: str


class _Anchor(NamedTuple):
    """The word of an entry by which it is found: the only one, or one of a phrase."""

    entry: Entry
    place: int


class _Look(NamedTuple):
    """What a piece is: blocked by itself, or what it may add to a spelled-out word or a phrase."""

    match: Match | None
    letters: int
    holds_anchor: bool


_HARMLESS = _Look(None, 0, False)


class Matcher:
    """A word list compiled once, for use by any thread."""

    def __init__(self, word_list: WordList, most_pieces: int = MOST_PIECES) -> None:
        phrases = [entry for entry in word_list.entries if len(entry.words) > 1]
        self._allowed = word_list.allowed
        self._words = WordIndex(_anchored(word_list.entries))
        self._closed_up = WordIndex(_closed_up(phrases))
        self._most_pieces = most_pieces
        self._harmless: set[str] = set()
        self._notable: dict[str, _Look] = {}

    def match(self, text: str) -> Match | None:
        """The first entry found in the text, or None."""
        pieces = text.split()
        if self._harmless.issuperset(pieces):
            return None
        letters, holds_anchor = 0, False
        for piece in pieces:
            if piece not in self._harmless:
                look = self._notable.get(piece) or self._look_at(piece)
                if look.match:
                    return look.match
                letters += look.letters
                holds_anchor = holds_anchor or look.holds_anchor
        if letters < _FEWEST_SPELLED and not holds_anchor:
            return None
        parts = fold(text).split()
        return self._spelled_out(parts) or (self._phrase(parts) if holds_anchor else None)

    # --- one piece ---

    def _look_at(self, piece: str) -> _Look:
        """What a piece is that is not known yet; remembered where it is short."""
        folded = fold(piece).strip(SEPARATORS)
        is_plain = folded.isalpha() and len(folded) > 1  # nearly always, so it has a short way
        if is_plain and not self._words.find(folded):
            look = _HARMLESS
        else:
            look = self._look_closely(piece, folded)
        if len(piece) <= _LONGEST_PIECE:
            self._remember(piece, look)
        return look

    def _look_closely(self, piece: str, folded: str) -> _Look:
        found = list(self._found_in(folded))
        match = next(filter(None, found), None)
        if match and self._allowed and len(piece) <= _LONGEST_SHIELDED:
            others = self._found_in(fold(without_words(piece, self._allowed)))
            match = next(filter(None, others), None)
        return _Look(match, sum(map(_is_letter, folded.split())), None in found)

    def _remember(self, piece: str, look: _Look) -> None:
        if len(self._harmless) + len(self._notable) >= self._most_pieces:
            self._harmless.clear()
            self._notable.clear()
        if look == _HARMLESS:
            self._harmless.add(piece)
        else:
            self._notable[piece] = look

    def _found_in(self, folded: str) -> Iterator[Match | None]:
        """The entries that a folded piece holds; None for one that needs the words around it."""
        for segment in folded.replace("'", " ").split():
            runs, words = RUN.findall(segment), WORD.findall(segment)
            for run in dict.fromkeys(runs + words):
                yield from self._read(run, self._words.find)
            for parts in (runs, words) if runs != words else (runs,):
                if len(parts) > 1:
                    yield from self._split_word(parts)

    def _split_word(self, parts: list[str]) -> Iterator[Match | None]:
        """A word set apart by punctuation: compared as a whole, wildcards only if spelled out."""
        word = "".join(parts)
        if len(word) == len(parts):
            yield from self._spelled(word)
        elif LETTER.search(word):
            yield from self._read(word, self._words.find_written)

    def _spelled(self, word: str) -> Iterator[Match | None]:
        """A word whose letters stand alone, which may be a phrase without its blanks."""
        if LETTER.search(word):
            yield from self._read(word, self._words.find)
            yield from self._read(word, self._closed_up.find)

    def _read(self, run: str, find: Callable[[str], Iterable[_Anchor]]) -> Iterator[Match | None]:
        for reading in readings(run):
            for anchor in find(reading):
                is_all = len(anchor.entry.words) == 1
                yield Match(anchor.entry.text, reading) if is_all else None

    # --- pieces in company ---

    def _spelled_out(self, parts: list[str]) -> Match | None:
        """An entry whose letters stand one by one between blanks."""
        for letters in _letter_rows(parts):
            for start in range(3):  # "a" and "I" are words, too, and often stand before
                if start and letters[start - 1 : start] not in ("a", "i", "u"):
                    break
                if len(letters) - start >= _FEWEST_SPELLED:
                    for match in filter(None, self._spelled(letters[start:])):
                        return match
        return None

    def _phrase(self, parts: list[str]) -> Match | None:
        """A phrase, its words in order, each in any of its readings."""
        for tokens in dict.fromkeys(_sequences(parts)):
            spelled = [tuple(readings(token)) for token in tokens]
            for at, forms in enumerate(spelled):
                for form in forms:
                    for entry, place in self._words.find(form):
                        start, end = at - place, at - place + len(entry.words)
                        if len(entry.words) > 1 and _stands(entry.words, spelled, start, at):
                            return Match(entry.text, " ".join(tokens[start:end]))
        return None


def _anchored(entries: Sequence[Entry]) -> Iterator[tuple[Pattern, _Anchor]]:
    """Each entry hung on its most telling word: long, without wildcard, and not in every phrase."""
    uses = Counter(pattern for entry in entries for pattern in entry.words)

    def rank(pattern: Pattern) -> tuple[bool, int, int]:
        return pattern.has_wildcard, uses[pattern] // _CROWD, -max(map(len, pattern.parts))

    for entry in entries:
        anchor = min(entry.words, key=rank)
        yield anchor, _Anchor(entry, entry.words.index(anchor))


def _closed_up(phrases: Iterable[Entry]) -> Iterator[tuple[Pattern, _Anchor]]:
    """The phrases as they look when only their letters are spelled out."""
    for phrase in phrases:
        if not any(pattern.has_wildcard for pattern in phrase.words):
            closed = pattern_of("".join(pattern.parts[0] for pattern in phrase.words))
            yield closed, _Anchor(Entry(phrase.text, (closed,)), 0)


def _letter_rows(parts: Iterable[str]) -> Iterator[str]:
    """The letters that stand alone, joined where no longer part is between them."""
    row = ""
    for part in parts:
        signs = "".join(RUN.findall(part))
        if len(signs) == 1:
            row += signs
        elif signs:
            yield row
            row = ""
    yield row


def _is_letter(part: str) -> bool:
    return len("".join(RUN.findall(part))) == 1


def _sequences(parts: list[str]) -> Iterator[tuple[str, ...]]:
    """The words of a message: as such, with symbols for letters, and split ones put together."""
    yield tuple(word for part in parts for word in WORD.findall(part))
    yield tuple(run for part in parts for run in RUN.findall(part))
    segments = (segment for part in parts for segment in part.split("'"))
    joined = ("".join(RUN.findall(segment)) for segment in segments)
    yield tuple(word for word in joined if word)


def _stands(
    patterns: Sequence[Pattern], spelled: Sequence[Iterable[str]], start: int, anchor: int
) -> bool:
    """Whether the patterns match the words from ``start`` on; the one at ``anchor`` does."""
    if start < 0 or start + len(patterns) > len(spelled):
        return False
    return all(
        any(pattern.matches(shape_of(form)) for form in spelled[at])
        for at, pattern in enumerate(patterns, start)
        if at != anchor
    )
