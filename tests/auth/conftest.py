"""Fixtures of this room's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.auth.rig import Hand, Rig, TokenFile
from tests.doubles.twitch_id import TwitchId


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A Twitch, a clock and a database of this test's own."""
    clock = Hand()
    with TwitchId(clock=clock) as twitch:
        yield Rig(twitch, clock, TokenFile(tmp_path / "tokens.db"))
