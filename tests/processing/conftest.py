"""The fixture that most tests of the worker begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processing.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A worker of the channels alpha and beta, of a bot that has just come online."""
    with Desk(tmp_path) as desk:
        yield desk
