"""Lines that Twitch takes and keeps from chat, as AutoMod does: they count as spoken."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.records.reasons import Reason
from clankbot.records.speech import Delivered, Undelivered
from clankbot.twitch_notices import meaning_of
from tests.processing.desk import Desk

HELD = (
    *("msg_rejected", "msg_rejected_mandatory", "msg_r9k", "msg_bad_characters", "msg_duplicate"),
    *("unrecognized_cmd", "msg_that_nobody_knew"),
)
NOT_HELD = ("msg_ratelimit", "msg_slowmode", "msg_followersonly", "msg_timedout", "msg_banned")


def hold(desk: Desk, notice_id: str = "msg_rejected", text: str = "what a calm river") -> None:
    """Twitch's answer to the line that is made of the job that waits."""
    meaning = meaning_of(notice_id)
    assert meaning is not None
    desk.tell(Undelivered(desk.compose_line(text), Reason(notice_id, meaning.refusal)))


@pytest.mark.parametrize("notice_id", HELD)
def test_a_held_line_begins_count_and_delay_anew(tmp_path: Path, notice_id: str) -> None:
    with Desk(tmp_path, TIME_DELAY="300") as desk:
        desk.fill(3)
        hold(desk, notice_id)
        desk.fill(2)
        assert desk.why() == "2/3 messages"
        desk.fill(1)
        assert desk.why() == "300 s of the delay left"
        desk.clock.forward(301)
        desk.fill(1)
        assert desk.has_job


@pytest.mark.parametrize("notice_id", NOT_HELD)
def test_a_line_that_was_refused_for_its_moment_is_not_spoken(desk: Desk, notice_id: str) -> None:
    desk.fill(3)
    hold(desk, notice_id)
    assert desk.store.recent_spoken("alpha", 1) == []


def test_why_says_who_holds_it(desk: Desk) -> None:
    desk.fill(3)
    hold(desk)
    assert desk.why() == "held by AutoMod"
    desk.fill(3)
    hold(desk, "msg_rejected_mandatory", "over the bridge")
    assert desk.why().startswith("held by AutoMod")


def test_it_is_no_message_of_the_bot_and_is_not_tried_again(desk: Desk) -> None:
    desk.fill(3)
    hold(desk, text="what a calm river")
    assert "what a calm river" not in desk.stored()
    desk.fill(3)
    line = desk.compose_line("what a calm river")
    assert desk.look(line) == "repeat"


def test_a_held_answer_costs_its_cooldown(desk: Desk) -> None:
    desk.chat("@clankbot one")
    hold(desk)
    desk.chat("@clankbot two")
    assert desk.why() == "mention not answered: cooldown"


def test_three_in_a_row_halve_the_pace(desk: Desk) -> None:
    for number in range(3):
        assert desk.order("status")[0].split(" | ")[2] == "0/3 messages"
        desk.fill(3)
        hold(desk, text=f"calm{number} river{number}")
    assert desk.order("status")[0].split(" | ")[2] == "0/6 messages"


def test_a_line_that_is_said_between_begins_the_row_anew(desk: Desk) -> None:
    for number in range(4):
        desk.fill(3)
        if number == 2:
            line = desk.compose_line("over the bridge")
            desk.tell(Delivered(line, line.text, "own-1", desk.clock.ms(), desk.clock()))
        else:
            hold(desk, text=f"calm{number} river{number}")
    assert desk.order("status")[0].split(" | ")[2] == "0/3 messages"


def test_a_moderator_who_asked_for_it_is_told(desk: Desk) -> None:
    desk.chat("hello")
    desk.order("speak")
    hold(desk)
    assert desk.answers[-1] == "nothing said: held by AutoMod"
