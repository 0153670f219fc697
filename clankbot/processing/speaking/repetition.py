"""Telling whether a line says nearly the same as an earlier one, without keeping its words.

A fingerprint is the set of the line's words, each as a 32-bit checksum, in no order; of a script
that puts no blanks between words, each pair of neighbouring letters stands for a word.  Two lines
are compared by the share they have in common (Jaccard index); so the bot can avoid what moderators
removed although the text itself is gone from the database.  The words cannot be read from a
fingerprint, but one can test whether a given word was among them.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Protocol

from clankbot.errors import DatabaseError
from clankbot.processing.live_state import LiveState
from clankbot.records.answers import SpokenRow

log = logging.getLogger(__name__)

_REMEMBERED: Final = 20  # lines a channel

_WORD = re.compile(r"\w+")
# Scripts that put no blanks between words.
_UNSPACED: Final = (
    range(0x0E00, 0x0F00),  # Thai, Lao
    range(0x1000, 0x10A0),  # Burmese
    range(0x1780, 0x1800),  # Khmer
    range(0x3040, 0x3100),  # kana
    range(0x3400, 0xA000),  # Chinese characters, and those of the next two
    range(0xF900, 0xFB00),
    range(0x20000, 0x40000),
)

# One word in a dozen may differ: echoes are caught, lines that share a pattern pass.
NEARLY_THE_SAME = 0.85

NEARLY_REMOVED = 0.5  # stricter towards lines that moderators removed


def fingerprint(text: str) -> str:
    """The words of ``text`` as sorted checksums; a line without words is taken as a whole."""
    folded = text.casefold()
    runs = _WORD.findall(folded)
    words = {word for run in runs for word in _words(run)} or {folded.strip()}
    return " ".join(sorted(f"{zlib.crc32(word.encode('utf-8', 'replace')):08x}" for word in words))


def _words(run: str) -> Iterable[str]:
    """The word, or the pairs of letters that stand for the words of a run without blanks."""
    if len(run) < 3 or not any(map(_is_unspaced, run)):
        return (run,)
    return map("".join, pairwise(run))


def _is_unspaced(char: str) -> bool:
    return any(ord(char) in script for script in _UNSPACED)


def likeness(one: str, other: str) -> float:
    """How alike two fingerprints are, from 0.0 to 1.0."""
    ours, theirs = set(one.split()), set(other.split())
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0


def repeats(text: str, earlier: Iterable[str], threshold: float = NEARLY_THE_SAME) -> bool:
    """Whether ``text`` says nearly the same as a line behind one of the fingerprints."""
    mark = fingerprint(text)
    return any(likeness(mark, other) >= threshold for other in earlier)


class SpokenHistory(Protocol):
    """The bot's own utterances, without their words."""

    def recent_spoken(self, channel: str, limit: int) -> Sequence[SpokenRow]:
        """The newest in the channel."""

    def removed_spoken(self, channel: str, limit: int) -> Sequence[SpokenRow]:
        """Those whose words moderators removed last."""


class OwnWords:
    """Brings the live state up to date."""

    def __init__(self, history: SpokenHistory, live_state: LiveState) -> None:
        self._history = history
        self._live_state = live_state

    def load(self, channel: str) -> None:
        """Something was said or removed; a database that is unavailable is logged."""
        try:
            recent = self._history.recent_spoken(channel, _REMEMBERED)
            removed = self._history.removed_spoken(channel, _REMEMBERED)
        except DatabaseError as error:
            log.warning("own words not read", extra={"channel": channel, "problem": str(error)})
            return
        self._live_state.set_own_words(
            channel,
            recent=[row.fingerprint for row in recent if not row.removed],
            removed=[row.fingerprint for row in removed],
        )
