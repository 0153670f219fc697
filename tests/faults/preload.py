"""Lets system calls of the running program fail: a small library, built when it is needed.

The library is ``failing_calls.c``, preloaded by the dynamic linker.  Program and tests share a file
of numbers, so that calls fail, and cease to fail, while the program runs.
"""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

COMPILER: Final = shutil.which("gcc") or shutil.which("cc")
MISSING: Final = None if COMPILER else "no C compiler here (Debian: apt install gcc)"
"""Why no call can be made to fail, or None."""

# As in failing_calls.c.
WRITE, SYNC, OPEN, TRUNCATE, READ, NAME = 1, 2, 4, 8, 16, 32

_NUMBERS: Final = struct.Struct("8q")
_FOR_EVER: Final = 1 << 40


class FailingCalls:
    """The library and its numbers, in a folder; ``settings`` bring a program under its power."""

    def __init__(self, folder: Path, path_part: str) -> None:
        """But for names, only calls on files whose path holds ``path_part`` fail."""
        assert COMPILER is not None
        library, control = folder / "failing_calls.so", folder / "failing_calls"
        source = Path(__file__).with_name("failing_calls.c")
        command = [COMPILER, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]
        subprocess.run(command, check=True)
        control.write_bytes(bytes(_NUMBERS.size))
        with control.open("r+b") as file:
            self._numbers = mmap.mmap(file.fileno(), _NUMBERS.size)
        self.settings = {
            "LD_PRELOAD": str(library),
            "FAULTS_CONTROL": str(control),
            "FAULTS_PATH": path_part,
        }

    @property
    def seen(self) -> int:
        """How many calls of the chosen kinds were made since."""
        return int(_NUMBERS.unpack(self._numbers[:])[1])

    @property
    def failed(self) -> int:
        """How many of them have failed."""
        return int(_NUMBERS.unpack(self._numbers[:])[5])

    @contextmanager
    def failing(
        self, kinds: int, error: int = 0, first: int = 0, count: int = _FOR_EVER, wait_ms: int = 0
    ) -> Iterator[None]:
        """In this block ``count`` calls fail with an errno, from the ``first`` on (0: the next)."""
        self._numbers[:] = _NUMBERS.pack(kinds, 0, first, count, error, 0, wait_ms, 0)
        try:
            yield
        finally:
            self._numbers[:8] = struct.pack("q", 0)

    def close(self) -> None:
        """Let go of the file."""
        self._numbers.close()
