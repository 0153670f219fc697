"""The lock of the one bot at a MySQL database, held for as long as the bot runs.

It hangs on a connection, which ends with the server, with the network, or with the machine the bot
runs on.  So a thread of its own keeps one up: it takes the lock, looks from time to time whether it
is still there, and takes it anew after a loss.  The server ends a connection that it has not heard
of for ``MYSQL_WAIT_S``, so the lock of a machine that vanished is free soon.

The thread starts and ends with the block that holds the lock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from types import TracebackType
from typing import Final, Self

from clankbot.database import sql
from clankbot.database.session import Engine, Session
from clankbot.errors import DatabaseError, DatabaseUnavailable

log = logging.getLogger(__name__)

CHECK_EVERY_S: Final = 5.0
"""So long two bots may be at work after the server was started anew; a small question to ask."""
_LEAVE_WITHIN_S: Final = 0.2
"""A server that hangs must not hold up a stop; the end of the process ends the connection, too."""


class _Taken(DatabaseError):
    """Another bot has the lock."""


class ServerLock:
    """Holds the lock while entered; entering raises DatabaseError where another bot has it.

    ``lost`` is told, in the lock's thread, that another bot has taken over: this one must end.
    """

    def __init__(
        self,
        engine: Engine,
        lost: Callable[[Exception], None],
        check_every_s: float = CHECK_EVERY_S,
    ) -> None:
        self._engine = engine
        self._lost = lost
        self._check_every_s = check_every_s
        self._leaving = threading.Event()
        self._taken: Future[None] = Future()
        self._connection = 0
        """The server's number for the connection that had the lock last."""
        self._thread = threading.Thread(target=self._run, name="instance-lock", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._taken.result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leaving.set()
        self._thread.join(_LEAVE_WITHIN_S)

    def _run(self) -> None:
        try:
            with closing(Session(self._engine)) as session:
                self._take(session)
                self._taken.set_result(None)
                while not self._leaving.wait(self._check_every_s):
                    self._check(session)
        except Exception as error:  # the thread's body: whoever holds the lock must hear of it
            if not self._taken.done():
                self._taken.set_exception(error)
                return
            log.error("instance lock lost", extra={"reason": str(error)})
            self._lost(error)

    def _check(self, session: Session) -> None:
        """An outage is told by those who have something to store."""
        try:
            self._take(session)
        except _Taken as error:
            raise DatabaseError(
                "another clankbot has begun to use this MySQL database; this one ends"
            ) from error
        except DatabaseError as error:
            log.debug("instance lock not checked", extra={"reason": str(error)})

    def _take(self, session: Session) -> None:
        """Take the lock, which changes nothing where it is ours."""
        row = session.row(sql.MYSQL_TAKE_INSTANCE)
        assert row is not None
        is_ours, connection = row
        if is_ours:
            self._connection = connection
            return
        holder = session.number(sql.MYSQL_INSTANCE_HOLDER)
        if holder and holder != self._connection:
            raise _Taken(
                "another clankbot is already using this MySQL database (the lock of one whose"
                f" machine has vanished is free after {sql.MYSQL_WAIT_S} seconds)"
            )
        if holder:  # a connection that is lost on our side; the server has not noticed it yet
            session.run(sql.MYSQL_END_CONNECTION, holder)
        raise DatabaseUnavailable("the lock of this MySQL database is just becoming free")
