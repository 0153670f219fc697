"""The whole suite, its two halves side by side: ``python -m tests``.

``python -m pytest`` runs the same tests one after another, in half as much more time; both take
pytest's options.  Most tests wait for something, so two runs at once do not slow each other down.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Final

ROOT: Final = Path(__file__).resolve().parents[1]
HALVES: Final = (
    ("tests/flow", "tests/cli"),
    ("tests", "--ignore=tests/flow", "--ignore=tests/cli"),
)
NO_TESTS: Final = 5
"""Pytest's status where an option such as ``-k`` leaves nothing of a half."""


def counted(closing_line: str, word: str) -> int:
    """How many tests pytest's closing line says have passed, failed, ..."""
    found = re.search(rf"(\d+) {word}", closing_line)
    return int(found[1]) if found else 0


def start(half: tuple[str, ...], output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Pytest for one half; what it prints is kept until it has ended."""
    command = [sys.executable, "-m", "pytest", *half, *sys.argv[1:]]
    return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)


def main() -> int:
    """0 when no test failed."""
    passed = failed = skipped = 0
    ended_well = True
    with contextlib.ExitStack() as files:
        outputs = [files.enter_context(tempfile.TemporaryFile()) for _ in HALVES]
        started = [start(half, output) for half, output in zip(HALVES, outputs, strict=True)]
        for process, output in zip(started, outputs, strict=True):
            ended_well &= process.wait() in (0, NO_TESTS)
            output.seek(0)
            text = output.read().decode("utf-8", "replace").rstrip()
            print(text, flush=True)
            closing_line = text.rpartition("\n")[2]
            passed += counted(closing_line, "passed")
            failed += counted(closing_line, "failed") + counted(closing_line, "error")
            skipped += counted(closing_line, "skipped")
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if ended_well else 1


if __name__ == "__main__":
    sys.exit(main())
