"""Databases that do not do as they are told."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from clankbot.database.database import Store
from clankbot.errors import CommitInDoubt
from clankbot.records.writes import Applied, Write
from tests.processing.desk import Desk


def refuse(desk: Desk, table: str, condition: str = "TRUE") -> None:
    """From now on the database takes nothing for this table, or no row that is so."""
    with closing(sqlite3.connect(desk.path)) as connection, connection:
        for deed, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            connection.execute(
                f"CREATE TRIGGER no_{deed} BEFORE {deed} ON {table}"
                f" WHEN {condition.format(row=row)}"
                " BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )


class LosesAnswers:
    """A store that loses the answer to the next commit once it is told to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._next: bool | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def lose_next(self, *, carried_out: bool) -> None:
        """The next commit is carried out or not, and nobody is told which."""
        self._next = carried_out

    def apply(self, writes: Sequence[Write]) -> list[Applied]:
        """As a store does it, but for the next one."""
        carried_out, self._next = self._next, None
        if carried_out is None:
            return self._store.apply(writes)
        if carried_out:
            self._store.apply(writes)
        raise CommitInDoubt("the answer was lost")
