"""Signals at every moment of a start: the program ends in order or goes on, without a traceback."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.doubles.twitch_id import Trouble, TwitchId
from tests.flow.program import LiveProgram, live_program
from tests.fork_server import SCRIPT
from tests.waiting import PATIENCE_S, wait_until

_HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# From the first instruction on, through the imports, past the start of all threads.
_MOMENTS_S = (0.0, 0.01, 0.03, 0.06, 0.1, 0.2, 0.35, 0.5)


def wait_listening(pid: int) -> None:
    """Until the process is past Python's own start: it has a handler for each of the signals.

    Python has one of its own for SIGINT, from early on.
    """
    status = Path(f"/proc/{pid}/status")

    def listens() -> bool:
        (caught,) = (line for line in status.read_text().splitlines() if line[:6] == "SigCgt")
        return all(int(caught.split()[1], 16) & (1 << (number - 1)) for number in _HEARD)

    wait_until(listens)


def assert_nothing_odd_was_said(live: LiveProgram) -> None:
    """Neither a traceback nor an exception that Python had to swallow."""
    assert "Traceback" not in live.log
    assert "ignored in" not in live.log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_obeyed_at_any_moment_of_a_start(tmp_path: Path, number: signal.Signals) -> None:
    with live_program(tmp_path, forks=False, LOG_LEVEL="INFO") as live:
        live.sign_in()
        for moment_s in _MOMENTS_S:
            live.start()
            assert live.running is not None
            wait_listening(live.running.pid)
            time.sleep(moment_s)
            assert live.stop(number) == 0, f"after {moment_s} s"
        assert_nothing_odd_was_said(live)


def test_a_hang_up_at_any_moment_of_a_start_ends_nothing(tmp_path: Path) -> None:
    with live_program(tmp_path, forks=False, LOG_LEVEL="INFO") as live:
        live.sign_in()
        for moment_s in _MOMENTS_S[::2]:
            joined = len(live.room.joins)
            live.start()
            assert live.running is not None
            wait_listening(live.running.pid)
            time.sleep(moment_s)
            live.running.send_signal(signal.SIGHUP)
            live.room.wait_for(
                lambda known=joined: len(live.room.joins) > known, "a JOIN", PATIENCE_S
            )
            assert live.stop() == 0
        assert_nothing_odd_was_said(live)


def test_a_hang_up_while_the_start_renews_the_sign_in_loses_nothing(tmp_path: Path) -> None:
    with live_program(tmp_path, TwitchId(lifetime_s=0.0)) as live:
        live.sign_in()
        live.twitch.lifetime_s = 14_400.0
        live.twitch.trouble("refresh", Trouble(delay_s=0.5))
        live.start()
        wait_until(lambda: live.twitch.count("refresh") == 1)
        assert live.running is not None
        live.running.send_signal(signal.SIGHUP)
        live.room.wait_for(lambda: bool(live.room.joins), "a JOIN", PATIENCE_S)
        assert live.twitch.count("refresh") == 1
        assert live.stop() == 0


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_sign_in_that_is_broken_off_leaves_no_token_behind(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    """As after Ctrl-C: a terminal that is closed is no reason to leave one."""
    with live_program(tmp_path) as live:
        live.twitch.trouble("validate", Trouble(delay_s=30.0))
        live.twitch.interval_s = 0.0
        live.start("login")
        wait_until(lambda: live.twitch.count("validate") == 1)
        assert live.stop(number) == status
        assert live.twitch.count("revoke") == 1
        assert_nothing_odd_was_said(live)


_SWALLOWS = """
import os, queue, signal, sys
from clankbot.runtime.threads import Signals

class Swallows:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

reports = queue.SimpleQueue()
with Signals(reports, is_starting=True) as signals:
    Swallows()
    print("goes on with", reports.get(timeout=5).name)
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        print("goes on with", reports.get(timeout=5).name)
        os.kill(os.getpid(), signal.SIGTERM)
    except SystemExit as error:
        print("is to end with", error.code, "after", reports.get(timeout=5).name)
    signals.is_starting = False
    os.kill(os.getpid(), signal.SIGTERM)
    print("goes on with", reports.get(timeout=5).name)
"""


def test_a_stop_that_python_swallows_during_a_start_is_heard_afterwards() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SWALLOWS],
        cwd=SCRIPT.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "goes on with SIGTERM",
        "goes on with SIGHUP",
        "is to end with 0 after SIGTERM",
        "goes on with SIGTERM",
    ]
