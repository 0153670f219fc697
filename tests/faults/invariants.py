"""What must hold after every fault: one function, over the account of what happened."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from clankbot.loopback.room_lines import RoomMessage
from tests.faults.chat import Line, number_of
from tests.faults.row import Lost, Never, Row

_ENTRY: Final = re.compile(r"^\S+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) [\w.-]+: (.*)$", re.MULTILINE)
_TROUBLE: Final = frozenset({"WARNING", "ERROR", "CRITICAL"})
_USUAL: Final = "message blocked"
"""A warning by design: a part of the chat is blocked."""
_ON_ITS_WAY_S: Final = 0.2
"""For a line that was judged just before its removal was read."""
_SHOWN: Final = 5


@dataclass
class Account:
    """All that is known of a fault; times are monotonic seconds."""

    lines: Sequence[Line]
    """Chat from the program's first start on."""
    stored: Sequence[tuple[str, str]]
    """Ids and texts in the database, in order."""
    said: Sequence[RoomMessage] = ()
    """By the bot, from its first start on; since the fault: those from ``said_since`` on."""
    said_since: int = 0
    heard_at: Mapping[int, float] = field(default_factory=dict)
    """When the bot had read the removal of a line."""
    log: str = ""
    statuses: Sequence[int] = ()
    silences: Sequence[tuple[float, float]] = ()
    """When it had to be silent."""
    forbidden: Sequence[str] = ()
    """What it must never say."""
    is_running: bool = True


def broken_promises(account: Account, row: Row) -> list[str]:
    """What did not hold, in words."""
    found = [
        *_of_the_store(account, row),
        *_of_what_was_said(account),
        *_of_the_log(account.log, row),
    ]
    found += [f"exit status {each}" for each in account.statuses if each not in row.statuses]
    if not account.is_running:
        found.append("the program has ended")
    if row.never is Never.ANYTHING and not account.silences:
        found.append("the fault did not tell when the bot has to be silent")
    if row.never is Never.SERVERS_WORDS and not account.forbidden:
        found.append("the fault did not tell what must not be said")
    return found


def resolve(account: Account) -> None:
    """What may be lost or remain is so for one row alone: from now on it is as it is."""
    kept = {number_of(message_id) for message_id, _ in account.stored}
    for line in account.lines:
        if line.may_be_lost or line.may_remain:
            line.is_delivered = line.number in kept
            line.removed_at = None if line.may_remain else line.removed_at
            line.may_be_lost = line.may_remain = False


def _of_the_store(account: Account, row: Row) -> Iterator[str]:
    """Everything that Twitch delivered and that passes the filter, once, in order, no more."""
    lines = account.lines
    known = [(number_of(message_id), text) for message_id, text in account.stored]
    texts = {number: text for number, text in known if number is not None}
    numbers = [number for number, _ in known if number is not None]
    if wrong := [b for a, b in pairwise(numbers) if b <= a]:
        yield f"out of order, or twice: {_few(wrong)}"
    if changed := [number for number, text in texts.items() if text != lines[number].text]:
        yield f"stored with another text: {_few(changed)}"
    may_lose = row.lost is not Lost.NOTHING
    missing = [
        line.number
        for line in lines
        if _must_be_kept(line) and line.number not in texts and not (may_lose and line.may_be_lost)
    ]
    if missing:
        yield f"{len(missing)} lines are missing: {_few(missing)}"
    if remaining := [n for n in texts if lines[n].removed_at and not lines[n].may_remain]:
        yield f"removed, and still there: {_few(remaining)}"
    if blocked := [n for n in texts if lines[n].is_blocked]:
        yield f"blocked, and stored: {_few(blocked)}"


def _must_be_kept(line: Line) -> bool:
    return line.is_delivered and not line.is_blocked and line.removed_at is None


def _of_what_was_said(account: Account) -> Iterator[str]:
    texts = Counter(message.text for message in account.said)
    answered = Counter(message.reply_to for message in account.said if message.reply_to)
    said = account.said[account.said_since :]
    for message in said:
        if texts[message.text] > 1 or answered[message.reply_to] > 1:
            yield f"said twice: {message.text!r}"
        if any(text in message.text for text in account.forbidden):
            yield f"said, though forbidden: {message.text!r}"
        if any(since < message.at < until for since, until in account.silences):
            yield f"said when it had to be silent: {message.text!r}"
    for line in account.lines:
        too_late = account.heard_at.get(line.number, float("inf")) + _ON_ITS_WAY_S
        for message in said if line.is_blocked or line.removed_at else ():
            if line.word in message.text and (line.is_blocked or message.at > too_late):
                yield f"said of what is blocked or removed: {message.text!r}"


def _of_the_log(log: str, row: Row) -> Iterator[str]:
    entries = _ENTRY.findall(log)
    for phrase in row.log:
        if not any(text.startswith(phrase) for _, text in entries):
            yield f"not in the log: {phrase}"
    trouble = [text for level, text in entries if level in _TROUBLE]
    trouble = [text for text in trouble if not text.startswith(_USUAL)]
    if surprises := [text for text in trouble if not text.startswith((*row.log, *row.may_log))]:
        yield f"in the log, and not named: {_few(surprises)}"
    for phrase, count in Counter(text.partition("=")[0] for text in trouble).items():
        if count > row.most_entries:
            yield f"{count} times in the log: {phrase}"
    if "Traceback" in log:
        yield "a traceback in the log"


def _few(things: Sequence[object]) -> str:
    more = f", and {len(things) - _SHOWN} more" if len(things) > _SHOWN else ""
    return ", ".join(map(str, things[:_SHOWN])) + more
