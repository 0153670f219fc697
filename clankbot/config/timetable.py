"""Hours of the day and time zones, as a moderator types them."""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime
from typing import Final

from clankbot.config.kinds import Kind, Refused
from clankbot.records.settings import SettingValue

LONGEST_QUIET_S: Final = 30 * 86_400
"""A month; whoever wants more says ``off``."""

_TIME = r"([0-9]{1,2})(?:[:.]([0-9]{2}))?"
_HOURS = re.compile(rf"{_TIME}\s*(?:-|–|to)\s*{_TIME}", re.IGNORECASE)
_UTC = "UTC"
_OFFSET = re.compile(r"(?:utc|gmt)?[+-][0-9:]+", re.IGNORECASE)
"""``GMT+2`` is not to become the zone ``Etc/GMT+2``, whose sign means the opposite."""
_NO_PLACE = re.compile(r"(?:posix|right)/.*|localtime|posixrules|factory", re.IGNORECASE)
"""Files among the zones that are none, or only on some machines.
https://data.iana.org/time-zones/theory.html"""
_MILLISECONDS = re.compile(r"[0-9]{1,14}")


def _clock(hour: str, minute: str | None) -> str:
    """``HH:MM``; 24:00 is midnight."""
    minutes = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or minutes > 24 * 60:
        raise Refused
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _read_hours(text: str) -> str:
    """``HH:MM-HH:MM``; the end may be before the start, which means the next day."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise Refused
    start, end = _clock(found[1], found[2]), _clock(found[3], found[4])
    if start == end:
        raise Refused(rule="the two ends must differ")
    return f"{start}-{end}"


def _read_zone(text: str) -> str:
    """The IANA name of a zone, given by its name or its city in any case."""
    wanted = text.replace(" ", "_").casefold()
    if wanted == _UTC.casefold():
        return _UTC  # known even where the machine has no zone files
    if _OFFSET.fullmatch(text.replace(" ", "")):
        raise Refused(rule="name a city, for an offset knows no summer time")
    if _NO_PLACE.fullmatch(text):
        raise Refused
    if _is_zone(text):
        return text
    zones = zoneinfo.available_timezones()
    found = [zone for zone in zones if zone.casefold() == wanted] or [
        zone for zone in zones if zone.casefold().endswith(f"/{wanted}")
    ]
    if len(found) != 1:
        raise Refused
    return found[0]


def _is_zone(text: str) -> bool:
    """Whether the zone's rules can be loaded under exactly this name."""
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _read_instant(text: str) -> int:
    """Milliseconds UTC."""
    if not _MILLISECONDS.fullmatch(text):
        raise Refused
    return int(text)


def _show_instant(value: SettingValue) -> str:
    """Day and time, in UTC."""
    return f"{datetime.fromtimestamp(int(value) / 1000, UTC):%d %B, %H:%M} UTC"


HOURS: Final = Kind(
    "a time such as 30m (at most 30d), hours such as 23:00-08:00, or off", _read_hours
)
ZONE: Final = Kind("a time zone such as Europe/Berlin or UTC", _read_zone)
INSTANT: Final = Kind("milliseconds UTC", _read_instant, _show_instant)
