"""Builds the worker from its parts: one place for the bot, for a replay and for the tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from clankbot.clock import Clock
from clankbot.processing.channel_ids import ChannelIds, NamedHistory
from clankbot.processing.channels import Channels
from clankbot.processing.commands.handler import CommandHandler
from clankbot.processing.commands.setting_changes import SettingChanges
from clankbot.processing.commands.status import Status
from clankbot.processing.commands.storage import CommandHistory, CommandStorage
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.inbox import Inbox
from clankbot.processing.intake import Intake
from clankbot.processing.internal_messages import (
    AnswerFound,
    Job,
    ModelChecked,
    NothingOffered,
    PromptRead,
    Reload,
    RemovalReached,
    RemovedMessage,
    WaitsAsked,
)
from clankbot.processing.live_state import LiveState
from clankbot.processing.moderation import Moderation
from clankbot.processing.ports import LanguageModel
from clankbot.processing.recent_removals import RecentRemovals
from clankbot.processing.reports import Reports
from clankbot.processing.retention import PrunableHistory, Retention
from clankbot.processing.rounds import Rounds, SharedHistory
from clankbot.processing.speaking.decisions import Decisions
from clankbot.processing.speaking.funnel import Funnel
from clankbot.processing.speaking.known_pace import AskedHistory, KnownPace
from clankbot.processing.speaking.listening import Listening
from clankbot.processing.speaking.repetition import OwnWords, SpokenHistory
from clankbot.processing.speaking.turns import Turns
from clankbot.processing.worker import Worker
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.answers import Figures
from clankbot.records.chat import (
    ChatCleared,
    ChatMessage,
    LinkUp,
    MessageDeleted,
    OwnState,
    RoomState,
    UserCleared,
)
from clankbot.records.speech import Delivered, Outgoing, Undelivered
from clankbot.records.writes import (
    KeepModelFigures,
    KeepState,
    KeepWindow,
    RecordRateLimitEvent,
)


class History(
    CommandHistory,
    AskedHistory,
    SpokenHistory,
    PrunableHistory,
    SharedHistory,
    NamedHistory,
    AbstractContextManager[object],
    Protocol,
):
    """A connection to the database, usable in one thread, which closes it.

    Every method may raise DatabaseError: while the bot runs, that is an outage.
    """

    def figures(self, span_s: int, since_ms: int, until_ms: int) -> Sequence[Figures]:
        """What was counted in stretches of this length that began in that time."""


def build_worker(
    *,
    inbox: Inbox,
    history: History,
    channels: Channels,
    live_state: LiveState,
    filters: ChannelFilters,
    model: LanguageModel,
    submit: Callable[[Job], None],
    prompt_changed: Callable[[str], None],
    offer: Callable[[Outgoing], bool],
    run_later: Callable[[Callable[[], None]], bool],
    clock: Clock,
    give_up: threading.Event | None = None,
) -> Worker:
    """The worker, whose thread alone may use ``history``.

    Its work goes to the composer (``submit``, ``prompt_changed``), the sender (``offer``) and the
    scheduler (``run_later``); none of these blocks.  ``give_up`` is for the ``Worker``.
    """
    pace = KnownPace(history, channels, clock)
    write_queue = WriteQueue(history, live_state, clock, note=pace.note)
    decisions = Decisions(channels, write_queue, history.figures, clock)
    own_words = OwnWords(history, live_state)
    listening = Listening(
        channels, live_state, write_queue, decisions.funnel, prompt_changed, clock
    )
    turns = Turns(pace, channels, live_state, model, decisions, submit, listening, clock)
    carried_out, passed = RecentRemovals(clock), RecentRemovals(clock)
    moderation = Moderation(live_state, carried_out, passed, turns, own_words, write_queue, clock)

    def ask_later(question: Callable[[], ModelChecked | AnswerFound]) -> bool:
        return run_later(lambda: inbox.put(question()))

    storage = CommandStorage(history, write_queue, live_state)
    changes = SettingChanges(storage, channels, filters, turns, model, ask_later, clock)
    status = Status(history, channels, filters, turns, model, ask_later, clock)
    commands = CommandHandler(storage, live_state, turns, changes, status, offer, clock)
    reports = Reports(
        live_state, carried_out, moderation, turns, own_words, commands, write_queue, clock
    )
    retention = Retention(history, channels, clock)
    told = moderation.log
    rounds = Rounds(
        history, channels, filters, live_state, turns, pace, own_words, retention, told, clock
    )
    channel_ids = ChannelIds(
        history, live_state, moderation, write_queue, rounds.carried_over, clock
    )
    schema = channels.schema
    intake = Intake(
        live_state, passed, filters, listening, schema, commands, channel_ids, write_queue, clock
    )
    handlers = _handlers(
        intake, moderation, channel_ids, reports, turns, write_queue, commands, filters
    ) | _counting(decisions.funnel, reports, turns)
    handlers[WaitsAsked] = status.tell_waits
    return Worker(inbox, handlers, history, write_queue, rounds, decisions, clock, give_up)


def _handlers(
    intake: Intake,
    moderation: Moderation,
    channel_ids: ChannelIds,
    reports: Reports,
    turns: Turns,
    write_queue: WriteQueue,
    commands: CommandHandler,
    filters: ChannelFilters,
) -> dict[type, Callable[[Any], object]]:
    """What takes each kind of record that comes off the inbox, but for those of a turn's end."""
    return {
        ChatMessage: intake.handle,
        MessageDeleted: moderation.handle,
        UserCleared: moderation.handle,
        ChatCleared: moderation.handle,
        RemovalReached: moderation.handle_reached,
        RemovedMessage: intake.handle_removed,
        RoomState: channel_ids.handle_room_state,
        LinkUp: channel_ids.handle_link_up,
        OwnState: reports.handle_own_state,
        RecordRateLimitEvent: write_queue.add,
        KeepWindow: write_queue.add,
        KeepModelFigures: write_queue.add,
        AnswerFound: commands.answer_found,
        KeepState: write_queue.add,
        ModelChecked: commands.model_checked,
        Reload: lambda _: filters.reload(force=True),
    }


def _counting(
    funnel: Funnel, reports: Reports, turns: Turns
) -> dict[type, Callable[[Any], object]]:
    """What takes the records of a turn's end: each is counted first."""

    def counted(
        count: Callable[[Any], None], handle: Callable[[Any], object]
    ) -> Callable[[Any], None]:
        def both(record: object) -> None:
            count(record)
            handle(record)

        return both

    return {
        Delivered: counted(funnel.delivered, reports.handle_delivered),
        Undelivered: counted(funnel.undelivered, reports.handle_undelivered),
        NothingOffered: counted(funnel.nothing_offered, turns.handle_nothing_offered),
        PromptRead: funnel.prompt_read,
    }
