"""Moving a database to another engine: every table, row by row, with the ids it has.

Nobody else may be writing to either of the two meanwhile (see ``instance_lock``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from clankbot.database import copying_sql, sql
from clankbot.database.copying_sql import TableStatements
from clankbot.database.database import Database
from clankbot.database.engine import Row, Session
from clankbot.database.schema import MIGRATIONS, version
from clankbot.errors import DatabaseError

_BATCH: Final = 1000

Progress = Callable[[str, int, int], None]
"""Told after each batch: the table, the rows copied of it by now, and the rows there are."""


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What was done: the rows of each table, and how many of all these were copied this time."""

    rows: dict[str, int]
    copied: int


def copy_database(source: Database, target: Database, progress: Progress) -> CopyReport:
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
        for table in copying_sql.TABLES:
            _refuse_other_data(table, here, there)
        copied = sum(_copy_table(table, here, there, progress) for table in copying_sql.TABLES)
        _carry_on_counting(there)
        return CopyReport({t.table: _verified(t, here, there) for t in copying_sql.TABLES}, copied)


def _refuse_other_data(table: TableStatements, here: Session, there: Session) -> None:
    """A table may hold the beginning of the source's and nothing else."""
    last = there.row(table.last_row)
    if last is None:
        return
    key = last[: table.key_width]
    same_row = here.row(table.row_at, *key) == last
    if not same_row or here.number(table.count_up_to, *key) != there.number(table.count):
        raise DatabaseError(
            f"the target already holds other data (table {table.table}); give an empty database"
        )


def _copy_table(table: TableStatements, here: Session, there: Session, progress: Progress) -> int:
    total = here.number(table.count)
    done = before = there.number(table.count)
    for rows in _batches(table, here, there.row(table.last_row)):
        with there.transaction():
            there.run_many(table.add, rows)
        done += len(rows)
        progress(table.table, done, total)
    return done - before


def _batches(table: TableStatements, here: Session, last: Row | None) -> Iterator[list[Row]]:
    """The rows behind ``last``, by and by."""
    if last is None:
        rows = here.rows(table.first_rows, _BATCH)
    else:
        rows = here.rows(table.next_rows, *last[: table.key_width], _BATCH)
    while rows:
        yield rows
        rows = here.rows(table.next_rows, *rows[-1][: table.key_width], _BATCH)


def _carry_on_counting(there: Session) -> None:
    """See that new messages get ids above the marks from which messages are counted.

    The message that had the highest id may be deleted, and then no row carries it over.
    """
    mark = there.number(copying_sql.HIGHEST_MARK)
    if mark > there.number(sql.NEWEST_ID):
        with there.transaction():
            there.run(copying_sql.TAKE_ID, mark, "", "", "", "", "", "", 0, 0)
            there.run(copying_sql.GIVE_BACK_ID, mark)


def _verified(table: TableStatements, here: Session, there: Session) -> int:
    rows, copied = here.number(table.count), there.number(table.count)
    if copied != rows:
        raise DatabaseError(
            f"the copy is not complete: table {table.table} has {rows} rows in the source"
            f" and {copied} in the target"
        )
    return rows
