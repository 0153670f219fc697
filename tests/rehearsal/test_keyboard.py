"""Keys into lines, and a terminal that is left as it was found."""

from __future__ import annotations

import os
import pty
import termios
from collections.abc import Iterator

import pytest

from clankbot.rehearsal.keyboard import Keyboard, LineEditor


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """The two ends of a pseudo-terminal: a person's, and a program's."""
    person, program = pty.openpty()
    yield person, program
    os.close(program)
    os.close(person)


@pytest.mark.parametrize(
    ("keys", "lines", "rest"),
    [
        ("hello\n", ["hello"], ""),
        ("one\rtwo\nthr", ["one", "two"], "thr"),
        ("helo\x7flo\n", ["hello"], ""),
        ("one two  three\x17", [], "one two  "),
        ("one two   \x17", [], "one "),
        ("all gone\x15new", [], "new"),
        ("a\x1b[Cb\x1b[1;5Dc\x1bOPd\x1bxe", [], "abcde"),
        ("tab\t and bell\x07", [], "tab and bell"),
        ("\x7f\x17\x15\n", [""], ""),
        ("ünï 語", [], "ünï 語"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_keys_make_lines(keys: str, lines: list[str], rest: str, at_once: bool) -> None:
    editor = LineEditor()
    portions = [keys] if at_once else list(keys)
    assert [line for portion in portions for line in editor.feed(portion)] == lines
    assert editor.text == rest
    assert not editor.ended


def test_the_lines_typed_before_come_back() -> None:
    editor = LineEditor()
    editor.feed("one\n\ntwo\ntwo\n")
    seen = []
    for key in ("\x1b[A", "\x1b[A", "\x1b[A", "\x1b[B", "\x1bOB", "\x1b[B"):
        editor.feed(key)
        seen.append(editor.text)
    assert seen == ["two", "one", "one", "two", "", ""]


def test_a_line_half_typed_outlasts_a_look_at_the_lines_before() -> None:
    editor = LineEditor()
    editor.feed("half\x1b[A")
    assert editor.text == "half"
    editor.feed("\x15one\nhalf\x1b[A")
    assert editor.text == "one"
    editor.feed("\x1b[B\x1b[B and more")
    assert editor.text == "half and more"


def test_ctrl_d_ends_only_on_an_empty_line() -> None:
    editor = LineEditor()
    editor.feed("text\x04")
    assert not editor.ended
    editor.feed("\x15\x04")
    assert editor.ended


def test_a_line_is_no_longer_than_a_chat_message() -> None:
    editor = LineEditor()
    editor.feed("x" * 700)
    assert len(editor.text) == 500


def test_keys_arrive_at_once_and_torn_letters_whole(terminal: tuple[int, int]) -> None:
    person, program = terminal
    with Keyboard(program) as keyboard:
        assert keyboard.keys(0.0) == ""
        os.write(person, "aü".encode()[:-1])
        assert keyboard.keys(5.0) == "a"
        os.write(person, "ü".encode()[-1:])
        assert keyboard.keys(5.0) == "ü"


def test_the_terminal_is_left_as_it_was(terminal: tuple[int, int]) -> None:
    _, program = terminal
    before = termios.tcgetattr(program)
    with Keyboard(program):
        assert termios.tcgetattr(program) != before
    assert termios.tcgetattr(program) == before


def test_a_terminal_that_is_closed_is_noticed() -> None:
    person, program = pty.openpty()
    keyboard = Keyboard(program)
    os.close(person)
    assert keyboard.keys(5.0) is None
    os.close(program)
