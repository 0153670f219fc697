"""A bot whose log nobody can read any more: it stops as asked, with status 0 and all stored."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.doubles.terminal import Terminal
from tests.flow.program import LiveProgram, live_program
from tests.flow.world import sql
from tests.fork_server import SCRIPT
from tests.waiting import PATIENCE_S, wait_until


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveProgram]:
    """Signed in, not started."""
    with live_program(tmp_path, LOG_LEVEL="INFO") as live:
        live.sign_in()
        yield live


@contextmanager
def in_terminal(live: LiveProgram, errors: int | None = None) -> Iterator[Terminal]:
    """The bot, started by a person in a terminal; it has joined."""
    command = [sys.executable, str(SCRIPT)]
    terminal = Terminal(command, live.folder, live.environment(), columns=200, errors=errors)
    try:
        live.room.wait_for(lambda: bool(live.room.joins), "a JOIN", PATIENCE_S)
        yield terminal
    finally:
        terminal.close()


def test_after_ctrl_c_a_pipe_that_is_closed_is_no_failure(live: LiveProgram) -> None:
    """As with ``run 2>&1 | tee``: Ctrl-C ends both."""
    reader, writer = os.pipe()
    live.start(stderr=writer)
    os.close(writer)
    live.room.wait_for(lambda: bool(live.room.joins), "a JOIN", PATIENCE_S)
    os.close(reader)
    live.room.say("alpha", "ana", "the last words")
    live.room.barrier()
    assert live.stop(signal.SIGINT) == 0
    assert sql(live.folder, "SELECT message_content FROM messages") == [("the last words",)]


def test_the_bot_stops_when_its_terminal_is_closed(live: LiveProgram) -> None:
    with in_terminal(live) as terminal:
        live.room.say("alpha", "ana", "the last words")
        live.room.barrier()
        terminal.vanish()
        terminal.process.send_signal(signal.SIGHUP)  # as the kernel and the shell do then
        assert terminal.process.wait(PATIENCE_S) == 0
    assert sql(live.folder, "SELECT message_content FROM messages") == [("the last words",)]


def test_so_it_does_if_only_its_input_is_the_terminal(live: LiveProgram) -> None:
    """As with ``run > log 2>&1``."""
    with live.log_file.open("wb") as log, in_terminal(live, log.fileno()) as terminal:
        terminal.vanish()
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.process.wait(PATIENCE_S) == 0
    assert "stopping signal=SIGHUP" in live.log


def test_a_hang_up_in_a_terminal_that_is_still_there_reloads(live: LiveProgram) -> None:
    with in_terminal(live) as terminal:
        (live.folder / "blocked_words.txt").write_text("zizzle\nwobbly\n")
        terminal.process.send_signal(signal.SIGHUP)
        terminal.wait_for("blocked words reloaded (entries 2)")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(PATIENCE_S) == 0


def test_a_bot_without_a_terminal_reloads(live: LiveProgram) -> None:
    live.start_and_join()
    assert live.running is not None
    live.running.send_signal(signal.SIGHUP)
    wait_until(lambda: "blocked words reloaded" in live.log)
    assert live.stop() == 0
