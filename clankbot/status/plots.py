"""Plots as inline SVG: drawn by hand, with axes, units and a text for who cannot see them.  Pure.

Colours come from the page's style sheet, by class: a strict policy lets no style stand in a tag.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

from clankbot.records.counts import Count

_WIDTH: Final = 400
_HEIGHT: Final = 232
_LEFT: Final = 44
_RIGHT: Final = 6
_TOP: Final = 14
_BOTTOM: Final = 20

Stretches = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Time:
    """What the horizontal axis shows: stretches of a length, up to now, with a mark every so
    often.
    """

    until_ms: int
    span_s: int
    length_s: int
    mark_every_s: int
    mark: str  # as strftime takes it

    @property
    def beginnings(self) -> Sequence[int]:
        """Of all stretches, oldest first."""
        span_ms = self.span_s * 1000
        last = self.until_ms - self.until_ms % span_ms
        return range(last - (self.length_s // self.span_s - 1) * span_ms, last + 1, span_ms)


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity: a value for each stretch, None where there is none."""

    name: str
    style: str  # the class of its marks
    values: Sequence[float | None]


def messages_plot(time: Time, stretches: Stretches) -> str:
    """Messages a minute as bars, and a mark for each stretch in which the bot spoke."""
    minutes = time.span_s / 60
    per_minute = _values(time, stretches, lambda c: c.get(Count.MESSAGES, 0) / minutes)
    own = [stretches.get(at, {}).get(Count.SENT, 0) for at in time.beginnings]
    shown, width = Series("messages a minute", "bar", per_minute), max(1.2, _step(time) * 0.6)
    marks = "".join(
        f'<path class="own" d="M{_x(time, n) - width / 2:.1f} 2h{width:.1f}v8h-{width:.1f}z">'
        f"<title>{count} of its own lines, {_moment(time.beginnings[n])}</title></path>"
        for n, count in enumerate(own)
        if count
    )
    told = f"{sum(own)} lines of its own"
    return _plot("Messages a minute", "/min", time, [shown], marks, told)


def seconds_plot(time: Time, stretches: Stretches) -> str:
    """Seconds from the occasion to the line, on average."""

    def average(counts: Mapping[str, int]) -> float | None:
        lines = sum(counts.get(c, 0) for c in _TIMED)
        return counts.get(Count.LINE_MS, 0) / lines / 1000 if lines else None

    shown = Series("seconds a line", "dot", _values(time, stretches, average))
    return _plot("From the occasion to the line", "s", time, [shown])


# Lines whose time is in LINE_MS.
_TIMED: Final = (Count.ACCEPTED, Count.UNCONFIRMED, Count.WOULD_HAVE_BEEN_SENT)


def tokens_plot(time: Time, stretches: Stretches) -> str:
    """Tokens of prompts: kept by the server, and above them those read anew."""
    read = _values(time, stretches, lambda c: float(c.get(Count.TOKENS_READ, 0)))
    reused = _values(time, stretches, lambda c: float(c.get(Count.TOKENS_REUSED, 0)))
    kept = Series("kept by the server", "kept", reused)
    return _plot("Tokens of its prompts", "", time, [kept, Series("read again", "again", read)])


def _values(
    time: Time, stretches: Stretches, of: Callable[[Mapping[str, int]], float | None]
) -> list[float | None]:
    return [of(stretches[at]) if at in stretches else None for at in time.beginnings]


def _plot(
    title: str, unit: str, time: Time, stacked: Sequence[Series], marks: str = "", told: str = ""
) -> str:
    """One picture; several series stand on top of one another."""
    sums = [
        sum(v or 0.0 for v in values) for values in zip(*(s.values for s in stacked), strict=True)
    ]
    top = _ceiling(max(sums, default=0.0))
    known = [value for value in sums if value]
    latest = f"; at most {_short(max(known))}{unit}" if known else "; nothing yet"
    label = escape(f"{title}, the last {_length(time.length_s)}{latest}{told and ', '}{told}")
    picture = (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">'
        + "".join(_axes(time, top, unit))
        + "".join(_bars(time, stacked, top))
        + marks
    )
    if not known:
        x, y = (_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT / 2
        picture += f'<text x="{x:g}" y="{y:g}" text-anchor="middle">nothing yet</text>'
    return f"{picture}</svg>"


def _axes(time: Time, top: float, unit: str) -> Iterator[str]:
    for share in (0.0, 0.5, 1.0):
        y = _y(share * top, top)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
        words = f"{_short(share * top)}{unit if share == 1 else ''}"
        yield f'<text x="{_LEFT - 4}" y="{y + 3.5:.1f}" text-anchor="end">{words}</text>'
    every_ms = time.mark_every_s * 1000
    for number, at in enumerate(time.beginnings):
        if at % every_ms == 0:
            x = _x(time, number) - _step(time) / 2
            yield f'<path class="grid" d="M{x:.1f} {_HEIGHT - _BOTTOM}v4"/>'
            moment = datetime.fromtimestamp(at / 1000, UTC).strftime(time.mark)
            if _LEFT + 16 <= x <= _WIDTH - 16:  # else it would run into the margin
                y = _HEIGHT - 5
                yield f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{moment}</text>'


def _bars(time: Time, stacked: Sequence[Series], top: float) -> Iterator[str]:
    """All marks of a series in one path, which keeps the page small."""
    width = max(0.8, _step(time) * 0.72)
    bases = [0.0] * len(time.beginnings)
    for series in stacked:
        parts = []
        for number, value in enumerate(series.values):
            if not value:
                continue
            x, low = _x(time, number), bases[number]
            bases[number] += value
            y = _y(bases[number], top)
            if series.style == "dot":
                parts.append(f"M{x - 2.2:.1f} {y:.1f}a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0 -4.4 0z")
            else:
                height = max(0.6, _y(low, top) - y)
                parts.append(f"M{x - width / 2:.1f} {y:.1f}h{width:.1f}v{height:.1f}h-{width:.1f}z")
        if parts:
            yield f'<path class="{series.style}" d="{"".join(parts)}"/>'


def _step(time: Time) -> float:
    return (_WIDTH - _LEFT - _RIGHT) / len(time.beginnings)


def _x(time: Time, number: int) -> float:
    """The middle of a stretch."""
    return _LEFT + (number + 0.5) * _step(time)


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)


def _ceiling(value: float) -> float:
    """A round number that is not below, whose half is round, too."""
    if value <= 2:
        return 2.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in (1, 2, 4, 6, 8, 10) if step * size >= value)


def _short(value: float) -> str:
    if value >= 10_000:
        return f"{value / 1000:.0f}k"
    return f"{value / 1000:.1f}k" if value >= 1000 else f"{value:.3g}"


def _length(seconds: int) -> str:
    days, hours = divmod(seconds // 3600, 24)
    return f"{days} days" if days else f"{hours} hours"


def _moment(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%H:%M} UTC"
