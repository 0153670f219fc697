"""What a service tells systemd: that it is ready, alive, or stopping.

The values of the environment are handed in; without them nothing happens.
Source: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

from __future__ import annotations

import logging
import os
import re
import socket
from typing import Final

log = logging.getLogger(__name__)

# systemd reads at once, unless it has a problem itself; the bot does not wait for it.
_SEND_TIMEOUT_S: Final = 1.0
# 64 bits, which systemd counts in; its largest number stands for no limit.
_USEC: Final = re.compile(r"[0-9]{1,20}")


class Notifier:
    """Sends datagrams to the socket that NOTIFY_SOCKET names; without one it stays silent.

    For any thread.  A datagram that cannot be delivered is logged, the first of a row only.
    """

    def __init__(self, notify_socket: str | None) -> None:
        address = notify_socket or ""
        # ``@`` at the front stands for Linux' abstract namespace.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._unheard = False

    def ready(self) -> None:
        """The start is complete (Type=notify waits for this)."""
        self._send("READY=1")

    def alive(self) -> None:
        """A sign of life; WatchdogSec= ends a service that gives none."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The stop has begun."""
        self._send("STOPPING=1")

    def _send(self, word: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
                datagrams.settimeout(_SEND_TIMEOUT_S)
                datagrams.sendto(word.encode(), self._address)
        except OSError as error:
            if not self._unheard:
                log.warning("systemd does not listen", extra={"reason": str(error)})
            self._unheard = True
        else:
            self._unheard = False


def watchdog_interval_s(watchdog_usec: str | None, watchdog_pid: str | None = None) -> float | None:
    """The seconds from one sign of life to the next; None if systemd expects none.

    A third of WATCHDOG_USEC, so that one may be late.  WATCHDOG_PID, if given, must be ours.
    """
    if not watchdog_usec or not _USEC.fullmatch(watchdog_usec) or int(watchdog_usec) == 0:
        return None
    if watchdog_pid and watchdog_pid != str(os.getpid()):
        return None
    return int(watchdog_usec) / 1_000_000 / 3


def is_journal(journal_stream: str | None, fd: int = 2) -> bool:
    """Whether the file descriptor writes to the journal, judged by JOURNAL_STREAM.

    Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
    """
    try:
        stat = os.fstat(fd)
    except OSError:
        return False
    return journal_stream == f"{stat.st_dev}:{stat.st_ino}"
