"""The one place that judges whether the bot may speak: before a generation and before a send.

Every gate is looked at with the values of that moment, so a line that was fine when the model
was asked is still stopped if a moderator, a viewer or Twitch changed something since.
"""

from __future__ import annotations

import logging
from typing import Final

from clankbot.clock import Clock
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.live_state import LiveState, Room
from clankbot.processing.speaking.hints import HOUR_MS, SLACK_MS
from clankbot.processing.speaking.repetition import NEARLY_REMOVED, repeats
from clankbot.processing.speaking.triggers import quiet_hours_end
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import MAX_AGE_S, MessageKind, Outgoing
from clankbot.zones import local_time

log = logging.getLogger(__name__)

SWITCHED_OFF: Final = Reason(Why.SWITCHED_OFF, "switched off")
DATABASE_AWAY: Final = Reason(Why.DATABASE, "the database is away")


class SendGate:
    """Judges each line at the moment of sending.  Called on the sender's thread."""

    def __init__(self, live_state: LiveState, filters: ChannelFilters, clock: Clock) -> None:
        self._live_state = live_state
        self._filters = filters
        self._clock = clock

    def __call__(self, line: Outgoing) -> Reason | None:
        """The reason to drop the line; None if it may be said."""
        room = self._live_state.view(line.channel)
        if self._clock.monotonic() - line.since > MAX_AGE_S:
            return Reason(Why.STALE, "too old")
        if reason := silence_reason(room, line.kind, self._clock, line.requested):
            return reason
        if line.kind.is_generated and (reason := self._generated_reason(line, room)):
            return reason
        reason = self._filter_reason(line)
        if reason is None:
            self._live_state.about_to_say(line.channel, line.text)
        return reason

    def _generated_reason(self, line: Outgoing, room: Room) -> Reason | None:
        if self._live_state.outage is not None:
            return DATABASE_AWAY
        if self._live_state.generations.is_invalid(line.generation_id):
            return Reason(Why.MODERATED, "moderated since")
        if self._live_state.has_opted_out(line.addressee_id):
            return Reason(Why.OPTED_OUT, "the viewer opted out")
        if repeats(line.text, room.recent_own):
            return Reason(Why.REPEAT, "a repeat of a recent message of its own")
        if repeats(line.text, room.removed_own, NEARLY_REMOVED):
            return Reason(Why.LIKE_REMOVED, "like a message that moderators removed")
        return None

    def _filter_reason(self, line: Outgoing) -> Reason | None:
        match = self._filters(line.channel).verdict(line.text)
        if match is None:
            return None
        log.warning(
            "message blocked",
            extra={
                "direction": "out",
                "channel": line.channel,
                "user_id": self._live_state.own.user_id,
                "entry": match.entry,
                "reading": match.reading,
                "text": line.text,
            },
        )
        return Reason(Why.BLOCKED, "blocked by the filter")


def silence_reason(
    room: Room, kind: MessageKind, clock: Clock, requested: bool = False
) -> Reason | None:
    """Why nothing of this kind may be said in the channel now; None if it may.

    Answers to commands are stopped by Twitch's obstacles only.  A moderator's ``!clank speak``
    (``requested``) overrides quiet times and the spontaneous switch, not ``off``.
    """
    if obstacle := room.obstacle(clock.monotonic()):
        return obstacle
    if not kind.is_generated:
        return None
    settings = room.settings
    if not settings.enabled:
        return SWITCHED_OFF
    if requested:
        return None
    if reason := _quiet_reason(room, clock.utc_ms()) or room.busy(clock.monotonic()):
        return reason
    if kind is MessageKind.MENTION_ANSWER and not settings.mentions:
        return Reason(Why.MENTIONS_OFF, "mentions are off")
    if kind is MessageKind.SPONTANEOUS and not settings.spontaneous:
        return Reason(Why.SPONTANEOUS_OFF, "spontaneous messages are off")
    return None


def is_silenced(room: Room, clock: Clock) -> bool:
    """Whether the bot may neither speak by itself nor answer in the channel now."""
    kinds = MessageKind.SPONTANEOUS, MessageKind.MENTION_ANSWER
    return all(silence_reason(room, kind, clock) for kind in kinds)


def _quiet_reason(room: Room, now_ms: int) -> Reason | None:
    """Why it is to be quiet for some time."""
    settings = room.settings
    if settings.quiet_until_ms is not None and settings.quiet_until_ms > now_ms:
        return Reason(Why.QUIET, f"quiet for {_duration(settings.quiet_until_ms - now_ms)}")
    # An end further ahead was noted while the clock was wrong.
    if now_ms < room.silenced_until_ms <= now_ms + HOUR_MS + SLACK_MS:
        left = _duration(room.silenced_until_ms - now_ms)
        return Reason(Why.HINTED, f"quiet for {left}, since moderators removed its messages")
    if settings.quiet_hours is not None:
        end = quiet_hours_end(settings.quiet_hours, local_time(now_ms, settings.timezone))
        if end is not None:
            return Reason(Why.QUIET_HOURS, f"quiet until {end:%H:%M}")
    if settings.live_only and room.live is None:
        return Reason(Why.LIVE_UNKNOWN, "Twitch has not said whether the channel is live")
    if settings.live_only and not room.live:
        return Reason(Why.NOT_LIVE, "the channel is not live")
    return None


def _duration(milliseconds: int) -> str:
    seconds = -(-milliseconds // 1000)
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"
