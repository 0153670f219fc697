"""One compiled word list, and the search for its entries in a message.

A message is looked at piece by piece, a piece being what stands between blanks.  Chat repeats
itself, so pieces known to be harmless are remembered, and the usual message costs one comparison
of sets.  Pieces that matter only in company (single letters, and the words by which phrases are
suspected) are remembered as such, and send the message to a second, slower look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from clankbot.processing.filter.budget import Budget, TooCostly
from clankbot.processing.filter.folding import RUN, SEPARATORS, WORD, fold, without_words
from clankbot.processing.filter.patterns import without_repeats
from clankbot.processing.filter.phrases import Hung, PhraseTree, closed_up, hung, may_stand
from clankbot.processing.filter.readings import (
    FEWEST_SPELLED,
    LETTER,
    MARKS,
    lone_letter,
    outline,
    segments,
    sequences,
    spelled_out,
    trimmed,
    versions,
)
from clankbot.processing.filter.word_index import WordIndex, matching
from clankbot.processing.filter.word_list import Match, WordList

MOST_PIECES: Final = 20_000
"""Pieces remembered: the vocabulary of a busy evening; 2.5 MB, or twice that if it is flooded."""

_NOTABLE_SHARE = 8  # one in so many of them may matter in company; these take more memory
_LONGEST_PIECE = 64  # characters of a piece to be remembered; longer ones are rarely said twice
_LONGEST_FOREIGN_PIECE = 16  # the same if they take up to four bytes each
_LONGEST_SHIELDED = 500  # characters of a piece searched for allowed words: a whole chat message


TOO_COSTLY: Final = Match("(too costly to judge)", "")
"""What a text is said to match that would take the filter too long."""

_Hit = tuple[Hung, str]  # with the reading


class _Look(NamedTuple):
    """What a piece is: blocked by itself, or what it may add to a spelled-out word or a phrase."""

    match: Match | None
    letters: int
    hung: tuple[Hung, ...]


_HARMLESS = _Look(None, 0, ())
_LETTER = _Look(None, 1, ())


class Matcher:
    """A word list compiled once, for use by any thread."""

    def __init__(self, word_list: WordList, most_pieces: int = MOST_PIECES) -> None:
        self._allowed = word_list.allowed
        self._words = WordIndex(hung(word_list.entries))
        self._closed_up = WordIndex(closed_up(word_list.entries))
        self._phrases = PhraseTree(word_list.entries)
        self._most_notable = most_pieces // _NOTABLE_SHARE
        self._most_harmless = most_pieces - 2 * self._most_notable
        self._harmless: set[str] = set()
        self._notable: dict[str, _Look] = {}
        self._letters: set[str] = set()  # those of the notable that are one letter and no more
        self._harmless_lines: set[str] = set()  # short messages of notable pieces: ":D :D :D"

    @property
    def remembered(self) -> int:
        """How many pieces and messages are remembered now."""
        return len(self._harmless) + len(self._notable) + len(self._harmless_lines)

    def match(self, text: str) -> Match | None:
        """The first entry found in the text, or None."""
        pieces = text.split(" ")
        harmless = self._harmless
        if harmless.issuperset(pieces):
            return None
        rest = [piece for piece in pieces if piece not in harmless]
        if len(rest) < FEWEST_SPELLED and self._letters.issuperset(rest):  # "a" and "I"
            return None
        if text in self._harmless_lines:
            return None
        try:
            return self._search(text, rest)
        except TooCostly:
            return TOO_COSTLY

    def _search(self, text: str, pieces: Iterable[str]) -> Match | None:
        """As ``match``, of a text of which these pieces are not known to be harmless."""
        budget = None
        letters = 0
        suspected: dict[Hung, None] = {}
        for piece in pieces:
            look = self._notable.get(piece)
            if look is None:
                if self._is_plain(piece):
                    continue
                budget = budget or Budget(len(text))
                look = self._look_at(piece, budget)
            match, lone, hung = look
            if match:
                return match
            letters += lone
            if hung:
                suspected |= dict.fromkeys(hung)
        may_spell = letters >= FEWEST_SPELLED and self._may_be_row(text.split(" "))
        if not (may_spell or suspected):
            return None
        budget = budget or Budget(len(text))
        match = self._in_company(fold(text).split(), may_spell, suspected, budget)
        if not match and _is_short(text):
            if len(self._harmless_lines) >= self._most_notable:
                self._harmless_lines.clear()
            self._harmless_lines.add(text)
        return match

    def _may_be_row(self, pieces: Iterable[str]) -> bool:
        """Whether enough pieces that may be letters stand in a row, marks between them or not."""
        row = 0
        for piece in pieces:
            if piece not in self._harmless:
                look = self._notable.get(piece)
                row += look.letters if look else FEWEST_SPELLED  # too long to be remembered
            elif piece[:1].isalnum():
                row = 0
            if row >= FEWEST_SPELLED:
                return True
        return False

    # --- one piece ---

    def _is_plain(self, piece: str) -> bool:
        """Whether a piece is a word like none of the list, by a glance that is enough for most.

        It is remembered then.  False says nothing.
        """
        if not piece.isascii() or len(piece) > _LONGEST_PIECE:
            return False
        word = piece.lower()
        if not word.isalpha():
            word = word.lstrip(SEPARATORS).rstrip(MARKS)
        if word.isalpha():
            if word not in self._harmless and not self._is_far_word(word):
                return False
        elif word[:1] != "@" or "!" in piece or not self._is_far_name(word):
            return False
        if "#" in piece:  # a tag may be a phrase without blanks
            return False
        self._remember(piece, _HARMLESS)
        return True

    def _is_far_word(self, word: str) -> bool:
        may_be_letter = word[0] == word[-1] and len(outline(word)) == 1
        return not may_be_letter and self._words.is_far(word)

    def _is_far_name(self, mention: str) -> bool:
        """The same of ``@some_name_12``: its parts, and all together, with the @ as an a or not."""
        name = mention[1:]
        if not name.replace("_", "").isalnum():
            return False
        parts = name.split("_")
        joined = "".join(parts)
        keys = {*map(outline, {joined, f"a{joined}", *parts, f"a{parts[0]}"})}
        return min(map(len, keys)) > 1 and all(map(self._words.is_far_outline, keys))

    def _look_at(self, piece: str, budget: Budget) -> _Look:
        """What a piece is that is not known yet; remembered where it is short."""
        folded = fold(piece)
        word = trimmed(folded)
        is_harmless = word in self._harmless or not self._may_matter(word, budget)
        if is_harmless and "#" not in folded:
            look = _HARMLESS
        else:
            look = self._look_closely(piece, folded, budget)
        if _is_short(piece):
            self._remember(piece, look)
        return look

    def _may_matter(self, word: str, budget: Budget) -> bool:
        """A glance: False is certain, and is the answer for nearly every piece."""
        if word.isalpha():
            key = outline(word)
            return len(key) == 1 or self._has_near(key, budget)
        if " " in word:
            return True
        return any(
            version not in self._harmless and self._is_near(WORD.findall(outline(version)), budget)
            for segment in segments(word)
            for version in versions(segment)
        )

    def _is_near(self, keys: list[str], budget: Budget) -> bool:
        """Whether a run of these outlines, or all as one split word, may be a letter or entry."""
        if len(keys) == 1 == len(keys[0]) or any(self._has_near(key, budget) for key in keys):
            return True
        if len(keys) < 2:
            return False
        joined = without_repeats("".join(keys))
        return len(keys) >= len(joined) or self._has_near(joined, budget)

    def _has_near(self, key: str, budget: Budget) -> bool:
        return not self._words.is_far_outline(key) and bool(self._words.near(key, budget))

    def _look_closely(self, piece: str, folded: str, budget: Budget) -> _Look:
        hits = self._hits(folded, budget)
        match = _first_match(hits)
        if match and self._allowed and len(piece) <= _LONGEST_SHIELDED:
            rest = fold(without_words(piece, self._allowed))
            match = _first_match(self._hits(rest, budget))
        letters = sum(bool(lone_letter(part)) for part in folded.split())
        if hits:
            return _Look(match, letters, _suspicions(hits))
        return _Look(None, letters, ()) if letters else _HARMLESS

    def _hits(self, folded: str, budget: Budget) -> list[_Hit]:
        """What of the list a folded piece holds."""
        hits: list[_Hit] = []
        is_tag = "#" in folded
        seen: set[str] = set()
        for segment in segments(trimmed(folded)):
            for version in versions(segment):
                runs = RUN.findall(version)
                for run in dict.fromkeys(run for run in runs if run not in seen):
                    key = outline(run)
                    hits += matching(self._words.near(key, budget), run, budget)
                    if is_tag:
                        hits += matching(self._closed_up.near(key, budget), run, budget)
                seen.update(runs)
                if len(runs) > 1:
                    hits += self._split_word(runs, budget)
        return hits

    def _split_word(self, parts: Sequence[str], budget: Budget) -> list[_Hit]:
        """A word set apart, compared as a whole; what a wildcard of it takes ends at no joint."""
        word = "".join(parts)
        if len(word) == len(parts):
            return self._spelled_word(word, budget)
        if not LETTER.search(word):
            return []
        near = self._words.near(outline(word), budget)
        flush = tuple((each, found) for pattern, found in near for each in pattern.flush())
        return matching(flush, word, budget)

    def _spelled_word(self, word: str, budget: Budget) -> list[_Hit]:
        """A word that is spelled out letter by letter: wildcards count, and phrases."""
        if not LETTER.search(word):
            return []
        key = outline(word)
        near = self._words.near(key, budget) + self._closed_up.near(key, budget)
        return matching(near, word, budget)

    def _remember(self, piece: str, look: _Look) -> None:
        if look is _HARMLESS:
            if len(self._harmless) >= self._most_harmless:  # any half: the common ones come back
                self._harmless = set(list(self._harmless)[::2])
            self._harmless.add(piece)
            return
        if len(self._notable) >= self._most_notable:
            self._notable.clear()
            self._letters.clear()
        self._notable[piece] = look
        if look == _LETTER:
            self._letters.add(piece)

    # --- pieces in company ---

    def _in_company(
        self, parts: list[str], may_spell: bool, suspected: dict[Hung, None], budget: Budget
    ) -> Match | None:
        """An entry that several pieces are together: letters that spell it, or its words."""
        lines = {tuple(parts): None}
        for together, words in spelled_out(parts) if may_spell else ():
            hits = [hit for word in words for hit in self._spelled_hits(word, budget)]
            if match := _first_match(hits):
                return match
            lines[tuple(together)] = None
            suspected |= dict.fromkeys(_suspicions(hits))
        phrases = [phrase for found in suspected for phrase in found.phrases]
        if not phrases:
            return None
        likely = (line for line in lines if may_stand(phrases, line, budget))
        runs = dict.fromkeys(chain.from_iterable(map(sequences, likely)))
        return self._phrases.find(runs, budget)

    def _spelled_hits(self, letters: str, budget: Budget) -> Iterator[_Hit]:
        """What of the list lone letters spell, with symbols among them or not."""
        for version in versions(letters):
            yield from self._spelled_word("".join(RUN.findall(version)), budget)


def _is_short(piece: str) -> bool:
    """Whether a piece is worth remembering, and takes few bytes."""
    return len(piece) <= (_LONGEST_PIECE if piece.isascii() else _LONGEST_FOREIGN_PIECE)


def _first_match(hits: Iterable[_Hit]) -> Match | None:
    for found, reading in hits:
        if found.entry:
            return Match.of(found.entry, reading)
    return None


def _suspicions(hits: Iterable[_Hit]) -> tuple[Hung, ...]:
    return tuple(dict.fromkeys(found for found, _ in hits if found.phrases))
