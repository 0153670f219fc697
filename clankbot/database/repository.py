"""What every repository stands on."""

from __future__ import annotations

from collections.abc import Callable

from clankbot.database.dialect import Statement
from clankbot.database.session import Session


class Repository:
    """Questions and deeds about one subject, over one thread's connection.

    Methods without an underscore stand for themselves; deeds with one run in a transaction that
    the store has begun.
    """

    def __init__(self, session: Session, now_ms: Callable[[], int]) -> None:
        self._session = session
        self._now_ms = now_ms
        self._words_removed = False
        """Whether SQLite's write-ahead log may still hold words that were to go."""

    def _remove(self, statement: Statement, *values: object) -> int:
        """Delete what a moderator or viewer wants gone; how many rows it was."""
        removed = self._session.run(statement, *values)
        self._words_removed |= removed > 0
        return removed
