"""How one thread asks another to stop: calling off one piece of work, or closing a queue."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from typing import Final


class End(enum.Enum):
    """The marker that closes a queue: whoever takes it finishes what it has and ends."""

    END = "end"


END: Final = End.END


class Cancel:
    """Calls work off: raised by any thread, once and for good; obeyed by the one that works."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether it was called off."""
        return self._cancelled

    def cancel(self) -> None:
        """Call it off; what is attached runs now, in this thread.  A second call does nothing."""
        with self._lock:
            self._cancelled = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def attach(self, callback: Callable[[], None]) -> None:
        """Run ``callback`` (quick, and never raising) on cancelling; at once where that is past."""
        with self._lock:
            if not self._cancelled:
                self._callbacks.append(callback)
                return
        callback()

    def detach(self, callback: Callable[[], None]) -> None:
        """Take back an ``attach``; nothing happens when the callback has run already."""
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)
