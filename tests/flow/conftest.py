"""Whole bots on either engine: one that is to use MySQL is told so by ``.env`` in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles.mariadb import HOST, PASSWORD, USER, MariaDb


@pytest.fixture
def on_mysql(mariadb: MariaDb, tmp_path: Path) -> None:
    """The bots of this test keep their data on the throw-away server."""
    password = PASSWORD.replace("\\", "\\\\")
    settings = {
        "DATABASE_TYPE": "mysql",
        "MYSQL_HOST": HOST,
        "MYSQL_PORT": mariadb.port,
        "MYSQL_USER": USER,
        "MYSQL_PASSWORD": f'"{password}"',
        "MYSQL_DATABASE": mariadb.new_database(),
    }
    lines = (f"{name}={value}\n" for name, value in settings.items())
    (tmp_path / ".env").write_text("".join(lines), encoding="utf-8")


@pytest.fixture(params=["sqlite", "mysql"])
def on_each_engine(request: pytest.FixtureRequest) -> None:
    """The test runs twice: with the data in a file, and on the server."""
    if request.param == "mysql":
        request.getfixturevalue("on_mysql")
