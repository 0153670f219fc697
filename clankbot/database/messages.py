"""The messages of each channel: stored once, shown in order, removed for good.

Much is removed in steps: the history of years cannot be deleted in one stroke without holding up
everything else, a stop of the program included.  So a removal deletes its first rows in the
transaction that asks for it, and notes in the same transaction what is to follow; that survives any
end of the program.  Until all of it is gone, what is stored must not be shown to a model.

A channel that has another name takes its messages along in the same steps, and in one row of order
with the removals: each works on what those before it have left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Final

from clankbot.database.dialect import both, each, insert, insert_new
from clankbot.database.session import Repository, Row
from clankbot.records import writes
from clankbot.records.speech import ContextLine
from clankbot.records.writes import Applied, StoredMessage

# In the order of StoredMessage.
MESSAGE_COLUMNS: Final = (
    "message_id, channel, user_id, user_login, user_display_name, message_content, timestamp,"
    " is_own"
)
# Not ``astuple``, which copies each value: that takes longer than to store it.
_message_row = attrgetter(*(field.name for field in fields(StoredMessage)))
REMOVAL_COLUMNS: Final = "scope, up_to_row, first_key, last_key"

# Some 30 ms of work in a file of a million messages, and four times that on a Raspberry Pi: chat
# that comes in meanwhile waits for no more than that.  Most viewers have fewer.
STEP_ROWS: Final = 500


class Removal:
    """How the messages of one scope are deleted in steps."""

    def __init__(self, index: str, *keys: str, own_ids: str | None = None) -> None:
        """``keys`` are the columns that name the scope; their values go first in each statement.

        ``own_ids`` finds the ids of the bot's own messages, if there is a shorter way.
        """
        table = f"messages FORCE INDEX ({index})"
        where = " AND ".join(f"{key} = ?" for key in keys)
        step = f"SELECT id FROM {table} WHERE {where} AND id <= ? LIMIT ?"
        self.key_count = len(keys)
        # The bot's own messages among them.
        self.own_ids = both(
            own_ids or f"SELECT message_id FROM {table} WHERE {where} AND is_own = 1"
        )
        # Up to a row: so many of them at once, and how many there are.
        self.step = each(
            both(f"DELETE FROM messages WHERE id IN ({step})").sqlite,
            f"DELETE messages FROM messages JOIN ({step}) AS doomed USING (id)",
        )
        self.count = both(f"SELECT COUNT(*) FROM {table} WHERE {where} AND id <= ?")


_OWN_IN_CHANNEL: Final = (
    "SELECT messages.message_id FROM spoken FORCE INDEX (spoken_by_channel)"
    " JOIN messages ON messages.message_id = spoken.message_id WHERE spoken.channel = ?"
)
# By scope, as the table ``removals`` names it.  Twitch names viewers by their ids, so that a login
# may take longer to find.
REMOVALS: Final = {
    "viewer": Removal("messages_by_viewer", "user_id", "channel"),
    "login": Removal("messages_by_channel", "user_login", "channel"),
    "channel": Removal("messages_by_channel", "channel", own_ids=_OWN_IN_CHANNEL),
    "everywhere": Removal("messages_by_viewer", "user_id"),
}


# How messages follow their channel to another name, as the table ``removals`` names that scope.
MOVE: Final = "move"


class Messages(Repository):
    """The table ``messages``, and ``removals``: what of it is on its way out, or elsewhere."""

    # Whether a removal is under way: at first unknown, for an earlier run may have left one.
    _may_be_removing = True

    RECENT_MESSAGES: Final = both(
        "SELECT message_id, user_id, user_login, user_display_name, message_content, timestamp,"
        " is_own, id FROM messages FORCE INDEX (messages_by_channel)"
        " WHERE channel = ? ORDER BY id DESC LIMIT ?"
    )

    def recent_messages(self, channel: str, limit: int) -> list[ContextLine]:
        """The newest ``limit`` messages of the channel, oldest first."""
        rows = self._session.rows(self.RECENT_MESSAGES, channel, limit)
        return [
            ContextLine(message_id, user_id, login, speaker, text, at_ms, bool(is_own), row)
            for message_id, user_id, login, speaker, text, at_ms, is_own, row in reversed(rows)
        ]

    NEWEST_TIMES: Final = both(
        "SELECT timestamp FROM messages WHERE id > 0 ORDER BY id DESC LIMIT 9"
    )

    def newest_time(self) -> int | None:
        """When the newest messages were sent (ms UTC): not the last one alone, which may be odd."""
        times = sorted(at_ms for (at_ms,) in self._session.rows(self.NEWEST_TIMES))
        return times[(len(times) - 1) // 2] if times else None

    EXPORT_PAGE: Final = both(
        f"SELECT id, {MESSAGE_COLUMNS} FROM messages FORCE INDEX (messages_by_channel)"
        " WHERE channel = ? AND id > ? ORDER BY id LIMIT ?"
    )

    def export_rows(self, channel: str, batch: int = 500) -> Iterator[StoredMessage]:
        """All messages of the channel, oldest first, read ``batch`` at a time.

        No transaction is open between two batches, so a slow reader holds nobody up.
        """
        last_id = 0
        while rows := self._session.rows(self.EXPORT_PAGE, channel, last_id, batch):
            for row in rows:
                last_id, message_id, channel, user_id, login, speaker, text, at_ms, is_own = row
                yield StoredMessage(
                    message_id, channel, user_id, login, speaker, text, at_ms, bool(is_own)
                )

    COUNT_SINCE: Final = both(
        "SELECT COUNT(*) FROM messages FORCE INDEX (messages_by_time)"
        " WHERE channel = ? AND timestamp >= ? AND is_own = 0"
    )

    def count_since(self, channel: str, since_ms: int) -> int:
        """How many of the stored messages viewers have sent since then."""
        return self._session.number(self.COUNT_SINCE, channel, since_ms)

    SPEAKERS_SINCE: Final = both(
        "SELECT COUNT(DISTINCT user_id) FROM messages FORCE INDEX (messages_by_time)"
        " WHERE channel = ? AND timestamp >= ? AND is_own = 0"
    )

    def speakers_since(self, channel: str, since_ms: int) -> int:
        """How many viewers have spoken since then."""
        return self._session.number(self.SPEAKERS_SINCE, channel, since_ms)

    ADD_MESSAGE: Final = insert_new("messages", MESSAGE_COLUMNS, key="message_id")
    NEWEST_ID: Final = both("SELECT COALESCE(MAX(id), 0) FROM messages")
    IDS_AFTER: Final = both("SELECT message_id FROM messages WHERE id > ?")

    def _append(self, messages: Sequence[StoredMessage]) -> list[Applied]:
        """Store all messages with one statement; those known already are left as they are."""
        newest_id = self._session.number(self.NEWEST_ID)
        rows = [_message_row(message) for message in messages]
        if self._session.run_many(self.ADD_MESSAGE, rows) == len(messages):
            return [Applied(1)] * len(messages)
        added = {message_id for (message_id,) in self._session.rows(self.IDS_AFTER, newest_id)}
        applied = []
        for message in messages:
            applied.append(Applied(int(message.message_id in added)))
            added.discard(message.message_id)
        return applied

    # -- removing ----------------------------------------------------------------------------------

    MARK_SPOKEN_REMOVED: Final = both(
        "UPDATE spoken SET removed_at = ?"
        " WHERE message_id = ? AND channel = ? AND removed_at IS NULL"
    )
    COUNT_SPOKEN_TO_REMOVE: Final = both(
        "SELECT COUNT(*) FROM spoken"
        " WHERE message_id = ? AND channel = ? AND (removed_at IS NULL OR removed_at = ?)"
    )
    REMOVE_MESSAGE: Final = both("DELETE FROM messages WHERE message_id = ? AND channel = ?")

    def _remove_message(self, write: writes.RemoveMessage) -> Applied:
        which = write.message_id, write.channel
        self._take_along("message", write.message_id, write.channel)
        # Counted first: a removal that is carried out twice is still a hint.
        own_rows = self._session.number(self.COUNT_SPOKEN_TO_REMOVE, *which, write.at_ms)
        self._session.run(self.MARK_SPOKEN_REMOVED, write.at_ms, *which)
        removed = self._session.run(self.REMOVE_MESSAGE, *which)
        self._words_removed |= removed > 0
        return Applied(removed, own_rows)

    def _remove_viewer(self, write: writes.RemoveViewer) -> Applied:
        if write.user_id is not None:
            return self._remove_scope("viewer", write.at_ms, write.user_id, write.channel)
        if write.login is not None:
            return self._remove_scope("login", write.at_ms, write.login, write.channel)
        return Applied(0)

    def _remove_channel(self, write: writes.RemoveChannel) -> Applied:
        return self._remove_scope("channel", write.at_ms, write.channel)

    def _remove_scope(self, scope: str, at_ms: int, *keys: str) -> Applied:
        """Delete all of a scope, which ends with the channel; mark what the bot had said of it."""
        self._take_along(scope, *keys)
        own_ids = self._session.rows(REMOVALS[scope].own_ids, *keys)
        marks = [(at_ms, message_id, keys[-1]) for (message_id,) in own_ids]
        own_rows = self._session.run_many(self.MARK_SPOKEN_REMOVED, marks)
        return Applied(self._begin_removing(scope, *keys), own_rows)

    ADD_REMOVAL: Final = both(insert("removals", REMOVAL_COLUMNS))

    def _begin_removing(self, scope: str, *keys: str) -> int:
        """Delete what moderators or viewers want gone, or begin to; how many messages it is."""
        up_to_row = self._session.number(self.NEWEST_ID)
        # The rows of a whole channel may still bear another's name: its turn comes after the moves.
        must_wait = scope == "channel" and bool(self._moves())
        removed = 0 if must_wait else self._take_step(scope, keys, up_to_row)
        if removed < STEP_ROWS and not must_wait:
            return removed
        left = self._session.number(REMOVALS[scope].count, *keys, up_to_row)
        self._queue_steps(scope, up_to_row, *keys)
        return removed + left

    def _queue_steps(self, scope: str, up_to_row: int, *keys: str) -> None:
        """The rest is for the steps of ``carry_on_removing``."""
        self._session.run(self.ADD_REMOVAL, scope, up_to_row, keys[0], keys[-1])
        self._may_be_removing = True

    # -- another name ------------------------------------------------------------------------------

    COUNT_IN_CHANNEL: Final = both(
        "SELECT COUNT(*) FROM messages FORCE INDEX (messages_by_channel) WHERE channel = ?"
    )
    MOVE_STEP: Final = each(
        "UPDATE messages SET channel = ?4 WHERE id IN (SELECT id FROM messages"
        " INDEXED BY messages_by_channel WHERE channel = ?1 AND id <= ?2 LIMIT ?3)",
        "UPDATE messages JOIN (SELECT id FROM messages FORCE INDEX (messages_by_channel)"
        " WHERE channel = ? AND id <= ? LIMIT ?) AS step USING (id) SET messages.channel = ?",
    )

    def _move_messages(self, former: str, channel: str) -> int:
        """Have all messages of a channel follow it to another name; how many it is."""
        count = self._session.number(self.COUNT_IN_CHANNEL, former)
        if count:
            up_to_row = self._session.number(self.NEWEST_ID)
            is_first = not self.is_removing()
            if not is_first or self._take_step(MOVE, (former, channel), up_to_row) == STEP_ROWS:
                self._queue_steps(MOVE, up_to_row, former, channel)
        return count

    MOVES: Final = both(
        f"SELECT first_key, last_key, up_to_row FROM removals WHERE scope = '{MOVE}' ORDER BY id"
    )

    def _moves(self) -> list[Row]:
        """From where, to where and up to which row messages are still on their way."""
        return self._session.rows(self.MOVES)

    TAKE_ALONG: Final = {
        "message": both(
            "UPDATE messages SET channel = ? WHERE channel = ? AND id <= ? AND message_id = ?"
        ),
        "viewer": both(
            "UPDATE messages FORCE INDEX (messages_by_viewer) SET channel = ?"
            " WHERE channel = ? AND id <= ? AND user_id = ?"
        ),
        "login": both(
            "UPDATE messages FORCE INDEX (messages_by_channel) SET channel = ?"
            " WHERE channel = ? AND id <= ? AND user_login = ?"
        ),
    }

    def _take_along(self, scope: str, *keys: str) -> None:
        """Move what is to be removed ahead of the steps, so that its removal need not wait."""
        if scope in self.TAKE_ALONG:
            for former, channel, up_to_row in self._moves():
                self._session.run(self.TAKE_ALONG[scope], channel, former, up_to_row, keys[0])

    # -- step by step ------------------------------------------------------------------------------

    NEXT_REMOVAL: Final = both(f"SELECT id, {REMOVAL_COLUMNS} FROM removals ORDER BY id LIMIT 1")
    END_REMOVAL: Final = both("DELETE FROM removals WHERE id = ?")

    def carry_on_removing(self) -> bool:
        """Delete or move some more of what is to go; whether any of it is left."""
        if not self._may_be_removing:
            return False
        with self._session.transaction():
            row = self._session.row(self.NEXT_REMOVAL)
            self._may_be_removing = row is not None
            if row is not None:
                number, scope, up_to_row, *keys = row
                if self._take_step(scope, keys, up_to_row) < STEP_ROWS:
                    self._session.run(self.END_REMOVAL, number)
        return self._may_be_removing

    def is_removing(self) -> bool:
        """Whether any of what is to go is left, whoever wants it gone."""
        return self._session.row(self.NEXT_REMOVAL) is not None

    def finish_removing(self) -> None:
        """Delete all that is still to go, for a program that does nothing else."""
        while self.carry_on_removing():
            continue

    def _take_step(self, scope: str, keys: Sequence[str], up_to_row: int) -> int:
        """Delete, or move, as many as one transaction may; how many it was."""
        if scope == MOVE:
            former, channel = keys
            return self._session.run(self.MOVE_STEP, former, up_to_row, STEP_ROWS, channel)
        removal = REMOVALS[scope]
        removed = self._session.run(removal.step, *keys[: removal.key_count], up_to_row, STEP_ROWS)
        self._words_removed |= removed > 0
        return removed
