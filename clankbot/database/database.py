"""A database by name: made ready once, then opened by each thread for itself."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from clankbot.clock import Clock
from clankbot.database.schema import migrate
from clankbot.database.session import Engine, Session
from clankbot.database.sqlite import SqliteEngine
from clankbot.database.store import Store


@dataclass(frozen=True, slots=True)
class Database:
    """Where the data is.  Holds no connection and may be shared by all threads."""

    engine: Engine
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def sqlite(cls, path: Path | str) -> Database:
        """The database in this file."""
        return cls(SqliteEngine(Path(path)))

    def prepare(self) -> None:
        """Make the file if it is one and is not there, and bring the tables up to date.

        DatabaseError if that is impossible, DatabaseUnavailable if it is so only now, and
        DatabaseTooNew if a newer clankbot wrote it.
        """
        self.engine.create()
        with closing(Session(self.engine.patient())) as session:
            migrate(session, self.clock.utc_ms)

    def open(self) -> Store:
        """A store for one thread: the one that asks it first, which is to close it.

        Never fails itself: the connection is made at the first question.
        """
        return Store(Session(self.engine), self.clock)

    def abandon(self) -> None:
        """Give it up: a thread that waits for an answer, or asks later, gets DatabaseUnavailable.

        For the last moment of a stop, when a server hangs.  A file is waited for a little longer.
        """
        self.engine.abandon()
