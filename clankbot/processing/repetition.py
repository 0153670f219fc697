"""Telling whether a line says nearly the same as an earlier one, without keeping its words.

A fingerprint is the set of the line's words, each as a 32-bit checksum.  Two lines are compared
by the share of words they have in common (Jaccard index); so the bot can avoid what moderators
removed although the text itself is gone from the database.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

_WORD = re.compile(r"\w+")

NEARLY_THE_SAME = 0.85
"""One word in a dozen may differ: echoes are caught, lines that share a pattern pass."""

NEARLY_REMOVED = 0.5
"""Stricter towards lines that moderators removed."""


def fingerprint(text: str) -> str:
    """The words of ``text`` as sorted checksums; a line without words is taken as a whole."""
    folded = text.casefold()
    words = set(_WORD.findall(folded)) or {folded.strip()}
    return " ".join(sorted(f"{zlib.crc32(word.encode('utf-8', 'replace')):08x}" for word in words))


def likeness(one: str, other: str) -> float:
    """How alike two fingerprints are, from 0.0 to 1.0."""
    ours, theirs = set(one.split()), set(other.split())
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0


def repeats(text: str, earlier: Iterable[str], threshold: float = NEARLY_THE_SAME) -> bool:
    """Whether ``text`` says nearly the same as a line behind one of the fingerprints."""
    mark = fingerprint(text)
    return any(likeness(mark, other) >= threshold for other in earlier)
