"""What happens to the process: signals, limits, kill -9, a log that nobody reads."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.on_database import wait_flowing
from tests.faults.scene import Scene

_MOMENTS_S = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LOAD = 400.0


@contextmanager
def limited(scene: Scene, kind: int, soft: int) -> Iterator[None]:
    """The running program has so much of a resource in this block."""
    before = resource.prlimit(scene.pid, kind)
    resource.prlimit(scene.pid, kind, (soft, before[1]))
    try:
        yield
    finally:
        if scene.is_running:
            resource.prlimit(scene.pid, kind, before)


def has_no_descriptors_left(scene: Scene) -> None:
    """No file or connection can be opened for a while, just when chat was lost."""
    scene.wait_proved()
    joined = len(scene.room.joins)
    with scene.chat.held():
        scene.room.drop()
    with limited(scene, resource.RLIMIT_NOFILE, 3):
        wait_flowing(scene, 2.0)
    scene.wait_joined_since(joined)


def has_no_memory_left(scene: Scene) -> None:
    """Its data cannot grow for a while, under load.

    RLIMIT_AS would not do: the C library reserves addresses for each thread beforehand.
    """
    status = Path(f"/proc/{scene.pid}/status").read_text()
    (size,) = (int(line.split()[1]) for line in status.splitlines() if line[:7] == "VmData:")
    began, since = time.monotonic(), len(scene.program.log)
    with limited(scene, resource.RLIMIT_DATA, size * 1024), scene.chat.flowing_at(2000):
        scene.let_flow(4000)
    if "thread failed" in scene.program.log[since:]:
        scene.statuses.append(scene.program.wait())
        scene.start()
    with scene.chat.held():
        scene.chat.excuse(began, time.monotonic())


def is_killed(scene: Scene) -> None:
    """kill -9 under load."""
    with scene.chat.flowing_at(_LOAD):
        scene.let_flow(200)
        scene.kill()
    scene.start()


def is_killed_ten_times(scene: Scene) -> None:
    """kill -9 under load, at ten odd moments."""
    for number in range(10):
        with scene.chat.flowing_at(_LOAD):
            scene.let_flow(37 * number % 101 + 1)
            scene.kill()
        scene.start()


def is_stopped(scene: Scene) -> None:
    """SIGTERM under load, with SIGHUP and another SIGTERM behind it."""
    with scene.chat.flowing_at(_LOAD):
        scene.let_flow(100)
        scene.stop(signal.SIGTERM, signal.SIGHUP, signal.SIGTERM)
    scene.start()


def is_stopped_at_each_stage(scene: Scene) -> None:
    """Each signal first and any other behind it, at each stage of the stop."""
    for first in (signal.SIGTERM, signal.SIGINT):
        for second in _HEARD:
            for moment_s in _MOMENTS_S:
                scene.let_flow(5)
                scene.stop(first, second, pause_s=moment_s)
                scene.start()


def starts_with_signals(scene: Scene) -> None:
    """Each signal at each stage of the start: SIGHUP changes nothing, the others end it well."""
    for number in _HEARD:
        for moment_s in _MOMENTS_S:
            scene.stop()
            joined = len(scene.room.joins)
            scene.program.start()
            assert scene.program.running is not None
            _wait_listening(scene.pid)
            time.sleep(moment_s)
            if number is signal.SIGHUP:
                scene.program.running.send_signal(number)
                scene.wait_joined_since(joined)
            else:
                scene.stop(number)
                scene.start()


def _wait_listening(pid: int) -> None:
    """Python's own start is over: there is a handler for each of the signals."""
    status = Path(f"/proc/{pid}/status")
    while True:
        (caught,) = (line for line in status.read_text().splitlines() if line[:6] == "SigCgt")
        if all(int(caught.split()[1], 16) & (1 << (number - 1)) for number in _HEARD):
            return


def is_not_read(scene: Scene) -> None:
    """Nobody reads its standard error."""
    scene.stop()
    reader, writer = os.pipe()
    try:
        scene.start(stderr=writer, LOG_LEVEL="DEBUG")
        with scene.chat.flowing_at(2000):
            scene.let_flow(3000)
        scene.wait_well(30.0)
        scene.stop()
    finally:
        os.close(writer)
        os.close(reader)
    scene.start()
