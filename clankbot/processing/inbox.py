"""The queue of all that other threads tell the worker: in order, but removals overtake chat.

A moderator's removal has to be carried out at once, also when thousands of messages wait, since the
worker may be slow behind a slow database.  So it is taken out before them, and chat that was read
before it and is covered by it comes out as removed.  Its own place in chat is marked, for what
follows it there may have been under way when it was made.

Chat gives way when too much waits; nothing else does.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from clankbot.cancel import End
from clankbot.processing.internal_messages import (
    AnswerFound,
    ModelChecked,
    NothingOffered,
    PromptRead,
    Reload,
    RemovalReached,
    RemovedMessage,
    WaitsAsked,
)
from clankbot.processing.recent_removals import Removal, WaitingRemovals
from clankbot.records.chat import ChatCleared, ChatMessage, Event, MessageDeleted, UserCleared
from clankbot.records.speech import Delivered, Undelivered
from clankbot.records.writes import KeepModelFigures, KeepState, KeepWindow, RecordRateLimitEvent

Record = (
    Event
    | RemovedMessage
    | RemovalReached
    | Delivered
    | Undelivered
    | RecordRateLimitEvent
    | NothingOffered
    | PromptRead
    | KeepWindow
    | KeepModelFigures
    | AnswerFound
    | KeepState
    | ModelChecked
    | WaitsAsked
    | Reload
    | End
)

log = logging.getLogger(__name__)

# Of memory: some 4,000 ordinary messages, seconds of the largest raid while the database is busy.
# What is not chat comes in addition: it is what moderators and the bot itself do, and all of it
# must be known.
_ROOM_FOR_CHAT_BYTES: Final = 3_000_000
_ALL_BUT_TEXT_BYTES: Final = 700  # of a message: its ids, names and times
# How long the reader waits for a worker that is behind, while the socket's own buffers take in
# what comes; no longer, since it must go on answering PING.
_PATIENCE_S: Final = 1.0


class Inbox:
    """Takes records from any thread, chat from the reader's alone; the worker takes them out."""

    def __init__(
        self,
        room_for_chat: int = _ROOM_FOR_CHAT_BYTES,
        patience_s: float = _PATIENCE_S,
        is_pressing: Callable[[ChatMessage], bool] = lambda _: True,
    ) -> None:
        """``room_for_chat`` in bytes; ``is_pressing`` tells what chat wakes the worker at once."""
        self._room_for_chat = room_for_chat
        self._chat_bytes = 0  # of those among the records
        self._patience_s = patience_s
        self._is_pressing = is_pressing
        self._records: deque[Record] = deque()  # in the order in which they came
        self._removals: deque[Removal] = deque()  # those that are still to be carried out
        self._overtaking = WaitingRemovals()  # those whose place among the records is to come
        self._changed = threading.Condition()
        self._has_ended = False  # END was put: the worker may never see what follows
        self._has_pressing = False  # one of the records cannot wait for more
        self._wanted = 1  # so many records are worth waking the worker
        self._dropped = 0

    def put_event(self, event: Event) -> None:
        """Take an event from the reader; chat that finds no room after a moment is dropped.

        Once some was dropped, chat is taken in again when half of its room is free.
        """
        if not isinstance(event, ChatMessage):
            self.put(event)
            return
        if self._dropped:
            if self._has_ended or self._chat_bytes > self._room_for_chat // 2:
                self._dropped += 1
                return
            log.warning("chat is taken in again", extra={"dropped": self._dropped})
            self._dropped = 0
        if not self._has_put_chat(event):
            reason = "it came after the end" if self._has_ended else "the worker cannot keep up"
            log.warning("chat is dropped", extra={"reason": reason})
            self._dropped = 1

    def put(self, record: Record) -> None:
        """Take any other record, at once and however many wait."""
        with self._changed:
            if isinstance(record, MessageDeleted | UserCleared | ChatCleared):
                self._removals.append(record)
                self._overtaking.add(record)
                record = RemovalReached(record)
            self._has_ended |= isinstance(record, End)
            self._records.append(record)
            self._has_pressing = True
            self._changed.notify_all()

    def _has_put_chat(self, message: ChatMessage) -> bool:
        """Whether the message found room, after a moment if need be."""
        records = self._records
        with self._changed:
            if self._is_full():
                self._changed.wait_for(
                    lambda: self._has_ended or not self._is_full(), self._patience_s
                )
            if self._has_ended or self._is_full():
                return False
            records.append(message)
            self._chat_bytes += bytes_of(message)
            if self._is_pressing(message):
                self._has_pressing = True
            if self._has_pressing or len(records) >= self._wanted:
                self._changed.notify_all()
            return True

    def take(self, most: int, wait_s: float, wanted: int = 1) -> list[Record]:
        """All removals that wait, and then the next other records, at most so many.

        Waits until ``wanted`` are there, or one that cannot wait, or the time is over.
        """
        with self._changed:
            if wait_s > 0:
                self._wanted = wanted
                self._changed.wait_for(self._is_worth_waking, wait_s)
            taken: list[Record] = list(self._removals)
            self._removals.clear()
            taken += (self._next() for _ in range(min(most, len(self._records))))
            if not self._records:
                self._has_pressing = False
            self._changed.notify_all()
            return taken

    def _is_worth_waking(self) -> bool:
        return self._has_pressing or len(self._records) >= self._wanted

    def _next(self) -> Record:
        record = self._records.popleft()
        if isinstance(record, RemovalReached):
            self._overtaking.reached(record.removal)
        elif isinstance(record, ChatMessage):
            self._chat_bytes -= bytes_of(record)
            if self._overtaking.cover(record):
                return RemovedMessage(record)
        return record

    def _is_full(self) -> bool:
        return self._chat_bytes >= self._room_for_chat


def bytes_of(message: ChatMessage) -> int:
    """About how much memory it takes up."""
    return _ALL_BUT_TEXT_BYTES + sys.getsizeof(message.text)
