"""One compiled word list, and the search for its entries in a message.

A message is looked at piece by piece, a piece being what stands between blanks.  Chat repeats
itself, so pieces known to be harmless are remembered, and the usual message costs one comparison
of sets.  Pieces that matter only in company (single letters, and the words by which phrases are
found) are remembered as such, and send the message to a second, slower look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from clankbot.processing.folding import RUN, WORD, fold, without_controls, without_words
from clankbot.processing.patterns import without_repeats
from clankbot.processing.phrases import Anchor, anchored, closed_up, is_meant, may_stand
from clankbot.processing.readings import (
    FEWEST_SPELLED,
    LETTER,
    lone_letter,
    outline,
    segments,
    sequences,
    spelled_out,
    trimmed,
    versions,
)
from clankbot.processing.word_index import WordIndex, matching
from clankbot.processing.word_list import Entry, WordList

MOST_PIECES: Final = 20_000
"""Pieces remembered: the vocabulary of a busy evening; 2.5 MB, or 7 MB if somebody floods it."""

_LONGEST_PIECE = 64  # characters of a piece to be remembered; longer ones are rarely said twice
_LONGEST_SHIELDED = 500  # characters of a piece searched for allowed words: a whole chat message


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
        if not text.isprintable():
            text = without_controls(text)
        pieces = text.split()
        if self._harmless.issuperset(pieces):
            return None
        letters = 0
        phrases: dict[Entry, None] = {}
        for piece in pieces:
            if piece not in self._harmless:
                look = self._notable.get(piece) or self._look_at(piece)
                if look.match:
                    return look.match
                letters += look.letters
                phrases |= dict.fromkeys(look.phrases)
        if letters < FEWEST_SPELLED and not phrases:
            return None
        return self._in_company(fold(text).split(), phrases)

    # --- one piece ---

    def _look_at(self, piece: str) -> _Look:
        """What a piece is that is not known yet; remembered where it is short."""
        folded = fold(piece)
        word = trimmed(folded)
        is_harmless = "#" not in folded and (word in self._harmless or not self._may_matter(word))
        look = _HARMLESS if is_harmless else self._look_closely(piece, folded)
        if len(piece) <= _LONGEST_PIECE:
            self._remember(piece, look)
        return look

    def _may_matter(self, word: str) -> bool:
        """A glance: False is certain, and is the answer for nearly every piece."""
        if len(word) < 2 or " " in word:
            return True
        if word.isalpha():
            key = outline(word)
            return len(key) == 1 or bool(self._words.near(key))
        return bool(lone_letter(word)) or any(
            version not in self._harmless and self._is_near(WORD.findall(outline(version)))
            for segment in segments(word)
            for version in versions(segment)
        )

    def _is_near(self, keys: list[str]) -> bool:
        """Whether a run of these outlines, or all of them as one split word, may be an entry."""
        if any(map(self._words.near, keys)):
            return True
        joined = without_repeats("".join(keys))
        is_spelled = 1 < len(keys) >= len(joined)
        return is_spelled or bool(self._words.near(joined))

    def _look_closely(self, piece: str, folded: str) -> _Look:
        hits = self._hits(folded)
        match = _first_match(hits)
        if match and self._allowed and len(piece) <= _LONGEST_SHIELDED:
            match = _first_match(self._hits(fold(without_words(piece, self._allowed))))
        letters = sum(bool(lone_letter(part)) for part in folded.split())
        return _Look(match, letters, _phrases(hits)) if hits or letters else _HARMLESS

    def _hits(self, folded: str) -> list[_Hit]:
        """The entries, or anchors of entries, that a folded piece holds."""
        hits: list[_Hit] = []
        is_tag = "#" in folded
        for segment in segments(trimmed(folded)):
            for version in versions(segment):
                runs = RUN.findall(version)
                for run in dict.fromkeys(runs):
                    key = outline(run)
                    hits += matching(self._words.near(key), run)
                    if is_tag:
                        hits += matching(self._closed_up.near(key), run)
                if len(runs) > 1:
                    hits += self._split_word(runs)
        return hits

    def _split_word(self, parts: Sequence[str]) -> list[_Hit]:
        """A word set apart, compared as a whole: what a wildcard of it takes ends at no joint."""
        word = "".join(parts)
        if len(word) == len(parts):
            return self._spelled_word(word)
        if not LETTER.search(word):
            return []
        near = self._words.near(outline(word))
        return matching(
            tuple((flush, anchor) for pattern, anchor in near for flush in pattern.flush()), word
        )

    def _spelled_word(self, word: str) -> list[_Hit]:
        """A word that is spelled out letter by letter: wildcards count, and phrases."""
        if not LETTER.search(word):
            return []
        key = outline(word)
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

    def _in_company(self, parts: list[str], phrases: dict[Entry, None]) -> Match | None:
        """An entry that several pieces are together: letters that spell it, or its words."""
        lines = [parts]
        for together, words in spelled_out(parts):
            hits = [hit for word in words for hit in self._spelled_hits(word)]
            if match := _first_match(hits):
                return match
            if words:
                lines.append(together)
                phrases |= dict.fromkeys(_phrases(hits))
        if not phrases:
            return None
        return next(filter(None, (self._phrase(line, phrases) for line in lines)), None)

    def _spelled_hits(self, letters: str) -> Iterator[_Hit]:
        """The entries, or anchors, that lone letters spell, with symbols among them or not."""
        for version in versions(letters):
            yield from self._spelled_word("".join(RUN.findall(version)))

    def _phrase(self, parts: list[str], phrases: Iterable[Entry]) -> Match | None:
        """One of the phrases, its words in order, each in any of its readings."""
        if not may_stand(phrases, parts):
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


def _phrases(hits: Iterable[_Hit]) -> tuple[Entry, ...]:
    return tuple({anchor.entry: None for anchor, _ in hits if not anchor.is_all})
