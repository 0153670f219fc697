"""Lengths of time, sizes and moments as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_SIZES: Final = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def lasted(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3 h 20 min``: its two largest units at most."""
    left, parts = round(seconds), list[str]()
    for length, unit in _UNITS:
        count, left = divmod(left, length)
        if count and len(parts) < 2:
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts) or "0 s"


def size(count: int) -> str:
    """``1.4 GB``."""
    for length, unit in _SIZES:
        if count >= length:
            return f"{count / length:.3g} {unit}"
    return f"{count} bytes"


def moment(at_ms: int, now_ms: int) -> str:
    """``20:15 UTC``, with the day in front if that is another one than today."""
    at, now = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (at_ms, now_ms))
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at:%d %b %H:%M} UTC"


def ago(at_ms: int, now_ms: int) -> str:
    """``12 min ago``."""
    return f"{lasted(max(0, now_ms - at_ms) / 1000)} ago"
