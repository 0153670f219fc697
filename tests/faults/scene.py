"""The real program in its world, while chat flows: what faults are made to happen to."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.doubles.fake_ollama import Asked, Behaviour, FakeOllama
from tests.doubles.mariadb import HOST, PASSWORD, MariaDb
from tests.doubles.twitch_id import TwitchId
from tests.faults import preload
from tests.faults.chat import BLOCKED, CHANNEL, WORD, Chat, Line
from tests.faults.front import Front
from tests.faults.preload import FailingCalls
from tests.faults.room import FaultRoom
from tests.flow.program import LiveProgram
from tests.flow.world import sql
from tests.irc.certificates import Certificate, make_certificate
from tests.waiting import AT_ONCE_S, PATIENCE_S, wait_until

IDLE_S: Final = 3.0
"""So soon a chat connection is taken for proved, or asked whether it lives; 60 outside of tests."""
SLACK_S: Final = 1.0
"""For what is due within half a second of a program that shares a busy machine."""
_QUOTED: Final = 6
_PLAIN: Final = re.compile(r"\b[a-z]{4,9}\b")
_ASK_EVERY_S: Final = 1.0
_BOT_USER: Final = "faults"


class World(Enum):
    """What the program runs with; rows of one world share a running program."""

    SQLITE = "SQLite"
    MYSQL = "MariaDB"
    TLS = "SQLite, chat over TLS"


def quoting(asked: Asked) -> str:
    """A line of the newest words of chat: what moderators remove meanwhile is likely in it."""
    words = _PLAIN.findall(asked.prompt)
    newest = [*dict.fromkeys(WORD.findall(asked.prompt))][-_QUOTED:]
    return " ".join(f"{random.choice(words)} {each}" for each in newest) or "nothing yet"


USUAL: Final = Behaviour(text=quoting, delay_s=0.15)
"""Ollama takes its time, so that moderators remove what a line is just being made of."""


class Scene:
    """One program, signed in and running while entered; ``chat`` flows all the time."""

    def __init__(self, folder: Path, world: World, mariadb: MariaDb | None = None) -> None:
        self.folder = folder
        self.world = world
        self._mariadb = mariadb
        self._entered = ExitStack()
        self._asked = 0
        self.certificate: Certificate | None = None
        self.calls: FailingCalls | None = None
        # What an account of a row is made of: what it must never say, when it must be silent, how
        # the program ended.
        self.forbidden: list[str] = []
        self.silences: list[tuple[float, float]] = []
        self.statuses: list[int] = []

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as entering:
            self._enter(entering)
            self._entered = entering.pop_all()
        return self

    def _enter(self, entering: ExitStack) -> None:
        (self.folder / "blocked_words.txt").write_text(f"{BLOCKED}\n", encoding="utf-8")
        self.twitch = entering.enter_context(TwitchId())
        self.ollama = entering.enter_context(FakeOllama())
        self.ollama.behave(USUAL)
        user_id = self.twitch.users[self.twitch.login]
        self.room = entering.enter_context(
            FaultRoom(self.twitch.login, user_id, self.twitch.accepts, self._tls_context())
        )
        self.room.set_moderator(CHANNEL)
        self.ollama_front = entering.enter_context(Front(self.ollama.url))
        self.sign_in_front = entering.enter_context(Front(self.twitch.auth_url))
        if self._mariadb is not None:
            self._use_mariadb(self._mariadb)
        self.program = LiveProgram(
            self.folder,
            self._settings(),
            room=self.room,
            ollama=self.ollama,
            twitch=self.twitch,
        )
        entering.callback(self._kill_if_running)
        self.program.sign_in()
        self.program.settings |= self._preloaded(entering)
        self.start()
        # Moderators remove something every few seconds here, and the bot is to speak all the same.
        self.room.say(CHANNEL, "mona", "!clank tact off", is_mod=True)
        self.room.wait_message(CHANNEL)
        self.chat = entering.enter_context(Chat(self.room))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._entered.__exit__(kind, error, trace)

    def _settings(self) -> dict[str, str]:
        tls = (
            {} if self.certificate is None else {"SSL_CERT_FILE": str(self.certificate.certificate)}
        )
        return tls | {
            "TWITCH_CLIENT_ID": self.twitch.client_id,
            "TWITCH_CHANNELS": CHANNEL,
            "TWITCH_IRC_URL": self.room.url,
            "TWITCH_AUTH_URL": f"{self.sign_in_front.url}/oauth2",
            "TWITCH_API_URL": self.twitch.api_url,
            "OLLAMA_URL": self.ollama_front.url,
            "OLLAMA_TIMEOUT": "5",
            "MESSAGE_THRESHOLD": "40",
            "TIME_DELAY": "2",  # or a burst of chat would use up what Twitch lets it say
            "CONTEXT_LIMIT": "39",
            "MESSAGE_RETENTION_COUNT": "0",
            "IRC_IDLE_TIMEOUT": str(IDLE_S),
            "TOKEN_VALIDATE_INTERVAL": "1",
            "LOG_LEVEL": "INFO",
        }

    def _tls_context(self) -> ssl.SSLContext | None:
        if self.world is not World.TLS:
            return None
        self.certificate = make_certificate(self.folder)
        return self.certificate.server_context()

    def _preloaded(self, entering: ExitStack) -> dict[str, str]:
        if preload.MISSING:
            return {}
        self.calls = FailingCalls(self.folder, "chatbot.db")
        entering.callback(self.calls.close)
        return self.calls.settings

    def _use_mariadb(self, server: MariaDb) -> None:
        """A user of the bot's own: one with all rights could write to a read-only server."""
        self.database = server.new_database()
        password = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
        server.execute(f"CREATE OR REPLACE USER {_BOT_USER}@'{HOST}' IDENTIFIED BY '{password}'")
        server.execute(f"GRANT ALL ON {self.database}.* TO {_BOT_USER}@'{HOST}'")
        quoted = PASSWORD.replace("\\", "\\\\")
        settings = {
            "DATABASE_TYPE": "mysql",
            "MYSQL_HOST": HOST,
            "MYSQL_PORT": server.port,
            "MYSQL_USER": _BOT_USER,
            "MYSQL_PASSWORD": f'"{quoted}"',
            "MYSQL_DATABASE": self.database,
        }
        lines = (f"{name}={value}\n" for name, value in settings.items())
        (self.folder / ".env").write_text("".join(lines), encoding="utf-8")

    @property
    def mariadb(self) -> MariaDb:
        """The server that holds the data."""
        assert self._mariadb is not None
        return self._mariadb

    @property
    def pid(self) -> int:
        """The running program's."""
        assert self.program.running is not None
        return self.program.running.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.program.running is not None and self.program.running.poll() is None

    def forget_the_last(self) -> None:
        """A row begins: what was noted for the one before it is over."""
        self.statuses.clear()
        self.silences.clear()
        self.forbidden.clear()

    # --- the program ---

    def start(self, stderr: int | None = None, **more: str) -> None:
        """Start it, and wait until it is in the channel."""
        joined = len(self.room.joins)
        if stderr is None:
            self.program.start(**more)
        else:
            self.program.start(stderr=stderr, **more)
        self.wait_joined_since(joined)

    def wait_joined_since(self, joined: int, timeout_s: float = PATIENCE_S) -> None:
        """Until it has joined the channel once more than ``joined`` times."""

        def is_there() -> bool:
            return len(self.room.joins) > joined and self.room.reaches(CHANNEL)

        self.room.wait_for(is_there, "a JOIN", timeout_s)

    def stop(self, *signals: signal.Signals, pause_s: float = 0.0) -> None:
        """Have it end, by SIGTERM unless told otherwise, and note how it did.

        Chat that comes after the first signal may be lost.
        """
        assert self.program.running is not None
        with self.chat.held():
            began = time.monotonic()
            self.program.running.send_signal(signals[0] if signals else signal.SIGTERM)
        for number in signals[1:]:
            time.sleep(pause_s)  # signals come at any moment: there is no condition to wait for
            with contextlib.suppress(ProcessLookupError):
                self.program.running.send_signal(number)
        self.statuses.append(self.program.wait())
        self.room.wait_for(lambda: not self.room.clients, "the end of the connection", PATIENCE_S)
        if self.statuses[-1] == -signal.SIGINT:  # a second Ctrl-C: as kill -9
            began -= 0.5 + SLACK_S
        with self.chat.held():
            self.chat.excuse(began, time.monotonic())
        assert time.monotonic() - began < 5.0 + AT_ONCE_S, "the stop took too long"

    def kill(self) -> None:
        """SIGKILL; what was not stored yet is lost, as is what comes before it is back."""
        assert self.program.running is not None
        with self.chat.held():
            killed_at = time.monotonic()
            self.program.running.kill()
            self.statuses.append(self.program.wait())
            self.room.wait_for(lambda: not self.room.clients, "the end", PATIENCE_S)
            self.chat.excuse(killed_at - 0.5 - SLACK_S, time.monotonic())

    def _kill_if_running(self) -> None:
        if self.is_running:
            assert self.program.running is not None
            self.program.running.kill()
            self.program.running.wait()

    # --- what it does ---

    def wait_log(self, phrase: str, since: int, timeout_s: float = PATIENCE_S) -> None:
        """Until the log, its first ``since`` characters left out, holds the phrase."""
        wait_until(lambda: phrase in self.program.log[since:], timeout_s)

    def stored(self) -> list[tuple[str, str]]:
        """The ids and texts of the channel's messages, in order."""
        statement = "SELECT message_id, message_content FROM messages ORDER BY id"
        return [(str(message_id), str(text)) for message_id, text in sql(self.folder, statement)]

    def is_stored(self, line: Line) -> bool:
        """Whether the line is in the database."""
        statement = "SELECT 1 FROM messages WHERE message_id = ?"
        with contextlib.suppress(Exception):  # the database is away: not yet
            return bool(sql(self.folder, statement, line.message_id))
        return False

    def wait_well(self, timeout_s: float) -> float:
        """Seconds until a viewer's question is stored and answered; AssertionError if it is not."""
        began = time.monotonic()
        asked: dict[str, Line] = {}

        def is_well() -> bool:
            if not asked or time.monotonic() - last_asked[0] > _ASK_EVERY_S:
                self._asked += 1
                line = self.chat.ask(f"asker{self._asked}", "what do you think of")
                asked[line.message_id] = line
                last_asked[0] = time.monotonic()
            answered = {message.reply_to for message in self.room.messages[-40:]}
            return any(
                line.is_delivered and self.is_stored(line)
                for message_id, line in asked.items()
                if message_id in answered
            )

        last_asked = [0.0]
        wait_until(is_well, timeout_s)
        return time.monotonic() - began

    def settle(self) -> None:
        """Until all that was said is stored and all removals are carried out.  Hold the chat."""
        last = self.chat.say("vera", "and that is all of")
        assert last.is_delivered, "the bot is not in the channel"
        wait_until(lambda: self.is_stored(last))

    @contextmanager
    def silent(self) -> Iterator[None]:
        """The bot must say nothing in this block; what is on its way at its begin is forgiven."""
        began = time.monotonic() + SLACK_S
        yield
        self.silences.append((began, time.monotonic()))

    def let_flow(self, lines: int, condition: Callable[[], bool] = lambda: True) -> None:
        """Until viewers have said so many more lines, and the condition holds."""
        goal = len(self.chat.lines) + lines
        wait_until(lambda: len(self.chat.lines) >= goal and condition())

    def wait_proved(self) -> None:
        """Until the chat connection has lasted so long that a loss is met by a quick first try."""
        joined_at = self.room.joins[-1].at
        wait_until(lambda: time.monotonic() > joined_at + IDLE_S + 0.5)

    def open_files(self) -> int:
        """How many descriptors the program has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))
