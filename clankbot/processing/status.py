"""What `!clank status`, `why` and `about` tell, in one chat line each.

Asked on the worker's thread, whose connection to the database they use.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from clankbot.processing.policies import Policies
from clankbot.processing.ports import History
from clankbot.processing.speaking import Speaking


def utc_day(now_ms: int) -> str:
    """The day as ``2026-11-22``, in UTC: the key of the day's counters."""
    return f"{datetime.fromtimestamp(now_ms / 1000, UTC):%F}"


def counted(count: int, noun: str) -> str:
    """The number with its noun, in the singular after 1."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class Status:
    """How the bot is doing in each channel."""

    def __init__(
        self,
        history: History,
        policies: Policies,
        speaking: Speaking,
        voice_problem: Callable[[str], str | None],
        retention_count: int,
    ) -> None:
        self._history = history
        self._policies = policies
        self._speaking = speaking
        self._voice_problem = voice_problem
        self._retention_count = retention_count

    def summary(self, channel: str, now_ms: int) -> str:
        """On or off, the model, what is still to wait for, and the day's figures."""
        policy = self._policies[channel]
        threshold = self._speaking.threshold(channel)
        pace = self._history.pace(channel, threshold, 1)
        wait_s = 0
        if pace.spoke_at_ms is not None:
            delay_ms = policy.delay_s * 1000 * self._speaking.factor(channel)
            wait_s = max(0, -(-(pace.spoke_at_ms + delay_ms - now_ms) // 1000))
        today = self._history.tally(channel, utc_day(now_ms))
        return " | ".join(
            (
                "on" if policy.enabled else "off",
                f"{policy.model}: {self._voice_problem(policy.model) or 'ready'}",
                f"{pace.counted}/{threshold} messages",
                f"may speak in {wait_s} s" if wait_s else "delay is over",
                f"today {today.get('said', 0)} said, {today.get('blocked', 0)} blocked",
            )
        )

    def why(self, channel: str, now_ms: int) -> str:
        """What decided last whether the bot speaks, also from before a restart."""
        decision = self._speaking.why(channel)
        if decision is None:
            stored = self._history.decisions(channel, 1)
            if not stored:
                return "nothing has been decided here yet"
            decision = (stored[0].at_ms, stored[0].reason)
        at_ms, reason = decision
        ago_s = max(0, (now_ms - at_ms) // 1000)
        return f"{reason} ({ago_s} s ago)" if ago_s else reason

    def about(self, channel: str) -> str:
        """What the bot is and what it keeps, for viewers."""
        days = self._policies[channel].retention_days
        kept = f"for {counted(days, 'day')}" if days else "until moderators delete them"
        newest = f", the newest {self._retention_count} at most" if self._retention_count else ""
        return (
            "I am a bot. A language model on the streamer's own machine writes my lines. "
            f"I keep this chat's messages {kept}{newest}. "
            "Say !clank optout and yours are deleted and no longer kept."
        )
