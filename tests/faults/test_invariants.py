"""Each promise that is broken is found: else the table would be green whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clankbot.loopback.room_lines import RoomMessage
from tests.faults.chat import Line
from tests.faults.invariants import Account, broken_promises, resolve
from tests.faults.row import Lost, Never, Row

ROW = Row("somewhere", "a fault", lambda _: None, log=("database away",))
LOG = "2030-01-01T00:00:00Z WARNING processing.write_queue: database away problem=x\n"


def line(number: int, **more: object) -> Line:
    """A line that was delivered."""
    known = {"said_at": float(number), "is_delivered": True, **more}
    return Line(number, "vera", f"text {number}", f"word{number}", **known)  # type: ignore[arg-type]


def said(text: str, at: float = 9.0, reply_to: str | None = None) -> RoomMessage:
    """The bot's."""
    tags = {} if reply_to is None else {"reply-parent-msg-id": reply_to}
    return RoomMessage("alpha", "clankbot", "1", "clankbot", text, tags=tags, at=at)


def well() -> Account:
    """Three plain lines, one that is blocked, one removed, and one that was never delivered."""
    lines = [
        *map(line, range(3)),
        line(3, is_blocked=True),
        line(4, removed_at=5.0),
        line(5, is_delivered=False),
    ]
    stored = [*((f"line-{n}", f"text {n}") for n in range(3)), ("of-the-bot", "beep")]
    return Account(lines, stored, [said("of word1"), said("of word2")], 0, {4: 5.5}, LOG)


def test_where_all_is_well_nothing_is_found() -> None:
    assert broken_promises(well(), ROW) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda a: replace(a, stored=a.stored[1:]), "1 lines are missing: 0"),
        (lambda a: replace(a, stored=a.stored[::-1]), "out of order, or twice: 1, 0"),
        (lambda a: replace(a, stored=[*a.stored, a.stored[2]]), "out of order, or twice: 2"),
        (lambda a: replace(a, stored=[*a.stored[:2], ("line-2", "x")]), "another text: 2"),
        (lambda a: replace(a, stored=[*a.stored, ("line-3", "text 3")]), "blocked, and stored: 3"),
        (lambda a: replace(a, stored=[*a.stored, ("line-4", "text 4")]), "still there: 4"),
        (lambda a: replace(a, said=[said("x"), said("x")]), "said twice: 'x'"),
        (lambda a: replace(a, said=[said("x", 1, "q"), said("y", 2, "q")]), "said twice"),
        (lambda a: replace(a, said=[said("of word3")]), "blocked or removed: 'of word3'"),
        (lambda a: replace(a, said=[said("of word4", 5.8)]), "blocked or removed: 'of word4'"),
        (lambda a: replace(a, forbidden=["word1"]), "forbidden: 'of word1'"),
        (lambda a: replace(a, silences=[(8.0, 10.0)]), "had to be silent: 'of word1'"),
        (lambda a: replace(a, log=""), "not in the log: database away"),
        (lambda a: replace(a, log=LOG + LOG.replace("away", "gone")), "not named: database gone"),
        (lambda a: replace(a, log=LOG * 30), "30 times in the log: database away"),
        (lambda a: replace(a, log=f"{LOG}Traceback (most recent"), "a traceback"),
        (lambda a: replace(a, statuses=[0, 1]), "exit status 1"),
        (lambda a: replace(a, is_running=False), "the program has ended"),
    ],
)
def test_each_broken_promise_is_told(spoil: Callable[[Account], Account], told: str) -> None:
    assert any(told in each for each in broken_promises(spoil(well()), ROW))


def test_what_was_said_before_a_fault_and_before_a_removal_is_no_matter() -> None:
    account = replace(well(), said=[said("of word3"), said("of word4", 5.6)], said_since=1)
    assert broken_promises(account, ROW) == []


def test_a_row_that_promises_silence_has_to_tell_when() -> None:
    assert broken_promises(well(), replace(ROW, never=Never.ANYTHING))
    assert broken_promises(well(), replace(ROW, never=Never.SERVERS_WORDS))


def test_what_may_be_lost_may_be_so_where_the_row_says_so_and_only_once() -> None:
    account = well()
    account.lines[0].may_be_lost = account.lines[4].may_remain = True
    account = replace(account, stored=[*account.stored[1:], ("line-4", "text 4")])
    assert len(broken_promises(account, ROW)) == 1
    assert broken_promises(account, replace(ROW, lost=Lost.HALF_A_SECOND)) == []
    resolve(account)
    assert broken_promises(account, ROW) == []
    account = replace(account, stored=account.stored[1:])
    assert len(broken_promises(account, replace(ROW, lost=Lost.HALF_A_SECOND))) == 1
