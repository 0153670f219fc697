"""A worker at its desk: all its real parts over a real database file, moved on by hand.

What the worker hands to other threads is kept here to be looked at: lines in ``offered``, jobs in
``jobs``, one-off tasks in ``tasks``.  Time stands still unless a test moves ``clock``.
"""

from __future__ import annotations

import functools
import queue
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from clankbot.cancel import Cancel
from clankbot.config.channel_wording import SettingsSchema
from clankbot.config.settings import load_settings
from clankbot.database.database import Database, Store
from clankbot.database.sqlite import FileConnection, SqliteEngine
from clankbot.errors import OllamaError
from clankbot.parts import load_words
from clankbot.processing.assembly import build_worker
from clankbot.processing.channels import Channels
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.inbox import Inbox, Record
from clankbot.processing.internal_messages import Job, NothingOffered
from clankbot.processing.live_state import LiveState, Own
from clankbot.processing.ports import LanguageModel
from clankbot.processing.speaking.composer import Composer
from clankbot.processing.speaking.send_gate import SendGate
from clankbot.records.chat import ChatMessage, Event, LinkUp, OwnState
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import (
    Assignment,
    Composed,
    Delivered,
    MessageKind,
    Outgoing,
    ReadAhead,
    Undelivered,
)
from tests.processing.chat import Hand, message

BOT = "clankbot"
BOT_ID = "99"
OWNER_ID = "500"
CHANNELS = ("alpha", "beta")
SETTINGS = {
    "TWITCH_CHANNELS": ",".join(CHANNELS),
    "MESSAGE_THRESHOLD": "3",
    "TIME_DELAY": "0",
    "CONTEXT_LIMIT": "20",
    "OLLAMA_MODEL": "tiny",
    "BOT_OWNERS": OWNER_ID,
}


class ImpatientSqlite(SqliteEngine):
    """A file that nobody waits for while another program writes to it."""

    def connect(self) -> FileConnection:
        connection = super().connect()
        connection.execute("PRAGMA busy_timeout = 1")
        return connection


@functools.cache
def _empty_database() -> bytes:
    """A file with all its tables: made once, since that takes as long as a dozen tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "chat.db")
        Database.sqlite(path).prepare()
        return path.read_bytes()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes to the database meanwhile."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


class Desk:
    """See the module's text.  Another one in the same folder is the same bot, started again."""

    asks_who_is_live = True

    def __init__(self, folder: Path, clock: Hand | None = None, **settings: str) -> None:
        self.folder = folder
        self.clock = clock or Hand()
        self.path = folder / "chat.db"
        if not self.path.exists():
            self.path.write_bytes(_empty_database())
        self.words = folder / "blocked_words.txt"
        if not self.words.exists():
            self.words.write_text("shed\n")
        self.database = Database(ImpatientSqlite(self.path), self.clock)
        self.store = self.database.open()
        self.history = self.open_history()
        """The worker's own connection."""
        self.jobs: queue.Queue[Job] = queue.Queue(len(CHANNELS) + 1)
        self.submit_to = self.jobs.put_nowait
        """Where jobs go: they wait to be looked at, unless a composer is at work."""
        self.changed: list[str] = []
        self.tell_changed: Callable[[str], None] = self.changed.append
        """Where it goes that a prompt has changed; in the same way."""
        self.offered: list[Outgoing] = []
        self.tasks: list[Callable[[], None]] = []
        self.takes_tasks = True
        self.takes_lines = True
        self.models: frozenset[str] | OllamaError = frozenset({"tiny", "large"})
        """What the server has, or why it cannot be asked."""
        self.model_obstacle: str | None = None
        self.model_outage: str | None = None
        self.is_loading: str | None = None
        self.is_in_cloud = False
        self._wire(settings)

    def open_history(self) -> Store:
        """The connection that the worker works with."""
        return self.database.open()

    def open_inbox(self) -> Inbox:
        """What other threads tell the worker comes by this."""
        return Inbox()

    def _wire(self, settings: dict[str, str]) -> None:
        settled = load_settings(SETTINGS | settings, self.folder)
        self.inbox = self.open_inbox()
        self.live_state = LiveState(Own(BOT), self.clock, settled.ignored_users, settled.bot_owners)
        self.filters = ChannelFilters(load_words(settled))
        self.send_gate = SendGate(self.live_state, self.filters, self.clock)
        self.channels = Channels(
            settled.twitch_channels,
            SettingsSchema(settled),
            self.live_state,
            asks_who_is_live=self.asks_who_is_live,
        )
        self.worker = build_worker(
            inbox=self.inbox,
            history=self.history,
            channels=self.channels,
            live_state=self.live_state,
            filters=self.filters,
            model=self,
            submit=lambda job: self.submit_to(job),
            prompt_changed=lambda channel: self.tell_changed(channel),
            offer=self._offer,
            run_later=self._take_task,
            clock=self.clock,
        )

    def __enter__(self) -> Self:
        self.worker.load()
        self.hear(LinkUp(BOT, BOT_ID))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.history.close()
        self.store.close()

    # -- the language model, as the worker asks it -------------------------------------------------

    def preload(self) -> None:
        """Nothing is to be loaded."""

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        raise AssertionError("the worker asks no model")

    def reads_ahead(self, model: str) -> bool:
        raise AssertionError("the worker reads nothing")

    def read_ahead(self, assignment: Assignment, cancel: Cancel) -> ReadAhead:
        raise AssertionError("the worker reads nothing")

    def recall(self, figures: Mapping[str, str]) -> None:
        raise AssertionError("the composer does that")

    def learned(self) -> Mapping[str, str]:
        raise AssertionError("the composer does that")

    def prompts_read(self) -> Sequence[tuple[int, int]]:
        raise AssertionError("the composer does that")

    def obstacle(self, model: str) -> str | None:
        return self.model_obstacle

    def outage(self, model: str) -> str | None:
        return self.model_outage

    def loading(self, model: str) -> str | None:
        return self.is_loading

    def condition(self, model: str, channel: str) -> str:
        return self.model_outage or self.is_loading or "ready"

    def check_choice(self, name: str) -> str | None:
        if isinstance(self.models, OllamaError):
            raise self.models
        return None if name in self.models else f"{name} is not installed on the Ollama server"

    def choices(self) -> Sequence[str]:
        if isinstance(self.models, OllamaError):
            raise self.models
        return sorted(self.models)

    def runs_in_cloud(self, model: str) -> bool:
        return self.is_in_cloud

    def _offer(self, line: Outgoing) -> bool:
        if self.takes_lines:
            self.offered.append(line)
        return self.takes_lines

    def _take_task(self, task: Callable[[], None]) -> bool:
        if self.takes_tasks:
            self.tasks.append(task)
        return self.takes_tasks

    # -- what happens in chat ----------------------------------------------------------------------

    def arrive(self, *events: Event) -> None:
        """The reader delivers events; the worker has not looked yet."""
        for event in events:
            self.live_state.handle(event)
            self.inbox.put_event(event)

    def hear(self, *events: Event) -> None:
        """Events arrive all at once, and the worker takes them in."""
        self.arrive(*events)
        self.settle()

    def tell(self, *records: Record) -> None:
        """Other threads report, and the worker takes it in."""
        for record in records:
            self.inbox.put(record)
        self.settle()

    def settle(self) -> None:
        """The worker does what there is to do; twice, since it notes its decisions at the end."""
        self.worker.step(0)
        self.worker.step(0)

    def viewer(self, text: str = "hello there", **more: object) -> ChatMessage:
        """A viewer's message of this moment, not yet delivered."""
        return message(text, sent_ms=self.clock.ms(), **more)  # type: ignore[arg-type]

    def chat(self, *texts: str, **more: object) -> None:
        """A viewer says all this at once."""
        self.hear(*(self.viewer(text, **more) for text in texts))

    def order(self, text: str, **more: object) -> list[str]:
        """A moderator says ``!clank`` and this; what is answered."""
        before = len(self.offered)
        asker = {"user_id": "1", "login": "mona", "is_mod": True} | more
        self.chat(f"!clank {text}", **asker)
        return [line.text for line in self.offered[before:]]

    def lose_tact(self) -> None:
        """Moderators want it to speak on in every room, however busy they are."""
        for channel in CHANNELS:
            self.order("tact off", channel=channel, message_id=f"tact-{channel}")
        self.offered.clear()

    def ask(self, text: str) -> str:
        """The one answer to a moderator who is patient, and whose tasks are run."""
        before = len(self.offered)
        self.order(text)
        self.run_tasks()
        (answer,) = self.offered[before:]
        self.clock.forward(2)
        return answer.text

    @property
    def answers(self) -> list[str]:
        """The texts of all lines so far."""
        return [line.text for line in self.offered]

    # -- what the other threads do -----------------------------------------------------------------

    def job(self) -> Job:
        """The one job that waits for the composer."""
        job = self.jobs.get_nowait()
        assert self.jobs.empty()
        return job

    def run_tasks(self) -> None:
        """The scheduler's thread does what it was asked to."""
        while self.tasks:
            self.tasks.pop(0)()
        self.settle()

    def composer(self, model: LanguageModel) -> Composer:
        """A composer beside this worker, with a language model."""
        return Composer(
            self.database.open(),
            model,
            self.live_state,
            self.filters,
            self._offer,
            self.inbox.put,
            self.clock,
        )

    def compose(self, model: LanguageModel) -> Outgoing | None:
        """The composer works off its jobs; the line it made, if it made one."""
        before = len(self.offered)
        composer = self.composer(model)
        while not self.jobs.empty():
            composer.submit(self.jobs.get_nowait())
        composer.finish()
        composer.run()
        self.settle()
        made = [line for line in self.offered[before:] if line.kind.is_generated]
        return made[0] if made else None

    def send(self, line: Outgoing, message_id: str | None = None, *, shadow: bool = False) -> None:
        """The sender looks at the line and says it, if nothing is against it."""
        if reason := self.send_gate(line):
            self.tell(Undelivered(line, reason))
            return
        if message_id is not None:
            self.arrive(OwnState(line.channel, False, message_id, None))
        self.tell(Delivered(line, line.text, message_id, self.clock.ms(), self.clock(), shadow))

    def speak(self, text: str, message_id: str | None = None, channel: str = "alpha") -> None:
        """The bot says this, out of turn and however it came to it."""
        line = Outgoing(channel, text, MessageKind.SPONTANEOUS, self.clock())
        self.send(line, message_id)

    def look(self, line: Outgoing) -> str | None:
        """The code of why the line may not be said now; None if it may."""
        reason = self.send_gate(line)
        return reason.code if reason else None

    # -- a turn, step by step ----------------------------------------------------------------------

    @property
    def has_job(self) -> bool:
        """Whether a generation was started that the composer has not taken up."""
        return not self.jobs.empty()

    def fill(self, count: int, channel: str = "alpha") -> None:
        """So many messages of a viewer, all at once."""
        self.chat(*(f"message {number}" for number in range(count)), channel=channel)

    def compose_line(self, text: str = "what a calm river") -> Outgoing:
        """The line that is made of the job that waits; the composer's report is still to come."""
        job = self.job()
        return Outgoing(
            job.channel,
            text,
            MessageKind.MENTION_ANSWER if job.asked else MessageKind.SPONTANEOUS,
            self.clock() if job.since is None else job.since,
            reply_to_id=job.asked.message_id if job.asked else None,
            addressee_id=job.asked.user_id if job.asked else None,
            generation_id=job.generation_id,
            requested=job.requested,
        )

    def take_turn(self, text: str = "what a calm river", message_id: str | None = None) -> None:
        """The turn under way takes its course: composed, sent, said."""
        line = self.compose_line(text)
        self.send(line, message_id)

    def give_up(self, text: str, channel: str = "alpha", *, usable: bool = True) -> None:
        """The composer reports that nothing came of the turn under way."""
        turn = self.channels[channel].turn
        number = turn.generation_id if turn else 0
        self.tell(NothingOffered(channel, number, Reason(Why.NO_LINE, text), usable))

    # -- what is left of it ------------------------------------------------------------------------

    def stored(self, channel: str = "alpha") -> list[str]:
        """The texts in the database, oldest first."""
        return [line.text for line in self.store.recent_messages(channel, 1000)]

    def why(self, channel: str = "alpha") -> str:
        """What decided last, as a moderator is told it."""
        (reason,) = self.order("why", channel=channel)
        return reason
