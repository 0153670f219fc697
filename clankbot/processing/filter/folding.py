"""Character folding: every way of writing a letter becomes the plain small letter.

The alphabet after folding is closed, which keeps all that follows simple: letters, digits and the
marks that belong to a script's spelling stay as themselves, blanks are a space, what cannot be
seen is gone, every apostrophe is ``'``, and any other character is a piece of ASCII punctuation.
So ``WORD`` needs to name only ASCII characters, and is right for every script.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Container, Iterable
from itertools import groupby, takewhile
from typing import Final

from clankbot.processing.filter.lookalikes import CURRENCY, LOOKALIKES

# Letters and marks of scripts that are written without blanks between words: the classes ID and SA
# of Unicode Standard Annex 14.  Where such a letter stands beside another, one word may end.
_UNSPACED = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aad\ua9e0-\ua9fe\uaa60-\uaadf"
    "\u3005-\u3007\u3041-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\U0001b000-\U0001b16f"
    "\U00020000-\U0003ffff"
)
UNSPACED: Final = re.compile(f"[{_UNSPACED}]+")

# A run of letters and digits in folded text, all of them unspaced or none.
WORD: Final = re.compile(rf"{UNSPACED.pattern}|[^\x00-/:-`{{-\x7f{_UNSPACED}]+")

# A run of letters, digits, and the symbols ``@ $ ! |`` that are read as letters; the same.
OF_RUN: Final = r"""[^\x00- "#%-/:-?A-`{}~\x7f]"""
RUN: Final = re.compile(f"{UNSPACED.pattern}|{OF_RUN[:-1]}{_UNSPACED}]+")

# Where an unspaced letter stands beside another one.
SCRIPT_CHANGE: Final = re.compile(
    rf"(?<=[{_UNSPACED}])(?=[^\W{_UNSPACED}])|(?<=[^\W{_UNSPACED}])(?=[{_UNSPACED}])"
)

# The punctuation of folded text that belongs to no run.
SEPARATORS: Final = "".join(set(string.punctuation) - set("@$!|"))

_MOST_FOLDED: Final = 8192  # characters remembered; few chats use a tenth of that
_MANY = 64  # characters of one text that are new

_INVISIBLE = re.compile(
    # fillers, selectors, tags
    "[\u034f\u0640\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff"
    # marks that decorate Latin and Cyrillic letters; those of other scripts make a different word
    "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff\ua66f"
    "\ufe20-\ufe2f]"
)
# but for the letters most often found there
_BEHIND_LATIN = re.compile(
    r"(?<=[a-z0-9])[^\x00-\u02ff\u0370-\u0482\u048a-\u0590\u1e00-\u1fff\u309b-\ua66e\uac00-\ud7ff]+"
)
_BETWEEN = "\0"  # stands in no chat line, and is left as it is
_BLANK_CONTROLS = "\t\n\v\f\r\x85"
_ODD_BLANKS = "\u2800\u3164\u115f\u1160\uffa0"  # letters or symbols by their class
_APOSTROPHES = "`‘’‛ʹʻʼʽˈ′´｀＇"
_SPECIAL = str.maketrans(
    LOOKALIKES
    | dict.fromkeys(_BLANK_CONTROLS + _ODD_BLANKS, " ")
    | dict.fromkeys(_APOSTROPHES, "'")
    | {_BETWEEN: _BETWEEN}
    | dict.fromkeys("™℠", ".")  # they would decompose to letters and hide the word before them
)
_LATIN_NAME = re.compile(
    r"(?:LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL )?|REGIONAL INDICATOR SYMBOL LETTER )"
    r"([A-Z])(?: WITH .+)?$"
)
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_SIGNS = "".join(CURRENCY)
_SIGNS_AND_FLAGS = {*_SIGNS, *map(chr, range(0x1F1E6, 0x1F200))}
_PRICE = re.compile(rf"(?<!\w)[{_SIGNS}](?=\d)|(?<=\d)[{_SIGNS}](?!\w)")


def fold(text: str) -> str:
    """The text in plain small letters; the same for entries and messages.  Never raises."""
    if text.isascii() and text.isprintable():
        return text.lower().replace("`", "'")
    characters = {*text}
    if not characters.isdisjoint(_SIGNS_AND_FLAGS):
        text = _PRICE.sub(".", _FLAG.sub(".", text))
    known = sum(map(FOLDED.__contains__, map(ord, characters)))
    if len(characters) - known > _MANY:  # these take longer one by one than all at once
        text = unicodedata.normalize("NFKD", text.translate(_SPECIAL))
    text = _BEHIND_LATIN.sub(_without_marks, text.translate(FOLDED))
    return unicodedata.normalize("NFC", text)


def fold_each(pieces: Iterable[str]) -> list[str]:
    """Texts without a space, each folded: in less time than one by one."""
    text = " ".join(pieces)
    if text.isascii() and text.isprintable():
        return fold(text).split(" ")
    return fold(text.replace(" ", _BETWEEN)).split(_BETWEEN)  # a space may be one folded


def as_written(text: str) -> str:
    """The text compared by its spelling: accents count, capitals do not."""
    return unicodedata.normalize("NFC", text.casefold())


def is_written_word(text: str) -> bool:
    """Whether the text, unfolded, is one word of letters and digits."""
    return len(kinds := {*map(_kind, text)}) == 1 and "" not in kinds


def without_words(text: str, words: Container[str], sizes: Iterable[int] = ()) -> str:
    """The unfolded text with each word that is ``as_written`` among ``words`` cut out.

    Unspaced ones of these sizes are cut out of the runs that hold them.
    """
    rest = ""
    for kind, run in groupby(unicodedata.normalize("NFC", text), key=_kind):
        spelling = "".join(run)
        if as_written(spelling) in words:
            rest += "'"
            continue
        at = 0
        while kind == "unspaced" and at < len(spelling):
            size = next((size for size in sizes if spelling[at : at + size] in words), 0)
            rest += "'" if size else spelling[at]
            at += size or 1
        rest += spelling[at:]
    return rest


def _kind(character: str) -> str:
    """What letters and digits may stand beside another in one word; empty for other characters."""
    if UNSPACED.match(character):
        return "unspaced"
    is_of_word = character.isalnum() or unicodedata.category(character).startswith("M")
    return "spaced" if is_of_word else ""


def _without_marks(match: re.Match[str]) -> str:
    """Other letters after a Latin one, without the marks (of any script) that stand on that one."""
    others = match[0]
    return others[sum(1 for _ in takewhile(_is_mark, others)) :]


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me")


def _fold_character(character: str) -> str:
    if special := _SPECIAL.get(ord(character)):
        return special
    category = unicodedata.category(character)
    if category == "Lo" and unicodedata.is_normalized("NFKC", character):
        return character  # most of those that there are
    if category in ("Cc", "Cf") or _INVISIBLE.match(character):
        return ""
    if character.isspace():
        return " "
    if character.isascii():
        return character.lower()
    plainer = unicodedata.normalize("NFKD", character)
    if plainer == character:
        plainer = character.casefold()
    if plainer != character:
        return unicodedata.normalize("NFC", plainer.translate(FOLDED))
    if (category[0] == "L" or character > "\U0001f100") and (
        latin := _LATIN_NAME.search(unicodedata.name(character, ""))
    ):
        return latin[1].lower()
    return character if category[0] in "LMN" else "."


class _FoldTable(dict[int, str]):
    """The folding of each character met so far, for ``str.translate``."""

    def __missing__(self, codepoint: int) -> str:
        if len(self) >= _MOST_FOLDED:
            self.clear()
        return self.setdefault(codepoint, _fold_character(chr(codepoint)))


FOLDED: Final = _FoldTable()
