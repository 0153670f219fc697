"""What `!clank` tells without changing anything: help, settings, status, why and about.

Each is one chat line.  Asked on the worker's thread, whose connection to the database is used.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from clankbot import __version__
from clankbot.clock import Clock
from clankbot.errors import DatabaseError, OllamaError
from clankbot.processing.channels import Channels
from clankbot.processing.commands.storage import CommandHistory
from clankbot.processing.commands.throttle import Throttle
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.internal_messages import AnswerFound, AskLater, WaitsAsked
from clankbot.processing.ports import LanguageModel
from clankbot.processing.speaking.triggers import Standing
from clankbot.processing.speaking.turns import Turns
from clankbot.records.answers import SettingChange
from clankbot.records.chat import ChatMessage
from clankbot.records.reasons import Why
from clankbot.records.settings import Command
from clankbot.text import shortened
from clankbot.zones import local_time

_DAY_S: Final = 86_400
_DAY_MS: Final = _DAY_S * 1000
_CHANGES_TOLD: Final = 4
_MODELS_TOLD: Final = 15
_TERMS_CHARS: Final = 350
_VALUE_CHARS: Final = 40
_ABOUT_EVERY_S: Final = 60.0


def counted(count: int, noun: str) -> str:
    """The number with its noun, in the singular after 1."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def rough(seconds: int) -> str:
    """A time that has passed, in the one unit that tells most: ``40 s``, ``12 min``, ``3 h``."""
    for size, unit in ((_DAY_S, "day"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return counted(seconds // size, unit) if unit == "day" else f"{seconds // size} {unit}"
    return f"{seconds} s"


def masked(term: str) -> str:
    """A term as it may stand in chat: who knows it knows it again, and nobody else reads it."""
    words = (f"{word[0]}…{word[-1]}" if len(word) > 2 else f"{word[0]}…" for word in term.split())
    return " ".join(words)


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
        filters: ChannelFilters,
        turns: Turns,
        model: LanguageModel,
        ask_later: AskLater,
        clock: Clock,
    ) -> None:
        self._history = history
        self._channels = channels
        self._filters = filters
        self._turns = turns
        self._model = model
        self._about_throttle = Throttle(clock.monotonic, burst=1, refill_s=_ABOUT_EVERY_S)
        self._ask_later = ask_later
        self._clock = clock
        self._began_at = clock.monotonic()

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
            *_waits(standing, is_on=holds.enabled),
        ]
        today = self._history.tally(channel, self._clock.utc_day())
        figures = (f"{today.get(what, 0)} {what}" for what in ("generated", "said", "blocked"))
        return " | ".join([*parts, f"today {', '.join(figures)}"])

    def tell_waits(self, asked: WaitsAsked) -> None:
        """What each channel waits for, in the words of the summary."""
        waits = {}
        with suppress(DatabaseError):  # the worker tells of it
            for name, channel in self._channels.items():
                is_on = channel.settings.enabled
                told = _waits(self._turns.standing(name), is_on=is_on)
                waits[name] = ", ".join(told if is_on else ["switched off", *told])
        asked.told(waits)

    def why(self, message: ChatMessage, _: Command) -> str:
        """What keeps it silent now, and what decided last, also from before a restart."""
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
        if not ago_s:
            return reason
        now = self._now(message.channel)
        ago = f"{reason} ({rough(ago_s)} ago)"
        return ago if reason.startswith(now) else f"now: {now}; what decided last: {ago}"

    def _now(self, name: str) -> str:
        """What would keep it silent if a message came now."""
        standing = self._turns.standing(name)
        if standing.obstacle is None and standing.counted < standing.threshold:
            return f"{standing.counted}/{standing.threshold} messages"
        return str(standing.obstacle or "waiting for the next message")

    def changed(self, message: ChatMessage, _: Command) -> str:
        """The newest changes of settings: what, from what to what, by whom and how long ago."""
        changes = self._history.changes(message.channel, _CHANGES_TOLD)
        if not changes:
            return "no setting has been changed here in the last ninety days"
        return "; ".join(map(self._change, changes))

    def _change(self, change: SettingChange) -> str:
        schema, column = self._channels.schema, change.column
        old, new = (
            shortened(schema.value_text(column, value), _VALUE_CHARS)
            for value in (change.old_value, change.new_value)
        )
        ago = rough(max(0, (self._clock.utc_ms() - change.at_ms) // 1000))
        by = f"{change.changed_by or 'somebody'}, {ago} ago{', undone' if change.undone else ''}"
        return f"{schema.name_of(column)}: {old} -> {new} ({by})"

    def terms(self, message: ChatMessage, _: Command) -> str:
        """The channel's own list, each word without its inner letters: viewers read along."""
        terms = self._filters.terms(message.channel)
        if not terms:
            return "this channel has no blocked terms of its own; the operator's list holds anyway"
        told, room_chars = [], _TERMS_CHARS
        for term in terms:
            told.append(masked(term))
            room_chars -= len(told[-1]) + 2
            if room_chars < 0:
                told.pop()
                break
        more = f" and {len(terms) - len(told)} more" if len(told) < len(terms) else ""
        return f"{counted(len(terms), 'term')} of this channel's own: {', '.join(told)}{more}"

    def models(self, message: ChatMessage, _: Command) -> str | None:
        """What the server has, once it has said so."""
        in_use = self._channels[message.channel].settings.model

        def ask() -> AnswerFound:
            try:
                names = self._model.choices()
            except OllamaError as error:
                return AnswerFound(message, f"{error}, so its models cannot be listed")
            shown = ", ".join(names[:_MODELS_TOLD]) or "none"
            more = f" and {len(names) - _MODELS_TOLD} more" if len(names) > _MODELS_TOLD else ""
            return AnswerFound(message, f"on the server: {shown}{more}; in use here: {in_use}")

        return None if self._ask_later(ask) else "too busy to ask Ollama just now"

    def version(self, _: ChatMessage, __: Command) -> str:
        """The program's version, and for how long it has been running."""
        since_s = int(self._clock.monotonic() - self._began_at)
        return f"Clankbot {__version__}, running for {rough(since_s)}"

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


def _waits(standing: Standing, *, is_on: bool) -> list[str]:
    """How far the count is, and what else is in the way."""
    count = f"{standing.counted}/{standing.threshold} messages"
    if not is_on:
        return [count]
    besides = filter(None, (standing.held_back, standing.unanswered))
    return [count, str(standing.obstacle or "delay is over"), *besides]
