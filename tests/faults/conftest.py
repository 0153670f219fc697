"""Rows share running programs, whose threads end with the last of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.faults.runner import Runner
from tests.waiting import AT_ONCE_S, wait_until


@pytest.fixture(scope="module", autouse=True)
def no_thread_is_left_behind() -> Iterator[None]:
    """As for all tests, but once for all rows."""
    before = set(threading.enumerate())
    yield
    wait_until(lambda: set(threading.enumerate()) <= before, AT_ONCE_S)


@pytest.fixture(scope="module")
def runner(no_thread_is_left_behind: None, request: pytest.FixtureRequest) -> Iterator[Runner]:
    """Makes one row after the other."""
    with Runner(lambda: request.getfixturevalue("mariadb")) as running:
        yield running
