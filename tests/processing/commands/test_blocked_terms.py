"""A channel's own blocked terms: `!clank block`, `unblock`, and commands that hold a term."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.records.reasons import Why
from tests.processing.desk import Desk


def test_a_blocked_term_holds_in_this_channel_across_a_restart(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert desk.ask("block old barn") == "added to this channel's list of blocked terms"
        desk.chat("the old barn", "good")
        desk.chat("the old barn", channel="beta")
        assert desk.stored() == ["good"]
        assert desk.stored("beta") == ["the old barn"]
    with Desk(tmp_path, desk.clock) as again:
        again.chat("the old barn")
        assert again.stored() == ["good"]
        assert again.ask("block OLD BARN") == "that term is on this channel's list already"
        assert again.ask("unblock OLD Barn") == ("taken off this channel's list of blocked terms")
        again.chat("the old barn")
        assert again.stored() == ["good", "the old barn"]
        assert again.ask("unblock old barn") == ("that term is not on this channel's own list")


def test_a_term_that_would_block_much_has_to_be_said_twice(desk: Desk) -> None:
    desk.chat(*(f"the barn {number}" for number in range(6)), *"abcd")
    asked = "not blocked: it would have blocked 6 of the last 10 messages; write it again within"
    assert desk.ask("block the").startswith(asked)
    desk.clock.forward(61)
    assert desk.ask("block the").startswith(asked)
    assert desk.ask("block them") == "added to this channel's list of blocked terms"
    assert desk.ask("block barn").startswith(asked)
    assert desk.ask("block the").startswith(asked)
    desk.chat("the end")
    assert desk.stored()[-1] == "the end"
    assert desk.ask("block The").startswith("added")
    desk.chat("the very end")
    assert desk.stored()[-1] == "the end"


def test_a_term_that_would_have_blocked_a_little_is_told_so(desk: Desk) -> None:
    desk.chat("the barn", "a", "b")
    added = "added to this channel's list of blocked terms"
    assert desk.ask("block barn") == f"{added}; it would have blocked 1 of the last 3 messages"


def test_a_channel_has_any_number_of_terms(desk: Desk) -> None:
    desk.ask("block old barn")
    desk.ask("block mill")
    desk.chat("the old barn", "the mill", "good")
    assert desk.stored() == ["good"]


def test_moderators_may_name_a_blocked_term_to_block_or_unblock_it(desk: Desk) -> None:
    assert desk.ask("block shed") == "added to this channel's list of blocked terms"
    assert desk.ask("unblock shed") == "taken off this channel's list of blocked terms"
    assert desk.ask("unblock shed") == "that term is not on this channel's own list"
    desk.chat("the shed")
    assert desk.stored() == []


@pytest.mark.parametrize(
    "text", ["prompt You live in a shed.", "forget shed", "model shed", "shed", "help shed"]
)
def test_any_other_command_that_holds_a_blocked_term_is_ignored(desk: Desk, text: str) -> None:
    assert desk.order(text) == []
    assert desk.tasks == []
    assert desk.store.all_overrides() == {}
    assert desk.store.tally("alpha", "2026-09-21") == {"blocked": 1}


@pytest.mark.parametrize("text", ["block shed", "unblock shed", "optout shed"])
def test_a_viewer_may_not_name_one(desk: Desk, text: str) -> None:
    desk.chat(f"!clank {text}")
    assert desk.offered == []
    assert desk.store.tally("alpha", "2026-09-21") == {"blocked": 1}


def test_a_term_that_cannot_be_one_is_refused_with_the_reason(desk: Desk) -> None:
    assert desk.ask("block x") == "a term has 2 to 500 characters, not 1"
    assert desk.store.all_terms() == {}


@pytest.mark.parametrize("text", ["!barn", "!old barn"])
def test_an_exception_is_the_operators(desk: Desk, text: str) -> None:
    answer = "an exception (!word) can only stand in the operator's list; use unblock for a term"
    assert desk.ask(f"block {text}") == answer
    assert desk.store.all_terms() == {}


def test_a_term_is_no_longer_than_its_key_may_be(desk: Desk) -> None:
    assert desk.ask("block " + "ß" * 250).startswith("added to")
    assert desk.ask("block " + "ß" * 251).startswith("a term has at most 500 characters")


def test_a_term_added_while_the_filter_is_off_is_told_to_block_nothing(tmp_path: Path) -> None:
    with Desk(tmp_path, None, CONTENT_FILTER_ENABLED="false") as desk:
        assert desk.ask("block barn") == (
            "added to this channel's list of blocked terms;"
            " it blocks nothing while the operator has the filter switched off"
        )
        desk.chat("the old barn")
        assert desk.stored() == ["the old barn"]


def test_an_answer_with_a_term_blocked_since_is_replaced_once(desk: Desk) -> None:
    desk.ask("prompt You live in a barn.")
    desk.ask("block barn")
    desk.ask("prompt")
    answer = desk.offered[-1]
    assert desk.look(answer) == Why.BLOCKED
    desk.send(answer)
    instead = desk.offered[-1]
    assert (instead.text, instead.reply_to_id) == (
        "done; my answer held a blocked term",
        answer.reply_to_id,
    )
    desk.ask("block done")
    before = len(desk.offered)
    desk.send(instead)
    assert len(desk.offered) == before
    assert desk.store.tally("alpha", "2026-09-21") == {"blocked": 2}
