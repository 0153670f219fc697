"""Named threads that never die unnoticed, and the signals that end them.

The main thread owns both objects and waits on one queue of reports.  A thread whose body raises,
or returns although nothing asked it to, is logged and reported there; main then stops everything.
Knows nothing of what the threads do.
"""

from __future__ import annotations

import logging
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from types import FrameType
from typing import Final, TypeVar

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

_HEARD: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# For work that must not be interrupted; a stop may take five seconds.
_LET_END_S: Final = 4.0
# Between the tries to start a thread.
_NO_ROOM_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A thread that ended although nothing asked it to."""

    thread: str
    error: BaseException | None  # what its body raised; None if it simply returned


# What main waits for: a failed thread, SIGINT or SIGTERM (stop), or SIGHUP (reload).
Report = Failure | signal.Signals

# Unbounded, the one kind of queue a signal handler may put on; a handful of reports a run.
Reports = queue.SimpleQueue[Report]


class BotThreads:
    """Starts, guards and joins the threads of the bot; every method is for the main thread."""

    def __init__(self, reports: Reports, stopping: threading.Event) -> None:
        self._reports = reports
        self._stopping = stopping
        self._threads: dict[str, threading.Thread] = {}
        # So far, the earliest first: it is the one to explain the exit status.
        self.failures: list[Failure] = []

    def start(self, name: str, body: Callable[[], None]) -> None:
        """Run ``body`` in a new thread; it may return only once ``stopping`` is set.

        Daemonic, so that a stuck library call cannot hold the process.  If the system has no room
        for another thread, it is waited for, until there is a report.  ValueError for a name
        already given.
        """
        if name in self._threads:
            raise ValueError(f"a thread named {name!r} was already started")
        thread = threading.Thread(target=self._guard, args=(name, body), name=name, daemon=True)
        self._threads[name] = thread
        start_patiently(thread, self._is_over)

    def _is_over(self, within_s: float) -> bool:
        """Whether something is to end the bot before all of it has begun."""
        return self._stopping.wait(within_s) or not self._reports.empty()

    def alive(self) -> dict[str, bool]:
        """Whether each thread that was started is alive; for any thread."""
        return {name: thread.is_alive() for name, thread in list(self._threads.items())}

    def join(self, name: str, deadline_s: float) -> bool:
        """Whether the thread ended before ``deadline_s``, in monotonic seconds."""
        thread = self._threads.get(name)
        if thread is None or thread.ident is None:  # a start that was broken off
            return True
        thread.join(max(0.0, deadline_s - time.monotonic()))
        return not thread.is_alive()

    def join_all(self, deadline_s: float) -> list[str]:
        """The names of the threads that still run at ``deadline_s``, in monotonic seconds."""
        return [name for name in self._threads if not self.join(name, deadline_s)]

    def _guard(self, name: str, body: Callable[[], None]) -> None:
        try:
            body()
        except BaseException as error:  # SystemExit, too, would end a thread without a word
            log.exception("thread failed", extra={"thread_name": name})
            failure = Failure(name, error)
        else:
            if self._stopping.is_set():
                return
            log.error("thread ended unasked", extra={"thread_name": name})
            failure = Failure(name, None)
        self.failures.append(failure)
        self._reports.put(failure)


def not_torn_off(work: Callable[[], Answer]) -> Answer:
    """What ``work`` gives or raises; a signal does not interrupt it, but ends the wait for it.

    For the main thread.  The work is done in another thread, so that it goes on while the exception
    of a signal handler passes through here: what it has half done, such as trading a one-time
    token, is then not lost.  A second signal, or a few seconds, end the wait.
    """
    ended: Future[Answer] = Future()

    def body() -> None:
        try:
            ended.set_result(work())
        except BaseException as error:
            ended.set_exception(error)

    try:
        thread = threading.Thread(target=body, name="not-torn-off", daemon=True)
        start_patiently(thread)
        wait([ended])
    except BaseException:
        wait([ended], _LET_END_S)  # not join: interrupted once, Python takes the thread for ended
        raise
    return ended.result()


def start_deaf(thread: threading.Thread) -> bool:
    """Start a thread that hears no signals; False if the system has no room for one just now.

    A new thread inherits the mask.  A signal that the system hands to another thread than main
    sets Python's flag but does not end main's wait, so it would be heard much later.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
    try:
        thread.start()
    except RuntimeError:
        return False
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return True


def start_patiently(thread: threading.Thread, wait: Callable[[float], bool] | None = None) -> None:
    """Start it deaf as soon as there is room for it, or not at all if ``wait`` says so."""
    wait = wait or threading.Event().wait
    if start_deaf(thread):
        return
    log.warning("no room for another thread, still trying", extra={"thread_name": thread.name})
    while not wait(_NO_ROOM_S):
        if start_deaf(thread):
            log.info("thread started after all", extra={"thread_name": thread.name})
            return


class Signals:
    """While entered, SIGINT, SIGTERM and SIGHUP are reports; for the main thread only.

    ``is_starting``: while nobody waits for reports yet, the first two also raise SystemExit(0).
    That alone would not do: a callback of Python or of a library may swallow it.

    Once the first SIGINT or SIGTERM has come, SIGINT is back at the system's default: a second
    Ctrl-C ends the process at once (a shell shows 130), even from a stuck call.  Nothing committed
    is lost by that.
    """

    def __init__(self, reports: Reports, *, is_starting: bool = False) -> None:
        self._reports = reports
        self._former = {number: signal.getsignal(number) for number in _HEARD}
        self.is_starting = is_starting

    def __enter__(self) -> Signals:
        for number in _HEARD:
            signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *raised: object) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGHUP:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        self._reports.put(signal.Signals(number))
        if self.is_starting and number != signal.SIGHUP:
            sys.exit(0)
