"""What `!clank status`, `why` and `about` tell, in one chat line each.

Asked on the worker's thread, whose connection to the database they use.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from clankbot.processing.commands.surroundings import Surroundings
from clankbot.processing.speaking.send_gate import local_time

_DAY_MS: Final = 86_400_000


def utc_day(now_ms: int) -> str:
    """The day as ``2026-11-22``, in UTC: the key of the day's counters."""
    return f"{datetime.fromtimestamp(now_ms / 1000, UTC):%F}"


def counted(count: int, noun: str) -> str:
    """The number with its noun, in the singular after 1."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def quiet_until(end_ms: int, now_ms: int, zone: str) -> str:
    """``quiet until 14:43 UTC``: on the channel's clock, and with the day where that is far off."""
    end = local_time(end_ms, zone)
    shown = f"{end:%H:%M}" if end_ms - now_ms < _DAY_MS else f"{end:%d %B, %H:%M}"
    return f"quiet until {shown} {zone}"


class Status:
    """How the bot is doing in each channel."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._s = surroundings

    def summary(self, channel: str, now_ms: int) -> str:
        """On or off, the model, what is still to wait for, and the day's figures."""
        policy = self._s.channel_settings[channel]
        standing = self._s.speaking.standing(channel)
        parts = [
            "on" if policy.enabled else "off",
            f"{policy.model}: {self._s.voice_outage(policy.model) or 'ready'}",
            f"{standing.counted}/{standing.threshold} messages",
        ]
        if policy.enabled:
            parts.append(standing.obstacle or "delay is over")
        today = self._s.history.tally(channel, utc_day(now_ms))
        figures = (f"{today.get(what, 0)} {what}" for what in ("generated", "said", "blocked"))
        return " | ".join([*parts, f"today {', '.join(figures)}"])

    def why(self, channel: str, now_ms: int) -> str:
        """What decided last whether the bot speaks, also from before a restart."""
        decision = self._s.speaking.why(channel)
        if decision is None:
            stored = self._s.history.decisions(channel, 1)
            if not stored:
                return "nothing has been decided here yet"
            decision = stored[0]
        ago_s = max(0, (now_ms - decision.at_ms) // 1000)
        return f"{decision.reason} ({ago_s} s ago)" if ago_s else decision.reason

    def about(self, channel: str) -> str:
        """What the bot is and what it keeps, for viewers."""
        policy, most = self._s.channel_settings[channel], self._s.retention_count
        days = policy.retention_days
        kept = f"for {counted(days, 'day')}" if days else "until moderators delete them"
        newest = f", the newest {most} at most" if most else ""
        in_cloud = self._s.is_in_cloud(policy.model)
        model = "in Ollama's cloud" if in_cloud else "that the streamer runs"
        return (
            f"I am a bot. A language model {model} writes my lines. "
            f"I keep this chat's messages {kept}{newest}. "
            "Say !clank optout and yours are deleted and no longer kept."
        )
