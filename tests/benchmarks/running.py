"""What the whole program costs while it runs: beside the smallest client, idle, and in memory."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.chat_stream import (
    Client,
    Usage,
    bot_client,
    floor_client,
    measured,
    processor_ms,
    resident_mb,
    silent,
    wire_lines,
)
from tests.benchmarks.table import Figure, percentile
from tests.flow.program import live_program
from tests.fork_server import SCRIPT

Maker = Callable[[Path], AbstractContextManager[Client]]


@dataclass(frozen=True)
class Cost:
    """Of one line, and how long it took to be stored."""

    processor_us: float
    written_kb: float
    waits: list[float]


def _cost(used: Usage, lines: int, waits: list[float]) -> Cost:
    return Cost(used.processor_s / lines * 1e6, used.written_bytes / lines / 1024, waits)


def _flooded(maker: Maker, count: int) -> Cost:
    with TemporaryDirectory() as folder, maker(Path(folder)) as client:
        client.warm_up()
        lines = wire_lines(count, seed=2)
        return _cost(measured(client, lambda: client.flood(lines)), count, [])


def _paced(maker: Maker, count: int, a_second: float) -> Cost:
    """After some seconds of such chat: a file and a log that begin grow faster."""
    with TemporaryDirectory() as folder, maker(Path(folder)) as client:
        client.warm_up()
        lines, waits = wire_lines(count, seed=3), list[float]()
        used = measured(client, lambda: waits.extend(client.pace(lines, a_second)))
        return _cost(used, count, waits)


def flood(scale: float) -> Iterator[Figure]:
    """Chat as fast as it is taken in: processor time a line, beside the floor's."""
    count = round(20_000 * scale)
    runs = [(_flooded(floor_client, count), _flooded(bot_client, count)) for _ in range(3)]
    floor = statistics.median(each.processor_us for each, _ in runs)
    bot = statistics.median(each.processor_us for _, each in runs)
    about = f"{bot:.0f} us beside {floor:.0f}; {count:,} lines, median of 3"
    yield Figure("flood, processor time a line", bot / floor, "x", at_most=2.5, about=about)


def paced(scale: float) -> Iterator[Figure]:
    """Chat at an ordinary pace."""
    seconds = 20 * scale
    for a_second, most_ratio, most_kb in ((500, 3.0, 8.5), (50, None, None), (5, None, 12.0)):
        count = max(50, round(a_second * seconds))
        floor, bot = (_paced(maker, count, a_second) for maker in (floor_client, bot_client))
        name = f"paced, {a_second} a second"
        about = f"{bot.processor_us:.0f} us beside {floor.processor_us:.0f}; {count:,} lines"
        ratio = bot.processor_us / floor.processor_us
        yield Figure(f"{name}, processor time", ratio, "x", at_most=most_ratio, about=about)
        about = f"floor: {floor.written_kb:.2f}"
        yield Figure(f"{name}, written", bot.written_kb, "KB a line", at_most=most_kb, about=about)
        p99_ms, median_ms = percentile(bot.waits, 99) * 1000, statistics.median(bot.waits) * 1000
        most_ms = 250 if a_second == 500 else None
        about = f"median {median_ms:.0f} ms"
        yield Figure(f"{name}, stored after, p99", p99_ms, "ms", at_most=most_ms, about=about)


def start_up(scale: float) -> Iterator[Figure]:
    """From exec on."""
    tries = max(3, round(7 * scale))
    command = [sys.executable, str(SCRIPT), "--help"]
    helps = []
    for _ in range(tries):
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        helps.append(time.perf_counter() - began)
    joins = []
    for _ in range(tries):
        with (
            TemporaryDirectory() as folder,
            silent(),
            live_program(Path(folder), forks=False) as bot,
        ):
            bot.sign_in()
            began = time.perf_counter()
            bot.start_and_join()
            joins.append(time.perf_counter() - began)
    about = f"median of {tries}"
    yield Figure("--help", statistics.median(helps) * 1000, "ms", about=about)
    yield Figure("from exec to JOIN", statistics.median(joins) * 1000, "ms", about=about)


def idle(scale: float) -> Iterator[Figure]:
    """In twenty channels where nobody says anything."""
    channels = ",".join(f"channel{number}" for number in range(20))
    seconds = max(10.0, 30 * scale)
    with TemporaryDirectory() as folder, bot_client(Path(folder), TWITCH_CHANNELS=channels) as bot:
        time.sleep(15)  # the last JOINs come after ten seconds
        before = processor_ms(bot.pid)
        time.sleep(seconds)
        share = (processor_ms(bot.pid) - before) / (seconds * 1000) * 100
    about = f"20 quiet channels, {seconds:.0f} s"
    yield Figure("idle", share, "% of a core", at_most=0.2, about=about)


def memory(scale: float) -> Iterator[Figure]:
    """At rest, under a flood, and after much chat."""
    with TemporaryDirectory() as folder, bot_client(Path(folder), DRY_RUN="true") as bot:
        yield Figure("memory, shadow mode", resident_mb(bot.pid), "MB", at_most=40)
    with TemporaryDirectory() as folder, bot_client(Path(folder)) as bot:
        rest = resident_mb(bot.pid)
        yield Figure("memory, joined", rest, "MB", at_most=42, about="signed in")
        bot.room.raw_bytes(b"".join(wire_lines(30_000, seed=4)))
        time.sleep(10)
        most = resident_mb(bot.pid, "VmHWM") - rest
        yield Figure("memory, a flood adds", most, "MB", at_most=12, about="30,000 lines at once")
        before = resident_mb(bot.pid)
        count = round(300_000 * scale)
        for start in range(0, count, 20_000):
            bot.flood(wire_lines(min(20_000, count - start), seed=start + 5))
        grown = resident_mb(bot.pid) - before
        yield Figure("memory, growth", grown, "MB", at_most=3, about=f"{count:,} lines after that")
