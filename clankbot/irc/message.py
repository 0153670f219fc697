"""One line of IRC, taken apart and put together.  Pure; knows nothing of what a line means.

The grammar is ``[@tags ][:prefix ]COMMAND[ params][ :trailing]``.  Only U+0020 separates: chat text
and tag values may hold any other blank, so ``str.split()`` without an argument has no place here.
Source: https://modern.ircdocs.horse/#message-format
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

# In this order.  NUL, which no line of IRC holds, keeps the place of a backslash that stands for
# itself, so that what follows it is not taken for an escape.
_MEANINGS = (
    (r"\\", "\0"),
    (r"\:", ";"),
    (r"\s", " "),
    (r"\r", "\r"),
    (r"\n", "\n"),
    ("\\", ""),
    ("\0", "\\"),
)
_ESCAPES = str.maketrans({";": r"\:", " ": r"\s", "\\": r"\\", "\r": r"\r", "\n": r"\n"})


class IrcMessage(NamedTuple):
    """The parts of one line: ``tags`` unescaped, the trailing parameter the last of ``params``."""

    tags: dict[str, str]
    prefix: str | None
    # The part of the prefix before ``!``, case kept; None if there is no ``!``.
    nick: str | None
    command: str
    params: tuple[str, ...]


def parse_line(line: str) -> IrcMessage:
    """The parts of ``line``, given without its CRLF.  ValueError if there is no command."""
    rest = line
    tags: dict[str, str] = {}
    prefix = nick = None
    if rest[:1] == "@":
        section, _, rest = rest.partition(" ")
        tags = _parse_tags(section[1:])
        rest = rest.lstrip(" ")
    if rest[:1] == ":":
        prefix, _, rest = rest.partition(" ")
        prefix = prefix[1:]
        before, mark, _ = prefix.partition("!")
        nick = before if mark else None
        rest = rest.lstrip(" ")
    middle, colon, trailing = rest.partition(" :")
    words = middle.split(" ")
    if "" in words:  # more than one blank between two, or none of them
        words = [word for word in words if word]
        if not words:
            raise ValueError("an IRC line needs a command")
    if colon:
        words.append(trailing)
    return IrcMessage(tags, prefix, nick, words[0].upper(), tuple(words[1:]))


def _parse_tags(section: str) -> dict[str, str]:
    """Unescaped tags; a key without a value gives ``""``, a repeated key's last value wins."""
    tags = {}
    for item in section.split(";"):
        key, _, value = item.partition("=")
        tags[key] = value
    tags.pop("", None)
    if "\\" in section:
        for key, value in tags.items():
            tags[key] = unescape_tag(value)
    return tags


def unescape_tag(value: str) -> str:
    """The text a tag value stands for.

    An unknown escape loses its backslash; a lone backslash at the end is dropped.  Whoever writes a
    message fills some of its tags, so this must be quick for any value: it is a few replacements.
    Source: https://ircv3.net/specs/extensions/message-tags.html#escaping-values
    """
    if "\\" not in value:
        return value
    for escape, meaning in _MEANINGS:
        value = value.replace(escape, meaning)
    return value


def escape_tag(value: str) -> str:
    """``value`` as it is written in a tag; ``unescape_tag`` gives it back."""
    return value.translate(_ESCAPES)


def format_line(
    command: str,
    *params: str,
    trailing: str | None = None,
    prefix: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> str:
    """A line without its CRLF that ``parse_line`` takes apart into the same values.

    ``params`` must hold no blanks and not begin with a colon; ``trailing`` may be anything.
    """
    parts = [command, *params]
    if prefix:
        parts.insert(0, ":" + prefix)
    if tags:
        section = ";".join(f"{key}={escape_tag(value)}" for key, value in tags.items())
        parts.insert(0, "@" + section)
    if trailing is not None:
        parts.append(":" + trailing)
    return " ".join(parts)
