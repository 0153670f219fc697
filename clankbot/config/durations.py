"""Lengths of time as people write them: ``90``, ``90s``, ``5 min``, ``1h30m``.  Pure."""

from __future__ import annotations

import re

_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,3})?"
_PLAIN = re.compile(_NUMBER)
_PART = re.compile(rf"\s*({_NUMBER})\s*([a-z]+)\s*")
_WORDS = (
    (86_400, "d day days"),
    (3_600, "h hr hrs hour hours"),
    (60, "m min mins minute minutes"),
    (1, "s sec secs second seconds"),
)
_SECONDS = {word: seconds for seconds, words in _WORDS for word in words.split()}


def seconds_in(text: str) -> float | None:
    """The seconds a text stands for, a bare number being seconds; None where it is no duration."""
    text = text.strip().lower()
    if _PLAIN.fullmatch(text):
        return float(text)
    total, end = 0.0, 0
    while part := _PART.match(text, end):
        if part[2] not in _SECONDS:
            return None
        total += float(part[1]) * _SECONDS[part[2]]
        end = part.end()
    return total if end and end == len(text) else None


def duration_text(seconds: int) -> str:
    """The shortest way to write whole seconds: ``45s``, ``5m``, ``1h30m``."""
    parts = []
    for size, words in _WORDS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{words[0]}")
    return "".join(parts) or "0s"
