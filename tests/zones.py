"""A machine without time-zone files, as small containers are."""

from __future__ import annotations

import sys
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from clankbot import zones
from clankbot.config import kinds


@contextmanager
def without_zone_files() -> Iterator[None]:
    """Neither the system's nor those of pip's package; what was looked up before is forgotten."""
    before = zoneinfo.TZPATH
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "tzdata", None)
        zoneinfo.reset_tzpath(to=())
        _forget()
        try:
            yield
        finally:
            zoneinfo.reset_tzpath(to=before)
            _forget()


def _forget() -> None:
    zoneinfo.ZoneInfo.clear_cache()
    zones._zone_or_utc.cache_clear()
    kinds._zones.cache_clear()
