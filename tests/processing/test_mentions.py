"""Viewers who speak to the bot: answered, one at a time, and not too often."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clankbot.records.chat import MessageDeleted, OwnState, RoomState, UserCleared
from clankbot.records.reasons import Why
from tests.processing.desk import BOT, BOT_ID, Desk, locked


def asked(desk: Desk) -> str:
    """The mention that the waiting job is to answer."""
    line = desk.job().asked
    assert line is not None
    return line.text


def test_a_mention_is_answered_without_threshold_or_delay(desk: Desk) -> None:
    desk.order("delay 600")
    desk.chat("@clankbot one")
    assert asked(desk) == "@clankbot one"


def test_a_reply_to_the_bot_is_a_mention(desk: Desk) -> None:
    desk.chat("nice", reply_to_user_id=BOT_ID)
    assert asked(desk) == "nice"


def test_the_bot_answers_to_its_display_name_and_its_own_lines_bear_it(desk: Desk) -> None:
    desk.hear(OwnState("alpha", False, None, None, display_name="クランク"))
    desk.chat("@クランクさん one")
    desk.take_turn("what a calm river", message_id="own-1")
    (own,) = (row for row in desk.store.export_rows("alpha") if row.is_own)
    assert (own.login, own.display_name) == (BOT, "クランク")
    desk.chat("@clankbot two", user_id="8", login="bruno")
    assert desk.has_job


def test_after_its_answer_a_viewer_has_to_wait_and_others_have_not(desk: Desk) -> None:
    desk.order("followup 0")
    desk.chat("@clankbot one")
    desk.take_turn()
    desk.clock.forward(59)
    desk.chat("@clankbot two")
    assert not desk.has_job
    assert desk.why() == "mention not answered: cooldown"
    desk.chat("@clankbot three", user_id="8", login="bruno")
    desk.take_turn("owls are near")
    desk.clock.forward(1)
    desk.chat("@clankbot four")
    assert asked(desk) == "@clankbot four"


def test_a_mention_costs_its_cooldown_whatever_became_of_the_answer(desk: Desk) -> None:
    """Or else one viewer could keep the model at work with words that come to nothing."""
    desk.chat("@clankbot one")
    desk.job()
    desk.give_up("nothing usable was left of the answer", usable=False)
    desk.chat("@clankbot two")
    assert desk.why() == "mention not answered: cooldown"
    desk.clock.forward(61)
    desk.chat("@clankbot three")
    desk.take_turn("welcome to the shed")
    assert desk.why() == "blocked by the filter"
    desk.chat("@clankbot four")
    assert desk.why() == "mention not answered: cooldown"


def test_a_mention_that_no_answer_was_made_for_costs_no_cooldown(desk: Desk) -> None:
    desk.chat("@clankbot one")
    desk.job()
    desk.give_up("Ollama is away")
    desk.chat("@clankbot two")
    assert asked(desk) == "@clankbot two"


def test_of_two_mentions_at_once_one_is_answered(desk: Desk) -> None:
    desk.chat("@clankbot one")
    desk.chat("@clankbot two")
    desk.take_turn()
    assert not desk.has_job
    assert desk.why() == "mention not answered: cooldown"


def test_a_hint_doubles_the_cooldown(desk: Desk) -> None:
    desk.chat("@clankbot one")
    desk.take_turn(message_id="own-1")
    desk.hear(MessageDeleted("alpha", "own-1"))
    desk.clock.forward(119)
    desk.chat("@clankbot two")
    assert not desk.has_job
    desk.clock.forward(1)
    desk.chat("@clankbot three")
    assert desk.has_job


def test_while_a_turn_lasts_the_newest_mention_of_each_viewer_waits(desk: Desk) -> None:
    desk.fill(3)
    desk.chat("@clankbot first")
    desk.clock.forward(1)
    desk.chat("@clankbot mine", user_id="8", login="bruno")
    desk.clock.forward(1)
    desk.chat("@clankbot second")
    desk.take_turn()
    assert asked(desk) == "@clankbot mine"
    desk.give_up("called off")
    assert asked(desk) == "@clankbot second"
    desk.give_up("called off")
    assert not desk.has_job


@pytest.mark.parametrize(("waited_s", "answered"), [(60, True), (60.5, False)])
def test_a_mention_waits_for_a_minute_at_most(desk: Desk, waited_s: float, answered: bool) -> None:
    desk.fill(3)
    desk.chat("@clankbot hi")
    desk.clock.forward(waited_s)
    desk.job()
    desk.give_up("called off")
    assert desk.has_job is answered


def test_the_minute_begins_when_a_mention_is_written_and_the_wait_to_be_sent_counts(
    desk: Desk,
) -> None:
    """It may have waited on the way, too: behind a slow database, or a raid."""
    late = desk.viewer("@clankbot hi")
    desk.clock.forward(30)
    desk.hear(late)
    line = desk.compose_line()
    desk.clock.forward(30)
    assert desk.look(line) is None
    desk.clock.forward(0.5)
    assert desk.look(line) == Why.STALE


def test_a_mention_that_comes_too_late_is_not_answered_at_all(desk: Desk) -> None:
    late = desk.viewer("@clankbot hi")
    desk.clock.forward(61)
    desk.hear(late)
    assert not desk.has_job


def test_a_flood_of_mentions_leaves_only_the_newest_waiting(desk: Desk) -> None:
    desk.fill(3)
    for number in range(25):
        desk.chat(f"@clankbot {number}", user_id=f"u{number}", login=f"viewer{number}")
    answered = []
    while desk.has_job:
        answered.append(desk.job().asked)
        desk.give_up("called off")
    assert [line.text for line in answered if line] == [f"@clankbot {n}" for n in range(5, 25)]


@pytest.mark.parametrize(
    "happens",
    [
        lambda desk: desk.hear(UserCleared("alpha", "7", 1)),
        lambda desk: desk.hear(MessageDeleted("alpha", "m-a")),
        lambda desk: desk.chat("!clank optout"),
        lambda desk: desk.order("off"),
        lambda desk: desk.order("mentions off"),
        lambda desk: desk.order("forget alice"),
        lambda desk: desk.hear(RoomState("alpha", subscribers_only=True)),
    ],
    ids=["timeout", "deletion", "optout", "off", "mentions off", "forget", "subscribers-only"],
)
def test_a_waiting_mention_is_dropped_when_it_may_not_be_answered_any_more(
    desk: Desk, happens: Callable[[Desk], None]
) -> None:
    desk.fill(3)
    desk.chat("@clankbot hi", message_id="m-a")
    happens(desk)
    desk.job()
    desk.give_up("called off")
    assert not desk.has_job


def test_a_mention_during_an_outage_waits_for_the_database(desk: Desk) -> None:
    with locked(desk.path):
        desk.chat("@clankbot hi")
        assert not desk.has_job
        desk.clock.forward(30)
    desk.settle()
    assert asked(desk) == "@clankbot hi"
