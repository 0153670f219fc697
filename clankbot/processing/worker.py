"""The worker thread: takes records off the inbox, stores and forgets, decides.

Started by the wiring; ends at the END marker on the inbox, after storing everything before it.
It never waits for Twitch or Ollama: what needs them is handed to the composer, the sender or a
one-off task, and comes back as a record on the inbox.  All state that decides is owned by this
thread, so none of it needs a lock; what other threads must know is told to the live state.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from clankbot.cancel import End
from clankbot.clock import Clock
from clankbot.errors import DatabaseError
from clankbot.processing.inbox import Inbox, Record
from clankbot.processing.rounds import Rounds
from clankbot.processing.speaking.decisions import Decisions
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.chat import ChatCleared, MessageDeleted, UserCleared

log = logging.getLogger(__name__)

Handlers = Mapping[type, Callable[[Any], object]]

_BATCH: Final = 500  # records a round: one transaction, some 10 ms on a Raspberry Pi
_BATCH_BEHIND_REMOVALS: Final = 50
# How long it waits for a record before it looks after retention and the word list.
_IDLE_S: Final = 0.5
# How soon it is noticed that the word list was edited, or a viewer forgotten by ``forget``.
_LOOK_EVERY_S: Final = 1.0


class Worker:
    """Thread body: see the module's text."""

    def __init__(
        self,
        inbox: Inbox,
        handlers: Handlers,
        history: AbstractContextManager[object],
        write_queue: WriteQueue,
        rounds: Rounds,
        decisions: Decisions,
        clock: Clock,
    ) -> None:
        """``history`` is closed at the end; ``handlers`` are by the type of a record, and records
        of other types are passed over.
        """
        self._inbox = inbox
        self._handlers = handlers
        self._history = history
        self._write_queue = write_queue
        self._rounds = rounds
        self._decisions = decisions
        self._clock = clock
        self._next_look = 0.0
        self.stepped_at = clock.monotonic()  # a sign of life, for any thread to read

    def run(self) -> None:
        """Work until END; the wiring guards and joins the thread."""
        with self._history:
            self.load()
            while self.step(_IDLE_S):
                continue

    def load(self) -> None:
        """Take what holds since the last run."""
        self._rounds.load()

    def step(self, wait_s: float) -> bool:
        """One round: take in, store, decide; False after END, when all that can be is stored.

        Waits ``wait_s`` for a first record.
        """
        self.stepped_at = self._clock.monotonic()
        if not self.take_in(0.0 if self._rounds.is_removing else wait_s):
            self._decisions.catch_up()
            if not self._write_queue.commit(force=True):
                log.error("not stored", extra={"writes": self._write_queue.not_stored})
            return False
        stored = self._write_queue.commit()
        try:
            if stored:
                self._rounds.decide()
            if self._clock.monotonic() >= self._next_look:
                self._next_look = self._clock.monotonic() + _LOOK_EVERY_S
                self._rounds.look_around(may_ask=stored)
        except DatabaseError as error:
            self._write_queue.note_outage(error)
        return True

    def take_in(self, wait_s: float) -> bool:
        """Handle what waits, up to a batch; False if END was taken.

        After removals, which come first, it is a small batch: they are to be stored at once, yet
        even a wave of them that goes on and on must not hold up chat.
        """
        most, others = _BATCH, 0
        while others < most:
            record = self._inbox.get(wait_s)
            wait_s = 0.0
            if record is None:
                break
            if isinstance(record, End):
                return False
            self._handle(record)
            if isinstance(record, MessageDeleted | UserCleared | ChatCleared):
                most = _BATCH_BEHIND_REMOVALS
            else:
                others += 1
        return True

    def _handle(self, record: Record) -> None:
        handler = self._handlers.get(type(record))
        if handler is None:
            return
        try:
            handler(record)
        except Exception:
            # One record must not take the bot down; what it asked for is lost, and said so.
            log.exception("record failed", extra={"record": type(record).__name__})
