"""Lengths of time as people write them; the other kinds are tested with the settings they read."""

from __future__ import annotations

import pytest

from clankbot.config.kinds import duration_text, seconds_in


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("0", 0),
        ("0.5", 0.5),
        ("90s", 90),
        ("90 Sec", 90),
        ("5m", 300),
        ("5 minutes", 300),
        ("1h", 3600),
        ("1h30m", 5400),
        ("1 hour 30 min", 5400),
        ("1.5h", 5400),
        ("2d", 172_800),
        (" 10m ", 600),
    ],
)
def test_a_duration_is_understood(text: str, seconds: float) -> None:
    assert seconds_in(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", " ", "soon", "m", "5x", "-5", "5m!", "1h 30", "1e3", "nan", "inf", "٣", "5,5", "1:30"],
)
def test_anything_else_is_no_duration(text: str) -> None:
    assert seconds_in(text) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (45, "45s"), (300, "5m"), (5400, "1h30m"), (86_400, "1d"), (90_061, "1d1h1m1s")],
)
def test_a_duration_is_shown_in_its_shortest_form(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text
    assert seconds_in(text) == seconds
