"""The wiring: builds every part of the bot, starts and stops its threads; decides nothing.

The one module that knows every room.  ``run`` and ``rehearse`` make a Bot each and wait on its
``reports``; docs/architecture.md has the picture.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from functools import partial
from typing import Final

from clankbot.auth.helix import Helix
from clankbot.cancel import END, Cancel, End
from clankbot.config.channel_wording import SettingsSchema
from clankbot.config.commands import is_bot_command
from clankbot.config.settings import Settings
from clankbot.database.database import Database
from clankbot.irc.connection import Endpoint, Link, dial
from clankbot.irc.reader import Reader
from clankbot.irc.sender import Sender
from clankbot.ollama.language_model import LanguageModel
from clankbot.parts import Words
from clankbot.processing.channel_settings import SettingsByChannel
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.inbox import Inbox
from clankbot.processing.intake import Rules
from clankbot.processing.internal_messages import Job, Reload
from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import CancelHandle
from clankbot.processing.speaking.composer import Composer
from clankbot.processing.speaking.send_gate import SendGate
from clankbot.processing.worker import Dependencies, Worker
from clankbot.records.chat import Event, LinkUp
from clankbot.records.speech import Assignment, Composed
from clankbot.runtime.scheduler import PeriodicTask, Scheduler
from clankbot.runtime.threads import BotThreads, Reports
from clankbot.services import Account, ollama_client

log = logging.getLogger(__name__)

STOP_WITHIN_S: Final = 4.0
"""For the whole stop; the contract allows five seconds, and a small computer takes a good part of
one to end the process."""
_DRAIN_WITHIN_S: Final = 1.5
"""A reader that is still dialling or signing in has nothing to deliver; it is not waited for."""
_GIVE_UP_S: Final = 1.0
"""Of the stop, for the threads to leave once a database that hangs is given up."""
_LONGEST_ROUND_S: Final = 60.0
"""Several times what a database that hangs can hold the worker."""
_MAY_BE_LATE: Final = frozenset({"upkeep", "irc-reader", "composer"})
"""The first two may wait for an answer of Twitch's sign-in for longer than a stop may take: a
refresh that is called off can lose a one-time token.  The reader may also look for the name or an
address of Twitch chat.  The composer may wait for the name or the
address of Ollama's machine, which nothing can call off.  None has anything else to lose then."""
_TRAFFIC_COUNTS_MS: Final = 130_000
"""How far back Twitch's limits may reach, with some to spare: slow mode is at most two minutes."""
_NAME_WITHOUT_ACCOUNT: Final = "clankbot"
_LIVE_EVERY_S: Final = 60.0
_LOOK_FOR_WISHES_S: Final = 1.0
"""How soon a channel that was just set to ``liveonly`` is asked about."""


def utc_ms() -> int:
    """Now, in milliseconds UTC."""
    return time.time_ns() // 1_000_000


class Bot:
    """All threads of one bot.  Methods are for the main thread."""

    def __init__(
        self,
        settings: Settings,
        account: Account,
        database: Database,
        words: Words,
        reports: Reports,
    ) -> None:
        self._database = database
        self._name = account.identity.login if account.identity else _NAME_WITHOUT_ACCOUNT
        self._stopping = threading.Event()
        self._threads = BotThreads(reports, self._stopping)
        self._inbox = Inbox()
        # One turn a channel at a time, so a place for each and one for END is always enough.
        self._jobs: queue.Queue[Job | End] = queue.Queue(len(settings.twitch_channels) + 1)
        self._live_state = LiveState(utc_ms, account.identity.user_id if account.identity else None)
        self._filters = ChannelFilters(words.current)
        self._voice = LanguageModel(
            ollama_client(settings), settings.ollama_model, num_ctx=settings.ollama_num_ctx
        )
        self._sender, self._reader = self._chat(settings, account)
        self._upkeep = Scheduler(self._chores(settings, account), self._stopping)
        self._worker = self._make_worker(settings, account, database, words)
        self._composer = Composer(
            jobs=self._jobs,
            open_history=database.open,
            prepare=self._voice.preload,
            compose=self._compose,
            voice_outage=self._voice.outage,
            live_state=self._live_state,
            filter_of=self._filters,
            bot_name=lambda: self._name,
            offer=self._sender.offer,
            report=self._inbox.tell,
            clock=time.monotonic,
        )

    def _chat(self, settings: Settings, account: Account) -> tuple[Sender, Reader]:
        link = Link(self._stopping)
        sender = Sender(
            link=link,
            channels=settings.twitch_channels,
            send_gate=SendGate(
                self._live_state, self._filters, clock=time.monotonic, now_ms=utc_ms
            ),
            report=self._inbox.tell,
            now_ms=utc_ms,
            dry_run=settings.dry_run,
        )

        def handle(event: Event) -> None:
            if isinstance(event, LinkUp) and event.user_id is not None:
                self._name = event.login  # another one after a rename, or another login
            self._live_state.note(event)
            sender.handle(event)
            self._inbox.deliver(event)

        server = settings.twitch_irc_url
        reader = Reader(
            dial=partial(dial, Endpoint(server.host, server.port, server.tls)),
            account=account,
            handle=handle,
            link=link,
            idle_timeout_s=settings.irc_idle_timeout,
        )
        return sender, reader

    def _make_worker(
        self, settings: Settings, account: Account, database: Database, words: Words
    ) -> Worker:
        schema = SettingsSchema(settings)
        self._settings = SettingsByChannel(settings.twitch_channels, schema, self._live_state)
        return Worker(
            inbox=self._inbox,
            outside=Dependencies(
                open_history=database.open,
                jobs=self._jobs,
                offer=self._sender.offer,
                errand=self._upkeep.submit,
                make_cancel=Cancel,
                model_problem=self._voice.check_choice,
                voice_problem=self._voice.obstacle,
                voice_outage=self._voice.outage,
                is_in_cloud=self._voice.runs_in_cloud,
                asks_who_is_live=account.helix is not None,
                reload_words=words.refresh,
            ),
            live_state=self._live_state,
            channel_settings=self._settings,
            filters=self._filters,
            schema=schema,
            rules=Rules(
                ignored_logins=settings.ignored_users,
                owners=settings.bot_owners,
                retention_count=settings.message_retention_count,
                is_bot_command=is_bot_command,
            ),
            login=self._name,
            clock=time.monotonic,
            now_ms=utc_ms,
        )

    def _chores(self, settings: Settings, account: Account) -> list[PeriodicTask]:
        chores = [PeriodicTask("ollama", self._voice.probe)]
        if account.upkeep is not None:
            chores.append(PeriodicTask("sign-in", account.upkeep))
        if (helix := account.helix) is not None:
            chores.append(PeriodicTask("live channels", lambda: self._ask_who_is_live(helix)))
        return chores

    def _ask_who_is_live(self, helix: Helix) -> float:
        """Only where a channel wants to know: nobody else needs the requests."""
        wanted = [c for c in self._settings if self._live_state.view(c).policy.live_only]
        if not wanted:
            return _LOOK_FOR_WISHES_S
        self._live_state.set_live(helix.live_channels(wanted), wanted)
        return _LIVE_EVERY_S

    def _compose(self, assignment: Assignment, cancel: CancelHandle) -> Composed:
        assert isinstance(cancel, Cancel)  # each is made by _make_worker's ``make_cancel``
        return self._voice.write(assignment, cancel)

    # -- the course of a run -----------------------------------------------------------------------

    def start(self) -> None:
        """Start all threads; what becomes of them is told to ``reports``."""
        with self._database.open() as store:
            self._sender.count_earlier(store.traffic_since(utc_ms() - _TRAFFIC_COUNTS_MS))
        self._threads.start("worker", self._worker.run)
        self._threads.start("composer", self._composer.run)
        self._threads.start("irc-sender", self._sender.run)
        self._threads.start("irc-reader", self._reader.run)
        self._threads.start("upkeep", self._upkeep.run)

    def is_lively(self) -> bool:
        """Whether the worker's rounds go on; a hung one is for the watchdog to end."""
        return time.monotonic() - self._worker.stepped_at < _LONGEST_ROUND_S

    def reload(self) -> None:
        """Read the word list again."""
        self._inbox.tell(Reload())

    def stop(self) -> bool:
        """Store what was received, say goodbye, end; whether every thread ended well in time.

        The worker ends after the sender, so that what was said last is stored, too.  Where the
        database does not take it in time, the worker logs how much is lost.
        """
        deadline = time.monotonic() + STOP_WITHIN_S
        self._stopping.set()
        self._composer.stop()
        self._voice.close()
        self._upkeep.wake()
        self._reader.drained.wait(_DRAIN_WITHIN_S)
        self._jobs.put_nowait(END)
        self._sender.finish()
        self._threads.join("irc-sender", deadline)
        self._inbox.tell(END)
        if not self._threads.join("worker", deadline - _GIVE_UP_S):
            self._database.abandon()
        late = [name for name in self._threads.join_all(deadline) if name not in _MAY_BE_LATE]
        if late:
            log.error("threads are late", extra={"names": ", ".join(late)})
        return not late and not self._threads.failures
