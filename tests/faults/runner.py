"""Makes rows happen, one after the other; rows of one world share a running program."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.doubles import mariadb
from tests.doubles.mariadb import MariaDb
from tests.faults import preload
from tests.faults.invariants import Account, broken_promises, resolve
from tests.faults.row import Need, Outcome, Row
from tests.faults.scene import Scene, World
from tests.faults.table import FILE_WATCHED
from tests.waiting import AT_ONCE_S

_MISSING: Final[dict[Need, str | None]] = {
    Need.NOTHING: None,
    Need.COMPILER: preload.MISSING,
    Need.MARIADB: mariadb.MISSING,
    Need.FILE_WATCHED: None if FILE_WATCHED else "the bot does not watch its file yet",
}


def missing(row: Row) -> str | None:
    """Why the row cannot be made here, or None."""
    return _MISSING[row.need]


class Runner:
    """Keeps a scene for the rows to come while entered."""

    def __init__(self, server: Callable[[], MariaDb]) -> None:
        """``server`` is asked when a row wants MariaDB."""
        self._server = server
        self._scene: Scene | None = None
        self._kept = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def make(self, row: Row) -> Outcome:
        """Let the row happen, and judge."""
        if reason := missing(row):
            return Outcome(row, None, (), skipped=reason)
        well_after_s = None
        try:
            scene = self._scene_for(row.world)
            log_since, said_since = len(scene.program.log), len(scene.room.messages)
            scene.forget_the_last()
            row.make(scene)
            well_after_s = scene.wait_well(row.well_within_s + AT_ONCE_S)
            with scene.chat.held():
                scene.settle()
                account = Account(
                    lines=scene.chat.lines,
                    stored=scene.stored(),
                    said=scene.room.messages,
                    said_since=said_since,
                    heard_at=scene.room.heard_at,
                    log=scene.program.log[log_since:],
                    statuses=scene.statuses,
                    silences=scene.silences,
                    forbidden=scene.forbidden,
                    is_running=scene.is_running,
                )
                broken = broken_promises(account, row)
                resolve(account)
        except Exception as error:
            broken = [f"{type(error).__name__}: {error}"]
            if self._scene is not None:
                broken.append(self._scene.program.log[-3000:])
        if broken:
            self._leave()  # whatever came of it is not the next row's matter
        return Outcome(row, well_after_s, tuple(broken))

    def _scene_for(self, world: World) -> Scene:
        if self._scene is None or self._scene.world is not world:
            self._leave()
            folder = Path(self._kept.enter_context(tempfile.TemporaryDirectory()))
            server = self._server() if world is World.MYSQL else None
            self._scene = self._kept.enter_context(Scene(folder, world, server))
        return self._scene

    def _leave(self) -> None:
        self._scene = None
        self._kept.close()
        self._kept = ExitStack()
