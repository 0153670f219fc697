"""``backup``: a consistent, verified copy of the SQLite file, while the bot runs or not."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Final

from clankbot.clock import Clock
from clankbot.config.settings import Settings
from clankbot.database.backup import back_up
from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import ClankbotError, DatabaseError
from clankbot.parts import has_database, name_database, start_up
from clankbot.services import key_source
from clankbot.text import counted

_LINE_CHARS: Final = 20


def run(options: argparse.Namespace) -> int:
    """0 once the copy is verified and in its place."""
    settings = start_up()
    database = name_database(settings)
    engine = database.engine
    if not isinstance(engine, SqliteEngine):
        raise ClankbotError(_on_server(settings))
    if not has_database(settings):
        raise ClankbotError(f"there is no database at {settings.database_url}; `run` makes it")
    target = options.file.absolute()
    made = back_up(engine, target, _progress(), replaces=options.force)
    messages = counted(made.rows.get("messages", 0), "message")
    print(
        f"{target}: {made.size_bytes / 1e6:.1f} MB with {messages}, and sound:"
        f" {sum(made.rows.values()):,} rows in {len(made.rows)} tables, as many as in the database."
    )
    key = key_source(settings).file
    beside = ", ".join(str(path) for path in (key, settings.blocked_words_file) if path)
    print(f"Not in it, and needed as well: .env, {beside}.")
    try:
        with database.open() as store:
            store.note_backup(Clock().utc_ms())
    except DatabaseError as error:  # older tables, or in use: the backup is good all the same
        print(f"Its age will not be told: {error}", file=sys.stderr)
    return 0


def _on_server(settings: Settings) -> str:
    return (
        "the data is on a MySQL server, whose own tool copies it: mariadb-dump --single-transaction"
        f" -h {settings.mysql_host} -P {settings.mysql_port} -u {settings.mysql_user} -p"
        f" {settings.mysql_database} > FILE"
    )


def _progress() -> Callable[[int, int], None]:
    """Shows how far it is: on a terminal in one line rewritten, else not at all."""
    is_terminal = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        if is_terminal:
            text = f"{100 * done // max(1, total)} % copied"
            end = "\n" if done >= total else ""
            print(f"\r{text:<{_LINE_CHARS}}", end=end, file=sys.stderr, flush=True)

    return show
