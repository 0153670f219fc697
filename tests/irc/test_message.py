"""Lines to parts and back."""

from __future__ import annotations

import random
import time

import pytest

from clankbot.irc.message import IrcMessage, escape_tag, format_line, parse_line, unescape_tag
from tests.irc.corpus import ROWS, Row, about, expected_message


@pytest.mark.parametrize("row", [row for row in ROWS if "message" in row], ids=about)
def test_a_line_is_taken_apart(row: Row) -> None:
    assert parse_line(row["line"]) == expected_message(row)


@pytest.mark.parametrize("row", [row for row in ROWS if row.get("error")], ids=about)
def test_a_line_without_a_command_is_refused(row: Row) -> None:
    with pytest.raises(ValueError, match="needs a command"):
        parse_line(row["line"])


def test_a_line_of_sixteen_kilobytes_is_taken_apart() -> None:
    tags = {f"key{number}": "v" * 20 for number in range(500)}
    message = parse_line(format_line("PRIVMSG", "#harbour", trailing="x" * 4096, tags=tags))
    assert message.tags == tags
    assert message.params == ("#harbour", "x" * 4096)


def test_any_tag_value_survives_escaping() -> None:
    dice = random.Random(7)
    for _ in range(2000):
        value = "".join(dice.choices("\\;: srn\r\nä=\u2028", k=dice.randrange(9)))
        escaped = escape_tag(value)
        assert not set(escaped) & set("; \r\n")
        assert unescape_tag(escaped) == value


def test_a_formatted_line_is_taken_apart_into_the_same_parts() -> None:
    line = format_line(
        "PRIVMSG",
        "#harbour",
        trailing=":two  blanks ",
        prefix="vera!vera@vera.tmi.twitch.tv",
        tags={"display-name": "Vera; or not", "id": ""},
    )
    assert parse_line(line) == IrcMessage(
        tags={"display-name": "Vera; or not", "id": ""},
        prefix="vera!vera@vera.tmi.twitch.tv",
        nick="vera",
        command="PRIVMSG",
        params=("#harbour", ":two  blanks "),
    )


def test_a_line_is_formatted_without_the_parts_it_lacks() -> None:
    assert format_line("JOIN", "#harbour") == "JOIN #harbour"
    assert format_line("PING", trailing="") == "PING :"


@pytest.mark.parametrize("pair", [r"\s", r"\\", r"\:", r"\x", r"\n\\s"])
def test_a_tag_full_of_escapes_is_read_as_quickly_as_any_other(pair: str) -> None:
    line = f"@display-name={pair * (8192 // len(pair))} PRIVMSG #harbour :hello"
    started = time.process_time()
    for _ in range(100):
        parse_line(line)
    assert time.process_time() - started < 0.1, "one escape after the other takes 2 ms a line"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"\\\\s", r"\\s"),
        (r"\\\s", "\\ "),
        (r"\\\\\:", r"\\;"),
        (r"\a\\b\c", r"a\bc"),
        ("end\\", "end"),
        ("end\\\\\\", "end\\"),
    ],
)
def test_a_backslash_for_itself_begins_no_other_escape(value: str, text: str) -> None:
    assert unescape_tag(value) == text
