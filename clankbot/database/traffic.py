"""What the bot wrote to Twitch within the last minute: its limits hold across a restart."""

from __future__ import annotations

from typing import Final

from clankbot.database import sql
from clankbot.database.repository import Repository
from clankbot.records import Applied, RecordTraffic, Traffic

_KEPT_MS: Final = 60_000
"""Twice as long as the longest of Twitch's limits reaches back."""


class TrafficLog(Repository):
    """The table ``traffic``."""

    def traffic_since(self, since_ms: int) -> list[RecordTraffic]:
        """What was written since then, oldest first."""
        return [
            RecordTraffic(Traffic(kind), at_ms)
            for kind, at_ms in self._session.rows(sql.TRAFFIC_SINCE, since_ms)
        ]

    def _record_traffic(self, write: RecordTraffic) -> Applied:
        """Rows from far ahead go, too: the clock was set back, and they would stay for ever."""
        self._session.run(sql.PRUNE_TRAFFIC, write.at_ms - _KEPT_MS, write.at_ms + _KEPT_MS)
        return Applied(self._session.run(sql.ADD_TRAFFIC, write.kind.value, write.at_ms))
