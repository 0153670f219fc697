"""One compiled word list, and the search for its entries in a message.

A message is judged piece by piece, a piece being what stands between blanks.  Chat repeats itself,
so pieces known to be harmless are remembered, and the usual message costs one comparison of sets.
Pieces that matter only beside others (single letters, and the anchors of phrases) are remembered
as such; a message with enough of them is searched as a whole.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from clankbot.processing.filter.folding import fold, without_words
from clankbot.processing.filter.patterns import Budget, TooCostly
from clankbot.processing.filter.phrases import PhraseTree, indexed
from clankbot.processing.filter.readings import (
    FEWEST_SPELLED,
    RunKind,
    lone_letter,
    runs_of,
    spelled_out,
    trimmed,
)
from clankbot.processing.filter.word_index import IndexedEntry, WordIndex
from clankbot.processing.filter.word_list import Match, WordList

# Pieces remembered: the vocabulary of a busy evening; 2.5 MB, or twice that if it is flooded.
MOST_PIECES: Final = 20_000

# What a text is said to match that would take the filter too long.
TOO_COSTLY: Final = Match("(too costly to judge)", "")

_NOTABLE_SHARE = 4  # one in so many of them may be more than harmless; these take more memory
_LONGEST_PIECE = 64  # bytes of a text to be remembered; longer ones are rarely said twice

_Hits = list[tuple[IndexedEntry, str]]  # with the reading


class _Verdict(NamedTuple):
    """What a piece is: blocked by itself, or what it may add to a spelled-out word or a phrase."""

    match: Match | None
    letters: int
    anchors: tuple[IndexedEntry, ...]


_HARMLESS = _Verdict(None, 0, ())


class Matcher:
    """A word list compiled once, for use by any thread."""

    def __init__(self, word_list: WordList, most_pieces: int = MOST_PIECES) -> None:
        self._allowed = word_list.allowed
        self._index = WordIndex(indexed(word_list.entries))
        self._phrases = PhraseTree(word_list.entries)
        self._most_notable = most_pieces // _NOTABLE_SHARE
        self._most_harmless = most_pieces - self._most_notable
        self._harmless: set[str] = set()
        # other pieces; and whole messages of such that are harmless together: ":D :D :D"
        self._notable: dict[str, _Verdict] = {}

    @property
    def remembered(self) -> int:
        """How many pieces and messages are remembered now."""
        return len(self._harmless) + len(self._notable)

    def match(self, text: str) -> Match | None:
        """The first entry found in the text, or None."""
        pieces = text.split(" ")
        if self._harmless.issuperset(pieces) or self._notable.get(text) is _HARMLESS:
            return None
        try:
            return self._search(text, pieces, Budget(len(text)))
        except TooCostly:
            return TOO_COSTLY

    def _search(self, text: str, pieces: list[str], budget: Budget) -> Match | None:
        letters = 0
        anchors: list[IndexedEntry] = []
        for piece in pieces:
            if piece not in self._harmless:
                match, more, found = self._notable.get(piece) or self._judge(piece, budget)
                if match:
                    return match
                letters += more
                anchors += found
        may_spell = letters >= FEWEST_SPELLED and self._may_be_row(pieces)
        if not (may_spell or anchors):
            return None
        parts = fold(text).split()
        lines = [parts]
        for line, words in spelled_out(parts) if may_spell else ():
            hits = [
                hit for word in words for hit in self._index.find(word, RunKind.SPELLED, budget)
            ]
            if match := _first_match(hits):
                return match
            lines.append(line)
            anchors += _anchors(hits)
        match = self._phrases.find(lines, anchors, budget) if anchors else None
        if not match and len(pieces) > 1:
            self._remember(text, _HARMLESS)
        return match

    def _may_be_row(self, pieces: list[str]) -> bool:
        """Whether enough pieces that may be letters stand in a row, marks between them or not."""
        row = 0
        for piece in pieces:
            if piece not in self._harmless:
                verdict = self._notable.get(piece)
                row += verdict.letters if verdict else FEWEST_SPELLED  # too long to be remembered
            elif piece[:1].isalnum():
                row = 0
            if row >= FEWEST_SPELLED:
                return True
        return False

    def _judge(self, piece: str, budget: Budget) -> _Verdict:
        """What a piece is that is not known yet."""
        folded = fold(piece)
        word = trimmed(folded.strip())
        is_tag = "#" in folded  # it may be a phrase without blanks
        verdict = _HARMLESS
        if is_tag or word not in self._harmless:
            hits = self._hits(word, is_tag, budget)
            # an odd blank within may divide letters
            letters = FEWEST_SPELLED if " " in word else bool(lone_letter(word))
            if hits or letters:
                match = _first_match(hits)
                if match and self._allowed:
                    rest = trimmed(fold(without_words(piece, self._allowed)))
                    match = _first_match(self._hits(rest, is_tag, budget))
                verdict = _Verdict(match, letters, _anchors(hits))
        self._remember(piece, verdict)
        return verdict

    def _hits(self, word: str, is_tag: bool, budget: Budget) -> _Hits:
        """What of the list a trimmed piece holds."""
        kind = RunKind.SPELLED if is_tag else RunKind.WHOLE
        if word.isalpha():  # nearly always
            return self._index.find(word, kind, budget)
        return [hit for run in runs_of(word, kind) for hit in self._index.find(*run, budget)]

    def _remember(self, text: str, verdict: _Verdict) -> None:
        """Remember a piece or message, if it takes few bytes."""
        if len(text) > (_LONGEST_PIECE if text.isascii() else _LONGEST_PIECE // 4):
            return
        if verdict is _HARMLESS and " " not in text:
            if len(self._harmless) >= self._most_harmless:  # any half: the common ones come back
                self._harmless = set(list(self._harmless)[::2])
            self._harmless.add(text)
        else:
            if len(self._notable) >= self._most_notable:
                self._notable.clear()
            self._notable[text] = verdict


def _first_match(hits: _Hits) -> Match | None:
    return next((Match.of(found.entry, reading) for found, reading in hits if found.entry), None)


def _anchors(hits: _Hits) -> tuple[IndexedEntry, ...]:
    return tuple(dict.fromkeys(found for found, _ in hits if found.phrases))
