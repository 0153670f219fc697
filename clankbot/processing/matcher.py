"""One compiled word list, and the search for its entries in a message.

A message is looked at piece by piece, a piece being what stands between blanks.  Chat repeats
itself, so pieces known to be harmless are remembered, and the usual message costs one comparison
of sets.  Pieces that matter only in company (single letters, and the words by which phrases are
found) are remembered as such, and send the message to a second, slower look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final, NamedTuple

from clankbot.processing.folding import RUN, SEPARATORS, WORD, fold, without_words
from clankbot.processing.patterns import without_repeats
from clankbot.processing.phrases import Anchor, anchored, closed_up, is_meant, may_stand
from clankbot.processing.readings import (
    LETTER,
    letter_rows,
    outline,
    sequences,
    trimmed,
    versions,
)
from clankbot.processing.word_index import WordIndex, matching
from clankbot.processing.word_list import Entry, WordList

MOST_PIECES: Final = 20_000
"""Pieces remembered: the vocabulary of a busy evening; 2.5 MB, or 7 MB if somebody floods it."""

_LONGEST_PIECE = 64  # characters of a piece to be remembered; longer ones are rarely said twice
_LONGEST_SHIELDED = 500  # characters of a piece searched for allowed words: a whole chat message
_FEWEST_SPELLED = 3  # single letters in a row that may spell a word


@dataclass(frozen=True, slots=True)
class Match:
    """The entry that matched, as written in the list, and the reading in which it was found."""

    entry: str
    reading: str


_Hit = tuple[Anchor, str]  # with the reading


class _Look(NamedTuple):
    """What a piece is: blocked by itself, or what it may add to a spelled-out word or a phrase."""

    match: Match | None
    letters: int
    phrases: tuple[Entry, ...]


_HARMLESS = _Look(None, 0, ())


class Matcher:
    """A word list compiled once, for use by any thread."""

    def __init__(self, word_list: WordList, most_pieces: int = MOST_PIECES) -> None:
        self._allowed = word_list.allowed
        self._words = WordIndex(anchored(word_list.entries))
        self._closed_up = WordIndex(closed_up(word_list.entries))
        self._most_pieces = most_pieces
        self._harmless: set[str] = set()
        self._notable: dict[str, _Look] = {}

    @property
    def remembered(self) -> int:
        """How many pieces are remembered now."""
        return len(self._harmless) + len(self._notable)

    def match(self, text: str) -> Match | None:
        """The first entry found in the text, or None."""
        pieces = text.split()
        if self._harmless.issuperset(pieces):
            return None
        all_letters = 0
        phrases_at: dict[str, tuple[Entry, ...]] = {}
        for piece in pieces:
            if piece not in self._harmless:
                match, letters, phrases = self._notable.get(piece) or self._look_at(piece)
                if match:
                    return match
                all_letters += letters
                if phrases:
                    phrases_at[piece] = phrases
        match = None
        if all_letters >= _FEWEST_SPELLED:
            match = self._spelled_out(fold(text).split())
        if phrases_at and not match:
            match = self._phrase(fold(text).split(), phrases_at.values())
        return match

    # --- one piece ---

    def _look_at(self, piece: str) -> _Look:
        """What a piece is that is not known yet; remembered where it is short."""
        folded = trimmed(fold(piece))
        is_harmless = folded in self._harmless or not self._may_matter(folded)
        look = _HARMLESS if is_harmless else self._look_closely(piece, folded)
        if len(piece) <= _LONGEST_PIECE:
            self._remember(piece, look)
        return look

    def _may_matter(self, folded: str) -> bool:
        """A glance: False is certain, and is the answer for nearly every piece."""
        if len(folded) < 2 or " " in folded:
            return True
        if folded.isalpha():
            return bool(self._words.near(outline(folded)))
        return any(
            version not in self._harmless and self._is_near(WORD.findall(outline(version)))
            for segment in folded.split("'")
            for version in versions(segment)
        )

    def _is_near(self, keys: list[str]) -> bool:
        """Whether a run of these outlines, or all of them as one split word, may be an entry."""
        if any(map(self._words.near, keys)):
            return True
        joined = without_repeats("".join(keys))
        is_spelled = 1 < len(keys) >= len(joined)
        return is_spelled or bool(self._words.near_written(joined))

    def _look_closely(self, piece: str, folded: str) -> _Look:
        hits = self._hits(folded)
        match = _first_match(hits)
        if match and self._allowed and len(piece) <= _LONGEST_SHIELDED:
            rest = without_words(piece, self._allowed)
            match = _first_match(self._hits(trimmed(fold(rest))))
        letters = sum(len(part.strip(SEPARATORS)) == 1 for part in folded.split())
        phrases = tuple({anchor.entry: None for anchor, _ in hits if not anchor.is_all})
        return _Look(match, letters, phrases) if hits or letters else _HARMLESS

    def _hits(self, folded: str) -> list[_Hit]:
        """The entries, or anchors of entries, that a folded piece holds."""
        hits: list[_Hit] = []
        for segment in dict.fromkeys(folded.replace("'", " ").split()):
            for version in versions(segment):
                runs = RUN.findall(version)
                for run in dict.fromkeys(runs):
                    hits += matching(self._words.near(outline(run)), run)
                if len(runs) > 1:
                    hits += self._split_word(runs)
        return hits

    def _split_word(self, parts: Sequence[str]) -> list[_Hit]:
        """A word set apart, compared as a whole.

        Only where it is spelled out letter by letter, wildcards count, and phrases without blanks.
        """
        word = "".join(parts)
        if not LETTER.search(word):
            return []
        key = outline(word)
        if len(word) > len(parts):
            return matching(self._words.near_written(key), word)
        return matching(self._words.near(key) + self._closed_up.near(key), word)

    def _remember(self, piece: str, look: _Look) -> None:
        if look is not _HARMLESS:
            if len(self._notable) >= self._most_pieces:
                self._notable.clear()
            self._notable[piece] = look
            return
        if len(self._harmless) >= self._most_pieces:  # forget any half: the common ones come back
            self._harmless = set(list(self._harmless)[::2])
        self._harmless.add(piece)

    # --- pieces in company ---

    def _spelled_out(self, parts: list[str]) -> Match | None:
        """An entry whose letters stand one by one between blanks."""
        for row in letter_rows(parts):
            for start in range(3):  # "a" and "I" are words, too, and often stand before
                if start and row[start - 1 : start] not in ("a", "i", "u"):
                    break
                if len(row) - start >= _FEWEST_SPELLED:
                    for letters in versions(row[start:]):
                        if match := _first_match(self._split_word(letters)):
                            return match
        return None

    def _phrase(self, parts: list[str], phrases: Iterable[tuple[Entry, ...]]) -> Match | None:
        """One of the phrases, its words in order, each in any of its readings."""
        if not may_stand(chain.from_iterable(phrases), parts):
            return None
        anchors_of, is_word = cache(self._anchors_of), cache(is_meant)
        for runs in dict.fromkeys(sequences(parts)):
            for at, run in enumerate(runs):
                for entry, place in anchors_of(run):
                    start = at - place
                    words = runs[max(start, 0) : start + len(entry.words)]
                    if len(words) == len(entry.words) and all(map(is_word, entry.words, words)):
                        return Match(entry.text, " ".join(words)[:_LONGEST_PIECE])
        return None

    def _anchors_of(self, run: str) -> list[Anchor]:
        """The phrases that may be found around a run."""
        hits = matching(self._words.near(outline(run)), run)
        return [anchor for anchor, _ in hits if not anchor.is_all]


def _first_match(hits: Iterable[_Hit]) -> Match | None:
    for anchor, reading in hits:
        if anchor.is_all:
            return Match(anchor.entry.text, reading[:_LONGEST_PIECE])
    return None
