"""A stop while something outside hangs: in time, and with nothing lost that could be kept."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clankbot.database.database import Database
from clankbot.database.sqlite import FileConnection, SqliteEngine
from tests.doubles.fake_ollama import FakeOllama
from tests.flow.world import living
from tests.waiting import AT_ONCE_S, wait_until


@dataclass(frozen=True)
class HangingEngine(SqliteEngine):
    """A file whose statements hang for some threads until it is abandoned."""

    held: set[str] = field(default_factory=set)
    hanging: set[str] = field(default_factory=set)
    """Those that hang right now."""
    freed: threading.Event = field(default_factory=threading.Event)

    def connect(self) -> FileConnection:
        connection = super().connect()
        connection.set_progress_handler(self._may_hang, 1)
        return connection

    def abandon(self) -> None:
        self.freed.set()

    def _may_hang(self) -> int:
        name = threading.current_thread().name
        if name not in self.held:
            return 0
        self.hanging.add(name)
        self.freed.wait()
        return 1


def test_a_stop_while_a_model_loads_ends_the_load_at_once(tmp_path: Path) -> None:
    with FakeOllama() as ollama:
        ollama.load_s = 30.0
        with living(tmp_path, ollama=ollama):
            ollama.wait_until(lambda: bool(ollama.load_bodies))
            began = time.monotonic()
        assert time.monotonic() - began < AT_ONCE_S
        ollama.wait_until(lambda: ollama.aborted_loads == 1)


def test_a_database_that_hangs_is_given_up_before_the_stop_is_late(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = HangingEngine(tmp_path / "chatbot.db")
    with living(tmp_path, database=Database(engine)) as world:
        world.settle()
        engine.held.add("worker")
        world.chat(3)
        wait_until(lambda: "worker" in engine.hanging)
    assert "not stored" in [record.msg for record in caplog.records]


def test_a_composer_that_nothing_can_wake_does_not_spoil_the_stop(tmp_path: Path) -> None:
    engine = HangingEngine(tmp_path / "chatbot.db")
    try:
        with living(tmp_path, database=Database(engine), MESSAGE_THRESHOLD=3) as world:
            engine.held.add("composer")
            texts = world.chat(3)
            wait_until(lambda: "composer" in engine.hanging)
            world.wait_stored(*texts)
        assert not engine.freed.is_set()
    finally:
        engine.freed.set()
