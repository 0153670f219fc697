"""``/metrics`` in Prometheus' text format; the README has the table of names.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4).  Labels
hold only the names of channels, threads and models, and codes that the program itself knows.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from clankbot.records.counts import Count, reasons, total
from clankbot.status.document import ALL, Document, Live
from clankbot.status.facts import Level

METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

# By channel, what was counted since the start; and by channel and reason.
_PLAIN: Final[Mapping[Count, tuple[str, str]]] = {
    Count.MESSAGES: ("messages", "Messages of viewers that count."),
    Count.OCCASIONS: ("occasions", "Moments in which the bot looked whether to speak."),
    Count.STARTED: ("turns", "Turns that began."),
    Count.DRAFTED: ("drafts", "Turns for which the model wrote something."),
    Count.FILTERED: ("drafts_filtered", "Drafts refused by the word filter."),
    Count.WOULD_HAVE_BEEN_SENT: ("drafts_unsent", "Lines that DRY_RUN kept back."),
    Count.SENT: ("lines_sent", "Lines written to Twitch."),
    Count.UNCONFIRMED: ("lines_unconfirmed", "Lines of which Twitch said nothing."),
    Count.ACCEPTED: ("lines_accepted", "Lines accepted by Twitch."),
    Count.ANSWERED: ("lines_answered", "Lines that somebody answered within a minute."),
}
_BY_REASON: Final[Mapping[Count, tuple[str, str]]] = {
    Count.NOT_THE_TIME: ("occasions_passed_over", "Occasions that were not the time to speak."),
    Count.NO_DRAFT: ("turns_without_draft", "Turns for which the model wrote nothing."),
    Count.JUDGED: ("drafts_refused", "Drafts refused by the judge of lines."),
    Count.HELD_BACK: ("drafts_held_back", "Drafts refused at the last look before sending."),
    Count.REFUSED: ("lines_refused", "Lines that Twitch refused."),
}
_GAUGES: Final[Mapping[str, str]] = {
    "chat_connected": "1 while Twitch chat is connected.",
    "channels_joined": "Channels that have let the bot in.",
    "database_up": "1 while the database can be used.",
    "database_writes_waiting": "Writes that are still to be stored.",
    "disk_free_bytes": "Free bytes on the disk of the database.",
    "sign_in_valid_seconds": "Seconds that the sign-in's token is still good for.",
    "worker_round_age_seconds": "Seconds since the worker came round last.",
}
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


Labels = Mapping[str, str]


def metrics(document: Document, live: Live) -> str:
    """The whole text."""
    return "\n".join(_lines(document, live)) + "\n"


def _lines(document: Document, live: Live) -> Iterator[str]:
    state = document.state
    yield from _family(
        "build_info", "gauge", "The version of the program.", [({"version": state.version}, 1)]
    )
    started_s = state.started_ms / 1000
    yield from _family("start_time_seconds", "gauge", "When it started.", [({}, started_s)])
    yield from _family(
        "part_up",
        "gauge",
        "1 while a part is well, 0.5 while it is degraded, 0 while it is down.",
        [({"part": part.name}, _UP[part.level]) for part in state.parts],
    )
    yield from _family("up", "gauge", "The same of the whole bot.", [({}, _UP[state.level])])
    yield from _family("repairs", "gauge", "Things that need a person.", [({}, len(state.repairs))])
    for name, told in _GAUGES.items():
        if name in state.numbers:
            yield from _family(name, "gauge", told, [({}, state.numbers[name])])
    if (database := document.database) is not None:
        size, told = database.size_bytes, "Bytes that the database takes up."
        yield from _family("database_size_bytes", "gauge", told, [({}, size)])
        told = "Stored messages."
        yield from _family("database_messages", "gauge", told, [({}, database.messages)])
        if (at_ms := database.backed_up_ms) is not None:
            told = "When the newest known backup was made."
            yield from _family("backup_time_seconds", "gauge", told, [({}, at_ms / 1000)])
    yield from _counters(document, live)
    yield from _line_seconds(document, live)
    yield from _process()


_UP: Final = {Level.WELL: 1.0, Level.DEGRADED: 0.5, Level.DOWN: 0.0}


def _counters(document: Document, live: Live) -> Iterator[str]:
    channels = document.state.channels
    for count, (name, told) in _PLAIN.items():
        values = [({"channel": c}, total(live.totals.get(c, {}), count)) for c in channels]
        yield from _family(f"{name}_total", "counter", told, values)
    for count, (name, told) in _BY_REASON.items():
        by_reason = [
            ({"channel": channel, "reason": code}, number)
            for channel in channels
            for code, number in reasons(live.totals.get(channel, {}), count).items()
        ]
        yield from _family(f"{name}_total", "counter", told, by_reason)
    of_all = live.totals.get(ALL, {})
    tokens = [
        ({"kind": "read"}, total(of_all, Count.TOKENS_READ)),
        ({"kind": "reused"}, total(of_all, Count.TOKENS_REUSED)),
    ]
    told = "Tokens of the prompts for lines: read anew, or kept by the server."
    yield from _family("prompt_tokens_total", "counter", told, tokens)


def _line_seconds(document: Document, live: Live) -> Iterator[str]:
    """The histogram of the time from the occasion to the line."""
    name = "clankbot_line_seconds"
    yield f"# HELP {name} Seconds from the occasion to the line."
    yield f"# TYPE {name} histogram"
    for channel in document.state.channels:
        counts = live.totals.get(channel, {})
        whole = counts.get("lines_timed", 0)
        for bound in live.bounds_s:
            within = counts.get(f"within:{bound}", 0)
            yield _sample(f"{name}_bucket", {"channel": channel, "le": str(float(bound))}, within)
        yield _sample(f"{name}_bucket", {"channel": channel, "le": "+Inf"}, whole)
        yield _sample(f"{name}_sum", {"channel": channel}, counts.get(Count.LINE_MS, 0) / 1000)
        yield _sample(f"{name}_count", {"channel": channel}, whole)


def _process() -> Iterator[str]:
    """Under the names that Prometheus' own libraries give them."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    for name, kind, told, value in (
        (
            "resident_memory_bytes",
            "gauge",
            "Resident memory size in bytes.",
            _memory(usage.ru_maxrss),
        ),
        (
            "cpu_seconds_total",
            "counter",
            "Processor time in seconds.",
            usage.ru_utime + usage.ru_stime,
        ),
    ):
        yield f"# HELP process_{name} {told}"
        yield f"# TYPE process_{name} {kind}"
        yield _sample(f"process_{name}", {}, value)


def _family(
    name: str, kind: str, told: str, samples: Iterable[tuple[Labels, float]]
) -> Iterator[str]:
    """One metric with all its samples."""
    yield f"# HELP clankbot_{name} {told}"
    yield f"# TYPE clankbot_{name} {kind}"
    yield from (_sample(f"clankbot_{name}", labels, value) for labels, value in samples)


def _sample(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{key}="{text.translate(_ESCAPES)}"' for key, text in labels.items())
    number = f"{value:d}" if isinstance(value, int) else repr(float(value))
    return f"{name}{{{inside}}} {number}" if inside else f"{name} {number}"


def _memory(most: int) -> int:
    """What the process takes of main memory, in bytes; at its ``most`` where only that is told."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return most if sys.platform == "darwin" else most * 1024
