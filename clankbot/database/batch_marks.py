"""Doing a batch once although its commit was never answered.

A server may carry out a COMMIT and be lost before it says so.  Each batch therefore leaves a mark
in its own transaction.  Whoever then repeats the batch, perhaps with more behind it, is told by the
mark what is done already.  Only MySQL needs this: SQLite's commits do not travel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from clankbot.database import sql
from clankbot.database.dialect import Dialect
from clankbot.database.session import Session
from clankbot.records.writes import Applied, Write


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A batch whose commit was not answered, and what it did if it was carried out."""

    batch: tuple[Write, ...]
    applied: list[Applied]


class BatchMarks:
    """The marks of one store, which asks and leaves them in its transactions."""

    def __init__(self, session: Session, now_ms: Callable[[], int]) -> None:
        self._session = session
        self._now_ms = now_ms
        self._generator = uuid4().hex
        self._in_doubt: dict[str, _Attempt] = {}

    def done_before(self, batch: tuple[Write, ...]) -> list[Applied]:
        """What the first writes of the batch did, as far as an earlier attempt was carried out.

        Waits until the server is through with that attempt.
        """
        if not self._in_doubt:
            return []
        found = self._session.row(sql.READ_MARK, self._generator)
        attempt = self._in_doubt.get(found[0]) if found else None
        if attempt is None or batch[: len(attempt.batch)] != attempt.batch:
            return []
        return attempt.applied

    def leave(self, mark: str) -> None:
        """Mark this transaction."""
        if self._session.dialect is Dialect.MYSQL:
            self._session.run(sql.SET_MARK, self._generator, mark, self._now_ms())

    def doubt(self, mark: str, batch: tuple[Write, ...], applied: list[Applied]) -> None:
        """The commit of this batch was not answered."""
        self._in_doubt[mark] = _Attempt(batch, applied)

    def forget(self) -> None:
        """A commit was answered: what came before it is settled."""
        self._in_doubt.clear()
