"""The tests' children hear every signal, whatever was ignored or blocked when the tests began."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_STARTED_AMISS = """
import os, signal, subprocess
from tests.children import let_children_hear

numbers = [signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE]
for number in numbers:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
let_children_hear()
for number in numbers:
    os.kill(os.getpid(), number)
subprocess.run(["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"], check=True)
"""


def test_a_child_hears_what_its_parent_ignores() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", _STARTED_AMISS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert seen.stdout == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"
