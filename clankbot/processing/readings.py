"""What a piece of a message may be read as: symbols as letters or as mere marks, digits as letters.

Readings are tried one by one against the list; a message never becomes one long normal form, in
which words would appear that nobody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from clankbot.processing.folding import RUN, SEPARATORS
from clankbot.processing.patterns import without_repeats

LETTER: Final = re.compile(r"[^\d@$!|]")
"""A letter among the characters of a run; digits without one are just numbers."""

_EXCLAMATION = SEPARATORS + "!"
_SYMBOL = re.compile(r"[@$!|]")
_LEET = re.compile(r"[0134578@$!|]")
_LETTERS = str.maketrans("034578@$", "oeastbas")
_I_OR_L = re.compile(r"[1!|]")
_OUTLINE = "".join(map(chr, range(128))).translate(_LETTERS | str.maketrans("l1!|", "iiii"))
_QUANTITY = re.compile(  # 5am, 1st, 100k: no digit of these is meant as a letter
    r"\d+(?:[a-z]|[ap]m|st|nd|rd|th|sec|min|hrs|fps|[kmgt]b|[hk]z|[km]s|[ckm]m|kg|px|[hx]p)"
)
_MOST_I_OR_L = 4  # in one run: sixteen readings


def trimmed(folded: str) -> str:
    """A folded piece without the punctuation around it.

    Exclamation marks are punctuation after a word (``he!!``, ``Ana!``), else they may be letters.
    """
    if folded.isalpha():  # nearly always
        return folded
    bare = folded.strip(SEPARATORS)
    word = bare.rstrip(_EXCLAMATION)
    return word if len(word) > 1 and word[-2:].isalpha() else bare


def versions(folded: str) -> Iterable[str]:
    """A folded text with its symbols as they are, off the ends of runs, and as punctuation.

    For ``ham!`` may be ``ham``, ``!diot!`` may be ``!diot``, and ``ham|ham`` two words.
    """
    if not _SYMBOL.search(folded):
        return (folded,)
    if not _SYMBOL.search(folded.strip("@$!|")):
        return dict.fromkeys(_stripped(folded))

    def with_runs_stripped(how: int) -> str:
        return RUN.sub(lambda run: _stripped(run[0])[how], folded)

    apart = _SYMBOL.sub(".", folded).strip(SEPARATORS)
    return dict.fromkeys((*map(with_runs_stripped, range(4)), apart))


def _stripped(run: str) -> tuple[str, str, str, str]:
    shorter = run.rstrip("!|")
    bare = shorter.lstrip("!|")
    return run, shorter, bare, bare.lstrip("@$")


def letter_rows(parts: Iterable[str]) -> Iterator[str]:
    """The letters that stand alone among the parts of a folded message, row by row."""
    row = ""
    for part in parts:
        bare = part.strip(SEPARATORS)
        if len(bare) == 1:
            row += bare
        elif bare:
            yield row
            row = ""
    yield row


def sequences(parts: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The words of a folded message in order, as they stand and with split ones put together."""
    for version in versions(" ".join(parts)):
        yield tuple(RUN.findall(version))
        segments = version.replace("'", " ").split()
        yield tuple(filter(None, ("".join(RUN.findall(segment)) for segment in segments)))


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
