"""Files that a person names: what is none is refused instead of waited for; and room on disks."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

# The longest list of blocked words that is known has a tenth of it.
_MOST_BYTES: Final = 16 << 20
# With less room left on a disk, the log and the chat of a busy evening may fill it.
LITTLE_ROOM_BYTES: Final = 200_000_000


def read_bytes(path: Path) -> bytes:
    """What is in the file.  OSError if it cannot be read, is none, or is longer than any should be.

    A pipe would be waited for until somebody writes, and a device may have no end.
    """
    refuse_what_is_none(path)
    # Non-blocking, for what has come into its place since.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise OSError(errno.EFBIG, f"it is longer than {_MOST_BYTES >> 20} MB", str(path))
    return data


def refuse_what_is_none(path: Path) -> None:
    """OSError if there is no file at the path, but a folder, a pipe or the like."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, f"it is {kind_of(mode)}, not a file", str(path))


def disk_room(folder: Path) -> tuple[int, int]:
    """The bytes that this user may still write on the disk of a folder, and those of all the disk.

    OSError if the folder is gone.
    """
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize


def kind_of(mode: int) -> str:
    """What lies there instead of a file of data, in words."""
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"
