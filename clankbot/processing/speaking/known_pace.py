"""The pace of each channel as far as it is known without asking the database.

Owned by the worker's thread.  What the database answered last is counted on with every message that
is queued for it, so it is never less than the truth; after a removal it may be more, until the
database is asked again.  That tells cheaply that it is not time to speak.  Whether it is time, the
database alone decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from clankbot.clock import Clock
from clankbot.processing.channels import Channel, Channels
from clankbot.processing.speaking.triggers import lines_missing
from clankbot.records.answers import Pace, SpokenRow
from clankbot.records.writes import (
    NOTES,
    Append,
    IdentifyChannel,
    RecordRateLimitEvent,
    Write,
)

# Another program may have stored or deleted something: the database is asked at least so often.
_HOLDS_S: Final = 60.0
_CHANGE_NOTHING: Final = (RecordRateLimitEvent, *NOTES)


class AskedHistory(Protocol):
    """Where the truth is."""

    def pace(self, channel: str, count_cap: int, hold_cap: int) -> Pace:
        """Messages since the bot last spoke, messages held, and when it spoke."""

    def count_since(self, channel: str, since_ms: int) -> int:
        """How many viewers' messages were stored since then."""

    def speakers_since(self, channel: str, since_ms: int) -> int:
        """How many viewers have spoken since then."""

    def recent_spoken(self, channel: str, limit: int) -> Sequence[SpokenRow]:
        """The bot's own newest lines in the channel."""

    def hints_since(self, channel: str, since_ms: int) -> Sequence[int]:
        """When moderators removed the bot's words since then."""

    def carry_on_removing(self) -> bool:
        """Delete some more of a removal that is too large for one step; whether any is left."""


@dataclass
class _Known:
    """An answer of the database, and the messages that were queued since."""

    pace: Pace
    count_cap: int
    hold_cap: int
    asked_at: float
    queued: int = 0
    is_doubtful: bool = False  # something else was written since


class KnownPace:
    """See the module's text: a history that remembers what it was asked about the pace."""

    def __init__(self, history: AskedHistory, channels: Channels, clock: Clock) -> None:
        self._channels = channels
        self._clock = clock
        self._ask = history.pace
        self.count_since: Callable[[str, int], int] = history.count_since
        self.speakers_since: Callable[[str, int], int] = history.speakers_since
        self.recent_spoken: Callable[[str, int], Sequence[SpokenRow]] = history.recent_spoken
        self.hints_since: Callable[[str, int], Sequence[int]] = history.hints_since
        self.carry_on_removing: Callable[[], bool] = history.carry_on_removing
        self._known: dict[str, _Known] = {}
        self._is_in_step = False  # all that was queued is stored
        # Channels with messages that were queued since it was judged whether to speak.
        self._fresh: dict[str, Channel] = {}
        # Channels in which it was time, as far as is known here, and the bot was silent all the
        # same: what keeps it silent is looked at again with each window, and no sooner.
        self._refused: set[str] = set()

    # -- what is asked -----------------------------------------------------------------------------

    def pace(self, channel: str, count_cap: int, hold_cap: int) -> Pace:
        """The truth: see ``Store.pace``."""
        pace = self._ask(channel, count_cap, hold_cap)
        if self._is_in_step:
            self._known[channel] = _Known(pace, count_cap, hold_cap, self._clock.monotonic())
        return pace

    def known_pace(
        self, channel: str, count_cap: int, hold_cap: int, *, is_bound: bool = False
    ) -> Pace | None:
        """The pace if all that is queued was stored; None if the database is to be asked.

        ``is_bound``: it is enough if the truth is no more than that.
        """
        known = self._known.get(channel)
        if known is None or count_cap > known.count_cap or hold_cap > known.hold_cap:
            return None
        is_old = self._clock.monotonic() - known.asked_at > _HOLDS_S
        if (known.is_doubtful or is_old) and not is_bound:
            return None
        pace, queued = known.pace, known.queued
        return Pace(pace.counted + queued, pace.held + queued, pace.spoke_at_ms)

    # -- what changes it ---------------------------------------------------------------------------

    def note(self, write: Write) -> None:
        """This is queued to be stored."""
        if isinstance(write, Append):
            name = write.message.channel
            self._fresh[name] = self._channels[name]
            if known := self._known.get(name):
                known.queued += 1
        elif isinstance(write, IdentifyChannel):
            self.forget()
        elif not isinstance(write, _CHANGE_NOTHING):
            for known in self._known.values():
                known.is_doubtful = True

    def forget(self) -> None:
        """Other rows may be stored under the names of channels than before."""
        self._known.clear()

    # -- whether it may be time --------------------------------------------------------------------

    def may_be_time(self) -> bool:
        """Whether the bot might speak by itself, once all that is queued is stored."""
        return any(
            name not in self._refused
            and channel.turn is None
            and lines_missing(channel, self, self._clock) == 0
            for name, channel in self._fresh.items()
        )

    @contextmanager
    def judging(self) -> Iterator[None]:
        """All that was queued is stored; in the block it is decided whether to speak.

        Only what the database answers meanwhile is remembered: at any other time there may be
        messages that it does not hold yet.
        """
        self._is_in_step = True
        try:
            yield
        finally:
            self._is_in_step = False
        for name, channel in self._fresh.items():
            if channel.turn is None and lines_missing(channel, self, self._clock) == 0:
                self._refused.add(name)
            else:
                self._refused.discard(name)
        self._fresh.clear()

    def lines_until_time(self, most: int) -> int:
        """So many messages, at most, may come in before ``may_be_time`` is worth a look."""
        fewest = most
        for name in self._known.keys() - self._refused:
            channel = self._channels[name]
            missing = lines_missing(channel, self, self._clock)
            if channel.turn is None and missing is not None:
                fewest = min(fewest, max(1, missing))
        return fewest
