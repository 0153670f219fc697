"""The statements for copying whole tables, beside those of ``sql.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clankbot.database import sql
from clankbot.database.dialect import Statement, both, insert
from clankbot.database.removing_sql import REMOVAL_COLUMNS


@dataclass(frozen=True, slots=True)
class TableStatements:
    """What it takes to copy one table in the order of its key; the key's columns come first."""

    table: str
    key_width: int
    count: Statement
    count_up_to: Statement
    start: Statement
    rows_behind: Statement
    last_row: Statement
    row_at: Statement
    add: Statement


def _table(table: str, key: tuple[str, ...], columns: tuple[str, ...]) -> TableStatements:
    keys, values = ", ".join(key), ", ".join("?" * len(key))
    rows = f"SELECT {', '.join(key + columns)} FROM {table}"
    backwards = ", ".join(f"{column} DESC" for column in key)
    return TableStatements(
        table,
        key_width=len(key),
        count=both(f"SELECT COUNT(*) FROM {table}"),
        count_up_to=both(f"SELECT COUNT(*) FROM {table} WHERE ({keys}) <= ({values})"),
        start=both(f"{rows} ORDER BY {keys} LIMIT ?"),
        rows_behind=both(f"{rows} WHERE ({keys}) > ({values}) ORDER BY {keys} LIMIT ?"),
        last_row=both(f"{rows} ORDER BY {backwards} LIMIT 1"),
        row_at=both(f"{rows} WHERE ({keys}) = ({values})"),
        add=both(insert(table, key + columns)),
    )


_ID: Final = ("id",)
TABLES: Final = (
    _table("messages", _ID, sql.MESSAGE_COLUMNS),
    _table("removals", _ID, REMOVAL_COLUMNS),
    _table("opt_outs", ("user_id",), ("since",)),
    _table("spoken", _ID, (*sql.SPOKEN_COLUMNS, "removed_at")),
    _table("hints", _ID, sql.HINT_COLUMNS),
    _table("channel_config", ("channel",), (*sql.SETTING_COLUMNS, "created_at", "updated_at")),
    _table("setting_changes", _ID, (*sql.CHANGE_COLUMNS, "undone")),
    _table("channel_terms", _ID, sql.TERM_COLUMNS),
    _table("decisions", _ID, sql.DECISION_COLUMNS),
    _table("tallies", sql.TALLY_KEY, ("n",)),
    _table("auth_tokens", _ID, sql.TOKEN_COLUMNS),
)
"""All but counters and traffic, which are of the moment."""

HIGHEST_MARK: Final = both("SELECT MAX(after_row) FROM spoken")
TAKE_ID: Final = both(insert("messages", (*_ID, *sql.MESSAGE_COLUMNS)))
GIVE_BACK_ID: Final = both("DELETE FROM messages WHERE id = ?")
