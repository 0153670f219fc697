"""What decided last in each channel, told by ``!clank why`` and recorded for ``stats --why``.

Owned by the worker's thread.  A new kind of decision is a new row at once; while one goes on with
other figures (``18/30 messages``), its row is brought up to date once a minute, and at the end.
"""

from __future__ import annotations

from typing import Final

from clankbot.clock import Clock
from clankbot.processing.channels import Channel, Channels
from clankbot.processing.speaking.funnel import Funnel, StoredFigures
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.reasons import Reason, Why
from clankbot.records.writes import RecordDecision, Tally

# Each message has a figure of its own; a write for each would double the work of storing it.
_UP_TO_DATE_EVERY_S: Final = 60.0


class Decisions:
    """Keeps the newest decision of each channel, and its row; counts them in the funnel."""

    def __init__(
        self, channels: Channels, write_queue: WriteQueue, stored: StoredFigures, clock: Clock
    ) -> None:
        self._channels = channels
        self._write_queue = write_queue
        self._clock = clock
        self.funnel = Funnel(write_queue.add, stored, clock)
        self._next_s = clock.monotonic() + _UP_TO_DATE_EVERY_S

    def decide(self, channel: Channel, reason: Reason) -> None:
        """Remember the decision, and record it if another gate decided than last time."""
        before = channel.decision
        channel.decision = reason
        channel.decided_at_ms = self._clock.utc_ms()
        channel.is_decision_behind = before is not None and before.code == reason.code
        if not channel.is_decision_behind:
            self._record(channel)

    def pass_over(self, channel: Channel, reason: Reason, *, tell: bool = True) -> None:
        """It was an occasion to speak, and not the time; ``tell``: that is what decided."""
        self.funnel.passed_over(channel.name, reason)
        if tell:
            self.decide(channel, reason)

    def count_refusal(self, channel: Channel, reason: Reason) -> None:
        """What the model wrote was refused: counted by its code for the day's figures.

        That it had nothing to add is counted, too, and is none.
        """
        what = reason.code if reason.code == Why.PASSED else f"refused_{reason.code}"
        self._write_queue.add(Tally(channel.name, self._clock.utc_day(), what))

    def keep_up(self) -> None:
        """Bring the rows up to date when it is time for that."""
        if self._clock.monotonic() >= self._next_s:
            self._next_s = self._clock.monotonic() + _UP_TO_DATE_EVERY_S
            self.catch_up()

    def catch_up(self) -> None:
        """Bring the rows up to date."""
        for channel in self._channels.values():
            if channel.is_decision_behind:
                channel.is_decision_behind = False
                self._record(channel, goes_on=True)
        self.funnel.keep()

    def _record(self, channel: Channel, *, goes_on: bool = False) -> None:
        write = RecordDecision(channel.name, channel.decided_at_ms, str(channel.decision), goes_on)
        self._write_queue.add(write)
