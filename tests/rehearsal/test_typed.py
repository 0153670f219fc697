"""What a typed line asks for."""

from __future__ import annotations

import pytest

from clankbot.rehearsal import typed
from clankbot.rehearsal.typed import HELP, YOU, Wish, wish
from clankbot.rehearsal.viewers import Line

WISHES: list[tuple[str, Wish]] = [
    ("hello", typed.Say(Line(YOU, "hello"))),
    ("  @clankbot hi  there ", typed.Say(Line(YOU, "@clankbot hi  there"))),
    ("!clank threshold 3", typed.Say(Line(YOU, "!clank threshold 3", is_mod=True))),
    ("!CLANK", typed.Say(Line(YOU, "!CLANK", is_mod=True))),
    ("!dice", typed.Say(Line(YOU, "!dice"))),
    ("/mod be kind", typed.Say(Line(YOU, "be kind", is_mod=True))),
    ("/as Tealeaf  good evening", typed.Say(Line("tealeaf", "good evening"))),
    ("/delete", typed.Delete(None)),
    ("/delete @mona", typed.Delete("mona")),
    ("/timeout mona", typed.TimeOut("mona", 60)),
    ("/timeout mona 5", typed.TimeOut("mona", 5)),
    ("/clear", typed.Clear()),
    ("/room slow on", typed.SetMode("slow", 30)),
    ("/room slow 10", typed.SetMode("slow", 10)),
    ("/room emote on", typed.SetMode("emote_only", 1)),
    ("/room subs off", typed.SetMode("subs_only", 0)),
    ("/room followers", typed.SetMode("followers_only", 0)),
    ("/room followers off", typed.SetMode("followers_only", -1)),
    ("/pace 0.5", typed.SetPace(0.5)),
    ("/PACE 0", typed.SetPace(0)),
    ("/stats", typed.Stats()),
    ("/help", typed.Tell(HELP)),
    ("/quit", typed.Quit()),
]


@pytest.mark.parametrize(("line", "expected"), WISHES)
def test_a_line_is_understood(line: str, expected: Wish) -> None:
    assert wish(line) == expected


@pytest.mark.parametrize("line", ["", "   "])
def test_an_empty_line_asks_for_nothing(line: str) -> None:
    assert wish(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "/mod",
        "/as",
        "/as mona",
        "/as mo-na hello",
        "/delete two words",
        "/timeout",
        "/timeout mona 0",
        "/timeout mona soon",
        "/room",
        "/room quiet on",
        "/room emote 5",
        "/room slow nan",
        "/pace",
        "/pace -1",
        "/pace inf",
    ],
)
def test_a_command_that_makes_no_sense_is_answered_with_how_it_is_written(line: str) -> None:
    answer = wish(line)
    assert isinstance(answer, typed.Tell)
    assert len(answer.lines) == 1
    assert line.split()[0] in answer.lines[0]


def test_an_unknown_command_is_answered_in_one_line() -> None:
    assert wish("/dance now") == typed.Tell(("There is no /dance; /help lists what there is.",))


def test_the_help_has_every_command() -> None:
    for line, _ in WISHES:
        if line.startswith("/"):
            command = line.split()[0].lower()
            assert any(row.split()[0] == command for row in HELP), command
