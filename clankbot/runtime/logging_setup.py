"""One line per event, for people or for machines, that no chat text can forge.

A caller gives a constant phrase and fields: ``log.info("stored", extra={"channel": channel})``.
Both formatters show every field, whatever its name.  Known secrets are masked.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from clankbot.runtime.line_writer import LineHandler, standard_error
from clankbot.runtime.log_fields import error_of, fields_of, in_short
from clankbot.runtime.redaction import SecretFilter
from clankbot.runtime.terminal_log import TerminalFormatter
from clankbot.text import escaped

_NEEDS_NO_QUOTES: Final = re.compile(r"[\w.:/@#+-]+", re.ASCII)
_CHATTY_LIBRARIES: Final = ("urllib3", "requests")
# The line prefixes that the journal reads as priorities. Source:
# https://www.freedesktop.org/software/systemd/man/latest/sd-daemon.html
_PRIORITIES: Final = (
    (logging.CRITICAL, "<2>"),
    (logging.ERROR, "<3>"),
    (logging.WARNING, "<4>"),
    (logging.INFO, "<6>"),
    (logging.NOTSET, "<7>"),
)


class ConsoleFormatter(logging.Formatter):
    """Time, level, logger, phrase, then ``key=value``; tracebacks follow as indented lines.

    ``journal``: each line begins with a priority instead of the time, which the journal notes
    itself.  Without ``tracebacks`` an exception is one more field: its type and text.
    """

    def __init__(self, *, tracebacks: bool = False, journal: bool = False) -> None:
        super().__init__()
        self._tracebacks = tracebacks
        self.is_journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """The finished line, or lines if a traceback is shown."""
        fields = dict(_fields(record, taken=("exception",)))
        trace = ""
        if error := error_of(record):
            if self._tracebacks:
                trace = "".join(traceback.format_exception(error))
            else:
                fields["exception"] = in_short(error)
        prefix = f"{_utc(record.created)} "
        if self.is_journal:
            prefix = next(mark for least, mark in _PRIORITIES if record.levelno >= least)
        words = (
            f"{prefix}{record.levelname} {escaped(record.name.removeprefix('clankbot.'))}:",
            escaped(record.getMessage()),
            *(f"{escaped(key)}={_quoted(str(value))}" for key, value in fields.items()),
        )
        indent = (prefix if self.is_journal else "") + "    "
        return "\n".join(
            (" ".join(words), *(indent + escaped(line) for line in trace.splitlines()))
        )


class JsonFormatter(logging.Formatter):
    """One JSON object a line, in ASCII: ts, level, logger, message, and every field.

    An exception is in ``exception``: its traceback with ``tracebacks``, else its type and text.
    A field whose name is taken gets an underscore appended.
    """

    def __init__(self, *, tracebacks: bool = False) -> None:
        super().__init__()
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        """The object, without a line break in it."""
        entry: dict[str, object] = {
            "ts": _utc(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": _utf8_safe(record.getMessage()),
        }
        entry.update(
            (key, _jsonable(value)) for key, value in _fields(record, (*entry, "exception"))
        )
        if error := error_of(record):
            shown = (
                "".join(traceback.format_exception(error)) if self._tracebacks else in_short(error)
            )
            entry["exception"] = _utf8_safe(shown)
        return json.dumps(entry)


def set_up_logging(
    level: str,
    log_format: str,
    handler: logging.Handler | None = None,
    *,
    journal: bool = False,
    colours: bool = False,
) -> None:
    """Send all logging to ``handler`` (None: standard error), replacing what was set up before.

    ``level`` is one of logging's names, ``log_format`` is ``console`` or ``json``; ``journal`` says
    that systemd's journal reads the lines.  At a terminal ``console`` is for people, in colours if
    they are wanted.  A stream that breaks later, or that nobody reads, loses
    lines, no more.
    """
    is_terminal = handler is None and sys.stderr is not None and sys.stderr.isatty()
    if handler is None:
        writer = standard_error()
        handler = logging.StreamHandler() if writer is None else LineHandler(writer)
    debugging = level == "DEBUG"
    formatter: logging.Formatter
    if log_format == "json":
        formatter = JsonFormatter(tracebacks=debugging)
    elif is_terminal:
        formatter = TerminalFormatter(tracebacks=debugging, colours=colours)
    else:
        formatter = ConsoleFormatter(tracebacks=debugging, journal=journal)
    handler.setFormatter(formatter)
    handler.addFilter(SecretFilter())
    logging.raiseExceptions = False  # a full disk or a closed terminal is no reason to stop
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # What they warn of is told in our own words where it matters; theirs quote the server's.
    least = logging.NOTSET if debugging else max(logging.ERROR, logging.getLogger().level)
    for library in _CHATTY_LIBRARIES:
        logging.getLogger(library).setLevel(least)


def is_for_programs() -> bool:
    """Whether the log is set up as JSON or for the journal: then all else is to come that way."""
    formatters = [handler.formatter for handler in logging.getLogger().handlers]
    return any(
        isinstance(each, JsonFormatter) or (isinstance(each, ConsoleFormatter) and each.is_journal)
        for each in formatters
    )


def _fields(record: logging.LogRecord, taken: Sequence[str]) -> Iterator[tuple[str, object]]:
    """The fields, none with a name that is taken."""
    for key, value in fields_of(record, for_people=False):
        yield (f"{key}_" if key in taken else key), value


def _utc(created: float) -> str:
    moment = datetime.fromtimestamp(created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _quoted(text: str) -> str:
    """The text as one value: in quotes, with escapes, unless it is a plain word."""
    if _NEEDS_NO_QUOTES.fullmatch(text):
        return text
    value = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped(value)}"'


def _utf8_safe(text: str) -> str:
    """The text with lone surrogates spelled out: strict JSON readers refuse them even escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _jsonable(value: object) -> object:
    """The value as JSON can hold it; anything else as its text."""
    if (
        value is None
        or isinstance(value, int)
        or (isinstance(value, float) and math.isfinite(value))
    ):
        return value
    if isinstance(value, Mapping):
        return {_utf8_safe(str(key)): _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_jsonable(item) for item in value]
    return _utf8_safe(str(value))
