"""MySQL and MariaDB: how the server is reached.  The one file that imports pymysql."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import weakref
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Final

import pymysql
from pymysql.connections import MAX_PACKET_LEN, Connection
from pymysql.constants import CR, ER
from pymysql.cursors import Cursor

from clankbot.clock import doubt_about_clock
from clankbot.database.dialect import MYSQL_WAIT_S, Dialect
from clankbot.database.session import AlreadyThere, ConnectionGone
from clankbot.errors import (
    DatabaseError,
    DatabaseUnavailable,
    WriteRefused,
    WriteTooLarge,
    WrongDatabase,
)
from clankbot.files import refuse_what_is_none
from clankbot.records.accounts import Secret

_MODE: Final = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION"
_SET_UP: Final = (
    "SET SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = 5,"
    f" SESSION wait_timeout = {MYSQL_WAIT_S}",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",  # few locks, each read up to date
)

_LARGEST_PACKET: Final = "SELECT @@max_allowed_packet"
# For the rest of a packet that holds a statement.
_PACKET_MARGIN: Final = 16
# Plugins that hand the password over as it is.
# https://mariadb.com/kb/en/authentication-plugin-pam/ and
# https://dev.mysql.com/doc/refman/8.4/en/cleartext-pluggable-authentication.html
_IN_CLEAR: Final = frozenset({b"mysql_clear_password", b"dialog"})

_PATIENT_S: Final = 3600
_AT_ONCE_S: Final = 0.001

# Codes that PyMySQL's lists lack.  https://mariadb.com/kb/en/mariadb-error-codes/ and
# https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
_CONNECTION_KILLED: Final = 1927
_CLIENT_INTERACTION_TIMEOUT: Final = 4031
_ACCESS_DENIED_NO_PASSWORD: Final = 1698
_READ_ONLY_MODE: Final = 1836
_STATEMENT_TIMEOUT: Final = 1969
_QUERY_TIMEOUT: Final = 3024

_GONE: Final = frozenset(
    {
        0,  # PyMySQL's InterfaceError: it has closed the connection before
        CR.CR_SERVER_GONE_ERROR,
        CR.CR_SERVER_LOST,
        CR.CR_SERVER_LOST_EXTENDED,
        ER.SERVER_SHUTDOWN,
        _CONNECTION_KILLED,
        _CLIENT_INTERACTION_TIMEOUT,
    }
)
_PASSING: Final = frozenset(
    {
        CR.CR_CONNECTION_ERROR,
        CR.CR_CONN_HOST_ERROR,
        CR.CR_UNKNOWN_HOST,
        CR.CR_COMMANDS_OUT_OF_SYNC,
        ER.CON_COUNT_ERROR,
        ER.HOST_IS_BLOCKED,
        ER.TOO_MANY_USER_CONNECTIONS,
        ER.USER_LIMIT_REACHED,
        ER.LOCK_DEADLOCK,
        ER.LOCK_WAIT_TIMEOUT,
        ER.QUERY_INTERRUPTED,
        ER.NEW_ABORTING_CONNECTION,
        ER.NET_READ_ERROR,
        ER.NET_READ_INTERRUPTED,
        ER.NET_ERROR_ON_WRITE,
        ER.NET_WRITE_INTERRUPTED,
        ER.DISK_FULL,
        ER.RECORD_FILE_FULL,
        ER.GET_ERRNO,
        ER.OUTOFMEMORY,
        ER.OUT_OF_RESOURCES,
        ER.OPTION_PREVENTS_STATEMENT,
        _READ_ONLY_MODE,
        _STATEMENT_TIMEOUT,
        _QUERY_TIMEOUT,
    }
)
_DENIED: Final = frozenset(
    {ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, _ACCESS_DENIED_NO_PASSWORD}
)
_ALREADY_THERE: Final = frozenset(
    {ER.TABLE_EXISTS_ERROR, ER.DUP_FIELDNAME, ER.DUP_KEYNAME, ER.CANT_DROP_FIELD_OR_KEY}
)
_OF_A_VALUE: Final = (pymysql.DataError, pymysql.IntegrityError)
# What PyMySQL lets through if something else listens, or a packet is cut short.
_NO_GREETING: Final = (struct.error, IndexError, AssertionError, ValueError)


@dataclass(frozen=True, slots=True)
class MySqlSettings:
    """Where the server is, who asks, and how long the bot waits for it."""

    host: str
    port: int
    user: str
    password: Secret
    database: str
    # Certificates one of which must vouch for the server; None: nothing is checked.
    ssl_ca: Path | None = None
    # For TCP alone, the one wait that cannot be broken off: a stop may have to sit out two.
    connect_timeout_s: int = 2
    # For each answer while signing in; some servers look up the caller's name first.
    greeting_timeout_s: int = 4
    read_timeout_s: int = 10
    write_timeout_s: int = 10


class _BreakableConnection(Connection):
    """PyMySQL's connection, whose patience can be changed, and which any thread can break off.

    It hands the password in clear to nobody that has not proved who it is, and nothing to the
    server that is larger than the server takes.
    """

    _sock: Any
    _secure: bool
    _read_timeout: float | None
    # Whether a certificate vouches for the server, and for no other.
    is_trusted = False
    # https://mariadb.com/kb/en/server-system-variables/#max_allowed_packet
    largest_packet = MAX_PACKET_LEN

    def cursor(self, cursor: None = None) -> Cursor:  # type: ignore[override]
        """A cursor that makes several statements of an insert that would be too large for one."""
        made = Cursor(self)
        most = min(made.max_stmt_length, self.largest_packet - _PACKET_MARGIN)
        made.max_stmt_length = most  # type: ignore[misc]  # PyMySQL reads it from the instance
        return made

    def _execute_command(self, command: int, sql: str | bytes) -> None:
        """A server ends the connection over a packet that is too large, often before it says so."""
        size = len(sql.encode() if isinstance(sql, str) else sql) + 1
        if size > self.largest_packet:
            reason = f"{size} bytes are more than its max_allowed_packet, {self.largest_packet}"
            raise pymysql.DataError(ER.NET_PACKET_TOO_LARGE, reason)
        super()._execute_command(command, sql)  # type: ignore[misc]

    def _process_auth(self, plugin_name: bytes, *more: object) -> object:
        """Whatever answers at the address may ask for the password as it is."""
        if plugin_name in _IN_CLEAR and not (self.is_trusted and self._secure):
            raise WrongDatabase(
                f"the MySQL server at {self.host}:{self.port} asks for the password in clear"
                f" ({plugin_name.decode('ascii', 'replace')}), which it gets only over TLS with a"
                " certificate: set MYSQL_SSL_CA, or have the account use another plugin"
            )
        return super()._process_auth(plugin_name, *more)  # type: ignore[misc]

    def wait_up_to(self, seconds: float) -> None:
        """From now on every answer may take so long."""
        self._read_timeout = seconds

    def is_current(self) -> bool:
        """A server looks after its own files."""
        return True

    is_well = is_still_safe = is_current

    def leave(self) -> bool:
        """See ``session.Connection``."""
        self.close()
        return True

    def break_off(self) -> None:
        """End the wait of the thread that uses it, wherever it stands."""
        self.wait_up_to(_AT_ONCE_S)  # also an answer it only begins to wait for
        if (sock := self._sock) is not None:
            with contextlib.suppress(OSError):
                # Past TLS, which belongs to the other thread.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class MySqlEngine:
    """A database on a server; see ``Engine``."""

    dialect: ClassVar = Dialect.MYSQL
    # PyMySQL's family, what it lets through of a broken peer, and values it cannot send.
    foreign_errors: ClassVar = (pymysql.MySQLError, OSError, UnicodeError, OverflowError)

    def __init__(self, settings: MySqlSettings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        # The open connections of all threads, and whether they were broken off for good.
        self._connections: weakref.WeakSet[_BreakableConnection] = weakref.WeakSet()
        self._abandoned = False

    def create(self) -> None:
        """Nothing to do: the owner of the server makes the database."""

    def connect(self) -> _BreakableConnection:
        """A connection in autocommit mode: utf8mb4, UTC, strict, with time-outs."""
        where = self.settings
        connection = _BreakableConnection(
            host=where.host,
            port=where.port,
            user=where.user,
            password=where.password.reveal().encode(),
            database=where.database,
            charset="utf8mb4",
            sql_mode=_MODE,
            autocommit=True,
            connect_timeout=where.connect_timeout_s,
            read_timeout=where.greeting_timeout_s,
            write_timeout=where.write_timeout_s,
            ssl=self._tls(),
            defer_connect=True,
        )
        connection.is_trusted = where.ssl_ca is not None
        with self._lock:
            if self._abandoned:
                raise DatabaseUnavailable("the bot is stopping and has given the database up")
            self._connections.add(connection)
        try:
            connection.connect()
        except _NO_GREETING as error:
            raise DatabaseUnavailable(
                f"what answers at {where.host}:{where.port} does not greet as a MySQL server"
                f" does: {error}"
            ) from error
        with connection.cursor() as cursor:
            for statement in _SET_UP:
                cursor.execute(statement)
            cursor.execute(_LARGEST_PACKET)
            ((connection.largest_packet,),) = cursor.fetchall()
        connection.wait_up_to(where.read_timeout_s)
        return connection

    def abandon(self) -> None:
        """Break off every wait for the server; those of a patient engine are its own."""
        with self._lock:
            self._abandoned = True
            for connection in self._connections:
                connection.break_off()

    def _tls(self) -> ssl.SSLContext | None:
        if self.settings.ssl_ca is None:
            return None
        try:
            refuse_what_is_none(self.settings.ssl_ca)
            context = ssl.create_default_context(cafile=self.settings.ssl_ca)
        except OSError as error:
            raise WrongDatabase(
                f"MYSQL_SSL_CA is {self.settings.ssl_ca}, which cannot be read ({error});"
                " accepted: a file of CA certificates"
            ) from error
        # From Python 3.13 on also the form of a certificate is checked, and those made as the
        # servers' manuals say lack some extensions.  Who signed it, for whom, and until when still
        # have to be right.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context

    def translate(self, error: Exception) -> DatabaseError:
        """What passes is DatabaseUnavailable: unreachable, hanging, locked, full, read-only."""
        where = f"the MySQL database {self.settings.database} on {self.settings.host}"
        code = error.args[0] if error.args else None
        reason = error.args[-1] if error.args else type(error).__name__
        if isinstance(error, (UnicodeError, OverflowError)):
            return WriteRefused(f"{where} cannot hold a value: {error}")
        if isinstance(error.__context__, ssl.SSLCertVerificationError):
            return self._distrusted(error.__context__)
        if code == ER.NET_PACKET_TOO_LARGE:
            return WriteTooLarge(f"{where} does not take so much at once: {reason}")
        if code in _GONE and isinstance(error.__context__, TimeoutError):
            return DatabaseUnavailable(f"{where} is not available: it gave no answer in time")
        if code in _GONE:
            return ConnectionGone(f"{where} has closed the connection: {reason}")
        if code in _PASSING or isinstance(error, OSError | pymysql.InternalError):
            return DatabaseUnavailable(f"{where} is not available: {reason}")
        if code == ER.BAD_DB_ERROR:
            return WrongDatabase(f"{where} does not exist; MYSQL_DATABASE accepts one that does")
        if code in _DENIED:
            return WrongDatabase(
                f"{where} refuses the user {self.settings.user}: {reason}; MYSQL_USER and"
                " MYSQL_PASSWORD accept a user who may do everything in MYSQL_DATABASE"
            )
        if code in _ALREADY_THERE:
            return AlreadyThere(f"{where}: {reason}")
        kind = WriteRefused if isinstance(error, _OF_A_VALUE) else DatabaseError
        return kind(f"{where} refused a statement: {reason}")

    def _distrusted(self, error: ssl.SSLCertVerificationError) -> DatabaseError:
        host = self.settings.host
        problem = f"the certificate of the MySQL server is not accepted: {error.verify_message}"
        if doubt := doubt_about_clock(error.verify_code):
            return DatabaseUnavailable(problem + doubt)
        return WrongDatabase(
            f"{problem} (MYSQL_HOST is {host}, MYSQL_SSL_CA is {self.settings.ssl_ca}); accepted: a"
            " certificate that names MYSQL_HOST, signed by a CA in MYSQL_SSL_CA"
        )

    def patient(self) -> MySqlEngine:
        """With an hour for one statement: large tables are altered slowly."""
        return MySqlEngine(replace(self.settings, read_timeout_s=_PATIENT_S))
