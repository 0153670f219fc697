"""Whether it is time to speak unasked: a channel's count, delay and company, as stored.

Owned by the worker's thread, whose connection to the database it uses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clankbot.processing.channel_settings import SettingsByChannel
from clankbot.processing.ports import History
from clankbot.processing.speaking.triggers import (
    ADAPTIVE_WINDOW_MS,
    SPEAKERS_WINDOW_MS,
    delay_obstacle,
    effective_threshold,
    spontaneous_obstacle,
)
from clankbot.records.answers import Pace


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a channel is from the bot's speaking by itself."""

    counted: int
    threshold: int
    obstacle: str | None
    """What is in the way besides the count; None when only messages are waited for."""


class PaceGate:
    """Judges the pace.

    ``factor`` tells by how much hints slow a channel down; ``keep_count`` is how many messages of a
    channel are kept at most, 0 for any number.
    """

    def __init__(
        self,
        history: History,
        channel_settings: SettingsByChannel,
        factor: Callable[[str], int],
        keep_count: int,
        now_ms: Callable[[], int],
    ) -> None:
        self._history = history
        self._settings = channel_settings
        self._factor = factor
        self._keep_count = keep_count
        self._now_ms = now_ms

    def obstacle(self, channel: str) -> str | None:
        """Why it is not time yet, in plain words; None when it is."""
        threshold = self._threshold(channel)
        reason = spontaneous_obstacle(
            self._settings[channel],
            self._pace(channel, threshold),
            now_ms=self._now_ms(),
            threshold=threshold,
            factor=self._factor(channel),
        )
        return reason or self._speakers_obstacle(channel)

    def standing(self, channel: str) -> Standing:
        """How far it is from being time."""
        threshold = self._threshold(channel)
        pace = self._pace(channel, threshold)
        delay = delay_obstacle(
            self._settings[channel],
            pace,
            now_ms=self._now_ms(),
            factor=self._factor(channel),
        )
        return Standing(pace.counted, threshold, delay or self._speakers_obstacle(channel))

    def _threshold(self, channel: str) -> int:
        """The number of messages the channel waits for, under ``adaptive`` and after hints."""
        policy, since = self._settings[channel], self._now_ms() - ADAPTIVE_WINDOW_MS
        recent = self._history.count_since(channel, since) if policy.adaptive else 0
        wanted = effective_threshold(policy, recent) * self._factor(channel)
        # More than is kept can never be counted, and would be silence instead of restraint.
        return min(wanted, max(policy.threshold, self._keep_count or wanted))

    def _pace(self, channel: str, threshold: int) -> Pace:
        policy = self._settings[channel]
        needed = min(policy.threshold, policy.context_limit)
        return self._history.pace(channel, threshold, needed)

    def _speakers_obstacle(self, channel: str) -> str | None:
        wanted = self._settings[channel].min_speakers
        if not wanted:
            return None
        speakers = self._history.speakers_since(channel, self._now_ms() - SPEAKERS_WINDOW_MS)
        return f"{speakers}/{wanted} speakers" if speakers < wanted else None
