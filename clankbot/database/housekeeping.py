"""Keeping the database small, and the figures about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from clankbot.database import sql
from clankbot.database.dialect import Dialect
from clankbot.database.repository import Repository
from clankbot.records.answers import ChannelSummary

_NOTES_KEPT: Final = timedelta(days=90)
"""Daily figures, hints, and who changed a setting: long enough to look back on, and nothing hangs
on older ones."""
_SPARE_PAGES: Final = 64
"""Left free in an SQLite file: the next messages go there, and the file neither shrinks nor grows
with each of them."""


class Housekeeping(Repository):
    """What is looked after from time to time."""

    def channels(self) -> list[str]:
        """Every channel of which something is stored, by name."""
        return [channel for (channel,) in self._session.rows(sql.CHANNELS)]

    def summaries(self) -> list[ChannelSummary]:
        """The figures of every channel with messages, by name.  Reads the whole table."""
        return [
            ChannelSummary(channel, messages, speakers, int(own), first_at_ms, last_at_ms)
            for channel, messages, speakers, own, first_at_ms, last_at_ms in self._session.rows(
                sql.SUMMARIES
            )
        ]

    def size_bytes(self) -> int:
        """What the database takes up on disk; on MySQL what the server believes it does."""
        return self._session.number(sql.SIZE_BYTES)

    def prune(
        self,
        channel: str,
        older_than_ms: int | None,
        keep_count: int | None,
        max_rows: int = 500,
    ) -> int:
        """Delete up to ``max_rows`` messages past the limits; how many went.

        In the same short transaction go the notes of the channel that are past their use.
        """
        removed = 0
        with self._session.transaction():
            if older_than_ms is not None:
                removed = self._session.run(sql.PRUNE_BY_AGE, channel, older_than_ms, max_rows)
            if keep_count is not None and removed < max_rows:
                removed += self._session.run(
                    sql.PRUNE_BY_COUNT, channel, max_rows - removed, keep_count
                )
            self._prune_spoken(channel, older_than_ms, keep_count)
            self._prune_notes(channel)
        return removed

    def _prune_spoken(
        self, channel: str, older_than_ms: int | None, keep_count: int | None
    ) -> None:
        """The newest utterance stays whatever its age: the pace is counted from it."""
        if older_than_ms is not None:
            newest = self._session.number(sql.NEWEST_SPOKEN_ID, channel)
            self._session.run(sql.PRUNE_SPOKEN_BY_AGE, channel, newest, older_than_ms)
        if keep_count is not None:
            past = self._session.number(sql.SPOKEN_ID_PAST, channel, max(1, keep_count))
            self._session.run(sql.PRUNE_SPOKEN_BY_COUNT, channel, past)

    def _prune_notes(self, channel: str) -> None:
        oldest = datetime.fromtimestamp(self._now_ms() / 1000, UTC) - _NOTES_KEPT
        self._session.run(sql.PRUNE_TALLIES, channel, f"{oldest:%Y-%m-%d}")
        self._session.run(sql.PRUNE_HINTS, channel, _to_ms(oldest))
        self._session.run(sql.UNNAME_OLD_CHANGES, channel, _to_ms(oldest))
        self._session.run(sql.UNNAME_OLD_TERMS, channel, _to_ms(oldest))

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
        before = self._session.number(sql.SQLITE_FREE_PAGES)
        with self._session.transaction():
            for _ in range(min(pages, before - _SPARE_PAGES)):
                self._session.run(sql.SQLITE_GIVE_BACK_PAGE)
        return before - self._session.number(sql.SQLITE_FREE_PAGES)

    def _empty_log(self) -> None:
        """Without waiting: while someone reads, the next round will do."""
        self._session.rows(sql.SQLITE_DO_NOT_WAIT)
        try:
            self._words_removed = bool(self._session.number(sql.SQLITE_EMPTY_LOG))
        finally:
            self._session.rows(sql.SQLITE_WAIT)


def _to_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
