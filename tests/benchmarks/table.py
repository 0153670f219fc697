"""The figures of a run of the benchmarks, as a table: ratios first."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One thing that was measured, and what it is to be."""

    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    about: str = ""

    @property
    def is_ratio(self) -> bool:
        """Whether it says something on any machine."""
        return self.unit == "x"

    @property
    def target(self) -> str:
        """What it is to be, in words."""
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return f">= {self.at_least:g}" if self.at_least is not None else ""

    @property
    def is_met(self) -> str:
        """Whether it is."""
        if self.at_most is not None:
            return "yes" if self.value <= self.at_most else "no"
        if self.at_least is not None:
            return "yes" if self.value >= self.at_least else "no"
        return ""


def table(figures: Sequence[Figure]) -> str:
    """All figures, in Markdown."""
    rows = [("what", "measured", "to be", "met", "how")]
    for figure in sorted(figures, key=lambda each: not each.is_ratio):
        value = f"{figure.value:.2f} {figure.unit}".replace(" x", " x the yardstick")
        rows.append((figure.what, value, figure.target, figure.is_met, figure.about))
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent do not exceed."""
    return statistics.quantiles(values, n=100)[percent - 1]
