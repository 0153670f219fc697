"""The status as plain text, for curl and for the command ``status``."""

from __future__ import annotations

from collections.abc import Iterator

from clankbot.records.counts import Count, total
from clankbot.status.document import DAY_S, HOUR_S, Document
from clankbot.status.funnel_rows import funnel_rows
from clankbot.status.words import ago, lasted, moment, size

_DECISIONS = 10


def plain_text(document: Document) -> str:
    """All of it, at most 100 columns wide where the words allow."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    state = document.state
    now_ms, verdict = state.at_ms, state.verdict
    yield f"clankbot {state.version}: {verdict.words}"
    if verdict.fix:
        yield f"    {verdict.fix}"
    ran_s = ((state.ended_ms or now_ms) - state.started_ms) / 1000
    yield f"{'ran' if state.ended_ms else 'running'} for {lasted(ran_s)}"
    if state.repairs:
        yield ""
        yield "To repair"
        for repair in state.repairs:
            yield f"  - {repair.words}"
            yield f"        {repair.fix}"
    yield ""
    yield "Parts"
    width = max(len(part.name) for part in state.parts)
    for part in state.parts:
        since = moment(part.since_ms, now_ms)
        yield f"  {part.level.word:8}  {part.name:{width}}  {part.words} (since {since})"
    if document.database is not None:
        yield f"  {'':8}  {'':{width}}  {stored(document)}"
    for channel in state.channels:
        yield ""
        yield from _channel(document, channel)
    if document.decisions:
        yield ""
        yield "The last decisions (UTC)"
        for channel, decision in document.decisions[:_DECISIONS]:
            yield f"  {moment(decision.at_ms, now_ms):>16}  #{channel}  {decision.reason}"


def stored(document: Document) -> str:
    """How much is stored, and how old the newest backup is."""
    database = document.database
    if database is None:
        return "the database cannot be asked just now"
    backup = "no backup is known of"
    if database.backed_up_ms is not None:
        backup = f"the newest backup was made {ago(database.backed_up_ms, document.state.at_ms)}"
    return f"{size(database.size_bytes)}, {database.messages:,} messages; {backup}"


def _channel(document: Document, channel: str) -> Iterator[str]:
    times = [document.last(seconds, channel) for seconds in (HOUR_S, DAY_S)]
    yield f"#{channel}"
    if waits := document.waits.get(channel):
        yield f"  it waits: {waits}"
    yield f"  {'':44}{'last hour':>11}{'last day':>11}"
    messages = tuple(total(counts, Count.MESSAGES) for counts in times)
    yield _row("messages of viewers", messages)
    for row in funnel_rows(times):
        sign = "- " if row.depth == 1 and row.count is not None else ""
        yield _row(f"{'  ' * row.depth}{sign}{row.words}", row.counts)


def _row(words: str, counts: tuple[int, ...]) -> str:
    return f"  {words:44}" + "".join(f"{count:>11,}" for count in counts)
