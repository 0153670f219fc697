"""How one thread asks another to stop: by cancelling one piece of work, or by closing a queue."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from typing import Final


class End(enum.Enum):
    """The marker that closes a queue: the thread that takes it finishes its work and ends."""

    END = "end"


END: Final = End.END


class Cancel:
    """Cancels a piece of work.  Any thread may set it, for good; the one that works obeys it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether the work is cancelled."""
        return self._cancelled

    def cancel(self) -> None:
        """Cancel; what is attached runs now, in this thread.  A second call does nothing."""
        with self._lock:
            self._cancelled = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def attach(self, callback: Callable[[], None]) -> None:
        """Run ``callback`` (quick, never raising) on cancelling; at once if that has happened."""
        with self._lock:
            if not self._cancelled:
                self._callbacks.append(callback)
                return
        callback()

    def detach(self, callback: Callable[[], None]) -> None:
        """Undo an ``attach``; does nothing if the callback has run already."""
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)
