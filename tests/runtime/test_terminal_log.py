"""The log as a person at a terminal reads it."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clankbot.runtime.logging_setup import ConsoleFormatter, JsonFormatter
from clankbot.runtime.terminal_log import TerminalFormatter
from tests.doubles.terminal import Terminal
from tests.fork_server import SCRIPT
from tests.runtime.test_logging_setup import NASTY_TEXTS, failed_record, record

NOON = 1_904_385_600.123


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at_noon(level: int = logging.INFO, **fields: object) -> logging.LogRecord:
    made = record(**fields)
    made.created, made.levelno, made.levelname = NOON, level, logging.getLevelName(level)
    return made


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "14:00:00 message stored"),
        (
            {"channel": "alpha", "spoken": "hi :)", "speech": "mention_answer", "after_s": 6.2},
            "14:00:00 #alpha message stored: hi :) (speech mention_answer, after 6.2 s)",
        ),
        (
            {"problem": "no route", "channel": "b", "reason": "lost", "dry_run": False},
            "14:00:00 #b message stored: lost; no route (not dry run)",
        ),
        ({"reason": "same", "problem": "same", "channel": None}, "14:00:00 message stored: same"),
    ],
)
def test_a_record_becomes_one_sentence_on_the_clock_of_the_wall(
    fields: dict[str, object], line: str
) -> None:
    assert TerminalFormatter(colours=False).format(at_noon(**fields)) == line


def test_how_bad_it_is_is_told_in_a_word_and_in_colour() -> None:
    plain, coloured = TerminalFormatter(colours=False), TerminalFormatter(colours=True)
    warned = at_noon(logging.WARNING, channel="alpha")
    assert plain.format(warned) == "14:00:00 warning: #alpha message stored"
    assert "\x1b[33mwarning:\x1b[0m \x1b[36m#alpha\x1b[0m" in coloured.format(warned)
    assert "\x1b[31merror:\x1b[0m" in coloured.format(at_noon(logging.ERROR))
    assert "processing.worker" in plain.format(at_noon(logging.DEBUG))


def test_another_day_is_told_once() -> None:
    formatter = TerminalFormatter(colours=False)
    first, second, third = at_noon(), at_noon(), at_noon()
    second.created += 86_400
    third.created += 86_401
    shown = [formatter.format(each) for each in (first, second, third)]
    assert shown[0] == "14:00:00 message stored"
    assert shown[1].startswith("-- Wednesday, 08 May 2030 --\n14:00:00 ")
    assert shown[2] == "14:00:01 message stored"


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_no_field_moves_the_cursor_or_begins_a_line(text: str) -> None:
    shown = TerminalFormatter(colours=False).format(at_noon(spoken=text, entry=text, channel=text))
    assert shown.isprintable()


@pytest.mark.parametrize("tracebacks", [True, False])
def test_an_exception_follows_indented(tracebacks: bool) -> None:
    failed = failed_record(ValueError("bad\nvalue"))
    first, *rest = (
        TerminalFormatter(colours=False, tracebacks=tracebacks).format(failed).split("\n")
    )
    assert "ValueError" not in first
    assert rest
    assert all(line.startswith("    ") for line in rest)
    assert any("ValueError: bad" in line for line in rest)


def test_what_the_bot_says_is_not_in_a_log_that_is_kept() -> None:
    said = record(spoken="a line of the bot", channel="alpha")
    for formatter in (ConsoleFormatter(), ConsoleFormatter(journal=True), JsonFormatter()):
        assert "a line of the bot" not in formatter.format(said)
        assert "spoken" not in formatter.format(said)


@pytest.mark.parametrize(
    ("more", "shown"),
    [({}, "\x1b[33mwarning:"), ({"NO_COLOR": "1"}, " warning: "), ({"LOG_FORMAT": "json"}, '"ts"')],
)
def test_it_is_for_people_in_a_terminal_and_for_machines_if_asked(
    tmp_path: Path, more: dict[str, str], shown: str
) -> None:
    (tmp_path / "blocked_words.txt").write_text("blorp\n")
    settings = {
        "PATH": os.environ["PATH"],
        "TERM": "xterm",
        "TWITCH_CHANNELS": "alpha",
        "TWITCH_IRC_URL": "irc://127.0.0.1:1",
        "DRY_RUN": "true",
    }
    command = [sys.executable, str(SCRIPT), "run"]
    with contextlib.closing(Terminal(command, tmp_path, settings | more, columns=200)) as terminal:
        terminal.wait_for("127.0.0.1")
        assert shown in terminal.written
