"""What a piece of a message may be read as: symbols as letters or as mere marks, digits as letters.

Readings are tried one by one against the list; a message never becomes one long normal form, in
which words would appear that nobody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Final

from clankbot.processing.filter.folding import RUN, SEPARATORS
from clankbot.processing.filter.patterns import without_repeats

LETTER: Final = re.compile(r"[^\d@$!|]")
"""A letter among the characters of a run; digits without one are just numbers."""

MARKS: Final = SEPARATORS + "!"
"""What may stand behind a word without being a part of it."""

FEWEST_SPELLED: Final = 3
"""Lone letters in a row that may spell a word."""

_SYMBOL = re.compile(r"[@$!|]")
_OF_RUN = RUN.pattern.removesuffix("+")
_MARKS_BEHIND = re.compile(rf"(?<![!|])[!|]++(?!{_OF_RUN})")
_MARKS_BEFORE = re.compile(rf"(?<!{_OF_RUN})[!|]+")
_SIGNS_BEFORE = re.compile(rf"(?<!{_OF_RUN})[@$]+")
_SHOUTED = re.compile(r"!1[!1]*(?!\w)")  # the key beside the one that was meant
_LEET = re.compile(r"[0134578@$!|]")
_LETTERS = str.maketrans("034578@$", "oeastbas")
_I_OR_L = re.compile(r"[1!|]")
_OUTLINE = "".join(map(chr, range(128))).translate(_LETTERS | str.maketrans("l1!|", "iiii"))
_QUANTITY = re.compile(  # 5am, 1st, 100k: no digit of these is meant as a letter
    r"\d+(?:[a-z]|[ap]m|st|nd|rd|th|sec|min|hrs|fps|[kmgt]b|[hk]z|[km]s|[ckm]m|kg|px|[hx]p)"
)
_MOST_I_OR_L = 4  # in one run: sixteen readings
_WORDS_OF_ONE_LETTER = ("a", "i", "u")
_MOST_BEFORE = 2  # of these


def trimmed(folded: str) -> str:
    """A folded piece without the punctuation around it.

    Exclamation marks are punctuation after a word (``he!!``, ``Ana!``), else they may be letters.
    """
    if folded.isalpha():  # nearly always
        return folded
    bare = folded.strip(SEPARATORS)
    word = bare.rstrip(MARKS)
    return word if len(word) > 1 and word[-2:].isalpha() else bare


def segments(folded: str) -> list[str]:
    """What an apostrophe sets apart: ``she'd`` is no "shed".  Between lone letters it is a mark."""
    parts = folded.replace("'", " ").split()
    if len(parts) >= FEWEST_SPELLED and all(map(lone_letter, parts)):
        return [".".join(parts)]
    return parts


def versions(folded: str) -> Iterable[str]:
    """A folded text with its symbols as they are, off the ends of runs, and as punctuation.

    For ``ham!`` may be ``ham``, ``!diot!`` may be ``!diot``, and ``ham|ham`` two words.
    """
    if not _SYMBOL.search(folded):
        return (folded,)
    if not _SYMBOL.search(folded.strip("@$!|")):  # such as a mention
        bare = folded.rstrip("!|").lstrip("!|")
        return dict.fromkeys((folded, folded.rstrip("!|"), bare, bare.lstrip("@$")))
    shorter = _MARKS_BEHIND.sub("", folded)
    bare = _MARKS_BEFORE.sub("", shorter)
    return dict.fromkeys(
        (folded, shorter, bare, _SIGNS_BEFORE.sub("", bare), _without_symbols(folded))
    )


def _without_symbols(folded: str) -> str:
    return _SYMBOL.sub(".", _SHOUTED.sub(".", folded)).strip(SEPARATORS)


def lone_letter(part: str) -> str | None:
    """The letter that a part of a folded message is, be it repeated or shouted (``s!!``).

    Empty for a part of punctuation, None for a word.  A symbol alone may be a letter.
    """
    letter = part if part.isalpha() else _without_symbols(part)
    if len(letter) > 1 and (letter[0] != letter[1] or len(without_repeats(letter)) > 1):
        return None
    bare = part.strip(SEPARATORS)
    return bare if len(bare) == 1 else letter


def spelled_out(parts: Iterable[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The parts of a folded message with each row of lone letters made a word, and these words.

    "a", "I" and "u" are words, too, and often stand before such a row; so up to two of them are
    also left alone.
    """
    rows: list[tuple[list[str], list[str]]] = [([], [])]  # words, and the letters behind them
    for part in parts:
        letter = lone_letter(part)
        if letter is None:
            if rows[-1][1]:
                rows.append(([], []))
            rows[-1][0].append(part)
        elif letter:
            rows[-1][1].append(letter)
    if max(len(letters) for _, letters in rows) < FEWEST_SPELLED:
        return
    for most_before in range(1 + max(_words_before(letters) for _, letters in rows)):
        spelled = [(words, *_row(letters, most_before)) for words, letters in rows]
        yield (
            [part for words, before, row in spelled for part in (*words, *before, *row)],
            [word for _, _, row in spelled for word in row],
        )


def _words_before(letters: Sequence[str]) -> int:
    """How many words of one letter may stand before a row of letters."""
    before = 0
    while before < min(_MOST_BEFORE, len(letters)) and letters[before] in _WORDS_OF_ONE_LETTER:
        before += 1
    return before


def _row(letters: list[str], most_before: int) -> tuple[list[str], list[str]]:
    """What a row of letters is: words of one letter before it, and the word that it spells."""
    before = min(most_before, _words_before(letters))
    if len(letters) - before < FEWEST_SPELLED:
        return letters, []
    return letters[:before], ["".join(letters[before:])]


def sequences(parts: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The words of a folded message in order, as they stand and with split ones put together."""
    for version in versions(" ".join(parts)):
        yield tuple(RUN.findall(version))
        pieces = version.replace("'", " ").split()
        yield tuple(filter(None, ("".join(RUN.findall(piece)) for piece in pieces)))


def readings(run: str) -> Iterator[str]:
    """The run itself, and with letters for digits and symbols, where it may be meant so."""
    yield run
    if not _LEET.search(run) or _QUANTITY.fullmatch(run):
        return
    if not LETTER.search(run) and not _is_cartoon_oath(run):
        return
    template = _I_OR_L.sub("{}", run.translate(_LETTERS))
    unclear = template.count("{}")
    if unclear <= _MOST_I_OR_L:
        choices: Iterable[Iterable[str]] = product("il", repeat=unclear)
    else:
        choices = ("i" * unclear, "l" * unclear)
    for choice in choices:
        yield template.format(*choice)


def outline(text: str) -> str:
    """What all readings of the runs in a text have in common, stretched or not: a key for them."""
    return without_repeats(text.replace("l", "i") if text.isalpha() else text.translate(_OUTLINE))


def _is_cartoon_oath(run: str) -> bool:
    """Whether a run without letters is of symbols, and not one symbol over and over."""
    return not any(map(str.isdigit, run)) and len(set(run)) > 1
