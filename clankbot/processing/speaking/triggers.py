"""When it is time to speak: pure rules over numbers and one message, and the pace they judge."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol

from clankbot.clock import Clock
from clankbot.processing.channels import Channel
from clankbot.processing.speaking.hints import HINTS_TO_SILENCE, SLACK_MS, slowdown
from clankbot.processing.speaking.reception import stretch
from clankbot.records.answers import Pace
from clankbot.records.chat import ChatMessage
from clankbot.records.reasons import Reason, Why
from clankbot.records.settings import ChannelSettings

ADAPTIVE_WINDOW_MS: Final = 600_000  # ``adaptive`` looks at the last ten minutes
SPEAKERS_WINDOW_MS: Final = 600_000  # so does ``minviewers``


class PaceHistory(Protocol):
    """What the pace is judged by."""

    def pace(self, channel: str, count_cap: int, hold_cap: int) -> Pace:
        """Messages since the bot last spoke, messages held, and when it spoke."""

    def known_pace(
        self, channel: str, count_cap: int, hold_cap: int, *, is_bound: bool = False
    ) -> Pace | None:
        """The same as far as it is known without asking, None if it is not.

        ``is_bound``: it is enough if the truth is no more than that.
        """

    def count_since(self, channel: str, since_ms: int) -> int:
        """How many viewers' messages were stored since then."""

    def speakers_since(self, channel: str, since_ms: int) -> int:
        """How many viewers have spoken since then."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a channel is from the bot's speaking by itself."""

    counted: int
    threshold: int
    obstacle: Reason | None  # what is in the way besides the count
    unanswered: str | None  # that its last lines were ignored
    held_back: str | None  # that moderators removed some of them


def standing(channel: Channel, history: PaceHistory, clock: Clock) -> Standing:
    """How far the channel is; for ``!clank status``."""
    pace, threshold, factor = _pace(channel, history, clock)
    delay = delay_left(channel.settings, silent_ms(channel, pace, clock), factor)
    obstacle = delay or _too_few_speakers(channel, history, clock)
    held_back = _held_back(channel, threshold, clock)
    return Standing(pace.counted, threshold, obstacle, unanswered(channel), held_back)


def pace_obstacle(channel: Channel, history: PaceHistory, clock: Clock) -> Reason | None:
    """Why the bot does not speak by itself yet; None if it is time, which the database has said."""
    if not channel.settings.adaptive:  # else the threshold itself is counted from rows
        threshold, factor = _threshold(channel, 0, clock)
        known = history.known_pace(channel.name, threshold, _needed_context(channel.settings))
        if known is not None:
            known = _since_lost_turn(channel, known)
            if reason := _obstacle(channel, known, threshold, factor, clock):
                return reason
    pace, threshold, factor = _pace(channel, history, clock)
    reason = _obstacle(channel, pace, threshold, factor, clock)
    return reason or _too_few_speakers(channel, history, clock)


def lines_missing(channel: Channel, history: PaceHistory, clock: Clock) -> int | None:
    """So many messages, at least, are still to come before it can be time to speak.

    0 if it may be time already, or nobody knows; None if some of the delay is to pass first.  Asks
    the database nothing.
    """
    threshold, factor = _threshold(channel, 0, clock)
    needed = _needed_context(channel.settings)
    pace = history.known_pace(channel.name, threshold, needed, is_bound=True)
    if pace is None:
        return 0
    if delay_left(channel.settings, silent_ms(channel, pace, clock), factor):
        return None
    counted = _since_lost_turn(channel, pace).counted
    return max(threshold - counted, needed - pace.held, 0)


def _obstacle(
    channel: Channel, pace: Pace, threshold: int, factor: float, clock: Clock
) -> Reason | None:
    """What is missing, and what else the room should know of it."""
    silent = silent_ms(channel, pace, clock)
    reason = spontaneous_obstacle(channel.settings, pace, threshold, factor, silent)
    if reason is None:
        return None
    asides = (channel.passed_over, unanswered(channel))
    return Reason(reason.code, "; ".join(filter(None, (reason.text, *asides))))


def spontaneous_obstacle(
    settings: ChannelSettings, pace: Pace, threshold: int, factor: float, silent: int | None
) -> Reason | None:
    """What of count, context and delay is missing.

    ``factor`` multiplies the delay, as it has multiplied ``threshold`` already; ``silent`` is what
    ``silent_ms`` gives.
    """
    if pace.counted < threshold:
        return Reason(Why.MESSAGES, f"{pace.counted}/{threshold} messages")
    needed = _needed_context(settings)
    if pace.held < needed:
        return Reason(Why.CONTEXT, f"{pace.held}/{needed} messages of context")
    return delay_left(settings, silent, factor)


def unanswered(channel: Channel) -> str | None:
    """That the bot's last lines were ignored, and what that does; None if they were not."""
    factor = stretch(channel)
    if factor == 1:
        return None
    lines = "line" if channel.ignored == 1 else f"{channel.ignored} lines"
    return f"its last {lines} went unanswered, so it waits {factor:.3g} times as long"


def _held_back(channel: Channel, threshold: int, clock: Clock) -> str | None:
    """What hints of moderators have done to the pace; None if there are none."""
    factor = slowdown(channel.hints_ms, clock.utc_ms())
    if factor == 1:
        return None
    hints, usual = factor.bit_length() - 1, channel.settings.threshold
    more = f": {threshold} messages instead of {usual}" if threshold > usual else ""
    return f"holding back after {hints} of {HINTS_TO_SILENCE} hints{more}"


def _pace(channel: Channel, history: PaceHistory, clock: Clock) -> tuple[Pace, int, float]:
    """The pace, the threshold it is measured against, and the slowdown that is in it."""
    settings, since_ms = channel.settings, clock.utc_ms() - ADAPTIVE_WINDOW_MS
    recent = history.count_since(channel.name, since_ms) if settings.adaptive else 0
    threshold, factor = _threshold(channel, recent, clock)
    pace = history.pace(channel.name, threshold, _needed_context(settings))
    return _since_lost_turn(channel, pace), threshold, factor


def _threshold(channel: Channel, recent_messages: int, clock: Clock) -> tuple[int, float]:
    """The threshold, and the slowdown in it; without recent messages the least it can be."""
    settings = channel.settings
    factor = slowdown(channel.hints_ms, clock.utc_ms()) * stretch(channel)
    wanted = math.ceil(effective_threshold(settings, recent_messages) * factor)
    # More messages than are kept can never be counted: the bot would be silent for ever.
    return min(wanted, max(settings.threshold, settings.retention_count or wanted)), factor


def _since_lost_turn(channel: Channel, pace: Pace) -> Pace:
    if channel.lost_turn_at is None:
        return pace
    counted = min(pace.counted, channel.counted_since_lost)
    return Pace(counted, pace.held, pace.spoke_at_ms)


def _needed_context(settings: ChannelSettings) -> int:
    return min(settings.threshold, settings.context_limit)


def effective_threshold(settings: ChannelSettings, recent_messages: int) -> int:
    """The threshold, which under ``adaptive`` follows the chat's pace.

    Rule: the configured threshold is meant for a chat of ``threshold`` messages in ten minutes.
    A faster or slower chat moves it in proportion, between a third and four times the setting,
    so the bot says about one line in ten minutes of talk whatever the pace.
    """
    if not settings.adaptive:
        return settings.threshold
    lowest, highest = max(1, settings.threshold // 3), settings.threshold * 4
    return max(lowest, min(recent_messages, highest))


def silent_ms(channel: Channel, pace: Pace, clock: Clock) -> int | None:
    """How long ago the bot spoke last or lost its turn; None if it never did.

    What it said at a time that is still to come was noted while the clock was wrong: then it has
    been silent for as long as this run lasts, which costs no more than one delay.
    """
    now_s, silences = clock.monotonic(), []
    if channel.lost_turn_at is not None:
        silences.append(round((now_s - channel.lost_turn_at) * 1000))
    if pace.spoke_at_ms is not None:
        ago_ms = clock.utc_ms() - pace.spoke_at_ms
        run_ms = round((now_s - channel.began_at) * 1000)
        silences.append(run_ms if ago_ms < -SLACK_MS else max(0, ago_ms))
    return min(silences, default=None)


def delay_left(settings: ChannelSettings, silent: int | None, factor: float) -> Reason | None:
    """How much of the delay is left; None if it is over, or if the bot never spoke.

    ``silent`` is what ``silent_ms`` gives.
    """
    if silent is None:
        return None
    left_ms = math.ceil(settings.delay_s * 1000 * factor) - silent
    return Reason(Why.DELAY, f"{-(-left_ms // 1000)} s of the delay left") if left_ms > 0 else None


def _too_few_speakers(channel: Channel, history: PaceHistory, clock: Clock) -> Reason | None:
    wanted = channel.settings.min_speakers
    if not wanted:
        return None
    speakers = history.speakers_since(channel.name, clock.utc_ms() - SPEAKERS_WINDOW_MS)
    return Reason(Why.SPEAKERS, f"{speakers}/{wanted} speakers") if speakers < wanted else None


@lru_cache(maxsize=64)
def _address(names: frozenset[str]) -> re.Pattern[str]:
    """Matches the name or @name at the start, and @name anywhere, as a word.

    Logins consist of a-z, 0-9 and _, so a name ends before Japanese or Chinese without a blank.  A
    name that goes on as an address is that of somebody on another network: ``@name@host.example``,
    ``@name:host.example``, ``@name.host.example``.
    """
    either = "|".join(sorted(re.escape(name) for name in names))
    name = rf"(?:{either})(?![a-z0-9_])(?![@:][a-z0-9-]{{1,63}}\.[a-z0-9]|\.[a-z0-9]{{2}})"
    return re.compile(rf"\A\W*@?{name}|(?<![a-z0-9_])@{name}", re.IGNORECASE)


def is_mention(message: ChatMessage, names: Collection[str], own_id: str | None) -> bool:
    """Whether the message speaks to the bot: by name at its start, by @name, or as a reply."""
    if own_id is not None and message.reply_to_user_id == own_id:
        return True
    if not names:
        return False
    if message.text.isascii():  # most are, and few of them name the bot
        text = message.text.lower()
        if not any(name in text for name in names):
            return False
    calls = _address(frozenset(names)).finditer(message.text)
    return not all(_is_in_web_address(message.text, call.start()) for call in calls)


def _is_in_web_address(text: str, start: int) -> bool:
    """Whether what begins there is part of an address, as in ``youtube.com/@name``."""
    before = text[:start]
    if not before or before[-1].isspace():
        return False
    host, slash, _ = before.rsplit(None, 1)[-1].partition("/")
    return bool(slash) and ("." in host or host.endswith(":"))


def quiet_hours_end(hours: str, now: datetime) -> datetime | None:
    """The end of the quiet hours that ``now`` (local to the channel) lies in, else None.

    ``hours`` is ``HH:MM-HH:MM`` and may wrap midnight; equal ends mean the whole day.
    """
    start, end = (int(part[:2]) * 60 + int(part[3:]) for part in hours.split("-"))
    minute = now.hour * 60 + now.minute
    length = (end - start) % 1440 or 1440
    into = (minute - start) % 1440
    if into >= length:
        return None
    return now.replace(second=0, microsecond=0) + timedelta(minutes=length - into)
