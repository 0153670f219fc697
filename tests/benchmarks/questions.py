"""What the database is asked and told: at rest, with a long history, and on a server."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from clankbot.database.database import Database, Store
from clankbot.database.messages import Messages
from clankbot.database.mysql import MySqlEngine
from clankbot.records.writes import Append, IdentifyChannel, RemoveChannel, RemoveViewer
from tests.benchmarks.long_history import START_MS, fill, messages
from tests.benchmarks.table import Figure, percentile
from tests.database.conftest import mysql_settings
from tests.doubles.mariadb import MISSING, MariaDb

TRIES = 200
ROUNDS = 5
CONTEXT = 200


def _ms(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def _worst_ms(deed: Callable[[], object], most: int) -> float:
    """Of as many steps as there are, up to a number."""
    worst = 0.0
    for _ in range(most):
        began = time.perf_counter()
        is_more = deed()
        worst = max(worst, (time.perf_counter() - began) * 1000)
        if not is_more:
            break
    return worst


def history(scale: float) -> Iterator[Figure]:
    """A long one, and what is done with it; then one five times as long, for the context."""
    with TemporaryDirectory() as folder:
        count = round(1_000_000 * scale)
        database = fill(Path(folder, "chat.db"), count)
        yield _context(database, Path(folder, "chat.db"), count)
        with database.open() as store:
            size = store.size_bytes() / store.summaries()[0].messages
        about = f"{count:,} messages of 38 characters"
        yield Figure("database", size, "bytes a message", at_most=255, about=about)
        yield from _long_work(database, count)
    with TemporaryDirectory() as folder:
        count = round(5_000_000 * scale)
        database = fill(Path(folder, "chat.db"), count)
        yield _context(database, Path(folder, "chat.db"), count)


def _context(database: Database, path: Path, count: int) -> Figure:
    """Both in turn, so that what else the machine does meets both; the median of some rounds."""
    with database.open() as store, closing(sqlite3.connect(path)) as bare:
        rounds = sorted(_round(store, bare) for _ in range(ROUNDS))
    ratio, p99, plain_p99 = rounds[ROUNDS // 2]
    about = f"p99 {p99:.2f} ms beside {plain_p99:.2f} of the bare query; {CONTEXT} lines"
    return Figure(f"context at {count:,}", ratio, "x", at_most=2, about=about)


def _round(store: Store, bare: sqlite3.Connection) -> tuple[float, float, float]:
    """The ratio of the p99 of each, and the two."""
    sql, ours, plain = Messages.RECENT_MESSAGES.sqlite, list[float](), list[float]()
    for _ in range(TRIES):
        ours.append(_ms(lambda: store.recent_messages("alpha", CONTEXT)))
        plain.append(_ms(lambda: bare.execute(sql, ("alpha", CONTEXT)).fetchall()))
    p99, plain_p99 = percentile(ours, 99), percentile(plain, 99)
    return p99 / plain_p99, p99, plain_p99


def _long_work(database: Database, count: int) -> Iterator[Figure]:
    """The longest that a line may have to wait for a step, each of which is one transaction."""
    now_ms = START_MS + 10**9
    with database.open() as store:

        def removed(*writes: RemoveViewer | RemoveChannel | IdentifyChannel) -> float:
            began = time.perf_counter()
            store.apply(writes)
            first_ms = (time.perf_counter() - began) * 1000
            return max(first_ms, _worst_ms(store.carry_on_removing, 200))

        old_ms = START_MS + count * 10
        worst = {
            "retention, by age": _worst_ms(lambda: store.prune("alpha", old_ms, None, 200), 40),
            "retention, by count": _worst_ms(lambda: store.prune("alpha", None, 10_000, 200), 40),
            "a ban": removed(RemoveViewer("alpha", "10007919", None, now_ms)),
            "another name": removed(
                IdentifyChannel("alpha", "1", now_ms), IdentifyChannel("beta", "1", now_ms)
            ),
            "a full clear": removed(RemoveChannel("beta", now_ms)),
            "giving back space": _worst_ms(lambda: store.release_space(64), 40),
        }
    for what, worst_ms in worst.items():
        about = f"the longest step at {count:,}"
        yield Figure(f"storing waits for {what}", worst_ms, "ms", at_most=150, about=about)


def server(scale: float) -> Iterator[Figure]:
    """Messages in windows, beside one commit for each."""
    if MISSING:
        return
    count = round(4_000 * scale)
    with MariaDb() as mariadb:
        rates = []
        for batch in (1, 50):
            engine = MySqlEngine(mysql_settings(mariadb, mariadb.new_database()))
            database = Database(engine)
            database.prepare()
            writes = [Append(message) for message in messages(count, "alpha", seed=batch)]
            with database.open() as store:
                began = time.perf_counter()
                for start in range(0, count, batch):
                    store.apply(writes[start : start + batch])
                rates.append(count / (time.perf_counter() - began))
    one, many = rates
    about = f"{many:,.0f} a second beside {one:,.0f}; windows of 50, flushed by the system"
    yield Figure("MariaDB, messages a second", many / one, "x", at_least=8, about=about)
