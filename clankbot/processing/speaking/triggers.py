"""When to speak: pure rules over numbers and one message.

Knows nothing of threads, storage or the clock: every value is an argument.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from clankbot.records.answers import Pace
from clankbot.records.chat import ChatMessage
from clankbot.records.settings import ChannelSettings

HOUR_MS = 3_600_000
HINT_WEIGHS_MS = 24 * HOUR_MS
"""A hint slows the bot down for a day: long enough to outlast the stream it was given in."""
HINTS_TO_SILENCE = 3
"""So many hints within an hour, and the bot goes quiet for an hour."""
_LARGEST_SLOWDOWN = 16

ADAPTIVE_WINDOW_MS = 600_000
"""``adaptive`` looks at the last ten minutes."""
SPEAKERS_WINDOW_MS = 600_000
"""``minviewers`` counts the speakers of the last ten minutes."""


def slowdown(hints_ms: Sequence[int], now_ms: int) -> int:
    """By how much threshold, delay and cooldown are multiplied: each recent hint doubles them."""
    recent = sum(1 for at in hints_ms if now_ms - at < HINT_WEIGHS_MS)
    return int(min(2**recent, _LARGEST_SLOWDOWN))


def silenced_until_ms(hints_ms: Sequence[int]) -> int | None:
    """The end of the hour of silence after three hints within an hour; None without one."""
    ends = [
        last + HOUR_MS
        for first, last in zip(
            sorted(hints_ms), sorted(hints_ms)[HINTS_TO_SILENCE - 1 :], strict=False
        )
        if last - first < HOUR_MS
    ]
    return max(ends, default=None)


def effective_threshold(policy: ChannelSettings, recent_messages: int) -> int:
    """The threshold, which under ``adaptive`` follows the chat's pace.

    Rule: the configured threshold is meant for a chat of ``threshold`` messages in ten minutes.
    A faster or slower chat moves it in proportion, between a third and four times the setting,
    so the bot says about one line in ten minutes of talk whatever the pace.
    """
    if not policy.adaptive:
        return policy.threshold
    lowest, highest = max(1, policy.threshold // 3), policy.threshold * 4
    return max(lowest, min(recent_messages, highest))


def spontaneous_obstacle(
    policy: ChannelSettings, pace: Pace, *, now_ms: int, threshold: int, factor: int = 1
) -> str | None:
    """Why the bot does not speak by itself yet, in plain words; None when it is time.

    ``factor`` multiplies the delay, as it has multiplied ``threshold`` already.
    """
    if pace.counted < threshold:
        return f"{pace.counted}/{threshold} messages"
    needed = min(policy.threshold, policy.context_limit)
    if pace.held < needed:
        return f"{pace.held}/{needed} messages of context"
    return delay_obstacle(policy, pace, now_ms=now_ms, factor=factor)


def delay_obstacle(
    policy: ChannelSettings, pace: Pace, *, now_ms: int, factor: int = 1
) -> str | None:
    """How much of the delay is left, in plain words; None when it is over."""
    if pace.spoke_at_ms is None:
        return None
    left_ms = pace.spoke_at_ms + policy.delay_s * 1000 * factor - now_ms
    return f"{-(-left_ms // 1000)} s of the delay left" if left_ms > 0 else None


@lru_cache(maxsize=64)
def _address(names: frozenset[str]) -> re.Pattern[str]:
    """Matches the name or @name at the start, and @name anywhere, as a word.

    Logins are of a-z, 0-9 and _, so the name ends also where Japanese or Chinese goes on.
    """
    either = "|".join(sorted(re.escape(name) for name in names))
    return re.compile(
        rf"\A\W*@?(?:{either})(?![a-z0-9_])|(?<![a-z0-9_])@(?:{either})(?![a-z0-9_])",
        re.IGNORECASE,
    )


def is_mention(message: ChatMessage, names: Collection[str], own_id: str | None) -> bool:
    """Whether the message speaks to the bot: by name at its start, by @name, or as a reply."""
    if own_id is not None and message.reply_to_user_id == own_id:
        return True
    return bool(names) and _address(frozenset(names)).search(message.text) is not None


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
