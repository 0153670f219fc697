"""A machine whose clock of the wall is wrong: for a bot in this process, and for the program."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Final

import pytest

from clankbot.clock import Clock

_SOURCE: Final = Path(__file__).with_suffix(".c")
_COMPILER: Final = shutil.which("cc")


class MovedClock(Clock):
    """The machine's clocks, that of the wall off by ``off_s``.

    ``skipped_s`` have passed in a moment, on both and in truth, as if the machine had slept.
    """

    def __init__(self, off_s: float = 0.0) -> None:
        self.off_s = off_s
        self.skipped_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.skipped_s

    def true_ms(self) -> int:
        """What a clock that is right would say."""
        return super().utc_ms() + round(self.skipped_s * 1000)

    def utc_ms(self) -> int:
        return self.true_ms() + round(self.off_s * 1000)


class ProgramClock:
    """The clock of programs that are started with ``environment``; made in ``folder``.

    A test that asks for one is skipped where there is no C compiler.
    """

    def __init__(self, folder: Path, off_s: int = 0) -> None:
        if _COMPILER is None:
            pytest.skip("needs a C compiler, as cc on the path")
        shim, self._file = folder / "moved_clock.so", folder / "moved_clock"
        command = [_COMPILER, "-shared", "-fPIC", "-O1", "-o", str(shim), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True)
        self._file.write_bytes(struct.pack("=q", off_s))
        self.environment = {"LD_PRELOAD": str(shim), "MOVED_CLOCK": str(self._file)}

    def move(self, off_s: int) -> None:
        """From now on it is wrong by so many seconds."""
        with self._file.open("r+b") as file, mmap.mmap(file.fileno(), 8) as page:
            page[:] = struct.pack("=q", off_s)
