"""The wiring of the room ``status``: collects what it tells from all parts, and starts its threads.

Like bot.py it knows the rooms and decides nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from clankbot import __version__
from clankbot.clock import Clock
from clankbot.config.addresses import without_password
from clankbot.config.settings import Settings
from clankbot.database.database import Database
from clankbot.files import disk_room
from clankbot.ollama.language_model import LanguageModel
from clankbot.own_command import own_command
from clankbot.processing.channels import Channels
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.inbox import Inbox
from clankbot.processing.internal_messages import WaitsAsked
from clankbot.processing.live_state import LiveState
from clankbot.processing.speaking.funnel import LINE_BOUNDS_S
from clankbot.processing.worker import Worker
from clankbot.records.writes import KeepState
from clankbot.runtime.scheduler import Scheduler
from clankbot.runtime.threads import BotThreads
from clankbot.services import Account
from clankbot.status.builder import Builder
from clankbot.status.facts import (
    DatabaseFacts,
    Facts,
    Level,
    ModelState,
    SignInFacts,
)
from clankbot.status.health import Health
from clankbot.status.heartbeat import Heartbeat
from clankbot.status.link_watch import LinkWatch
from clankbot.status.server import StatusServer

# How often the state is noted in the database, for the command ``status``, if it stays as it is;
# and how soon after a change.
_NOTED_EVERY_S: Final = 60.0
_LOOKED_AT_EVERY_S: Final = 1.0
# Models that are told of: channels may have one each.
_MOST_MODELS: Final = 8


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a bot that are looked at."""

    settings: Settings
    account: Account
    database: Database
    clock: Clock
    live_state: LiveState
    channels: Channels
    filters: ChannelFilters
    model: LanguageModel
    inbox: Inbox
    scheduler: Scheduler
    worker: Worker
    threads: BotThreads


class Monitoring:
    """What looks at a bot.  ``state`` and ``handle`` may be called from any thread."""

    def __init__(self, parts: Parts, watch: LinkWatch, stopping: threading.Event) -> None:
        """``watch`` is told of every event of chat."""
        self._parts = parts
        self._watch = watch
        self._started_ms = parts.clock.utc_ms()
        health = Health(self._facts, own_command("check"))
        self.state = health.state
        self._stopped = health.stopped
        self._noted: tuple[Level | None, float] = (None, 0.0)  # what was noted last, and when
        self._server: StatusServer | None = None
        self._builder: Builder | None = None
        self._heartbeat: Heartbeat | None = None
        settings, clock = parts.settings, parts.clock
        if (listener := settings.status_listen) is not None:
            self._builder = Builder(
                self.state,
                parts.worker.funnel,
                lambda: parts.database.open(lets_go=True),
                self._ask_waits,
                LINE_BOUNDS_S,
                clock,
            )
            self._server = StatusServer(
                listener.host, listener.port, self._builder, clock.monotonic
            )
        if (url := settings.heartbeat_url) is not None:
            self._heartbeat = Heartbeat(url.reveal(), self.state, stopping)

    def start(self, threads: BotThreads) -> None:
        """Start the threads that the settings ask for."""
        if self._server is not None and self._builder is not None:
            threads.start("status-builder", self._builder.run)
            threads.start("status-page", self._server.run)
        if self._heartbeat is not None:
            threads.start("heartbeat", self._heartbeat.run)

    def close(self) -> None:
        """End them soon, and note that the bot was stopped."""
        for each in (self._server, self._builder, self._heartbeat):
            if each is not None:
                each.close()
        stopped = self._stopped()
        self._parts.inbox.put(KeepState(stopped.at_ms, stopped.to_json()))

    def note_state(self) -> float:
        """Have the worker store how the bot is doing; the seconds until the next look.

        For one thread.
        """
        state, now_s = self.state(), self._parts.clock.monotonic()
        level, noted_s = self._noted
        if state.level is not level or now_s - noted_s >= _NOTED_EVERY_S:
            self._noted = state.level, now_s
            self._parts.inbox.put(KeepState(state.at_ms, state.to_json()))
        return _LOOKED_AT_EVERY_S

    def _ask_waits(self, told: Callable[[Mapping[str, str]], None]) -> None:
        self._parts.inbox.put(WaitsAsked(told))

    def _facts(self) -> Facts:
        parts, now_s = self._parts, self._parts.clock.monotonic()
        obstacles = {
            channel: reason
            for channel in parts.channels
            if (reason := parts.live_state.view(channel).obstacle(now_s)) is not None
        }
        identity, good_for_s = parts.account.identity, parts.account.good_for_s
        return Facts(
            at_ms=parts.clock.utc_ms(),
            started_ms=self._started_ms,
            version=__version__,
            channels=tuple(parts.channels),
            is_dry_run=parts.settings.dry_run,
            chat=self._watch.facts,
            sign_in=SignInFacts(
                identity.login if identity else None,
                good_for_s() if good_for_s else None,
                parts.scheduler.trouble("sign-in"),
            ),
            database=self._database_facts(),
            models=self._models(),
            threads=parts.threads.alive(),
            round_age_s=now_s - parts.worker.stepped_at,
            word_list_trouble=parts.filters.problem,
            line_s=parts.worker.funnel.line_s(),
            obstacles=obstacles,
        )

    def _database_facts(self) -> DatabaseFacts:
        parts, settings = self._parts, self._parts.settings
        free = size = None
        if settings.database_type == "sqlite":
            kind = f"SQLite at {settings.database_url}"
            with suppress(OSError):  # the folder is gone, which the outage tells of
                free, size = disk_room(settings.database_url.parent)
        else:
            kind = f"MySQL at {settings.mysql_host}"
        outage, waiting = parts.live_state.outage, parts.worker.writes_waiting
        return DatabaseFacts(kind, outage, waiting, free, size)

    def _models(self) -> tuple[ModelState, ...]:
        parts = self._parts
        chosen = [parts.live_state.view(channel).settings.model for channel in parts.channels]
        names = list(dict.fromkeys([parts.settings.ollama_model, *chosen]))
        return tuple(self._model(name) for name in names[:_MOST_MODELS])

    def _model(self, name: str) -> ModelState:
        model = self._parts.model
        pace = model.pace(name)
        return ModelState(
            name,
            without_password(self._parts.settings.ollama_url),
            model.trouble(name),
            model.outage(name) or model.loading(name),
            pace.reads_per_s,
            pace.writes_per_s,
            pace.load_s,
        )
