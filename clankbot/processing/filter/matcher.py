"""One compiled word list, and the search for its entries in a message.

A message is judged piece by piece, a piece being what stands between blanks.  Chat repeats itself,
so pieces known to be harmless are remembered, and the usual message costs one comparison of sets.
Pieces that matter only beside others (single letters, and the anchors of phrases) are remembered
as such; a message with enough of them is searched as a whole.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from clankbot.processing.filter.folding import FOLDED, UNSPACED, fold, without_words
from clankbot.processing.filter.patterns import Budget, TooCostly, letter_steps
from clankbot.processing.filter.phrases import PhraseTree, indexed
from clankbot.processing.filter.pictures import pictures_in
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
_PIECES_A_STEP = 2  # that are far from all entries, or known
_STEPS_A_PIECE = 2  # judged
_LETTERS_SHIELDED_A_STEP = 4
_PICTURES_A_STEP = 8
_LONGEST_PIECE = 64  # bytes of a text to be remembered; longer ones are rarely said twice

# what was found, each with the reading
_Hits = list[tuple[IndexedEntry, str]]


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
        unspaced = filter(UNSPACED.match, self._allowed)
        self._allowed_sizes = sorted({*map(len, unspaced)}, reverse=True)
        self._pictures = {each.pictures: each for each in word_list.entries if each.pictures}
        self._rows_of_pictures = {*map(len, self._pictures)}
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
        has_pictures = self._pictures and not text.isascii()
        is_known = self._harmless.issuperset(pieces) or self._notable.get(text) is _HARMLESS
        if is_known and not has_pictures:
            return None
        budget = Budget(len(text))
        try:
            if has_pictures and (match := self._find_pictures(text, budget)):
                return match
            return None if is_known else self._search(text, pieces, budget)
        except TooCostly:
            return TOO_COSTLY

    def _find_pictures(self, text: str, budget: Budget) -> Match | None:
        pictures = pictures_in(text)
        for size in self._rows_of_pictures:
            budget.spend(1 + len(pictures) // _PICTURES_A_STEP)
            for at in range(len(pictures) - size + 1):
                row = tuple(pictures[at : at + size])
                if row in self._pictures:
                    return Match.of(self._pictures[row], "".join(row))
        return None

    def _search(self, text: str, pieces: list[str], budget: Budget) -> Match | None:
        far = []
        letters = 0
        anchors: list[IndexedEntry] = []
        for piece in pieces:
            if piece not in self._harmless:
                verdict = self._notable.get(piece)
                if not verdict:
                    if piece.isascii() and self._index.is_far(piece):
                        far.append(piece)
                        continue
                    verdict = self._judge(piece, budget)
                match, more, found = verdict
                if match:
                    return match
                letters += more
                anchors += found
        if far:
            self._remember(far)
            budget.spend(len(far) // _PIECES_A_STEP)
        may_spell = letters >= FEWEST_SPELLED and self._may_be_row(pieces)
        if not (may_spell or anchors):
            return None
        folded = fold(text)
        parts = folded.split()
        budget.spend(letter_steps(folded) + len(parts) // _PIECES_A_STEP)
        lines = [parts]
        for line, words in spelled_out(parts) if may_spell else ():
            budget.spend(len(parts) // _PIECES_A_STEP)
            hits = self._index.find(((word, RunKind.SPELLED) for word in words), budget)
            if match := _first_match(hits):
                return match
            lines.append(line)
            anchors += _anchors(hits)
        match = self._phrases.find(lines, anchors, budget) if anchors else None
        if not match and len(pieces) > 1 and _is_short(text):
            self._note(text, _HARMLESS)
        return match

    def _may_be_row(self, pieces: list[str]) -> bool:
        """Whether enough pieces that may be letters stand in a row, marks between them or not."""
        row = 0
        for piece in pieces:
            if piece not in self._harmless:
                verdict = self._notable.get(piece)
                row += verdict.letters if verdict else FEWEST_SPELLED  # not remembered
            elif piece[:1].isalnum():
                row = 0
            if row >= FEWEST_SPELLED:
                return True
        return False

    def _judge(self, piece: str, budget: Budget) -> _Verdict:
        """What a piece is that is not known yet."""
        known = len(FOLDED)
        folded = fold(piece)
        budget.spend(1 + letter_steps(folded) + max(0, len(FOLDED) - known))
        word = trimmed(folded.strip())
        is_tag = "#" in folded  # it may be a phrase without blanks
        verdict = _HARMLESS
        if is_tag or not (word in self._harmless or self._index.is_far(word)):
            budget.spend(_STEPS_A_PIECE)
            kind = RunKind.SPELLED if is_tag else RunKind.WHOLE
            hits = self._index.find(runs_of(word, kind), budget)
            # an odd blank within may divide letters
            letters = FEWEST_SPELLED if " " in word else bool(lone_letter(word))
            if letters == 1 and UNSPACED.match(word):
                letters = FEWEST_SPELLED - 1  # two of them are enough
            if hits or letters:
                match = _first_match(hits)
                if match and self._allowed:
                    budget.spend(len(piece) // _LETTERS_SHIELDED_A_STEP)
                    shielded = without_words(piece, self._allowed, self._allowed_sizes)
                    rest = trimmed(fold(shielded))
                    match = _first_match(self._index.find(runs_of(rest, kind), budget))
                verdict = _Verdict(match, letters, _anchors(hits))
        if verdict is _HARMLESS:
            self._remember([piece])
        elif _is_short(piece):
            self._note(piece, verdict)
        return verdict

    def _remember(self, harmless: list[str]) -> None:
        self._harmless.update(filter(_is_short, harmless))
        if len(self._harmless) > self._most_harmless:  # any half: the common ones come back
            self._harmless = {*[*self._harmless][: self._most_harmless // 2]}

    def _note(self, text: str, verdict: _Verdict) -> None:
        if len(self._notable) >= self._most_notable:
            self._notable.clear()
        self._notable[text] = verdict


def _is_short(text: str) -> bool:
    """Whether a piece or message takes few bytes."""
    return len(text) <= (_LONGEST_PIECE if text.isascii() else _LONGEST_PIECE // 4)


def _first_match(hits: _Hits) -> Match | None:
    return next((Match.of(found.entry, reading) for found, reading in hits if found.entry), None)


def _anchors(hits: _Hits) -> tuple[IndexedEntry, ...]:
    return tuple(dict.fromkeys(found for found, _ in hits if found.phrases))
