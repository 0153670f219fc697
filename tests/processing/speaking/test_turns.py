"""Whose turn it is: when a generation starts, and when its turn is over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from clankbot.records.chat import MessageDeleted, Notice, OwnState
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Delivered, MessageKind, Outgoing, Undelivered
from tests.processing.chat import NOON_MS
from tests.processing.desk import Desk
from tests.zones import without_zone_files

# -- spontaneous messages --------------------------------------------------------------------------


def test_it_speaks_at_the_threshold_and_starts_counting_anew(desk: Desk) -> None:
    desk.fill(2)
    assert not desk.has_job
    assert desk.why() == "2/3 messages"
    desk.fill(1)
    assert desk.why() == "composing"
    desk.take_turn(message_id="own-1")
    desk.fill(2)
    assert not desk.has_job
    desk.fill(1)
    assert desk.has_job


def test_count_and_delay_survive_a_restart(tmp_path: Path) -> None:
    with Desk(tmp_path, TIME_DELAY="100") as desk:
        desk.fill(3)
        desk.take_turn(message_id="own-1")
        desk.fill(2)
    desk.clock.forward(99)
    with Desk(tmp_path, desk.clock, TIME_DELAY="100") as again:
        again.fill(1)
        assert again.why() == "1 s of the delay left"
        again.clock.forward(1)
        again.fill(1)
        assert again.has_job


def test_a_shadow_message_sets_the_pace_and_is_no_context(desk: Desk) -> None:
    desk.order("delay 60")
    desk.fill(3)
    line = desk.compose_line()
    desk.send(line, shadow=True)
    assert desk.stored() == ["message 0", "message 1", "message 2"]
    assert desk.store.recent_spoken("alpha", 5)[0].shadow
    desk.clock.forward(30)
    desk.fill(3)
    assert desk.why() == "30 s of the delay left"
    again = Outgoing("alpha", line.text, MessageKind.SPONTANEOUS, desk.clock())
    assert desk.look(again) == Why.REPEAT


def test_a_message_that_twitch_gave_no_id_sets_the_pace_and_is_no_context(desk: Desk) -> None:
    desk.fill(3)
    desk.take_turn(message_id=None)
    assert len(desk.stored()) == 3
    desk.fill(2)
    assert not desk.has_job


def test_counting_starts_anew_where_twitch_took_the_message(desk: Desk) -> None:
    """The sender's report comes later than the chat that goes on meanwhile."""
    desk.fill(3)
    line = desk.compose_line()
    desk.hear(
        desk.viewer("before it"),
        OwnState("alpha", False, "own-1", None),
        desk.viewer("after it"),
        desk.viewer("after it, too"),
    )
    desk.tell(Delivered(line, line.text, "own-1", desk.clock.ms(), desk.clock()))
    assert desk.why() == "2/3 messages"


def test_chat_that_went_on_meanwhile_may_be_enough_for_the_next(desk: Desk) -> None:
    desk.fill(3)
    line = desk.compose_line()
    desk.hear(OwnState("alpha", False, "own-1", None))
    desk.fill(3)
    desk.tell(Delivered(line, line.text, "own-1", desk.clock.ms(), desk.clock()))
    assert desk.has_job


def test_a_job_is_of_one_channel_and_others_go_on_meanwhile(desk: Desk) -> None:
    desk.fill(3)
    assert desk.job().channel == "alpha"
    desk.fill(3, "beta")
    assert desk.job().channel == "beta"
    desk.fill(30)
    assert not desk.has_job


def test_each_hint_halves_the_pace(desk: Desk) -> None:
    desk.order("delay 60")
    desk.fill(3)
    desk.take_turn(message_id="own-1")
    desk.hear(MessageDeleted("alpha", "own-1"))
    desk.clock.forward(119)
    desk.fill(5)
    assert desk.why() == "5/6 messages"
    desk.fill(1)
    assert desk.why() == "1 s of the delay left"
    desk.clock.forward(1)
    desk.fill(1)
    assert desk.has_job


def test_adaptive_waits_for_as_much_as_is_said_in_ten_minutes(desk: Desk) -> None:
    desk.order("adaptive on")
    desk.fill(5)
    desk.take_turn()
    desk.clock.forward(590)
    desk.fill(6)
    assert desk.why() == "6/11 messages"
    desk.clock.forward(20)
    desk.fill(1)
    assert desk.has_job, "the first five are too long ago to count for the pace"


def test_it_waits_for_as_many_speakers_as_are_wanted(desk: Desk) -> None:
    desk.order("minviewers 2")
    desk.fill(3)
    assert desk.why() == "1/2 speakers"
    desk.chat("hello", user_id="8", login="bruno")
    assert desk.has_job


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("off", "switched off"),
        ("quiet 12m", "quiet for 12 min"),
        ("spontaneous off", "spontaneous messages are off"),
        ("liveonly on", "Twitch has not said whether the channel is live"),
    ],
)
def test_what_moderators_ask_for_keeps_it_silent(desk: Desk, order: str, reason: str) -> None:
    desk.order(order)
    desk.fill(9)
    assert not desk.has_job
    assert desk.why() == reason


def test_it_speaks_again_when_the_channel_is_live(desk: Desk) -> None:
    desk.order("liveonly on")
    desk.live_state.set_live(["alpha"], ["alpha", "beta"])
    desk.fill(3)
    assert desk.has_job


def test_quiet_hours_are_those_of_the_channels_clock(desk: Desk) -> None:
    """NOON_MS is 14:13 in UTC and 16:13 in Berlin."""
    desk.order("quiet 16:00-18:00")
    desk.fill(3)
    desk.take_turn()
    desk.order("timezone Europe/Berlin")
    desk.fill(3)
    assert not desk.has_job
    assert desk.why() == "quiet until 18:00"


def test_a_stored_zone_that_is_not_found_any_more_is_utc(tmp_path: Path) -> None:
    """NOON_MS is 14:13 in UTC.  The files may have gone with a new container."""
    with Desk(tmp_path) as desk:
        desk.order("timezone Europe/Berlin")
        desk.order("quiet 14:00-15:00")
    with without_zone_files(), Desk(tmp_path, desk.clock) as again:
        again.fill(3)
        assert not again.has_job
        assert again.why() == "quiet until 15:00"
        assert again.order("quiet 30m") == ["quiet until 14:43 UTC"]


@pytest.mark.parametrize(("minutes_ago", "counts"), [(9.9, True), (10.1, False)])
def test_minviewers_counts_who_spoke_in_the_last_ten_minutes(
    desk: Desk, minutes_ago: float, counts: bool
) -> None:
    desk.order("minviewers 2")
    desk.chat("hello", user_id="8", login="bruno")
    desk.clock.forward(60 * minutes_ago)
    desk.fill(2)
    assert desk.has_job is counts
    if not counts:
        assert desk.why() == "1/2 speakers"


def test_minviewers_keeps_nobody_from_being_answered(desk: Desk) -> None:
    desk.order("minviewers 9")
    desk.chat("@clankbot hi")
    assert desk.job().asked is not None


def test_while_the_model_is_out_of_order_nothing_is_started(desk: Desk) -> None:
    desk.model_obstacle = "Ollama has not answered since 20:14 UTC"
    desk.fill(3)
    assert not desk.has_job
    assert desk.why() == "Ollama has not answered since 20:14 UTC"
    desk.model_obstacle = None
    desk.fill(1)
    assert desk.has_job


def test_an_obstacle_is_logged_once_and_so_is_its_end(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "clankbot.processing.speaking.turns")
    desk.hear(Notice("alpha", "msg_timedout", "You are timed out for 44 more seconds."))
    desk.fill(3)
    desk.clock.forward(1)
    desk.fill(3)
    desk.chat("@clankbot hi")
    desk.clock.forward(60)
    desk.fill(1)
    assert [record.message for record in caplog.records] == [
        "may not speak",
        "may speak again",
        "generation started",
    ]


def refuse(desk: Desk) -> None:
    """The model writes nothing that may be said."""
    desk.job()
    desk.give_up("the model only thought", usable=False)


def test_an_unusable_answer_costs_the_turn_as_if_a_line_had_been_said(tmp_path: Path) -> None:
    with Desk(tmp_path, TIME_DELAY="60") as desk:
        for _ in range(3):
            desk.fill(3)
            refuse(desk)
            desk.fill(2)
            assert desk.why() == "2/3 messages"
            desk.fill(2)
            assert desk.why() == "60 s of the delay left"
            desk.clock.forward(60)


def test_an_unusable_answer_to_a_mention_costs_no_turn(desk: Desk) -> None:
    desk.chat("@clankbot hello")
    refuse(desk)
    desk.clock.forward(2)
    desk.fill(2)
    assert desk.has_job


def test_lines_that_are_not_said_are_followed_by_growing_pauses(desk: Desk) -> None:
    waits = []
    desk.fill(3)
    for _ in range(6):
        desk.take_turn("in the shed")
        waited = 0
        while not desk.has_job:
            desk.clock.forward(1)
            waited += 1
            desk.fill(1)
        waits.append(waited)
    assert waits == [2, 4, 8, 10, 10, 10]


def test_a_line_that_was_said_ends_the_pauses(desk: Desk) -> None:
    desk.fill(3)
    desk.take_turn("in the shed")
    desk.fill(1)
    assert desk.why() == "trying again in 2 s"
    desk.clock.forward(5)
    desk.fill(1)
    desk.take_turn()
    desk.fill(3)
    desk.take_turn("in the shed")
    desk.fill(1)
    assert desk.why() == "trying again in 2 s"


def test_a_server_that_failed_is_not_held_against_the_model(desk: Desk) -> None:
    desk.fill(3)
    desk.job()
    desk.give_up("the connection was refused")
    desk.fill(1)
    assert desk.has_job, "the voice knows when to try again"


def started(desk: Desk) -> list[str]:
    """The channels of the jobs that wait, in their order."""
    return [desk.jobs.get_nowait().channel for _ in range(desk.jobs.qsize())]


def test_a_mention_in_any_channel_comes_before_what_is_said_unasked(desk: Desk) -> None:
    desk.arrive(*(desk.viewer(f"message {number}") for number in range(3)))
    desk.hear(desk.viewer("@clankbot are you there?", channel="beta"))
    assert started(desk) == ["beta", "alpha"]


def test_channels_follow_in_the_order_in_which_they_were_counted(desk: Desk) -> None:
    for channel in ("beta", "alpha"):
        desk.arrive(*(desk.viewer(f"message {n}", channel=channel) for n in range(3)))
    desk.settle()
    assert started(desk) == ["beta", "alpha"]


# -- turns -----------------------------------------------------------------------------------------


def said(line: Outgoing) -> Delivered:
    return Delivered(line, line.text, None, NOON_MS, 1000.0)


def unsaid(line: Outgoing) -> Undelivered:
    return Undelivered(line, Reason(Why.FOLLOWERS_ONLY, "followers-only"))


@pytest.mark.parametrize("report", [said, unsaid])
def test_a_turn_with_a_line_lasts_until_the_sender_has_reported_it(
    desk: Desk, report: Callable[[Outgoing], Delivered | Undelivered]
) -> None:
    desk.fill(3)
    line = desk.compose_line()
    desk.clock.forward(30)
    desk.fill(30)
    assert not desk.has_job
    desk.tell(report(line))
    desk.clock.forward(30)
    desk.fill(3)
    assert desk.has_job


def test_a_turn_without_a_line_ends_with_the_composer(desk: Desk) -> None:
    desk.fill(3)
    desk.job()
    desk.give_up("called off")
    assert desk.why() == "called off"
    desk.fill(1)
    assert desk.has_job


def test_a_report_on_an_earlier_line_ends_no_turn(desk: Desk) -> None:
    desk.fill(3)
    early = desk.compose_line()
    desk.tell(said(early))
    desk.fill(3)
    desk.compose_line()
    desk.tell(said(early))
    desk.give_up("nobody asked", channel="beta")
    desk.fill(9)
    assert not desk.has_job


def test_a_line_that_was_not_said_is_told_by_why_and_is_no_message_of_the_bot(desk: Desk) -> None:
    desk.fill(3)
    line = desk.compose_line()
    desk.tell(unsaid(line))
    assert desk.why() == "followers-only"
    assert desk.store.recent_spoken("alpha", 1) == []
    desk.fill(1)
    assert desk.why() == "trying again in 2 s"


def test_a_decision_is_recorded_when_another_gate_decides_than_before(desk: Desk) -> None:
    for _ in range(3):
        desk.chat("hello")
    desk.take_turn()
    desk.fill(2)
    reasons = [decision.reason for decision in desk.store.decisions("alpha", 10)]
    assert reasons == ["0/3 messages", "said", "composing", "1/3 messages"]


def test_hints_ask_for_no_more_messages_than_are_kept(tmp_path: Path) -> None:
    with Desk(tmp_path, MESSAGE_RETENTION_COUNT="5") as desk:
        for number in range(2):
            desk.speak(f"line {number} of the bot", f"own-{number}")
            desk.hear(MessageDeleted("alpha", f"own-{number}"))
        assert desk.order("status")[0].split(" | ")[2] == "0/5 messages"
