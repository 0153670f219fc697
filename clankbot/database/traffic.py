"""What the bot wrote to Twitch in the last minutes: its limits hold across a restart."""

from __future__ import annotations

from typing import Final

from clankbot.database import sql
from clankbot.database.repository import Repository
from clankbot.records.writes import Applied, RateLimitEvent, RecordRateLimitEvent

_KEPT_MS: Final = 130_000
"""As long as the longest of Twitch's limits reaches back, with some to spare: slow mode is at most
two minutes."""


class TrafficLog(Repository):
    """The table ``traffic``."""

    def traffic_since(self, since_ms: int) -> list[RecordRateLimitEvent]:
        """What was written since then, oldest first."""
        return [
            RecordRateLimitEvent(RateLimitEvent(kind), at_ms, channel, checksum)
            for kind, at_ms, channel, checksum in self._session.rows(sql.TRAFFIC_SINCE, since_ms)
        ]

    def _record_traffic(self, write: RecordRateLimitEvent) -> Applied:
        """Rows from far ahead go, too: the clock was set back, and they would stay for ever."""
        self._session.run(sql.PRUNE_TRAFFIC, write.at_ms - _KEPT_MS, write.at_ms + _KEPT_MS)
        row = (write.kind.value, write.at_ms, write.channel, write.checksum)
        return Applied(self._session.run(sql.ADD_TRAFFIC, *row))
