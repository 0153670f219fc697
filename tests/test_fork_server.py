"""The program started as a fork does what it does when it is started by hand."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fork_server import Forked, start
from tests.waiting import PATIENCE_S, wait_until

Started = subprocess.Popen[bytes] | Forked


@contextmanager
def started(folder: Path, arguments: Sequence[str], log: Path, *, forks: bool) -> Iterator[Started]:
    """The program with both its outputs in a file; killed at the end of the block."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)}
    with log.open("wb") as output:
        ends = output.fileno(), output.fileno()
        process = start(arguments, folder, environment, *ends, forks=forks)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_S)


@pytest.mark.parametrize("arguments", [["--version"], ["dance"], ["stats"], ["check", "--help"]])
def test_it_ends_in_the_same_way_with_the_same_words(tmp_path: Path, arguments: list[str]) -> None:
    ends = []
    for forks in (True, False):
        with started(tmp_path, arguments, tmp_path / "log", forks=forks) as process:
            ends.append((process.wait(PATIENCE_S), (tmp_path / "log").read_bytes()))
    assert isinstance(process, subprocess.Popen)
    assert ends[0] == ends[1]
    assert ends[0][1]


def dispositions(pid: int) -> list[str]:
    """Which signals it blocks, ignores and catches."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return [line for line in lines if line.startswith(("SigBlk", "SigIgn", "SigCgt"))]


def test_it_hears_the_same_signals_in_the_same_place(tmp_path: Path) -> None:
    found = []
    for forks in (True, False):
        log = tmp_path / f"log-{forks}"
        with started(tmp_path, ["rehearse"], log, forks=forks) as process:
            wait_until(lambda log=log: b"after" in log.read_bytes())  # the banner
            places = [
                os.readlink(f"/proc/{process.pid}/{name}") for name in ("cwd", "fd/0", "fd/1")
            ]
            assert places == [str(tmp_path), os.devnull, str(log)]
            found.append(dispositions(process.pid))
    assert found[0] == found[1]


def test_a_signal_that_ended_it_is_its_status(tmp_path: Path) -> None:
    with started(tmp_path, ["rehearse"], tmp_path / "log", forks=True) as process:
        assert isinstance(process, Forked)
        assert process.poll() is None
        process.kill()
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
        assert process.poll() == -signal.SIGKILL
