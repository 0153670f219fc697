"""``rehearse``: the real bot in a chat room on this machine; needs no account and no model.

Everything but Twitch is as in ``run``: settings, word list, threads, database, Ollama.  If no
Ollama answers, a small fake one does.
"""

from __future__ import annotations

import argparse
import logging
import os
import queue
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from clankbot.app import EXIT_FAILED, EXIT_USAGE, complain, exit_status
from clankbot.bot import Bot
from clankbot.config.addresses import IrcServer, without_password
from clankbot.config.settings import Settings, settings_from_process, wants_colours
from clankbot.database.locks import hold_instance_lock
from clankbot.errors import OllamaError
from clankbot.loopback.fake_ollama import FakeOllama
from clankbot.loopback.twitch_room import TwitchRoom
from clankbot.ollama.client import is_cloud_model
from clankbot.parts import load_words, open_database, set_up_logs
from clankbot.processing.filter.channel_filters import Words
from clankbot.records.accounts import Credentials, Identity, Secret
from clankbot.rehearsal.console import Console
from clankbot.rehearsal.conversation import YOU, Conversation, play
from clankbot.rehearsal.stage import ShortWarnings, Stage
from clankbot.runtime.logging_setup import set_up_logging
from clankbot.runtime.threads import Failure, Reports, Signals
from clankbot.services import Account, ollama_client

log = logging.getLogger(__name__)

# For a whole play; stopping takes up to five seconds more, and the contract allows 30.
_PLAY_S: Final = 22.0
_JOIN_S: Final = 10.0
_OLLAMA_ANSWERS_S: Final = 1.5
_FAKE_WINDOW_TOKENS: Final = 8192
_SHIPPED_WORDS: Final = Path(__file__).resolve().parents[2] / "blocked_words.txt"
_HINTS: Final = (
    f'Type to chat as the viewer "{YOU}".  Start with @clankbot to speak to the bot: it answers'
    " each viewer once a minute; !clank cooldown 0 lifts that.  Lines with !clank are taken as a"
    " moderator's.  /help tells what else you can do.  Ctrl-C ends the rehearsal."
)


def run(options: argparse.Namespace) -> int:
    """0 if stopped as asked, or if the bot has spoken in a play that nobody typed into."""
    play_until = time.monotonic() + _PLAY_S
    is_terminal = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
    settings = settings_from_process(_defaults(is_terminal))
    kept: Path | None = options.database
    if kept is not None and kept.resolve() == settings.database_url.resolve():
        complain(f"--database {kept} is the bot's own; name another")
        return EXIT_USAGE
    set_up_logs(settings)
    words = load_words(settings)
    log_file = _log_to_new_file(settings)
    console = Console(sys.stdout, is_terminal=is_terminal, colours=is_terminal and wants_colours())
    end = _End()
    with (
        Signals(end.reports),
        TwitchRoom() as room,
        _ollama(settings) as (settings, model),
        tempfile.TemporaryDirectory(prefix="clankbot-rehearsal-") as folder,
    ):
        stage = Stage(room, settings.twitch_channels[0], console)
        logging.getLogger().addHandler(ShortWarnings(stage.tell))
        console.note(*_banner(settings, model, kept, log_file))
        settings = replace(
            settings,
            twitch_channels=settings.twitch_channels[:1],
            twitch_irc_url=IrcServer(room.host, room.port, tls=False),
            database_type="sqlite",
            database_url=kept or Path(folder) / "chatbot.db",
            dry_run=False,
            heartbeat_url=None,  # this is no sign of life of the bot that is watched
        )
        with _bot_in(room, settings, words, end):
            if is_terminal:
                console.note(_HINTS)
                Conversation(stage, console, dice=random.Random()).hold(end.came)
            else:
                play(stage, end.came, play_until, dice=random.Random())
    stage.show_news()
    console.note(f"The end: {stage.summary()}.")
    silence = stage.silence()
    if is_terminal or end.has_come or silence is None:
        return end.status
    complain(f"the bot {silence} in time; {log_file} may tell why")
    return EXIT_FAILED


class _End:
    """What ends a rehearsal from outside: a signal, or a thread of the bot that failed."""

    def __init__(self) -> None:
        self.reports: Reports = queue.SimpleQueue()
        self.has_come = False
        self.status = 0

    def came(self, within_s: float) -> bool:
        """Whether it has come, or comes within so many seconds."""
        try:
            report = self.reports.get(timeout=within_s)
        except queue.Empty:
            return self.has_come
        if isinstance(report, Failure):
            self.status = exit_status(report.error)
        self.has_come = True
        return True


def _defaults(is_terminal: bool) -> Mapping[str, str]:
    """For variables that are not set: a bot that speaks soon, and a word list wherever we are."""
    own_words = Path("blocked_words.txt")
    return {
        "TWITCH_CHANNELS": "rehearsal",
        "MESSAGE_THRESHOLD": "6" if is_terminal else "4",
        "TIME_DELAY": "8" if is_terminal else "1",
        "BLOCKED_WORDS_FILE": str(own_words if own_words.exists() else _SHIPPED_WORDS),
    }


def _log_to_new_file(settings: Settings) -> Path:
    """Send the log to a new file, which is kept; its path."""
    descriptor, name = tempfile.mkstemp(prefix="clankbot-rehearsal-", suffix=".log")
    os.close(descriptor)
    handler = logging.FileHandler(name, encoding="utf-8")
    set_up_logging(settings.log_level, settings.log_format, handler)
    for warning in settings.warnings:
        log.warning(warning)
    return Path(name)


@contextmanager
def _ollama(settings: Settings) -> Iterator[tuple[Settings, Sequence[str]]]:
    """The settings with an Ollama that has the model, and what to tell about it."""
    name, where = settings.ollama_model, without_password(settings.ollama_url)
    client = ollama_client(replace(settings, ollama_timeout=_OLLAMA_ANSWERS_S))
    try:
        # The cloud's models are not listed.
        has_model = client.has_model(name) or is_cloud_model(name)
        problem = "" if has_model else f"it lacks {name}; ollama pull {name} fetches it"
    except OllamaError as error:
        problem = client.explained(error).in_full
    if not problem:
        yield settings, (f"{name}, of the Ollama at {where}",)
        return
    full_name = name if ":" in name else f"{name}:latest"
    with FakeOllama({full_name: _FAKE_WINDOW_TOKENS}, seed=random.getrandbits(32)) as fake:
        settings = replace(settings, ollama_url=fake.url, ollama_api_key=None)
        yield settings, ("a stand-in, mixing the chat's own words", f"({where}: {problem})")


def _banner(
    settings: Settings, model: Sequence[str], kept: Path | None, log_file: Path
) -> Sequence[str]:
    listener = settings.status_listen
    page = [f"  status    http://{listener}"] if listener else []
    pace = f"{settings.message_threshold} messages and {settings.time_delay} s"
    return (
        "Clankbot rehearses: the real bot, in a chat room on this machine alone.",
        f"  channel   #{settings.twitch_channels[0]}; it speaks after {pace}, and when spoken to",
        f"  model     {model[0]}",
        *(f"            {more}" for more in model[1:]),
        f"  database  {kept or 'thrown away at the end'}",
        f"  log       {log_file}",
        *page,
    )


@contextmanager
def _bot_in(room: TwitchRoom, settings: Settings, words: Words, end: _End) -> Iterator[None]:
    """The bot, in the room until the block ends."""
    identity = Identity(room.bot_login, room.bot_user_id)
    credentials = Credentials(identity.login, identity.user_id, Secret("rehearsal"))
    account = Account(identity, lambda: credentials, lambda: None)
    database = open_database(settings)
    with hold_instance_lock(
        database.engine, lambda error: end.reports.put(Failure("instance-lock", error))
    ):
        bot = Bot(settings, account, database, words, end.reports, threading.Event())
        bot.start()
        try:
            room.wait_joined(settings.twitch_channels, _JOIN_S)
            yield
        finally:
            if not bot.stop():
                end.status = end.status or EXIT_FAILED
