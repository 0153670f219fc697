"""What is out of order right now: said once when it begins and once when it ends.

A subject is what can fail by itself: the server, or one model on it.  While a subject waits for its
next try it is not asked, so that a dead server costs nobody time.  Any thread may call.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

log = logging.getLogger(__name__)

_FIRST_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 10.0
"""Generation is to resume within 15 s of the server being back."""
_FORGOTTEN_S: Final = 3600.0
"""A model nobody has asked for in an hour was set by mistake and replaced: no trouble any more."""


@dataclass(frozen=True, slots=True)
class Outage:
    """One subject's trouble, from its first failure on."""

    subject: str
    problem: str
    since_s: float
    failed_s: float
    wait_s: float


class Outages:
    """All that is out of order, by subject."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._current: dict[str, Outage] = {}

    def failed(self, subject: str, problem: str) -> None:
        """Note a failure: the start of an outage, or one more try in vain."""
        now = self._clock()
        with self._lock:
            last = self._current.get(subject)
            self._current[subject] = Outage(
                subject,
                problem,
                since_s=last.since_s if last else now,
                failed_s=now,
                wait_s=min(max(2 * last.wait_s, _FIRST_WAIT_S), _LONGEST_WAIT_S)
                if last
                else _FIRST_WAIT_S,
            )
        if last is None or last.problem != problem:
            log.warning("generation fails", extra={"subject": subject, "problem": problem})

    def worked(self, subject: str) -> None:
        """Note a success, which ends the subject's outage."""
        with self._lock:
            last = self._current.pop(subject, None)
        if last is not None:
            lasted_s = round(self._clock() - last.since_s, 1)
            log.info("generation works again", extra={"subject": subject, "lasted_s": lasted_s})

    def retry_now(self) -> None:
        """Let every subject be tried at once."""
        with self._lock:
            for outage in self._current.values():
                self._current[outage.subject] = replace(outage, wait_s=0.0)

    def is_waiting(self, subject: str) -> bool:
        """Whether a subject is out of order and not to be asked yet."""
        outage = self.of(subject)
        return outage is not None and self._clock() - outage.failed_s < outage.wait_s

    def of(self, subject: str) -> Outage | None:
        """What is wrong with a subject; None when it is well."""
        with self._lock:
            return self._current.get(subject)

    def oldest(self) -> Outage | None:
        """The outage that has lasted longest; None when all is well."""
        now = self._clock()
        with self._lock:
            current = [o for o in self._current.values() if now - o.failed_s < _FORGOTTEN_S]
        return min(current, key=lambda outage: outage.since_s, default=None)
