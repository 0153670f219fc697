"""What ``run`` does while the bot runs: signs of life, signals, and the status at the end."""

from __future__ import annotations

import queue
import signal
import socket
from pathlib import Path

import pytest

from clankbot.cli.run import wait_for_end
from clankbot.runtime.systemd import Notifier
from clankbot.runtime.threads import Reports


class Fading:
    """A bot whose worker hangs after the first look; then somebody ends it."""

    def __init__(self, reports: Reports, looks: int) -> None:
        self._reports = reports
        self._looks = looks
        self.looked = 0

    def is_lively(self) -> bool:
        self.looked += 1
        if self.looked == self._looks:
            self._reports.put(signal.SIGTERM)
        return self.looked == 1

    def reload(self) -> None:
        raise AssertionError("nobody asked for it")


def test_a_bot_whose_worker_hangs_gives_no_sign_of_life(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    reports: Reports = queue.SimpleQueue()
    bot = Fading(reports, looks=4)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        assert wait_for_end(bot, reports, Notifier(address), 0.001) == 0
        assert bot.looked == 4
        assert manager.recv(4096) == b"WATCHDOG=1"
        manager.setblocking(False)
        with pytest.raises(BlockingIOError):
            manager.recv(4096)
