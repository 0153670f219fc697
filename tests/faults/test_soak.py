"""An accelerated day leaves nothing behind."""

from __future__ import annotations

import pytest

from tests.faults.soak import DAY_LINES, MOST_GROWTH_MB, soak, table


@pytest.mark.long
def test_after_a_day_it_is_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    soaked = soak(DAY_LINES)
    with capsys.disabled():
        print(table(soaked))
    assert soaked.broken == ()
    assert soaked.growth_mb <= MOST_GROWTH_MB
    first, last = soaked.quarters[1], soaked.quarters[-1]
    assert last.threads <= first.threads + 1
    assert last.descriptors <= first.descriptors + 2
