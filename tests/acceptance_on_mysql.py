"""The acceptance scenarios with the bot's data on MySQL: ``python -m tests.acceptance_on_mysql``.

Takes the scenarios as they stand (``run.py`` and ``world.py`` in ACCEPTANCE_DIR, by default
``../shared/acceptance``) and their options.  Each bot gets an empty database of its own on a
throw-away server; where a scenario looks at what is stored, it is shown that database.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pymysql
from pymysql.cursors import DictCursor

from tests.doubles.mariadb import HOST, MISSING, PASSWORD, USER, MariaDb

_ROOT: Final = Path(__file__).resolve().parents[1]
_SCENARIOS: Final = Path(os.environ.get("ACCEPTANCE_DIR", _ROOT.parent / "shared" / "acceptance"))


class _StoredData:
    """In the place of the path to the SQLite file: whether a bot has made any table."""

    def __init__(self, server: MariaDb, name: str) -> None:
        self._server = server
        self._name = name

    def exists(self) -> bool:
        return bool(self._server.execute("SHOW TABLES", self._name))


def _bot_on(server: MariaDb, file_bot: type) -> type:
    """``world.Bot`` with its data on the server."""

    class MySqlBot(file_bot):  # type: ignore[misc]
        def __init__(self, *args: object, **settings: object) -> None:
            self.database_name = server.new_database()
            where = {
                "DATABASE_TYPE": "mysql",
                "MYSQL_HOST": HOST,
                "MYSQL_PORT": server.port,
                "MYSQL_USER": USER,
                "MYSQL_PASSWORD": PASSWORD,
                "MYSQL_DATABASE": self.database_name,
                "MYSQL_SSL_CA": server.ca_file,
            }
            super().__init__(*args, **(where | settings))

        def __exit__(self, *failure: object) -> None:
            files = sorted(path.name for path in self.work.glob("chatbot.db*"))
            super().__exit__(*failure)
            assert not files, f"the scenario was about SQLite after all: {files}"

        def command(self, *args: str, **options: object) -> object:
            """As before; what is on the server then lies beside the bot's other files, too, for a
            scenario that searches all of them for secrets."""
            done = super().command(*args, **options)
            tables = server.execute("SHOW TABLES", self.database_name)
            rows = [
                server.execute(f"SELECT * FROM {name}", self.database_name) for (name,) in tables
            ]
            (self.work / "rows-on-the-server").write_text(repr(rows), encoding="utf-8")
            return done

        @property
        def database(self) -> _StoredData:
            return _StoredData(server, self.database_name)

        def query(self, statement: str, *values: object) -> list[dict[str, Any]]:
            """Rows; none while the table does not exist yet."""
            with (
                closing(server.connect(self.database_name)) as connection,
                connection.cursor(DictCursor) as cursor,
            ):
                try:
                    cursor.execute(statement.replace("%", "%%").replace("?", "%s"), values)
                except pymysql.ProgrammingError as problem:
                    if problem.args[0] == pymysql.constants.ER.NO_SUCH_TABLE:
                        return []
                    raise
                return list(cursor.fetchall())

    return MySqlBot


def _no_scenarios() -> str | None:
    if (_SCENARIOS / "run.py").is_file():
        return None
    return f"There are no scenarios in {_SCENARIOS}; set ACCEPTANCE_DIR."


def main() -> int:
    """What ``run.py`` says: 0 when all scenarios passed."""
    if problem := MISSING or _no_scenarios():
        print(problem, file=sys.stderr)
        return 1
    os.environ.setdefault("CLANKBOT_DIR", str(_ROOT))
    os.environ.setdefault("CLANKBOT_PYTHON", sys.executable)
    sys.path.insert(0, str(_SCENARIOS))
    world = importlib.import_module("world")
    with MariaDb() as server:
        world.Bot = _bot_on(server, world.Bot)  # type: ignore[attr-defined]
        status: int = importlib.import_module("run").main()
    return status


if __name__ == "__main__":
    sys.exit(main())
