"""A desk whose worker collects chat: while it waits for more, that arrives, as the test has it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from clankbot.database.database import Store
from clankbot.processing.inbox import Inbox, Record
from clankbot.records.answers import Pace
from clankbot.records.chat import Event
from clankbot.records.writes import Applied, Write
from tests.processing.desk import Desk

LONG_S = 60.0
"""Longer than any window: what the worker waits for is always the end of one."""


class Arrivals(Inbox):
    """Whenever the worker waits, the next of what is to come arrives; then the time is over."""

    def __init__(self) -> None:
        super().__init__()
        self.coming: deque[Callable[[], object]] = deque()
        self.waits: list[tuple[float, int]] = []
        """How long the worker would have waited, and for how many records."""

    def take(self, most: int, wait_s: float, wanted: int = 1) -> list[Record]:
        if wait_s > 0:
            self.waits.append((wait_s, wanted))
            if self.coming:
                self.coming.popleft()()
        return super().take(most, 0.0)


class WatchedHistory:
    """The worker's connection, and what it was asked and given."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.batches: list[Sequence[Write]] = []
        self.asked = 0
        """How often it was asked about the pace."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def __enter__(self) -> WatchedHistory:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def apply(self, writes: Sequence[Write]) -> list[Applied]:
        self.batches.append(list(writes))
        return self._store.apply(writes)

    def pace(self, channel: str, count_cap: int, hold_cap: int) -> Pace:
        self.asked += 1
        return self._store.pace(channel, count_cap, hold_cap)


class WindowDesk(Desk):
    """See the module's text."""

    inbox: Arrivals

    def open_inbox(self) -> Inbox:
        return Arrivals()

    def open_history(self) -> Store:
        self.watched = WatchedHistory(super().open_history())
        return self.watched  # type: ignore[return-value]

    def window(self, *groups: Sequence[Event]) -> int:
        """One round, in which these arrive one group after the other; how many did not, in time.

        They arrive in the next round.
        """
        for events in groups:
            self.inbox.coming.append(lambda events=events: self.arrive(*events))
        self.inbox.waits.clear()
        self.worker.step(LONG_S)
        return len(self.inbox.coming)

    def windows(self, *groups: Sequence[Event]) -> None:
        """As many rounds as it takes until all of it has arrived."""
        self.window(*groups)
        while self.inbox.coming:
            self.window()
