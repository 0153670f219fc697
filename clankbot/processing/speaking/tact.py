"""When a room asks for silence: cheap rules, looked at before a spontaneous line.  Pure.

Each costs the occasion, as if a line had been said.  Whoever speaks to the bot is answered all the
same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from clankbot.clock import Clock
from clankbot.processing.channels import Channel
from clankbot.processing.heard import Heard
from clankbot.records.answers import SpokenRow
from clankbot.records.reasons import Reason, Why

# What is older does not tell of the room as it is now.
_NOW_S: Final = 90.0
_LINES: Final = 8
# Two viewers have the floor while one of them spoke last, or so many of the last six lines are
# theirs.
_THEIRS: Final = 4
# The streamer is given the time of another line to answer.
_ASKED: Final = 2
_ASKED_S: Final = 20.0
# So many farewells among the last lines are an end of all.
_FAREWELLS: Final = 3
# So many cheers among the last six lines, of so many viewers, in so many seconds.
_CHEERS, _CHEERING, _BURST_S = 4, 3, 20.0
_LAST: Final = 6
_SHARE_WINDOW_MS: Final = 300_000
# One line is never too much, and more in the window than any share allows need not be counted.
_FEWEST_OWN: Final = 2
_MOST_OWN: Final = 100

_DIALOGUE: Final = Reason(Why.DIALOGUE, "two viewers are talking to one another")
_QUESTION: Final = Reason(Why.QUESTION, "the streamer was asked something")
_CLOSING: Final = Reason(Why.CLOSING, "somebody says goodbye")
_CHEERS_REASON: Final = Reason(Why.CHEERS, "the chat is cheering")


class SharedWords(Protocol):
    """Who has said how much."""

    def count_since(self, channel: str, since_ms: int) -> int:
        """How many viewers' messages were stored since then."""

    def recent_spoken(self, channel: str, limit: int) -> Sequence[SpokenRow]:
        """The bot's own newest lines in the channel."""


def objection(channel: Channel, history: SharedWords, clock: Clock) -> Reason | None:
    """Why the room asks for silence; None if it does not."""
    if not channel.settings.tact:
        return None
    found = asks_for_silence(channel.heard, clock.monotonic())
    return found or _share_reached(channel, history, clock)


def asks_for_silence(heard: Sequence[Heard], now: float) -> Reason | None:
    """What of the last lines, oldest first, asks for silence."""
    lines = [line for line in heard if now - line.at <= _NOW_S][-_LINES:]
    if not lines:
        return None
    if _has_the_floor(lines):
        return _DIALOGUE
    if any(line.asks_streamer and now - line.at <= _ASKED_S for line in lines[-_ASKED:]):
        return _QUESTION
    if lines[-1].is_closing or sum(line.is_closing for line in lines) >= _FAREWELLS:
        return _CLOSING
    cheers = [line for line in lines[-_LAST:] if line.is_cheer and now - line.at <= _BURST_S]
    if len(cheers) >= _CHEERS and len({line.user_id for line in cheers}) >= _CHEERING:
        return _CHEERS_REASON
    return None


def _has_the_floor(lines: Sequence[Heard]) -> bool:
    """Whether two viewers are talking to one another, back and forth."""
    theirs = [
        any(line.addresses(other) and _answers(other, line, lines) for other in lines)
        for line in lines
    ]
    return theirs[-1] or sum(theirs[-_LAST:]) >= _THEIRS


def _answers(one: Heard, other: Heard, lines: Sequence[Heard]) -> bool:
    """Whether the author of the one has addressed that of the other, who is somebody else."""
    return one.user_id != other.user_id and any(
        line.user_id == one.user_id and line.addresses(other) for line in lines
    )


def _share_reached(channel: Channel, history: SharedWords, clock: Clock) -> Reason | None:
    """Whether the bot has said more of the last minutes than it may.

    Answers count, too.  A threshold that allows it more than ``share`` is meant so.
    """
    since_ms = clock.utc_ms() - _SHARE_WINDOW_MS
    spoken = history.recent_spoken(channel.name, _MOST_OWN)
    own = sum(since_ms <= row.at_ms for row in spoken)
    if own < _FEWEST_OWN:
        return None
    settings = channel.settings
    said = 100 * own / (own + history.count_since(channel.name, since_ms))
    if said <= max(settings.share_percent, 100 / (settings.threshold + 1)):
        return None
    return Reason(Why.SHARE, f"it said {said:.0f} % of the last five minutes")
