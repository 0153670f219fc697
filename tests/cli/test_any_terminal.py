"""Whatever letters the terminal has: what it lacks becomes a question mark, never an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.arguments import build_parser
from clankbot.records.writes import BlockTerm, SetSetting
from tests.cli.command import clankbot, fill, said

ASCII = {"PYTHONIOENCODING": "ascii"}
C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

LOG = "[2026-01-02 03:04:05] <クランク> 川が静かだ\n[2026-01-02 03:04:06] <bob> naïve 🍆\n"

COMMANDS = {
    "stats": (),
    "stats --changes": (),
    "check": (),
    "forget クランク": (),
    "forget 川の人": ("?",),
    "export クランク": ("?",),
    "export alpha": (),
    "replay 川.log --no-model": ("?",),
    "replay chat.log --no-model": (),
    "copy-database 川": ("?",),
    "login --status": (),
    "logout": (),
    "rehearse --database chatbot.db": (),
    "run": ("?",),
    "クランク": ("?",),
}
"""Each with what its output has to hold."""
IN_C = ("stats", "check", *(command for command in COMMANDS if not command.isascii()), "run")
"""Those that a poorer locale, too, can do something to: what it takes in is no text there."""


def fill_with_letters_of_the_world(folder: Path) -> None:
    """A database, a log and a word list that hold more than any of these terminals has."""
    by = ("7", "クランク")
    persona = SetSetting("alpha", "persona", "Ты — река 🍆", *by, 1)
    fill(folder, [said("川が静かだ", name="クランク"), persona, BlockTerm("alpha", "死", "7", 1)])
    (folder / "chat.log").write_text(LOG, encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "terminal"),
    [
        *(pytest.param(command, ASCII, id=f"{command}-ascii") for command in COMMANDS),
        *(pytest.param(command, C_LOCALE, id=f"{command}-C") for command in IN_C),
    ],
)
def test_no_command_fails_for_a_letter_that_the_terminal_lacks(
    tmp_path: Path, command: str, terminal: dict[str, str]
) -> None:
    fill_with_letters_of_the_world(tmp_path)
    channel = "クランク" if command == "run" else "alpha"
    settings = {"TWITCH_CHANNELS": channel, "OLLAMA_URL": "127.0.0.1:9", "OLLAMA_MODEL": "x"}
    done = clankbot(tmp_path, *command.split(), **settings, **terminal)
    shown = done.out + done.err
    assert "Traceback" not in shown
    assert "codec" not in shown
    if terminal is not C_LOCALE:  # there an argument is no text, and is shown by its bytes
        assert "\\u" not in shown
        assert all(text in shown for text in COMMANDS[command])
    assert shown.isascii() or command.startswith("export")


@pytest.mark.parametrize("terminal", [ASCII, C_LOCALE], ids=["ascii", "C"])
def test_help_is_shown_anywhere(tmp_path: Path, terminal: dict[str, str]) -> None:
    done = clankbot(tmp_path, "--help", **terminal)
    assert (done.status, done.err) == (0, "")
    assert done.out == build_parser().format_help().encode("ascii", "replace").decode()


def test_training_data_is_utf8_on_any_terminal(tmp_path: Path) -> None:
    fill(tmp_path, [said("川が静かだ"), said("はい", "2")])
    done = clankbot(tmp_path, "export", "alpha", **ASCII)
    assert "川が静かだ" in done.out
