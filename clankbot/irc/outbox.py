"""The bot's lines that wait for their turn to be said: in order, bounded, and not for ever.

A plain data structure of the sender.  Times are monotonic seconds and passed in.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator
from typing import Final

from clankbot.records.speech import MAX_AGE_S, MessageKind, Outgoing

# More than Twitch takes in two minutes, so that what overflows would have been stale anyway.
_MOST_WAITING: Final = 100

# As dank-twitch-irc has it: one channel in slow mode must not fill the outbox.
_MOST_PER_CHANNEL: Final = 10


class Outbox:
    """The waiting lines, the most urgent first and the oldest first among equals."""

    def __init__(self) -> None:
        self._lines: list[Outgoing] = []

    def __iter__(self) -> Iterator[Outgoing]:
        return iter(self._lines)

    def put(self, line: Outgoing) -> Outgoing | None:
        """Takes a line in; the one that has to give way for it, which may be that very line.

        It is the oldest among the least urgent: of the channel, or of all when all are too many.
        """
        bisect.insort(self._lines, line, key=_urgency)
        crowd = [other for other in self._lines if other.channel == line.channel]
        if len(crowd) <= _MOST_PER_CHANNEL:
            if len(self._lines) <= _MOST_WAITING:
                return None
            crowd = self._lines
        victim = max(crowd, key=_urgency)
        self._lines.remove(victim)
        return victim

    def remove(self, line: Outgoing) -> None:
        """Its turn has come."""
        self._lines.remove(line)

    def next_stale_at(self) -> float:
        """When the oldest line will be too old to be said."""
        return min((line.since for line in self._lines), default=math.inf) + MAX_AGE_S

    def take_stale(self, now: float) -> list[Outgoing]:
        """Takes out the lines that are too old to be said."""
        stale = [line for line in self._lines if line.since + MAX_AGE_S <= now]
        for line in stale:
            self._lines.remove(line)
        return stale

    def take_all(self) -> list[Outgoing]:
        """Takes out all lines that still wait."""
        lines, self._lines = self._lines, []
        return lines


def _urgency(line: Outgoing) -> MessageKind:
    return line.kind
