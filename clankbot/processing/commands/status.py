"""What `!clank` tells without changing anything: help, settings, status, why and about.

Each is one chat line.  Asked on the worker's thread, whose connection to the database is used.
"""

from __future__ import annotations

from typing import Final

from clankbot.clock import Clock
from clankbot.processing.channels import Channels
from clankbot.processing.commands.storage import CommandHistory
from clankbot.processing.commands.throttle import Throttle
from clankbot.processing.ports import LanguageModel
from clankbot.processing.speaking.turns import Turns
from clankbot.records.chat import ChatMessage
from clankbot.records.reasons import Why
from clankbot.records.settings import Command
from clankbot.zones import local_time

_DAY_MS: Final = 86_400_000
_ABOUT_EVERY_S: Final = 60.0


def counted(count: int, noun: str) -> str:
    """The number with its noun, in the singular after 1."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def quiet_until(end_ms: int, now_ms: int, zone: str) -> str:
    """``quiet until 14:43 UTC``: on the channel's clock, and with the day if that is far off."""
    end = local_time(end_ms, zone)
    shown = f"{end:%H:%M}" if end_ms - now_ms < _DAY_MS else f"{end:%d %B, %H:%M}"
    return f"quiet until {shown} {end.tzinfo}"


class Status:
    """How the bot is doing in each channel."""

    def __init__(
        self,
        history: CommandHistory,
        channels: Channels,
        turns: Turns,
        model: LanguageModel,
        clock: Clock,
    ) -> None:
        self._history = history
        self._channels = channels
        self._turns = turns
        self._model = model
        self._about_throttle = Throttle(clock.monotonic, burst=1, refill_s=_ABOUT_EVERY_S)
        self._clock = clock

    def help(self, _: ChatMessage, command: Command) -> str:
        """What there is to say, or what one word of it means."""
        return self._channels.schema.help_text(command.argument)

    def setting(self, message: ChatMessage, command: Command) -> str:
        """What one setting is; of ``quiet`` also the quiet time under way."""
        assert command.setting is not None
        channel, now_ms = message.channel, self._clock.utc_ms()
        holds, own = self._channels[channel].settings, self._channels[channel].overrides
        shown = self._channels.schema.shown(command.setting, own)
        if command.setting != "quiet" or (holds.quiet_until_ms or 0) <= now_ms:
            return shown
        until = quiet_until(holds.quiet_until_ms or 0, now_ms, holds.timezone)
        return f"{until}; besides, {shown}" if holds.quiet_hours else until

    def summary(self, message: ChatMessage, _: Command) -> str:
        """On or off, the model, what is still to wait for, and the day's figures."""
        channel = message.channel
        holds, standing = self._channels[channel].settings, self._turns.standing(channel)
        parts = [
            "on" if holds.enabled else "off",
            f"{holds.model}: {self._model.condition(holds.model, channel)}",
            f"{standing.counted}/{standing.threshold} messages",
        ]
        if holds.enabled:
            parts.append(str(standing.obstacle or "delay is over"))
        today = self._history.tally(channel, self._clock.utc_day())
        figures = (f"{today.get(what, 0)} {what}" for what in ("generated", "said", "blocked"))
        return " | ".join([*parts, f"today {', '.join(figures)}"])

    def why(self, message: ChatMessage, _: Command) -> str:
        """What decided last whether the bot speaks, also from before a restart."""
        decided = self._turns.why(message.channel)
        loading = self._model.loading(self._channels[message.channel].settings.model)
        if loading and decided is not None and decided[0].code == Why.COMPOSING:
            return loading
        if decided is None:
            stored = self._history.decisions(message.channel, 1)
            if not stored:
                return "nothing has been decided here yet"
            reason, at_ms = stored[0].reason, stored[0].at_ms
        else:
            reason, at_ms = decided[0].text, decided[1]
        ago_s = max(0, (self._clock.utc_ms() - at_ms) // 1000)
        return f"{reason} ({ago_s} s ago)" if ago_s else reason

    def about(self, message: ChatMessage, _: Command) -> str | None:
        """What the bot is and what it keeps, for viewers; once a minute in each channel."""
        if not self._about_throttle.allows(message.channel):
            return None
        holds = self._channels[message.channel].settings
        days, most = holds.retention_days, holds.retention_count
        kept = f"for {counted(days, 'day')}" if days else "until moderators delete them"
        newest = f", the newest {most} at most" if most else ""
        in_cloud = self._model.runs_in_cloud(holds.model)
        model = "in Ollama's cloud" if in_cloud else "that the streamer runs"
        return (
            f"I am a bot. A language model {model} writes my lines. "
            f"I keep this chat's messages {kept}{newest}. "
            "Say !clank optout and yours are deleted and no longer kept."
        )
