"""A composer beside a desk, which goes on by one round at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from clankbot.database.database import Database, Store
from clankbot.database.sqlite import SqliteEngine
from tests.processing.desk import Desk
from tests.processing.model import Model


class CountedHistory:
    """The composer's connection; ``contexts`` are those that were read with it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.contexts: list[str] = []
        self.meanwhile = lambda: None
        """Done whenever a context has been read."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def gone(self) -> Iterator[None]:
        """The database is not there meanwhile."""
        there, self._store = self._store, Database(SqliteEngine(Path("/nowhere/chat.db"))).open()
        yield
        self._store = there

    def recent_messages(self, channel: str, limit: int) -> object:
        self.contexts.append(channel)
        lines = self._store.recent_messages(channel, limit)
        self.meanwhile()
        return lines


class ComposerAtHand:
    """Takes what the desk's worker hands on, and does a round when it is told to."""

    def __init__(self, desk: Desk, model: Model) -> None:
        model.wants_to_read = True
        self.desk = desk
        self.model = model
        self.composer = desk.composer(model)
        self.history = CountedHistory(desk.database.open())
        desk.submit_to = self.composer.submit
        desk.tell_changed = self.composer.prompt_changed
        for channel in desk.changed:
            self.composer.prompt_changed(channel)

    def __enter__(self) -> Self:
        self.catch_up()
        self.model.read.clear()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.history.close()  # type: ignore[operator]

    def step(self) -> None:
        """All that the composer can do without letting time pass."""
        for _ in range(10):
            if not self.composer.step(self.history, 0.0):  # type: ignore[arg-type]
                break

    def do(self) -> None:
        """All that can be done without letting time pass, by the worker, too."""
        for _ in range(2):
            self.desk.settle()
            self.step()

    def catch_up(self) -> None:
        """All that there is to do, as time passes."""
        self.do()
        while (wait_s := self.composer.wait_s()) is not None:
            self.desk.clock.forward(wait_s)
            self.do()

    @property
    def read(self) -> list[tuple[str, ...]]:
        """The texts of each prompt that was read ahead."""
        return [tuple(line.text for line in each.lines) for each in self.model.read]

    @property
    def channels(self) -> list[str]:
        """The channel of each step."""
        return [each.channel for each in self.model.read]
