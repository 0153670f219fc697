"""When a room asks for silence: before a spontaneous line, and never before an answer."""

from __future__ import annotations

import pytest

from clankbot.records.chat import RoomState
from tests.benchmarks.moments import Judged, judged
from tests.processing.desk import Desk

MOMENTS = list(judged())


@pytest.mark.parametrize("should_be_silent", [True, False])
def test_of_the_marked_moments_few_are_misjudged(*, should_be_silent: bool) -> None:
    of_a_kind = [each for each in MOMENTS if (each.marked is not None) is should_be_silent]
    wrong = [each for each in of_a_kind if not each.is_right]
    assert len(wrong) <= len(of_a_kind) // 10, wrong


def test_it_is_silent_for_the_reason_that_there_is() -> None:
    def is_confused(each: Judged) -> bool:
        return None not in (each.marked, each.found) and each.marked != each.found

    assert not [each for each in MOMENTS if is_confused(each)]


def talk(desk: Desk) -> None:
    """Two viewers among themselves, at whose last line it would be time to speak."""
    desk.chat("@bruno are you coming tomorrow", user_id="7", login="alice")
    desk.chat("@alice yes", user_id="8", login="bruno")
    desk.chat("@bruno fine, see you there at six then", user_id="7", login="alice")


def test_a_room_that_asks_for_silence_costs_the_occasion_and_why_says_so(desk: Desk) -> None:
    talk(desk)
    assert not desk.has_job
    assert desk.why() == "two viewers are talking to one another"
    desk.fill(2)
    assert not desk.has_job
    assert desk.why() == (
        "2/3 messages; it let its turn pass: two viewers are talking to one another"
    )
    desk.fill(1)
    assert desk.has_job
    desk.take_turn()
    desk.fill(1)
    assert desk.why() == "1/3 messages"


def test_a_mention_is_answered_all_the_same(desk: Desk) -> None:
    talk(desk)
    desk.chat("@clankbot are you coming, too?", user_id="7", login="alice")
    assert desk.job().asked is not None


def test_without_tact_it_speaks_whatever_the_room_is_at(desk: Desk) -> None:
    desk.order("tact off")
    talk(desk)
    assert desk.has_job
    desk.take_turn()
    desk.hear(RoomState("alpha", emote_only=False), RoomState("alpha", slow_seconds=30))
    desk.fill(3)
    assert desk.has_job


def test_what_was_removed_is_not_gone_by(desk: Desk) -> None:
    desk.chat("@bruno are you coming", user_id="7", login="alice", message_id="m-a")
    desk.chat("@alice yes", user_id="8", login="bruno", message_id="m-b")
    desk.order("forget bruno")
    assert [line.message_id for line in desk.channels["alpha"].heard] == ["m-a"]


def say_much(desk: Desk, answers: int) -> None:
    """So many viewers are answered, and others talk."""
    for number in range(answers):
        viewer = {"user_id": f"asks{number}", "login": f"asks{number}"}
        desk.chat("@clankbot hi", **viewer)
        desk.take_turn(f"answer number {number}")
        desk.clock.forward(1)


def test_it_does_not_say_more_than_its_share_of_the_last_five_minutes(desk: Desk) -> None:
    desk.order("threshold 20")
    say_much(desk, 4)
    desk.fill(20)
    assert desk.why() == "it said 14 % of the last five minutes"
    desk.fill(20)
    assert desk.has_job  # 4 of 48 lines


def test_the_share_can_be_set_and_an_older_line_does_not_count(desk: Desk) -> None:
    desk.order("threshold 20")
    desk.order("share 15")
    say_much(desk, 4)
    desk.fill(20)
    assert desk.has_job
    desk.give_up("called off")
    desk.order("share 10")
    desk.clock.forward(301)
    desk.fill(1)
    assert desk.has_job


def test_a_threshold_that_allows_more_than_the_share_is_meant_so(desk: Desk) -> None:
    for number in range(6):
        desk.fill(3)
        desk.take_turn(f"line number {number} of it")
    assert not desk.has_job
