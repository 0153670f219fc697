"""What a log record holds beside its phrase, for all who write it down."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Final

from clankbot.runtime.redaction import BARE_FIELDS

# The last two are made by formatters of the standard library.
_NOT_FIELDS: Final = BARE_FIELDS | {"message", "asctime"}
# The bot's own words, for whoever watches it at a terminal.  A log that is kept has them at DEBUG
# alone: they may be about viewers, who can have forgotten what the database holds and not this.
_FOR_PEOPLE: Final = frozenset({"spoken"})


def fields_of(record: logging.LogRecord, *, for_people: bool) -> Iterator[tuple[str, object]]:
    """What the caller passed as ``extra``, in that order: all that a bare record lacks."""
    for key, value in record.__dict__.items():
        if key not in _NOT_FIELDS and (for_people or key not in _FOR_PEOPLE):
            yield key, value


def error_of(record: logging.LogRecord) -> BaseException | None:
    """The exception that a record tells of."""
    return record.exc_info[1] if record.exc_info else None


def in_short(error: BaseException) -> str:
    """An exception as its type and text."""
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
