"""What goes wrong with the database."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.doubles.mariadb import frozen
from tests.faults.scene import _BOT_USER, Scene
from tests.waiting import wait_until

A_MOMENT_S = 2.0
A_MINUTE_S = 60.0


def wait_flowing(scene: Scene, seconds: float) -> None:
    """Until chat has flowed so long."""
    until = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() > until, seconds + 10)


@contextmanager
def locked(scene: Scene) -> Iterator[None]:
    """Another program holds the file for itself in this block."""
    path = scene.folder / "chatbot.db"
    with closing(sqlite3.connect(path, timeout=30.0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def is_locked_a_moment(scene: Scene) -> None:
    """Another program writes for some seconds."""
    with locked(scene):
        wait_flowing(scene, A_MOMENT_S)


def is_locked_a_minute(scene: Scene) -> None:
    """Another program writes for a minute, and the bot says nothing meanwhile."""
    since = len(scene.program.log)
    with locked(scene):
        scene.wait_log("database away", since)
        with scene.silent():
            wait_flowing(scene, A_MINUTE_S)


def _backup(scene: Scene) -> Path:
    """A copy of all that was said so far.  Hold the chat."""
    scene.settle()
    backup = scene.folder / "backup"
    with (
        closing(sqlite3.connect(scene.folder / "chatbot.db")) as source,
        closing(sqlite3.connect(backup)) as target,
    ):
        source.backup(target)
    return backup


def is_deleted(scene: Scene) -> None:
    """The file is deleted under the running bot, and a backup put into its place later."""
    since = len(scene.program.log)
    with scene.chat.held():
        backup = _backup(scene)
        for ending in ("", "-wal", "-shm"):
            (scene.folder / f"chatbot.db{ending}").unlink(missing_ok=True)
    scene.wait_log("database file lost", since)
    with scene.silent():
        scene.let_flow(40)
    backup.rename(scene.folder / "chatbot.db")


def is_replaced(scene: Scene) -> None:
    """A backup takes the place of the file under the running bot."""
    scene.let_flow(20)
    with scene.chat.held():
        _backup(scene).rename(scene.folder / "chatbot.db")
    scene.let_flow(20)


def loses_its_connections(scene: Scene) -> None:
    """The server ends all of the bot's connections."""
    scene.let_flow(10)
    for _ in range(3):
        scene.mariadb.execute(f"KILL USER {_BOT_USER}")
        scene.let_flow(10)


def freezes_a_moment(scene: Scene) -> None:
    """The server hangs for some seconds, shorter than the bot's patience."""
    with frozen(scene.mariadb):
        wait_flowing(scene, A_MOMENT_S)


def freezes_a_minute(scene: Scene) -> None:
    """The server hangs for a minute."""
    since = len(scene.program.log)
    with frozen(scene.mariadb):
        scene.wait_log("database away", since)
        with scene.silent():
            wait_flowing(scene, A_MINUTE_S)


def restarts(scene: Scene) -> None:
    """The server is stopped, and started again some seconds later."""
    since = len(scene.program.log)
    scene.mariadb.stop()
    try:
        scene.wait_log("database away", since)
        with scene.silent():
            scene.let_flow(40)
    finally:
        scene.mariadb.start()


def is_read_only(scene: Scene) -> None:
    """The server takes no writes, as a replica that is being promoted."""
    since = len(scene.program.log)
    scene.mariadb.execute("SET GLOBAL read_only = 1")
    try:
        scene.wait_log("database away", since)
        with scene.silent():
            scene.let_flow(40)
    finally:
        scene.mariadb.execute("SET GLOBAL read_only = 0")
