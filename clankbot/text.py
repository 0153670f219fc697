"""Characters as people see them: what is invisible goes, and none is cut in two.  Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_HIDDEN = re.compile(
    "[\u034f\u17b4\u17b5\u180b-\u180d\u180f\u2065\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""What no program shows, although Unicode calls most of it marks: the grapheme joiner, tags, and
variation selectors that change no emoji.  (Default_Ignorable_Code_Point, without what is kept.)"""
_BLANK_LETTERS: Final = "\u115f\u1160\u2800\u3164\uffa0"
_JOINER: Final = "\u200d"
_LONELY = re.compile(
    r"(?<![0-9#*\x80-\U0010ffff])[\u200c\u200d\ufe00-\ufe0f]+"
    r"|(?<=[0-9#*])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])"
)
"""Joiners and selectors mean something in an emoji, on a keycap or in a Persian word, and nothing
beside plain letters."""
_PICTURES: Final = range(0x1F000, 0x20000)
"""Where new emoji come, which this Python's tables may not know yet."""
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)


def visible(text: str) -> str:
    """The text without control, format, tag and half characters.

    Line breaks, and letters that are as empty as a blank, become blanks.
    What people can see stays as it is, joined emoji and their variation selectors too.
    """
    if text.isascii() and text.isprintable():
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return _LONELY.sub("", _HIDDEN.sub("", "".join(map(_shown, whole))))


def from_first_seen(text: str) -> str:
    """The visible text without marks in front, which show nothing without a letter before them."""
    for index, char in enumerate(text):
        category = unicodedata.category(char)
        is_unknown = category == "Cn" and ord(char) not in _PICTURES
        if category not in ("Mn", "Me") and not is_unknown:
            return text[index:]
    return ""


def utf16_length(text: str) -> int:
    """The length as Twitch counts it."""
    return len(text) + sum(char > "\uffff" for char in text)


def fitting(text: str, limit: int) -> int:
    """How many characters of the text fit into ``limit`` UTF-16 units without tearing one.

    A letter stays with its accents, an emoji with its skin tone, joined emoji and flags together,
    unless a single such cluster is longer than the limit.
    """
    if utf16_length(text) <= limit:
        return len(text)
    units = end = 0
    while (units := units + utf16_length(text[end])) <= limit:
        end += 1
    whole = end
    while whole > 0 and _is_inside_cluster(text, whole):
        whole -= 1
    return whole or end


def _shown(char: str) -> str:
    """What stands for one character where only visible ones may stand."""
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp") or char in _BLANK_LETTERS:
        return " "
    return "" if category == "Cf" and char not in "\u200c\u200d" else char


def _is_inside_cluster(text: str, index: int) -> bool:
    """Whether a cut before ``index`` would tear what is seen as one character."""
    if index >= len(text):
        return False
    char, before = text[index], text[index - 1]
    if char == _JOINER or before == _JOINER or ord(char) in _SKIN_TONES:
        return True
    if unicodedata.category(char) in ("Mn", "Mc", "Me"):
        return True
    return ord(char) in _FLAG_LETTERS and _flag_letters_before(text, index) % 2 == 1


def _flag_letters_before(text: str, index: int) -> int:
    """How many flag letters stand in a row right before ``index``."""
    start = index
    while start > 0 and ord(text[start - 1]) in _FLAG_LETTERS:
        start -= 1
    return index - start
