"""The one place that judges whether the bot may speak: before a generation and before a send.

Every gate is looked at with the values of that moment, so a line that was fine when the model
was asked is still stopped when a moderator, a viewer or Twitch changed something since.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from clankbot.processing.live_state import LiveState, RoomView
from clankbot.processing.ports import Filter
from clankbot.processing.speaking.repetition import NEARLY_REMOVED, repeats
from clankbot.processing.speaking.triggers import quiet_hours_end
from clankbot.records.speech import MessageKind, Outgoing

log = logging.getLogger(__name__)

SWITCHED_OFF: Final = "switched off"
BLOCKED: Final = "blocked by the filter"
MAX_AGE_S: Final = 60.0
"""Nothing older is said: chat has moved on (contract, section 6)."""


def quiet_reason(view: RoomView, now_ms: int, *, requested: bool = False) -> str | None:
    """Why the channel's own settings keep the bot silent; None when they let it speak.

    A moderator's ``!clank speak`` (``requested``) overrides quiet times, not ``off``.
    """
    policy = view.policy
    if not policy.enabled:
        return SWITCHED_OFF
    if requested:
        return None
    if policy.quiet_until_ms is not None and policy.quiet_until_ms > now_ms:
        return f"quiet for {_duration(policy.quiet_until_ms - now_ms)}"
    if view.silenced_until_ms > now_ms:
        left = _duration(view.silenced_until_ms - now_ms)
        return f"quiet for {left}, since moderators removed its messages"
    if policy.quiet_hours is not None:
        end = quiet_hours_end(policy.quiet_hours, local_time(now_ms, policy.timezone))
        if end is not None:
            return f"quiet until {end:%H:%M}"
    if policy.live_only and view.live is None:
        return "Twitch has not said whether the channel is live"
    return "the channel is not live" if policy.live_only and not view.live else None


def local_time(now_ms: int, zone: str) -> datetime:
    """The time on the channel's clock; UTC needs no zone files, which small systems lack."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    return now if zone == "UTC" else now.astimezone(ZoneInfo(zone))


def _duration(milliseconds: int) -> str:
    seconds = -(-milliseconds // 1000)
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"


def silence_reason(view: RoomView, speech: MessageKind, now_ms: int, requested: bool) -> str | None:
    """Why nothing of this kind may be said in the channel now; None when it may.

    Answers to commands are stopped by Twitch's obstacles only.
    """
    if view.obstacle is not None:
        return view.obstacle
    if not speech.is_generated:
        return None
    if reason := quiet_reason(view, now_ms, requested=requested):
        return reason
    if speech is MessageKind.MENTION_ANSWER and not view.policy.mentions:
        return "mentions are off"
    if speech is MessageKind.SPONTANEOUS and not view.policy.spontaneous and not requested:
        return "spontaneous messages are off"
    return None


class SendGate:
    """Judges each line at the moment of sending.  Called on the sender's thread."""

    def __init__(
        self,
        live_state: LiveState,
        filter_of: Callable[[str], Filter],
        *,
        clock: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:
        self._live_state = live_state
        self._filter_of = filter_of
        self._clock = clock
        self._now_ms = now_ms

    def __call__(self, line: Outgoing) -> str | None:
        """The reason to drop the line, in plain words; None when it may be said."""
        view = self._live_state.view(line.channel)
        if self._clock() - line.created_at > MAX_AGE_S:
            return "too old"
        if reason := silence_reason(view, line.speech, self._now_ms(), line.requested):
            return reason
        if line.speech.is_generated and (reason := self._generated_reason(line, view)):
            return reason
        return self._filter_reason(line)

    def _generated_reason(self, line: Outgoing, view: RoomView) -> str | None:
        if self._live_state.outage is not None:
            return "the database is away"
        if self._live_state.is_invalid(line.generation_id):
            return "moderated since"
        if self._live_state.has_opted_out(line.addressee_id):
            return "the viewer opted out"
        if repeats(line.text, view.recent_own):
            return "a repeat of a recent message of its own"
        if repeats(line.text, view.removed_own, NEARLY_REMOVED):
            return "like a message that moderators removed"
        return None

    def _filter_reason(self, line: Outgoing) -> str | None:
        match = self._filter_of(line.channel).verdict(line.text)
        if match is None:
            return None
        log.warning(
            "message blocked",
            extra={
                "direction": "out",
                "channel": line.channel,
                "user_id": self._live_state.own_id,
                "entry": match.entry,
                "reading": match.reading,
                "text": line.text,
            },
        )
        return BLOCKED
