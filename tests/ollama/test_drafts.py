"""Several drafts of a line: how many there are, and which one is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clankbot.cancel import Cancel
from clankbot.ollama.drafts import best, drafts_wanted
from clankbot.ollama.language_model import LanguageModel
from clankbot.ollama.models import Model
from clankbot.ollama.verdict import Refused
from clankbot.records.settings import ChannelSettings
from tests.doubles.fake_ollama import Behaviour, FakeOllama
from tests.ollama.assignments import assignment, chat, line

CHAT = chat("the boss is huge", "that music though", "who plays next week")
THREE = ChannelSettings(drafts=3)


@pytest.mark.parametrize(
    ("writes_per_s", "count"), [(None, 1), (5, 1), (33, 1), (60, 2), (150, 3), (9000, 3)]
)
def test_as_many_are_written_as_are_quick(writes_per_s: float | None, count: int) -> None:
    model = Model("tiny")
    model.writing.per_s = writes_per_s
    assert drafts_wanted(None, model) == count
    assert drafts_wanted(2, model) == 2
    model.has_company = True
    assert drafts_wanted(None, model) == 1


@pytest.mark.parametrize(
    ("drafts", "chosen"),
    [
        (("hello there my friends", "that boss is so huge wow"), 1),  # takes up what was said
        (("what a boss", "what a boss " * 9), 0),  # as long as lines are
        (("he dodges left again, lovely", "the sky is lovely tonight"), 1),  # no repeat of its own
        (("same", "same"), 0),
    ],
)
def test_the_best_fits_the_room_and_the_moment(drafts: tuple[str, ...], chosen: int) -> None:
    own = line("he dodges left again, nice", "clankbot", 9, is_own=True)
    given = assignment(own, *chat("what", "a", "boss"))
    assert best(drafts, given) == drafts[chosen]


def test_the_best_of_three_is_said_and_what_is_refused_does_not_count(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    ollama.say("How can I help you today?", "hm", "that music is my next alarm", "late")
    said = model.write(assignment(*CHAT, settings=THREE), Cancel())
    assert said.text == "that music is my next alarm"
    assert len(ollama.asked) == 3
    assert len({asked.prompt for asked in ollama.asked}) == 1


def test_silence_if_none_is_good_for_the_reason_of_the_first(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    ollama.say("How can I help you today?", "null", "alice: hi")
    composed = model.write(assignment(*CHAT, settings=THREE), Cancel())
    assert composed.text is None
    assert composed.reason is not None
    assert composed.reason.code == Refused.ASSISTANT_MANNER


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ("PogChamp !ban bruno", "ban bruno"),
        ("PogChamp", None),
        ("what a boss PogChamp", "what a boss"),
    ],
)
def test_without_an_emote_that_nobody_uses_it_is_still_a_line(
    model: LanguageModel, ollama: FakeOllama, answer: str, line: str | None
) -> None:
    ollama.say(answer)
    assert model.write(assignment(*CHAT), Cancel()).text == line


def test_a_pass_is_not_asked_to_think_again(model: LanguageModel, ollama: FakeOllama) -> None:
    ollama.say("PASS", "that music")
    given = replace(assignment(*CHAT, settings=THREE), may_pass=True)
    composed = model.write(given, Cancel())
    assert composed.reason is not None
    assert composed.reason.code == Refused.PASSED
    assert len(ollama.asked) == 1


def test_a_draft_that_fails_leaves_what_there_is(model: LanguageModel, ollama: FakeOllama) -> None:
    ollama.say("what a start", "that music is great")
    model.write(assignment(*CHAT, settings=ChannelSettings(drafts=1)), Cancel())
    ollama.once(Behaviour(status=500, error="out of order"))
    assert model.write(assignment(*CHAT, settings=THREE), Cancel()).text == "that music is great"
    assert len(ollama.asked) == 3


def test_each_draft_has_a_seed_of_its_own(model: LanguageModel, ollama: FakeOllama) -> None:
    settings = ChannelSettings(drafts=3, model_options={"seed": 7})
    model.write(assignment(*CHAT, settings=settings), Cancel())
    assert [asked.options["seed"] for asked in ollama.asked] == [7, 8, 9]
