"""Where each channel's prompt begins is stored when it moves, and at no other time."""

from __future__ import annotations

import pytest

from clankbot.processing.speaking.contexts import Contexts
from clankbot.records.settings import ChannelSettings
from clankbot.records.writes import KeepWindow
from tests.processing.desk import Desk


@pytest.fixture
def kept() -> list[KeepWindow]:
    return []


@pytest.fixture
def contexts(desk: Desk, kept: list[KeepWindow]) -> Contexts:
    return Contexts(desk.live_state, desk.filters, kept.append)


def begins_at(contexts: Contexts, channel: str) -> int:
    return contexts.assignment(channel, ChannelSettings(), ()).begins_at


def test_only_a_move_is_stored(contexts: Contexts, kept: list[KeepWindow]) -> None:
    for row in (7, 7, 0, 7, 9, 7):
        contexts.began_at("alpha", row)
    contexts.began_at("beta", 7)
    moves = [("alpha", 7), ("alpha", 9), ("alpha", 7), ("beta", 7)]
    assert kept == [KeepWindow(*move) for move in moves]


def test_what_was_stored_last_is_not_stored_again(
    contexts: Contexts, kept: list[KeepWindow]
) -> None:
    contexts.recall({"alpha": 7})
    contexts.began_at("alpha", 7)
    assert kept == []


def test_a_prompt_without_a_line_leaves_the_window_where_it_was(contexts: Contexts) -> None:
    contexts.began_at("alpha", 7)
    contexts.began_at("alpha", 0)
    assert begins_at(contexts, "alpha") == 7


def test_what_this_run_knows_is_newer_than_what_is_recalled_late(contexts: Contexts) -> None:
    contexts.began_at("alpha", 7)
    contexts.recall({"alpha": 3, "beta": 4})
    assert (begins_at(contexts, "alpha"), begins_at(contexts, "beta")) == (7, 4)
