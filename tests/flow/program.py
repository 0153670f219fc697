"""The real program as a child process, in a folder and a world of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from clankbot.auth.keys import Encryption, KeySource
from clankbot.auth.oauth import TokenGrant
from clankbot.auth.token_store import encrypted
from clankbot.clock import Clock
from clankbot.config.env_file import read_env_file
from clankbot.config.settings import load_settings
from clankbot.config.variables import VARIABLES
from clankbot.parts import open_database
from clankbot.records.accounts import Identity, Secret
from tests.doubles.fake_ollama import FakeOllama
from tests.doubles.twitch_id import TwitchId
from tests.doubles.twitch_room import TwitchRoom
from tests.fork_server import Forked, start
from tests.waiting import PATIENCE_S, wait_until

P = TypeVar("P", bound="Program")

SECRET_SETTINGS = frozenset(v.name for v in VARIABLES if v.kind.is_secret)


def secrets_in(settings: Mapping[str, str]) -> list[str]:
    """The secrets that these settings hold; several keys are several secrets."""
    texts = (text for name, text in settings.items() if name in SECRET_SETTINGS)
    return [secret for text in texts for secret in text.strip("\"'").split(",")]


@dataclass
class Ended:
    """A command that has come to its end."""

    status: int
    output: str


@dataclass
class Program:
    """Runs commands of the program in ``folder``; ``settings`` are its whole environment.

    In the end nothing that was printed or stored may hold a secret, whatever the test was about.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | Forked | None = None
    printed: list[str] = field(default_factory=list)
    """By commands that have come to their end."""
    through: tuple[str, ...] = ()
    """A script that runs the program, and its arguments."""
    given: list[str] = field(default_factory=list)
    """The secrets among the settings of all runs."""
    forks: bool = False
    """It begins as a fork that has its imports made, where that makes no difference."""

    @property
    def log_file(self) -> Path:
        """Where what ``start`` started prints to."""
        return self.folder / "log.txt"

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self.log_file.read_text(encoding="utf-8") if self.log_file.exists() else ""

    def environment(self, **more: str) -> dict[str, str]:
        """The child's environment: nothing of ours but the path."""
        settings = {**self.settings, **more}
        self.given += secrets_in(settings)
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **settings}

    def secrets(self) -> set[str]:
        """All that must be seen nowhere."""
        written = read_env_file(self.folder / ".env", SECRET_SETTINGS).values
        keys = [path.read_text("ascii", "replace") for path in self.folder.glob("*.key")]
        return {*self.given, *secrets_in(written), *(key.strip() for key in keys)} - {""}

    def assert_nothing_secret_is_seen(self) -> None:
        """No token, code, password or key was printed or logged, or lies in any file but its own.

        An error of a test may show the secret itself: they are all made up.
        """
        seen = {"what was printed": "\n".join([*self.printed, self.log]).encode()}
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name != ".env" and path.suffix != ".key":
                seen[path.name] = path.read_bytes()
        for secret in self.secrets():
            assert [name for name, data in seen.items() if secret.encode() in data] == [], secret

    def run(self, *arguments: str, timeout_s: float = PATIENCE_S, **more: str) -> Ended:
        """Run a command to its end."""
        with tempfile.TemporaryFile() as output:
            command = self._begun(arguments, output.fileno(), output.fileno(), more)
            try:
                status = command.wait(timeout_s)
            finally:
                command.kill()
            output.seek(0)
            self.printed.append(output.read().decode("utf-8", "replace"))
        return Ended(status, self.printed[-1])

    def start(self, command: str = "run", stderr: int | None = None, **more: str) -> None:
        """Start the bot, or another command; what it says goes into ``log``, or to ``stderr``."""
        with self.log_file.open("ab") as log:
            errors = log.fileno() if stderr is None else stderr
            self.running = self._begun([command], log.fileno(), errors, more)

    def _begun(
        self, arguments: Sequence[str], stdout: int, stderr: int, more: Mapping[str, str]
    ) -> subprocess.Popen[bytes] | Forked:
        return start(
            arguments,
            self.folder,
            self.environment(**more),
            stdout,
            stderr,
            forks=self.forks,
            through=self.through,
        )

    def stop(self, number: signal.Signals = signal.SIGTERM, timeout_s: float = PATIENCE_S) -> int:
        """Ask the bot to stop; its exit status."""
        assert self.running is not None
        self.running.send_signal(number)
        return self.wait(timeout_s)

    def wait(self, timeout_s: float = PATIENCE_S) -> int:
        """Wait for the bot to end by itself; its exit status."""
        assert self.running is not None
        return self.running.wait(timeout_s)

    def wait_log(self, text: str, timeout_s: float = PATIENCE_S) -> None:
        """Until the bot has printed the text."""
        wait_until(lambda: text in self.log, timeout_s)


@dataclass
class LiveProgram(Program):
    """The program with all that it talks to."""

    room: TwitchRoom = field(kw_only=True)
    ollama: FakeOllama = field(kw_only=True)
    twitch: TwitchId = field(kw_only=True)

    def secrets(self) -> set[str]:
        """With those that Twitch gave out."""
        return {*super().secrets(), *self.twitch.secrets()}

    def sign_in(self) -> None:
        """Store a sign-in as ``login`` leaves it, without the wait for a person."""
        database = open_database(load_settings(self.settings, self.folder))
        key_file = self.folder / "chatbot.key"
        encryption = Encryption(KeySource(None, None, key_file).find(may_create=True))
        token = self.twitch.issue()
        lifetime_s = int(self.twitch.lifetime_s)
        grant = TokenGrant(Secret(token.access), Secret(token.refresh), lifetime_s)
        identity = Identity(token.login, token.user_id)
        with database.open() as store:
            store.save_tokens(encrypted(grant, identity, Clock().utc_ms(), encryption))

    def start_and_join(self, **more: str) -> None:
        """Start the bot and wait until it has joined its channel."""
        joined = len(self.room.joins)
        self.start(**more)
        self.room.wait_for(lambda: len(self.room.joins) > joined, "a JOIN", PATIENCE_S)


@contextmanager
def program(folder: Path, *, forks: bool = True, **settings: str) -> Iterator[Program]:
    """The program in a folder with a word list; killed at the end if it still runs."""
    (folder / "blocked_words.txt").write_text("blorpword\n", encoding="utf-8")
    yield from _until_killed(Program(folder, dict(settings), forks=forks))


@contextmanager
def live_program(
    folder: Path, twitch: TwitchId | None = None, *, forks: bool = True, **settings: str
) -> Iterator[LiveProgram]:
    """The program in a whole world on loopback; nobody is signed in yet."""
    (folder / "blocked_words.txt").write_text("blorpword\n", encoding="utf-8")
    with twitch or TwitchId() as service, FakeOllama() as ollama:
        user_id = service.users[service.login]
        with TwitchRoom(service.login, user_id, accept=service.accepts) as room:
            environment = {
                "TWITCH_CLIENT_ID": service.client_id,
                "TWITCH_CHANNELS": "alpha",
                "TWITCH_IRC_URL": room.url,
                "TWITCH_AUTH_URL": service.auth_url,
                "TWITCH_API_URL": service.api_url,
                "OLLAMA_URL": ollama.url,
                "TIME_DELAY": "0",
                "LOG_LEVEL": "DEBUG",  # the most that can be seen: nothing secret may be in it
            } | settings
            world = {"room": room, "ollama": ollama, "twitch": service}
            yield from _until_killed(LiveProgram(folder, environment, forks=forks, **world))


def _until_killed(child: P) -> Iterator[P]:
    try:
        yield child
    finally:
        if child.running is not None and child.running.poll() is None:
            child.running.kill()
            child.running.wait()
        print(child.log)  # pytest shows it if the test fails
    child.assert_nothing_secret_is_seen()
