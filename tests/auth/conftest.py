"""Fixtures of this room's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.auth.desk import Clock, Desk, TokenFile
from tests.doubles.twitch_id import TwitchId


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A Twitch, a clock and a database of this test's own."""
    clock = Clock()
    with TwitchId(clock=clock) as twitch:
        yield Desk(twitch, clock, TokenFile(tmp_path / "tokens.db"))
