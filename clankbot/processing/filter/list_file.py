"""The list file as it is found on a disk: its encoding, its entries, and its lines in doubt."""

from __future__ import annotations

import codecs
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clankbot.errors import ConfigError
from clankbot.files import read_bytes
from clankbot.processing.filter.list_doctor import DoubtfulLine, doubtful_lines
from clankbot.processing.filter.word_list import WordList, parse_list

# How text in another encoding begins; the longer marks first.
_ENCODINGS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# How other files begin that are taken for a list of words, and what helps.
_WEB_PAGE: Final = "a web page; download the list itself (on GitHub: Raw)"
_NO_LISTS: Final = (
    (b"{\\rtf", "a text document (RTF); save it as plain text"),
    (b"PK\x03\x04", "an office document or an archive; save its words as plain text"),
    (b"\x1f\x8b", "compressed; unpack it first"),
    (b"%PDF", "a PDF document; save its words as plain text"),
    (b"<!doctype html", _WEB_PAGE),
    (b"<html", _WEB_PAGE),
)


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list that was read, with the lines that were probably not meant as they are written."""

    words: WordList
    doubtful: Sequence[DoubtfulLine]


def read_list(path: Path) -> ListFile:
    """The list in a file.

    Raises ConfigError with one sentence for a file that cannot be read, or one for each bad line.
    """
    text = read_text(path)
    return ListFile(parse_list(text, str(path)), doubtful_lines(text))


def read_text(path: Path) -> str:
    """The text of the file.  ConfigError if there is none, or it is no text in UTF-8."""
    try:
        data = read_bytes(path)
    except OSError as error:
        raise ConfigError(
            f"the list of blocked words, {path}, cannot be read: {error.strerror}"
            " (BLOCKED_WORDS_FILE names it; CONTENT_FILTER_ENABLED=false goes without)"
        ) from error
    for mark, encoding in _ENCODINGS:
        if data.startswith(mark):
            raise ConfigError(f"{path} is {encoding} text{_converted(path, encoding)}")
    start = data[:20].lower()
    for beginning, what in _NO_LISTS:
        if start.startswith(beginning.lower()):
            raise ConfigError(f"{path} is {what}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        advice = _converted(path, "WINDOWS-1252")
        raise ConfigError(f"{path}, line {line}: not UTF-8 text{advice}") from error
    if "\0" in text:
        # Without its mark: every other byte of UTF-16 is NUL where the words are English.
        raise ConfigError(f"{path} is no UTF-8 text{_converted(path, 'UTF-16LE')}")
    return text


def _converted(path: Path, encoding: str) -> str:
    """How to make UTF-8 text of a file that is probably in this encoding."""
    old, new = shlex.quote(str(path)), shlex.quote(f"{path}.new")
    return (
        f"; save it as UTF-8, or, if it is {encoding}:"
        f" iconv -f {encoding} -t UTF-8 {old} > {new} && mv {new} {old}"
    )
