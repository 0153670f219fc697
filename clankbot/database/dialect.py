"""Two dialects of SQL and what it takes to word one statement in both.

A statement is written once with ``?`` for a value and turned into the text that each engine takes;
if the engines differ in more than that, both texts are given.  No SQL is built from values.

Each statement is a constant above the method that runs it.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final

# How long a MySQL server keeps a silent connection: that of a machine which vanished in the middle
# of a transaction holds its locks for so long.  A connection that is needed again is made anew.
MYSQL_WAIT_S: Final = 120


class Dialect(enum.Enum):
    """Whose SQL is spoken; MYSQL is that of MySQL 8.0.17 and MariaDB 10.11 alike."""

    SQLITE = "sqlite"
    MYSQL = "mysql"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in the words of both engines."""

    sqlite: str
    mysql: str

    def text(self, dialect: Dialect) -> str:
        """The text this engine takes, with its own sign for a value."""
        return self.sqlite if dialect is Dialect.SQLITE else self.mysql


def both(text: str) -> Statement:
    """A statement that both engines take.

    Indexes are named if a planner might err: for a small LIMIT, MySQL likes to walk the whole
    table in the order of the ids, which takes long for a channel that has been quiet for long.
    """
    return each(re.sub(r"FORCE INDEX \((\w+)\)", r"INDEXED BY \1", text), text)


def each(sqlite: str, mysql: str) -> Statement:
    """A statement that the engines word differently; ``?`` stands for a value in both."""
    return Statement(sqlite, mysql.replace("%", "%%").replace("?", "%s"))


def insert(table: str, columns: str) -> str:
    """The plain INSERT of one row.  PyMySQL makes many rows of it one statement."""
    signs = ", ".join("?" * len(columns.split(",")))
    return f"INSERT INTO {table} ({columns}) VALUES ({signs})"


def insert_new(table: str, columns: str, key: str) -> Statement:
    """Insert unless a row with this key is there; any other trouble is still an error."""
    row, first = insert(table, columns), columns.split(",")[0]
    return each(
        f"{row} ON CONFLICT ({key}) DO NOTHING",
        f"{row} ON DUPLICATE KEY UPDATE {first} = {first}",
    )


def upsert(table: str, columns: str, key: str, update: str) -> Statement:
    """Insert, or carry out ``update`` if a row with this key is there.

    In ``update``, ``VALUES(column)`` is what would have been inserted.
    """
    row = insert(table, columns)
    sqlite_update = re.sub(r"VALUES\((\w+)\)", r"excluded.\1", update)
    return each(
        f"{row} ON CONFLICT ({key}) DO UPDATE SET {sqlite_update}",
        f"{row} ON DUPLICATE KEY UPDATE {update}",
    )


def named_lock(purpose: str) -> str:
    """The name of one of a MySQL server's locks, as SQL.

    A server has one set of lock names for all databases, and takes 64 characters.
    """
    return f"CONCAT('clankbot-{purpose}-', LEFT(SHA2(DATABASE(), 256), 40))"
