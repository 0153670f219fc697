"""The worker thread: takes records off the inbox, stores and forgets, decides.

Started by the wiring; ends at the END marker on the inbox, after storing everything before it.
It never waits for Twitch or Ollama: what needs them is handed to the composer, the sender or an
errand, and comes back as a record on the inbox.  The state of all decisions lives in the objects
it owns, so none of it needs a lock; what other threads must know is told to the board.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from clankbot.errors import DatabaseUnavailable
from clankbot.processing.board import Board
from clankbot.processing.channel_filters import ChannelFilters
from clankbot.processing.inbox import Inbox, Record
from clankbot.processing.intake import Intake, Rules, utc_day
from clankbot.processing.jobs import Job, JobDone, ModelChecked, Reload
from clankbot.processing.ledger import Ledger
from clankbot.processing.moderation import Moderation
from clankbot.processing.policies import Policies
from clankbot.processing.ports import Book, CancelHandle, History, OpenHistory
from clankbot.processing.removals import Removals
from clankbot.processing.repetition import fingerprint
from clankbot.processing.retention import Retention
from clankbot.processing.speaking import Speaking
from clankbot.processing.steering import Steering, Surroundings
from clankbot.records import (
    Append,
    ChatCleared,
    ChatMessage,
    Delivered,
    End,
    LinkUp,
    MessageDeleted,
    Outgoing,
    RecordDecision,
    RecordSpoken,
    StoredMessage,
    Tally,
    Undelivered,
    UserCleared,
)

log = logging.getLogger(__name__)

_BATCH: Final = 500
"""Records a round: one transaction, some 10 ms on a Raspberry Pi."""
_IDLE_S: Final = 0.5
"""How long it waits for a record before it looks after retention and the word list."""
_LOOK_EVERY_S: Final = 1.0
"""How soon an edited word list is noticed."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the worker reaches the other threads and rooms by; none of it blocks."""

    open_history: OpenHistory
    jobs: queue.Queue[Job | End]
    offer: Callable[[Outgoing], bool]
    errand: Callable[[Callable[[], None]], bool]
    make_cancel: Callable[[], CancelHandle]
    model_problem: Callable[[str], str | None]
    voice_problem: Callable[[str], str | None]
    """Why a model is not to be asked just now; None when it may be."""
    term_problem: Callable[[str], str | None]
    reload_words: Callable[[bool], object]
    """Looks whether the word list changed; with True, reads it in any case."""


class Worker:
    """Thread body: see the module's text."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        outside: Outside,
        board: Board,
        policies: Policies,
        filters: ChannelFilters,
        book: Book,
        rules: Rules,
        bot_names: Collection[str],
        clock: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:
        self._inbox = inbox
        self._outside = outside
        self._board = board
        self._policies = policies
        self._filters = filters
        self._book = book
        self._rules = rules
        self._names = bot_names
        self._clock = clock
        self._now_ms = now_ms
        self._ledger = Ledger(clock, board.set_outage)
        self._next_look = 0.0

    def run(self) -> None:
        """Work until END; the wiring guards and joins the thread."""
        with self._outside.open_history() as history:
            self._settle_in(history)
            while self._take_in():
                self._store_and_decide()
            if not self._ledger.commit(history, force=True):
                log.error("not stored", extra={"writes": len(self._ledger)})

    def _settle_in(self, history: History) -> None:
        """Build what works on this connection, and take what holds since the last run."""
        self._history = history
        self._speaking = self._build_speaking(history)
        self._retention = Retention(
            history,
            self._policies,
            self._rules.retention_count,
            clock=self._clock,
            now_ms=self._now_ms,
        )
        self._steering = self._build_steering(history)
        removals = Removals()
        self._removals = removals
        self._intake = Intake(
            ledger=self._ledger,
            board=self._board,
            policies=self._policies,
            filters=self._filters,
            removals=removals,
            steering=self._steering,
            book=self._book,
            rules=self._rules,
            bot_names=self._names,
            now_ms=self._now_ms,
        )
        self._moderation = Moderation(
            ledger=self._ledger,
            board=self._board,
            policies=self._policies,
            removals=removals,
            intake=self._intake,
            speaking=self._speaking,
            now_ms=self._now_ms,
        )
        self._handlers = self._build_handlers()
        self._policies.load(history.all_overrides())
        self._filters.load(history.all_terms())
        self._board.set_opted_out(history.opted_out())
        for channel in self._policies:
            self._speaking.load(channel)

    def _build_speaking(self, history: History) -> Speaking:
        return Speaking(
            history=history,
            board=self._board,
            policies=self._policies,
            jobs=self._outside.jobs,
            make_cancel=self._outside.make_cancel,
            voice_problem=self._outside.voice_problem,
            decided=lambda channel, reason: self._ledger.add(
                RecordDecision(channel, self._now_ms(), reason)
            ),
            clock=self._clock,
            now_ms=self._now_ms,
        )

    def _build_steering(self, history: History) -> Steering:
        return Steering(
            Surroundings(
                history=history,
                ledger=self._ledger,
                board=self._board,
                policies=self._policies,
                filters=self._filters,
                speaking=self._speaking,
                book=self._book,
                owners=self._rules.owners,
                retention_count=self._rules.retention_count,
                offer=self._outside.offer,
                errand=self._outside.errand,
                model_problem=self._outside.model_problem,
                voice_problem=self._outside.voice_problem,
                term_problem=self._outside.term_problem,
                report=self._inbox.tell,
                clock=self._clock,
                now_ms=self._now_ms,
            )
        )

    def _build_handlers(self) -> dict[type, Callable[[Any], object]]:
        return {
            ChatMessage: self._intake.take,
            MessageDeleted: self._moderation.take,
            UserCleared: self._moderation.take,
            ChatCleared: self._moderation.take,
            LinkUp: self._on_link_up,
            Delivered: self._on_delivered,
            Undelivered: self._on_undelivered,
            JobDone: self._on_job_done,
            ModelChecked: self._steering.model_checked,
            Reload: self._on_reload,
        }

    # -- one round -------------------------------------------------------------------------------

    def _take_in(self) -> bool:
        """Handle what waits, up to a batch; False when END was taken."""
        try:
            for taken in range(_BATCH):
                record = self._inbox.get(block=not taken, timeout_s=_IDLE_S)
                if isinstance(record, End):
                    return False
                self._handle(record)
        except queue.Empty:
            pass
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

    def _store_and_decide(self) -> None:
        stored = self._ledger.commit(self._history)
        mentions, counted = self._intake.take_decisions()
        if not stored:
            return
        try:
            for channel, asked in mentions:
                self._speaking.mentioned(asked, channel)
            for channel in counted:
                self._speaking.counted(channel)
            self._retention.step()
        except DatabaseUnavailable as error:
            log.warning("database busy", extra={"problem": str(error)})
        self._look_for_words()

    def _look_for_words(self) -> None:
        if self._clock() >= self._next_look:
            self._next_look = self._clock() + _LOOK_EVERY_S
            self._outside.reload_words(False)
            self._filters.refresh()

    def _on_reload(self, _: Reload) -> None:
        self._outside.reload_words(True)
        self._filters.refresh()

    # -- what became of jobs and lines -------------------------------------------------------------

    def _on_link_up(self, event: LinkUp) -> None:
        if event.user_id is not None:
            self._intake.bot_names = frozenset({event.login})

    def _on_job_done(self, outcome: JobDone) -> None:
        if not outcome.offered:
            log.info("nothing to say", extra={"channel": outcome.channel, "reason": outcome.reason})
        self._speaking.done(outcome)

    def _on_delivered(self, outcome: Delivered) -> None:
        """The bot's own chat messages are stored; its answers to commands are not."""
        line = outcome.line
        if not line.speech.is_generated:
            return
        self._board.close_grounds(line.grounds_id)
        if (own := self._own_message(outcome)) is not None:
            self._ledger.add(Append(own))
        if outcome.shadow:
            log.info("would have said", extra={"channel": line.channel, "text": outcome.text})
        self._ledger.add(
            RecordSpoken(
                line.channel,
                outcome.message_id,
                outcome.sent_at_ms,
                fingerprint(outcome.text),
                outcome.shadow,
            ),
            lambda _: self._after_speaking(outcome),
        )
        self._ledger.add(Tally(line.channel, utc_day(self._now_ms()), "said"))

    def _own_message(self, outcome: Delivered) -> StoredMessage | None:
        """The row for what was said; None without Twitch's id, or when it is deleted already."""
        own_id, message_id = self._board.own_id, outcome.message_id
        if own_id is None or message_id is None or self._removals.cover_id(message_id):
            return None
        name = min(self._intake.bot_names, default="")
        return StoredMessage(
            message_id=message_id,
            channel=outcome.line.channel,
            user_id=own_id,
            login=name,
            display_name=name,
            text=outcome.text,
            sent_at_ms=outcome.sent_at_ms,
            is_own=True,
        )

    def _after_speaking(self, outcome: Delivered) -> None:
        channel = outcome.line.channel
        said = "would have been said" if outcome.shadow else "said"
        self._speaking.reported(channel, outcome.line.grounds_id, said, said=True)
        self._speaking.reload_own_words(channel)

    def _on_undelivered(self, outcome: Undelivered) -> None:
        line = outcome.line
        log.info(
            "not said",
            extra={"channel": line.channel, "reason": outcome.reason, "kind": line.speech.name},
        )
        if line.speech.is_generated:
            self._board.close_grounds(line.grounds_id)
            self._speaking.reported(line.channel, line.grounds_id, outcome.reason, said=False)
