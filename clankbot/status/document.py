"""Everything that the status page tells, put together for one answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final, Protocol

from clankbot.records.answers import Decision, Figures
from clankbot.records.counts import COARSE_S, FINE_S
from clankbot.status.facts import State

HOUR_S: Final = 3_600
DAY_S: Final = 86_400
# What the two plots show.
FINE_PLOT_S: Final = 6 * HOUR_S
COARSE_PLOT_S: Final = 7 * DAY_S
_DECISIONS: Final = 50
# Of all channels together.
ALL: Final = ""


class Stored(AbstractContextManager["Stored"], Protocol):
    """What the database is asked; any question may raise DatabaseError."""

    def figures(self, span_s: int, since_ms: int, until_ms: int) -> Sequence[Figures]:
        """What was counted in stretches of this length that began in that time."""

    def all_decisions(self, limit: int) -> Sequence[tuple[str, Decision]]:
        """The newest decisions of all channels, each with its channel, newest first."""

    def size_bytes(self) -> int:
        """What the database takes up on disk."""

    def message_count(self) -> int:
        """The stored messages of all channels."""

    def backed_up_ms(self) -> int | None:
        """When the newest known backup was made."""


@dataclass(frozen=True, slots=True)
class DatabaseSize:
    """How much is stored, and when it was backed up."""

    size_bytes: int
    messages: int
    backed_up_ms: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """See the module's text.  Figures are by channel and by the beginning of their stretch."""

    state: State
    fine: Mapping[str, Mapping[int, Mapping[str, int]]]
    coarse: Mapping[str, Mapping[int, Mapping[str, int]]]
    database: DatabaseSize | None = None  # None: it cannot be asked
    decisions: Sequence[tuple[str, Decision]] = ()
    waits: Mapping[str, str] = field(default_factory=dict)

    def last(self, seconds: int, channel: str) -> Counter[str]:
        """What was counted of a channel in the last hour or day, up to one stretch less."""
        stretches, span_s = (self.fine, FINE_S) if seconds <= DAY_S else (self.coarse, COARSE_S)
        since_ms = self.state.at_ms - seconds * 1000
        counts: Counter[str] = Counter()
        for began_ms, found in stretches.get(channel, {}).items():
            if began_ms > since_ms and began_ms <= self.state.at_ms + span_s * 1000:
                counts.update(found)
        return counts


@dataclass(frozen=True, slots=True)
class Live:
    """What this run has counted, by channel, and the bounds of the histogram in it, in seconds."""

    totals: Mapping[str, Mapping[str, int]]
    bounds_s: Sequence[int]


def put_together(
    state: State, live: Iterable[Figures], stored: Stored | None, waits: Mapping[str, str]
) -> Document:
    """The document; DatabaseError if ``stored`` cannot be asked, None leaves it out."""
    now_ms = state.at_ms
    found: list[Figures] = []
    size, decisions = None, list[tuple[str, Decision]]()
    if stored is not None:
        found += stored.figures(FINE_S, now_ms - DAY_S * 1000, now_ms)
        found += stored.figures(COARSE_S, now_ms - COARSE_PLOT_S * 1000, now_ms)
        decisions = list(stored.all_decisions(_DECISIONS))
        size = DatabaseSize(stored.size_bytes(), stored.message_count(), stored.backed_up_ms())
    by_span: dict[int, dict[str, dict[int, Mapping[str, int]]]] = {FINE_S: {}, COARSE_S: {}}
    for figures in (*found, *live):  # what is live is newer than what is stored of the same time
        by_span[figures.span_s].setdefault(figures.channel, {})[figures.began_ms] = figures.counts
    return Document(state, by_span[FINE_S], by_span[COARSE_S], size, decisions, waits)
