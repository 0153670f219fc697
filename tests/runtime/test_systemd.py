"""What systemd hears: datagrams on a real socket, as a service manager would receive them."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from clankbot.runtime.systemd import Notifier, is_journal, watchdog_interval_s
from tests.waiting import PATIENCE_S


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A bound socket and the value of NOTIFY_SOCKET that names it."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@clankbot-{uuid.uuid4()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        listener.settimeout(PATIENCE_S)
        yield listener, name


def test_each_word_is_one_datagram(manager: tuple[socket.socket, str]) -> None:
    listener, address = manager
    notifier = Notifier(address)
    notifier.ready()
    notifier.alive()
    notifier.stopping()
    heard = [listener.recv(4096) for _ in range(3)]
    assert heard == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.parametrize("address", [None, ""])
def test_without_systemd_nothing_happens(
    address: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    Notifier(address).ready()
    assert not caplog.records


def test_a_deaf_systemd_is_mentioned_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    address = tmp_path / "gone"
    notifier = Notifier(str(address))
    notifier.ready()
    notifier.alive()
    assert [record.getMessage() for record in caplog.records] == ["systemd does not listen"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(address))
        notifier.alive()
        assert listener.recv(4096) == b"WATCHDOG=1"
    notifier.alive()
    assert len(caplog.records) == 2


@pytest.mark.parametrize(
    ("usec", "pid", "expected_s"),
    [
        ("120000000", None, 40.0),
        ("120000000", str(os.getpid()), 40.0),
        ("120000000", "1", None),
        ("0", None, None),
        ("", None, None),
        ("soon", None, None),
        ("9" * 5000, None, None),
        ("\u0661", None, None),
        (None, None, None),
    ],
)
def test_signs_of_life_come_three_times_as_often_as_asked(
    usec: str | None, pid: str | None, expected_s: float | None
) -> None:
    assert watchdog_interval_s(usec, pid) == expected_s


def test_the_journal_is_known_by_device_and_inode() -> None:
    read_end, write_end = os.pipe()
    try:
        stat = os.fstat(write_end)
        assert is_journal(f"{stat.st_dev}:{stat.st_ino}", write_end)
        assert not is_journal(f"{stat.st_dev}:{stat.st_ino + 1}", write_end)
        assert not is_journal(None, write_end)
    finally:
        os.close(read_end)
        os.close(write_end)
    assert not is_journal("1:2", write_end)
