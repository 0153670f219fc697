"""The whole suite, its files dealt out to a few runs side by side: ``python -m tests``.

``python -m pytest`` runs the same tests one after another, in twice as much time; both take
pytest's options.  Many tests wait for something, so more runs than processors do no harm.
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
RUNS: Final = 4
SECONDS: Final = {
    "faults/test_faults": 75,
    "ollama/test_odd_slow_servers": 31,
    "flow/test_sign_in": 28,
    "ollama/test_slow_servers": 25,
    "flow/test_check": 24,
    "flow/test_database_file": 24,
    "flow/test_database_trouble": 23,
    "flow/test_mysql": 17,
    "processing/test_removal_interleavings": 14,
    "flow/test_wrong_clock": 13,
    "processing/filter/test_content_filter_limits": 11,
}
"""What the files take that take longest, measured; some of them wait, some of them compute."""
BYTES_A_SECOND: Final = {"flow": 2_000, "cli": 2_000}
"""How quickly any other file is done, by its folder."""
BYTES_A_SECOND_ELSEWHERE: Final = 10_000
NO_TESTS: Final = 5
"""Pytest's status where an option such as ``-k`` leaves nothing of a run."""


def seconds(file: Path) -> float:
    """About how long its tests take."""
    name = file.relative_to(ROOT / "tests").with_suffix("").as_posix()
    bytes_a_second = BYTES_A_SECOND.get(file.parent.name, BYTES_A_SECOND_ELSEWHERE)
    return SECONDS.get(name, file.stat().st_size / bytes_a_second)


def dealt() -> list[list[str]]:
    """Every file of tests, the longest first, each to the run that has least to do so far."""
    weights = {file: seconds(file) for file in ROOT.glob("tests/**/test_*.py")}
    hands: list[list[str]] = [[] for _ in range(RUNS)]
    loads = [0.0] * RUNS
    for file in sorted(weights, key=lambda each: (-weights[each], each)):
        least = loads.index(min(loads))
        hands[least].append(str(file.relative_to(ROOT)))
        loads[least] += weights[file]
    return hands


def counted(closing_line: str, word: str) -> int:
    """How many tests pytest's closing line says have passed, failed, ..."""
    found = re.search(rf"(\d+) {word}", closing_line)
    return int(found[1]) if found else 0


def start(files: list[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Pytest for some files; what it prints is kept until it has ended."""
    command = [sys.executable, "-m", "pytest", *sorted(files), *sys.argv[1:]]
    return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)


def main() -> int:
    """0 when no test failed."""
    passed = failed = skipped = 0
    ended_well = True
    with contextlib.ExitStack() as kept:
        outputs = [kept.enter_context(tempfile.TemporaryFile()) for _ in range(RUNS)]
        started = [start(files, output) for files, output in zip(dealt(), outputs, strict=True)]
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
