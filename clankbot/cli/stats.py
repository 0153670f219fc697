"""``stats``: what is in the database, channel by channel."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from clankbot.clock import Clock
from clankbot.config.channel_wording import Overrides, SettingsSchema
from clankbot.config.settings import Settings
from clankbot.database.database import Store
from clankbot.parts import existing_database, start_up
from clankbot.records.answers import ChannelName, SettingChange
from clankbot.records.reasons import Why
from clankbot.text import shortened, visible

_CHANGES_SHOWN = 50
_DECISIONS_SHOWN = 100
# One long prompt must not push what stands behind it off the screen.
_CELL_CHARS = 40


def run(options: argparse.Namespace) -> int:
    """Prints; 0."""
    settings = start_up()
    schema = SettingsSchema(settings)
    with existing_database(settings).open() as store:
        if options.why is not None:
            lines = _decisions(store, options.why)
        elif options.changes is not None:
            lines = _changes(store, options.changes or None, schema)
        else:
            lines = _summary(store, settings, schema)
        for line in lines:
            print(visible(line))  # nothing that people typed drives the terminal
    return 0


def _summary(store: Store, settings: Settings, schema: SettingsSchema) -> list[str]:
    summaries, overrides = store.summaries(), store.all_overrides()
    size = f"{store.size_bytes() / 1_000_000:.1f} MB"
    where = settings.mysql_database if settings.database_type == "mysql" else settings.database_url
    if not summaries:
        return [f"Nothing is stored yet ({where}, {size})."]
    names = store.channel_names()
    ids = {name.login: name.channel_id for name in names if name.is_current}
    head = (
        "channel",
        "id",
        "messages",
        "speakers",
        "the bot's",
        "first (UTC)",
        "last (UTC)",
        "kept",
    )
    rows = [
        (
            _shown(summary.channel),
            ids.get(summary.channel, "-"),
            f"{summary.messages:,}",
            f"{summary.speakers:,}",
            f"{summary.own_messages:,}",
            _moment(summary.first_at_ms),
            _moment(summary.last_at_ms),
            _kept(schema, overrides.get(summary.channel, {})),
        )
        for summary in summaries
    ]
    most = settings.message_retention_count
    newest = f"; of each channel the newest {most:,} messages at most" if most else ""
    told = [f"{line}." for line in former_names(names)]
    return [*_table([head, *rows]), *told, "", f"{where}: {size}{newest}."]


def _shown(channel: str) -> str:
    """A channel, or what is put aside of one that has lost its name."""
    return channel if ":" in channel else f"#{channel}"


def renamed(names: Sequence[ChannelName], channel: str) -> str:
    """What a channel is called now that had this name last, to stand behind the name; or nothing.

    Nothing, too, if another channel has it.
    """
    if any(name.login == channel and name.is_current for name in names):
        return ""
    had = [name for name in names if name.login == channel]
    if not had:
        return ""
    channel_id = max(had, key=lambda name: name.last_seen_ms).channel_id
    now = [n.login for n in names if n.channel_id == channel_id and n.is_current]
    return f", which is called #{now[0]} now" if now else f", which is kept as id:{channel_id} now"


def former_names(names: Sequence[ChannelName]) -> list[str]:
    """For each channel that had another name before: what it was called until when."""
    told = []
    for channel_id in dict.fromkeys(name.channel_id for name in names):
        of_id = [name for name in names if name.channel_id == channel_id]
        current = [f"#{name.login} (id {channel_id})" for name in of_id if name.is_current]
        former = [
            f"#{name.login} until {_day(name.last_seen_ms)}"
            for name in sorted(of_id, key=lambda name: -name.last_seen_ms)
            if not name.is_current
        ]
        if former:
            told.append(f"{(*current, f'id:{channel_id}')[0]} was {', '.join(former)}")
    return told


def _kept(schema: SettingsSchema, overrides: Overrides) -> str:
    days = schema.resolve(overrides).retention_days
    return f"{days} {'day' if days == 1 else 'days'}" if days else "no limit"


def _decisions(store: Store, channel: str) -> list[str]:
    decisions = store.decisions(channel, _DECISIONS_SHOWN)
    if not decisions:
        now = renamed(store.channel_names(), channel)
        return [f"Nothing has been decided in {_shown(channel)}{now or ' yet'}."]
    lines = [
        f"{_moment(decision.at_ms)} UTC  {decision.reason}" for decision in reversed(decisions)
    ]
    prefix, today = "refused_", store.tally(channel, Clock().utc_day())
    refused = {
        what.removeprefix(prefix).replace("_", " "): count
        for what, count in today.items()
        if what.startswith(prefix)
    }
    if refused:
        figures = ", ".join(f"{what} {count}" for what, count in sorted(refused.items()))
        lines += ["", f"Refused today of what the model wrote: {figures}."]
    if passed := today.get(Why.PASSED):
        lines += [*([] if refused else [""]), f"Today it had nothing to add: {passed}."]
    return lines


def _changes(store: Store, channel: str | None, schema: SettingsSchema) -> list[str]:
    changes = store.changes(channel, _CHANGES_SHOWN)
    if not changes:
        return ["No setting has been changed yet."]
    rows = [("when (UTC)", "channel", "setting", "from", "to", "by")]
    rows += [
        (
            _moment(change.at_ms),
            _shown(change.channel),
            schema.name_of(change.column),
            _cut(schema.value_text(change.column, change.old_value)),
            _cut(schema.value_text(change.column, change.new_value)),
            _by(change),
        )
        for change in reversed(changes)
    ]
    return _table(rows)


def _cut(text: str) -> str:
    return shortened(visible(text), _CELL_CHARS)


def _by(change: SettingChange) -> str:
    """Who changed it; nobody in particular if the viewer wants not to be known."""
    who = f"{change.changed_by} ({change.changed_by_id})" if change.changed_by_id else "-"
    return f"{who}, undone" if change.undone else who


def _day(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d}"


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
