"""What a setting may be: how it is read from text, what is accepted, and how it is shown.

The variables of the environment and the settings of a channel are made of the same kinds.  Pure;
no kind lets any text through that it does not name in ``accepts``, and none raises but Refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from clankbot.config.durations import duration_text, seconds_in
from clankbot.records.accounts import Secret
from clankbot.records.settings import SettingValue

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Number = TypeVar("Number", int, float)

_WHOLE = re.compile(r"([0-9]{1,12})\s*([a-z]*)")
_DECIMAL = re.compile(r"[0-9]{0,9}[.,]?[0-9]{1,4}")
_TOO_FINE = re.compile(r"[0-9]{0,9}[.,][0-9]{5,}")
_MODEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,199}")
_KEY = re.compile(r"[!-~]{1,1000}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ON = frozenset({"on", "true", "yes", "1"})
_OFF = frozenset({"off", "false", "no", "0"})


class Refused(ValueError):
    """A text is not what its kind accepts.

    ``part`` is what is wrong in it, if not all of it; ``rule`` is what it broke, where ``accepts``
    does not tell.
    """

    def __init__(self, part: str = "", rule: str = "") -> None:
        super().__init__(part, rule)
        self.part = part
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Kind(Generic[T_co]):
    """One kind of value."""

    accepts: str
    """What is accepted, to stand after ``threshold takes`` or ``accepted:``."""
    read: Callable[[str], T_co]
    """The value of a text without blanks around it.  Raises Refused."""
    show: Callable[[SettingValue], str] = str
    """The value as chat is told it."""
    is_secret: bool = False
    is_prose: bool = False
    """Free text, to be taken as it was typed."""


def whole(low: int, high: int, unit: str = "", zero: str = "") -> Kind[int]:
    """A whole number, both ends included; its unit (a plural) may stand behind it.

    ``zero`` says what 0 means where that is not plain.
    """

    def read(text: str) -> int:
        found = _WHOLE.fullmatch(text.lower())
        if found is None or not _is_unit(found[2], unit):
            raise Refused
        return _within(int(found[1]), low, high)

    of_unit = f" of {unit}" if unit else ""
    return Kind(f"a whole number{of_unit} from {low} to {high}", read, _counted(unit, zero))


def decimal(low: float, high: float) -> Kind[float]:
    """A number with at most four decimals, both ends included."""

    def read(text: str) -> float:
        if not _DECIMAL.fullmatch(text):
            raise Refused(rule="at most 4 decimals" if _TOO_FINE.fullmatch(text) else "")
        return _within(float(text.replace(",", ".")), low, high)

    return Kind(f"a number from {low:g} to {high:g}", read, lambda value: f"{value:g}")


def seconds(low: float, high: float) -> Kind[float]:
    """A time, as seconds."""

    def read(text: str) -> float:
        found = seconds_in(text)
        if found is None:
            raise Refused
        return _within(found, low, high)

    return Kind(f"{low:g} to {high:g} seconds, or a time such as 90s, 5m or 1h30m", read)


def whole_seconds(low: int, high: int) -> Kind[int]:
    """A time, as whole seconds."""
    any_seconds = seconds(low, high)

    def read(text: str) -> int:
        found = any_seconds.read(text)
        if not found.is_integer():
            raise Refused(rule="whole seconds only")
        return int(found)

    return Kind(any_seconds.accepts, read, _timed)


def one_of(*words: str, **aliases: str) -> Kind[str]:
    """One of a few words, in any case; an alias stands for one of them."""
    known = {word.lower(): word for word in words} | aliases

    def read(text: str) -> str:
        if text.lower() not in known:
            raise Refused
        return known[text.lower()]

    return Kind(f"{', '.join(words[:-1])} or {words[-1]}", read)


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


def _read_flag(text: str) -> bool:
    """Whether a switch is on."""
    word = text.lower()
    if word not in _ON and word not in _OFF:
        raise Refused
    return word in _ON


def _read_model(text: str) -> str:
    """The name of a model as Ollama spells it."""
    if not _MODEL.fullmatch(text):
        raise Refused
    return text


def _read_key(text: str) -> Secret:
    """A secret that goes into an HTTP header or form."""
    if not _KEY.fullmatch(text.strip()):
        raise Refused
    return Secret(text.strip())


FLAG: Final = Kind(
    "on or off (also true/false, yes/no, 1/0)", _read_flag, lambda value: "on" if value else "off"
)
MODEL: Final = Kind("the name of an Ollama model, such as llama3.1 or llama3.2:3b", _read_model)
KEY: Final = Kind("one word of ASCII characters", _read_key, is_secret=True)
PASSWORD: Final = Kind("any text", Secret, is_secret=True)


def _within(number: Number, low: float, high: float) -> Number:
    """The number itself where it is in range."""
    if not low <= number <= high:
        raise Refused
    return number


def _is_unit(word: str, unit: str) -> bool:
    """Whether the word behind a number is its unit, perhaps shortened: ``d``, ``day``, ``days``."""
    stem = word.rstrip("s")
    return not word or bool(stem and unit.startswith(stem))


def _counted(unit: str, zero: str = "") -> Callable[[SettingValue], str]:
    """Shows a number with its unit, in the singular after 1."""

    def show(value: SettingValue) -> str:
        shown = f"{value} {unit.removesuffix('s') if value == 1 else unit}".rstrip()
        return f"{shown} ({zero})" if zero and value == 0 else shown

    return show


def _timed(value: SettingValue) -> str:
    """Shows seconds, and longer times in the short form as well."""
    count = int(value)
    shown = _counted("seconds")(count)
    return shown if count < 120 else f"{shown} ({duration_text(count)})"
