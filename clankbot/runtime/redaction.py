"""The second safeguard of secrets: one that is in a log record is masked before it is written.

The first is ``records.accounts.Secret``, which cannot be printed by accident.  Every Secret that
comes from outside is registered here, for the whole process.
"""

from __future__ import annotations

import logging
import re
import threading
import traceback
from collections import deque
from typing import Final

from clankbot.records.accounts import Secret

_MASK: Final = "<secret>"

# Anything shorter would mask parts of ordinary words all over the log.
_SHORTEST_CHARS: Final = 6

# Twitch's tokens rotate every few hours, for good: the last two days are remembered.
_TOKENS_KEPT: Final = 32

# What tokens look like in use, known or not.  Twitch's have 30 characters.
_PATTERNS: Final = re.compile(
    r"\b(?P<before>oauth:|(?:oauth|bearer)\s+"
    r"|(?:access_token|refresh_token|client_secret|device_code)[\"']?\s*[:=]\s*[\"']?)"
    r"[\w.~+/=-]{15,}",
    re.IGNORECASE | re.ASCII,
)

# One of these is in every text the patterns match, and looking for them is much faster.
_MARKS: Final = ("oauth", "bearer", "_token", "_secret", "_code")

# What every record has; all else was passed as ``extra``.
BARE_FIELDS: Final = frozenset(logging.makeLogRecord({}).__dict__)


class RedactedError(Exception):
    """Stands in a log record for an exception whose text held a secret."""


class _Registry:
    """The secrets of this process.  For any thread: readers see one finished tuple."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lasting: set[str] = set()
        self._tokens: deque[str] = deque(maxlen=_TOKENS_KEPT)
        self.texts: tuple[str, ...] = ()

    def add(self, secret: Secret, *, rotates: bool) -> None:
        text = secret.reveal()
        with self._lock:
            if len(text) < _SHORTEST_CHARS or text in self.texts:
                return
            if rotates:
                self._tokens.append(text)
            else:
                self._lasting.add(text)
            # The longest first: one secret may be the beginning of another.
            self.texts = tuple(sorted({*self._lasting, *self._tokens}, key=len, reverse=True))


_known = _Registry()


def remember(secret: Secret) -> None:
    """Keep the secret out of all logs from now on; for passwords and keys, which stay the same."""
    _known.add(secret, rotates=False)


def new_token(text: str) -> Secret:
    """The token as a Secret, kept out of all logs until many newer ones have come."""
    token = Secret(text)
    _known.add(token, rotates=True)
    return token


def redact(text: str) -> str:
    """The text with every known secret, and all that looks like a token, as ``<secret>``."""
    for secret in _known.texts:
        if secret in text:
            text = text.replace(secret, _MASK)
    lower = text.lower()
    if any(mark in lower for mark in _MARKS):
        text = _PATTERNS.sub(rf"\g<before>{_MASK}", text)
    return text


class SecretFilter(logging.Filter):
    """Cleans phrase, arguments, fields and exception of each record; lets every record through.

    Belongs on the handlers, which get the records of all libraries.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True; the record is changed only if it held a secret."""
        message = _formatted(record)
        if (clean := redact(message)) != message:
            record.msg, record.args = clean, ()
        for name, value in record.__dict__.items():
            if name not in BARE_FIELDS:
                record.__dict__[name] = _clean_field(value)
        _clean_exception(record)
        return True


def _formatted(record: logging.LogRecord) -> str:
    """Phrase and arguments as one text: a pattern may begin in one and end in the other."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # They do not fit together, and the handler would print both as they are.
        record.msg, record.args = f"{record.msg} (wrong arguments)", ()
        return str(record.msg)


def _clean_field(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    clean = redact(text)
    return value if clean == text else clean


def _clean_exception(record: logging.LogRecord) -> None:
    for name in ("exc_text", "stack_info"):
        if text := getattr(record, name):
            setattr(record, name, redact(text))
    if record.exc_info and (error := record.exc_info[1]):
        text = "".join(traceback.format_exception(error))
        if (clean := redact(text)) != text:
            record.exc_info = (RedactedError, RedactedError(clean), None)
