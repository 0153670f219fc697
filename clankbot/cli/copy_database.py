"""``copy-database``: move a history between SQLite and MySQL/MariaDB.

The source is only read.  No bot may be at work on either side meanwhile.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from clankbot.config.settings import mysql_requirements, require
from clankbot.database.copying import copy_database
from clankbot.database.database import Database
from clankbot.database.locks import hold_instance_lock
from clankbot.errors import DatabaseError
from clankbot.parts import mysql_database, start_up

# Room for the longest line of progress, so that a shorter one covers it.
_LINE_CHARS = 60


def run(options: argparse.Namespace) -> int:
    """0 if all of the source is in the target; DATABASE_TYPE does not matter."""
    settings = start_up()
    require(settings, mysql_requirements)
    file, server = Database.sqlite(settings.database_url), mysql_database(settings)
    to_mysql = options.direction == "to-mysql"
    if to_mysql and not settings.database_url.is_file():
        raise DatabaseError(f"there is no database {settings.database_url} to copy (DATABASE_URL)")
    source, target = (file, server) if to_mysql else (server, file)
    lost: list[Exception] = []
    try:
        with (
            hold_instance_lock(file.engine, lost.append),
            hold_instance_lock(server.engine, lost.append),
        ):
            report = copy_database(source, target, _progress(lost))
    except KeyboardInterrupt:
        print(
            "\nInterrupted.  What is copied stays; the same command goes on from there.",
            file=sys.stderr,
        )
        raise
    total, messages = sum(report.rows.values()), report.rows["messages"]
    print(
        f"Copied {report.copied:,} rows.  Both databases hold {total:,} rows now, {messages:,} of"
        " them messages, and each table as many as the other's."
    )
    print(f"Next: set DATABASE_TYPE={'mysql' if to_mysql else 'sqlite'} in .env, start the bot.")
    return 0


def _progress(lost: Sequence[Exception]) -> Callable[[str, int, int], None]:
    """Shows how far each table is: on a terminal in one line rewritten, else once it is done.

    Ends the copy if a lock was lost.
    """
    is_terminal = sys.stdout.isatty()

    def show(table: str, done: int, total: int) -> None:
        for error in lost:
            raise error
        text = f"{table}: {done:,} of {total:,} rows"
        if is_terminal:
            print(f"\r{text:<{_LINE_CHARS}}", end="\n" if done >= total else "", flush=True)
        elif done >= total:
            print(text, flush=True)

    return show
