"""The file of a saved chat: unpacked, decoded, and cut into lines or JSON values.

Nothing is held of a file but a piece of it: a chat of years may be larger than memory.
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from clankbot.errors import ClankbotError

_GZIP: Final = b"\x1f\x8b"
_PIECE_CHARS: Final = 1 << 16
# A line of chat has at most some thousand characters, tags included; more is no log.
_LONGEST_LINE: Final = 1 << 20
_LONGEST_VALUE: Final = 1 << 22
# Where the messages are in a document that holds more than those.
_MESSAGES = re.compile(r'(?<!\\)"(?:comments|messages)"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_DECODER: Final = json.JSONDecoder()


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """The text of a file, plain or packed with gzip, in UTF-8 or UTF-16.

    Bytes that are no text spoil one letter each.  Raises ClankbotError if the file cannot be read.
    """
    try:
        if stat.S_ISFIFO(path.stat().st_mode):
            raise ClankbotError(f"{path} is a pipe; a file is wanted, which is read twice")
        with path.open("rb") as file:
            is_packed = file.read(2) == _GZIP
            file.seek(0)
            plain = gzip.GzipFile(fileobj=file) if is_packed else file
            with io.BufferedReader(plain) as buffered:
                encoding = _encoding(buffered.peek(4)[:4])
                yield io.TextIOWrapper(buffered, encoding, errors="replace")
    except (EOFError, zlib.error) as error:
        raise ClankbotError(f"{path} ends in the middle: it was not copied whole") from error
    except OSError as error:
        raise ClankbotError(f"{path} cannot be read: {error.strerror or error}") from error


def _encoding(start: bytes) -> str:
    """What the first bytes of a text tell of its encoding."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[1::2] == b"\0\0":
        return "utf-16-le"
    if start[::2] == b"\0\0":
        return "utf-16-be"
    return "utf-8"


def lines_of(file: TextIO) -> Iterator[str]:
    """The lines that are not empty, without blanks around them."""
    while line := file.readline(_LONGEST_LINE):
        if line := line.strip("\ufeff \t\r\n\0"):
            yield line


def is_document(file: TextIO) -> bool:
    """Whether the file is one JSON value that holds all messages, rather than a line for each."""
    start = file.read(_PIECE_CHARS).lstrip("\ufeff \t\r\n")
    if re.match(r'\[\s*[{"\]]', start):
        return True
    if not start.startswith("{"):
        return False
    try:
        first = json.loads(start.partition("\n")[0])
    except (ValueError, RecursionError):
        return True
    messages = first.get("messages", first.get("comments"))
    is_example = isinstance(messages, list) and messages[:1] and "role" in messages[0]
    return isinstance(messages, list) and not is_example


def values_of(file: TextIO) -> Iterator[Any]:
    """The values of the array of messages in a document, one after another.

    Raises ClankbotError for what is no JSON.
    """
    text, at = _up_to_messages(file), 0
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
        if text[at : at + 1] == "]":
            return
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            more = file.read(_PIECE_CHARS)
            if more and len(text) - at < _LONGEST_VALUE:
                text, at = text[at:] + more, 0
                continue
            if not more and at == len(text):
                return  # it was cut off behind a whole value
            raise ClankbotError(f"this is no JSON: {text[at : at + 60]!r}") from error
        yield value


def _up_to_messages(file: TextIO) -> str:
    """What follows the bracket that the messages begin with."""
    text = file.read(_PIECE_CHARS).lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        return text[1:]
    while not (found := _MESSAGES.search(text)):
        more = file.read(_PIECE_CHARS)
        if not more:
            raise ClankbotError("this JSON holds no list of comments or messages")
        text = text[-100:] + more
    return text[found.end() :]
