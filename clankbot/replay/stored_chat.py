"""What the bot's own database holds of a channel, to be played like a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from clankbot.database.database import Database
from clankbot.records.chat import ChatMessage
from clankbot.saved_chat.saved_chat import Moment


class StoredChat:
    """The messages of a channel; each iteration reads them anew."""

    other_lines = untimed = 0

    def __init__(self, database: Database, channel: str, own_login: str) -> None:
        """``own_login``: whose the bot's own messages are to be."""
        self._database = database
        self.channel: str | None = channel
        self._channel = channel
        self._own_login = own_login
        self.messages = self.timed = 0

    def channels(self) -> tuple[str, ...]:
        """The one channel, if anything is stored of it; reads all of it."""
        return tuple(dict.fromkeys(moment.event.channel for moment in self))

    def nothing(self) -> str:
        """Why there is nothing to play."""
        return f"nothing is stored of #{self.channel}"

    def __iter__(self) -> Iterator[Moment]:
        self.messages = self.timed = 0
        at_ms = 0
        with self._database.open() as store:
            for row in store.export_rows(self._channel):
                at_ms = max(at_ms, row.sent_at_ms)
                self.messages += 1
                self.timed += 1
                message = ChatMessage(
                    message_id=row.message_id,
                    channel=row.channel,
                    user_id=row.user_id,
                    login=self._own_login if row.is_own else row.login,
                    display_name=row.display_name,
                    text=row.text,
                    sent_at=datetime.fromtimestamp(row.sent_at_ms / 1000, UTC),
                )
                yield Moment(at_ms, message)
