"""Moving a database to another engine: every table, row by row, with the ids it has.

Nobody else may be writing to either of the two meanwhile (see ``instance_lock``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from clankbot.database import sql
from clankbot.database.copying_sql import (
    GIVE_BACK_ID,
    HIGHEST_MARK,
    TABLES,
    TAKE_ID,
    TableStatements,
)
from clankbot.database.database import Database
from clankbot.database.dialect import Dialect
from clankbot.database.schema import MIGRATIONS, version
from clankbot.database.session import Row, Session
from clankbot.errors import DatabaseError

_BATCH: Final = 1000
"""Rows a transaction: many enough to be quick, few enough to show progress."""

_HOW_TO_EMPTY: Final[Mapping[Dialect, str]] = {
    Dialect.MYSQL: "empty it first: DROP DATABASE, CREATE DATABASE",
    Dialect.SQLITE: "move that file away first",
}

Progress = Callable[[str, int, int], None]
"""Told after each batch: the table, the rows copied of it by now, and the rows there are."""


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What was done: the rows of each table, and how many of all these were copied this time."""

    rows: dict[str, int]
    copied: int


def copy_database(
    source: Database, target: Database, progress: Progress, batch: int = _BATCH
) -> CopyReport:
    """Copy all that is in the source; it is only read.

    Continues where an interrupted copy ended, and does nothing where all is there.  DatabaseError
    where the target holds anything else, or where the counts differ in the end.
    """
    target.prepare()
    with (
        closing(Session(source.engine.patient())) as here,
        closing(Session(target.engine.patient())) as there,
    ):
        if version(here) != len(MIGRATIONS):
            raise DatabaseError("the source has an older schema; start the bot on it once before")
        copy = _Copy(here, there, progress, batch)
        for table in TABLES:
            copy.refuse_other_data(table)
        copied = sum(copy.bring_over(table) for table in TABLES)
        copy.carry_on_counting()
        return CopyReport({table.table: copy.verified(table) for table in TABLES}, copied)


@dataclass(frozen=True, slots=True)
class _Copy:
    """One run: from here to there."""

    here: Session
    there: Session
    progress: Progress
    batch: int

    def refuse_other_data(self, table: TableStatements) -> None:
        """A table may hold the beginning of the source's and nothing else."""
        last = self.there.row(table.last_row)
        if last is None:
            return
        key = last[: table.key_width]
        expected = self.here.number(table.count_up_to, *key)
        if self.here.row(table.row_at, *key) != last or self._rows_there(table) != expected:
            raise DatabaseError(
                f"the target already holds other data (table {table.table}), or an earlier copy"
                f" that no longer matches the source; {_HOW_TO_EMPTY[self.there.dialect]}"
            )

    def bring_over(self, table: TableStatements) -> int:
        """Copy what is missing of a table; how many rows."""
        total = self.here.number(table.count)
        done = before = self._rows_there(table)
        for rows in self._batches(table):
            with self.there.transaction():
                self.there.run_many(table.add, rows)
            done += len(rows)
            self.progress(table.table, done, total)
        return done - before

    def _batches(self, table: TableStatements) -> Iterator[list[Row]]:
        last = self.there.row(table.last_row)
        rows = self._rows_behind(table, last) if last else self.here.rows(table.start, self.batch)
        while rows:
            yield rows
            rows = self._rows_behind(table, rows[-1])

    def _rows_behind(self, table: TableStatements, row: Row) -> list[Row]:
        return self.here.rows(table.rows_behind, *row[: table.key_width], self.batch)

    def carry_on_counting(self) -> None:
        """See that new messages get ids above the marks from which messages are counted.

        The message that had the highest id may be deleted, and then no row carries it over.
        """
        mark = self.there.number(HIGHEST_MARK)
        if mark > self.there.number(sql.NEWEST_ID):
            with self.there.transaction():
                self.there.run(TAKE_ID, mark, "", "", "", "", "", "", 0, 0)
                self.there.run(GIVE_BACK_ID, mark)

    def verified(self, table: TableStatements) -> int:
        """How many rows a table has by now, on either side."""
        rows, copied = self.here.number(table.count), self._rows_there(table)
        if copied != rows:
            raise DatabaseError(
                f"the copy is not complete: table {table.table} has {rows} rows in the source"
                f" and {copied} in the target"
            )
        return rows

    def _rows_there(self, table: TableStatements) -> int:
        return self.there.number(table.count)
