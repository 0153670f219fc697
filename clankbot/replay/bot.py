"""The bot of a replay: the real worker, composer and send gate, without threads and without Twitch.

Each event moves its clock to the time in the file and is handled to the end, answers included,
before the next one comes; so the model takes no time, and the same file gives the same moments.
The bot is taken to be a moderator of live channels: nothing but its settings keeps it silent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clankbot.cancel import Cancel
from clankbot.clock import Clock
from clankbot.config.channel_wording import SettingsSchema
from clankbot.config.settings import Settings
from clankbot.database.database import Store
from clankbot.errors import OllamaError, OllamaTimeout
from clankbot.ollama.language_model import LanguageModel
from clankbot.parts import load_words
from clankbot.processing.assembly import build_worker
from clankbot.processing.channels import Channels
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.inbox import Inbox
from clankbot.processing.internal_messages import Job, NothingOffered
from clankbot.processing.live_state import LiveState, Own
from clankbot.processing.speaking.composer import Composer, Report
from clankbot.processing.speaking.send_gate import SendGate
from clankbot.records.chat import Event
from clankbot.records.settings import ChannelSettings, Command, SettingValue, Verb
from clankbot.records.speech import (
    Assignment,
    Composed,
    Delivered,
    Outgoing,
    ReadAhead,
    Undelivered,
)
from clankbot.text import counted

# No viewer's id, so what moderators did to the bot in the file is not done to this one.
_OWN_ID: Final = "replayed"
_MOST: Final = 1_000_000


class FileClock(Clock):
    """The time in the file; it stands still between two events."""

    now_ms = 0

    def utc_ms(self) -> int:
        """The time in the file."""
        return self.now_ms

    def monotonic(self) -> float:
        """The same in seconds."""
        return self.now_ms / 1000


class ReplaySchema(SettingsSchema):
    """The settings of a replay: those of the program, changed as its user asks.

    Moderators' commands in the file are not obeyed, for what is tried out are other settings;
    what viewers wish for their own words is.
    """

    def __init__(self, settings: Settings, changes: Iterable[Command]) -> None:
        super().__init__(settings)
        self._changes = {change.column: change.value for change in changes if change.column}

    def resolve(self, overrides: Mapping[str, SettingValue | None]) -> ChannelSettings:
        """What holds in every channel."""
        return super().resolve({**self._changes, **overrides})

    def parse(self, text: str, *, is_moderator: bool) -> Command | None:
        """The command in a chat message; those that are not obeyed are as if to another bot."""
        command = super().parse(text, is_moderator=is_moderator)
        if command is None or command.verb in (Verb.OPT_OUT, Verb.OPT_IN):
            return command
        return Command(Verb.OTHER_BOT)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that the bot set out to speak."""

    channel: str
    is_answer: bool
    occasion: str  # ``30 messages`` or ``mention by alice``
    text: str | None  # what it would have said; None if nothing came of it, for ``reason``
    reason: str


class _ReplayModel:
    """The language model of a replay, without outages; None: only the moments are of interest."""

    def __init__(self, model: LanguageModel | None) -> None:
        self._model = model
        self.failure: OllamaError | None = None  # why the server cannot be asked

    def preload(self) -> None:
        """A replay loads it when it is asked first."""

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        """As the real one; a model that is too slow is passed over."""
        if self._model is None:
            return Composed("", None)
        try:
            return self._model.write(assignment, cancel)
        except OllamaTimeout:
            raise
        except OllamaError as error:
            self.failure = error
            raise

    def reads_ahead(self, model: str) -> bool:
        """Nothing goes on between the moments of a replay."""
        return False

    def read_ahead(self, assignment: Assignment, cancel: Cancel) -> ReadAhead:
        """Never asked for."""
        raise NotImplementedError

    def recall(self, figures: Mapping[str, str]) -> None:
        """As the real one."""
        if self._model is not None:
            self._model.recall(figures)

    def learned(self) -> Mapping[str, str]:
        """Nothing is kept: a replay leaves the database as it is."""
        return {}

    def prompts_read(self) -> Sequence[tuple[int, int]]:
        """Nobody counts."""
        return ()

    def loading(self, model: str) -> None:
        """Nobody is told."""

    def condition(self, model: str, channel: str) -> str:
        """Nobody asks."""
        return "ready"

    def obstacle(self, model: str) -> str | None:
        """As the real one."""
        return self._model.obstacle(model) if self._model else None

    def outage(self, model: str) -> None:
        """Nobody is told."""

    def check_choice(self, model: str) -> None:
        """Nobody chooses one."""

    def choices(self) -> Sequence[str]:
        """Nobody asks."""
        return ()

    def runs_in_cloud(self, model: str) -> bool:
        """Nobody asks."""
        return False


class ReplayedBot:
    """See the module's text.  ``model`` None: it has none, and only its moments are known."""

    def __init__(
        self,
        settings: Settings,
        schema: ReplaySchema,
        name: str,
        channels: Sequence[str],
        store: Store,
        clock: FileClock,
        model: LanguageModel | None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._model = _ReplayModel(model)
        self._has_model = model is not None
        self._inbox = Inbox()
        self._jobs: deque[Job] = deque()
        self._lines: list[Outgoing] = []
        self._came_of_it = ""
        self._said = 0
        live_state = LiveState(Own(name, _OWN_ID), clock, settings.ignored_users)
        live_state.set_live(channels, channels)
        filters = ChannelFilters(load_words(settings))
        self._live_state = live_state
        self._send_gate = SendGate(live_state, filters, clock)
        self._composer = Composer(
            store, self._model, live_state, filters, self._offer, self._report, clock
        )
        self._worker = build_worker(
            inbox=self._inbox,
            history=store,
            channels=Channels(channels, schema, live_state),
            live_state=live_state,
            filters=filters,
            model=self._model,
            submit=self._jobs.append,
            prompt_changed=lambda channel: None,
            offer=self._offer,
            run_later=lambda task: False,
            clock=clock,
        )
        self._worker.load()

    def handle(self, event: Event, at_ms: int) -> Iterator[Attempt]:
        """Handle one event; what the bot set out to say on it.

        Raises OllamaError if a model cannot be asked; one that is too slow is passed over.
        """
        self._clock.now_ms = at_ms
        self._live_state.handle(event)
        self._inbox.put_event(event)
        self._worker.step(0)
        while self._jobs:
            yield self._carry_out(self._jobs.popleft())

    def _carry_out(self, job: Job) -> Attempt:
        occasion = self._occasion(job)
        self._composer.compose(job, self._store)
        if self._model.failure is not None:
            raise self._model.failure
        text, reason = None, self._came_of_it
        if self._lines:
            line = self._lines.pop()
            objection = self._send_gate(line) if self._has_model else None
            if objection is None:
                text = line.text
                self._said += 1
                own_id = f"said-{self._said}"
                at_ms, at = self._clock.utc_ms(), self._clock.monotonic()
                self._inbox.put(Delivered(line, text, own_id, at_ms, at))
            else:
                reason = objection.text
                self._inbox.put(Undelivered(line, objection))
        self._worker.step(0)
        return Attempt(job.channel, job.asked is not None, occasion, text, reason)

    def _occasion(self, job: Job) -> str:
        if job.asked is not None:
            return f"mention by {job.asked.speaker}"
        return counted(self._store.pace(job.channel, _MOST, 0).counted, "message")

    def _offer(self, line: Outgoing) -> bool:
        if line.kind.is_generated:  # nobody waits for the answers to commands
            self._lines.append(line)
        return True

    def _report(self, report: Report) -> None:
        if isinstance(report, NothingOffered):
            self._came_of_it = report.reason.text
        self._inbox.put(report)
