"""The documents tell what the program does: their tables are held against the code's tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.arguments import build_parser
from clankbot.config.channel_settings import CHANNEL_SETTINGS
from clankbot.config.channel_wording import SettingsSchema
from clankbot.config.commands import VERBS
from clankbot.config.settings import load_settings
from clankbot.config.variables import VARIABLES

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def row(*cells: str) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def rows_below(head: str) -> list[str]:
    """The rows of the table with this head."""
    lines = README.split(head + "\n", 1)[1].splitlines()[1:]
    return lines[: next(i for i, line in enumerate(lines) if not line.startswith("|"))]


def test_every_clank_command_is_in_the_readme() -> None:
    expected = [row(f"`!clank {verb.form}`", verb.help) for verb in VERBS]
    assert rows_below("| write | and |") == expected


def test_every_channel_setting_is_in_the_readme(tmp_path: Path) -> None:
    schema = SettingsSchema(load_settings({}, tmp_path))
    expected = []
    for setting in CHANNEL_SETTINGS:
        shown = schema.shown(setting.name, {})
        default = shown.removeprefix(f"{setting.name} is ").removesuffix(" (the default)")
        expected.append(row(f"`{setting.name}`", setting.kind.accepts, default, setting.help))
    assert rows_below("| setting | takes | default | what it is |") == expected


def test_every_variable_is_in_the_readme() -> None:
    expected = [
        row(f"`{v.name}`", f"`{v.default}`" if v.default else "", v.help) for v in VARIABLES
    ]
    assert rows_below("| variable | default | what it is |") == expected


@pytest.mark.parametrize(
    "command",
    next(
        list(action.choices)
        for action in build_parser()._actions
        if isinstance(action.choices, dict)
    ),
)
def test_every_command_of_the_program_is_in_the_readme(command: str) -> None:
    assert f"`{command}" in "\n".join(rows_below("| command | what it does |"))


def test_the_files_a_reader_is_pointed_at_exist() -> None:
    for name in ("docs/architecture.md", ".env.example", "clankbot.service", "clankbot/bot.py"):
        assert (ROOT / name).is_file()
