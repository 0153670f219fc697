"""What the bot said, without the words: the pace is counted from it, and hints are kept here."""

from __future__ import annotations

from typing import Final

from clankbot.database.dialect import both, insert, insert_new
from clankbot.database.messages import Messages
from clankbot.database.session import Row
from clankbot.records.answers import Pace, SpokenRow
from clankbot.records.writes import AddHint, Applied, ClearHints, NoteReactions, RecordSpoken

SPOKEN_COLUMNS: Final = "channel, message_id, after_row, spoken_at, fingerprint, shadow"
HINT_COLUMNS: Final = "channel, hinted_at"


class Spoken(Messages):
    """The tables ``spoken`` and ``hints``."""

    LAST_SPOKEN: Final = both(
        "SELECT after_row, spoken_at FROM spoken FORCE INDEX (spoken_by_channel)"
        " WHERE channel = ? ORDER BY id DESC LIMIT 1"
    )
    COUNT_AFTER_ROW: Final = both(
        "SELECT COUNT(*) FROM (SELECT 1 FROM messages FORCE INDEX (messages_by_channel)"
        " WHERE channel = ? AND id > ? AND is_own = 0 LIMIT ?) AS capped"
    )
    COUNT_HELD: Final = both(
        "SELECT COUNT(*) FROM (SELECT 1 FROM messages FORCE INDEX (messages_by_channel)"
        " WHERE channel = ? LIMIT ?) AS capped"
    )

    def pace(self, channel: str, count_cap: int, hold_cap: int) -> Pace:
        """Viewers' messages since the bot last spoke, messages held, and when it spoke.

        Counting stops at the caps, so the answer takes no longer in a channel that never rests.
        """
        last = self._session.row(self.LAST_SPOKEN, channel)
        after_row, spoke_at_ms = last or (0, None)
        counted = self._session.number(self.COUNT_AFTER_ROW, channel, after_row, count_cap)
        held = self._session.number(self.COUNT_HELD, channel, hold_cap)
        return Pace(counted, held, spoke_at_ms)

    RECENT_SPOKEN: Final = both(
        "SELECT message_id, spoken_at, fingerprint, removed_at IS NOT NULL, shadow, reactions"
        " FROM spoken FORCE INDEX (spoken_by_channel) WHERE channel = ? ORDER BY id DESC LIMIT ?"
    )

    def recent_spoken(self, channel: str, limit: int) -> list[SpokenRow]:
        """The bot's newest utterances in the channel, newest first."""
        return [_spoken(row) for row in self._session.rows(self.RECENT_SPOKEN, channel, limit)]

    REMOVED_SPOKEN: Final = both(
        "SELECT message_id, spoken_at, fingerprint, 1, shadow, reactions"
        " FROM spoken FORCE INDEX (spoken_by_removal)"
        " WHERE channel = ? AND removed_at > 0 ORDER BY removed_at DESC LIMIT ?"
    )

    def removed_spoken(self, channel: str, limit: int) -> list[SpokenRow]:
        """Those whose words moderators removed last, the newest removal first."""
        return [_spoken(row) for row in self._session.rows(self.REMOVED_SPOKEN, channel, limit)]

    ID_OF_MESSAGE: Final = both("SELECT id FROM messages WHERE message_id = ?")
    ADD_SPOKEN: Final = insert_new("spoken", SPOKEN_COLUMNS, key="message_id")

    def _record_spoken(self, write: RecordSpoken) -> Applied:
        """Counting starts anew after the message named, or the newest one if that is gone."""
        after_row = self._session.number(self.ID_OF_MESSAGE, write.after_message_id)
        after_row = after_row or self._session.number(self.NEWEST_ID)
        row = (write.channel, write.message_id, after_row, write.at_ms)
        return Applied(self._session.run(self.ADD_SPOKEN, *row, write.fingerprint, write.shadow))

    ID_OF_SPOKEN: Final = both(
        "SELECT id FROM spoken FORCE INDEX (spoken_by_channel)"
        " WHERE channel = ? AND spoken_at = ? ORDER BY id DESC LIMIT 1"
    )
    NOTE_REACTIONS: Final = both("UPDATE spoken SET reactions = ? WHERE id = ?")

    def _note_reactions(self, write: NoteReactions) -> Applied:
        found = self._session.number(self.ID_OF_SPOKEN, write.channel, write.spoken_at_ms)
        return Applied(self._session.run(self.NOTE_REACTIONS, write.reactions, found))

    HINTS_SINCE: Final = both(
        "SELECT hinted_at FROM hints WHERE channel = ? AND hinted_at >= ? ORDER BY hinted_at"
    )

    def hints_since(self, channel: str, since_ms: int) -> list[int]:
        """When moderators removed the bot's words since then, oldest first."""
        return [at_ms for (at_ms,) in self._session.rows(self.HINTS_SINCE, channel, since_ms)]

    ADD_HINT: Final = both(insert("hints", HINT_COLUMNS))

    def _add_hint(self, write: AddHint) -> Applied:
        return Applied(self._session.run(self.ADD_HINT, write.channel, write.at_ms))

    CLEAR_HINTS: Final = both("DELETE FROM hints WHERE channel = ?")

    def _clear_hints(self, write: ClearHints) -> Applied:
        return Applied(self._session.run(self.CLEAR_HINTS, write.channel))


def _spoken(row: Row) -> SpokenRow:
    message_id, at_ms, fingerprint, removed, shadow, reactions = row
    return SpokenRow(message_id, at_ms, fingerprint, bool(removed), bool(shadow), reactions)
