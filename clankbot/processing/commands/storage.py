"""What commands store: at once, all of it or nothing, so that the answer can tell what came of it.

Owned by the worker's thread, whose connection to the database it uses.
"""

from __future__ import annotations

from collections.abc import Callable

from clankbot.errors import CommitInDoubt, DatabaseError, DatabaseUnavailable, WriteRefused
from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import History
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.chat import ChatMessage
from clankbot.records.writes import Applied, OptIn, OptOut, Write


class CommandStorage:
    """Stores the changes of one command after another.

    ``history`` is for questions, ``now_ms`` the time in milliseconds UTC.
    """

    def __init__(
        self,
        history: History,
        write_queue: WriteQueue,
        live_state: LiveState,
        now_ms: Callable[[], int],
    ) -> None:
        self.history = history
        self._write_queue = write_queue
        self._live_state = live_state
        self.now_ms = now_ms
        self._is_available = False

    def catch_up(self) -> bool:
        """Store what was taken in before; False while the database is unavailable."""
        self._is_available = self._write_queue.commit(self.history)
        return self._is_available

    def ensure_available(self) -> None:
        """Raise DatabaseUnavailable if ``catch_up`` left anything to store."""
        if not self._is_available:
            raise DatabaseUnavailable("what was taken in before is not stored yet")

    def store(self, *writes: Write) -> list[Applied]:
        """Carry out all writes in one transaction; what each of them did.

        Nothing is changed if it raises WriteRefused or another DatabaseError.  An empty answer: the
        writes are kept, and carried out when the database is back.
        """
        self.ensure_available()
        try:
            return self.history.apply(writes)
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
            self._write_queue.add(wish)
            return False

    def note_outage(self, error: DatabaseError) -> None:
        """The database is unavailable; what ``catch_up`` has found is noted already."""
        if self._is_available:
            self._write_queue.note_outage(error)
        self._is_available = False

    def asker(self, message: ChatMessage) -> tuple[str, str]:
        """Id and name of who asks, for the record; nobody in particular after an opt-out."""
        if self._live_state.has_opted_out(message.user_id):
            return "", ""
        return message.user_id or "", message.login
