"""What a typed line makes happen."""

from __future__ import annotations

import io
import random

import pytest

from clankbot.rehearsal.console import Console
from clankbot.rehearsal.conversation import HELP, YOU, Conversation
from clankbot.rehearsal.viewers import Line

Deed = tuple[object, ...]


class RecordedStage:
    """Takes down what it is asked to do instead of doing it."""

    bot_name = "clankbot"

    def __init__(self) -> None:
        self.deeds: list[Deed] = []

    def say(self, line: Line) -> None:
        self.deeds.append(("say", line))

    def delete(self, login: str | None, by: str) -> None:
        self.deeds.append(("delete", login, by))

    def time_out(self, login: str, seconds: int, by: str) -> None:
        self.deeds.append(("time out", login, seconds, by))

    def clear(self, by: str) -> None:
        self.deeds.append(("clear", by))

    def set_mode(self, name: str, value: int, by: str) -> None:
        self.deeds.append(("set mode", name, value, by))

    def summary(self) -> str:
        return "the summary"


def typed(line: str) -> tuple[list[Deed], list[str]]:
    """What a line has done on the stage, and what the person is told."""
    stage, out = RecordedStage(), io.StringIO()
    Conversation(stage, Console(out), dice=random.Random(1)).obey(line)
    return stage.deeds, out.getvalue().splitlines()


DEEDS: list[tuple[str, Deed]] = [
    ("hello", ("say", Line(YOU, "hello"))),
    ("  @clankbot hi  there ", ("say", Line(YOU, "@clankbot hi  there"))),
    ("!clank threshold 3", ("say", Line(YOU, "!clank threshold 3", is_mod=True))),
    ("!CLANK", ("say", Line(YOU, "!CLANK", is_mod=True))),
    ("!dice", ("say", Line(YOU, "!dice"))),
    ("/mod be kind", ("say", Line(YOU, "be kind", is_mod=True))),
    ("/as Tealeaf  good evening", ("say", Line("tealeaf", "good evening"))),
    ("/delete", ("delete", None, YOU)),
    ("/delete @mona", ("delete", "mona", YOU)),
    ("/timeout mona", ("time out", "mona", 60, YOU)),
    ("/timeout mona 5", ("time out", "mona", 5, YOU)),
    ("/clear", ("clear", YOU)),
    ("/room slow on", ("set mode", "slow", 30, YOU)),
    ("/room slow 10", ("set mode", "slow", 10, YOU)),
    ("/room emote on", ("set mode", "emote_only", 1, YOU)),
    ("/room subs off", ("set mode", "subs_only", 0, YOU)),
    ("/room followers", ("set mode", "followers_only", 0, YOU)),
    ("/room followers off", ("set mode", "followers_only", -1, YOU)),
]

TOLD: list[tuple[str, list[str]]] = [
    ("/pace 0.5", []),
    ("/PACE 0", []),
    ("/stats", ["the summary"]),
    ("/help", list(HELP)),
    ("/quit", []),
    ("", []),
    ("   ", []),
]


@pytest.mark.parametrize(("line", "deed"), DEEDS)
def test_a_line_is_understood(line: str, deed: Deed) -> None:
    assert typed(line) == ([deed], [])


@pytest.mark.parametrize(("line", "answer"), TOLD)
def test_what_concerns_only_the_person_happens_in_no_chat(line: str, answer: list[str]) -> None:
    assert typed(line) == ([], answer)


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
    deeds, told = typed(line)
    assert deeds == []
    assert len(told) == 1
    assert told[0].startswith(f"It is {line.split()[0]}")


def test_an_unknown_command_is_answered_in_one_line() -> None:
    assert typed("/dance now") == ([], ["There is no /dance; /help lists what there is."])


def test_the_help_has_every_command() -> None:
    for line in (*dict(DEEDS), *dict(TOLD)):
        if line.startswith("/"):
            command = line.split()[0].lower()
            assert any(row.split()[0] == command for row in HELP), command
