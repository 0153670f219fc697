"""What a piece of a message may be read as: symbols as letters or as mere marks, digits as letters.

Readings are tried one by one against the list; a message never becomes one long normal form, in
which words would appear that nobody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from enum import Enum, auto
from functools import partial
from itertools import product, takewhile
from typing import Final

from clankbot.processing.filter.folding import (
    OF_RUN,
    RUN,
    SCRIPT_CHANGE,
    SEPARATORS,
    UNSPACED,
    WORD,
)

# Lone letters in a row that may spell a word; of scripts without blanks, two do.
FEWEST_SPELLED: Final = 3

# The word with every run of one letter written as a single letter.
without_repeats: Final = partial(re.compile(r"(.)(?=\1)").sub, "")

_SYMBOL = re.compile(r"[@$!|]")
_SYMBOLS = frozenset("@$!|")
_MARKS = re.escape(SEPARATORS)
_SEPARATORS = re.compile(f"[{_MARKS}]+")
_NO_SEPARATORS = str.maketrans("", "", SEPARATORS)
# what stands behind a word at the end of a piece: punctuation, if an exclamation mark is in it
_EXCLAIMED = re.compile(
    rf"[!{_MARKS}](?<=[^\W\d_]{{2}}.)(?:(?<=!)|[{_MARKS}]*!)[!{_MARKS}]*(?![^ ])"
)
_BETWEEN_LONE_LETTERS = re.compile(r"(?<=(?<!\w)\w)'(?=\w'\w(?!\w))|(?<=(?<!\w)\w'\w)'(?=\w(?!\w))")
# a piece of lone letters and the punctuation between them; none of these ways goes back
_SPELLED = re.compile(
    rf"(?<![^ ])[{_MARKS}]*+{OF_RUN}(?:[{_MARKS}]++{OF_RUN})++[{_MARKS}]*+(?![^ ])"
)
# a piece of one letter, be it repeated, or of one symbol
LONE: Final = re.compile(
    rf"(?<![^ ])(?:[{_MARKS}]*+[@$!|][{_MARKS}]*+(?![^ ])"
    rf"|[{_MARKS}@$!|]*+([^ ])(?:\1|[{_MARKS}@$!|1])*+(?![^ ]))"
)
_MARKS_BEHIND = re.compile(rf"(?<![!|])[!|]++(?!{OF_RUN})")
_MARKS_BEFORE = re.compile(rf"(?<!{OF_RUN})[!|]+")
_SIGNS_BEFORE = re.compile(rf"(?<!{OF_RUN})[@$]+")
_SHOUTED = re.compile(r"!1[!1]*(?!\w)")  # the key beside the one that was meant
_LETTER = re.compile(r"[^\d@$!|]")
_LEET = re.compile(r"[0134578@$!|]")
_LETTERS = str.maketrans("034578@$", "oeastbas")
_I_OR_L = re.compile(r"[1!|]")
_PLAIN = [*zip("l1!|034578@$", "iiiioeastbas", strict=True)]
_QUANTITY = re.compile(  # 5am, 1st, 100k: no digit of these is meant as a letter
    r"\d+(?:[a-z]|[ap]m|st|nd|rd|th|sec|min|hrs|fps|[kmgt]b|[hk]z|[km]s|[ckm]m|kg|px|[hx]p)"
)
_MOST_I_OR_L = 4  # in one run: sixteen readings
_WORDS_OF_ONE_LETTER = ("a", "i", "u")
_MOST_BEFORE = 2  # of these, before a spelled-out word


class RunKind(Enum):
    """How a run of letters came about, which decides what of the list it may be."""

    WHOLE = auto()  # it stands there as it is
    SPELLED = auto()  # of single letters, or a tag: it may also be a phrase without blanks
    SPLIT = auto()  # of parts that may be words of their own


def skeleton(text: str) -> str:
    """What all readings of the runs in a text have in common, stretched or not: a key for them.

    As the skeletons of Unicode TR 39, of symbols and digits: a coarse form, for finding only.
    """
    return without_repeats(plain(text))


def plain(text: str) -> str:
    """The text with the letters of its skeleton, but each as often as it stands there."""
    text = text.replace("l", "i")
    if not text.isalpha():
        for symbol, letter in _PLAIN:
            text = text.replace(symbol, letter)
    return text


def words_of(pieces: Collection[str]) -> dict[str, RunKind]:
    """All words that folded pieces may hold: as they stand, joined, with symbols or without."""
    words: dict[str, RunKind] = {}
    has_unspaced = UNSPACED.search("".join(pieces)) is not None
    if not has_unspaced:  # most pieces are a word, and nothing else
        words.update(dict.fromkeys(filter(str.isalnum, pieces), RunKind.WHOLE))
        pieces = [piece for piece in pieces if not piece.isalnum()]
        if not pieces:
            return words
    rest = " ".join(piece.replace(" ", ".") for piece in pieces)
    if "!" in rest:
        rest = _EXCLAIMED.sub("", rest)
    words.update(dict.fromkeys(RUN.findall(rest), RunKind.WHOLE))
    segments = rest
    if "'" in rest:  # it sets words apart: "she'd" is no "shed"
        segments = _BETWEEN_LONE_LETTERS.sub(".", rest).replace("'", " ")
    if has_unspaced:
        segments = SCRIPT_CHANGE.sub(" ", segments)
    joined = _joined(segments)
    if symbolic := " ".join(each for each in segments.split() if not _SYMBOLS.isdisjoint(each)):
        for among in (words, joined):
            for word, kind in [*among.items()]:
                if word.strip("@$!|") != word:
                    short = word.rstrip("!|")
                    bare = short.lstrip("!|")
                    among.update(dict.fromkeys((short, bare, bare.lstrip("@$")), kind))
        words.update(dict.fromkeys(WORD.findall(symbolic), RunKind.WHOLE))
        joined |= _joined(_SYMBOL.sub(".", _SHOUTED.sub(".", symbolic)))
    if "#" in rest:  # a tag may be a phrase without blanks
        words.update({word: RunKind.SPELLED for word in words if f"#{word}" in rest})
    words = joined | {w: kind for w, kind in words.items() if joined.get(w) != RunKind.SPELLED}
    words.pop("", None)
    return words


def without_separators(folded: str) -> str:
    """A folded text with nothing between the runs of its pieces."""
    if folded.isascii():
        return folded.translate(_NO_SEPARATORS)
    return _SEPARATORS.sub("", folded)  # in less time


def _joined(segments: str) -> dict[str, RunKind]:
    """The words that result if each piece of a text is put together without its punctuation."""
    together = without_separators(segments)
    if together == segments:
        return {}
    joined = dict.fromkeys(together.split(), RunKind.SPLIT)
    for spelled in _SPELLED.findall(segments):
        joined[without_separators(spelled)] = RunKind.SPELLED
    return {word: kind for word, kind in joined.items() if _LETTER.search(word)}


def versions(folded: str) -> Iterable[str]:
    """A folded text with its symbols as they are, off the ends of runs, and as punctuation.

    For ``ham!`` may be ``ham``, ``!diot!`` may be ``!diot``, and ``ham|ham`` two words.
    """
    if not _SYMBOL.search(folded):
        return (folded,)
    if not _SYMBOL.search(folded.strip("@$!|")):  # such as a mention
        bare = folded.strip("!|")
        return dict.fromkeys((folded, folded.rstrip("!|"), bare, bare.lstrip("@$")))
    shorter = _MARKS_BEHIND.sub("", folded)
    bare = _MARKS_BEFORE.sub("", shorter)
    without_signs = _SIGNS_BEFORE.sub("", bare)
    return dict.fromkeys((folded, shorter, bare, without_signs, _without_symbols(folded)))


def _without_symbols(folded: str) -> str:
    return _SYMBOL.sub(".", _SHOUTED.sub(".", folded)).strip(SEPARATORS)


def readings(run: str) -> Iterator[str]:
    """The run itself, and with letters for digits and symbols if it may be meant so."""
    yield run
    if not _LEET.search(run) or _QUANTITY.fullmatch(run):
        return
    if not _LETTER.search(run) and (len(set(run)) == 1 or any(map(str.isdigit, run))):
        return  # just a number, or one symbol over and over; but "@$$" is an oath
    template = _I_OR_L.sub("{}", run.translate(_LETTERS))
    unclear = template.count("{}")
    if unclear <= _MOST_I_OR_L:
        choices: Iterable[Iterable[str]] = product("il", repeat=unclear)
    else:
        choices = ("i" * unclear, "l" * unclear)
    for choice in choices:
        yield template.format(*choice)


# --- several pieces ---


def lone_letter(part: str) -> str | None:
    """The letter that a part of a folded message is, be it repeated or shouted (``s!!``).

    Empty for a part of punctuation, None for a word.  A symbol alone may be a letter.
    """
    letter = part
    if not part.isalpha():
        letter = part.strip(SEPARATORS)
        if len(letter) > 1:
            letter = _without_symbols(letter)
    return None if letter.strip(letter[:1]) else letter


def letters_in(folded: str) -> int:
    """How much a folded piece may add to a row of lone letters."""
    if " " in folded.strip():  # an odd blank within may divide letters
        return FEWEST_SPELLED
    if not lone_letter(folded.strip()):
        return 0
    return FEWEST_SPELLED - 1 if UNSPACED.search(folded) else 1


def spelled_out(parts: Iterable[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The parts of a folded message with each row of lone letters made a word, and these words.

    "a", "I" and "u" are words, too, and often stand before such a row; so up to two of them are
    also left alone.  The words are told with symbols among them and without.
    """
    rows: list[tuple[bool, list[str]]] = []
    for part in parts:
        letter = lone_letter(part)
        if letter != "":
            if not rows or rows[-1][0] != (letter is not None):
                rows.append((letter is not None, []))
            rows[-1][1].append(letter or part)
    previous: list[str] = []
    for most_before in range(_MOST_BEFORE + 1):
        line: list[str] = []
        words: list[str] = []
        for is_spelled, row in rows:
            before = len([*takewhile(_WORDS_OF_ONE_LETTER.__contains__, row[:most_before])])
            fewest = FEWEST_SPELLED - all(map(UNSPACED.match, row))
            if is_spelled and len(row) - before >= fewest:
                row = [*row[:before], "".join(row[before:])]
                words += ["".join(RUN.findall(version)) for version in versions(row[-1])]
            line += row
        if words and line != previous:
            yield line, [word for word in words if _LETTER.search(word)]
            previous = line


def sequences(parts: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The words of a folded message in order, as they stand and with split ones put together."""
    for version in versions(" ".join(parts)):
        yield tuple(RUN.findall(version))
        yield tuple(without_separators(version.replace("'", " ")).split())
