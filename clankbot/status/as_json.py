"""The status for programs, as ``status --json`` and a request that accepts JSON get it."""

from __future__ import annotations

import json
from typing import Any

from clankbot.records.counts import Count, reasons, total
from clankbot.status.document import DAY_S, HOUR_S, Document

_BY_REASON = (*(Count.NOT_THE_TIME, Count.NO_DRAFT, Count.JUDGED, Count.HELD_BACK, Count.REFUSED),)


def as_json(document: Document) -> str:
    """One object; times are milliseconds UTC."""
    state, database = document.state, document.database
    value: dict[str, Any] = {
        "verdict": state.level.word,
        "words": state.verdict.words,
        "fix": state.verdict.fix or None,
        "version": state.version,
        "at_ms": state.at_ms,
        "started_ms": state.started_ms,
        "repairs": [{"words": repair.words, "fix": repair.fix} for repair in state.repairs],
        "parts": [
            {
                "name": part.name,
                "level": part.level.word,
                "words": part.words,
                "since_ms": part.since_ms,
            }
            for part in state.parts
        ],
        "numbers": dict(state.numbers),
        "database": database
        and {
            "size_bytes": database.size_bytes,
            "messages": database.messages,
            "backed_up_ms": database.backed_up_ms,
        },
        "channels": {
            channel: {
                "waits_for": document.waits.get(channel),
                "last_hour": _funnel(document, channel, HOUR_S),
                "last_day": _funnel(document, channel, DAY_S),
            }
            for channel in state.channels
        },
        "decisions": [
            {"at_ms": decision.at_ms, "channel": channel, "reason": decision.reason}
            for channel, decision in document.decisions
        ],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _funnel(document: Document, channel: str, seconds: int) -> dict[str, Any]:
    counts = document.last(seconds, channel)
    whole: dict[str, Any] = {str(count): total(counts, count) for count in Count}
    for count in (Count.LINE_MS, Count.TOKENS_READ, Count.TOKENS_REUSED):
        del whole[count]
    whole["reasons"] = {str(count): reasons(counts, count) for count in _BY_REASON}
    return whole
