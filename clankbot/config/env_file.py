"""The ``.env`` file: its values, and what its owner should know about it.

Values are taken as they are written: ``${...}`` is not replaced, because a password may hold a
dollar sign.  No value is repeated in a problem or a warning, because it may be a secret.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from clankbot.files import read_bytes

_CUT_OFF = re.compile(r"\s#\w")
# TWITCH_CHANEL is nearly TWITCH_CHANNELS; the variables of other programs are left alone.
_NEAR = 0.85


@dataclass(frozen=True, slots=True)
class EnvFile:
    """What a ``.env`` file holds."""

    values: Mapping[str, str]
    # Lines that cannot be read, or why none can.
    problems: tuple[str, ...] = ()
    # What is probably not meant as it was written.
    warnings: tuple[str, ...] = ()
    # False: what is set there is unknown.
    is_readable: bool = True


def read_env_file(path: Path, known: Collection[str]) -> EnvFile:
    """The file's values; none if there is no file.  ``known`` are the names of our variables."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except FileNotFoundError:
        return EnvFile({})
    except OSError as error:
        return _unread(f"{path.name} cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return _unread(f"{path.name} cannot be read; accepted: text in UTF-8")
    values: dict[str, str] = {}
    problems: list[str] = []
    warnings: list[str] = []
    for binding in parse_stream(io.StringIO(text, newline=None)):
        if binding.error:
            written = binding.original.string
            blank_lines = written[: len(written) - len(written.lstrip())].count("\n")
            line = binding.original.line + blank_lines
            problems.append(
                f"line {line} of {path.name} cannot be read;"
                " accepted: NAME=value, any quotes closed"
            )
        elif binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
            warnings += _doubts(path.name, binding.key, binding, known)
    return EnvFile(values, tuple(problems), tuple(warnings))


def new_env_file(template: str, values: Mapping[str, str]) -> str:
    """The text of a new file: a template such as ``.env.example`` with these values filled in."""
    lines, left = [], dict(values)
    for line in template.splitlines():
        name = line.partition("=")[0]
        lines.append(f"{name}={left.pop(name)}" if name in left else line)
    return "\n".join([*lines, *(f"{name}={value}" for name, value in left.items()), ""])


def _unread(problem: str) -> EnvFile:
    return EnvFile({}, (problem,), is_readable=False)


def _doubts(file: str, name: str, binding: Binding, known: Collection[str]) -> list[str]:
    """Warnings about one assignment: a misspelt name, a list cut off at a ``#``."""
    if name not in known:
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=_NEAR)
        return [f"{name} in {file} is not a setting; did you mean {near[0]}?"] if near else []
    value = binding.value or ""
    is_list = value.startswith("#") or value.endswith(",")
    if is_list and "#" not in value[1:] and _CUT_OFF.search(binding.original.string):
        return [f"{name} in {file} ends at the second #; put the value in quotes to keep all of it"]
    return []
