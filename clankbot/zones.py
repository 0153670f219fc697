"""Time zones, looked up in one place: small systems and containers have no files for them.

Those files, or the package ``tzdata`` of pip, may be missing, or go while the bot runs.
https://docs.python.org/3/library/zoneinfo.html#data-sources
"""

from __future__ import annotations

import logging
import zoneinfo
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Final

log = logging.getLogger(__name__)

# What to do where there are none.
REMEDY: Final = (
    "this machine has no time-zone files: install the package tzdata"
    " (apt install tzdata, apk add tzdata, or pip install tzdata) and start the bot anew"
)


def has_files() -> bool:
    """Whether this machine knows of any zone beside UTC."""
    return look_up("Europe/London") is not None


def look_up(name: str) -> tzinfo | None:
    """The zone of this name; None if there is no such file, or one that is no good."""
    if name == "UTC":
        return UTC  # needs no file
    try:
        return zoneinfo.ZoneInfo(name)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return None


def local_time(at_ms: int, name: str) -> datetime:
    """The time on a clock in the zone, and by UTC if that cannot be looked up.  Never raises."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment if name == "UTC" else moment.astimezone(_zone_or_utc(name))


@cache  # by the few zones that are set: or else a file that lacks would be looked for each time
def _zone_or_utc(name: str) -> tzinfo:
    zone = look_up(name)
    if zone is None:
        log.warning("time zone not found, UTC is used", extra={"zone": name, "remedy": REMEDY})
    return zone or UTC
