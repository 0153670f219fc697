"""What a setting may be: how it is read from text, what is accepted, and how it is shown.

The variables of the environment and the settings of a channel are made of the same kinds.  Pure,
except that the machine's table of time zones is read.  A kind takes no text that ``accepts`` does
not describe, and raises nothing but Refused.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final, Generic, TypeVar

from clankbot import zones
from clankbot.records.accounts import Secret
from clankbot.records.settings import SettingValue

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Number = TypeVar("Number", int, float)

# A month; for longer there is ``off``.
LONGEST_QUIET_S: Final = 30 * 86_400

_WHOLE = re.compile(r"([0-9]{1,12})\s*([a-z]*)")
_DECIMAL = re.compile(r"[0-9]{0,9}[.,]?[0-9]{1,4}")
_TOO_FINE = re.compile(r"[0-9]{0,9}[.,][0-9]{5,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,3})?"
_PART = re.compile(rf"\s*({_NUMBER})\s*([a-z]+)\s*")
_UNITS = (
    (86_400, "d day days"),
    (3_600, "h hr hrs hour hours"),
    (60, "m min mins minute minutes"),
    (1, "s sec secs second seconds"),
)
_SECONDS_OF_WORD = {word: seconds for seconds, words in _UNITS for word in words.split()}

_TIME = r"([0-9]{1,2})(?:[:.]([0-9]{2}))?"
_HOURS = re.compile(rf"{_TIME}\s*(?:-|–|to)\s*{_TIME}", re.IGNORECASE)
# ``GMT+2`` must not become the zone ``Etc/GMT+2``, whose sign means the opposite.
_OFFSET = re.compile(r"(?:utc|gmt)?[+-][0-9:]+", re.IGNORECASE)
# Files among the zones that are none, or only on some machines.
# https://data.iana.org/time-zones/theory.html
_NO_PLACE = re.compile(r"(?:posix|right)/.*|localtime|posixrules|factory", re.IGNORECASE)


class Refused(ValueError):
    """A text is not what its kind accepts.

    ``part`` is what is wrong in it, if not all of it; ``rule`` is what it broke, if ``accepts``
    does not tell.
    """

    def __init__(self, part: str = "", rule: str = "") -> None:
        super().__init__(part, rule)
        self.part = part
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Kind(Generic[T_co]):
    """One kind of value."""

    # What is accepted, to stand after ``threshold takes`` or ``accepted:``.
    accepts: str
    # The value of a text without blanks around it.  Raises Refused.
    read: Callable[[str], T_co]
    # The value as chat is told it.
    show: Callable[[SettingValue], str] = str
    is_secret: bool = False
    # Free text, to be taken as it was typed.
    is_prose: bool = False


# --- numbers ---


def whole(low: int, high: int, unit: str = "", zero: str = "") -> Kind[int]:
    """A whole number, both ends included; its unit (a plural) may follow, shortened or not.

    ``zero`` says what 0 means if that is not plain.
    """

    def read(text: str) -> int:
        found = _WHOLE.fullmatch(text.lower())
        if found is None:
            raise Refused
        stem = found[2].rstrip("s")
        if found[2] and not (stem and unit.startswith(stem)):
            raise Refused
        return _within(int(found[1]), low, high)

    def show(value: SettingValue) -> str:
        return f"{_counted(value, unit)} ({zero})" if zero and value == 0 else _counted(value, unit)

    of_unit = f" of {unit}" if unit else ""
    return Kind(f"a whole number{of_unit} from {low} to {high}", read, show)


def decimal(low: float, high: float) -> Kind[float]:
    """A number with at most four decimals, both ends included."""

    def read(text: str) -> float:
        if not _DECIMAL.fullmatch(text):
            raise Refused(rule="at most 4 decimals" if _TOO_FINE.fullmatch(text) else "")
        return _within(float(text.replace(",", ".")), low, high)

    return Kind(f"a number from {low:g} to {high:g}", read, lambda value: f"{value:g}")


def _within(number: Number, low: float, high: float) -> Number:
    if not low <= number <= high:
        raise Refused
    return number


def _counted(value: SettingValue, unit: str) -> str:
    """A number with its unit, in the singular after 1."""
    return f"{value} {unit.removesuffix('s') if value == 1 else unit}".rstrip()


# --- lengths of time ---


def seconds_in(text: str) -> float | None:
    """The seconds of ``90``, ``90s``, ``5 min`` or ``1h30m``; None if it is no length of time."""
    text = text.strip().lower()
    if re.fullmatch(_NUMBER, text):
        return float(text)
    total, end = 0.0, 0
    while part := _PART.match(text, end):
        if part[2] not in _SECONDS_OF_WORD:
            return None
        total += float(part[1]) * _SECONDS_OF_WORD[part[2]]
        end = part.end()
    return total if end and end == len(text) else None


def duration_text(seconds: int) -> str:
    """The shortest way to write whole seconds: ``45s``, ``5m``, ``1h30m``."""
    parts = []
    for size, words in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{words[0]}")
    return "".join(parts) or "0s"


def seconds(low: float, high: float) -> Kind[float]:
    """A time, as seconds."""

    def read(text: str) -> float:
        found = seconds_in(text)
        if found is None:
            raise Refused
        return _within(found, low, high)

    return Kind(f"{low:g} to {high:g} seconds, or a time such as 90s, 5m or 1h30m", read)


def whole_seconds(low: int, high: int) -> Kind[int]:
    """A time, as whole seconds; two minutes and more are shown in the short form as well."""
    any_seconds = seconds(low, high)

    def read(text: str) -> int:
        found = any_seconds.read(text)
        if not found.is_integer():
            raise Refused(rule="whole seconds only")
        return int(found)

    def show(value: SettingValue) -> str:
        shown = _counted(value, "seconds")
        return shown if int(value) < 120 else f"{shown} ({duration_text(int(value))})"

    return Kind(any_seconds.accepts, read, show)


# --- words ---


def one_of(*words: str, **aliases: str) -> Kind[str]:
    """One of a few words, in any case; an alias stands for one of them."""
    known = {word.lower(): word for word in words} | aliases
    return Kind(f"{', '.join(words[:-1])} or {words[-1]}", lambda text: _looked_up(text, known))


def _looked_up(text: str, known: Mapping[str, T]) -> T:
    if text.lower() not in known:
        raise Refused
    return known[text.lower()]


def matching(
    accepts: str,
    pattern: str,
    make: Callable[[str], T],
    *,
    show: Callable[[SettingValue], str] = str,
    is_secret: bool = False,
) -> Kind[T]:
    """What ``make`` makes of a text that matches the pattern as a whole."""

    def read(text: str) -> T:
        if not re.fullmatch(pattern, text):
            raise Refused
        return make(text)

    return Kind(accepts, read, show, is_secret)


def prose(limit_chars: int) -> Kind[str]:
    """Free text on one line, without the characters that drive a terminal."""

    def read(text: str) -> str:
        line = " ".join(_CONTROL.sub(" ", text).split())
        if not 0 < len(line) <= limit_chars:
            raise Refused
        return line

    accepts = f"a text of at most {limit_chars} characters"
    return Kind(accepts, read, lambda value: f'"{value}"', is_prose=True)


def optional(kind: Kind[T]) -> Kind[T | None]:
    """The same kind, with an empty text for None."""
    return Kind(
        kind.accepts, lambda text: kind.read(text) if text else None, is_secret=kind.is_secret
    )


_ON = dict.fromkeys(("on", "true", "yes", "1"), True)
_OFF = dict.fromkeys(("off", "false", "no", "0"), False)
FLAG: Final = Kind(
    "on or off (also true/false, yes/no, 1/0)",
    lambda text: _looked_up(text, _ON | _OFF),
    lambda value: "on" if value else "off",
)
MODEL: Final = matching(
    "the name of an Ollama model, such as llama3.1 or llama3.2:3b",
    r"[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,199}",
    str,
)
# Goes into an HTTP header or form.
KEY: Final = matching(
    "one word of ASCII characters",
    r"\s*[!-~]{1,1000}\s*",
    lambda text: Secret(text.strip()),
    is_secret=True,
)
PASSWORD: Final = Kind("any text", Secret, is_secret=True)


# --- hours of the day and time zones ---


def _read_hours(text: str) -> str:
    """``HH:MM-HH:MM``; the end may be before the start, which means the next day."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise Refused
    start, end = _clock_time(found[1], found[2]), _clock_time(found[3], found[4])
    if start == end:
        raise Refused(rule="the two ends must differ")
    return f"{start}-{end}"


def _clock_time(hour: str, minute: str | None) -> str:
    """``HH:MM``; 24:00 is midnight."""
    minutes = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or minutes > 24 * 60:
        raise Refused
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _read_zone(text: str) -> str:
    """The IANA name of a zone, given by its name or its city in any case."""
    wanted = text.replace(" ", "_").casefold()
    if wanted == "utc":
        return "UTC"  # known even if the machine has no zone files
    if _OFFSET.fullmatch(text.replace(" ", "")):
        raise Refused(rule="name a city, for an offset knows no summer time")
    if _NO_PLACE.fullmatch(text):
        raise Refused
    if not zones.has_files():
        raise Refused(rule=zones.REMEDY)
    found = _zones().get(wanted, ())
    if len(found) != 1 or zones.look_up(found[0]) is None:
        raise Refused
    return found[0]


@cache
def _zones() -> Mapping[str, tuple[str, ...]]:
    """The zones of this machine by name, or by city if no zone is named so; without capitals.

    To list them opens every zone file, which takes some 20 ms: once, when the first is asked for.
    """
    names = {zone.casefold(): (zone,) for zone in sorted(zoneinfo.available_timezones())}
    cities: dict[str, tuple[str, ...]] = {}
    for name, zone in names.items():
        parts = name.split("/")
        for start in range(1, len(parts)):
            city = "/".join(parts[start:])
            cities[city] = (*cities.get(city, ()), *zone)
    return cities | names


def _show_instant(value: SettingValue) -> str:
    return f"{datetime.fromtimestamp(int(value) / 1000, UTC):%d %B, %H:%M} UTC"


HOURS: Final = Kind(
    "a time such as 30m (at most 30d), hours such as 23:00-08:00, or off", _read_hours
)
ZONE: Final = Kind("a time zone such as Europe/Berlin or UTC", _read_zone)
INSTANT: Final = matching("milliseconds UTC", r"[0-9]{1,14}", int, show=_show_instant)
