"""The terminal that a process was started from, and whether it was closed since."""

from __future__ import annotations

import os
from collections.abc import Sequence


def terminals() -> Sequence[int]:
    """The standard streams that lead to a terminal; none under systemd, cron or ``nohup``."""
    return [descriptor for descriptor in range(3) if os.isatty(descriptor)]


def is_any_closed(descriptors: Sequence[int]) -> bool:
    """Whether one of what were terminals is none any more: its window or connection was closed.

    The kernel hangs a terminal up before it sends SIGHUP for that (``__tty_hangup``).
    """
    return not all(map(os.isatty, descriptors))
