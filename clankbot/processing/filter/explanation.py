"""Why the filter blocks a text, or lets it pass: for a person who tunes the list."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clankbot.processing.filter.content_filter import FILTER_ERROR, ContentFilter
from clankbot.processing.filter.folding import FOLDED, RUN, as_written, fold
from clankbot.processing.filter.list_file import read_text
from clankbot.processing.filter.matcher import TOO_COSTLY, Matcher
from clankbot.processing.filter.readings import plain, without_repeats
from clankbot.processing.filter.word_list import (
    Match,
    WordList,
    how_matched,
    parse_list,
    parse_term,
)

_SIGNS: Final = frozenset("0134578@$!|")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the filter makes of a text."""

    is_blocked: bool
    # The entry that matches, as written; of a text that passes, one that an exception holds off.
    # None if there is neither, or if the filter could not judge the text, and so blocks it.
    entry: str | None = None
    # Its line in the operator's list; None: it is one of the channel's own terms.
    line: int | None = None
    # What the entry blocks, in words.
    blocks: str = ""
    # The part of the text that it was found in, how that was read, and what was seen through.
    found_in: str = ""
    reading: str = ""
    seen_through: tuple[str, ...] = ()
    # The lines of the exceptions that hold it off.
    spared_by: tuple[int, ...] = ()


def explain(text: str, path: Path, terms: Iterable[str] = ()) -> Explanation:
    """What the list in a file, and a channel's own terms beside it, make of a text.

    Raises ConfigError as ``load_filter`` does.
    """
    written = read_text(path)
    words, lines = parse_list(written, str(path)), _numbered(written)
    judge = ContentFilter(Matcher(words)).with_terms(terms)
    match = judge.verdict(text)
    is_blocked = match is not None
    if match is None and words.allowed:
        judge = ContentFilter(Matcher(WordList(words.entries))).with_terms(terms)
        match = judge.verdict(text)
    if match is None or match in (TOO_COSTLY, FILTER_ERROR):
        return Explanation(is_blocked)
    part = _smallest_part(text, match, judge)
    spellings = as_written(part)
    exceptions = (each for each in lines if each[0] == "!" and as_written(each[1:]) in spellings)
    return Explanation(
        is_blocked,
        match.entry,
        lines.get(match.entry),
        how_matched(match.entry),
        part,
        match.reading,
        tuple(_seen_through(part, match)),
        () if is_blocked else tuple(lines[each] for each in exceptions),
    )


def _numbered(text: str) -> dict[str, int]:
    """The number of each line; of those alike, that of the first."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if written := line.strip():
            found.setdefault(written, number)
    return found


def _smallest_part(text: str, match: Match, judge: ContentFilter) -> str:
    """The fewest pieces in a row in which the same entry is found."""
    pieces = text.split()
    for size in range(1, len(pieces)):
        for start in range(len(pieces) - size + 1):
            part = " ".join(pieces[start : start + size])
            found = judge.verdict(part)
            if found and found.entry == match.entry:
                return part
    return text


def _seen_through(part: str, match: Match) -> Iterator[str]:
    """What makes the part look otherwise than the reading, and the reading than the entry."""
    if pictures := parse_term(match.entry).pictures:
        if any(each not in part for each in pictures):
            yield "how the emoji is drawn"
        if len(pictures) > 1 and match.reading not in part:
            yield "what stands between the emoji"
        return
    lowered, folded = part.lower(), fold(part)
    reading, entry = match.reading, fold(match.entry)
    if lowered != part and reading not in part:
        yield "capitals"
    if reading not in lowered:
        yield from dict.fromkeys(
            filter(None, map(_disguise, unicodedata.normalize("NFC", lowered)))
        )
    # Of a phrase the reading is its words as they stand.
    is_read = reading.replace(" ", "") not in "".join(RUN.findall(folded))
    if is_read or _SIGNS & {*reading} - {*entry}:
        yield "digits and signs for letters"
    if plain(reading) not in plain(folded):
        yield "what stands between the words" if " " in reading else "letters set apart"
    if reading != entry and without_repeats(reading) == without_repeats(entry):
        yield "stretched letters"


def _disguise(character: str) -> str | None:
    """What a character is that folding makes another of."""
    folded = FOLDED[ord(character)]
    if folded == character or character.isascii():
        return None
    if not folded:
        is_mark = unicodedata.category(character) == "Mn"
        return "accents" if is_mark else "characters that cannot be seen"
    if unicodedata.normalize("NFD", character)[0] == folded[0]:
        return "accents"
    return "letters that look alike" if folded.isalnum() or folded in "@$!|" else None
