"""Moving a database to another engine: every table, row by row, with the ids it has.

Nobody else may be writing to either of the two meanwhile (see ``hold_instance_lock``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from clankbot.database import channel_names, channels, figures, spoken, tokens
from clankbot.database.database import Database
from clankbot.database.dialect import Dialect, both, insert
from clankbot.database.messages import MESSAGE_COLUMNS, REMOVAL_COLUMNS, Messages
from clankbot.database.schema import MIGRATIONS, version
from clankbot.database.session import Row, Session
from clankbot.errors import DatabaseError

# Rows a transaction: many enough to be quick, few enough to show progress.
_BATCH: Final = 1000

_HOW_TO_EMPTY: Final[Mapping[Dialect, str]] = {
    Dialect.MYSQL: "empty it first: DROP DATABASE, CREATE DATABASE",
    Dialect.SQLITE: "move that file away first",
}

# Told after each batch: the table, the rows copied of it by now, and the rows there are.
Progress = Callable[[str, int, int], None]


class Table:
    """What it takes to copy one table in the order of its key; the key's columns come first."""

    def __init__(self, name: str, key: str, columns: str) -> None:
        self.name = name
        self.key_width = len(key.split(","))
        values = ", ".join("?" * self.key_width)
        backwards = key.replace(",", " DESC,") + " DESC"
        rows = f"SELECT {key}, {columns} FROM {name}"
        self.add = both(insert(name, f"{key}, {columns}"))
        self.count = both(f"SELECT COUNT(*) FROM {name}")
        self.count_up_to = both(f"SELECT COUNT(*) FROM {name} WHERE ({key}) <= ({values})")
        self.first_rows = both(f"{rows} ORDER BY {key} LIMIT ?")
        self.rows_behind = both(f"{rows} WHERE ({key}) > ({values}) ORDER BY {key} LIMIT ?")
        self.last_row = both(f"{rows} ORDER BY {backwards} LIMIT 1")
        self.row_at = both(f"{rows} WHERE ({key}) = ({values})")


# All but counters and traffic, which are of the moment.
TABLES: Final = (
    Table("messages", "id", MESSAGE_COLUMNS),
    Table("removals", "id", REMOVAL_COLUMNS),
    Table("opt_outs", "user_id", "since"),
    Table("spoken", "id", f"{spoken.SPOKEN_COLUMNS}, removed_at, reactions"),
    Table("channels", channel_names.CHANNEL_KEY, channel_names.CHANNEL_COLUMNS),
    Table("hints", "id", spoken.HINT_COLUMNS),
    Table("channel_config", "channel", channels.CONFIG_COLUMNS),
    Table("setting_changes", "id", f"{channels.CHANGE_COLUMNS}, undone"),
    Table("channel_terms", "id", channels.TERM_COLUMNS),
    Table("decisions", "id", channels.DECISION_COLUMNS),
    Table("tallies", channels.TALLY_KEY, "n"),
    Table("figures", figures.FIGURES_KEY, "counts"),
    Table("windows", "channel", "first_row"),
    Table("model_figures", "model", "figures"),
    Table("auth_tokens", "id", tokens.TOKEN_COLUMNS),
)


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What was done: the rows of each table, and how many of all these were copied this time."""

    rows: dict[str, int]
    copied: int


def copy_database(
    source: Database, target: Database, progress: Progress, batch: int = _BATCH
) -> CopyReport:
    """Copy all that is in the source; it is only read.

    Continues where an interrupted copy ended, and does nothing if all is there.  DatabaseError
    if the target holds anything else, or if the counts differ in the end.
    """
    target.prepare()
    with (
        closing(Session(source.engine.patient())) as here,
        closing(Session(target.engine.patient())) as there,
    ):
        if version(here) != len(MIGRATIONS):
            raise DatabaseError("the source has an older schema; start the bot on it once before")
        for table in TABLES:
            _refuse_other_data(here, there, table)
        copied = 0
        for table in TABLES:
            total, done = here.number(table.count), there.number(table.count)
            for rows in _missing_rows(here, there, table, batch):
                with there.transaction():
                    there.run_many(table.add, rows)
                done, copied = done + len(rows), copied + len(rows)
                progress(table.name, done, total)
        _carry_on_counting(there)
        return CopyReport({table.name: _verified(here, there, table) for table in TABLES}, copied)


def _refuse_other_data(here: Session, there: Session, table: Table) -> None:
    """A table may hold the beginning of the source's and nothing else."""
    last = there.row(table.last_row)
    if last is None:
        return
    key = last[: table.key_width]
    expected = here.number(table.count_up_to, *key)
    if here.row(table.row_at, *key) != last or there.number(table.count) != expected:
        raise DatabaseError(
            f"the target already holds other data (table {table.name}), or an earlier copy"
            f" that no longer matches the source; {_HOW_TO_EMPTY[there.dialect]}"
        )


def _missing_rows(here: Session, there: Session, table: Table, batch: int) -> Iterator[list[Row]]:
    """What is behind the last row of the target, so many at a time."""
    last = there.row(table.last_row)
    while rows := (
        here.rows(table.rows_behind, *last[: table.key_width], batch)
        if last
        else here.rows(table.first_rows, batch)
    ):
        yield rows
        last = rows[-1]


_HIGHEST_MARK: Final = both("SELECT MAX(after_row) FROM spoken")
_TAKE_ID: Final = both(insert("messages", f"id, {MESSAGE_COLUMNS}"))
_GIVE_BACK_ID: Final = both("DELETE FROM messages WHERE id = ?")


def _carry_on_counting(there: Session) -> None:
    """See that new messages get ids above the marks from which messages are counted.

    The message that had the highest id may be deleted, and then no row carries it over.
    """
    mark = there.number(_HIGHEST_MARK)
    if mark > there.number(Messages.NEWEST_ID):
        with there.transaction():
            there.run(_TAKE_ID, mark, "", "", "", "", "", "", 0, 0)
            there.run(_GIVE_BACK_ID, mark)


def _verified(here: Session, there: Session, table: Table) -> int:
    """How many rows a table has by now, on either side."""
    rows, copied = here.number(table.count), there.number(table.count)
    if copied != rows:
        raise DatabaseError(
            f"the copy is not complete: table {table.name} has {rows} rows in the source"
            f" and {copied} in the target"
        )
    return rows
