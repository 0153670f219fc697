"""What a run of letters, digits and symbols may be read as.

Readings are tried one by one against the list; a message never becomes one long normal form, in
which words would appear that nobody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

LETTER: Final = re.compile(r"[^\d@$!|]")
"""A letter among the characters of a run; digits without one are just numbers."""

_LEET = re.compile(r"[0134578@$!|]")
_LETTERS = str.maketrans("034578@$", "oeastbas")
_I_OR_L = re.compile(r"[1!|]")
_QUANTITY = re.compile(  # 5am, 1st, 100k: no digit of these is meant as a letter
    r"\d+(?:[a-z]|[ap]m|st|nd|rd|th|sec|min|hrs|fps|[kmgt]b|[hk]z|[km]s|[ckm]m|kg|px|[hx]p)"
)
_MOST_I_OR_L = 4  # in one run: sixteen readings
_MOST_CHARACTERS = 40  # of a run of which all combinations are read; words are shorter


def readings(run: str) -> Iterable[str]:
    """The run itself and the spellings it may stand for, with and without symbols at its ends."""
    if not _LEET.search(run):
        return (run,)
    bare = run.strip("!|")
    forms = dict.fromkeys(form for form in (run, bare, bare.lstrip("@$")) if form)
    spellings = (spelling for form in forms for spelling in _spellings(form))
    return forms | dict.fromkeys(spellings)


def _spellings(form: str) -> Iterator[str]:
    """The form with letters in place of digits and symbols, where it may be meant so."""
    if (not LETTER.search(form) and not _is_cartoon_oath(form)) or _QUANTITY.fullmatch(form):
        return
    template = _I_OR_L.sub("{}", form.translate(_LETTERS))
    unclear = template.count("{}")
    if unclear <= _MOST_I_OR_L and len(form) <= _MOST_CHARACTERS:
        choices: Iterable[Iterable[str]] = product("il", repeat=unclear)
    else:
        choices = ("i" * unclear, "l" * unclear)
    for choice in choices:
        yield template.format(*choice)


def _is_cartoon_oath(form: str) -> bool:
    """Whether a form without letters is of symbols, and not one symbol over and over."""
    return not any(map(str.isdigit, form)) and len(set(form)) > 1
