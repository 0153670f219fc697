"""The estimate of what a prompt costs, against what real tokenizers counted."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import cache
from statistics import median

import pytest

from clankbot.ollama.tokens import Features, TokenEstimate, added, features
from tests.benchmarks.chats_of_the_world import ROOMS, room_lines
from tests.benchmarks.token_estimate import (
    INSTRUCTIONS,
    Call,
    around,
    blocks,
    changing_run,
    percentile,
    run,
    swapped_run,
    tokenizers,
)

Runs = dict[tuple[str, str], list[Call]]


@pytest.fixture(scope="module")
def runs() -> Runs:
    """The first prompts of every room to every model."""
    return {
        (room, name): run(room, name, seed=number, amount=12)
        for number, (room, name) in enumerate(itertools.product(ROOMS, tokenizers()))
    }


def learned(room: str = "English", name: str = "qwen3", amount: int = 12) -> TokenEstimate:
    """An estimate that knows a room and a model."""
    estimate = TokenEstimate()
    prompt = around(name)
    for text in blocks(room, name)[: 2 * amount]:
        prompt += text
        estimate.learn(prompt.seen, prompt.tokens)
    return estimate


@cache
def seen(room: str, amount: int = 100) -> Features:
    """The features of a prompt with so many lines."""
    return features(INSTRUCTIONS + "".join(room_lines(room, amount, seed=2)))


# -- features --------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ROOMS)
def test_features_of_lines_add_up_to_those_of_the_text(room: str) -> None:
    lines = room_lines(room, 100, seed=3)
    total = features("")
    for line in lines:
        total = added(total, features(line))
    assert total == features("".join(lines))
    assert sum(total) == sum(map(len, lines))


def test_each_kind_of_character_has_a_feature_of_its_own() -> None:
    kinds = ["abz", "ABZ", "059", "  ", "\n\n", "!?_~\t", "éüßñạ", "жλЯ", "مשע", "नไ", "あカー。"]
    kinds += ["好國", "안ㅋ", "█\u0301ｗ\ue000", "😂\u2764\ufe0f🇩🇪𝓁"]
    places = [[i for i, count in enumerate(features(kind)) if count] for kind in kinds]
    assert places == [[i] for i in range(len(kinds))]
    assert len(features("")) == len(kinds)


# -- against real tokenizers -----------------------------------------------------------------------


def test_a_model_that_nothing_is_known_of_never_takes_more_than_at_most(runs: Runs) -> None:
    exceeded = [key for key, some in runs.items() if some[0].is_exceeded]
    assert exceeded == []


def test_three_counts_are_enough_to_know_what_a_prompt_costs(runs: Runs) -> None:
    errors = [some[3].error for some in runs.values()]
    assert median(errors) <= 0.02
    assert percentile(errors, 0.95) <= 0.06
    for name in (*ROOMS, *tokenizers()):
        of_one = [some[3].error for key, some in runs.items() if name in key]
        assert median(of_one) <= 0.04, name


def test_what_was_learned_is_exceeded_once_in_a_thousand_prompts_at_most(runs: Runs) -> None:
    later = [call for some in runs.values() for call in some[1:]]
    assert sum(call.is_exceeded for call in later) <= len(later) / 1000


def test_three_counts_are_enough_to_fill_the_window(runs: Runs) -> None:
    assert median(some[0].fullness for some in runs.values()) >= 0.5
    assert median(some[3].fullness for some in runs.values()) >= 0.85
    assert percentile([some[10].fullness for some in runs.values()], 0.05) >= 0.75


def test_a_chat_may_change_its_language() -> None:
    pairs = [*itertools.permutations(ROOMS, 2)][::4]
    changing = [
        changing_run(pair, tokenizers()[number % len(tokenizers())], seed=number, amount=25)
        for number, pair in enumerate(pairs)
    ]
    every = [call for one in changing for call in one[1:]]
    assert sum(call.is_exceeded for call in every) <= len(every) / 1000
    assert percentile([call.error for call in every], 0.95) <= 0.08
    assert median(one[-1].error for one in changing) <= 0.02


@pytest.mark.parametrize("room", ["English", "Japanese", "emoji", "Russian"])
@pytest.mark.parametrize(("before", "after"), [("gemma3", "gpt2"), ("gpt2", "gemma3")])
def test_another_model_under_the_same_name_is_followed(room: str, before: str, after: str) -> None:
    calls = swapped_run(room, before, after)
    assert [call.is_exceeded for call in calls[2:]] == [False] * len(calls[2:])
    assert max(call.error for call in calls[6:]) <= 0.08
    assert calls[8].fullness >= 0.8


# -- odd counts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [-5, 0, 1, 300, 1_000, 9_000, 10**6, 10**18])
def test_one_odd_count_hardly_moves_what_was_learned(count: int) -> None:
    estimate, prompt = learned(), seen("English")
    before, before_at_most = estimate.expected(prompt), estimate.at_most(prompt)
    estimate.learn(prompt, count)
    assert estimate.expected(prompt) == pytest.approx(before, rel=0.15)
    assert estimate.at_most(prompt) >= before
    assert estimate.at_most(prompt) <= 1.5 * before_at_most
    for _ in range(3):
        estimate.learn(prompt, round(before))
    assert estimate.expected(prompt) == pytest.approx(before, rel=0.03)


def test_counts_without_what_the_server_had_read_before_teach_nothing() -> None:
    estimate, prompt = learned(), seen("English")
    before = estimate.state()
    for count in (0, 20, 150, 300):
        estimate.learn(prompt, count)
    assert estimate.state() == before


def test_a_fresh_estimate_leaves_room_for_any_template() -> None:
    assert TokenEstimate().at_most(features("hi\n")) >= 250


def test_a_script_that_is_dear_makes_others_seem_dear() -> None:
    estimate, fresh = TokenEstimate(), TokenEstimate()
    estimate.learn(seen("Russian"), round(1.5 * fresh.expected(seen("Russian"))))
    assert estimate.expected(seen("Korean")) > 1.05 * fresh.expected(seen("Korean"))
    assert estimate.at_most(seen("Korean")) >= fresh.at_most(seen("Korean")) * 0.95


def test_a_larger_frame_of_the_template_is_learned() -> None:
    estimate, prompt = learned(), seen("English")
    usual = round(estimate.expected(prompt))
    for _ in range(6):
        estimate.learn(prompt, usual + 800)
    assert estimate.expected(prompt) == pytest.approx(usual + 800, rel=0.03)


def test_more_text_never_costs_less_whatever_was_counted() -> None:
    estimate = TokenEstimate()
    for number, room in enumerate([*ROOMS] * 3):
        estimate.learn(seen(room), (900, 20_000, 2_500)[number % 3])
    for room in ROOMS:
        assert estimate.expected(seen(room)) >= estimate.expected(features(INSTRUCTIONS)) >= 0


def test_years_of_counts_leave_it_sound() -> None:
    estimate = TokenEstimate()
    prompt = seen("German")
    for number in range(3_000):
        estimate.learn(prompt, 3_000 + 7 * (number % 5))
    assert estimate.expected(prompt) == pytest.approx(3_014, rel=0.01)
    assert 3_160 <= estimate.at_most(prompt) <= 3_350
    # What was never seen is as uncertain as at the beginning.
    unseen = features("草" * 1_000)
    assert estimate.at_most(unseen) >= 0.9 * TokenEstimate().at_most(unseen)
    assert TokenEstimate(estimate.state()).state() == estimate.state()
    # And it still follows a slow change.
    for _ in range(30):
        estimate.learn(prompt, 3_180)
    assert estimate.expected(prompt) == pytest.approx(3_180, rel=0.01)


# -- kept over restarts ----------------------------------------------------------------------------


def test_what_was_learned_can_be_kept() -> None:
    estimate = learned("Japanese", "llama3_1")
    again = TokenEstimate(estimate.state())
    for room in ROOMS:
        assert again.expected(seen(room)) == estimate.expected(seen(room))
        assert again.at_most(seen(room)) == estimate.at_most(seen(room))
    for one in (estimate, again):
        one.learn(seen("Korean"), 2_000)
    assert again.state() == estimate.state()


def _with(place: int, value: float) -> Callable[[Sequence[float]], Sequence[float]]:
    return lambda state: [value if i == place else kept for i, kept in enumerate(state)]


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda state: (),
        lambda state: state[:-1],
        lambda state: (*state, 1.0),
        lambda state: [math.nan] * len(state),
        _with(0, math.nan),
        _with(0, -0.1),
        _with(0, 1e300),
        _with(16, -1.0),
        _with(16, 0.0),
        _with(16, math.inf),
        _with(16, 1e300),
        _with(17, 5.0),
        _with(17, 1e300),
        _with(17, math.nan),
        lambda state: (*state[:-1], -1.0),
    ],
)
def test_a_state_that_does_not_fit_is_as_good_as_none(
    spoilt: Callable[[Sequence[float]], Sequence[float]],
) -> None:
    state = learned().state()
    assert TokenEstimate(spoilt(state)).state() == TokenEstimate().state()
