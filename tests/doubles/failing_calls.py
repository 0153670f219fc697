"""Runs a program whose system calls fail, as on a network share without locks or a dying disk.

``python failing_calls.py locks=ENOLCK syncs=EIO PROGRAM …``.  The kernel does it (seccomp) for this
process and all that it becomes, so the program and the libraries under it are the real ones.  Knows
nothing of the package.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import Final

_FCNTL_LOCKS: Final = (5, 6, 7)
"""F_GETLK, F_SETLK and F_SETLKW."""

# fcntl, flock, fsync, fdatasync.
_NUMBERS: Final = {"x86_64": (72, 73, 74, 75), "aarch64": (25, 32, 82, 83)}
POSSIBLE: Final = sys.platform == "linux" and platform.machine() in _NUMBERS
"""Whether it works on this machine."""

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_NUMBER_AT, _SECOND_ARGUMENT_AT = 0, 24

Step = tuple[int, int, int, int]


def _steps(failing: dict[str, int]) -> list[Step]:
    """A filter of the kernel: https://docs.kernel.org/userspace-api/seccomp_filter.html"""
    fcntl, flock, fsync, fdatasync = _NUMBERS[platform.machine()]
    steps: list[Step] = [(_LOAD, 0, 0, _NUMBER_AT)]
    for name, numbers in (("locks", (flock,)), ("syncs", (fsync, fdatasync))):
        if name in failing:
            for number in numbers:
                steps.append((_JUMP_IF_EQUAL, 0, 1, number))
                steps.append((_RETURN, 0, 0, _FAIL | failing[name]))
    if "locks" in failing:
        steps.append((_JUMP_IF_EQUAL, 0, 2 * len(_FCNTL_LOCKS) + 1, fcntl))
        steps.append((_LOAD, 0, 0, _SECOND_ARGUMENT_AT))
        for command in _FCNTL_LOCKS:
            steps.append((_JUMP_IF_EQUAL, 0, 1, command))
            steps.append((_RETURN, 0, 0, _FAIL | failing["locks"]))
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def fail(failing: dict[str, int]) -> None:
    """From now on these calls end with these errors, in this process and its children."""
    code = b"".join(struct.pack("HBBI", *step) for step in _steps(failing))
    steps = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    program = Program(len(code) // 8, ctypes.addressof(steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "no seccomp here")


if __name__ == "__main__":
    told = [word.partition("=") for word in sys.argv[1:] if "=" in word]
    fail({name: getattr(errno, reason) for name, _, reason in told})
    program = sys.argv[1 + len(told) :]
    os.execv(sys.executable, [sys.executable, *program])
