"""The status page as HTML: one file, without a script, a foreign resource or a viewer's word.

Every value that goes in is escaped here.  Whatever the page loads, runs or is framed by, the policy
in its head forbids but for the one style sheet, which goes by its checksum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from clankbot.records.counts import COARSE_S, FINE_S, Count, total
from clankbot.status.document import (
    ALL,
    COARSE_PLOT_S,
    DAY_S,
    FINE_PLOT_S,
    HOUR_S,
    Document,
)
from clankbot.status.facts import Level, Repair
from clankbot.status.funnel_rows import Row, funnel_rows
from clankbot.status.plain import stored
from clankbot.status.plots import Stretches, Time, messages_plot, seconds_plot, tokens_plot
from clankbot.status.style import STYLE
from clankbot.status.words import lasted, moment

# A page that is left open stays fresh.
_REFRESH_S: Final = 30
# Channels with a funnel and plots of their own: those where most happens.  A hundred of them would
# make a page of a megabyte.
_IN_FULL: Final = 12
_ROW_STYLES: Final = ("stage", "lost", "why")


def html_page(document: Document) -> str:
    """The whole page."""
    state = document.state
    words = escape(state.verdict.words)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="refresh" content="{_REFRESH_S}">'
        f"<title>Clankbot: {words}</title><style>{STYLE}</style></head><body>"
        + "".join(_body(document))
        + "</body></html>\n"
    )


def _body(document: Document) -> Iterator[str]:
    state = document.state
    yield from _header(document)
    yield "<main>"
    if state.repairs:
        yield '<section class="repairs"><h2>What needs a person</h2><ol class="card">'
        for repair in state.repairs:
            yield f"<li>{escape(repair.words)}<span>{_fix(repair)}</span></li>"
        yield "</ol></section>"
    yield "<section><h2>Parts</h2>"
    yield from _parts(document)
    yield "</section>"
    channels = _busiest(document)
    for channel in channels[:_IN_FULL]:
        yield from _channel(document, channel)
    if channels[_IN_FULL:]:
        yield from _others(document, channels[_IN_FULL:])
    yield '<section><h2>The model <small>of all channels</small></h2><div class="plots">'
    for words, time, stretches in _times(document, ALL):
        yield _plot_card(f"Tokens of its prompts <small>{words}</small>")
        yield tokens_plot(time, stretches)
        yield _key(("kept", "kept by the server"), ("again", "read anew"))
        yield "</div>"
    yield "</div></section>"
    yield from _decisions(document)
    yield "</main><footer>All times are UTC. This page holds no viewer's words or names."
    yield f" It is made anew every {_REFRESH_S} s while it is open.</footer>"


def _header(document: Document) -> Iterator[str]:
    state = document.state
    verdict = state.verdict
    at = f"{datetime.fromtimestamp(state.at_ms / 1000, UTC):%d %b %Y, %H:%M:%S} UTC"
    running = lasted((state.at_ms - state.started_ms) / 1000)
    yield (
        f'<header><p class="about"><b>Clankbot {escape(state.version)}</b>'
        f"<span>running for {running}</span><span>as of {at}</span></p>"
    )
    yield f'<div class="verdict {state.level.word if not state.repairs else _least(state.level)}">'
    yield f"<h1>{escape(verdict.words)}</h1>"
    if verdict.fix:
        yield f"<p>{_fix(verdict)}</p>"
    yield "</div></header>"


def _least(level: Level) -> str:
    """Something to do is never shown as if all was well."""
    return max(level, Level.DEGRADED).word


def _fix(repair: Repair) -> str:
    """A command as one, anything else as a sentence."""
    shown = escape(repair.fix)
    return f"<code>{shown}</code>" if repair.is_command else shown


def _parts(document: Document) -> Iterator[str]:
    now_ms = document.state.at_ms
    yield '<ul class="parts">'
    for part in document.state.parts:
        word = part.level.word
        yield (
            f'<li class="card"><h3><b>{escape(part.name)}</b>'
            f'<span class="level {word}">{word}</span></h3><p>{escape(part.words)}</p>'
        )
        if part.name == "database":
            yield f"<p>{escape(stored(document))}</p>"
        since = lasted(max(0, now_ms - part.since_ms) / 1000)
        yield f'<p class="since">since {moment(part.since_ms, now_ms)} ({since})</p></li>'
    yield "</ul>"


# -- channels --------------------------------------------------------------------------------------


def _busiest(document: Document) -> Sequence[str]:
    """Those first where most was looked at in the last day, else in their own order."""
    channels = document.state.channels
    return sorted(channels, key=lambda name: -total(document.last(DAY_S, name), Count.OCCASIONS))


def _times(document: Document, channel: str) -> Iterator[tuple[str, Time, Stretches]]:
    now_ms = document.state.at_ms
    hours = Time(now_ms, FINE_S, FINE_PLOT_S, HOUR_S, "%H:%M")
    days = Time(now_ms, COARSE_S, COARSE_PLOT_S, DAY_S, "%a %d")
    yield "last 6 hours", hours, document.fine.get(channel, {})
    yield "last 7 days", days, document.coarse.get(channel, {})


def _channel(document: Document, channel: str) -> Iterator[str]:
    yield f"<section><h2>#{escape(channel)}</h2>"
    if waits := document.waits.get(channel):
        yield f'<p class="waits">It waits: <b>{escape(waits)}</b></p>'
    yield '<div class="channel"><div class="card">'
    yield from _funnel(document, channel)
    yield '</div><div class="plots">'
    for words, time, stretches in _times(document, channel):
        yield _plot_card(f"Messages a minute <small>{words}</small>")
        yield messages_plot(time, stretches)
        yield _key(("bar", "viewers"), ("own", "a line of its own"))
        yield "</div>"
    for words, time, stretches in _times(document, channel):
        yield _plot_card(f"Seconds to the line <small>{words}</small>")
        yield f"{seconds_plot(time, stretches)}</div>"
    yield "</div></div></section>"


def _plot_card(title: str) -> str:
    return f'<div class="card"><h3>{title}</h3>'


def _key(*entries: tuple[str, str]) -> str:
    marks = "".join(
        f'<li><svg viewBox="0 0 10 10" aria-hidden="true"><path class="{style}"'
        f' d="M0 0h10v10h-10z"/></svg>{words}</li>'
        for style, words in entries
    )
    return f'<ul class="key">{marks}</ul>'


def _funnel(document: Document, channel: str) -> Iterator[str]:
    times = [document.last(seconds, channel) for seconds in (HOUR_S, DAY_S)]
    messages = Row("Messages of viewers", tuple(c.get(Count.MESSAGES, 0) for c in times), 0)
    yield '<div class="scroll"><table><thead><tr><th scope="col">What became of it</th>'
    yield '<th scope="col">last hour</th><th scope="col">last day</th></tr></thead><tbody>'
    stage: tuple[int, ...] | None = None
    for row in (messages, *funnel_rows(times)):
        style = _ROW_STYLES[row.depth] + ("" if any(row.counts) else " zero")
        sign = "− " if row.depth == 1 and row.count is not None else ""
        yield f'<tr class="{style}"><td>{sign}{escape(row.words)}</td>'
        for number, count in enumerate(row.counts):
            is_stage = row.depth == 0 and row.count is not None
            share = _share(count, stage[number]) if is_stage and stage else ""
            yield f"<td>{count:,}<small>{share}</small></td>"
        yield "</tr>"
        if row.depth == 0 and row.count is not None:
            stage = row.counts
    yield "</tbody></table></div>"


def _share(count: int, of: int) -> str:
    """Of the stage before."""
    if not of:
        return ""
    percent = 100 * count / of
    return f"{percent:.0f} %" if percent >= 1 or not count else "&lt; 1 %"


def _others(document: Document, channels: Sequence[str]) -> Iterator[str]:
    """A row for each of the quieter channels."""
    yield '<section><h2>Other channels <small>last day</small></h2><div class="card scroll">'
    heads = ("channel", "messages", "occasions", "drafted", "accepted", "answered")
    yield '<table class="plain"><thead><tr>'
    yield from (f'<th scope="col">{head}</th>' for head in heads)
    yield "</tr></thead><tbody>"
    for channel in channels:
        counts = document.last(DAY_S, channel)
        yield f"<tr><td>#{escape(channel)}</td>"
        for count in (
            *(Count.MESSAGES, Count.OCCASIONS, Count.DRAFTED, Count.ACCEPTED, Count.ANSWERED),
        ):
            yield f"<td>{total(counts, count):,}</td>"
        yield "</tr>"
    yield "</tbody></table></div></section>"


def _decisions(document: Document) -> Iterator[str]:
    yield '<section><h2>The last decisions</h2><div class="card scroll">'
    if not document.decisions:
        yield "<p>None yet, or the database cannot be asked.</p></div></section>"
        return
    yield '<table class="decisions"><thead><tr><th scope="col">UTC</th><th scope="col">channel</th>'
    yield '<th scope="col">what decided</th></tr></thead><tbody>'
    today = datetime.fromtimestamp(document.state.at_ms / 1000, UTC).date()
    for channel, decision in document.decisions:
        at = datetime.fromtimestamp(decision.at_ms / 1000, UTC)
        shown = f"{at:%H:%M:%S}" if at.date() == today else f"{at:%d %b %H:%M}"
        yield f"<tr><td>{shown}</td><td>#{escape(channel)}</td><td>{escape(decision.reason)}</td>"
        yield "</tr>"
    yield "</tbody></table></div></section>"
