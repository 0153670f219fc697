"""What a rehearsal looks like, and that typing survives what is printed meanwhile."""

from __future__ import annotations

import io
import re

import pytest

from clankbot.rehearsal.console import Console
from clankbot.rehearsal.conversation import HELP
from tests.doubles.terminal import Screen

STYLE = re.compile(r"\x1b\[[0-9;]*m")


def plain() -> tuple[io.StringIO, Console]:
    out = io.StringIO()
    return out, Console(out)


class Terminal:
    """A console on a screen, and somebody who types at its bottom."""

    def __init__(self, columns: int = 80, height: int = 24, *, colours: bool = False) -> None:
        self._out = io.StringIO()
        self._screen = Screen(columns, height)
        self.console = Console(
            self._out, is_terminal=True, colours=colours, columns=lambda: columns
        )

    @property
    def written(self) -> str:
        return self._out.getvalue()

    @property
    def screen(self) -> Screen:
        """What was written and typed so far."""
        self._screen.feed(self._out.getvalue())
        self._out.seek(0)
        self._out.truncate()
        return self._screen

    def type(self, keys: str) -> None:
        self.screen.feed(keys)


def test_plain_lines_say_who_speaks_and_whom_the_bot_answers() -> None:
    out, console = plain()
    console.viewer("mona", "hello", 33, is_mod=True)
    console.bot("clankbot", "hi")
    console.bot("clankbot", "hi to you", "mona")
    console.event("mona cleared the chat")
    console.note("one", "two")
    assert out.getvalue().splitlines() == [
        "mod mona: hello",
        "[o_o] clankbot: hi",
        "[o_o] clankbot → mona: hi to you",
        "-- mona cleared the chat",
        "one",
        "two",
    ]


def test_colours_come_only_where_they_are_wanted() -> None:
    terminal = Terminal(colours=True)
    terminal.console.viewer("mona", "hello", 33)
    assert "\x1b[1;38;5;33mmona\x1b[0m: hello" in terminal.written
    terminal = Terminal()
    terminal.console.viewer("mona", "hello", 33)
    terminal.console.bot("clankbot", "hi")
    assert not STYLE.search(terminal.written)


def test_the_line_being_typed_stays_whole_below_what_arrives() -> None:
    terminal = Terminal()
    terminal.type("> hel")
    terminal.console.viewer("mona", "one", 33)
    terminal.console.event("two")
    assert terminal.screen.lines == ["mona: one", "-- two", "> hel"]
    terminal.type("lo")
    assert terminal.screen.lines == ["mona: one", "-- two", "> hello"]
    terminal.console.clear_row()
    terminal.console.note("bye")
    assert terminal.screen.lines == ["mona: one", "-- two", "bye"]


def test_the_cursor_stays_where_it_is_in_the_line() -> None:
    terminal = Terminal()
    terminal.type("> hello\b\b\b")
    terminal.console.viewer("mona", "one", 33)
    terminal.type("L")
    assert terminal.screen.lines == ["mona: one", "> heLlo"]


def test_what_was_typed_gives_way_to_what_came_of_it() -> None:
    terminal = Terminal()
    terminal.type("> hello\r\n")
    terminal.console.clear_row(rows_up=1)
    terminal.console.viewer("you", "hello", 33)
    terminal.type("> ")
    assert terminal.screen.lines == ["you: hello", ">"]


def test_at_the_bottom_the_oldest_rows_scroll_away() -> None:
    terminal = Terminal(columns=20, height=4)
    terminal.type("> hello")
    for number in range(5):
        terminal.console.viewer("mona", f"this is line {number} of them", 33)
    screen = terminal.screen
    assert (screen.row, screen.column) == (3, 7)
    assert screen.lines[-3:] == ["mona: this is line 4", "  of them", "> hello"]
    assert len(screen.lines) == 11


@pytest.mark.parametrize("letter", ["x", "語", "e\u0301"])
def test_a_word_longer_than_a_row_leaves_the_typed_line_alone(letter: str) -> None:
    terminal = Terminal(columns=40, height=8)
    terminal.type("> hello")
    terminal.console.viewer("mona", letter * 100, 33)
    screen = terminal.screen
    assert screen.lines[-1] == "> hello"
    assert "".join(screen.lines[:-1]).count(letter[0]) == 100


def test_notes_are_wrapped_between_words_and_keep_their_columns() -> None:
    terminal = Terminal(columns=40, height=60)
    terminal.console.note(
        "many words that do not fit on one line", f"  log       /tmp/{'x' * 40}", ""
    )
    terminal.console.note("  /timeout NAME   time somebody out, the bot too", *HELP)
    shown = terminal.screen.lines
    path = shown[2] + shown.pop(3)
    assert path == f"            /tmp/{'x' * 40}"
    del shown[2]
    assert shown[:6] == [
        "many words that do not fit on one line",
        "  log",
        "",
        "  /timeout NAME   time somebody out, the",
        "                  bot too",
        "  TEXT",
    ]


def test_the_help_fits_an_ordinary_terminal() -> None:
    terminal = Terminal(columns=80)
    terminal.console.note(*HELP)
    shown = terminal.screen.lines
    assert " ".join(" ".join(shown).split()) == " ".join(" ".join(HELP).split())
    assert all(row.startswith("  ") for row in shown), "a row was wrapped by the terminal"


def test_nothing_that_a_terminal_would_obey_gets_through() -> None:
    out, console = plain()
    console.viewer("mona", "\x1b[2Jgone\x07\r", 33)
    console.bot("clankbot", "a\x1b]0;title\x07b\nc")
    assert out.getvalue() == "mona: [2Jgone\n[o_o] clankbot: a]0;titlebc\n"


def test_long_talk_is_wrapped_at_words_in_a_terminal() -> None:
    terminal = Terminal(columns=30)
    terminal.console.viewer("mona", "these are more words than fit on one line", 33, is_mod=True)
    terminal.console.bot("clankbot", "so are these, they too go on below", "mona")
    terminal.console.event("and so does what happens in the room")
    assert terminal.screen.lines == [
        "mod mona: these are more words",
        "  than fit on one line",
        "[o_o] clankbot → mona: so are",
        "  these, they too go on below",
        "-- and so does what happens in",
        "  the room",
    ]
