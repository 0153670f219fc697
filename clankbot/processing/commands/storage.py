"""What commands store: at once, all of it or nothing, so that the answer can tell the result.

Owned by the worker's thread, whose connection to the database it uses.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from clankbot.errors import CommitInDoubt, DatabaseError, DatabaseUnavailable, WriteRefused
from clankbot.processing.live_state import LiveState
from clankbot.processing.write_queue import WritableHistory, WriteQueue
from clankbot.records.answers import Decision, SettingChange
from clankbot.records.chat import ChatMessage
from clankbot.records.speech import ContextLine
from clankbot.records.writes import Applied, OptIn, OptOut, Write

log = logging.getLogger(__name__)


class CommandHistory(WritableHistory, Protocol):
    """What commands store, and ask of what is stored."""

    def last_changes(self, channel: str) -> Sequence[SettingChange]:
        """The changes of the newest moment with any that is not taken back yet, newest first."""

    def changes(self, channel: str, limit: int) -> Sequence[SettingChange]:
        """The newest changes of the channel's settings, newest first."""

    def recent_messages(self, channel: str, limit: int) -> Sequence[ContextLine]:
        """The newest messages of a channel, oldest first."""

    def tally(self, channel: str, day: str) -> Mapping[str, int]:
        """The counters of one channel and UTC day."""

    def decisions(self, channel: str, limit: int) -> Sequence[Decision]:
        """The newest recorded decisions, newest first."""

    def find_viewers(self, name: str, channel: str | None) -> Sequence[tuple[str, str]]:
        """(user id, login) of the viewers of whom anything is stored and whom the name may mean."""


class CommandStorage:
    """Stores the changes of one command after another.

    ``history`` is for questions.
    """

    def __init__(
        self, history: CommandHistory, write_queue: WriteQueue, live_state: LiveState
    ) -> None:
        self.history = history
        self._write_queue = write_queue
        self._live_state = live_state

    def catch_up(self) -> None:
        """Store what was taken in before, unless the database is unavailable."""
        self._write_queue.commit()

    def ensure_available(self) -> None:
        """Raise DatabaseUnavailable if ``catch_up`` left anything to store."""
        if self._live_state.outage is not None:
            raise DatabaseUnavailable("what was taken in before is not stored yet")

    def store(self, *writes: Write) -> list[Applied]:
        """Carry out all writes in one transaction; what each of them did.

        Nothing is changed if it raises WriteRefused or another DatabaseError.  An empty answer: the
        writes are kept, and carried out when the database is back.
        """
        self.ensure_available()
        try:
            return self.history.apply(writes)
        except WriteRefused as error:
            kinds = ",".join(dict.fromkeys(type(write).__name__ for write in writes))
            log.error("write refused", extra={"write": kinds, "problem": str(error)})
            raise
        except CommitInDoubt as error:
            # Nobody knows whether they were carried out, so "nothing changed" could be wrong.  To
            # carry out a command's writes twice is harmless: the queue makes sure that they are.
            self.note_outage(error)
            for write in writes:
                self._write_queue.add(write)
            return []

    def store_or_keep(self, wish: OptOut | OptIn) -> bool:
        """Store a viewer's wish, or keep it until the database is back; whether it is stored.

        Raises WriteRefused.
        """
        try:
            return bool(self.store(wish))
        except WriteRefused:
            raise
        except DatabaseError as error:
            self.note_outage(error)
            self.keep(wish)
            return False

    def keep(self, wish: OptOut | OptIn) -> None:
        """Store a viewer's wish with what else is stored at the end of the worker's round."""
        self._write_queue.add(wish)

    def note_outage(self, error: DatabaseError) -> None:
        """The database is unavailable; what ``catch_up`` has found is noted already."""
        if self._live_state.outage is None:
            self._write_queue.note_outage(error)

    def asker(self, message: ChatMessage) -> tuple[str, str]:
        """Id and name of the one who asks, for the record; empty after an opt-out."""
        if self._live_state.has_opted_out(message.user_id):
            return "", ""
        return message.user_id or "", message.login
