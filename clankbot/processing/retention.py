"""Deleting old messages, a few at a time, so that storing never waits for it."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Sequence
from typing import Final, Protocol

from clankbot.clock import Clock
from clankbot.processing.channels import Channels

log = logging.getLogger(__name__)

_STEP_EVERY_S: Final = 0.25
_ROUND_EVERY_S: Final = 10.0
# A channel where nothing is new has only what has grown old meanwhile.
_QUIET_ROUND_EVERY_S: Final = 600.0
_ROWS_A_STEP: Final = 200  # chat that comes in meanwhile waits for no more than that
_PAGES_A_STEP: Final = 64  # of 2 KB each
_TOLD_EVERY_S: Final = 3600.0
_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS


class PrunableHistory(Protocol):
    """What can be made shorter."""

    def channels(self) -> Sequence[str]:
        """Every channel of which something is stored."""

    def prune(
        self, channel: str, older_than_ms: int | None, keep_count: int | None, max_rows: int
    ) -> int:
        """Delete at most ``max_rows`` messages past the limits; how many went."""

    def release_space(self, pages: int) -> int:
        """Give free pages of the database file back to the disk; how many went."""


class Retention:
    """Prunes one channel a step, also of those the bot has left.  Owned by the worker's thread."""

    def __init__(self, history: PrunableHistory, channels: Channels, clock: Clock) -> None:
        self._history = history
        self._channels = channels
        self._clock = clock
        self._stored_channels: Sequence[str] = ()
        self._round: deque[str] = deque()
        # By channel: what was new there when all that was past its time had gone, and when.
        self._looked: dict[str, tuple[object, float]] = {}
        self._next_step = 0.0
        self._next_round = 0.0
        # Deleted of each channel since that was last told.
        self._untold: Counter[str] = Counter()
        self._next_told = 0.0

    def load(self) -> None:
        """Find the channels that the bot has left."""
        self._stored_channels = self._history.channels()
        self._looked.clear()

    def step(self) -> None:
        """Delete some old messages; does nothing most of the time."""
        now = self._clock.monotonic()
        if now < self._next_step:
            return
        self._next_step = now + _STEP_EVERY_S
        if not self._round:
            if now < self._next_round:
                return
            self._next_round = now + _ROUND_EVERY_S
            self._tell(now)
            names = dict.fromkeys((*self._channels, *self._stored_channels))
            self._round.extend(name for name in names if self._is_worth_a_look(name, now))
        pruned = self._prune(self._round[0]) if self._round else 0
        released = self._history.release_space(_PAGES_A_STEP)
        if self._round and pruned < _ROWS_A_STEP and released < _PAGES_A_STEP:
            name = self._round.popleft()
            self._looked[name] = self._state_of(name), now

    def _is_worth_a_look(self, name: str, now: float) -> bool:
        state, looked_at = self._looked.get(name, (None, 0.0))
        return state != self._state_of(name) or now - looked_at >= _QUIET_ROUND_EVERY_S

    def _state_of(self, name: str) -> object:
        """What changes when there may be more to delete than what has grown old."""
        settings = self._channels.settings_of(name)
        newest = self._channels[name].newest_message_id if name in self._channels else None
        # By how many hours the time is ahead of the steady clock: it may have been set right.
        ahead_h = (self._clock.past_ms() - round(self._clock.monotonic() * 1000)) // _HOUR_MS
        return newest, settings.retention_days, settings.retention_count, ahead_h

    def _prune(self, name: str) -> int:
        settings = self._channels.settings_of(name)
        days, count = settings.retention_days, settings.retention_count
        older_than = self._clock.past_ms() - days * _DAY_MS if days else None
        pruned = self._history.prune(name, older_than, count or None, _ROWS_A_STEP)
        self._untold[name] += pruned
        return pruned

    def _tell(self, now: float) -> None:
        """Sum up what was deleted: in a busy chat a few messages are, every few seconds."""
        rows = self._untold.total()
        if rows and now >= self._next_told:
            self._next_told = now + _TOLD_EVERY_S
            channels = sum(count > 0 for count in self._untold.values())
            self._untold.clear()
            log.info("old messages deleted", extra={"rows": rows, "channels": channels})
