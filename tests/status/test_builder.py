"""What puts the page together: one answer for many, and whatever fails is said."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from clankbot.database.database import Database, Store
from clankbot.records.answers import Figures
from clankbot.status.builder import Builder
from clankbot.status.facts import State
from clankbot.status.health import Health
from clankbot.status.request import Reply, Request
from tests.pictures.busy_hour import CHECK, NOW_MS, facts
from tests.processing.chat import Hand
from tests.waiting import AT_ONCE_S, PATIENCE_S, wait_until

HTML = Request("/", is_head=False, accept="text/html")
TEXT = Request("/", is_head=False, accept="")


class Bot:
    """What the builder asks, in the hands of a test."""

    def __init__(self, folder: Path) -> None:
        self.clock = Hand()
        self.database = Database.sqlite(folder / "chat.db")
        self.database.prepare()
        self.looks = 0
        self.fault: Exception | None = None
        self.waits: Mapping[str, str] | None = {"moth_kingdom": "18/30 messages"}

    def state(self) -> State:
        self.looks += 1
        if self.fault is not None:
            raise self.fault
        return Health(facts, CHECK).state()

    def open_store(self) -> Store:
        return self.database.open()

    def ask_waits(self, told: Callable[[Mapping[str, str]], None]) -> None:
        if self.waits is not None:
            told(self.waits)

    def recent(self) -> list[Figures]:
        return [Figures("moth_kingdom", 300, NOW_MS - NOW_MS % 300_000, {"occasions": 77})]

    def totals(self) -> dict[str, dict[str, int]]:
        return {}


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    return Bot(tmp_path)


@contextmanager
def building(bot: Bot) -> Iterator[Builder]:
    builder = Builder(bot.state, bot, bot.open_store, bot.ask_waits, (5,), bot.clock)
    thread = threading.Thread(target=builder.run)
    thread.start()
    try:
        yield builder
    finally:
        builder.close()
        thread.join(AT_ONCE_S)
    assert not thread.is_alive()


def made(builder: Builder, request: Request) -> Reply:
    """The answer, as the server gets it."""
    if (reply := builder.at_once(request)) is not None:
        return reply
    replies: list[Reply] = []
    builder.later(request, replies.append)
    return wait_until(lambda: replies, PATIENCE_S)[0]


def test_one_answer_is_for_all_who_ask_within_two_seconds(bot: Bot) -> None:
    with building(bot) as builder:
        first = made(builder, HTML)
        assert (first.status, b"18/30 messages" in first.body, b">77<" in first.body) == (
            *(200, True, True),
        )
        assert builder.at_once(HTML) is first
        assert made(builder, TEXT) is not first
        bot.clock.forward(3)
        assert made(builder, HTML) is not first
    assert bot.looks == 3


def test_a_worker_that_does_not_answer_is_done_without(bot: Bot) -> None:
    bot.waits = None
    with building(bot) as builder:
        reply = made(builder, TEXT)
    assert reply.status == 200
    assert b"it waits" not in reply.body


def test_a_database_that_cannot_be_asked_is_done_without(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "chat.db").unlink()
    with building(bot) as builder:
        reply = made(builder, HTML)
    assert reply.status == 200
    assert b"the database cannot be asked just now" in reply.body


def test_a_fault_is_logged_and_the_next_page_made(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    bot.fault = ValueError("a fault")
    with building(bot) as builder:
        assert made(builder, TEXT).status == 503
        bot.fault = None
        bot.clock.forward(3)
        assert made(builder, TEXT).status == 200
    assert [record.message for record in caplog.records] == ["the status page failed"]


def test_too_many_who_wait_are_refused(bot: Bot) -> None:
    builder = Builder(bot.state, bot, bot.open_store, bot.ask_waits, (5,), bot.clock)
    replies: list[Reply] = []
    for _ in range(260):
        builder.later(HTML, replies.append)
    assert [reply.status for reply in replies] == [503] * 4
