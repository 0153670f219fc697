"""One command of the real program, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clankbot.database.database import Database
from clankbot.records.writes import Append, StoredMessage, Write
from tests.fork_server import SCRIPT, start
from tests.waiting import PATIENCE_S

BLOCKED: Final = "blorpword"
"""The one entry of the word list."""
BOT_ID: Final = "900"


@dataclass(frozen=True)
class Done:
    """A command that has come to its end."""

    status: int
    out: str
    err: str


def _environment(folder: Path, **settings: str) -> Mapping[str, str]:
    """Nothing of ours but the path; a word list lies in the folder from now on."""
    (folder / "blocked_words.txt").write_text(f"{BLOCKED}\n", encoding="utf-8")
    base = {"PATH": os.environ["PATH"], "HOME": str(folder), "LOG_LEVEL": "WARNING"}
    return {**base, **settings}


def clankbot(folder: Path, *arguments: str, **settings: str) -> Done:
    """Run a command; ``settings`` are its environment."""
    return run(folder, arguments, _environment(folder, **settings))


def run(folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> Done:
    """The same with this whole environment."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = start(arguments, folder, environment, out.fileno(), err.fileno())
        try:
            status = process.wait(PATIENCE_S)
        finally:
            process.kill()
        out.seek(0)
        err.seek(0)
        return Done(status, out.read().decode(), err.read().decode())


@contextmanager
def started(
    folder: Path, *arguments: str, stdout: int = subprocess.PIPE, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A command under way; killed at the end of the block if it still runs."""
    with subprocess.Popen(
        [sys.executable, str(SCRIPT), *arguments],
        cwd=folder,
        env=_environment(folder, **settings),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(text: str, user: str = "1", *, message_id: str = "", name: str = "") -> Append:
    """A viewer's message in alpha; login and display name follow from the user id."""
    login = f"visitor{user}"
    return Append(
        StoredMessage(
            message_id or f"{user}-{text}", "alpha", user, login, name or login.title(), text, 1000
        )
    )


def bot_said(text: str) -> Append:
    """A message of the bot in alpha."""
    return Append(
        StoredMessage(
            f"bot-{text}", "alpha", BOT_ID, "clankbot", "ClankBot", text, 1000, is_own=True
        )
    )


def fill(folder: Path, writes: Iterable[Write]) -> Database:
    """The database of the folder, which holds this."""
    database = Database.sqlite(folder / "chatbot.db")
    database.prepare()
    with database.open() as store:
        store.apply(list(writes))
    return database
