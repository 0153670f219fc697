"""Keeping the database small, the figures about it, and what the bot wrote in the last minutes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from clankbot.database.dialect import Dialect, both, each, insert
from clankbot.database.session import Repository
from clankbot.database.sqlite import BUSY_MS
from clankbot.records.answers import ChannelSummary
from clankbot.records.writes import Applied, RateLimitEvent, RecordRateLimitEvent

# For daily figures, hints, and who changed a setting: long enough to look back on, and nothing
# depends on older ones.
_NOTES_KEPT_MS: Final = 90 * 86_400_000
# As long as the longest of Twitch's limits reaches back, with some to spare: slow mode is at most
# two minutes.
_RATE_LIMIT_EVENTS_KEPT_MS: Final = 130_000
# Left free in an SQLite file: the next messages go there, and the file neither shrinks nor grows
# with each of them.
_SPARE_PAGES: Final = 64


class Housekeeping(Repository):
    """What is looked after from time to time, and the table ``traffic``."""

    # -- figures -----------------------------------------------------------------------------------

    CHANNELS: Final = both(
        "SELECT channel FROM messages UNION SELECT channel FROM spoken"
        " UNION SELECT channel FROM channel_config ORDER BY channel"
    )

    def channels(self) -> list[str]:
        """Every channel of which something is stored, by name."""
        return [channel for (channel,) in self._session.rows(self.CHANNELS)]

    SUMMARIES: Final = both(
        "SELECT channel, COUNT(*), COUNT(DISTINCT CASE WHEN is_own = 0 THEN user_id END),"
        " COUNT(CASE WHEN is_own = 1 THEN id END), MIN(timestamp), MAX(timestamp)"
        " FROM messages GROUP BY channel ORDER BY channel"
    )

    def summaries(self) -> list[ChannelSummary]:
        """The figures of every channel with messages, by name.  Reads the whole table."""
        return [ChannelSummary(*row) for row in self._session.rows(self.SUMMARIES)]

    SIZE_BYTES: Final = each(
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables"
        " WHERE table_schema = DATABASE()",
    )

    def size_bytes(self) -> int:
        """What the database takes up on disk; on MySQL what the server believes it does."""
        return self._session.number(self.SIZE_BYTES)

    # -- what is past its time ---------------------------------------------------------------------

    PRUNE_BY_AGE: Final = each(
        "DELETE FROM messages WHERE id IN (SELECT id FROM messages"
        " WHERE channel = ? AND timestamp < ? ORDER BY timestamp LIMIT ?)",
        "DELETE messages FROM messages JOIN (SELECT id FROM messages FORCE INDEX (messages_by_time)"
        " WHERE channel = ? AND timestamp < ? ORDER BY timestamp LIMIT ?) AS doomed USING (id)",
    )
    PRUNE_BY_COUNT: Final = each(
        "DELETE FROM messages WHERE id IN (SELECT id FROM messages"
        " WHERE channel = ? ORDER BY id DESC LIMIT ? OFFSET ?)",
        "DELETE messages FROM messages"
        " JOIN (SELECT id FROM messages FORCE INDEX (messages_by_channel)"
        " WHERE channel = ? ORDER BY id DESC LIMIT ? OFFSET ?) AS doomed USING (id)",
    )

    def prune(
        self, channel: str, older_than_ms: int | None, keep_count: int | None, max_rows: int = 500
    ) -> int:
        """Delete up to ``max_rows`` messages past the limits; how many went.

        In the same short transaction go the notes of the channel that are past their use.
        """
        removed = 0
        with self._session.transaction():
            if older_than_ms is not None:
                removed = self._session.run(self.PRUNE_BY_AGE, channel, older_than_ms, max_rows)
            if keep_count is not None and removed < max_rows:
                at_most = max_rows - removed
                removed += self._session.run(self.PRUNE_BY_COUNT, channel, at_most, keep_count)
            self._prune_spoken(channel, older_than_ms, keep_count)
            self._prune_notes(channel)
        return removed

    NEWEST_SPOKEN_ID: Final = both("SELECT MAX(id) FROM spoken WHERE channel = ?")
    PRUNE_SPOKEN_BY_AGE: Final = both(
        "DELETE FROM spoken WHERE channel = ? AND id < ? AND spoken_at < ?"
    )
    SPOKEN_ID_PAST: Final = both(
        "SELECT id FROM spoken FORCE INDEX (spoken_by_channel)"
        " WHERE channel = ? ORDER BY id DESC LIMIT 1 OFFSET ?"
    )
    PRUNE_SPOKEN_BY_COUNT: Final = both("DELETE FROM spoken WHERE channel = ? AND id <= ?")

    def _prune_spoken(
        self, channel: str, older_than_ms: int | None, keep_count: int | None
    ) -> None:
        """The newest utterance stays whatever its age: the pace is counted from it."""
        if older_than_ms is not None:
            newest = self._session.number(self.NEWEST_SPOKEN_ID, channel)
            self._session.run(self.PRUNE_SPOKEN_BY_AGE, channel, newest, older_than_ms)
        if keep_count is not None:
            past = self._session.number(self.SPOKEN_ID_PAST, channel, max(1, keep_count))
            self._session.run(self.PRUNE_SPOKEN_BY_COUNT, channel, past)

    PRUNE_TALLIES: Final = both("DELETE FROM tallies WHERE channel = ? AND day < ?")
    PRUNE_HINTS: Final = both("DELETE FROM hints WHERE channel = ? AND hinted_at < ?")
    ANONYMIZE_OLD_CHANGES: Final = both(
        "UPDATE setting_changes SET changed_by_id = '', changed_by = ''"
        " WHERE channel = ? AND changed_at < ? AND changed_by_id <> ''"
    )
    ANONYMIZE_OLD_TERMS: Final = both(
        "UPDATE channel_terms SET changed_by_id = ''"
        " WHERE channel = ? AND added_at < ? AND changed_by_id <> ''"
    )

    def _prune_notes(self, channel: str) -> None:
        oldest_ms = self._clock.past_ms() - _NOTES_KEPT_MS
        if oldest_ms < 0:
            return  # nobody knows what time it is
        oldest = datetime.fromtimestamp(oldest_ms / 1000, UTC)
        self._session.run(self.PRUNE_TALLIES, channel, f"{oldest:%Y-%m-%d}")
        for statement in (self.PRUNE_HINTS, self.ANONYMIZE_OLD_CHANGES, self.ANONYMIZE_OLD_TERMS):
            self._session.run(statement, channel, oldest_ms)

    # -- space on the disk -------------------------------------------------------------------------

    FREE_PAGES: Final = each("SELECT freelist_count FROM pragma_freelist_count()", "SELECT 0")
    GIVE_BACK_PAGE: Final = each("PRAGMA incremental_vacuum(1)", "DO 0")

    def release_space(self, pages: int = 64) -> int:
        """Give up to ``pages`` free pages of an SQLite file back to the disk; how many went.

        64 of them take a few milliseconds.  After words were removed it also empties the
        write-ahead log, where they would linger until it is written over.  MySQL looks after both
        by itself.
        """
        if self._session.dialect is not Dialect.SQLITE:
            return 0
        if self._words_removed:
            self._empty_log()
        before = self._session.number(self.FREE_PAGES)
        with self._session.transaction():
            for _ in range(min(pages, before - _SPARE_PAGES)):
                self._session.run(self.GIVE_BACK_PAGE)
        return before - self._session.number(self.FREE_PAGES)

    DO_NOT_WAIT: Final = each("PRAGMA busy_timeout = 0", "DO 0")
    WAIT: Final = each(f"PRAGMA busy_timeout = {BUSY_MS}", "DO 0")
    EMPTY_LOG: Final = each("PRAGMA wal_checkpoint(TRUNCATE)", "SELECT 0")

    def _empty_log(self) -> None:
        """Without waiting: if another program reads just now, the next round will do."""
        self._session.run(self.DO_NOT_WAIT)
        try:
            self._words_removed = bool(self._session.number(self.EMPTY_LOG))
        finally:
            self._session.run(self.WAIT)

    # -- what counts against Twitch's limits, which hold across a restart --------------------------

    TRAFFIC_SINCE: Final = both(
        "SELECT kind, at, channel, checksum FROM traffic FORCE INDEX (traffic_by_time)"
        " WHERE at >= ? ORDER BY at"
    )

    def traffic_since(self, since_ms: int) -> list[RecordRateLimitEvent]:
        """What was written since then, oldest first."""
        return [
            RecordRateLimitEvent(RateLimitEvent(kind), *rest)
            for kind, *rest in self._session.rows(self.TRAFFIC_SINCE, since_ms)
        ]

    PRUNE_TRAFFIC: Final = both("DELETE FROM traffic WHERE at < ? OR at > ?")
    ADD_TRAFFIC: Final = both(insert("traffic", "kind, at, channel, checksum"))

    def _record_rate_limit_event(self, write: RecordRateLimitEvent) -> Applied:
        """Rows from far ahead go, too: the clock was set back, and they would stay for ever."""
        kept = _RATE_LIMIT_EVENTS_KEPT_MS
        self._session.run(self.PRUNE_TRAFFIC, write.at_ms - kept, write.at_ms + kept)
        row = (write.kind.value, write.at_ms, write.channel, write.checksum)
        return Applied(self._session.run(self.ADD_TRAFFIC, *row))
