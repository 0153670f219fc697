"""Characters as people see them: what is unseen goes, and none is cut in two.  Pure.

The table of unseen characters, and the way to count and cut in UTF-16 units.  Only the word filter
has tables of its own: it looks for what was hidden.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Final

# What no program shows: Default_Ignorable_Code_Point of Unicode, without the characters below.
# Chat clients add some to a repeated line, so that Twitch does not refuse it as a duplicate.
# https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
# https://github.com/Chatterino/chatterino2/issues/1933
_UNSEEN: Final = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Joiners and variation selectors.  They mean something in an emoji, on a keycap or in a Persian
# word, and nothing beside plain letters.
_JOINING: Final = "\u200c\u200d\ufe00-\ufe0f"
# Hangul fillers and the empty Braille cell: letters that look like a blank.
_BLANK_LETTERS: Final = "\u115f\u1160\u2800\u3164\uffa0"

# A picture, a flag or a row of joined pictures, as it is seen.
_PICTURE: Final = "[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
EMOJI: Final = re.compile(
    f"(?:{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]?|[\U0001f1e6-\U0001f1ff]{{1,2}})"
    f"(?:\u200d{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]?)*"
)

_UNSEEN_CHARACTER = re.compile(f"[{_UNSEEN}]")
_LONELY = re.compile(
    rf"(?<![0-9#*\x80-\U0010ffff])[{_JOINING}]+"
    r"|(?<=[0-9#*])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])"
)
_UNSEEN_OR_JOINING = re.compile(f"[{_UNSEEN}{_JOINING}]")
_BLANK_RUN = re.compile(rf"[\s{_BLANK_LETTERS}]+")
_CORE = re.compile(
    rf"[^\s{_BLANK_LETTERS}{_UNSEEN}{_JOINING}](?:.*[^\s{_BLANK_LETTERS}{_UNSEEN}{_JOINING}])?",
    re.DOTALL,
)

# What other bots take for an order.  ``/``, ``.`` and ``!`` in front always are: Twitch itself
# looks for the first two.  Other signs are one if a letter follows directly; before a blank, a
# digit or another sign they are how people write (``+1``, ``-_-``, ``^^ same``, ``>_<``, ``?``),
# and so they are in a face (``^w^``, ``=D``).  Behind names that are called, of which Twitch
# itself puts one in front of a reply, some bots still look for ``!word`` and ``/word``.
_COMMAND_SIGNS: Final = "/.!"
_HIDDEN: Final = rf"[{_UNSEEN}{_JOINING}]*"
_FACE: Final = r"(?:[$?+\-#~%&^*=>]\w[<>^*~=+\-]|[=>][DPSOXdpsox])(?!\w)"
_ORDER = re.compile(rf"\A(?!{_FACE})(?:[!/.$?+\-#~%&^*=>]{_HIDDEN})+(?=[^\W\d_])")
_CALLED_ORDER = re.compile(
    rf"\A(?P<called>(?:@\w+[,:]?[\s{_UNSEEN}{_JOINING}]+)+)(?:[!/]{_HIDDEN})+(?=\w)"
)
_JOINER: Final = "\u200d"
# For emoji, also new ones that this Python's tables may not know yet.
_PICTURES: Final = range(0x1F000, 0x20000)
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
    return _LONELY.sub("", _UNSEEN_CHARACTER.sub("", "".join(map(_shown, whole))))


def escaped(text: str) -> str:
    """The text with all that a terminal or a line reader might obey written as escapes.

    That is what Unicode calls not printable: controls, line and paragraph separators, direction
    marks and other format characters, lone surrogates.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def without_unseen(text: str) -> str:
    """The text without any unseen character, each run of blanks a single space: for commands.

    Unlike ``visible`` it takes joiners and selectors out of emoji, too.
    """
    return _BLANK_RUN.sub(" ", _UNSEEN_OR_JOINING.sub("", text)).strip()


def trimmed(text: str) -> str:
    """The text without blanks and unseen characters at either end; its inside stays as it is."""
    core = _CORE.search(text)
    return core.group() if core else ""


def from_first_seen(text: str) -> str:
    """The text, beginning with the first character that people and programs are sure to see.

    A mark, such as an accent, shows nothing without a letter before it.
    """
    return "".join(itertools.dropwhile(_is_unseen, text))


def is_order(text: str) -> bool:
    """Whether Twitch or another bot may take the text for an order to run something."""
    start = from_first_seen(text)
    return start[:1] in {*_COMMAND_SIGNS} or without_order(start) != start


def without_order(text: str) -> str:
    """The text without signs in front of its first word by which bots know an order.

    They are taken off and not refused with the line: people write ``^this`` and ``#blessed``, and
    what they mean is in the word.
    """
    return _CALLED_ORDER.sub(r"\g<called>", _ORDER.sub("", text, count=1), count=1)


def counted(count: int, noun: str) -> str:
    """``1 message``, ``2,000 messages``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def shortened(text: str, most: int) -> str:
    """The beginning of a text that has more characters than that, with an ellipsis as the last."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


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


def cut(text: str, limit: int) -> str:
    """The text within ``limit`` UTF-16 units, at the end of a word if it has several."""
    end = fitting(text, limit)
    if end == len(text):
        return text
    kept = text[:end]
    if text[end] != " ":
        kept = kept.rpartition(" ")[0] or kept
    return kept.rstrip()


def _shown(char: str) -> str:
    """What replaces one character in a text of visible ones."""
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp") or char in _BLANK_LETTERS:
        return " "
    return "" if category == "Cf" and char not in "\u200c\u200d" else char


def _is_unseen(char: str) -> bool:
    """Whether this character may be invisible at the beginning of a text."""
    if char.isspace() or char in _BLANK_LETTERS:
        return True
    hidden = unicodedata.category(char) in ("Cc", "Cf", "Cn", "Mn", "Me")
    return hidden and ord(char) not in _PICTURES


def _is_inside_cluster(text: str, index: int) -> bool:
    """Whether a cut before ``index`` would tear what is seen as one character."""
    if index >= len(text):
        return False
    char, before = text[index], text[index - 1]
    if char == _JOINER or before == _JOINER or ord(char) in _SKIN_TONES:
        return True
    if unicodedata.category(char) in ("Mn", "Mc", "Me"):
        return True
    flag_letters = itertools.takewhile(lambda c: ord(c) in _FLAG_LETTERS, reversed(text[:index]))
    return ord(char) in _FLAG_LETTERS and sum(1 for _ in flag_letters) % 2 == 1
