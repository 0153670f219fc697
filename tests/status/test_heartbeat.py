"""The heartbeat: asked while nothing is down, and its failures are told once."""

from __future__ import annotations

import logging
import threading

import pytest

from clankbot.status.facts import State
from clankbot.status.health import Health
from clankbot.status.heartbeat import Heartbeat
from tests.doubles.pages import Page, PageServer
from tests.pictures.busy_hour import CHECK, facts, troubled
from tests.status.asking import free_port
from tests.waiting import AT_ONCE_S, wait_until


def well() -> State:
    return Health(facts, CHECK).state()


def test_it_is_asked_while_nothing_is_down(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    states = [
        well(),
        Health(troubled, CHECK).state(),
        Health(lambda: facts(round_age_s=99.0), CHECK).state(),
    ]
    with PageServer({"/ping?key=secret": Page("OK")}) as server:
        beat = Heartbeat(f"{server.url}/ping?key=secret", lambda: states[0], threading.Event())
        beat.beat()
        states.pop(0)
        beat.beat()
        assert server.asked == ["GET /ping?key=secret"] * 2
        states.pop(0)
        beat.beat()  # the worker hangs
        assert len(server.asked) == 2
    assert not caplog.records


def test_a_failure_is_told_once_and_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with PageServer({"*": Page("no", 500)}) as server:
        beat = Heartbeat(f"{server.url}/secret-key", well, threading.Event())
        beat.beat()
        server.pages["*"] = Page("elsewhere", 302)  # which is not gone to
        beat.beat()
        server.pages["*"] = Page("no", 500)
        beat.beat()
        server.pages["*"] = Page("OK")
        beat.beat()
        beat.beat()
    told = [record.message for record in caplog.records]
    assert told == ["the heartbeat is not heard", "the heartbeat is heard again"]
    assert "secret-key" not in caplog.text


def test_nobody_there_disturbs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    beat = Heartbeat(f"http://127.0.0.1:{free_port()}/secret-key", well, threading.Event())
    beat.beat()
    assert [record.message for record in caplog.records] == ["the heartbeat is not heard"]
    assert "secret-key" not in caplog.text


def test_its_thread_ends_at_a_stop_also_while_it_asks() -> None:
    stopping = threading.Event()
    with PageServer({"*": Page("OK")}) as server:
        beat = Heartbeat(f"{server.url}/", well, stopping, every_s=60.0)
        thread = threading.Thread(target=beat.run)
        thread.start()
        wait_until(lambda: server.asked)
        stopping.set()
        beat.close()
        thread.join(AT_ONCE_S)
        assert not thread.is_alive()
