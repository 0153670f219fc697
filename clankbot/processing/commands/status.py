"""What `!clank` tells without changing anything: help, settings, status, why and about.

Each is one chat line.  Asked on the worker's thread, whose connection to the database is used.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Protocol

from clankbot.processing.channel_settings import SettingsByChannel
from clankbot.processing.commands.throttle import Throttle
from clankbot.processing.ports import History
from clankbot.processing.speaking.send_gate import local_time
from clankbot.processing.speaking.turns import Turns
from clankbot.records.chat import ChatMessage
from clankbot.records.settings import Command

_DAY_MS: Final = 86_400_000
_ABOUT_EVERY_S: Final = 60.0


class LanguageModel(Protocol):
    """What commands ask about models."""

    def check_choice(self, model: str, /) -> str | None:
        """Why moderators cannot choose it, None if they can.

        Asks the server, so it may take seconds, and raises OllamaError.
        """

    def outage(self, model: str, /) -> str | None:
        """What is wrong with it, None if nothing is; never waits."""

    def runs_in_cloud(self, model: str, /) -> bool:
        """Whether what it is asked leaves the streamer's machines; never waits."""


def utc_day(now_ms: int) -> str:
    """The day as ``2026-11-22``, in UTC: the key of the day's counters."""
    return f"{datetime.fromtimestamp(now_ms / 1000, UTC):%F}"


def counted(count: int, noun: str) -> str:
    """The number with its noun, in the singular after 1."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def quiet_until(end_ms: int, now_ms: int, zone: str) -> str:
    """``quiet until 14:43 UTC``: on the channel's clock, and with the day if that is far off."""
    end = local_time(end_ms, zone)
    shown = f"{end:%H:%M}" if end_ms - now_ms < _DAY_MS else f"{end:%d %B, %H:%M}"
    return f"quiet until {shown} {zone}"


class Status:
    """How the bot is doing in each channel."""

    def __init__(
        self,
        history: History,
        settings: SettingsByChannel,
        turns: Turns,
        language_model: LanguageModel,
        retention_count: int,
        clock: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:
        self._history = history
        self._settings = settings
        self._turns = turns
        self._language_model = language_model
        self._retention_count = retention_count
        self._about_throttle = Throttle(clock, burst=1, refill_s=_ABOUT_EVERY_S)
        self._now_ms = now_ms

    def help(self, _: ChatMessage, command: Command) -> str:
        """What there is to say, or what one word of it means."""
        return self._settings.schema.help_text(command.argument)

    def setting(self, message: ChatMessage, command: Command) -> str:
        """What one setting is; of ``quiet`` also the quiet time under way."""
        assert command.setting is not None
        channel, now_ms = message.channel, self._now_ms()
        own, holds = self._settings.overrides(channel), self._settings[channel]
        shown = self._settings.schema.shown(command.setting, own)
        if command.setting != "quiet" or (holds.quiet_until_ms or 0) <= now_ms:
            return shown
        until = quiet_until(holds.quiet_until_ms or 0, now_ms, holds.timezone)
        return f"{until}; besides, {shown}" if holds.quiet_hours else until

    def summary(self, message: ChatMessage, _: Command) -> str:
        """On or off, the model, what is still to wait for, and the day's figures."""
        channel = message.channel
        holds, standing = self._settings[channel], self._turns.standing(channel)
        parts = [
            "on" if holds.enabled else "off",
            f"{holds.model}: {self._language_model.outage(holds.model) or 'ready'}",
            f"{standing.counted}/{standing.threshold} messages",
        ]
        if holds.enabled:
            parts.append(standing.obstacle or "delay is over")
        today = self._history.tally(channel, utc_day(self._now_ms()))
        figures = (f"{today.get(what, 0)} {what}" for what in ("generated", "said", "blocked"))
        return " | ".join([*parts, f"today {', '.join(figures)}"])

    def why(self, message: ChatMessage, _: Command) -> str:
        """What decided last whether the bot speaks, also from before a restart."""
        decision = self._turns.why(message.channel)
        if decision is None:
            stored = self._history.decisions(message.channel, 1)
            if not stored:
                return "nothing has been decided here yet"
            decision = stored[0]
        ago_s = max(0, (self._now_ms() - decision.at_ms) // 1000)
        return f"{decision.reason} ({ago_s} s ago)" if ago_s else decision.reason

    def about(self, message: ChatMessage, _: Command) -> str | None:
        """What the bot is and what it keeps, for viewers; once a minute in each channel."""
        if not self._about_throttle.allows(message.channel):
            return None
        holds, most = self._settings[message.channel], self._retention_count
        days = holds.retention_days
        kept = f"for {counted(days, 'day')}" if days else "until moderators delete them"
        newest = f", the newest {most} at most" if most else ""
        in_cloud = self._language_model.runs_in_cloud(holds.model)
        model = "in Ollama's cloud" if in_cloud else "that the streamer runs"
        return (
            f"I am a bot. A language model {model} writes my lines. "
            f"I keep this chat's messages {kept}{newest}. "
            "Say !clank optout and yours are deleted and no longer kept."
        )
