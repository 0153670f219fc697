"""The wiring: builds every part of the bot, starts and stops its threads; decides nothing.

It knows every room.  ``run`` and ``rehearse`` make a Bot each and wait on its ``reports``;
docs/architecture.md has the picture.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from functools import partial
from typing import Final

from clankbot.auth.channel_names import look_at_channels
from clankbot.auth.helix import Helix
from clankbot.cancel import END
from clankbot.clock import Clock, TrustedClock
from clankbot.config.channel_wording import SettingsSchema
from clankbot.config.settings import Settings
from clankbot.database.database import Database
from clankbot.errors import DatabaseError
from clankbot.irc.connection import Link, dial
from clankbot.irc.reader import Reader
from clankbot.irc.sender import Sender
from clankbot.monitoring import Monitoring, Parts
from clankbot.ollama.language_model import LanguageModel
from clankbot.processing.assembly import build_worker
from clankbot.processing.channels import Channels
from clankbot.processing.filter.channel_filters import ChannelFilters, Words
from clankbot.processing.inbox import Inbox
from clankbot.processing.internal_messages import Reload
from clankbot.processing.live_state import LiveState, Own
from clankbot.processing.speaking.composer import Composer
from clankbot.processing.speaking.send_gate import SendGate
from clankbot.records.accounts import Identity
from clankbot.records.chat import ChatCleared, ChatMessage, Event, UserCleared
from clankbot.runtime.scheduler import PeriodicTask, Scheduler
from clankbot.runtime.threads import BotThreads, Reports
from clankbot.services import Account, ollama_client
from clankbot.status.link_watch import LinkWatch

log = logging.getLogger(__name__)

# For the whole stop.  Five seconds are allowed, and a small computer needs most of one to end the
# process.
STOP_WITHIN_S: Final = 4.0
# A reader that is still dialling or signing in has no chat to deliver: do not wait longer for it.
_DRAIN_WITHIN_S: Final = 1.5
# The part of a stop in which threads can end after a database that hangs was given up: on a machine
# that has much else to do they need more than a second.
_GIVE_UP_S: Final = 2.0
# Several times as long as a database that hangs can hold up the worker.
_LONGEST_ROUND_S: Final = 60.0
# Threads that may outlast a stop, for none has anything left to lose.  The first two may wait for
# Twitch's sign-in: a refresh that is cancelled can lose a one-time token.  The reader and the
# composer may be looking up the name of a server, which nothing can cancel.
_MAY_BE_LATE: Final = frozenset(
    {"scheduler", "irc-reader", "composer", "status-page", "status-builder", "heartbeat"}
)
# How far back Twitch's limits reach, with a margin: slow mode is at most two minutes.
_TRAFFIC_COUNTS_MS: Final = 130_000
_NAME_WITHOUT_ACCOUNT: Final = "clankbot"
# A channel is seldom renamed.
_NAMES_EVERY_S: Final = 86_400.0
_LIVE_EVERY_S: Final = 60.0
# None leaves it to the speed of the machine.
_READING_AHEAD: Final = {"auto": None, "on": True, "off": False}
# How soon it is noticed that a channel was set to ``liveonly`` or ``stream``.
_LOOK_FOR_LIVE_ONLY_S: Final = 1.0


def _language_model(settings: Settings, clock: Clock) -> LanguageModel:
    return LanguageModel(
        ollama_client(settings),
        settings.ollama_model,
        num_ctx=settings.ollama_num_ctx,
        reading_ahead=_READING_AHEAD[settings.ollama_read_ahead],
        now_ms=clock.utc_ms,
    )


class Bot:
    """All threads of one bot.  Methods are for the main thread."""

    def __init__(
        self,
        settings: Settings,
        account: Account,
        database: Database,
        words: Words,
        reports: Reports,
        stopping: threading.Event,
        clock: TrustedClock | None = None,
    ) -> None:
        """``stopping`` is set by ``stop``; all that waits must end with it.

        ``clock`` may have heard of Twitch's time already.
        """
        self._clock = clock = clock or TrustedClock()
        identity = account.identity
        own = Own(identity.login, identity.user_id) if identity else Own(_NAME_WITHOUT_ACCOUNT)
        filters = ChannelFilters(words)
        self._database = database = replace(database, clock=clock)
        self._stopping = stopping
        self._give_up = threading.Event()
        self._threads = BotThreads(reports, stopping)
        self._live_state = LiveState(own, clock, settings.ignored_users, settings.bot_owners)
        self._inbox = Inbox(is_pressing=self._live_state.may_want_us)
        self._channels = Channels(
            settings.twitch_channels,
            SettingsSchema(settings),
            self._live_state,
            asks_who_is_live=account.helix is not None,
        )
        self._model = _language_model(settings, clock)
        self._sender, self._reader = self._chat(settings, account, filters)
        self._link_watch = LinkWatch(clock)
        self._composer = Composer(
            database.open(lets_go=True),
            self._model,
            self._live_state,
            filters,
            self._sender.offer,
            self._inbox.put,
            clock,
        )
        self._scheduler = self._timetable(account)
        self._worker = build_worker(
            inbox=self._inbox,
            history=database.open(),
            channels=self._channels,
            live_state=self._live_state,
            filters=filters,
            model=self._model,
            submit=self._composer.submit,
            prompt_changed=self._composer.prompt_changed,
            offer=self._sender.offer,
            run_later=self._scheduler.submit,
            clock=clock,
            give_up=self._give_up,
        )
        self._monitoring = self._monitored(settings, account, filters)

    def _monitored(
        self, settings: Settings, account: Account, filters: ChannelFilters
    ) -> Monitoring:
        parts = Parts(
            settings,
            account,
            self._database,
            self._clock,
            self._live_state,
            self._channels,
            filters,
            self._model,
            self._inbox,
            self._scheduler,
            self._worker,
            self._threads,
        )
        return Monitoring(parts, self._link_watch, self._stopping)

    def _chat(
        self, settings: Settings, account: Account, filters: ChannelFilters
    ) -> tuple[Sender, Reader]:
        link = Link(self._stopping)
        sender = Sender(
            link=link,
            channels=settings.twitch_channels,
            send_gate=SendGate(self._live_state, filters, self._clock),
            report=self._inbox.put,
            clock=self._clock,
            dry_run=settings.dry_run,
        )
        server = settings.twitch_irc_url
        reader = Reader(
            dial=partial(dial, server.host, server.port, tls=server.tls),
            account=account,
            handle=self._fan_out,
            link=link,
            idle_timeout_s=settings.irc_idle_timeout,
            clock=self._clock.monotonic,
        )
        return sender, reader

    def _fan_out(self, event: Event) -> None:
        """An event of chat, on the reader's thread.

        The clock comes first: what is made of the event is judged by the time that it tells.
        The order carries a promise: the live state comes first, so that what was made of a removed
        message is invalid before anybody else hears of the removal; the sender comes before the
        worker, so that a line about to be said meets the room as it is now.
        """
        if isinstance(event, ChatMessage | UserCleared | ChatCleared):
            self._clock.hear(event.sent_at)
        self._live_state.handle(event)
        self._link_watch.handle(event)
        self._sender.handle(event)
        self._inbox.put_event(event)

    def _timetable(self, account: Account) -> Scheduler:
        tasks = [
            PeriodicTask("ollama", self._model.probe),
            PeriodicTask("state", lambda: self._monitoring.note_state()),
        ]
        if account.keep_valid is not None:
            tasks.append(PeriodicTask("sign-in", account.keep_valid))
        if (helix := account.helix) is not None:
            tasks.append(PeriodicTask("live channels", lambda: self._ask_who_is_live(helix)))
            identity = account.identity
            assert identity is not None  # whose tokens the API is asked with
            look = partial(self._look_at_channels, helix, identity)
            tasks.append(PeriodicTask("names of channels", look))
        return Scheduler(tasks, self._stopping, clock=self._clock.monotonic)

    def _ask_who_is_live(self, helix: Helix) -> float:
        """Ask Twitch about the channels that want to know; the others need no requests."""
        settings = {name: self._live_state.view(name).settings for name in self._channels}
        wanted = [name for name, each in settings.items() if each.live_only or each.stream]
        if not wanted:
            return _LOOK_FOR_LIVE_ONLY_S
        live = helix.live_channels(wanted)
        self._live_state.set_live(live, wanted)
        self._live_state.whats_on.set_streams(live, wanted)
        return _LIVE_EVERY_S

    def _look_at_channels(self, helix: Helix, identity: Identity) -> float:
        """Ask Twitch whether the channels are still called what they are called here."""
        try:
            with self._database.open() as store:
                names = store.channel_names()
        except DatabaseError:  # the worker tells of it
            names = []
        for _, sentence in look_at_channels(helix, tuple(self._channels), names, identity):
            log.warning("about a channel", extra={"finding": sentence})
        return _NAMES_EVERY_S

    # -- the course of a run -----------------------------------------------------------------------

    def start(self) -> None:
        """Start all threads; one that fails is put on ``reports``."""
        with self._database.open() as store:
            self._clock.remember(store.newest_time())
            since_ms = self._clock.past_ms() - _TRAFFIC_COUNTS_MS
            self._sender.count_earlier(store.traffic_since(since_ms))
        self._threads.start("worker", self._worker.run)
        self._threads.start("composer", self._composer.run)
        self._threads.start("irc-sender", self._sender.run)
        self._threads.start("irc-reader", self._reader.run)
        self._threads.start("scheduler", self._scheduler.run)
        self._monitoring.start(self._threads)

    def is_lively(self) -> bool:
        """Whether the worker's rounds go on; if it hangs, the watchdog is to end the program."""
        return self._clock.monotonic() - self._worker.stepped_at < _LONGEST_ROUND_S

    def reload(self) -> None:
        """Read the word list again."""
        self._inbox.put(Reload())

    def stop(self) -> bool:
        """Store what was received, sign off, end; whether every thread ended well and in time.

        The worker ends after the sender, so that what was said last is stored, too.  If the
        database does not take it in time, the worker logs how much is lost.
        """
        deadline = time.monotonic() + STOP_WITHIN_S
        self._stopping.set()
        self._reader.wake()
        self._composer.stop()
        self._model.close()
        self._scheduler.wake()
        self._monitoring.close()
        self._reader.drained.wait(_DRAIN_WITHIN_S)
        self._composer.finish()
        self._sender.finish()
        self._threads.join("irc-sender", deadline)
        self._inbox.put(END)
        if not self._threads.join("worker", deadline - _GIVE_UP_S):
            self._give_up.set()
            self._database.abandon()
        late = [name for name in self._threads.join_all(deadline) if name not in _MAY_BE_LATE]
        if late:
            log.error("threads are late", extra={"names": ", ".join(late)})
        return not late and not self._threads.failures
