"""The page's server, over real connections: whatever clients do, the others are answered."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from clankbot.status.request import Reply
from clankbot.status.server import MOST_CLIENTS
from tests.processing.chat import Hand
from tests.status.asking import Answer, Pages, answer, ask, connect, rest, serving
from tests.waiting import wait_until

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def port(pages: Pages, clock: Hand) -> Iterator[int]:
    with serving(pages, clock) as port:
        yield port


def works(port: int) -> bool:
    return ask(port) == Answer(200, ask(port).head, b"all well\n")


def test_a_page_is_answered_and_the_connection_closed(port: int, pages: Pages) -> None:
    got = ask(port, "/x?y")
    assert (got.status, got.body) == (200, b"all well\n")
    assert [request.path for request in pages.asked] == ["/x"]


def test_head_has_no_body_and_tells_its_length(port: int) -> None:
    got = ask(port, method="HEAD")
    assert (got.status, got.body) == (200, b"")
    assert "Content-Length: 9" in got.head
    with connect(port) as client:  # nor if it is refused
        client.sendall(b"HEAD / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        refused = answer(client)
        assert (refused.status, refused.body) == (421, b"")


def test_a_request_may_come_byte_by_byte(port: int) -> None:
    with connect(port) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in REQUEST:
            client.sendall(bytes([byte]))
        assert answer(client).status == 200


def test_what_is_sent_besides_is_not_looked_at(port: int, pages: Pages) -> None:
    with connect(port) as client:
        client.sendall(REQUEST + b"GET /another HTTP/1.1\r\n" * 100)
        assert answer(client).body == b"all well\n"
    assert len(pages.asked) == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 4000, 431),
        (b"x" * 100_000, 431),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", 405),
    ],
)
def test_nonsense_is_refused_with_a_sentence(port: int, sent: bytes, status: int) -> None:
    with connect(port) as client:
        try:
            client.sendall(sent)
        except ConnectionError:
            return  # it was refused before all was sent
        got = answer(client)
    # An answer may be torn off for who has not stopped talking.
    assert got.status in (status, 0) if len(sent) > 9000 else got.status == status
    assert works(port)


def test_half_a_request_and_a_close_disturb_nobody(port: int) -> None:
    for sent in (b"", b"GET", REQUEST[:-1]):
        with connect(port) as client:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            assert answer(client).status == 0
    with connect(port) as client:
        client.sendall(REQUEST)
        client.shutdown(socket.SHUT_WR)  # as some clients do when they have said all
        assert answer(client).status == 200


def test_who_says_nothing_is_let_go_of_and_half_a_request_told(port: int, clock: Hand) -> None:
    with connect(port) as silent, connect(port) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        assert works(port)
        clock.forward(9)
        assert works(port)
        clock.forward(2)
        assert works(port)  # wakes it
        assert answer(silent).status == 0
        assert answer(slow).status == 408


def test_who_does_not_read_is_let_go_of(port: int, pages: Pages, clock: Hand) -> None:
    pages.body = b"x" * 8_000_000
    with connect(port, window=4096) as client:
        client.sendall(REQUEST)
        wait_until(lambda: pages.asked)
        pages.body = b"all well\n"
        assert works(port)
        clock.forward(21)
        assert works(port)
        assert len(rest(client)) < 8_000_000


def test_those_who_wait_longest_in_silence_make_room(port: int) -> None:
    with ExitStack() as crowd:
        clients = [crowd.enter_context(connect(port)) for _ in range(MOST_CLIENTS + 20)]
        assert works(port)
        for client in clients[:20]:
            assert answer(client).status == 0
        clients[-1].sendall(REQUEST)
        assert answer(clients[-1]).status == 200


LATER = b"GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_a_page_that_is_still_made_holds_nobody_up(port: int, pages: Pages) -> None:
    with connect(port) as client:
        client.sendall(LATER)
        done = pages.waiting.get()
        assert works(port)
        done(Reply(200, b"made"))
        assert answer(client).body == b"made"


def test_a_page_that_comes_too_late_is_not_waited_for(port: int, pages: Pages, clock: Hand) -> None:
    with connect(port) as client, connect(port) as gone:
        for each in (client, gone):
            each.sendall(LATER)
        done = pages.waiting.get(), pages.waiting.get()
        gone.close()
        clock.forward(6)
        assert works(port)  # wakes it
        assert answer(client).status == 503
        for tell in done:
            tell(Reply(200, b"too late"))
        assert works(port)


def test_a_fault_of_the_page_is_told_and_the_server_begins_anew(
    port: int, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    pages.fault = ValueError("a fault")
    assert ask(port).status == 0
    assert works(port)
    assert [record.message for record in caplog.records] == [
        "the status page failed, and begins anew"
    ]
