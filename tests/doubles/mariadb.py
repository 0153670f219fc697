"""A throw-away MariaDB server: the real program with a data folder of its own, on loopback.

It can be stopped and started again on the same port, and frozen (SIGSTOP) and thawed, as a server
that hangs.  Nothing of an installed server's settings or data is read or touched.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pymysql
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.waiting import PATIENCE_S, wait_until

HOST: Final = "127.0.0.1"
USER: Final = "clank"
PASSWORD: Final = "p'ass \\ wörd"
_ROOM_BYTES: Final = 500_000_000
_PATH: Final = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"))

_SERVER: Final = shutil.which("mariadbd", path=_PATH)
_INSTALLER: Final = shutil.which("mariadb-install-db", path=_PATH)
MISSING: Final = (
    None
    if _SERVER and _INSTALLER
    else "MySQL was not tested: no MariaDB server program here (Debian: apt install mariadb-server)"
)
"""Why there can be no server, or None."""

_SETPRIV: Final = shutil.which("setpriv", path=_PATH)
_DIES_WITH_US: Final = (_SETPRIV, "--pdeathsig", "KILL") if _SETPRIV else ()
_FOLDER: Final = "clankbot-mariadb-"

_FAST: Final = (
    "--innodb-flush-log-at-trx-commit=2",  # a killed server loses nothing, only a power cut would
    "--innodb-flush-method=nosync",
    "--innodb-log-file-size=8M",
    "--innodb-use-native-aio=0",  # the kernel grants few of these to all the servers of a run
)
_SMALL: Final = (
    "--innodb-fast-shutdown=2",
    "--innodb-buffer-pool-size=32M",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--performance-schema=OFF",
    "--max-connections=50",
)


class MariaDb:
    """One server, started by entering it and gone without a trace at the end."""

    def __init__(self) -> None:
        self.port = 0
        self._folder = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0

    def __enter__(self) -> Self:
        sweep()
        prefix = f"{_FOLDER}{os.getpid()}-"
        self._folder = Path(tempfile.mkdtemp(prefix=prefix, dir=_quick_place()))
        try:
            self._install()
            self.port = _free_port()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def ca_file(self) -> Path:
        """The certificate that vouches for the server."""
        return self._folder / "ca.pem"

    def start(self) -> None:
        """Start it, on the port it had before; returns when it takes connections."""
        assert _SERVER is not None
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_DIES_WITH_US, _SERVER, *self._options(), *_FAST, *_SMALL],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(self._answers)

    def stop(self) -> None:
        """End it in good order; connections are broken off."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(PATIENCE_S)

    def freeze(self) -> None:
        """Let it hang: connections stay, nothing is answered.  Returns when it does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def thaw(self) -> None:
        """Let it go on where it was."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def new_database(self) -> str:
        """An empty database; its name."""
        self._databases += 1
        name = f"clank_{self._databases}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def execute(self, statement: str, database: str | None = None) -> list[tuple[object, ...]]:
        """Run a statement as the tests' own user; its rows."""
        with closing(self.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def connect(
        self, database: str | None = None, read_timeout_s: int = int(PATIENCE_S)
    ) -> pymysql.Connection:
        """A plain connection for looking at things from outside."""
        return pymysql.connect(
            host=HOST,
            port=self.port,
            user=USER,
            password=PASSWORD.encode(),
            database=database,
            autocommit=True,
            connect_timeout=int(PATIENCE_S),
            read_timeout=read_timeout_s,
            ssl_disabled=True,
        )

    def _install(self) -> None:
        assert _INSTALLER is not None
        write_certificates(self._folder)
        start_sql = self._folder / "start.sql"
        start_sql.write_text(
            f"CREATE OR REPLACE USER '{USER}'@'{HOST}' IDENTIFIED BY '{_quoted(PASSWORD)}';\n"
            f"GRANT ALL ON *.* TO '{USER}'@'{HOST}' WITH GRANT OPTION;\n",
            encoding="utf-8",
        )
        subprocess.run(
            [
                _INSTALLER,
                "--no-defaults",
                f"--datadir={self._folder / 'data'}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                *_as_user(),
                *_FAST,
            ],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_S,
        )

    def _options(self) -> Iterator[str]:
        yield "--no-defaults"
        yield from _as_user()
        yield f"--datadir={self._folder / 'data'}"
        yield f"--socket={self._folder / 'socket'}"
        yield f"--pid-file={self._folder / 'pid'}"
        yield f"--init-file={self._folder / 'start.sql'}"
        yield f"--ssl-ca={self.ca_file}"
        yield f"--ssl-cert={self._folder / 'server.pem'}"
        yield f"--ssl-key={self._folder / 'server.key'}"
        yield f"--bind-address={HOST}"
        yield f"--port={self.port}"

    def _answers(self) -> bool:
        assert self._process is not None
        log = (self._folder / "log").read_text("utf-8", "replace")
        assert self._process.poll() is None, f"the MariaDB server did not start:\n{log[-2000:]}"
        try:
            self.connect().close()
        except pymysql.MySQLError:
            return False
        return True


@contextmanager
def frozen(server: MariaDb) -> Iterator[None]:
    """The server hangs in this block, and in no case longer."""
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


def sweep() -> None:
    """Remove what test runs left that were killed; each folder names the process it belongs to."""
    for folder in _quick_place().glob(f"{_FOLDER}*-*"):
        owner = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _quick_place() -> Path:
    """Memory, where there is enough of it: a server syncs its files often while it starts."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_BYTES:
        return memory
    return Path(tempfile.gettempdir())


def _as_user() -> tuple[str, ...]:
    """The server refuses to run as root unless told to."""
    return ("--user=root",) if os.geteuid() == 0 else ()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def write_certificates(folder: Path) -> None:
    """A CA of our own and a certificate for the server's address, both as bare as the servers'
    manuals make them."""
    ca_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "throw-away CA")])
    ca = (
        _certificate(ca_name, ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    server = (
        _certificate(
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "throw-away server")]),
            ca_name,
            server_key.public_key(),
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(server.public_bytes(pem))
    (folder / "server.key").write_bytes(
        server_key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
