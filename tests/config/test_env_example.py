"""``.env.example`` tells what the table of variables tells, and works as it stands."""

from __future__ import annotations

import re
from pathlib import Path

from clankbot.config.settings import load_settings
from clankbot.config.variables import VARIABLES

EXAMPLE = Path(__file__).parents[2] / ".env.example"
ENTRY = re.compile(r"^# (?P<help>.+)\n(?P<off>#?)(?P<name>[A-Z_]+)=(?P<value>.*)$", re.MULTILINE)


def test_it_names_every_variable_once_with_its_meaning_and_default() -> None:
    entries = [(e["name"], e["help"], e["value"]) for e in ENTRY.finditer(EXAMPLE.read_text())]
    assert sorted(entries) == sorted((v.name, v.help, v.default) for v in VARIABLES)


def test_nothing_in_it_escapes_that_comparison() -> None:
    text = EXAMPLE.read_text()
    assert len(re.findall(r"^#?[A-Z_]+=", text, re.MULTILINE)) == len(VARIABLES)


def test_a_copy_of_it_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(EXAMPLE.read_text())
    copied = load_settings({}, tmp_path)
    (tmp_path / ".env").unlink()
    assert copied == load_settings({}, tmp_path)


def test_its_defaults_can_all_be_switched_on(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(re.sub(r"^#(?=[A-Z_]+=)", "", EXAMPLE.read_text(), flags=re.M))
    switched_on = load_settings({}, tmp_path)
    (tmp_path / ".env").unlink()
    assert switched_on == load_settings({}, tmp_path)
