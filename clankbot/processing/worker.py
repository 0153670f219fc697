"""The worker thread: takes records off the inbox, stores and forgets, decides.

Started by the wiring; ends at the END marker on the inbox, after storing everything before it.
It never waits for Twitch or Ollama: what needs them is handed to the composer, the sender or an
errand, and comes back as a record on the inbox.  The state of all decisions lives in the objects
it owns, so none of it needs a lock; what other threads must know is told to the live_state.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from clankbot.bounded_dict import BoundedDict
from clankbot.cancel import End
from clankbot.errors import DatabaseError
from clankbot.processing.channel_settings import SettingsByChannel
from clankbot.processing.commands.handler import CommandHandler
from clankbot.processing.commands.setting_changes import SettingChanges
from clankbot.processing.commands.status import Status, utc_day
from clankbot.processing.commands.storage import CommandStorage
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.inbox import Inbox, Record
from clankbot.processing.intake import Intake, Rules
from clankbot.processing.internal_messages import Job, JobDone, ModelChecked, Reload
from clankbot.processing.live_state import LiveState
from clankbot.processing.moderation import Moderation
from clankbot.processing.ports import CancelHandle, History, OpenHistory, SettingsSchema
from clankbot.processing.recent_removals import RecentRemovals
from clankbot.processing.retention import Retention
from clankbot.processing.speaking.decisions import Decisions
from clankbot.processing.speaking.repetition import fingerprint
from clankbot.processing.speaking.send_gate import BLOCKED
from clankbot.processing.speaking.turns import Turns
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.chat import (
    ChatCleared,
    ChatMessage,
    LinkUp,
    MessageDeleted,
    OwnState,
    UserCleared,
)
from clankbot.records.speech import Delivered, Outgoing, Undelivered
from clankbot.records.writes import Append, RecordRateLimitEvent, RecordSpoken, StoredMessage, Tally

log = logging.getLogger(__name__)

_BATCH: Final = 500
"""Records a round: one transaction, some 10 ms on a Raspberry Pi."""
_IDLE_S: Final = 0.5
"""How long it waits for a record before it looks after retention and the word list."""
_ACCEPTED: Final = 100
"""Messages whose place is remembered until the sender tells which of its lines they were."""
_LOOK_EVERY_S: Final = 1.0
"""How soon it is noticed that the word list was edited, or a viewer forgotten by ``forget``."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the worker reaches the other threads and rooms by; none of it blocks."""

    open_history: OpenHistory
    jobs: queue.Queue[Job | End]
    offer: Callable[[Outgoing], bool]
    errand: Callable[[Callable[[], None]], bool]
    make_cancel: Callable[[], CancelHandle]
    model_problem: Callable[[str], str | None]
    voice_problem: Callable[[str], str | None]
    """Why a model is not to be asked just now; None when it may be."""
    voice_outage: Callable[[str], str | None]
    """What is wrong with a model, also while it may be tried again; None when nothing is."""
    is_in_cloud: Callable[[str], bool]
    """Whether a model runs elsewhere than with the streamer."""
    asks_who_is_live: bool
    reload_words: Callable[[bool], object]
    """Looks whether the word list changed; with True, reads it in any case."""


class _Model(NamedTuple):
    """What commands ask of the language model."""

    check_choice: Callable[[str], str | None]
    outage: Callable[[str], str | None]
    runs_in_cloud: Callable[[str], bool]


class Worker:
    """Thread body: see the module's text."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        outside: Dependencies,
        live_state: LiveState,
        channel_settings: SettingsByChannel,
        filters: ChannelFilters,
        schema: SettingsSchema,
        rules: Rules,
        login: str,
        clock: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:
        self._inbox = inbox
        self._outside = outside
        self._live_state = live_state
        self._settings = channel_settings
        self._filters = filters
        self._schema = schema
        self._rules = rules
        self._login = self._display_name = login
        self._clock = clock
        self._now_ms = now_ms
        self._write_queue = WriteQueue(clock, live_state.set_outage)
        self._decisions = Decisions(self._write_queue.add, clock, now_ms)
        self._next_look = 0.0
        self.stepped_at = clock()
        """When its last round began: a sign of life, for any thread to read."""
        self._said_after = BoundedDict[str, str | None](_ACCEPTED)
        self._unsaid: dict[str, str] = {}
        """Why nothing was said last in each channel, so that a run of it is logged once."""

    def run(self) -> None:
        """Work until END; the wiring guards and joins the thread."""
        with self._outside.open_history() as history:
            self.open(history)
            while self.step(_IDLE_S):
                continue

    def open(self, history: History) -> None:
        """Build what works on this connection, and take what holds since the last run."""
        self._history = history
        self._removals = RecentRemovals()
        self._speaking = self._build_speaking(history)
        self._commands = self._build_commands(history)
        self._intake = Intake(
            write_queue=self._write_queue,
            live_state=self._live_state,
            channel_settings=self._settings,
            filters=self._filters,
            removals=self._removals,
            speaking=self._speaking,
            commands=self._commands,
            schema=self._schema,
            rules=self._rules,
            bot_names={self._login},
            now_ms=self._now_ms,
        )
        self._moderation = Moderation(
            write_queue=self._write_queue,
            live_state=self._live_state,
            channel_settings=self._settings,
            removals=self._removals,
            speaking=self._speaking,
            now_ms=self._now_ms,
        )
        self._retention = Retention(
            history,
            self._settings,
            self._rules.retention_count,
            clock=self._clock,
            now_ms=self._now_ms,
        )
        self._handlers = self._build_handlers()
        self._settings.load(history.all_overrides())
        self._filters.load(history.all_terms())
        self._live_state.set_opted_out(history.opted_out())
        self._deletion_epoch = history.deletion_epoch()
        self._is_removing = history.carry_on_removing()
        for channel in self._settings:
            self._speaking.load(channel)

    def _build_speaking(self, history: History) -> Turns:
        return Turns(
            history=history,
            live_state=self._live_state,
            channel_settings=self._settings,
            jobs=self._outside.jobs,
            make_cancel=self._outside.make_cancel,
            voice_problem=self._outside.voice_problem,
            decisions=self._decisions,
            keep_count=self._rules.retention_count,
            clock=self._clock,
            now_ms=self._now_ms,
        )

    def _build_commands(self, history: History) -> CommandHandler:
        outside, settings, turns = self._outside, self._settings, self._speaking
        model = _Model(outside.model_problem, outside.voice_outage, outside.is_in_cloud)
        storage = CommandStorage(history, self._write_queue, self._live_state, self._now_ms)
        changes = SettingChanges(
            storage,
            settings,
            self._filters,
            turns,
            model,
            lambda question: outside.errand(lambda: self._inbox.tell(question())),
            outside.asks_who_is_live,
        )
        status = Status(
            history, settings, turns, model, self._rules.retention_count, self._clock, self._now_ms
        )
        return CommandHandler(
            storage, self._live_state, turns, changes, status, outside.offer, self._clock
        )

    def _build_handlers(self) -> dict[type, Callable[[Any], object]]:
        return {
            ChatMessage: self._intake.take,
            MessageDeleted: self._moderation.take,
            UserCleared: self._moderation.take,
            ChatCleared: self._moderation.take,
            LinkUp: self._on_link_up,
            OwnState: self._on_own_state,
            Delivered: self._on_delivered,
            Undelivered: self._on_undelivered,
            RecordRateLimitEvent: self._write_queue.add,
            JobDone: self._on_job_done,
            ModelChecked: self._commands.model_checked,
            Reload: self._on_reload,
        }

    # -- one round -------------------------------------------------------------------------------

    def step(self, wait_s: float) -> bool:
        """One round: take in, store, decide; False after END, when all that can be is stored.

        Waits ``wait_s`` for a first record.
        """
        self.stepped_at = self._clock()
        goes_on = self._take_in(0.0 if self._is_removing else wait_s)
        if not goes_on:
            self._decisions.catch_up()
        stored = self._write_queue.commit(self._history, force=not goes_on)
        if not goes_on:
            if not stored:
                log.error("not stored", extra={"writes": self._write_queue.not_stored})
            return False
        if stored:
            self._decide()
        if self._clock() >= self._next_look:
            self._next_look = self._clock() + _LOOK_EVERY_S
            self._look_around(may_ask=stored)
        return True

    def _take_in(self, wait_s: float) -> bool:
        """Handle what waits, up to a batch; False when END was taken."""
        try:
            for taken in range(_BATCH):
                record = self._inbox.get(block=not taken, timeout_s=wait_s)
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

    def _decide(self) -> None:
        try:
            self._is_removing = self._history.carry_on_removing()
            if self._is_removing:
                return  # what is on its way out must not be taken for context
            self._speaking.judge()
            self._retention.step()
        except DatabaseError as error:
            self._write_queue.note_outage(error)

    def _look_around(self, *, may_ask: bool) -> None:
        """Notice what others changed: the word list and, unless it is away, the database."""
        self._outside.reload_words(False)
        self._filters.refresh()
        if not may_ask:
            return
        try:
            deletion_epoch = self._history.deletion_epoch()
        except DatabaseError as error:
            self._write_queue.note_outage(error)
            return
        if deletion_epoch != self._deletion_epoch:
            self._deletion_epoch = deletion_epoch
            self._speaking.forget_all()
            self._live_state.invalidate_all()

    def _on_reload(self, _: Reload) -> None:
        self._outside.reload_words(True)
        self._filters.refresh()

    # -- what became of jobs and lines -------------------------------------------------------------

    def _on_link_up(self, event: LinkUp) -> None:
        if event.user_id is not None:
            self._be_called(event.login, event.login)

    def _be_called(self, login: str, display_name: str) -> None:
        """Viewers may use either name; the second can be written in another script."""
        self._login, self._display_name = login, display_name
        self._intake.bot_names = frozenset({login, display_name.lower()})

    def _on_own_state(self, event: OwnState) -> None:
        """Twitch accepted a message: what is stored from here on came after it."""
        if event.display_name is not None:
            self._be_called(self._login, event.display_name)
        if event.message_id is not None:
            self._said_after[event.message_id] = self._intake.last_kept.get(event.channel)

    def _on_job_done(self, outcome: JobDone) -> None:
        channel, reason = outcome.channel, outcome.reason
        if outcome.offered:
            self._unsaid.pop(channel, None)
            self._tally(channel, "generated")
        elif self._unsaid.get(channel) != reason:
            self._unsaid[channel] = reason
            log.info("nothing to say", extra={"channel": channel, "reason": reason})
        self._speaking.done(outcome)

    def _on_delivered(self, outcome: Delivered) -> None:
        """The bot's own chat messages are stored; its answers to commands are not."""
        line = outcome.line
        if not line.speech.is_generated:
            return
        self._live_state.release(line.generation_id)
        self._write_queue.add(
            RecordSpoken(
                line.channel,
                outcome.message_id,
                outcome.sent_at_ms,
                fingerprint(outcome.text),
                outcome.shadow,
                self._said_after.pop(outcome.message_id or "", None),
            ),
            lambda _: self._after_speaking(outcome),
        )
        if (own := self._own_message(outcome)) is not None:
            if self._removals.cover_own(own):
                self._moderation.overtaken(own)
            else:
                self._write_queue.add(Append(own))
        self._tally(line.channel, "said")

    def _own_message(self, outcome: Delivered) -> StoredMessage | None:
        """The row for what was said; None without Twitch's id for it."""
        own_id, message_id = self._live_state.own_id, outcome.message_id
        if own_id is None or message_id is None:
            return None
        return StoredMessage(
            message_id=message_id,
            channel=outcome.line.channel,
            user_id=own_id,
            login=self._login,
            display_name=self._display_name,
            text=outcome.text,
            sent_at_ms=outcome.sent_at_ms,
            is_own=True,
        )

    def _after_speaking(self, outcome: Delivered) -> None:
        channel = outcome.line.channel
        said = "would have been said" if outcome.shadow else "said"
        self._speaking.reported(channel, outcome.line.generation_id, said, said=True)
        self._speaking.reload_own_words(channel)
        self._speaking.counted(channel)  # chat may have gone on since it was said

    def _on_undelivered(self, outcome: Undelivered) -> None:
        line = outcome.line
        log.info(
            "not said",
            extra={"channel": line.channel, "reason": outcome.reason, "kind": line.speech.name},
        )
        if outcome.reason == BLOCKED:
            self._tally(line.channel, "blocked")
        if line.speech.is_generated:
            self._live_state.release(line.generation_id)
            self._speaking.reported(line.channel, line.generation_id, outcome.reason, said=False)
        elif outcome.reason == BLOCKED:
            self._commands.answer_blocked(line)

    def _tally(self, channel: str, what: str) -> None:
        self._write_queue.add(Tally(channel, utc_day(self._now_ms()), what))
