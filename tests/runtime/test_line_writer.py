"""Lines for standard error: in order, and nobody waits for who reads them."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clankbot.runtime.line_writer import LineHandler, LineWriter
from tests.fork_server import SCRIPT
from tests.waiting import AT_ONCE_S, PATIENCE_S


def run(code: str, folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """A process of its own, since the writer's thread lasts as long as that."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(SCRIPT.parent)},
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )


_BEGIN = """
import logging, os, sys, time
from clankbot.runtime.line_writer import LineHandler, LineWriter, standard_error
from clankbot.runtime.logging_setup import set_up_logging
log = logging.getLogger("clankbot.x")
"""


def test_lines_come_in_order_and_all_of_them_before_the_end() -> None:
    done = run(
        _BEGIN + "set_up_logging('INFO', 'console')\n"
        "for number in range(2000): log.info(f'line {number}')\n"
    )
    said = [line.rpartition(b" ")[2] for line in done.stderr.splitlines()]
    assert said == [b"%d" % number for number in range(2000)]


def test_a_reader_that_reads_nothing_holds_nobody_up_and_is_told_what_it_missed() -> None:
    done = run(
        _BEGIN + "reader, writer = os.pipe()\n"
        "lines = LineWriter(writer, 'utf-8', 200_000)\n"
        "set_up_logging('INFO', 'console', LineHandler(lines))\n"
        "began = time.monotonic()\n"
        "for number in range(1000): log.info('%d %s', number, 'x' * 1000)\n"
        "assert not lines.flush(0.1)\n"
        "print(time.monotonic() - began < 10)\n"
        "seen = b''\n"
        "while b'log lines dropped' not in seen or not seen.endswith(b'\\n'):\n"
        "    seen += os.read(reader, 65536)\n"
        "whole = seen.count(b'INFO')\n"
        "print(seen.rpartition(b'lines=')[2].strip() == b'%d' % (1000 - whole))\n"
        "log.info('all is well')\n"
        "print(lines.flush(60), b'all is well' in os.read(reader, 65536))\n"
    )
    assert done.stdout.split() == [b"True"] * 4, done.stderr


def test_the_end_does_not_wait_long_for_a_reader_that_reads_nothing() -> None:
    code = _BEGIN + (
        "set_up_logging('INFO', 'console')\n"
        "for number in range(300): log.info('x' * 1000)\n"
        "print('ended', flush=True)\n"
    )
    began_s = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=SCRIPT.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.wait(PATIENCE_S) == 0
        assert time.monotonic() - began_s < AT_ONCE_S
        assert process.stdout is not None
        assert process.stdout.read() == b"ended\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_what_cannot_be_written_is_counted_as_well(tmp_path: Path) -> None:
    code = _BEGIN + (
        "descriptor = os.open('/dev/full', os.O_WRONLY)\n"
        "lines = LineWriter(descriptor, 'utf-8')\n"
        "set_up_logging('INFO', 'console', LineHandler(lines))\n"
        "for number in range(3): log.info('lost')\n"
        "print(lines.flush(60))\n"
        "os.dup2(os.open('log', os.O_WRONLY | os.O_CREAT), descriptor)\n"
        "log.info('kept')\n"
        "while b'dropped' not in open('log', 'rb').read(): time.sleep(0.01)\n"
    )
    done = run(code, tmp_path)
    assert done.stdout == b"True\n", done.stderr
    kept, told = (tmp_path / "log").read_text().splitlines()
    assert kept.endswith("kept")
    assert told.endswith("log lines dropped lines=3")


def test_a_closed_standard_error_is_never_written_to(tmp_path: Path) -> None:
    """Its number may belong to any other file by then."""
    code = _BEGIN + (
        "os.open('other', os.O_RDWR | os.O_CREAT)\n"
        "set_up_logging('INFO', 'console')\n"
        "log.error('not into that file')\n"
    )
    command = f'exec {sys.executable} -c "$1" 2>&-'
    environment = {"PYTHONPATH": str(SCRIPT.parent), "PATH": os.environ["PATH"]}
    subprocess.run(["sh", "-c", command, "-", code], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "other").read_bytes() == b""


def test_a_line_that_cannot_be_formatted_is_no_error_of_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    handler = LineHandler(LineWriter(-1, "utf-8"))
    handler.handle(logging.makeLogRecord({"msg": "%d", "args": ("no number",)}))
