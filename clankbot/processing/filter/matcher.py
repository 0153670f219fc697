"""One compiled word list, and the search for its entries in a message.

A message is judged piece by piece, a piece being what stands between blanks.  Chat repeats itself,
so pieces known to be harmless are remembered, and the usual message costs one comparison of sets.
Pieces that matter only beside others (single letters, and the anchors of phrases) are remembered
as such; a message with enough of them is searched as a whole.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from clankbot.processing.filter.folding import FOLDED, UNSPACED, fold, fold_each, without_words
from clankbot.processing.filter.patterns import Budget, TooCostly, letter_steps
from clankbot.processing.filter.phrases import PhraseTree, indexed
from clankbot.processing.filter.pictures import pictures_in
from clankbot.processing.filter.readings import (
    FEWEST_SPELLED,
    LONE,
    RunKind,
    letters_in,
    spelled_out,
    words_of,
)
from clankbot.processing.filter.word_index import Hit, IndexedEntry, WordIndex
from clankbot.processing.filter.word_list import Match, WordList

# Pieces remembered: the vocabulary of a busy evening; 2.5 MB, or twice that if it is flooded.
MOST_PIECES: Final = 20_000

# What a text is said to match that would take the filter too long.
TOO_COSTLY: Final = Match("(too costly to judge)", "")

_NOTABLE_SHARE = 4  # one in so many of them may be more than harmless; these take more memory
_PIECES_A_STEP = 4
_STEPS_OF_PIECES = 4  # judged together
_FEW_PIECES = 4  # of which one is an anchor: each is looked at
_LETTERS_SHIELDED_A_STEP = 4
_PICTURES_A_STEP = 8
_PARTS_A_STEP = 8  # made a word if they are lone letters
_NEW_CHARACTERS_A_STEP = 2
_LONGEST_PIECE = 64  # bytes of a text to be remembered; longer ones are rarely said twice
_SHORT_PIECE = _LONGEST_PIECE // 4  # characters, be they of four bytes


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
        # such as "a" and "I", that are in most messages: of which two spell nothing
        find = self._index.find
        self._letters = frozenset(
            each
            for each in string.ascii_letters
            if not any(find({fold(each): RunKind.WHOLE}, Budget(0)))
        )
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
        harmless = self._harmless
        if harmless.issuperset(pieces):
            is_known = True
        else:
            rest = [piece for piece in pieces if piece not in harmless]
            is_known = len(rest) < FEWEST_SPELLED and self._letters.issuperset(rest)
            is_known = is_known or self._notable.get(text) is _HARMLESS
        if is_known and not self._pictures:
            return None
        budget = Budget(len(text))
        try:
            if self._pictures and (match := self._find_pictures(text, budget)):
                return match
            if is_known:
                return None
            if "\0" in text:
                text = text.replace("\0", "")
                pieces = text.split(" ")
            return self._search(text, pieces, budget)
        except TooCostly:
            return TOO_COSTLY

    def _find_pictures(self, text: str, budget: Budget) -> Match | None:
        pictures = [] if text.isascii() else pictures_in(text)
        for size in self._rows_of_pictures:
            budget.spend(1 + len(pictures) // _PICTURES_A_STEP)
            for at in range(len(pictures) - size + 1):
                row = tuple(pictures[at : at + size])
                if row in self._pictures:
                    return Match.of(self._pictures[row], "".join(row))
        return None

    def _search(self, text: str, pieces: list[str], budget: Budget) -> Match | None:
        far: list[str] = []
        near: dict[str, None] = {}
        letters: dict[str, int] = {}
        anchors: list[IndexedEntry] = []
        lone = 0
        for piece in pieces:
            if piece in self._harmless:
                continue
            verdict = self._notable.get(piece)
            if not verdict:
                if piece.isascii() and self._index.is_far(piece):
                    far.append(piece)
                else:
                    near[piece] = None
                continue
            if verdict.match:
                return verdict.match
            letters[piece] = verdict.letters
            lone += verdict.letters
            anchors += verdict.anchors
        if far:
            self._remember(far)
            budget.spend(len(far) // _PIECES_A_STEP)
        folded: dict[str, str] = {}
        if near:
            folded = dict(zip(near, self._fold(near, budget), strict=True))
            match, more, found = self._judge(folded, budget)
            if match:
                return match
            letters |= more
            anchors += found
            lone += FEWEST_SPELLED * bool(more)
        may_spell = lone >= FEWEST_SPELLED and _may_be_row(pieces, letters)
        if not (may_spell or anchors):
            return None
        if others := [*{*pieces} - folded.keys()]:
            folded.update(zip(others, self._fold(others, budget), strict=True))
        parts = " ".join(map(folded.__getitem__, pieces)).split()
        lines = [parts]
        for line, words in spelled_out(parts) if may_spell else ():
            budget.spend(1 + len(parts) // _PARTS_A_STEP)
            hits: list[Hit] = []
            spelled = dict.fromkeys(words, RunKind.SPELLED)
            if match := _first_match(self._index.find(spelled, budget), hits):
                return match
            lines.append(line)
            anchors += _anchors(hits)
        match = self._phrases.find(lines, anchors, budget) if anchors else None
        if not match and len(pieces) > 1:
            self._note(text, _HARMLESS)
        return match

    def _fold(self, pieces: Iterable[str], budget: Budget) -> list[str]:
        known = len(FOLDED)
        folded = fold_each(pieces)
        letters = " ".join(folded)
        new = max(0, len(FOLDED) - known)
        budget.spend(1 + letter_steps(letters) + new // _NEW_CHARACTERS_A_STEP)
        return folded

    def _judge(
        self, folded: Mapping[str, str], budget: Budget
    ) -> tuple[Match | None, dict[str, int], tuple[IndexedEntry, ...]]:
        """What pieces are together that are not known yet; what each is alone is remembered."""
        pieces = [*folded]
        text = " ".join(folded.values())
        budget.spend(_STEPS_OF_PIECES)
        search = self._index.find(words_of(folded.values()), budget)
        hits: list[Hit] = []
        match = _first_match(search, hits)
        if match and self._allowed:
            written = " ".join(pieces)
            budget.spend(len(written) // _LETTERS_SHIELDED_A_STEP)
            shielded = fold(without_words(written, self._allowed, self._allowed_sizes))
            match = _first_match(self._index.find(words_of(shielded.split()), budget), [])
        anchors = () if match else _anchors([*hits, *search])
        letters = {}
        if LONE.search(text) or text.count(" ") >= len(pieces):
            budget.spend(len(pieces) // _PIECES_A_STEP)
            letters = {each: n for each in pieces if (n := letters_in(folded[each]))}
        if not (match or anchors):
            for each, count in letters.items():
                self._note(each, _Verdict(None, count, ()))
            self._remember([each for each in pieces if each not in letters])
        elif len(pieces) == 1:
            self._note(pieces[0], _Verdict(match, sum(letters.values()), anchors))
        elif not match and len(pieces) <= _FEW_PIECES:
            for each in pieces:
                self._judge({each: folded[each]}, budget)
        return match, letters, anchors

    def _remember(self, harmless: list[str]) -> None:
        self._harmless.update(
            [each for each in harmless if len(each) <= _SHORT_PIECE or _is_short(each)]
        )
        if len(self._harmless) > self._most_harmless:  # any half: the common ones come back
            self._harmless = {*[*self._harmless][: self._most_harmless // 2]}

    def _note(self, text: str, verdict: _Verdict) -> None:
        if not _is_short(text):
            return
        if len(self._notable) >= self._most_notable:
            self._notable.clear()
        self._notable[text] = verdict


def _may_be_row(pieces: list[str], letters: dict[str, int]) -> bool:
    """Whether enough pieces that are lone letters stand in a row, marks between them or not."""
    row = 0
    for piece in pieces:
        count = letters.get(piece)
        row = row + count if count else 0 if piece[:1].isalnum() else row
        if row >= FEWEST_SPELLED:
            return True
    return False


def _is_short(text: str) -> bool:
    """Whether a piece or message takes few bytes."""
    return len(text) <= (_LONGEST_PIECE if text.isascii() else _SHORT_PIECE)


def _first_match(search: Iterable[Hit], passed: list[Hit]) -> Match | None:
    """The first entry that is found; the hits up to it are noted as passed."""
    for hit in search:
        passed.append(hit)
        if hit.found.entry:
            return Match.of(hit.found.entry, hit.reading)
    return None


def _anchors(hits: Iterable[Hit]) -> tuple[IndexedEntry, ...]:
    return tuple(dict.fromkeys(hit.found for hit in hits if hit.found.phrases))
