"""Waiting for a condition instead of sleeping and hoping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_STEP_S = 0.01


def wait_until(condition: Callable[[], T], timeout_s: float = 5.0) -> T:
    """The first true answer of ``condition``; AssertionError when ``timeout_s`` have passed."""
    pause = threading.Event()
    deadline = time.monotonic() + timeout_s
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain"
        pause.wait(_STEP_S)
