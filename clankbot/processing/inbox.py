"""The queue of all that other threads tell the worker: bounded, and chat gives way.

When it is nearly full, chat is dropped and counted; the rest of its room is kept for deletions
and bans, for reports on the bot's own lines, and for END.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Final

from clankbot.cancel import End
from clankbot.processing.internal_messages import ModelChecked, NothingOffered, Reload
from clankbot.records.chat import ChatMessage, Event
from clankbot.records.speech import Delivered, Undelivered
from clankbot.records.writes import KeepModelFigures, KeepWindow, RecordRateLimitEvent

log = logging.getLogger(__name__)

Record = (
    Event
    | Delivered
    | Undelivered
    | RecordRateLimitEvent
    | NothingOffered
    | KeepWindow
    | KeepModelFigures
    | ModelChecked
    | Reload
    | End
)

_ROOM: Final = 10_000  # some 10 MB of chat: seconds of the largest raid while the database is busy
_KEPT_FREE: Final = 1_000
# How long the reader waits for a worker that is behind, while the socket's own buffers take in
# what comes; no longer, since it must go on answering PING.
_PATIENCE_S: Final = 1.0


class Inbox:
    """Takes records from any thread, chat from the reader's alone; the worker takes them out."""

    def __init__(
        self, room: int = _ROOM, kept_free: int = _KEPT_FREE, patience_s: float = _PATIENCE_S
    ) -> None:
        self._room = room
        self._room_for_chat = room - kept_free
        self._patience_s = patience_s
        self._records: deque[Record] = deque()
        self._changed = threading.Condition()
        self._dropped = 0

    def put_event(self, event: Event) -> None:
        """Take an event from the reader; chat that finds no room after a moment is dropped.

        Once some was dropped, chat is taken in again when half of its room is free.
        """
        if not isinstance(event, ChatMessage):
            self.put(event)
            return
        if self._dropped:
            if len(self._records) > self._room_for_chat // 2:
                self._dropped += 1
                return
            log.warning("chat is taken in again", extra={"dropped": self._dropped})
            self._dropped = 0
        if not self._has_put(event, self._room_for_chat):
            log.warning("chat is dropped", extra={"reason": "the worker cannot keep up"})
            self._dropped = 1

    def put(self, record: Record) -> None:
        """Take any other record; waits a moment for room."""
        if not self._has_put(record, self._room):
            log.error("record lost", extra={"record": type(record).__name__})

    def _has_put(self, record: Record, room: int) -> bool:
        """Whether the record found fewer than ``room`` others, after a moment if need be."""
        with self._changed:
            has_room = self._changed.wait_for(lambda: len(self._records) < room, self._patience_s)
            if has_room:
                self._records.append(record)
                self._changed.notify_all()
            return has_room

    def get(self, wait_s: float) -> Record | None:
        """The next record; None if none comes in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._records, wait_s):
                return None
            self._changed.notify_all()
            return self._records.popleft()
