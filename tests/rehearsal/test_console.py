"""What a rehearsal looks like, and that typing survives what is printed meanwhile."""

from __future__ import annotations

import io

import pytest

from clankbot.rehearsal.console import Console
from clankbot.rehearsal.typed import HELP


class Screen:
    """As much of a terminal as the console asks of one: text, return, erase to the line's end."""

    def __init__(self, written: str) -> None:
        self.lines = [""]
        for character in written.replace("\r\x1b[K", "\0"):
            if character == "\n":
                self.lines.append("")
            elif character == "\0":
                self.lines[-1] = ""
            else:
                self.lines[-1] += character


def plain() -> tuple[io.StringIO, Console]:
    out = io.StringIO()
    return out, Console(out)


def terminal() -> tuple[io.StringIO, Console]:
    out = io.StringIO()
    return out, Console(out, is_terminal=True)


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
    out = io.StringIO()
    Console(out, is_terminal=True, colours=True).viewer("mona", "hello", 33)
    assert "\x1b[1;38;5;33mmona\x1b[0m: hello" in out.getvalue()
    out, console = terminal()
    console.viewer("mona", "hello", 33)
    console.bot("clankbot", "hi")
    assert "m" not in out.getvalue().replace("\r\x1b[K", "").replace("mona", "")


def test_the_line_being_typed_stays_whole_below_what_arrives() -> None:
    out, console = terminal()
    console.typing("hel")
    console.viewer("mona", "one", 33)
    console.event("two")
    assert Screen(out.getvalue()).lines == ["mona: one", "-- two", "> hel"]
    console.typing("hello")
    assert Screen(out.getvalue()).lines == ["mona: one", "-- two", "> hello"]
    console.typing(None)
    console.note("bye")
    assert Screen(out.getvalue()).lines == ["mona: one", "-- two", "bye", ""]


@pytest.mark.parametrize(("letter", "fitting"), [("x", 37), ("語", 18), ("e\u0301", 37)])
def test_a_long_line_shows_its_end_on_one_line(letter: str, fitting: int) -> None:
    out = io.StringIO()
    Console(out, is_terminal=True, columns=lambda: 40).typing("start " + letter * 60)
    assert Screen(out.getvalue()).lines == ["> " + letter * fitting]


def test_notes_are_wrapped_between_words_and_keep_their_columns() -> None:
    out = io.StringIO()
    console = Console(out, is_terminal=True, columns=lambda: 40)
    console.note("many words that do not fit on one line", f"  log       /tmp/{'x' * 40}", "")
    console.note("  /timeout NAME   time somebody out, the bot too", *HELP)
    shown = Screen(out.getvalue()).lines
    assert shown[:7] == [
        "many words that do not fit on one line",
        "  log",
        f"            /tmp/{'x' * 40}",
        "",
        "  /timeout NAME   time somebody out, the",
        "                  bot too",
        "  TEXT",
    ]


def test_the_help_fits_an_ordinary_terminal() -> None:
    out = io.StringIO()
    Console(out, is_terminal=True, columns=lambda: 80).note(*HELP)
    shown = Screen(out.getvalue()).lines
    assert max(map(len, shown)) <= 80
    assert " ".join(" ".join(shown).split()) == " ".join(" ".join(HELP).split())


def test_nothing_that_a_terminal_would_obey_gets_through() -> None:
    out, console = plain()
    console.viewer("mona", "\x1b[2Jgone\x07\r", 33)
    console.bot("clankbot", "a\x1b]0;title\x07b\nc")
    assert out.getvalue() == "mona: [2Jgone\n[o_o] clankbot: a]0;titlebc\n"


def test_long_talk_is_wrapped_at_words_in_a_terminal() -> None:
    out = io.StringIO()
    console = Console(out, is_terminal=True, columns=lambda: 30)
    console.viewer("mona", "these are more words than fit on one line", 33, is_mod=True)
    console.bot("clankbot", "so are these, they too go on below", "mona")
    console.event("and so does what happens in the room")
    assert Screen(out.getvalue()).lines == [
        "mod mona: these are more words",
        "  than fit on one line",
        "[o_o] clankbot → mona: so are",
        "  these, they too go on below",
        "-- and so does what happens in",
        "  the room",
        "",
    ]
