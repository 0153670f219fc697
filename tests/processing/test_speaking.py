"""Whose turn it is: when a generation starts, and when its turn is over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from clankbot.processing.jobs import JobDone
from clankbot.records import (
    Delivered,
    MessageDeleted,
    Notice,
    Outgoing,
    OwnState,
    RoomState,
    Speech,
    Undelivered,
    UserCleared,
)
from tests.processing.chat import NOON_MS
from tests.processing.desk import BOT_ID, Desk, locked

LINES = ("what a calm river", "owls are near", "good soup", "hats off to the baker", "a red kite")
"""Unlike enough for the bot to say them one after another."""


def fill(desk: Desk, count: int, channel: str = "alpha") -> None:
    desk.chat(*(f"message {number}" for number in range(count)), channel=channel)


def starts(desk: Desk) -> bool:
    """Whether a job waits for the composer."""
    return not desk.jobs.empty()


def line_of(desk: Desk, text: str = LINES[0]) -> Outgoing:
    """The line that the composer makes of the job that waits; its report is still to come."""
    job = desk.job()
    return Outgoing(
        job.channel,
        text,
        Speech.MENTION_ANSWER if job.asked else Speech.SPONTANEOUS,
        desk.clock(),
        reply_to_id=job.asked.message_id if job.asked else None,
        addressee_id=job.asked.user_id if job.asked else None,
        grounds_id=job.grounds_id,
        requested=job.requested,
    )


def take_turn(desk: Desk, text: str = LINES[0], message_id: str | None = None) -> None:
    """The turn under way takes its course: composed, sent, said."""
    line = line_of(desk, text)
    desk.tell(JobDone(line.channel, "composed", offered=True))
    desk.send(line, message_id)


# -- spontaneous messages --------------------------------------------------------------------------


def test_it_speaks_at_the_threshold_and_starts_counting_anew(desk: Desk) -> None:
    fill(desk, 2)
    assert not starts(desk)
    assert desk.why() == "2/3 messages"
    fill(desk, 1)
    assert desk.why() == "composing"
    take_turn(desk, message_id="own-1")
    fill(desk, 2)
    assert not starts(desk)
    fill(desk, 1)
    assert starts(desk)


def test_count_and_delay_survive_a_restart(tmp_path: Path) -> None:
    with Desk(tmp_path, TIME_DELAY="100") as desk:
        fill(desk, 3)
        take_turn(desk, message_id="own-1")
        fill(desk, 2)
    desk.clock.forward(99)
    with Desk(tmp_path, desk.clock, TIME_DELAY="100") as again:
        fill(again, 1)
        assert again.why() == "1 s of the delay left"
        again.clock.forward(1)
        fill(again, 1)
        assert starts(again)


def test_a_shadow_message_sets_the_pace_and_is_no_context(desk: Desk) -> None:
    desk.order("delay 60")
    fill(desk, 3)
    line = line_of(desk)
    desk.tell(JobDone("alpha", "composed", offered=True))
    desk.send(line, shadow=True)
    assert desk.stored() == ["message 0", "message 1", "message 2"]
    assert desk.store.recent_spoken("alpha", 5)[0].shadow
    desk.clock.forward(30)
    fill(desk, 3)
    assert desk.why() == "30 s of the delay left"
    assert desk.look(Outgoing("alpha", line.text, Speech.SPONTANEOUS, desk.clock())) == (
        "a repeat of a recent message of its own"
    )


def test_a_message_that_twitch_gave_no_id_sets_the_pace_and_is_no_context(desk: Desk) -> None:
    fill(desk, 3)
    take_turn(desk, message_id=None)
    assert len(desk.stored()) == 3
    fill(desk, 2)
    assert not starts(desk)


def test_counting_starts_anew_where_twitch_took_the_message(desk: Desk) -> None:
    """The sender's report comes later than the chat that goes on meanwhile."""
    fill(desk, 3)
    line = line_of(desk)
    desk.tell(JobDone("alpha", "composed", offered=True))
    desk.hear(
        desk.viewer("before it"),
        OwnState("alpha", False, "own-1", None),
        desk.viewer("after it"),
        desk.viewer("after it, too"),
    )
    desk.tell(Delivered(line, line.text, "own-1", desk.clock.ms()))
    assert desk.why() == "2/3 messages"


def test_chat_that_went_on_meanwhile_may_be_enough_for_the_next(desk: Desk) -> None:
    fill(desk, 3)
    line = line_of(desk)
    desk.tell(JobDone("alpha", "composed", offered=True))
    desk.hear(OwnState("alpha", False, "own-1", None))
    fill(desk, 3)
    desk.tell(Delivered(line, line.text, "own-1", desk.clock.ms()))
    assert starts(desk)


def test_a_job_is_of_one_channel_and_others_go_on_meanwhile(desk: Desk) -> None:
    fill(desk, 3)
    assert desk.job().channel == "alpha"
    fill(desk, 3, "beta")
    assert desk.job().channel == "beta"
    fill(desk, 30)
    assert not starts(desk)


def test_each_hint_halves_the_pace(desk: Desk) -> None:
    desk.order("delay 60")
    fill(desk, 3)
    take_turn(desk, message_id="own-1")
    desk.hear(MessageDeleted("alpha", "own-1"))
    desk.clock.forward(119)
    fill(desk, 5)
    assert desk.why() == "5/6 messages"
    fill(desk, 1)
    assert desk.why() == "1 s of the delay left"
    desk.clock.forward(1)
    fill(desk, 1)
    assert starts(desk)


def test_adaptive_waits_for_as_much_as_is_said_in_ten_minutes(desk: Desk) -> None:
    desk.order("adaptive on")
    fill(desk, 5)
    take_turn(desk)
    desk.clock.forward(590)
    fill(desk, 6)
    assert desk.why() == "6/11 messages"
    desk.clock.forward(20)
    fill(desk, 1)
    assert starts(desk), "the first five are too long ago to count for the pace"


def test_it_waits_for_as_many_speakers_as_are_wanted(desk: Desk) -> None:
    desk.order("minviewers 2")
    fill(desk, 3)
    assert desk.why() == "1/2 speakers"
    desk.chat("hello", user_id="8", login="bruno")
    assert starts(desk)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("off", "switched off"),
        ("quiet 12m", "quiet for 12 min"),
        ("spontaneous off", "spontaneous messages are off"),
        ("liveonly on", "the channel is not live"),
    ],
)
def test_what_moderators_ask_for_keeps_it_silent(desk: Desk, order: str, reason: str) -> None:
    desk.order(order)
    fill(desk, 9)
    assert not starts(desk)
    assert desk.why() == reason


def test_it_speaks_again_when_the_channel_is_live(desk: Desk) -> None:
    desk.order("liveonly on")
    desk.board.set_live(["alpha"], ["alpha", "beta"])
    fill(desk, 3)
    assert starts(desk)


def test_quiet_hours_are_those_of_the_channels_clock(desk: Desk) -> None:
    """NOON_MS is 14:13 in UTC and 16:13 in Berlin."""
    desk.order("quiet 16:00-18:00")
    fill(desk, 3)
    take_turn(desk)
    desk.order("timezone Europe/Berlin")
    fill(desk, 3)
    assert not starts(desk)
    assert desk.why() == "quiet until 18:00"


def test_while_the_model_is_out_of_order_nothing_is_started(desk: Desk) -> None:
    desk.voice_problem = "Ollama has not answered since 20:14 UTC"
    fill(desk, 3)
    assert not starts(desk)
    assert desk.why() == "Ollama has not answered since 20:14 UTC"
    desk.voice_problem = None
    fill(desk, 1)
    assert starts(desk)


def test_an_obstacle_is_logged_once_and_so_is_its_end(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "clankbot.processing.speaking")
    desk.hear(Notice("alpha", "msg_timedout", "You are timed out for 44 more seconds."))
    fill(desk, 3)
    desk.clock.forward(1)
    fill(desk, 3)
    desk.chat("@clankbot hi")
    desk.clock.forward(60)
    fill(desk, 1)
    assert [record.message for record in caplog.records] == [
        "may not speak",
        "may speak again",
        "generation started",
    ]


def test_unusable_answers_are_followed_by_growing_pauses(desk: Desk) -> None:
    waits = []
    fill(desk, 3)
    for _ in range(6):
        desk.job()
        desk.tell(JobDone("alpha", "nothing usable was left of the answer", usable=False))
        waited = 0
        while not starts(desk):
            desk.clock.forward(1)
            waited += 1
            fill(desk, 1)
        waits.append(waited)
    assert waits == [5, 10, 20, 40, 80, 120]


def test_a_line_that_was_said_ends_the_pauses(desk: Desk) -> None:
    fill(desk, 3)
    desk.job()
    desk.tell(JobDone("alpha", "nothing usable was left of the answer", usable=False))
    fill(desk, 1)
    assert desk.why() == "trying again in 5 s"
    desk.clock.forward(5)
    fill(desk, 1)
    take_turn(desk)
    fill(desk, 3)
    desk.job()
    desk.tell(JobDone("alpha", "nothing usable was left of the answer", usable=False))
    fill(desk, 1)
    assert desk.why() == "trying again in 5 s"


def test_a_server_that_failed_is_not_held_against_the_model(desk: Desk) -> None:
    fill(desk, 3)
    desk.job()
    desk.tell(JobDone("alpha", "the connection was refused"))
    fill(desk, 1)
    assert starts(desk), "the voice knows when to try again"


# -- turns -----------------------------------------------------------------------------------------


def composed(line: Outgoing) -> JobDone:
    return JobDone(line.channel, "composed", offered=True)


def said(line: Outgoing) -> Delivered:
    return Delivered(line, line.text, None, NOON_MS)


def unsaid(line: Outgoing) -> Undelivered:
    return Undelivered(line, "followers-only")


Report = Callable[[Outgoing], JobDone | Delivered | Undelivered]


@pytest.mark.parametrize(
    "reports",
    [(composed, said), (said, composed), (composed, unsaid), (unsaid, composed)],
    ids=lambda reports: " then ".join(report.__name__ for report in reports),
)
def test_a_turn_lasts_until_both_the_composer_and_the_sender_are_through(
    desk: Desk, reports: tuple[Report, Report]
) -> None:
    fill(desk, 3)
    line = line_of(desk)
    desk.tell(reports[0](line))
    desk.clock.forward(30)
    fill(desk, 30)
    assert not starts(desk)
    desk.tell(reports[1](line))
    desk.clock.forward(30)
    fill(desk, 3)
    assert starts(desk)


def test_a_turn_without_a_line_ends_with_the_composer(desk: Desk) -> None:
    fill(desk, 3)
    desk.job()
    desk.tell(JobDone("alpha", "called off"))
    assert desk.why() == "called off"
    fill(desk, 1)
    assert starts(desk)


def test_a_report_on_an_earlier_line_ends_no_turn(desk: Desk) -> None:
    fill(desk, 3)
    early = line_of(desk)
    desk.tell(composed(early), said(early))
    fill(desk, 3)
    late = line_of(desk)
    desk.tell(composed(late), said(early), JobDone("beta", "nobody asked"))
    fill(desk, 9)
    assert not starts(desk)


def test_a_line_that_was_not_said_is_told_by_why_and_is_no_message_of_the_bot(desk: Desk) -> None:
    fill(desk, 3)
    line = line_of(desk)
    desk.tell(composed(line), unsaid(line))
    assert desk.why() == "followers-only"
    assert desk.store.recent_spoken("alpha", 1) == []
    fill(desk, 1)
    assert desk.why() == "trying again in 5 s"


def test_a_decision_is_recorded_when_another_gate_decides_than_before(desk: Desk) -> None:
    for _ in range(3):
        desk.chat("hello")
    take_turn(desk)
    fill(desk, 2)
    reasons = [decision.reason for decision in desk.store.decisions("alpha", 10)]
    assert reasons == ["0/3 messages", "said", "composing", "1/3 messages"]


# -- mentions --------------------------------------------------------------------------------------


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


def test_after_its_answer_a_viewer_has_to_wait_and_others_have_not(desk: Desk) -> None:
    desk.chat("@clankbot one")
    take_turn(desk)
    desk.clock.forward(59)
    desk.chat("@clankbot two")
    assert not starts(desk)
    assert desk.why() == "mention not answered: cooldown"
    desk.chat("@clankbot three", user_id="8", login="bruno")
    take_turn(desk, LINES[1])
    desk.clock.forward(1)
    desk.chat("@clankbot four")
    assert asked(desk) == "@clankbot four"


def test_a_hint_doubles_the_cooldown(desk: Desk) -> None:
    desk.chat("@clankbot one")
    take_turn(desk, message_id="own-1")
    desk.hear(MessageDeleted("alpha", "own-1"))
    desk.clock.forward(119)
    desk.chat("@clankbot two")
    assert not starts(desk)
    desk.clock.forward(1)
    desk.chat("@clankbot three")
    assert starts(desk)


def test_while_a_turn_lasts_the_newest_mention_of_each_viewer_waits(desk: Desk) -> None:
    fill(desk, 3)
    desk.chat("@clankbot first")
    desk.clock.forward(1)
    desk.chat("@clankbot mine", user_id="8", login="bruno")
    desk.clock.forward(1)
    desk.chat("@clankbot second")
    take_turn(desk)
    assert asked(desk) == "@clankbot mine"
    desk.tell(JobDone("alpha", "called off"))
    assert asked(desk) == "@clankbot second"
    desk.tell(JobDone("alpha", "called off"))
    assert not starts(desk)


@pytest.mark.parametrize(("waited_s", "answered"), [(60, True), (60.5, False)])
def test_a_mention_waits_for_a_minute_at_most(desk: Desk, waited_s: float, answered: bool) -> None:
    fill(desk, 3)
    desk.chat("@clankbot hi")
    desk.clock.forward(waited_s)
    desk.job()
    desk.tell(JobDone("alpha", "called off"))
    assert starts(desk) is answered


def test_a_flood_of_mentions_leaves_only_the_newest_waiting(desk: Desk) -> None:
    fill(desk, 3)
    for number in range(25):
        desk.chat(f"@clankbot {number}", user_id=f"u{number}", login=f"viewer{number}")
    answered = []
    while starts(desk):
        answered.append(desk.job().asked)
        desk.tell(JobDone("alpha", "called off"))
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
    fill(desk, 3)
    desk.chat("@clankbot hi", message_id="m-a")
    happens(desk)
    desk.job()
    desk.tell(JobDone("alpha", "called off"))
    assert not starts(desk)


def test_a_mention_during_an_outage_waits_for_the_database(desk: Desk) -> None:
    with locked(desk.path):
        desk.chat("@clankbot hi")
        assert not starts(desk)
        desk.clock.forward(30)
    desk.settle()
    assert asked(desk) == "@clankbot hi"
