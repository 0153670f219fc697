"""The whole table, told while it is made:

    python -m tests.faults [--fast | --list] [WORD ...]

WORDs choose the rows whose name holds one of them.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from typing import Final

from tests.children import let_children_hear
from tests.doubles.mariadb import MariaDb
from tests.faults.row import Half, Outcome, Row
from tests.faults.runner import Runner
from tests.faults.table import TABLE

_GREEN, _RED, _GREY, _PLAIN = (
    ("\x1b[32m", "\x1b[31m", "\x1b[90m", "\x1b[0m") if sys.stdout.isatty() else ("", "", "", "")
)
_NAME_CHARS: Final = max(len(row.name) for row in TABLE)


def promise(row: Row) -> str:
    """What is promised, in one line."""
    return (
        f"lost: {row.lost.value}; never said: {row.never.value};"
        f" well within {row.well_within_s:g} s;"
        f" log: {', '.join(row.log) or 'nothing'}"
    )


def verdict(outcome: Outcome) -> str:
    """One line for what came of a row, with the broken promises below it."""
    name = outcome.row.name.ljust(_NAME_CHARS)
    if outcome.skipped:
        return f"{_GREY}skip   {name}  {outcome.skipped}{_PLAIN}"
    if outcome.broken:
        return "\n       ".join((f"{_RED}BROKEN {name}{_PLAIN}", *outcome.broken))
    times = f"well after {outcome.well_after_s:4.1f} s of {outcome.row.well_within_s:g} s"
    return f"{_GREEN}ok     {name}{_PLAIN}  {times}"


def main() -> int:
    """0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--fast", action="store_true", help="only the rows of the test suite")
    parser.add_argument("--list", action="store_true", help="tell what is promised, do nothing")
    given = parser.parse_args()
    rows = [
        row
        for row in TABLE
        if (not given.words or any(word in row.name for word in given.words))
        and (not given.fast or row.half is Half.FAST)
    ]
    if given.list:
        for row in rows:
            print(f"{row.name}\n       {promise(row)}")
        return 0
    let_children_hear()
    outcomes = []
    with ExitStack() as kept:
        servers: list[MariaDb] = []

        def server() -> MariaDb:
            if not servers:
                servers.append(kept.enter_context(MariaDb()))
            return servers[0]

        with Runner(server) as runner:
            for row in rows:
                outcomes.append(runner.make(row))
                print(verdict(outcomes[-1]), flush=True)
    broken = sum(bool(each.broken) for each in outcomes)
    skipped = sum(bool(each.skipped) for each in outcomes)
    kept_ = len(outcomes) - broken - skipped
    ours, theirs = os.times()[:2], os.times()[2:4]
    print(f"\nprocessor time: {sum(ours):.1f} s of the tests, {sum(theirs):.1f} s of programs")
    print(f"{kept_} rows kept their promises, {broken} did not, {skipped} were skipped")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
