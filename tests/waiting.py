"""Waiting for a condition instead of sleeping and hoping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

PATIENCE_S: Final = 60.0
"""For what must come: more than it takes on the busiest machine, as only a failing test waits so
long."""
AT_ONCE_S: Final = 10.0
"""For what takes no time, and without what is tested would take far longer than this."""

_STEP_S = 0.01


def wait_until(condition: Callable[[], T], timeout_s: float = PATIENCE_S) -> T:
    """The first true answer of ``condition``; AssertionError when ``timeout_s`` have passed."""
    pause = threading.Event()
    deadline = time.monotonic() + timeout_s
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain"
        pause.wait(_STEP_S)
