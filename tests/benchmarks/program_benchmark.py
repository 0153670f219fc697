"""What the whole program costs, from its start to a busy chat: prints figures.

    python -m tests.benchmarks.program_benchmark

The real program in a world on loopback, signed in, with a fresh SQLite file for each start.  Starts
are measured from exec, several times; the cost of a message is all processor time of the program
while it reads, filters and stores chat as fast as it can, divided by the messages stored.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.chat_lines import chat_lines
from tests.flow.program import LiveProgram, live_program
from tests.fork_server import SCRIPT

STARTS = 7
MESSAGES = 20_000
MESSAGES_AT_ONCE = 4_000  # fewer than the inbox holds, so that none is dropped
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def timed(deed: Callable[[], object]) -> float:
    """Milliseconds that it takes."""
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def help_ms() -> float:
    """From exec to the end of ``--help``."""
    command = [sys.executable, str(SCRIPT), "--help"]
    return timed(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))


def join_ms() -> float:
    """From exec to the JOIN of a bot that is signed in."""
    with TemporaryDirectory() as folder, live_program(Path(folder), forks=False) as bot:
        bot.sign_in()
        return timed(bot.start_and_join)


def resident_mb(bot: LiveProgram) -> float:
    """The memory of the running program."""
    assert bot.running is not None
    status = Path(f"/proc/{bot.running.pid}/status").read_text(encoding="ascii")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1024


def processor_s(bot: LiveProgram) -> float:
    """All the processor time that the running program has used."""
    assert bot.running is not None
    stat = Path(f"/proc/{bot.running.pid}/stat").read_text(encoding="ascii")
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS_A_SECOND


def wait_until_stored(bot: LiveProgram, asker: str) -> None:
    """Wait until all that was said is stored: only then is a mention behind it answered."""
    asked = bot.room.say("alpha", asker, f"@{bot.twitch.login} are you still with us")
    bot.room.wait_for(
        lambda: any(message.reply_to == asked for message in bot.room.messages), "an answer", 120.0
    )


def print_running() -> None:
    """Memory at rest and after much chat, and what one message costs."""
    with (
        TemporaryDirectory() as folder,
        live_program(Path(folder), forks=False, MESSAGE_THRESHOLD="500", TIME_DELAY="86400") as bot,
    ):
        bot.sign_in()
        bot.start_and_join()
        bot.ollama.wait_until(lambda: bool(bot.ollama.loaded), timeout_s=10.0)
        print(f"memory, idle                {resident_mb(bot):8.1f} MB")
        before = processor_s(bot)
        for at, text in enumerate(chat_lines(MESSAGES, seed=5), start=1):
            bot.room.say("alpha", f"viewer{at % 400}", text)
            if at % MESSAGES_AT_ONCE == 0:
                wait_until_stored(bot, asker=f"vera{at}")
        each_us = (processor_s(bot) - before) / MESSAGES * 1e6
        print(f"memory, after {MESSAGES:,} lines  {resident_mb(bot):8.1f} MB")
        print(f"processor time a message    {each_us:8.1f} µs, {MESSAGES:,} messages")


def main() -> None:
    """Print everything."""
    for name, measure in (("--help", help_ms), ("from exec to JOIN", join_ms)):
        taken = [measure() for _ in range(STARTS)]
        spread = f"{min(taken):.0f} to {max(taken):.0f}, {STARTS} starts"
        print(f"{name:27} {statistics.median(taken):8.0f} ms  ({spread})")
    print_running()


if __name__ == "__main__":
    main()
