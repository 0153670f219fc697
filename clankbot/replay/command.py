"""``replay``: a saved chat on a fake clock: when the bot would have spoken, and what.

For trying out threshold, delay, model and persona before an audience sees them.  Nothing of the
real database is touched; the settings are those of the environment and of ``--set``.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from clankbot.app import EXIT_USAGE, complain
from clankbot.config.commands import parse_command
from clankbot.config.settings import Settings, settings_from_process
from clankbot.database.database import Database, Store
from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import ClankbotError, OllamaError
from clankbot.ollama.language_model import LanguageModel
from clankbot.parts import existing_database, set_up_logs
from clankbot.records.settings import Command, Verb
from clankbot.replay.bot import FileClock, ReplayedBot, ReplaySchema
from clankbot.replay.report import Chat, Report
from clankbot.replay.stored_chat import StoredChat
from clankbot.saved_chat.saved_chat import Moment, SavedChat
from clankbot.services import ollama_client

# A Ctrl-C that comes in the very instant before a wait begins is noticed only when that ends.
_LONGEST_WAIT_S: Final = 2.0


def run(options: argparse.Namespace) -> int:
    """0 if the file was played, 2 if ``--set`` was not understood."""
    settings = settings_from_process()
    _set_up_output(settings)
    try:
        schema = ReplaySchema(settings, map(_change, options.changes))
    except ValueError as error:
        complain(str(error))
        return EXIT_USAGE
    if (options.file is None) == (options.stored is None):
        complain("either a FILE is wanted, or --from CHANNEL")
        return EXIT_USAGE
    name = options.bot.strip().lstrip("@").lower()
    chat: Chat
    if options.stored is not None:
        chat = StoredChat(existing_database(settings), options.stored, name)
    else:
        chat = SavedChat(
            options.file, options.channel, zone=options.timezone, first_day=options.date
        )
    channels = chat.channels()
    if not chat.messages:
        raise ClankbotError(chat.nothing())
    clock, holds = FileClock(), schema.resolve({})
    model = None if options.no_model else _model(settings, clock, holds.model)
    report = Report(chat, channels, name)
    with _throw_away_store(clock) as store:
        bot = ReplayedBot(settings, schema, name, channels, store, clock, model)
        report.begin("no model" if model is None else holds.model, holds)
        try:
            for moment in _paced(chat, options.speed):
                if report.count(moment):
                    for attempt in bot.handle(moment.event, moment.at_ms):
                        report.show(attempt, moment.at_ms)
        finally:
            report.end()
    return 0


def _set_up_output(settings: Settings) -> None:
    set_up_logs(settings)
    if settings.log_level != "DEBUG":
        logging.disable(logging.WARNING)  # what matters is printed, with the time in the file


def _change(text: str) -> Command:
    """What ``--set`` asks for; ValueError with a sentence if it is no setting with a value."""
    command = parse_command(f"!clank {text}", is_moderator=True)
    verb = command.verb if command else None
    if command and verb is Verb.SET:
        return command
    problem = "a setting, = and a value are wanted"
    if command and verb is Verb.WRONG:
        problem = command.argument
    elif verb is Verb.QUIET:
        problem = "of quiet, a replay knows only hours such as 23:00-08:00"
    raise ValueError(f"--set {text}: {problem}")


def _model(settings: Settings, clock: FileClock, name: str) -> LanguageModel:
    """The model of this name; ClankbotError if its server does not answer or lacks it."""
    client = ollama_client(settings)
    model = LanguageModel(
        client, name, num_ctx=settings.ollama_num_ctx, clock=clock.monotonic, now_ms=clock.utc_ms
    )
    try:
        problem = model.check_choice(name)
    except OllamaError as error:
        problem = error.in_full
    if problem is not None:
        raise ClankbotError(f"{client.address}: {problem} (--no-model replays without)")
    return model


@contextmanager
def _throw_away_store(clock: FileClock) -> Iterator[Store]:
    """An empty database in the time of the file, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="clankbot-replay-") as folder:
        database = Database(SqliteEngine(Path(folder) / "chatbot.db"), clock)
        database.prepare()
        with database.open() as store:
            yield store


def _paced(chat: Iterable[Moment], speed: float) -> Iterator[Moment]:
    """The moments: at once if ``speed`` is 0, else so many times as fast as they happened."""
    if not speed:
        yield from chat
        return
    pause, began_s, first_ms = threading.Event(), time.monotonic(), None
    for moment in chat:
        first_ms = moment.at_ms if first_ms is None else first_ms
        due_s = began_s + (moment.at_ms - first_ms) / 1000 / speed
        while (left_s := due_s - time.monotonic()) > 0:
            pause.wait(min(left_s, _LONGEST_WAIT_S))
        yield moment
