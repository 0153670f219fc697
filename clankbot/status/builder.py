"""The thread ``status-builder``: puts pages together, and asks the database for them.

Started by the wiring with ``run`` as its body; ends after ``close``.  What it needs for that is
imported when somebody looks for the first time, for most bots run without anybody looking.
"""

from __future__ import annotations

import importlib
import logging
import queue
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from typing import Final, Protocol

from clankbot.clock import Clock
from clankbot.errors import DatabaseError
from clankbot.records.answers import Figures
from clankbot.status.document import Document, Live, Stored, put_together
from clankbot.status.facts import Level, State
from clankbot.status.request import Reply, Request, refusal, wanted_form

log = logging.getLogger(__name__)

# So long an answer is good for whoever asks next: many who look cost little more than one.
_GOOD_FOR_S: Final = 2.0
# The worker is asked what it waits for; it may be behind a slow database.
_WORKER_WITHIN_S: Final = 0.5
# Requests that wait for one answer: as many as there are connections.
_MOST_WAITING: Final = 256
# What is imported only for who looks.
_RENDERING: Final = "clankbot.status.rendering"
_PATHS: Final = ("/", "/metrics", "/healthz", "/livez")

Done = Callable[[Reply], None]
Waits = Mapping[str, str]


class Counted(Protocol):
    """What this run has counted; any thread may ask."""

    def recent(self) -> list[Figures]:
        """The stretches of time that may still change, as they are now."""

    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """All that was counted in this run, by channel."""


class Builder:
    """See the module's text."""

    def __init__(
        self,
        state: Callable[[], State],
        counted: Counted,
        open_store: Callable[[], Stored],
        ask_waits: Callable[[Callable[[Waits], None]], None],
        bounds_s: tuple[int, ...],
        clock: Clock,
    ) -> None:
        """``state`` and ``ask_waits`` never wait; the latter has the worker tell what each channel
        waits for.
        """
        self._state = state
        self._counted = counted
        self._open_store = open_store
        self._ask_waits = ask_waits
        self._bounds_s = bounds_s
        self._clock = clock
        self._asked: queue.Queue[tuple[str, Done] | None] = queue.Queue(_MOST_WAITING)
        self._answers: dict[str, tuple[float, Reply]] = {}  # by form, and when they were made

    # -- for the thread of the server --------------------------------------------------------------

    def at_once(self, request: Request) -> Reply | None:
        """What is known without waiting: whether the bot lives, whether it is well."""
        if request.path not in _PATHS:
            return refusal(404, f"there is only {', '.join(_PATHS)}")
        if request.path == "/livez":
            return Reply(200, b"ok\n")
        if request.path == "/healthz":
            return health(self._state())
        made_at, reply = self._answers.get(_form(request), (0.0, None))
        return reply if self._clock.monotonic() - made_at < _GOOD_FOR_S else None

    def later(self, request: Request, done: Done) -> None:
        """Have the answer made; too many at once are refused."""
        try:
            self._asked.put_nowait((_form(request), done))
        except queue.Full:
            done(refusal(503, "too many are asking"))

    def close(self) -> None:
        """End the thread once it is through with what it is at."""
        try:
            self._asked.put_nowait(None)
        except queue.Full:
            return

    # -- the thread --------------------------------------------------------------------------------

    def run(self) -> None:
        """The body of the thread."""
        while (asked := self._asked.get()) is not None:
            form, done = asked
            made_at, reply = self._answers.get(form, (0.0, None))
            if reply is None or self._clock.monotonic() - made_at >= _GOOD_FOR_S:
                reply = self._made(form)
                self._answers[form] = self._clock.monotonic(), reply
            done(reply)

    def _made(self, form: str) -> Reply:
        try:
            return self._rendered(form)
        except Exception:
            # A fault of the page must not take the bot down.
            log.exception("the status page failed")
            return refusal(503, "the page could not be made; the log tells why")

    def _rendered(self, form: str) -> Reply:
        document = self._document(with_waits=form != "metrics")
        live = Live(self._counted.totals(), self._bounds_s)
        reply: Reply = importlib.import_module(_RENDERING).rendered(form, document, live)
        return reply

    def _document(self, *, with_waits: bool) -> Document:
        state, live = self._state(), self._counted.recent()
        waits = self._waits() if with_waits else {}
        try:
            with self._open_store() as stored:
                return put_together(state, live, stored, waits)
        except DatabaseError:  # the worker tells of it
            return put_together(state, live, None, waits)

    def _waits(self) -> Waits:
        told: Future[Waits] = Future()
        self._ask_waits(told.set_result)
        try:
            return told.result(_WORKER_WITHIN_S)
        except NotInTime:
            return {}


def _form(request: Request) -> str:
    return "metrics" if request.path == "/metrics" else wanted_form(request.accept)


def health(state: State) -> Reply:
    """200 or 503 and a word; below it what is not well."""
    ill = [part for part in state.parts if part.level is not Level.WELL]
    lines = [state.level.word, *(f"{p.level.word}: {p.name}: {p.words}" for p in ill)]
    return Reply(503 if state.level is Level.DOWN else 200, "\n".join([*lines, ""]).encode())
