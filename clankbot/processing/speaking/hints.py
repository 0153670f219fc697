"""Hints to hold back: moderators removed the bot's words, or Twitch kept them from chat.

Owned by the worker's thread.  Each makes the bot slower for a day, and three within an hour make it
silent for an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from clankbot.clock import Clock
from clankbot.processing.channels import Channel, Channels
from clankbot.processing.live_state import LiveState

HOUR_MS: Final = 3_600_000
# A hint slows the bot down for a day: long enough to outlast the stream it was given in.
HINT_WEIGHS_MS: Final = 24 * HOUR_MS
HINTS_TO_SILENCE: Final = 3  # so many hints within an hour, and the bot goes quiet for an hour
_LARGEST_SLOWDOWN: Final = 16

# What was noted a moment ago may seem to lie ahead, since the clock is trusted to within a minute;
# what lies further ahead was noted while it was wrong.
SLACK_MS: Final = 60_000


class HintHistory(Protocol):
    """Where hints are kept."""

    def hints_since(self, channel: str, since_ms: int) -> Sequence[int]:
        """When moderators removed the bot's words since then."""


class Hints:
    """Keeps those of each channel; storing them is for the caller."""

    def __init__(
        self, history: HintHistory, channels: Channels, live_state: LiveState, clock: Clock
    ) -> None:
        self._history = history
        self._channels = channels
        self._live_state = live_state
        self._clock = clock

    def load(self) -> None:
        """Take those that may still count from the database."""
        since_ms = self._clock.past_ms() - HINT_WEIGHS_MS
        for channel in self._channels.values():
            self._set(channel, self._history.hints_since(channel.name, since_ms))

    def add(self, name: str, at_ms: int) -> int:
        """Hold back from now on; by which factor."""
        channel = self._channels[name]
        recent = [at for at in channel.hints_ms if at_ms - at < HINT_WEIGHS_MS]
        self._set(channel, [*recent, at_ms])
        return slowdown(channel.hints_ms, at_ms)

    def forgive(self, name: str) -> None:
        """A moderator switched the bot on again."""
        self._set(self._channels[name], [])
        self._live_state.forgive(name)

    def _set(self, channel: Channel, hints_ms: Sequence[int]) -> None:
        channel.hints_ms = list(hints_ms)
        self._live_state.set_silence(channel.name, silenced_until_ms(hints_ms) or 0)


def slowdown(hints_ms: Sequence[int], now_ms: int) -> int:
    """By how much threshold, delay and cooldown are multiplied: each recent hint doubles them.

    One that is still to come does not count: it was noted while the clock was wrong.
    """
    recent = sum(1 for at in hints_ms if -SLACK_MS <= now_ms - at < HINT_WEIGHS_MS)
    return int(min(2**recent, _LARGEST_SLOWDOWN))


def silenced_until_ms(hints_ms: Sequence[int]) -> int | None:
    """The end of the hour of silence after three hints within an hour; None without one."""
    hints = sorted(hints_ms)
    ends = [
        last + HOUR_MS
        for first, last in zip(hints, hints[HINTS_TO_SILENCE - 1 :], strict=False)
        if last - first < HOUR_MS
    ]
    return max(ends, default=None)
