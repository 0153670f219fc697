"""The worker thread: takes records off the inbox, stores and forgets, decides.

Started by the wiring; ends at the END marker on the inbox, after storing everything before it.
It never waits for Twitch or Ollama: what needs them is handed to the composer, the sender or a
one-off task, and comes back as a record on the inbox.  All state that decides is owned by this
thread, so none of it needs a lock; what other threads must know is told to the live state.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any, Final

from clankbot.cancel import End
from clankbot.clock import Clock
from clankbot.errors import DatabaseError, DatabaseFileLost, DatabaseUnavailable
from clankbot.processing.inbox import Inbox, Record
from clankbot.processing.outage import Work
from clankbot.processing.rounds import Rounds
from clankbot.processing.speaking.decisions import Decisions
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.chat import ChatCleared, MessageDeleted, UserCleared

log = logging.getLogger(__name__)

Handlers = Mapping[type, Callable[[Any], object]]

# What nobody waits for is collected for so long, or for less once there is so much of it, and then
# stored in one transaction: each costs an SD card nearly the same, however little is in it.
_WINDOW_S: Final = 0.4
_WINDOW_IN_BUSY_CHAT_S: Final = 0.1
_BUSY_RECORDS: Final = 50
_BATCH: Final = 500  # records a round if so many wait: some 10 ms on a Raspberry Pi
_BATCH_BEHIND_REMOVALS: Final = 50
_AT_ONCE: Final = 50  # records between two looks for removals
# How long it waits for a record before it looks after retention and the word list.
_IDLE_S: Final = 0.5
# How soon it is noticed that the word list was edited, or a viewer forgotten by ``forget``.
_LOOK_EVERY_S: Final = 1.0
# Between two tries to store what is left at the end.
_TRY_AGAIN_S: Final = 0.1
# At the start the database may be away for so long.
_LOADS_WITHIN_S: Final = 10.0


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
        give_up: threading.Event | None = None,
    ) -> None:
        """``history`` is closed at the end; ``handlers`` are by the type of a record, and records
        of other types are passed over.  Once ``give_up`` is set, the end no longer tries to store
        what is left; without it, it tries once.
        """
        self._inbox = inbox
        self._handlers = handlers
        self._history = history
        self._write_queue = write_queue
        self._rounds = rounds
        self._decisions = decisions
        self._clock = clock
        self._give_up = give_up
        self._next_look = 0.0
        self.funnel = decisions.funnel
        self.stepped_at = clock.monotonic()  # a sign of life, for any thread to read

    @property
    def writes_waiting(self) -> int:
        """Writes that are still to be stored; for any thread."""
        return len(self._write_queue.held)

    def run(self) -> None:
        """Work until END; the wiring guards and joins the thread."""
        with self._history:
            self._load_patiently()
            while self.step(_IDLE_S):
                continue

    def _load_patiently(self) -> None:
        """Neither a call of the system that fails once is a reason to end, nor another program
        that has the database for a while.
        """
        until = self._clock.monotonic() + _LOADS_WITHIN_S
        try:
            return self.load()
        except DatabaseError as error:
            log.warning("loaded once more", extra={"problem": str(error)})
        while True:
            try:
                return self.load()
            except DatabaseUnavailable:
                if self._clock.monotonic() >= until:
                    raise
                if self._give_up is None or self._give_up.wait(_TRY_AGAIN_S):
                    raise

    def load(self) -> None:
        """Take what holds since the last run."""
        self._rounds.load()
        self.funnel.load()

    def step(self, wait_s: float) -> bool:
        """One round: take in, store, decide; False after END, when all that can be is stored.

        Waits ``wait_s`` for a first record.
        """
        self.stepped_at = self._clock.monotonic()
        if not self.take_in(0.0 if self._rounds.is_removing else wait_s):
            self._decisions.catch_up()
            self._store_the_last()
            self._rounds.end()
            return False
        stored = self._follow_file() and self._write_queue.commit()
        self._ask(stored)
        self._write_queue.outage.look_back()
        return True

    def _follow_file(self) -> bool:
        """Whether the database is in its place; another one that is found there is used."""
        write_queue = self._write_queue
        if not write_queue.outage.is_due(Work.STORING):
            return False
        try:
            write_queue.add_first(self._rounds.follow_file())
        except DatabaseError as error:
            write_queue.note_outage(error)
            return False
        return True

    def _ask(self, stored: bool) -> None:
        """Decide, if all is stored, and look at what others changed."""
        outage = self._write_queue.outage
        may_ask = stored and outage.is_due(Work.ASKING)
        try:
            if may_ask:
                outage.lift()
                self._rounds.decide()
            if self._clock.monotonic() >= self._next_look:
                self._next_look = self._clock.monotonic() + _LOOK_EVERY_S
                self._rounds.look_around(may_ask=may_ask)
        except DatabaseError as error:
            outage.begin(Work.ASKING, error, len(self._write_queue.held))
        else:
            if may_ask:
                outage.end(Work.ASKING)

    def _store_the_last(self) -> None:
        """Try until it works or the stop has no more time: another program may just be writing."""
        while not (self._make_file_if_gone() and self._write_queue.commit(force=True)):
            if self._give_up is None or self._give_up.wait(_TRY_AGAIN_S):
                log.error("not stored", extra={"writes": self._write_queue.not_stored})
                return

    def _make_file_if_gone(self) -> bool:
        try:
            with suppress(DatabaseFileLost):
                self._write_queue.add_first(self._rounds.follow_file())
                return True
            self._rounds.make_file()
            self._write_queue.add_first(self._rounds.follow_file())
        except DatabaseError as error:
            self._write_queue.note_outage(error)
            return False
        return True

    def take_in(self, wait_s: float) -> bool:
        """Handle what comes until the window is over; False if END was taken.

        Waits ``wait_s`` for a first record, and no longer for more.  The window ends at once when
        something has to see the database, and then only what is there already is taken along.
        After removals, which come first, that is little: they are to be stored at once, yet even a
        wave of them that goes on and on must not hold up chat.
        """
        most, others, wanted = _BATCH, 0, 1
        longest_s, began = wait_s, 0.0
        while others < most:
            records = self._inbox.take(min(_AT_ONCE, most - others), wait_s, wanted)
            if not records:
                break
            if not others:
                began = self._clock.monotonic()
            for record in records:
                if isinstance(record, End):
                    return False
                self._handle(record)
                if isinstance(record, MessageDeleted | UserCleared | ChatCleared):
                    most = _BATCH_BEHIND_REMOVALS
                else:
                    others += 1
            wait_s, wanted = 0.0, 1
            if not (self._write_queue.is_pressing or self._rounds.pace.may_be_time()):
                is_busy = others >= _BUSY_RECORDS
                window_s = _WINDOW_IN_BUSY_CHAT_S if is_busy else _WINDOW_S
                ends_at = began + min(longest_s, window_s)
                wait_s = max(0.0, ends_at - self._clock.monotonic())
                wanted = (most if is_busy else _BUSY_RECORDS) - others
                wanted = self._rounds.pace.lines_until_time(wanted)
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
