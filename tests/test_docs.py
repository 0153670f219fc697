"""The documents tell what the program does: their tables are held against the code's tables."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
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
    return list(takewhile(lambda line: line.startswith("|"), lines))


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


COMMANDS = next(
    list(action.choices) for action in build_parser()._actions if isinstance(action.choices, dict)
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_program_is_in_the_readme(command: str) -> None:
    assert f"`{command}" in "\n".join(rows_below("| command | what it does |"))


def test_no_other_commands_are_named() -> None:
    assert set(re.findall(r"clankbot\.py ([a-z][a-z-]*)\b(?!\.\w)", README)) <= set(COMMANDS)


def test_the_files_a_reader_is_pointed_at_exist() -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", README)
    assert "docs/architecture.md" in linked
    for name in (*linked, ".env.example", "clankbot.service", "blocked_words.txt"):
        assert (ROOT / name).is_file(), name


def test_the_contents_and_other_links_lead_to_headings() -> None:
    without_code = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^(##+) (.+)$", without_code, re.MULTILINE)
    anchors = [re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for _, text in headings]
    links = re.findall(r"\]\(#([^)]+)\)", README)
    assert set(links) <= set(anchors)
    main = [a for (level, _), a in zip(headings, anchors, strict=True) if level == "##"]
    assert links[: len(main) - 1] == main[:-1]  # all but the license, in their order


# -- what `!clank why` says ------------------------------------------------------------------------

NOT_EXPLAINED = {
    *("CALLED_OFF", "NO_CONTEXT", "OPTED_OUT", "STOPPING", "NOT_SIGNED_IN"),
    *("OUTBOX_FULL", "NOT_OUR_CHANNEL", "REPEATED_AT_ONCE"),
}
"""Reasons that speak for themselves, or that nobody meets in the course of things."""


@cache
def reasons() -> dict[str, list[re.Pattern[str]]]:
    """What stands behind each code in the source, and under "" every text there is."""
    found = defaultdict(list)
    for path in sorted((ROOT / "clankbot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(args=[ast.Attribute(ast.Name("Why"), code), text, *_]):
                    found[code] += patterns(text)
                case ast.Constant() | ast.JoinedStr():
                    found[""] += patterns(node)
    return found


def patterns(text: ast.AST) -> Iterator[re.Pattern[str]]:
    """What a text in the source may become, as far as it can be told."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    literal = [part.value if isinstance(part, ast.Constant) else None for part in parts]
    if sum(len(part) for part in literal if isinstance(part, str)) >= len("banned"):
        known = (re.escape(str(part)) if part is not None else r".+" for part in literal)
        yield re.compile("".join(known))


def explained() -> list[str]:
    """The answers of ``!clank why`` that the README explains."""
    rows = rows_below("| `!clank why` says | what it means | what to do |")
    return [text for row in rows for text in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


@pytest.mark.parametrize("answer", explained())
def test_why_does_say_what_the_readme_explains(answer: str) -> None:
    reason = answer.removeprefix("mention not answered: ")
    assert any(pattern.fullmatch(reason) for texts in reasons().values() for pattern in texts)


def test_every_reason_for_silence_is_explained() -> None:
    answers = [answer.removeprefix("mention not answered: ") for answer in explained()]
    unexplained = {
        code
        for code, texts in reasons().items()
        if code and texts and not any(text.fullmatch(a) for text in texts for a in answers)
    }
    assert unexplained == NOT_EXPLAINED
