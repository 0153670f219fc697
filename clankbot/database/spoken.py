"""What the bot said, without the words: the pace is counted from it, and hints are kept here."""

from __future__ import annotations

from clankbot.database import sql
from clankbot.database.repository import Repository
from clankbot.database.session import Row
from clankbot.records.answers import Pace, SpokenRow
from clankbot.records.writes import AddHint, Applied, ClearHints, RecordSpoken


class MessageKind(Repository):
    """The tables ``spoken`` and ``hints``."""

    def pace(self, channel: str, count_cap: int, hold_cap: int) -> Pace:
        """Viewers' messages since the bot last spoke, messages held, and when it spoke.

        Counting stops at the caps, so the answer takes no longer in a channel that never rests.
        """
        last = self._session.row(sql.LAST_SPOKEN, channel)
        after_row, spoke_at_ms = last or (0, None)
        counted = self._session.number(sql.COUNT_AFTER_ROW, channel, after_row, count_cap)
        held = self._session.number(sql.COUNT_HELD, channel, hold_cap)
        return Pace(counted, held, spoke_at_ms)

    def recent_spoken(self, channel: str, limit: int) -> list[SpokenRow]:
        """The bot's newest utterances in the channel, newest first."""
        return [_spoken(row) for row in self._session.rows(sql.RECENT_SPOKEN, channel, limit)]

    def removed_spoken(self, channel: str, limit: int) -> list[SpokenRow]:
        """Those whose words moderators removed last, the newest removal first."""
        return [_spoken(row) for row in self._session.rows(sql.REMOVED_SPOKEN, channel, limit)]

    def hints_since(self, channel: str, since_ms: int) -> list[int]:
        """When moderators removed the bot's words since then, oldest first."""
        return [at_ms for (at_ms,) in self._session.rows(sql.HINTS_SINCE, channel, since_ms)]

    def _record_spoken(self, write: RecordSpoken) -> Applied:
        """Counting starts anew after the message named, or the newest one where that is gone."""
        newest_id = self._session.number(
            sql.ID_OF_MESSAGE, write.after_message_id
        ) or self._session.number(sql.NEWEST_ID)
        return Applied(
            self._session.run(
                sql.ADD_SPOKEN,
                write.channel,
                write.message_id,
                newest_id,
                write.at_ms,
                write.fingerprint,
                write.shadow,
            )
        )

    def _add_hint(self, write: AddHint) -> Applied:
        return Applied(self._session.run(sql.ADD_HINT, write.channel, write.at_ms))

    def _clear_hints(self, write: ClearHints) -> Applied:
        return Applied(self._session.run(sql.CLEAR_HINTS, write.channel))


def _spoken(row: Row) -> SpokenRow:
    message_id, at_ms, fingerprint, removed, shadow = row
    return SpokenRow(message_id, at_ms, fingerprint, bool(removed), bool(shadow))
