"""The throw-away server does what the tests of the database rely on."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pymysql
import pytest

from tests.doubles.mariadb import HOST, USER, MariaDb, frozen, sweep
from tests.waiting import wait_until


def test_what_was_stored_survives_a_stop_and_a_start_on_the_same_port(mariadb: MariaDb) -> None:
    name, port = mariadb.new_database(), mariadb.port
    mariadb.execute("CREATE TABLE kept (n INT)", name)
    mariadb.execute("INSERT INTO kept VALUES (7)", name)
    mariadb.stop()
    with pytest.raises(pymysql.OperationalError):
        mariadb.connect()
    mariadb.start()
    assert mariadb.port == port
    assert mariadb.execute("SELECT n FROM kept", name) == [(7,)]


def test_a_frozen_server_says_nothing_and_then_goes_on(mariadb: MariaDb) -> None:
    connection = mariadb.connect(read_timeout_s=1)
    with frozen(mariadb), pytest.raises(pymysql.OperationalError, match="timed out"):
        connection.ping(reconnect=False)
    assert mariadb.execute("SELECT 1") == [(1,)]


_RUN = """
import sys
from tests.doubles.mariadb import MariaDb
with MariaDb() as server:
    print(server.port, server.ca_file.parent, flush=True)
    sys.stdin.read()
"""


@pytest.mark.usefixtures("mariadb")
def test_a_test_run_that_is_killed_leaves_nothing_behind() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        port, folder = run.stdout.readline().decode().split()
        sweep()
        assert Path(folder).exists()
        run.kill()

    def is_down() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, int(port))) != 0

    wait_until(is_down)
    sweep()
    assert not Path(folder).exists()


def test_a_wrong_password_is_refused(mariadb: MariaDb) -> None:
    with pytest.raises(pymysql.OperationalError, match="Access denied"):
        pymysql.connect(host=HOST, port=mariadb.port, user=USER, password="wrong")


def test_each_database_is_a_new_one(mariadb: MariaDb) -> None:
    assert mariadb.new_database() != mariadb.new_database()
