"""Chat as it comes over the wire, at a pace, and what the process that takes it in costs."""

from __future__ import annotations

import io
import os
import random
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.chat_lines import chat_lines
from tests.doubles.twitch_room import TwitchRoom
from tests.flow.program import live_program
from tests.waiting import wait_until

VIEWERS = 2_000
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# Lines are put on the wire this often, and not one by one.
_STEP_S = 0.002
_PATIENCE_S = 120.0
_WARM_UP = 600


@dataclass(frozen=True)
class Usage:
    """What a process has used so far."""

    processor_s: float
    written_bytes: int

    def since(self, before: Usage) -> Usage:
        """What it has used since then."""
        written = self.written_bytes - before.written_bytes
        return Usage(self.processor_s - before.processor_s, written)


def usage(pid: int) -> Usage:
    """Processor time of all threads, and the bytes that it has had written to the disk."""
    process = Path(f"/proc/{pid}")
    stat = (process / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
    counts = dict(line.split(": ") for line in (process / "io").read_text("ascii").splitlines())
    return Usage((int(stat[11]) + int(stat[12])) / TICKS_A_SECOND, int(counts["write_bytes"]))


def processor_ms(pid: int) -> float:
    """The processor time of all its threads that still run, much finer than ``usage`` knows it."""
    files = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text("ascii").split()[0]) for file in files) / 1e6


def resident_mb(pid: int, field: str = "VmRSS") -> float:
    """The memory that a process has now; ``VmHWM`` for the most it ever had."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith(field))
    return int(kilobytes) / 1024


def wire_lines(count: int, seed: int, channel: str = "alpha") -> list[bytes]:
    """So many lines of chat with all the tags that Twitch sends, none of them alike."""
    dice = random.Random(seed)
    sent_ms = time.time_ns() // 1_000_000
    lines = []
    for text in chat_lines(count, seed=seed):
        number = min(int(dice.expovariate(8) * VIEWERS), VIEWERS - 1)
        login = f"viewer_{number}"
        message_id = uuid.UUID(int=dice.getrandbits(128), version=4)
        line = (
            "@badge-info=subscriber/14;badges=subscriber/12,premium/1;client-nonce="
            f"{dice.getrandbits(128):032x};color=#1E90FF;display-name={login.title()};emotes=;"
            f"first-msg=0;flags=;id={message_id};mod=0;returning-chatter=0;room-id=11148817;"
            f"subscriber=1;tmi-sent-ts={sent_ms};turbo=0;user-id={10_000_000 + number * 7919};"
            f"user-type= :{login}!{login}@{login}.tmi.twitch.tv PRIVMSG #{channel} :{text}\r\n"
        )
        lines.append(line.encode())
    return lines


@dataclass
class Client:
    """A program that reads the room's chat and stores it in a file."""

    pid: int
    room: TwitchRoom
    path: Path
    speaks: int  # lines of its own

    def stored(self) -> int:
        """How many messages are in its file."""
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as database:
            ((count,),) = database.execute("SELECT COUNT(*) FROM messages")
            return int(count)

    def wait_stored(self, count: int) -> None:
        """Until that many are."""
        wait_until(lambda: self.stored() >= count, _PATIENCE_S)

    def warm_up(self) -> None:
        """Some chat before it is measured.  The bot may speak once, and then no more for a day."""
        self.flood(wire_lines(_WARM_UP, seed=1))
        self.wait_stored(_WARM_UP + self.speaks)

    def flood(self, lines: Sequence[bytes], at_once: int = 4_000) -> None:
        """All of it as fast as it is taken in, but no more at once than the inbox holds."""
        before = self.stored()
        for start in range(0, len(lines), at_once):
            self.room.raw_bytes(b"".join(lines[start : start + at_once]))
            self.wait_stored(before + min(start + at_once, len(lines)))

    def pace(self, lines: Sequence[bytes], a_second: float) -> list[float]:
        """So many lines a second; of each the seconds until it was found in the file."""
        sent_at: list[float] = []
        waits: list[float] = []
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as database:
            ((first,),) = database.execute("SELECT COALESCE(MAX(id), 0) FROM messages")
            began = time.monotonic()
            while len(waits) < len(lines):
                now = time.monotonic()
                due = min(int((now - began) * a_second) + 1, len(lines))
                for line in lines[len(sent_at) : due]:
                    self.room.raw_bytes(line)
                    sent_at.append(time.monotonic())
                ((last,),) = database.execute("SELECT COALESCE(MAX(id), 0) FROM messages")
                found_at = time.monotonic()
                waits += (found_at - sent for sent in sent_at[len(waits) : last - first])
                if now - began > len(lines) / a_second + _PATIENCE_S:
                    raise TimeoutError(f"only {len(waits)} of {len(lines)} lines were stored")
                time.sleep(_STEP_S)
        return waits


@contextmanager
def floor_client(folder: Path) -> Iterator[Client]:
    """The yardstick."""
    path = folder / "floor.db"
    with TwitchRoom() as room:
        command = [sys.executable, "-m", "tests.benchmarks.floor", room.host, str(room.port)]
        with subprocess.Popen([*command, str(path)]) as child:
            try:
                room.wait_for(lambda: bool(room.joins), "a JOIN", _PATIENCE_S)
                yield Client(child.pid, room, path, speaks=0)
            finally:
                child.kill()


@contextmanager
def silent() -> Iterator[None]:
    """Nothing of a program's log comes between the figures."""
    with redirect_stdout(io.StringIO()):
        yield


@contextmanager
def bot_client(folder: Path, **settings: str) -> Iterator[Client]:
    """The bot itself, which has no reason to speak; signed in, unless it is in shadow mode."""
    quiet = {
        "MESSAGE_THRESHOLD": "500",
        "TIME_DELAY": "86400",
        "MESSAGE_RETENTION_COUNT": "0",
        "LOG_LEVEL": "INFO",
    }
    with silent(), live_program(folder, forks=False, **(quiet | settings)) as bot:
        if "DRY_RUN" not in settings:
            bot.sign_in()
        bot.start_and_join()
        assert bot.running is not None
        bot.ollama.wait_until(lambda: bool(bot.ollama.loaded), timeout_s=10.0)
        yield Client(bot.running.pid, bot.room, folder / "chatbot.db", speaks=1)


def measured(client: Client, deed: Callable[[], object]) -> Usage:
    """What the client uses while something is done to it, and for half a second after."""
    before = usage(client.pid)
    deed()
    time.sleep(0.5)
    return usage(client.pid).since(before)
