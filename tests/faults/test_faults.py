"""Every row of the table; those of the long half only with ``-m long``."""

from __future__ import annotations

import pytest

from tests.faults.row import Half, Row
from tests.faults.runner import Runner, missing
from tests.faults.table import TABLE

_ROWS = [
    pytest.param(row, marks=[pytest.mark.long] if row.half is Half.LONG else [], id=row.name)
    for row in TABLE
]


@pytest.mark.parametrize("row", _ROWS)
def test_what_is_promised_holds(runner: Runner, row: Row) -> None:
    if reason := missing(row):
        pytest.skip(reason)
    assert runner.make(row).broken == ()
