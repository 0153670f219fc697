"""The queue between whoever has something to tell and the worker: bounded, and chat gives way.

When it is nearly full, chat is dropped and counted; the rest of its room is kept for deletions
and bans, for what became of lines, and for the end.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Final

from clankbot.cancel import End
from clankbot.processing.internal_messages import ModelChecked, NothingOffered, Reload
from clankbot.records.chat import ChatMessage, Event
from clankbot.records.speech import Delivered, Undelivered
from clankbot.records.writes import RecordRateLimitEvent

log = logging.getLogger(__name__)

Record = (
    Event
    | Delivered
    | Undelivered
    | RecordRateLimitEvent
    | NothingOffered
    | ModelChecked
    | Reload
    | End
)

_ROOM: Final = 10_000  # some 10 MB of chat: seconds of the largest raid while the database is busy
_KEPT_FREE: Final = 1_000
# How long the reader waits for a worker that is behind, while the socket's own buffers take in
# what comes; no longer, since it must go on answering PING.
_PATIENCE_S: Final = 1.0
_STEP_S: Final = 0.02


class Inbox:
    """Takes records from any thread; the worker alone takes them out."""

    def __init__(
        self,
        room: int = _ROOM,
        kept_free: int = _KEPT_FREE,
        patience_s: float = _PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue: queue.Queue[Record] = queue.Queue(room)
        self._room_for_chat = room - kept_free
        self._patience_s = patience_s
        self._dropped = 0
        self._clock = clock
        self._pause = threading.Event()

    def put_event(self, event: Event) -> None:
        """Take an event from the reader; chat that finds no room after a moment is dropped."""
        if not isinstance(event, ChatMessage):
            self.put(event)
        elif self._has_room():
            self._queue.put(event)
        else:
            self._dropped += 1

    def _has_room(self) -> bool:
        """Whether chat may be put; once some was dropped, only when half of the room is free."""
        if self._dropped:
            if self._queue.qsize() > self._room_for_chat // 2:
                return False
            log.warning("chat is taken in again", extra={"dropped": self._dropped})
            self._dropped = 0
        deadline = self._clock() + self._patience_s
        while self._queue.qsize() >= self._room_for_chat:
            if self._clock() >= deadline:
                log.warning("chat is dropped", extra={"reason": "the worker cannot keep up"})
                return False
            self._pause.wait(_STEP_S)
        return True

    def put(self, record: Record) -> None:
        """Take any other record; waits a moment for room."""
        try:
            self._queue.put(record, timeout=self._patience_s)
        except queue.Full:
            log.error("record lost", extra={"record": type(record).__name__})

    def get(self, *, block: bool, timeout_s: float) -> Record:
        """The next record; raises queue.Empty if none comes in time."""
        return self._queue.get(block=block, timeout=timeout_s)
