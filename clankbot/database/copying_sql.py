"""The statements for copying whole tables, beside those of ``sql.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clankbot.database.dialect import Statement, both, insert
from clankbot.database.sql import MESSAGE_COLUMNS, SETTING_COLUMNS


@dataclass(frozen=True, slots=True)
class TableStatements:
    """What it takes to copy one table in the order of its key; the key's columns come first."""

    table: str
    key_width: int
    count: Statement
    count_up_to: Statement
    first_rows: Statement
    next_rows: Statement
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
        first_rows=both(f"{rows} ORDER BY {keys} LIMIT ?"),
        next_rows=both(f"{rows} WHERE ({keys}) > ({values}) ORDER BY {keys} LIMIT ?"),
        last_row=both(f"{rows} ORDER BY {backwards} LIMIT 1"),
        row_at=both(f"{rows} WHERE ({keys}) = ({values})"),
        add=both(insert(table, key + columns)),
    )


_ID: Final = ("id",)
TABLES: Final = (
    _table("messages", _ID, MESSAGE_COLUMNS),
    _table("opt_outs", ("user_id",), ("since",)),
    _table(
        "spoken",
        _ID,
        (
            "channel",
            "message_id",
            "after_row",
            "spoken_at",
            "fingerprint",
            "shadow",
            "removed_at",
        ),
    ),
    _table("hints", _ID, ("channel", "hinted_at")),
    _table("channel_config", ("channel",), (*SETTING_COLUMNS, "created_at", "updated_at")),
    _table(
        "setting_changes",
        _ID,
        (
            "channel",
            "setting",
            "old_value",
            "new_value",
            "changed_by_id",
            "changed_by",
            "changed_at",
            "undoes",
            "undone",
        ),
    ),
    _table("channel_terms", _ID, ("channel", "term", "term_key", "changed_by_id", "added_at")),
    _table("decisions", _ID, ("channel", "decided_at", "reason")),
    _table("tallies", ("channel", "day", "what"), ("n",)),
    _table(
        "auth_tokens",
        _ID,
        (
            "access_token",
            "refresh_token",
            "expires_at",
            "bot_username",
            "bot_user_id",
            "created_at",
        ),
    ),
)
"""All but leases and marks, which are of the moment."""

HIGHEST_MARK: Final = both("SELECT MAX(after_row) FROM spoken")
TAKE_ID: Final = both(insert("messages", (*_ID, *MESSAGE_COLUMNS)))
GIVE_BACK_ID: Final = both("DELETE FROM messages WHERE id = ?")
