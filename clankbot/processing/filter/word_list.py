"""The list file: what each line means, and what is wrong with a line that means nothing.

# a comment        word        that whole word         word*  *word  *word*  wo*d  wildcards
several words      a phrase    !word  leaves that spelling alone     \\#  \\!  \\*  literally
🖕  an emoji, without words beside it; of a script without blanks, a word inside a run of letters
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from clankbot.errors import ConfigError
from clankbot.processing.filter.folding import (
    OF_RUN,
    UNSPACED,
    WORD,
    as_written,
    fold,
    is_written_word,
)
from clankbot.processing.filter.list_doctor import doubt_about
from clankbot.processing.filter.patterns import Pattern, pattern_of, unspaced_pattern
from clankbot.processing.filter.pictures import pictures_in

# as Twitch's own: https://dev.twitch.tv/docs/api/reference#add-blocked-term
_FEWEST_CHARACTERS, MOST_CHARACTERS = 2, 500
_FEWEST_LETTERS = 2  # of a term, and of a word with a wildcard: fewer would match nearly everything

_LONGEST_READING = 64  # characters

_MOST_PROBLEMS = 20  # reported at once: a file with more is probably no list

_ENTRY_WORD = re.compile(
    rf"\**(?:{UNSPACED.pattern}\**)+|(?:(?!{UNSPACED.pattern})(?:{OF_RUN}|\*))+"
)
# as much as a word of other scripts: a Chinese character, or a Korean syllable
_WORD_OF_ONE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]")
# scripts in whose words more may be attached, and what to know of it
_ATTACHED = {
    "[\u1100-\u11ff\uac00-\ud7a3]": "; with a particle attached only if it is word*",
    "[\u0590-\u06ff]": "; with an article or a particle attached only if it is *word*",
}
_ESCAPED = re.compile(r"\\([#!*])")


class Entry(NamedTuple):
    """One blocked word or phrase: as written, and the patterns of its words in order.

    One without words is a row of pictures, be it only one.
    """

    text: str
    words: tuple[Pattern, ...]
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The entry that matched, as written in the list, and the reading in which it was found."""

    entry: str
    reading: str

    @classmethod
    def of(cls, entry: Entry, reading: str) -> Match:
        """The match of an entry, with as much of the reading as is worth showing."""
        return cls(entry.text, reading[:_LONGEST_READING])


@dataclass(frozen=True, slots=True)
class WordList:
    """A whole list: what is blocked, and the spellings (see ``as_written``) that are allowed."""

    entries: tuple[Entry, ...]
    allowed: frozenset[str] = frozenset()


def parse_list(text: str, name: str) -> WordList:
    """The word list in a text; ``name`` is the file's, for the errors.

    Raises ConfigError with one problem for each bad line, up to a screenful.
    """
    entries: dict[tuple[object, ...], Entry] = {}
    allowed: set[str] = set()
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.strip()
        try:
            if written.startswith("!"):
                allowed.add(_parse_allowed(written[1:]))
            elif written and not written.startswith("#"):
                entry = parse_term(written)
                entries.setdefault(entry.words or entry.pictures, entry)
        except ValueError as error:
            doubt = doubt_about(written)
            problems.append(f"{name}, line {number}: {doubt.for_list if doubt else error}")
    if problems:
        rest = len(problems) - _MOST_PROBLEMS
        more = [f"{name}: {rest} more lines like these"] if rest > 0 else []
        raise ConfigError(*problems[:_MOST_PROBLEMS], *more)
    return WordList(tuple(entries.values()), frozenset(allowed))


def parse_term(written: str) -> Entry:
    """The entry that a line stands for.  Raises ValueError with one sentence if it is none."""
    # a literal star is punctuation, as every other sign that no letter hides behind
    folded = fold(_ESCAPED.sub(lambda escape: escape[1].replace("*", "."), written))
    words = [word.strip("!|") for word in _ENTRY_WORD.findall(folded)]
    words = [word for word in words if "*" in word or WORD.search(word)]
    pictures = () if words else tuple(pictures_in(written))
    is_short = not pictures and sum(map(_letters, words)) < _FEWEST_LETTERS
    if len(written) > MOST_CHARACTERS or (len(written) < _FEWEST_CHARACTERS and is_short):
        limits = f"{_FEWEST_CHARACTERS} to {MOST_CHARACTERS}"
        raise ValueError(f"a term has {limits} characters, not {len(written)}")
    if any("*" in word and _letters(word) < _FEWEST_LETTERS for word in words):
        raise ValueError(f"a word with a wildcard needs at least {_FEWEST_LETTERS} letters")
    if is_short:
        raise ValueError(f"a term needs at least {_FEWEST_LETTERS} letters or digits")
    return Entry(written, tuple(_patterns(words)), pictures)


def how_matched(written: str) -> str:
    """What a term blocks, for the operator: "that whole word", and what to know of its script.

    Raises ValueError as ``parse_term`` does.
    """
    entry = parse_term(written)
    if entry.pictures:
        return "that emoji in any skin tone" if len(entry.pictures) == 1 else "these emoji in a row"
    if len(entry.words) > 1:
        return "that phrase"
    (pattern,) = entry.words
    if pattern.is_unspaced:
        return "wherever it stands, for its script has no blanks between words"
    match pattern.parts:
        case (word,):
            hint = next((hint for script, hint in _ATTACHED.items() if re.search(script, word)), "")
            return f"that whole word{hint}"
        case (_, ""):
            return "words that start so"
        case ("", _):
            return "words that end so"
        case ("", *_, ""):
            return "words that hold it"
    return "words with more letters at the stars"


def _patterns(words: list[str]) -> Iterator[Pattern]:
    for at, word in enumerate(words):
        if UNSPACED.fullmatch(word):
            yield unspaced_pattern(word, is_first=at == 0, is_last=at == len(words) - 1)
        else:
            yield pattern_of(word)


def _parse_allowed(written: str) -> str:
    if not is_written_word(written):
        raise ValueError("an allow entry is ! and one word of letters and digits")
    return as_written(written)


def _letters(word: str) -> int:
    """How many a pattern has, with the symbols that stand for letters beside real ones."""
    if _WORD_OF_ONE.search(word):
        return _FEWEST_LETTERS
    return len(word.replace("*", "")) if WORD.search(word) else 0
