"""Fixtures for every test: nothing may be left running behind one, programs that it starts hear
signals, and one MariaDB server is enough for all."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest

from tests.children import let_children_hear
from tests.doubles.mariadb import MISSING, MariaDb
from tests.waiting import AT_ONCE_S


@pytest.fixture(scope="session", autouse=True)
def children_hear() -> None:
    """Programs that tests start end at Ctrl-C, even in ``nohup python -m tests &``."""
    let_children_hear()


@pytest.fixture(autouse=True)
def no_thread_is_left_behind() -> Iterator[None]:
    """Fails a test after which a thread that it started still runs."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + AT_ONCE_S
    # One that ends may have started another by then: the timer of a request that was called off.
    while (started := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        for thread in started:
            if thread.ident is not None:  # else it is listed, and just being started
                thread.join(max(0.0, deadline - time.monotonic()))
    left = sorted(t.name for t in set(threading.enumerate()) - before if t.is_alive())
    assert not left, f"threads left running: {left}"


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """The server, started for the first test that wants it."""
    if MISSING:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with MariaDb() as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Skips are easily overlooked: say once, at the end, what they mean."""
    if MISSING:
        terminalreporter.write_line(MISSING)
