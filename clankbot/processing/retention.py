"""Forgetting what is old, a little at a time, so that storing never waits for it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import Final

from clankbot.processing.channel_settings import SettingsByChannel
from clankbot.processing.ports import History

log = logging.getLogger(__name__)

_STEP_EVERY_S: Final = 0.5
_ROUND_EVERY_S: Final = 10.0
_ROWS_A_STEP: Final = 500
_PAGES_A_STEP: Final = 64
"""Of 4 KB each: a quarter of a megabyte is given back in a step."""
_DAY_MS: Final = 86_400_000


class Retention:
    """Prunes one channel a step, also of those the bot has left.  Owned by the worker's thread."""

    def __init__(
        self,
        history: History,
        channel_settings: SettingsByChannel,
        keep_count: int,
        *,
        clock: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:
        self._history = history
        self._settings = channel_settings
        self._channels = dict.fromkeys((*channel_settings, *history.channels()))
        self._keep_count = keep_count or None
        self._clock = clock
        self._now_ms = now_ms
        self._left: deque[str] = deque()
        self._next_step = 0.0
        self._next_round = 0.0

    def step(self) -> None:
        """Delete at most a few hundred old messages; does nothing most of the time."""
        now = self._clock()
        if now < self._next_step:
            return
        self._next_step = now + _STEP_EVERY_S
        if not self._left:
            if now < self._next_round:
                return
            self._next_round = now + _ROUND_EVERY_S
            self._left.extend(self._channels)
        channel = self._left[0]
        days = self._settings.retention_days(channel)
        older_than = self._now_ms() - days * _DAY_MS if days else None
        pruned = self._history.prune(channel, older_than, self._keep_count, _ROWS_A_STEP)
        if pruned:
            log.info("old messages deleted", extra={"channel": channel, "rows": pruned})
        released = self._history.release_space(_PAGES_A_STEP)
        if pruned < _ROWS_A_STEP and released < _PAGES_A_STEP:
            self._left.popleft()
