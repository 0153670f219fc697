"""The statements for deleting messages in steps, beside those of ``sql.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from clankbot.database.dialect import Statement, both, each, insert


@dataclass(frozen=True, slots=True)
class RemovalStatements:
    """How the messages of one scope, up to a row, are deleted in steps."""

    keys: int
    """How many values name the scope; they come first in both statements."""
    step: Statement
    count: Statement


def _removal(index: str, *keys: str) -> RemovalStatements:
    where = " AND ".join(f"{key} = ?" for key in keys) + " AND id <= ?"
    doomed = f"SELECT id FROM messages FORCE INDEX ({index}) WHERE {where}"
    return RemovalStatements(
        len(keys),
        step=each(
            both(f"DELETE FROM messages WHERE id IN ({doomed} LIMIT ?)").sqlite,
            f"DELETE messages FROM messages JOIN ({doomed} LIMIT ?) AS doomed USING (id)",
        ),
        count=both(f"SELECT COUNT(*) FROM messages FORCE INDEX ({index}) WHERE {where}"),
    )


REMOVALS: Final[Mapping[str, RemovalStatements]] = {
    "viewer": _removal("messages_by_viewer", "user_id", "channel"),
    "login": _removal("messages_by_login", "user_login", "channel"),
    "channel": _removal("messages_by_channel", "channel"),
    "everywhere": _removal("messages_by_viewer", "user_id"),
}
"""By scope, as the table ``removals`` names it."""

REMOVAL_COLUMNS: Final = ("scope", "up_to_row", "first_key", "last_key")
ADD_REMOVAL: Final = both(insert("removals", REMOVAL_COLUMNS))
NEXT_REMOVAL: Final = both(
    f"SELECT id, {', '.join(REMOVAL_COLUMNS)} FROM removals ORDER BY id LIMIT 1"
)
END_REMOVAL: Final = both("DELETE FROM removals WHERE id = ?")
