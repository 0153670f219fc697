"""What becomes of a thousand answers of models: what must not be said, and what must pass."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from clankbot.ollama.reply import line_of
from clankbot.ollama.verdict import Refused
from tests.ollama.answers import Answer, answers, situations

RECALL = 0.98
FALSE_REFUSALS = 0.01
RIGHT = 0.98  # the very line, or a right reason
KINDS = sorted({answer.kind for answer in answers()})


def kind(name: str) -> list[Answer]:
    """The answers of one kind."""
    return [answer for answer in answers() if answer.kind == name]


def test_the_corpus_is_large_and_varied() -> None:
    good = kind("good")
    languages = {answer.place.split("_")[0] for answer in good}
    assert len(answers()) >= 400
    assert len(good) >= 150
    assert len(languages - {"boss", "kitchen", "emotes", "mixed"}) >= 10
    assert len({(answer.place, answer.raw) for answer in answers()}) == len(answers())


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_has_siblings(name: str) -> None:
    assert len(kind(name)) >= 3


def test_every_reason_is_in_the_corpus() -> None:
    assert {code for answer in answers() for code in answer.refused} == {*Refused}


def test_what_must_not_be_said_is_refused() -> None:
    bad = [answer for answer in answers() if answer.line is None]
    said = [answer.raw for answer in bad if answer.is_let_through()]
    assert len(said) <= (1 - RECALL) * len(bad), said


def test_good_lines_pass() -> None:
    good = kind("good")
    lost = [answer.raw for answer in good if answer.is_refused()]
    assert len(lost) <= FALSE_REFUSALS * len(good), lost


@pytest.mark.parametrize("name", KINDS)
def test_each_answer_becomes_the_right_line_or_is_refused_for_a_right_reason(name: str) -> None:
    problems = [problem for answer in kind(name) if (problem := answer.problem())]
    assert len(problems) <= (1 - RIGHT) * len(kind(name)), "\n".join(problems)


def test_cleaning_a_line_again_changes_nothing() -> None:
    for answer in answers():
        line = line_of(answer.raw, answer.situation)
        if isinstance(line, str):
            again = replace(answer.situation, was_cut_off=False)
            assert line_of(line, again) == line, answer.raw


def test_no_line_of_one_room_is_said_in_it_again() -> None:
    for situation in situations().values():
        long = [text for text in situation.lines if len(text) > 30]
        codes = Counter(getattr(line_of(text, situation), "code", "said") for text in long)
        assert codes["said"] == 0
