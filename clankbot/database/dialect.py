"""Two dialects of SQL and what it takes to word one statement in both.

A statement is written once with ``?`` for a value and turned into the text that each engine takes;
where the engines differ in more than that, both texts are given.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class Dialect(enum.Enum):
    """Whose SQL is spoken."""

    SQLITE = "sqlite"
    MYSQL = "mysql"
    """MySQL 8.0.17 and MariaDB 10.11 alike."""


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

    Indexes are named where a planner might err: for a small LIMIT, MySQL likes to walk the whole
    table in the order of the ids, which takes long for a channel that has been quiet for long.
    """
    return each(re.sub(r"FORCE INDEX \((\w+)\)", r"INDEXED BY \1", text), text)


def each(sqlite: str, mysql: str) -> Statement:
    """A statement that the engines word differently; ``?`` stands for a value in both."""
    return Statement(sqlite, mysql.replace("%", "%%").replace("?", "%s"))


def insert(table: str, columns: tuple[str, ...]) -> str:
    """The plain INSERT of one row.  PyMySQL makes many rows of it one statement."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def insert_new(table: str, columns: tuple[str, ...], key: str) -> Statement:
    """Insert unless a row with this key is there; any other trouble is still an error."""
    row = insert(table, columns)
    return each(
        f"{row} ON CONFLICT ({key}) DO NOTHING",
        f"{row} ON DUPLICATE KEY UPDATE {columns[0]} = {columns[0]}",
    )


def upsert(table: str, columns: tuple[str, ...], key: str, update: tuple[str, ...]) -> Statement:
    """Insert, or write only the columns in ``update`` where a row with this key is there."""
    row = insert(table, columns)
    sqlite = ", ".join(f"{column} = excluded.{column}" for column in update)
    mysql = ", ".join(f"{column} = VALUES({column})" for column in update)
    return each(
        f"{row} ON CONFLICT ({key}) DO UPDATE SET {sqlite}",
        f"{row} ON DUPLICATE KEY UPDATE {mysql}",
    )
