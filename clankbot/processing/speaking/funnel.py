"""Counts what becomes of every occasion to speak, for the status page.

Owned by the worker's thread; what it has counted may be read by any.  Every stretch of time is
written again about once a minute while something in it changes: as a whole, so that a write that is
repeated, or the next run, counts nothing twice.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clankbot.clock import Clock
from clankbot.processing.internal_messages import NothingOffered, PromptRead
from clankbot.records.answers import Figures
from clankbot.records.counts import COARSE_S, FINE_S, Count, for_reason
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Delivered, Undelivered
from clankbot.records.writes import KeepFigures

# Who speaks to the bot so soon after a line of it is taken to answer it.
_ANSWERED_WITHIN_S: Final = 60.0
# Stretches of each length that may still change: no turn lasts longer than their time.
_OPEN: Final = 3
# Bounds of the histogram of ``/metrics``, in seconds.
LINE_BOUNDS_S: Final = (1, 2, 5, 10, 20, 30, 45, 60, 120)
# The lines whose time tells how long the model takes now.
_LATEST: Final = 10

# The names of all channels together, in which the model is counted.
ALL: Final = ""

# What was counted in stretches of a length, in seconds, that began between two times in ms UTC.
StoredFigures = Callable[[int, int, int], Sequence[Figures]]


@dataclass(frozen=True, slots=True)
class _Occasion:
    channel: str
    at_ms: int
    began_s: float


class Funnel:
    """See the module's text."""

    def __init__(
        self, write: Callable[[KeepFigures], None], stored: StoredFigures, clock: Clock
    ) -> None:
        """``stored`` asks the database, and may raise DatabaseError."""
        self._write = write
        self._stored = stored
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[tuple[str, int, int], Counter[str]] = {}
        self._totals: dict[str, Counter[str]] = {}  # of this run
        self._changed: set[tuple[str, int, int]] = set()
        self._turns: dict[int, _Occasion] = {}  # by generation
        self._said: dict[str, tuple[_Occasion, float]] = {}  # the last line, until it is answered
        self._latest_s: deque[float] = deque(maxlen=_LATEST)

    def load(self) -> None:
        """Go on counting where the last run ended."""
        now_ms = self._clock.utc_ms()
        for span_s in (FINE_S, COARSE_S):
            for found in self._stored(span_s, now_ms - _OPEN * span_s * 1000, now_ms):
                with self._lock:
                    key = (found.channel, span_s, found.began_ms)
                    self._open.setdefault(key, Counter(found.counts))

    # -- what happens ------------------------------------------------------------------------------

    def heard(self, channel: str) -> None:
        """A viewer's message counts."""
        self._add(channel, self._clock.utc_ms(), Count.MESSAGES)

    def passed_over(self, channel: str, reason: Reason) -> None:
        """It was an occasion to speak, and not the time."""
        code = for_reason(Count.NOT_THE_TIME, reason.code)
        self._add(channel, self._clock.utc_ms(), Count.OCCASIONS, code)

    def started(self, channel: str, generation_id: int) -> None:
        """It was an occasion to speak, and a turn begins."""
        occasion = _Occasion(channel, self._clock.utc_ms(), self._clock.monotonic())
        self._turns[generation_id] = occasion
        self._add(channel, occasion.at_ms, Count.OCCASIONS, Count.STARTED)

    def nothing_offered(self, report: NothingOffered) -> None:
        """The composer has no line."""
        code = report.reason.code
        if report.was_usable:
            self._end(report.generation_id, for_reason(Count.NO_DRAFT, code))
        else:
            self._end(report.generation_id, Count.DRAFTED, for_reason(Count.JUDGED, code))

    def undelivered(self, report: Undelivered) -> None:
        """A line was dropped by the sender, or Twitch refused it."""
        code, number = report.reason.code, report.line.generation_id
        if report.was_sent:
            self._end(number, Count.DRAFTED, Count.SENT, for_reason(Count.REFUSED, code))
        elif code == Why.BLOCKED:
            self._end(number, Count.DRAFTED, Count.FILTERED)
        else:
            self._end(number, Count.DRAFTED, for_reason(Count.HELD_BACK, code))

    def delivered(self, report: Delivered) -> None:
        """A line was said."""
        if report.shadow:
            outcome: tuple[Count, ...] = (Count.WOULD_HAVE_BEEN_SENT,)
        elif report.message_id is None:
            outcome = (Count.SENT, Count.UNCONFIRMED)
        else:
            outcome = (Count.SENT, Count.ACCEPTED)
        occasion = self._end(report.line.generation_id, Count.DRAFTED, *outcome)
        if occasion is None:
            return
        now_s = self._clock.monotonic()
        took_s = max(0.0, now_s - occasion.began_s)
        self._add(occasion.channel, occasion.at_ms, Count.LINE_MS, amount=round(took_s * 1000))
        with self._lock:
            self._latest_s.append(took_s)
            totals = self._totals[occasion.channel]
            totals.update(f"within:{bound}" for bound in LINE_BOUNDS_S if took_s <= bound)
            totals["lines_timed"] += 1
        if report.message_id is not None:
            self._said[occasion.channel] = occasion, now_s

    def spoken_to(self, channel: str) -> None:
        """Somebody speaks to the bot: that answers its last line, if it was just said."""
        occasion, said_at = self._said.pop(channel, (None, 0.0))
        if occasion is not None and self._clock.monotonic() - said_at <= _ANSWERED_WITHIN_S:
            self._add(channel, occasion.at_ms, Count.ANSWERED)

    def prompt_read(self, report: PromptRead) -> None:
        """A server has read a prompt for a line."""
        at_ms = self._clock.utc_ms()
        self._add(ALL, at_ms, Count.TOKENS_READ, amount=report.read)
        self._add(ALL, at_ms, Count.TOKENS_REUSED, amount=report.reused)

    def _end(self, generation_id: int | None, *counts: str) -> _Occasion | None:
        """What became of a turn; None if the line was no turn's."""
        occasion = None if generation_id is None else self._turns.pop(generation_id, None)
        if occasion is not None:
            self._add(occasion.channel, occasion.at_ms, *counts)
        return occasion

    def _add(self, channel: str, at_ms: int, *counts: str, amount: int = 1) -> None:
        """Count in both stretches that hold the moment; too late, it is only in the totals."""
        now_ms = self._clock.utc_ms()
        added = dict.fromkeys(counts, amount)
        with self._lock:
            self._totals.setdefault(channel, Counter()).update(added)
            for span_s in (FINE_S, COARSE_S):
                key = (channel, span_s, _beginning(at_ms, span_s))
                if key in self._open or now_ms - at_ms < _OPEN * span_s * 1000:
                    self._open.setdefault(key, Counter()).update(added)
                    self._changed.add(key)

    # -- keeping it --------------------------------------------------------------------------------

    def keep(self) -> None:
        """Write what has changed, and let go of what cannot change any more."""
        now_ms = self._clock.utc_ms()
        with self._lock:
            changed = [Figures(*key, dict(self._open[key])) for key in sorted(self._changed)]
            self._changed.clear()
            for key in [key for key in self._open if _is_over(key, now_ms)]:
                del self._open[key]
        for figures in changed:
            self._write(KeepFigures(figures))

    # -- for any thread ----------------------------------------------------------------------------

    def recent(self) -> list[Figures]:
        """The stretches of time that may still change, as they are now."""
        with self._lock:
            return [Figures(*key, dict(counts)) for key, counts in self._open.items()]

    def totals(self) -> Mapping[str, Mapping[str, int]]:
        """All that was counted in this run, by channel."""
        with self._lock:
            return {channel: dict(counts) for channel, counts in self._totals.items()}

    def line_s(self) -> float | None:
        """How many seconds the newest lines took from the occasion on; None without any."""
        with self._lock:
            latest = list(self._latest_s)
        return sum(latest) / len(latest) if latest else None


def _beginning(at_ms: int, span_s: int) -> int:
    return at_ms - at_ms % (span_s * 1000)


def _is_over(key: tuple[str, int, int], now_ms: int) -> bool:
    """Whether the stretch is far enough from now, in either direction of a clock that jumped."""
    _, span_s, began_ms = key
    return abs(now_ms - began_ms) > (_OPEN + 1) * span_s * 1000
