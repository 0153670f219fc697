"""Time zones are looked up, or else UTC; nothing fails for the lack of a file."""

from __future__ import annotations

import logging

import pytest

from clankbot.zones import has_files, local_time, look_up
from tests.zones import without_zone_files

MIDNIGHT_MS = 1_790_380_800_000  # 2026-09-26T00:00Z


def test_a_zone_has_its_own_time() -> None:
    assert has_files()
    assert f"{local_time(MIDNIGHT_MS, 'Europe/Berlin'):%H:%M}" == "02:00"
    assert f"{local_time(MIDNIGHT_MS, 'America/New_York'):%H:%M}" == "20:00"


@pytest.mark.parametrize(
    "name", ["Moon/Base", "Europe", "../etc/passwd", "/etc/passwd", "", "x\0y", "tzdata.zi", "ü"]
)
def test_what_is_no_zone_is_utc_and_told_once(name: str, caplog: pytest.LogCaptureFixture) -> None:
    assert look_up(name) is None
    with caplog.at_level(logging.WARNING):
        assert f"{local_time(MIDNIGHT_MS, name):%H:%M %Z}" == "00:00 UTC"
        assert f"{local_time(MIDNIGHT_MS, name):%H:%M %Z}" == "00:00 UTC"
    assert [record.message for record in caplog.records] == ["time zone not found, UTC is used"]


def test_without_files_only_utc_is_known(caplog: pytest.LogCaptureFixture) -> None:
    with without_zone_files():
        assert not has_files()
        assert look_up("UTC") is not None
        assert f"{local_time(MIDNIGHT_MS, 'Europe/Berlin'):%H:%M %Z}" == "00:00 UTC"
    assert "tzdata" in caplog.records[0].__dict__["remedy"]
    assert has_files()
