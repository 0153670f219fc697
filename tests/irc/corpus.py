"""The lines of ``tests/data/irc_lines.jsonl``, each with what is to come of it.

A row tells what it is ``about``, the ``line``, and then any of: ``message`` (its parts), ``event``
(its meaning, null for none; ``sent_at_ms`` stands for ``sent_at``), ``error`` (no message at all).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clankbot.irc import events
from clankbot.irc.message import IrcMessage

Row = dict[str, Any]

_FILE = Path(__file__).parent.parent / "data" / "irc_lines.jsonl"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _rows() -> list[Row]:
    with _FILE.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


ROWS = _rows()


def about(row: Row) -> str:
    """The row's name in pytest's output."""
    return str(row["about"])


def expected_message(row: Row) -> IrcMessage:
    """The message a row describes."""
    parts = row["message"]
    return IrcMessage(**{**parts, "params": tuple(parts["params"])})


def expected_event(row: Row) -> object:
    """The event a row describes, or None."""
    if row["event"] is None:
        return None
    fields = dict(row["event"])
    kind = getattr(events, fields.pop("type"))
    if "sent_at_ms" in fields:
        sent_at_ms = fields.pop("sent_at_ms")
        known = sent_at_ms is not None
        fields["sent_at"] = _EPOCH + timedelta(milliseconds=sent_at_ms) if known else None
    return kind(**fields)
