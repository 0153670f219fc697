"""The log for a person at a terminal: a time on the wall, a sentence, and little else."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from clankbot.runtime.log_fields import error_of, fields_of, in_short
from clankbot.text import escaped

# Fields that go on with the sentence, in this order; the others stand in brackets behind it.
_SENTENCES: Final = ("spoken", "finding", "reason", "problem", "detail", "text", "remedy")
# What a number is of, by the end of its field's name.
_UNITS: Final = {"_s": "s", "_ms": "ms", "_mb": "MB", "_bytes": "bytes"}
_DIM, _RED, _YELLOW, _CYAN = "2", "31", "33", "36"


class TerminalFormatter(logging.Formatter):
    """``20:14:05 #alpha said: what a calm river (to ann, after 6 s)``; tracebacks follow.

    The day is told when it changes.  Times are of this machine's zone.
    """

    def __init__(self, *, colours: bool, tracebacks: bool = False) -> None:
        super().__init__()
        self._colours = colours
        self._tracebacks = tracebacks
        self._day = ""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line, or lines."""
        moment = datetime.fromtimestamp(record.created).astimezone()
        fields = dict(fields_of(record, for_people=True))
        words = [self._painted(_DIM, f"{moment:%H:%M:%S}")]
        if record.levelno >= logging.WARNING:
            colour = _RED if record.levelno >= logging.ERROR else _YELLOW
            words.append(self._painted(colour, f"{record.levelname.lower()}:"))
        elif record.levelno < logging.INFO:
            words.append(self._painted(_DIM, escaped(record.name.removeprefix("clankbot."))))
        if channel := fields.pop("channel", None):
            words.append(self._painted(_CYAN, escaped(f"#{channel}")))
        words.append(_sentence(record.getMessage(), fields))
        if besides := [_shown(key, value) for key, value in fields.items() if value is not None]:
            words.append(self._painted(_DIM, f"({', '.join(besides)})"))
        lines = [*self._new_day(moment), " ".join(words), *self._error(record)]
        return "\n".join(lines)

    def _error(self, record: logging.LogRecord) -> Sequence[str]:
        error = error_of(record)
        if error is None:
            return ()
        if not self._tracebacks:
            return [f"    {escaped(in_short(error))}"]
        trace = "".join(traceback.format_exception(error))
        return [f"    {escaped(line)}" for line in trace.splitlines()]

    def _new_day(self, moment: datetime) -> Sequence[str]:
        day = f"{moment:%A, %d %B %Y}"
        if day == self._day:
            return ()
        is_first, self._day = not self._day, day
        return () if is_first else (self._painted(_DIM, f"-- {day} --"),)

    def _painted(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colours else text


def _sentence(phrase: str, fields: dict[str, object]) -> str:
    """The phrase, and behind a colon what goes on with it, which is taken out of the fields."""
    found = (fields.pop(key, None) for key in _SENTENCES)
    told = dict.fromkeys(escaped(str(value)) for value in found if value not in (None, ""))
    return f"{escaped(phrase)}: {'; '.join(told)}" if told else escaped(phrase)


def _shown(key: str, value: object) -> str:
    """``after_s=6.2`` as ``after 6.2 s``, ``dry_run=True`` as ``dry run``."""
    for end, unit in _UNITS.items():
        if key.endswith(end):
            return escaped(f"{key.removesuffix(end).replace('_', ' ')} {value} {unit}")
    name = key.replace("_", " ")
    if isinstance(value, bool):
        return escaped(name if value else f"not {name}")
    return escaped(f"{name} {value}")
