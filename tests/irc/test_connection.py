"""Real sockets on loopback: what passes, what is refused, and how long anything may take."""

from __future__ import annotations

import contextlib
import inspect
import itertools
import logging
import random
import select
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from clankbot.errors import ConnectionLost
from clankbot.irc.connection import (
    Connection,
    LineBuffer,
    Link,
    default_tls_context,
    dial,
)
from tests.doubles.twitch_room import TwitchRoom
from tests.irc.certificates import Certificate, make_certificate
from tests.irc.corpus import ROWS
from tests.irc.rigs import two_ends
from tests.waiting import AT_ONCE_S, PATIENCE_S

LINES = [row["line"] for row in ROWS if row["line"]]
STREAM = "".join(f"{line}\r\n" for line in LINES).encode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def read(connection: Connection, count: int) -> list[str]:
    """At least so many lines, if they come at all."""
    lines: list[str] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(lines) < count and time.monotonic() < deadline:
        lines += connection.read_lines() or []
    return lines


# --- bytes to lines ---


def test_lines_fed_byte_by_byte_come_out_whole() -> None:
    buffer = LineBuffer()
    assert [line for byte in STREAM for line in buffer.feed(bytes([byte]))] == LINES


def test_lines_cut_anywhere_come_out_whole() -> None:
    dice = random.Random(3)
    for _ in range(20):
        buffer = LineBuffer()
        cuts = sorted(dice.choices(range(len(STREAM)), k=40))
        pieces = [STREAM[a:b] for a, b in zip([0, *cuts], [*cuts, len(STREAM)], strict=True)]
        assert [line for piece in pieces for line in buffer.feed(piece)] == LINES


def test_a_line_may_end_without_a_carriage_return_but_loses_only_one() -> None:
    assert LineBuffer().feed(b"one\ntwo\r\nthree\r\r\n\r\n\n") == ["one", "two", "three\r"]


def test_invalid_bytes_harm_only_their_own_line() -> None:
    lines = LineBuffer().feed(b"a\xff\xfeb\r\n\xe6\xbc\r\n\xe6\xbc\xa2\r\n")
    assert lines == ["a\ufffd\ufffdb", "\ufffd", "\u6f22"]


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_an_over_long_line_is_dropped_whole_and_the_next_one_read(
    size: int, caplog: pytest.LogCaptureFixture
) -> None:
    stream = b"before\r\n" + b"x" * 500 + b"\r\nafter\r\n" + b"y" * 98 + b"\r\n"
    buffer = LineBuffer(limit_bytes=100)
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    with caplog.at_level(logging.WARNING):
        lines = [line for piece in pieces for line in buffer.feed(piece)]
    assert lines == ["before", "after", "y" * 98]
    assert [record.getMessage() for record in caplog.records] == ["over-long line dropped"]


def test_over_long_lines_are_summed_up(caplog: pytest.LogCaptureFixture) -> None:
    buffer = LineBuffer(limit_bytes=10)
    for _ in range(2000):
        buffer.feed(b"x" * 11 + b"\n")
    assert [record.__dict__["lines"] for record in caplog.records] == [1, 10, 100, 1000]


def test_a_line_that_never_ends_is_not_held() -> None:
    buffer = LineBuffer()
    piece = b"x" * 65_536
    tracemalloc.start()
    try:
        for _ in range(200):
            assert buffer.feed(piece) == []
        assert tracemalloc.get_traced_memory()[1] < 1_000_000, "of 13 MB that never ended"
    finally:
        tracemalloc.stop()


# --- reading ---


def test_lines_that_come_byte_by_byte_are_whole() -> None:
    with two_ends() as (connection, server):
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = []
        for byte in STREAM[:2000]:
            server.sendall(bytes([byte]))
            lines += connection.read_lines() or []
        server.sendall(STREAM[2000:])
        lines += read(connection, len(LINES) - len(lines))
        assert lines == LINES


def test_nothing_to_read_takes_a_moment_and_gives_nothing() -> None:
    with two_ends() as (connection, _):
        began = time.monotonic()
        assert connection.read_lines() is None
        assert 0.1 < time.monotonic() - began < AT_ONCE_S


def test_what_comes_in_that_moment_is_read_at_once() -> None:
    with two_ends() as (connection, server):
        timer = threading.Timer(0.02, server.sendall, args=[b"PING :x\r\n"])
        timer.start()
        assert connection.read_lines() == ["PING :x"]
        timer.join()


def test_what_was_said_before_the_end_is_read_before_the_end_is_told() -> None:
    with two_ends() as (connection, server):
        server.sendall(b"one\r\ntwo\r\nunfinished")
        server.close()
        assert read(connection, 2) == ["one", "two"]
        with pytest.raises(ConnectionLost, match="closed the connection"):
            read(connection, 1)


def test_a_reset_ends_the_connection() -> None:
    with two_ends() as (connection, server):
        server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        server.close()
        with pytest.raises(ConnectionLost, match="reset"):
            read(connection, 1)
        with pytest.raises(ConnectionLost, match="reset"):
            connection.send_line("too late")


# --- sending ---


def test_a_line_never_becomes_two() -> None:
    with two_ends() as (connection, server):
        connection.send_line("PRIVMSG #harbour :hi\r\nQUIT\n\r\0JOIN #other")
        connection.send_line("\ud83e half an emoji")
        connection.close()
        with server.makefile("rb") as received:
            lines = received.read().split(b"\r\n")
        assert lines == [
            b"PRIVMSG #harbour :hi  QUIT   JOIN #other",
            b"? half an emoji",
            b"",
        ]


def test_lines_of_several_threads_do_not_mix() -> None:
    ours, theirs = socket.socketpair()
    connection = Connection(ours)
    lines = ["a" * 3_000_000, *(letter * 200 for letter in "bcdefghi")]
    threads = [threading.Thread(target=connection.send_line, args=(line,)) for line in lines]
    with contextlib.closing(connection), theirs:
        threads[0].start()
        select.select([theirs], [], [], 5)  # the long line is under way, and cannot go out at once
        for thread in threads[1:]:
            thread.start()
        with theirs.makefile("r", newline="\r\n") as received:
            arrived = [received.readline().rstrip("\r\n") for _ in lines]
        for thread in threads:
            thread.join()
        assert arrived[0] == lines[0]
        assert sorted(arrived) == lines


def test_a_peer_that_takes_nothing_is_given_up() -> None:
    ours, theirs = socket.socketpair()
    ticks = itertools.count(step=3)
    connection = Connection(ours, clock=lambda: float(next(ticks)))
    with theirs:
        with pytest.raises(ConnectionLost, match="takes no more"):
            connection.send_line("x" * 1_000_000)
        with pytest.raises(ConnectionLost, match="takes no more"):
            connection.read_lines()
        connection.close()


def test_a_last_line_arrives_although_much_was_left_unread() -> None:
    with two_ends() as (connection, server):
        server.sendall(STREAM)
        connection.send_line("QUIT")
        connection.close()
        with server.makefile("rb") as received:
            assert received.read() == b"QUIT\r\n"


def test_closing_a_connection_whose_peer_stays_takes_a_moment_only() -> None:
    with two_ends() as (connection, _):
        began = time.monotonic()
        connection.close()
        assert time.monotonic() - began < 2
        with pytest.raises(ConnectionLost, match="is closed"):
            connection.send_line("too late")


# --- the link ---


def test_the_link_says_whether_a_line_went_out() -> None:
    link = Link(threading.Event())
    assert not link.send_line("nobody there")
    with two_ends() as (connection, server):
        link.attach(connection)
        assert link.send_line("JOIN #harbour")
        assert server.recv(100) == b"JOIN #harbour\r\n"
        connection.close()
        assert not link.send_line("closed")


# --- dialling ---


def test_lines_pass_over_verified_tls(certificate: Certificate) -> None:
    with TwitchRoom(tls_context=certificate.server_context()) as room:
        room.split_writes = True
        context = certificate.client_context()
        connection = dial(room.host, room.port, tls=True, tls_context=context)
        try:
            connection.send_line("PING :abc")
            assert read(connection, 1) == [":tmi.twitch.tv PONG tmi.twitch.tv :abc"]
            room.raw_bytes(STREAM)
            assert read(connection, len(LINES)) == LINES
        finally:
            connection.close()


def test_reading_and_writing_at_once_over_tls_lose_nothing(certificate: Certificate) -> None:
    numbers = [str(number) for number in range(500)]
    with TwitchRoom(tls_context=certificate.server_context()) as room:
        context = certificate.client_context()
        connection = dial(room.host, room.port, tls=True, tls_context=context)

        def pour_in() -> None:
            for number in numbers:
                room.raw(f"IN {number} {'x' * 400}")

        def pour_out() -> None:
            for number in numbers:
                connection.send_line(f"OUT {number} {'x' * 400}")

        connection.send_line("PING :are you there?")
        read(connection, 1)
        threads = [threading.Thread(target=target) for target in (pour_in, pour_out)]
        for thread in threads:
            thread.start()
        lines = read(connection, 500)
        for thread in threads:
            thread.join()
        room.wait_line("OUT 499")
        connection.close()
    assert [line.split()[1] for line in lines] == numbers
    assert [line.split()[1] for line in room.lines if line.startswith("OUT")] == numbers


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Certificate) -> None:
    with (
        TwitchRoom(tls_context=certificate.server_context()) as room,
        pytest.raises(ConnectionLost, match="certificate"),
    ):
        dial(room.host, room.port, tls=True)


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    other = make_certificate(tmp_path, host="elsewhere.example")
    with (
        TwitchRoom(tls_context=other.server_context()) as room,
        pytest.raises(ConnectionLost, match="certificate"),
    ):
        dial("localhost", room.port, tls=True, tls_context=other.client_context())


def test_the_usual_tls_verifies_and_honours_ssl_cert_file(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = default_tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    with TwitchRoom(tls_context=certificate.server_context()) as room:
        dial(room.host, room.port, tls=True).close()


def test_a_closed_port_is_told_with_its_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectionLost, match=f"cannot connect to 127.0.0.1:{port}: .*refused"):
        dial("127.0.0.1", port, tls=False)


def test_a_name_that_cannot_be_one_is_told() -> None:
    with pytest.raises(ConnectionLost, match=r"cannot connect to a\.\.b:6667"):
        dial("a..b", 6667, tls=False)


def test_the_handshake_has_a_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(ConnectionLost, match="no answer in time"):
            dial("localhost", silent.getsockname()[1], tls=True, timeout_s=0.1)
        assert time.monotonic() - began < AT_ONCE_S


def test_the_usual_deadline_leaves_time_for_a_stop_within_five_seconds() -> None:
    assert inspect.signature(dial).parameters["timeout_s"].default < 5.0


# --- what had arrived before a line could not be sent ---


@contextlib.contextmanager
def two_tls_ends(certificate: Certificate) -> Iterator[tuple[Connection, socket.socket]]:
    """A dialled connection over TLS, and the server's socket at its other end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        made: list[Connection] = []
        context = certificate.client_context()
        dialling = threading.Thread(
            target=lambda: made.append(dial("localhost", port, tls=True, tls_context=context))
        )
        dialling.start()
        plain, _ = listener.accept()
        server = certificate.server_context().wrap_socket(plain, server_side=True)
        dialling.join()
    with contextlib.closing(made[0]), server:
        yield made[0], server


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_line_that_cannot_be_sent_takes_nothing_that_has_arrived_along(
    certificate: Certificate, tls: bool
) -> None:
    with two_tls_ends(certificate) if tls else two_ends() as (connection, server):
        server.sendall(b"one\r\ntwo\r\n")
        server.sendall(b"three\r\nfo")
        server.close()
        deadline = time.monotonic() + 5
        with pytest.raises(ConnectionLost):
            while time.monotonic() < deadline:
                connection.send_line("PRIVMSG #harbour :into the void")
        assert read(connection, 3) == ["one", "two", "three"]
        with pytest.raises(ConnectionLost):
            read(connection, 1)
