"""What decided last in each channel, told by ``!clank why`` and recorded for ``stats --why``.

Owned by the worker's thread.  A new kind of decision is a new row at once; while one goes on with
other figures (``18/30 messages``), its row is brought up to date once a minute, and at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from clankbot.records.answers import Decision
from clankbot.records.writes import RecordDecision

_UP_TO_DATE_EVERY_S: Final = 60.0
"""Each message has a figure of its own; a write for each would double the work of storing it."""

_DIGITS = re.compile(r"\d+")


def kind_of(reason: str) -> str:
    """The reason without its figures."""
    return _DIGITS.sub("", reason)


class Decisions:
    """The newest decision of each channel in this run."""

    def __init__(
        self,
        record: Callable[[RecordDecision], None],
        clock: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:
        self._record = record
        self._clock = clock
        self._now_ms = now_ms
        self._newest: dict[str, Decision] = {}
        self._behind: dict[str, None] = {}
        """Channels whose row shows older figures."""
        self._next_s = clock() + _UP_TO_DATE_EVERY_S

    def newest(self, channel: str) -> Decision | None:
        """What decided last; None where nothing has since the start."""
        return self._newest.get(channel)

    def decide(self, channel: str, reason: str) -> None:
        """Remember the decision, and record it when another gate decided than last time."""
        before = self._newest.get(channel)
        self._newest[channel] = Decision(self._now_ms(), reason)
        if before is not None and kind_of(before.reason) == kind_of(reason):
            self._behind[channel] = None
        else:
            self._behind.pop(channel, None)
            self._record(RecordDecision(channel, self._now_ms(), reason))

    def keep_up(self) -> None:
        """Bring the rows up to date when it is time for that."""
        if self._clock() >= self._next_s:
            self._next_s = self._clock() + _UP_TO_DATE_EVERY_S
            self.catch_up()

    def catch_up(self) -> None:
        """Bring the rows up to date."""
        behind, self._behind = self._behind, {}
        for channel in behind:
            newest = self._newest[channel]
            self._record(RecordDecision(channel, newest.at_ms, newest.reason, goes_on=True))
