"""What goes wrong with the disk: system calls that fail, at each position in turn."""

from __future__ import annotations

import errno
import itertools

from tests.faults.preload import OPEN, READ, SYNC, TRUNCATE, WRITE, FailingCalls
from tests.faults.scene import Scene
from tests.waiting import wait_until

_FAST_POSITIONS = 3
_ALL = {
    "write": (WRITE, errno.EIO),
    "write, the disk is full": (WRITE, errno.ENOSPC),
    "fsync": (SYNC, errno.EIO),
    "read": (READ, errno.EIO),
    "truncate": (TRUNCATE, errno.EIO),
}


def _calls(scene: Scene) -> FailingCalls:
    assert scene.calls is not None
    return scene.calls


def fails_once(
    scene: Scene, kinds: int, error: int, position: int, patience_s: float = 60.0
) -> None:
    """One call fails; returns when it has, and the bot has gone on."""
    calls = _calls(scene)
    with calls.failing(kinds, error, first=position, count=1):
        wait_until(lambda: calls.failed >= 1, patience_s)
    probe = scene.chat.say("vera", "after a call that failed")
    wait_until(lambda: scene.is_stored(probe))


def a_write_fails(scene: Scene) -> None:
    """One write fails, at each of some positions in turn."""
    for position in range(_FAST_POSITIONS):
        fails_once(scene, WRITE, errno.EIO, position)


def is_full(scene: Scene) -> None:
    """The disk is full for a while."""
    since = len(scene.program.log)
    with _calls(scene).failing(WRITE | TRUNCATE, errno.ENOSPC):
        scene.wait_log("database away", since)
        with scene.silent():
            scene.let_flow(60)


def any_call_fails(scene: Scene) -> None:
    """Writes, reads, truncations at each of many positions in turn."""
    for (kinds, error), position in itertools.product(_ALL.values(), range(25)):
        if kinds in (WRITE, READ):
            fails_once(scene, kinds, error, position)


def syncs_fail(scene: Scene) -> None:
    """No file can be synced for a while, and there is so much chat that it has to be."""
    calls = _calls(scene)
    with calls.failing(SYNC, errno.EIO), scene.chat.flowing_at(1000):
        wait_until(lambda: calls.failed >= 3)


def starts_with_a_failing_call(scene: Scene) -> None:
    """Of all calls of a start one fails, at each position in turn: it goes on all the same."""
    calls = _calls(scene)
    for kinds in (WRITE, READ, OPEN, SYNC):
        for position in itertools.count():
            scene.stop()
            joined = len(scene.room.joins)
            with calls.failing(kinds, errno.EIO, first=position, count=1):
                scene.program.start()
                wait_until(
                    lambda known=joined: not scene.is_running or len(scene.room.joins) > known  # type: ignore[misc]
                )
                is_past = calls.failed == 0
            assert scene.is_running, f"call {position} of kind {kinds} ended the start"
            if is_past:
                break
