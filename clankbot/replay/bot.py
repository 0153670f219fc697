"""The bot of a replay: the real worker, composer and send gate, without threads and without Twitch.

Each event moves its clock to the time in the file and is dealt with to the end, answers included,
before the next is heard; so the model takes no time, and the same file gives the same moments.
The bot is taken to be a moderator of live channels: nothing but its settings keeps it silent.
"""

from __future__ import annotations

import queue
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clankbot.cancel import END, Cancel, End
from clankbot.config.channel_wording import SettingsSchema
from clankbot.config.commands import is_bot_command
from clankbot.config.settings import Settings
from clankbot.database.store import Store
from clankbot.errors import OllamaError, OllamaTimeout
from clankbot.ollama.language_model import LanguageModel
from clankbot.parts import Words
from clankbot.processing.channel_settings import SettingsByChannel
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.inbox import Inbox
from clankbot.processing.intake import Rules
from clankbot.processing.internal_messages import Job, JobDone
from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import CancelHandle
from clankbot.processing.speaking.composer import Composer
from clankbot.processing.speaking.send_gate import SendGate
from clankbot.processing.worker import Dependencies, Worker
from clankbot.records.chat import Event
from clankbot.records.settings import ChannelSettings, Command, SettingValue, Verb
from clankbot.records.speech import Assignment, Composed, Delivered, Outgoing, Undelivered

# No viewer's id, so what moderators did to the bot in the file is not done to this one.
_OWN_ID: Final = "replayed"
_MOST: Final = 1_000_000


class FileClock:
    """The time in the file; it stands still between two events."""

    def __init__(self) -> None:
        self._ms = 0

    def move_to(self, at_ms: int) -> None:
        """It is this late now."""
        self._ms = at_ms

    def now_ms(self) -> int:
        """Milliseconds UTC."""
        return self._ms

    def seconds(self) -> float:
        """The same in seconds, for what wants a monotonic clock."""
        return self._ms / 1000


class ReplaySchema(SettingsSchema):
    """The settings of a replay: those of the program, changed as its user asks.

    Moderators' commands in the file are not obeyed, for what is tried out are other settings;
    what viewers wish for their own words is.
    """

    def __init__(self, settings: Settings, changes: Iterable[Command]) -> None:
        super().__init__(settings)
        self._changes = {change.column: change.value for change in changes if change.column}

    def policy(self, overrides: Mapping[str, SettingValue | None]) -> ChannelSettings:
        """What holds in every channel."""
        return super().policy({**self._changes, **overrides})

    def parse(self, text: str, *, is_moderator: bool) -> Command | None:
        """The command in a chat message; None if it is nothing to a replay."""
        command = super().parse(text, is_moderator=is_moderator)
        is_wish = command is not None and command.verb in (Verb.OPT_OUT, Verb.OPT_IN)
        return command if is_wish else None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that the bot set out to speak."""

    channel: str
    is_answer: bool
    # ``30 messages`` or ``mention by alice``.
    occasion: str
    # What it would have said; None if nothing came of it, for ``reason``.
    text: str | None
    reason: str


class ReplayedBot:
    """See the module's text.  Without a model only its moments are known."""

    def __init__(
        self,
        settings: Settings,
        channels: Sequence[str],
        *,
        schema: ReplaySchema,
        words: Words,
        name: str,
        store: Store,
        clock: FileClock,
        model: LanguageModel | None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._model = model
        self._inbox = Inbox()
        self._jobs: queue.Queue[Job | End] = queue.Queue(len(channels) + 1)
        self._lines: list[Outgoing] = []
        self._failure: OllamaError | None = None
        self._came_of_it = ""
        self._said = 0
        self._live_state = LiveState(clock.now_ms, _OWN_ID)
        self._live_state.set_live(channels, channels)
        self._filters = ChannelFilters(words.current)
        self._send_gate = SendGate(
            self._live_state, self._filters, clock=clock.seconds, now_ms=clock.now_ms
        )
        self._composer = self._make_composer(name)
        self._worker = self._make_worker(settings, channels, schema, name)
        self._worker.open(store)

    def _make_composer(self, name: str) -> Composer:
        return Composer(
            jobs=self._jobs,
            open_history=lambda: self._store,
            prepare=lambda: None,
            compose=self._compose,
            voice_outage=lambda model: None,
            live_state=self._live_state,
            filter_of=self._filters,
            bot_name=lambda: name,
            offer=self._offer,
            report=self._report,
            clock=self._clock.seconds,
        )

    def _make_worker(
        self, settings: Settings, channels: Sequence[str], schema: ReplaySchema, name: str
    ) -> Worker:
        return Worker(
            inbox=self._inbox,
            outside=Dependencies(
                open_history=lambda: self._store,
                jobs=self._jobs,
                offer=self._offer,
                errand=lambda errand: False,
                make_cancel=Cancel,
                model_problem=lambda model: None,
                voice_problem=self._model_problem,
                voice_outage=lambda model: None,
                is_in_cloud=lambda model: False,
                asks_who_is_live=True,
                reload_words=lambda force: None,
            ),
            live_state=self._live_state,
            channel_settings=SettingsByChannel(channels, schema, self._live_state),
            filters=self._filters,
            schema=schema,
            rules=Rules(
                ignored_logins=settings.ignored_users,
                owners=frozenset(),
                retention_count=settings.message_retention_count,
                is_bot_command=is_bot_command,
            ),
            login=name,
            clock=self._clock.seconds,
            now_ms=self._clock.now_ms,
        )

    def handle(self, event: Event, at_ms: int) -> Iterator[Attempt]:
        """Handle one event; what the bot set out to say on it.

        Raises OllamaError if the model cannot be asked; one that is too slow is passed over.
        """
        self._clock.move_to(at_ms)
        self._inbox.deliver(event)
        self._worker.step(0)
        while not self._jobs.empty():
            job = self._jobs.get_nowait()
            if job is not END:
                yield self._carry_out(job)

    def _carry_out(self, job: Job) -> Attempt:
        if job.asked is not None:
            occasion = f"mention by {job.asked.speaker}"
        else:
            count = self._store.pace(job.channel, _MOST, 0).counted
            occasion = f"{count} message{'' if count == 1 else 's'}"
        self._composer.step(job, self._store)
        if self._failure is not None:
            raise self._failure
        text, reason = None, self._came_of_it
        if self._lines:
            line = self._lines.pop()
            refusal = self._send_gate(line) if self._model else None
            if refusal is None:
                text = line.text
                self._said += 1
                own_id = f"said-{self._said}"
                self._inbox.tell(Delivered(line, text, own_id, self._clock.now_ms()))
            else:
                reason = refusal
                self._inbox.tell(Undelivered(line, refusal))
        self._worker.step(0)
        return Attempt(job.channel, job.asked is not None, occasion, text, reason)

    # -- what the worker and the composer hand over ------------------------------------------------

    def _compose(self, assignment: Assignment, cancel: CancelHandle) -> Composed:
        assert isinstance(cancel, Cancel)  # each is made by the worker's ``make_cancel``
        if self._model is None:
            return Composed("", "composed")
        try:
            return self._model.write(assignment, cancel)
        except OllamaTimeout:
            raise
        except OllamaError as error:
            self._failure = error
            raise

    def _model_problem(self, model: str) -> str | None:
        return self._model.obstacle(model) if self._model else None

    def _offer(self, line: Outgoing) -> bool:
        if line.speech.is_generated:  # nobody waits for the answers to commands
            self._lines.append(line)
        return True

    def _report(self, outcome: JobDone) -> None:
        self._came_of_it = outcome.reason
        self._inbox.tell(outcome)
