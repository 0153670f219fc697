"""A whole bot in this process, with all its threads, in a world of loopback servers."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clankbot.bot import Bot
from clankbot.clock import Clock, TrustedClock
from clankbot.config.settings import Settings, load_settings
from clankbot.database.database import Database
from clankbot.database.dialect import both
from clankbot.database.session import Session
from clankbot.parts import load_words, name_database
from clankbot.records.accounts import Credentials, Identity, Secret
from clankbot.records.writes import StoredMessage
from clankbot.runtime.threads import Reports
from clankbot.services import Account
from tests.doubles.fake_ollama import FakeOllama
from tests.doubles.twitch_room import TwitchRoom
from tests.waiting import PATIENCE_S, wait_until

BLOCKED = "blorpword"
"""The one entry of the word list."""


@dataclass
class World:
    """What a test acts on and looks at while the bot lives."""

    room: TwitchRoom
    ollama: FakeOllama
    settings: Settings
    database: Database
    bot: Bot
    reports: Reports

    def chat(self, count: int, word: str = "pancake", channel: str = "alpha") -> list[str]:
        """``count`` messages of different viewers; their texts."""
        texts = [f"{word} number {n} is on the table" for n in range(count)]
        for n, text in enumerate(texts):
            self.room.say(channel, f"viewer{n % 5}", text)
        return texts

    def stored(self, channel: str = "alpha") -> list[StoredMessage]:
        """What the database holds of a channel, in order."""
        with self.database.open() as store:
            return list(store.export_rows(channel))

    def texts(self, channel: str = "alpha") -> list[str]:
        """The stored texts of a channel, in order."""
        return [message.text for message in self.stored(channel)]

    def wait_stored(
        self, *texts: str, channel: str = "alpha", timeout_s: float = PATIENCE_S
    ) -> None:
        """Until all the texts are in the database."""
        wait_until(lambda: set(texts) <= set(self.texts(channel)), timeout_s)

    def wait_gone(self, *texts: str, channel: str = "alpha", timeout_s: float = 1.0) -> None:
        """Until none of the texts is; within the second that the contract allows."""
        wait_until(lambda: not set(texts) & set(self.texts(channel)), timeout_s)

    def settle(self, channel: str = "alpha") -> None:
        """Until the bot has handled everything said so far: a last message is stored."""
        number = len(self.stored(channel))
        self.room.say(channel, "barrier", f"barrier {number}")
        self.wait_stored(f"barrier {number}", channel=channel)

    def order(self, text: str, channel: str = "alpha", since: int | None = None) -> str:
        """A moderator's command; the bot's answer."""
        said = len(self.room.messages) if since is None else since
        self.room.say(channel, "mona", text, is_mod=True)
        return self.room.wait_message(channel, since=said).text


@contextmanager
def living(
    folder: Path,
    *,
    room: TwitchRoom | None = None,
    ollama: FakeOllama | None = None,
    moderates: bool = True,
    database: Database | None = None,
    machine: Clock | None = None,
    **settings: object,
) -> Iterator[World]:
    """A bot in ``folder``; stopped, and its threads gone, at the end of the block.

    It moderates its channels unless told otherwise, so that spacing does not slow tests down.  Its
    settings are those given and then those of a ``.env`` in the folder.  ``machine`` stands for the
    machine's clocks.
    """
    (folder / "blocked_words.txt").write_text(f"{BLOCKED}\n", encoding="utf-8")
    with TwitchRoom() as new_room, FakeOllama() as new_ollama:
        room, ollama = room or new_room, ollama or new_ollama
        environ: Mapping[str, str] = {
            "TWITCH_CHANNELS": "alpha",
            "TWITCH_IRC_URL": room.url,
            "OLLAMA_URL": ollama.url,
            "TIME_DELAY": "0",
        } | {name: str(value) for name, value in settings.items()}
        read = load_settings(environ, folder)
        if moderates:
            for channel in read.twitch_channels:
                room.set_moderator(channel)
        with _started(read, room, ollama, database or name_database(read), machine) as world:
            yield world


@contextmanager
def _started(
    settings: Settings,
    room: TwitchRoom,
    ollama: FakeOllama,
    database: Database,
    machine: Clock | None,
) -> Iterator[World]:
    identity = Identity(room.bot_login, room.bot_user_id)
    credentials = Credentials(identity.login, identity.user_id, Secret("testtoken0testtoken0"))
    account = Account(identity, lambda: credentials, lambda: None)
    if settings.dry_run:
        anonymous = Credentials("justinfan12345", None, None)
        account = Account(None, lambda: anonymous, lambda: None)
    database.prepare()
    reports: Reports = queue.SimpleQueue()
    words, clock = load_words(settings), TrustedClock(machine)
    bot = Bot(settings, account, database, words, reports, threading.Event(), clock)
    joined = len(room.joins)
    bot.start()
    try:
        room.wait_for(lambda: len(room.joins) >= joined + len(settings.twitch_channels), "joins")
        yield World(room, ollama, settings, database, bot, reports)
    finally:
        assert bot.stop(), "a thread was late or failed"


def sql(folder: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Rows of the folder's database, of whichever engine, read past the bot."""
    engine = name_database(load_settings({}, folder)).engine
    with closing(Session(engine)) as session:
        return session.rows(both(statement), *values)
