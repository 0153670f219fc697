"""The messages of each channel: stored once, shown in order, removed for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clankbot.database import sql
from clankbot.database.dialect import Statement
from clankbot.database.removing import Removing
from clankbot.database.session import Row
from clankbot.records.speech import ContextLine
from clankbot.records.writes import (
    Append,
    Applied,
    RemoveChannel,
    RemoveMessage,
    RemoveViewer,
    StoredMessage,
)


class History(Removing):
    """The table ``messages``."""

    def recent_messages(self, channel: str, limit: int) -> list[ContextLine]:
        """The newest ``limit`` messages of the channel, oldest first."""
        rows = self._session.rows(sql.RECENT_MESSAGES, channel, limit)
        return [_context_line(row) for row in reversed(rows)]

    def export_rows(self, channel: str, batch: int = 500) -> Iterator[StoredMessage]:
        """All messages of the channel, oldest first, read ``batch`` at a time.

        No transaction is open between two batches, so a slow reader holds nobody up.
        """
        last_id = 0
        while rows := self._session.rows(sql.EXPORT_PAGE, channel, last_id, batch):
            yield from map(_stored_message, rows)
            last_id = rows[-1][0]

    def count_since(self, channel: str, since_ms: int) -> int:
        """How many of the stored messages viewers have sent since then."""
        return self._session.number(sql.COUNT_SINCE, channel, since_ms)

    def speakers_since(self, channel: str, since_ms: int) -> int:
        """How many viewers have spoken since then."""
        return self._session.number(sql.SPEAKERS_SINCE, channel, since_ms)

    def _append(self, writes: Sequence[Append]) -> list[Applied]:
        """Store all messages with one statement; those known already are left as they are."""
        newest_id = self._session.number(sql.NEWEST_ID)
        rows = [_row(write.message) for write in writes]
        if self._session.run_many(sql.ADD_MESSAGE, rows) == len(writes):
            return [Applied(1)] * len(writes)
        added = {message_id for (message_id,) in self._session.rows(sql.IDS_AFTER, newest_id)}
        applied = []
        for write in writes:
            applied.append(Applied(int(write.message.message_id in added)))
            added.discard(write.message.message_id)
        return applied

    def _remove_message(self, write: RemoveMessage) -> Applied:
        own = self._mark_removed([write.message_id], write.channel, write.at_ms)
        return Applied(
            self._remove(sql.REMOVE_MESSAGE, write.message_id, write.channel), own_rows=own
        )

    def _remove_viewer(self, write: RemoveViewer) -> Applied:
        if write.user_id is not None:
            own_ids, scope, viewer = sql.OWN_IDS_OF_VIEWER, "viewer", write.user_id
        elif write.login is not None:
            own_ids, scope, viewer = sql.OWN_IDS_OF_LOGIN, "login", write.login
        else:
            return Applied(0)
        own = self._mark_all_removed(own_ids, write.at_ms, viewer, write.channel)
        return Applied(self._begin_removing(scope, viewer, write.channel), own_rows=own)

    def _remove_channel(self, write: RemoveChannel) -> Applied:
        own = self._mark_all_removed(sql.OWN_IDS_OF_CHANNEL, write.at_ms, write.channel)
        return Applied(self._begin_removing("channel", write.channel), own_rows=own)

    def _mark_all_removed(self, own_ids: Statement, at_ms: int, *values: str) -> int:
        """Note for each of the bot's own messages among the doomed that its words were removed."""
        message_ids = [message_id for (message_id,) in self._session.rows(own_ids, *values)]
        return self._mark_removed(message_ids, values[-1], at_ms)

    def _mark_removed(self, message_ids: Sequence[str], channel: str, at_ms: int) -> int:
        marks = [(at_ms, message_id, channel) for message_id in message_ids]
        return self._session.run_many(sql.MARK_SPOKEN_REMOVED, marks)


def _context_line(row: Row) -> ContextLine:
    message_id, user_id, login, speaker, text, at_ms, is_own = row
    return ContextLine(message_id, user_id, login, speaker, text, at_ms, bool(is_own))


def _stored_message(row: Row) -> StoredMessage:
    _, message_id, channel, user_id, login, speaker, text, at_ms, is_own = row
    return StoredMessage(message_id, channel, user_id, login, speaker, text, at_ms, bool(is_own))


def _row(message: StoredMessage) -> tuple[object, ...]:
    """In the order of sql.MESSAGE_COLUMNS."""
    return (
        message.message_id,
        message.channel,
        message.user_id,
        message.login,
        message.display_name,
        message.text,
        message.sent_at_ms,
        message.is_own,
    )
