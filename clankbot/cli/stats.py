"""``stats``: what is in the database, channel by channel."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from clankbot.config.book import ChannelBook
from clankbot.config.settings import Settings, settings_from_process
from clankbot.database.store import Store
from clankbot.parts import open_database, set_up_logs
from clankbot.records import ChannelSummary, SettingValue

_CHANGES_SHOWN = 50
_DECISIONS_SHOWN = 100


def run(options: argparse.Namespace) -> int:
    """Prints; 0."""
    settings = settings_from_process()
    set_up_logs(settings)
    with open_database(settings).open() as store:
        if options.why is not None:
            lines = _decisions(store, _channel(options.why))
        elif options.changes is not None:
            lines = _changes(store, _channel(options.changes) or None, ChannelBook(settings))
        else:
            lines = _summary(store, settings)
        for line in lines:
            print(line)
    return 0


def _channel(written: str) -> str:
    return written.strip().lstrip("#").lower()


def _summary(store: Store, settings: Settings) -> list[str]:
    summaries = store.summaries()
    size = f"{store.size_bytes() / 1_000_000:.1f} MB"
    where = settings.mysql_database if settings.database_type == "mysql" else settings.database_url
    if not summaries:
        return [f"Nothing is stored yet ({where}, {size})."]
    head = ("channel", "messages", "speakers", "the bot's", "first", "last")
    return [
        *_table([head, *map(_summary_row, summaries)]),
        "",
        f"{where}: {size}; kept for {_kept(settings)} unless a channel sets its own time.",
    ]


def _kept(settings: Settings) -> str:
    days, count = settings.message_retention_days, settings.message_retention_count
    time = f"{days} days" if days else "any time"
    return f"{time}, the newest {count:,} of a channel" if count else time


def _summary_row(summary: ChannelSummary) -> tuple[str, ...]:
    return (
        f"#{summary.channel}",
        f"{summary.messages:,}",
        f"{summary.speakers:,}",
        f"{summary.own_messages:,}",
        _moment(summary.first_at_ms),
        _moment(summary.last_at_ms),
    )


def _decisions(store: Store, channel: str) -> list[str]:
    decisions = store.decisions(channel, _DECISIONS_SHOWN)
    if not decisions:
        return [f"Nothing has been decided in #{channel} yet."]
    return [f"{_moment(decision.at_ms)}  {decision.reason}" for decision in reversed(decisions)]


def _changes(store: Store, channel: str | None, book: ChannelBook) -> list[str]:
    changes = store.changes(channel, _CHANGES_SHOWN)
    if not changes:
        return ["No setting has been changed yet."]
    rows = [("when", "channel", "setting", "from", "to", "by")]
    rows += [
        (
            _moment(change.at_ms),
            f"#{change.channel}",
            book.name_of(change.column),
            _value(change.old_value),
            _value(change.new_value),
            f"{change.changed_by} ({change.changed_by_id})" + (" undone" if change.undone else ""),
        )
        for change in reversed(changes)
    ]
    return _table(rows)


def _value(value: SettingValue | None) -> str:
    return "default" if value is None else str(value)


def _moment(at_ms: int | None) -> str:
    return "-" if at_ms is None else f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M}"


def _table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Columns as wide as their widest cell; numbers to the right."""
    cells = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if cell.replace(",", "").isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]
