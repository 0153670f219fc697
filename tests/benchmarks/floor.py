"""The smallest client that reads chat and stores it: the yardstick for what the bot costs.

    python -m tests.benchmarks.floor HOST PORT FILE

One thread, no filter, no decisions, no log: it parses each line into its tags and its text, and
stores those of 100 ms in one transaction, in a table with the columns and the one key of the bot's.
"""

from __future__ import annotations

import select
import socket
import sqlite3
import sys
import time

COLLECT_S = 0.1
TABLE = """
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_login TEXT NOT NULL,
    user_display_name TEXT NOT NULL,
    message_content TEXT NOT NULL,
    timestamp INTEGER NOT NULL
)
"""
INSERT = (
    "INSERT INTO messages (message_id, channel, user_id, user_login, user_display_name,"
    " message_content, timestamp) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
Row = tuple[str, str, str, str, str, str, int]


def row_of(line: str) -> Row | None:
    """What is stored of a line of chat; None if it is none."""
    section, _, rest = line[1:].partition(" ")
    prefix, *command = rest.split(" ", 3)
    if len(command) < 3 or command[0] != "PRIVMSG":
        return None
    _, channel, text = command
    tags = dict(item.split("=", 1) for item in section.split(";"))
    login = prefix[1:].partition("!")[0]
    name, sent_ms = tags["display-name"], int(tags["tmi-sent-ts"])
    return tags["id"], channel[1:], tags["user-id"], login, name, text[1:], sent_ms


def main() -> None:
    """Read and store until the server ends the connection."""
    host, port, path = sys.argv[1:]
    database = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", TABLE):
        database.execute(statement)
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"CAP REQ :twitch.tv/tags twitch.tv/commands\r\nNICK justinfan1\r\nJOIN #alpha\r\n"
        )
        waiting: list[Row] = []
        unfinished, store_at = b"", 0.0
        while True:
            left_s = max(0.0, store_at - time.monotonic()) if waiting else None
            if select.select([connection], [], [], left_s)[0]:
                data = connection.recv(65536)
                if not data:
                    break
                *lines, unfinished = (unfinished + data).split(b"\r\n")
                for line in lines:
                    if (row := row_of(line.decode())) is not None:
                        waiting.append(row)
                        if len(waiting) == 1:
                            store_at = time.monotonic() + COLLECT_S
            if waiting and time.monotonic() >= store_at:
                store(database, waiting)
                waiting.clear()
        store(database, waiting)


def store(database: sqlite3.Connection, rows: list[Row]) -> None:
    """All of it in one transaction."""
    database.execute("BEGIN IMMEDIATE")
    database.executemany(INSERT, rows)
    database.execute("COMMIT")


if __name__ == "__main__":
    main()
