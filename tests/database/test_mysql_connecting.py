"""Reaching a MySQL server: wrong settings, certificates, other programs in its place, time-outs."""

from __future__ import annotations

import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pymysql
import pytest

from clankbot.database.database import Database
from clankbot.database.dialect import both
from clankbot.database.mysql import MySqlEngine, MySqlSettings
from clankbot.database.session import Session
from clankbot.errors import DatabaseError, DatabaseUnavailable, WrongDatabase
from clankbot.records.accounts import Secret
from tests.database.conftest import reached_by
from tests.doubles.greedy_mysql import GreedyMySql
from tests.doubles.mariadb import HOST, write_certificates
from tests.doubles.mysql_proxy import MysqlProxy


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"database": "nowhere"}, "database nowhere on 127.0.0.1 does not exist; MYSQL_DATABASE"),
        ({"user": "stranger"}, "refuses the user stranger: .*; MYSQL_USER and MYSQL_PASSWORD"),
        ({"password": Secret("hunter2")}, "refuses the user clank: .*; MYSQL_USER"),
    ],
)
def test_wrong_settings_are_told_and_not_tried_again(
    mysql: Database, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(WrongDatabase, match=sentence) as caught:
        reached_by(mysql, **changes).prepare()
    assert "hunter2" not in str(caught.value)


def test_no_server_at_all_is_unavailable(mysql: Database, proxy: MysqlProxy) -> None:
    proxy.__exit__(None, None, None)
    with pytest.raises(DatabaseUnavailable, match="Connection refused"):
        reached_by(mysql, port=proxy.port).prepare()


def test_certificates_are_checked_where_asked(
    mysql: Database, proxy: MysqlProxy, tmp_path: Path
) -> None:
    cipher = both("SHOW STATUS LIKE 'Ssl_cipher'")
    with closing(Session(mysql.engine)) as session:
        assert session.rows(cipher)[0][1] != ""
    write_certificates(tmp_path)
    with pytest.raises(WrongDatabase, match=r"is not accepted: .*signed by a CA in MYSQL_SSL_CA"):
        reached_by(mysql, ssl_ca=tmp_path / "ca.pem").prepare()
    with pytest.raises(WrongDatabase, match=r"'localhost'.* that names MYSQL_HOST"):
        reached_by(mysql, host="localhost").prepare()
    with pytest.raises(DatabaseError, match="SSL is required"):
        reached_by(mysql, port=proxy.port).prepare()
    with pytest.raises(WrongDatabase, match=r"MYSQL_SSL_CA is .*nothing, which cannot be read"):
        reached_by(mysql, ssl_ca=tmp_path / "nothing").prepare()


def test_a_certificate_out_of_date_may_be_in_order_later(mysql: Database) -> None:
    expired = ssl.SSLCertVerificationError()
    expired.verify_code, expired.verify_message = 10, "certificate has expired"
    error = pymysql.OperationalError(2003, "cannot connect")
    error.__context__ = expired
    assert isinstance(mysql.engine.translate(error), DatabaseUnavailable)


@pytest.mark.parametrize(
    "greeting",
    [b"\x01\0\0\0\x0a", b"\0\0\0\0", b"\x09\0\0\0\x0a5.5\0\x01\0\0\0", b"SSH-2.0-OpenSSH_9.2\r\n"],
)
def test_what_greets_in_another_way_is_unavailable(mysql: Database, greeting: bytes) -> None:
    with socket.create_server((HOST, 0)) as server, ThreadPoolExecutor(1) as other:
        prepared = other.submit(reached_by(mysql, port=server.getsockname()[1]).prepare)
        connection, _ = server.accept()
        with connection:
            connection.sendall(greeting)
            connection.shutdown(socket.SHUT_WR)
            assert isinstance(prepared.exception(5), DatabaseUnavailable)


def test_the_usual_time_outs_are_those_of_the_connection(mysql: Database) -> None:
    where = MySqlSettings("host", 3306, "user", Secret("password"), "database")
    assert (where.connect_timeout_s, where.greeting_timeout_s) == (2, 4)
    with closing(reached_by(mysql).engine.connect()) as line:
        assert isinstance(line, pymysql.connections.Connection)
        assert line.connect_timeout == 2
        line.query("DO 0")
        assert line._sock.gettimeout() == line._read_timeout == 10
        assert line._write_timeout == 10


@pytest.mark.parametrize("plugin", [b"mysql_clear_password", b"dialog"])
def test_a_password_is_given_in_clear_to_nobody_who_has_not_proved_who_it_is(plugin: bytes) -> None:
    with GreedyMySql(plugin) as server:
        where = MySqlSettings(HOST, server.port, "clank", Secret("hunter2"), "clank")
        with pytest.raises(WrongDatabase) as caught:
            Database(MySqlEngine(where)).prepare()
    assert str(caught.value) == (
        f"the MySQL server at {HOST}:{server.port} asks for the password in clear"
        f" ({plugin.decode()}), which it gets only over TLS with a certificate: set MYSQL_SSL_CA,"
        " or have the account use another plugin"
    )
    assert b"clank" in server.heard
    assert b"hunter2" not in server.heard
