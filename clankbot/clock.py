"""The time, read in one place, so that code which decides by it can be given another clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """The machine's clocks.  Usable from any thread."""

    def monotonic(self) -> float:
        """Seconds that only ever go forward; for durations."""
        return time.monotonic()

    def utc_ms(self) -> int:
        """Milliseconds UTC; for what is stored or shown."""
        return time.time_ns() // 1_000_000

    def utc_day(self) -> str:
        """Today as ``2026-11-22``, in UTC."""
        return f"{datetime.fromtimestamp(self.utc_ms() / 1000, UTC):%F}"
