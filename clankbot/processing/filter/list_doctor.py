"""What a line of a word list was meant to be that is neither a word nor a phrase.

People bring lists as they find them: rows of a table, regular expressions, JSON, words with their
letters hidden.  Nearly all such lines make entries, but of something that nobody writes, so that
the list seems to be in order and blocks nothing, or too much.  The forms are named here for the
operator's list and for ``!clank block`` alike.  Each has a sign that no entry needs, so an ordinary
list is never doubted, and a doubted line can always be written so that it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

_MOST_SHOWN: Final = 3  # of the entries that were probably meant
_LONGEST_SHOWN: Final = 40  # characters of one
_MOST_LOOKED_AT: Final = 500  # characters of a line: a whole file may be one row


class Doubt(NamedTuple):
    """What a line looks like, and what to write in its place."""

    looks_like: str
    advice: str
    # The entries that were probably meant; empty if only a person can tell.
    meant: tuple[str, ...] = ()

    @property
    def for_list(self) -> str:
        """For whoever keeps the list."""
        shown = [each[:_LONGEST_SHOWN] for each in self.meant[:_MOST_SHOWN]]
        shown += ["..."] if len(self.meant) > _MOST_SHOWN else []
        return f"looks like {self.looks_like}; {self.advice}" + (
            f": {' / '.join(shown)}" if shown else ""
        )

    @property
    def for_chat(self) -> str:
        """For a moderator: without the words, which the bot never repeats in chat."""
        advice = "block one at a time" if len(self.meant) > 1 else self.advice
        return f"that looks like {self.looks_like}; {advice}"


class DoubtfulLine(NamedTuple):
    """A line of a list file that is in doubt, and its number, from 1 on."""

    number: int
    doubt: Doubt


_QUOTES: Final = "\"'`´“”„‟‘’‚«»‹›「」『』"
_L: Final = r"[^\W\d_]"  # a letter
_FILES: Final = "csv|dic|json|list|lst|tsv|txt|xlsx?|ya?ml"
_HEADER: Final = re.compile(
    r"(?:(?:bad|banned|blocked|filtered|forbidden)[ _-]?)?"
    r"(?:entry|entries|expressions?|keywords?|list|patterns?|phrases?|regex|terms?|text|words?):?",
    re.I,
)

_ALONE: Final = "write the word or phrase alone"
_COMMENTS: Final = "a comment stands on a line of its own and begins with #"
_NO_REGEX: Final = "an entry is a word or phrase, and * in it stands for any letters"
_HIDDEN: Final = "write the word itself, since * stands for any number of letters"

# How a form is recognized, what it looks like, and what to do.  What the group holds was meant.
_FORMS: Final[Sequence[tuple[str, str, str]]] = (
    (
        rf"^https?://(?:raw|gist|pastebin)\.\S*$|^https?://\S*\.(?:{_FILES})$",
        "the address of a list",
        "download it and put its lines here",
    ),
    (rf"^\S+\.(?:{_FILES})$", "the name of a file", "put its lines here"),
    (
        r"^</?[a-z!][^<>]*>",
        "a line of a web page",
        "download the list itself (on GitHub: Raw)",
    ),
    (r"&(?:amp|lt|gt|quot|nbsp|#\d+);", "HTML", "write the characters themselves"),
    (r"\\u[0-9a-f]{4}", "JSON", "write the characters themselves"),
    (r"^[\[\](){},;\s]+$", "a bracket of JSON", "leave it out"),
    (r"^[{\s]*[\"']([^\"']+)[\"']\s*:(?:\s|$)", "JSON", _ALONE),
    (r"^!clank\s+(?:un)?block\s+(.+)$", "a command", _ALONE),
    (r"^~?/([\w' -]+)/[a-z]*$", "a regular expression", _NO_REGEX),
    (r"^\^([\w' -]+)\$?$", "a regular expression", _NO_REGEX),
    (r"^\\b([\w' -]+)\\b$", "a regular expression", _NO_REGEX),
    (
        r"^~?/.+/[a-z]*$|^\^.*\$$|\\[bdsw]|\(\?[:=!<i]|\([^()|]*\|[^()]*\)|\w\[[^\]\s]+\]"
        rf"|\[[^\]\s]+\][\w+*?{{]|\w\.[*+]|\w\{{\d+,?\d*\}}|{_L}\+{_L}+\+",
        "a regular expression",
        _NO_REGEX,
    ),
    (rf"{_L}\?{_L}", "a pattern with ? for a letter", "write the word itself"),
    (r"\w\*{2,}|(?<!\\)\*{2,}\w", "a word with letters hidden behind stars", _HIDDEN),
    (rf"{_L}[#%]{_L}", "a word with a hidden letter", "write the word itself"),
    (r"^[-–—•·‣●○▪*+]\s+(\S.*)$", "an item of a list", _ALONE),
    (r"^\d{1,5}[.)]\s+(\D.*)$", "a numbered item", _ALONE),
    (r"^(?://|;\s|--|/\*)", "a comment", _COMMENTS),
    (r"^(.*?\S)\s+(?:#|//|--|/\*)\s+\S", "a word with a comment", _COMMENTS),
    (r"^(.*?\S)(?:\s{2,}|\t\s*)#\S", "a word with a comment", _COMMENTS),
    (
        r"^(.*\S)\s+[(\[{][^()\[\]{}]*\w[^()\[\]{}]*[)\]}]$",
        "a word with a remark",
        _COMMENTS,
    ),
    (r"\w\((?:e?[snrd]|ing)\)", "a word with two endings", "write both words"),
    (r"^(.*?\S)\s*(?:=>|->|→|\s=\s)\s*\S", "a word and what replaces it", _ALONE),
    (r"^([^\s/?]+?)(?::\s+|=)(?:[\d\"']\S*|true|false|null)$", "a word and its value", _ALONE),
    (rf"^[{_QUOTES}]([^{_QUOTES}]+)[{_QUOTES}],?$", "a word in quotes", _ALONE),
)
# A word with one star inside hides a letter if it is short: sh*t, but not col*red.
_STARRED: Final = rf"\b({_L}+)\*({_L}+)\b"
_MOST_LETTERS_HIDDEN: Final = 5

# Between the cells of a row; no comma within a number, no wink and no letter behind a bar.
_SEPARATORS: Final = (
    ("tabs", r"\t+"),
    ("commas", r",(?!\d{3}\b)|(?<!\b\d)(?<!\b\d\d)(?<!\b\d\d\d),|[،、，]"),
    ("semicolons", r";(?!\w\b)"),
    ("bars", r"\s\|\s|(?<=\w{3})\|(?=\w{3})"),
    ("slashes", r"\s/\s"),
)
_CELL_ENDS: Final = f" \t()[]{{}}{_QUOTES}"

# Most lines of most lists, told apart at once: there may be ten thousand.
_PLAIN: Final = re.compile(r"!\w+|\*?\w(?:[\w']|-(?!-)|\*? \*?(?=\w))*\*?")


@cache
def _forms() -> Sequence[tuple[re.Pattern[str], str, str]]:
    """Compiled once needed, for most lists never: it takes longer than to read the list."""
    return [(re.compile(form, re.I), looks_like, advice) for form, looks_like, advice in _FORMS]


def doubt_about(written: str) -> Doubt | None:
    """What a line, or a term for a channel, was probably meant to be; None for an ordinary one."""
    if _PLAIN.fullmatch(written):
        return None
    written = written[:_MOST_LOOKED_AT]
    for pattern, looks_like, advice in _forms():
        if match := pattern.search(written):
            meant = (match[1].strip(_CELL_ENDS),) if pattern.groups else ()
            return Doubt(looks_like, advice, meant)
    for match in re.finditer(_STARRED, written):
        if len(match[1] + match[2]) <= _MOST_LETTERS_HIDDEN:
            return Doubt("a word with a letter hidden behind a star", _HIDDEN)
    for name, separator in _SEPARATORS:
        cells = [cell.strip(_CELL_ENDS) for cell in re.split(separator, written)]
        if sum(any(map(str.isalnum, cell)) for cell in cells) > 1:
            words = tuple(cell for cell in cells if any(map(str.isalpha, cell)))
            advice = "write each on a line of its own" if len(words) > 1 else _ALONE
            return Doubt(f"a row of words with {name} between them", advice, words)
    return None


def doubtful_lines(text: str) -> list[DoubtfulLine]:
    """The lines of a list file that are in doubt, in order."""
    return list(_doubtful(text.splitlines()))


def _doubtful(lines: Iterable[str]) -> Iterator[DoubtfulLine]:
    is_first = True
    for number, line in enumerate(lines, start=1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        if is_first and _HEADER.fullmatch(written):
            doubt: Doubt | None = Doubt("the head of a column", "leave it out")
        else:
            doubt = doubt_about(written)
        if doubt:
            yield DoubtfulLine(number, doubt)
        is_first = False
