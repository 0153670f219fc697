"""What the sender does with lines, one step at a time on a made-up clock."""

from __future__ import annotations

import logging

import pytest

from clankbot.records.chat import Reconnect
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import MessageKind, Outgoing
from tests.irc.rigs import SenderRig, joined_rig

COMMAND, MENTION, SPONTANEOUS = MessageKind
CGJ = "\u034f"
QUIET = Reason(Why.QUIET, "quiet")


# --- the send gate, age, and the outbox's bounds ---


def test_the_send_gate_judges_after_all_limits_and_its_reason_is_reported() -> None:
    rig = joined_rig("a")
    looks: list[float] = []

    def look(line: Outgoing) -> Reason | None:
        looks.append(rig.now)
        return QUIET if line.text == "2" else None

    rig.objection = look
    start = rig.now
    for text in ("1", "2", "3"):
        rig.offer(text)
    rig.run(seconds=10.0)
    assert rig.texts == ["1", "3"]
    assert rig.codes == [Why.QUIET]
    assert rig.undelivered[0].reason == QUIET
    assert [at - start for at in looks] == pytest.approx([0.0, 1.3, 1.3])


def test_nothing_older_than_a_minute_is_said() -> None:
    rig = joined_rig("a")
    rig.offer("old", age_s=60.0)
    rig.offer("young", age_s=59.9)
    rig.run()
    assert rig.texts == ["young"]
    assert rig.codes == [Why.STALE]


def test_a_line_that_cannot_go_is_given_up_the_moment_it_is_stale() -> None:
    rig = joined_rig("a")
    rig.disconnect()
    rig.offer("hello")
    rig.run(seconds=59.0)
    assert rig.reports == []
    rig.run(seconds=1.0)
    assert rig.codes == [Why.STALE]


def test_what_a_full_outbox_displaces_is_reported() -> None:
    rig = SenderRig("a")
    for number in range(11):
        assert rig.offer(f"talk {number}")
    rig.run()
    assert [report.line.text for report in rig.reports] == ["talk 0"]
    assert rig.codes == [Why.OUTBOX_FULL]


def test_a_sender_that_does_not_keep_up_refuses_offers() -> None:
    rig = SenderRig("a")
    assert [rig.offer(str(number)) for number in range(101)] == [True] * 100 + [False]


def test_a_flood_of_events_leaves_room_for_the_newest() -> None:
    rig = SenderRig("a")
    for _ in range(5000):
        rig.handle(Reconnect())
    rig.connect()
    rig.say("hello")
    assert rig.texts == ["hello"]


# --- text ---


@pytest.mark.parametrize("speech", [COMMAND, SPONTANEOUS])
@pytest.mark.parametrize("text", ["/ban viewer", " .timeout viewer", "\n!clank off", "\r\n", ""])
def test_what_would_be_run_as_a_command_is_never_said(text: str, speech: MessageKind) -> None:
    rig = joined_rig("a")
    rig.say(text, speech)
    assert rig.said == []
    assert rig.codes == [Why.UNSAYABLE]


def test_a_line_break_cannot_start_a_second_line() -> None:
    rig = joined_rig("a")
    rig.say("hello\r\nJOIN #elsewhere \ud83d")
    assert rig.texts == ["hello  JOIN #elsewhere"]


def test_an_identical_generated_line_is_dropped_within_thirty_seconds() -> None:
    rig = joined_rig("a", "b")
    rig.say("hello")
    rig.say("hello", channel="b")
    rig.run(seconds=29.0)
    rig.say("hello")
    assert rig.codes == [Why.REPEATED_AT_ONCE]
    rig.run(seconds=5.0)
    rig.say("hello")
    assert rig.texts == ["hello", "hello", "hello"]


def test_identical_answers_to_commands_are_varied_invisibly_and_reported_as_said() -> None:
    rig = joined_rig("a")
    for _ in range(3):
        rig.offer("on", COMMAND)
    rig.run(seconds=10.0)
    assert rig.texts == ["on", f"on {CGJ}", f"on {CGJ}{CGJ}"]
    assert [delivered.text for delivered in rig.delivered] == rig.texts


# --- without speaking ---


def test_shadow_mode_says_nothing_and_keeps_to_every_limit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = joined_rig("a", dry_run=True)
    rig.objection = lambda line: QUIET if line.text == "4" else None
    start = rig.now
    with caplog.at_level(logging.INFO):
        for text in ("1", "1", "2", "3", "4"):
            rig.offer(text)
        rig.run(seconds=10.0)
    assert rig.said == []
    assert [(d.text, d.shadow, d.message_id) for d in rig.delivered] == [
        ("1", True, None),
        ("2", True, None),
        ("3", True, None),
    ]
    assert [d.sent_at_ms / 1000 - start for d in rig.delivered] == pytest.approx([0.0, 1.3, 2.6])
    assert rig.codes == [Why.REPEATED_AT_ONCE, Why.QUIET]
    assert [vars(record)["text"] for record in caplog.records] == ["1", "2", "3"]


def test_shadow_mode_works_without_an_account() -> None:
    rig = SenderRig("a", dry_run=True)
    rig.connect(user_id=None)
    rig.say("hello")
    assert [delivered.shadow for delivered in rig.delivered] == [True]
    assert rig.said == []


def test_nobody_signed_in_means_that_nothing_is_said() -> None:
    rig = SenderRig("a")
    rig.connect(user_id=None)
    rig.say("hello", COMMAND)
    assert rig.said == []
    assert rig.codes == [Why.NOT_SIGNED_IN]


# --- the log ---


def test_what_was_said_is_logged_and_its_text_for_people_or_at_debug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = joined_rig("a")
    with caplog.at_level(logging.DEBUG):
        rig.say("hello", MENTION)
    said, text = (vars(record) for record in caplog.records)
    assert (said["message"], said["levelname"]) == ("said", "INFO")
    assert (said["channel"], said["speech"], said["length"]) == ("a", "mention_answer", 5)
    assert said["confirmed"] is True
    assert said["spoken"] == "hello"  # no log but that of a terminal shows it
    assert "text" not in said
    assert (text["levelname"], text["text"]) == ("DEBUG", "hello")


# --- the end ---


def test_at_the_end_what_is_due_is_said_the_rest_is_counted_and_quit_comes_last(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = joined_rig("a", "b")
    for text in ("1", "2", "3"):
        rig.offer(text, channel="a")
    rig.offer("4", channel="b")
    rig.sender.finish()
    with caplog.at_level(logging.INFO):
        rig.run_to_the_end()
    assert rig.texts == ["1", "4"]
    assert rig.codes == [Why.STOPPING, Why.STOPPING]
    assert [d.message_id for d in rig.delivered] == [said.message_id for said in rig.said]
    assert rig.wire[-1][1] == "QUIT"
    left = [record for record in caplog.records if "unsaid" in record.getMessage()]
    assert [vars(record)["count"] for record in left] == [2]


def test_at_the_end_a_missing_verdict_is_awaited_for_half_a_second() -> None:
    rig = joined_rig("a")
    rig.verdict = rig.say_nothing
    rig.say("hello")
    start = rig.now
    rig.sender.finish()
    rig.run_to_the_end()
    assert rig.now - start == pytest.approx(0.5)
    assert [delivered.message_id for delivered in rig.delivered] == [None]
    assert rig.wire[-1][1] == "QUIT"


def test_at_the_end_a_lost_link_gets_no_quit() -> None:
    rig = joined_rig("a")
    rig.disconnect()
    rig.offer("hello")
    rig.sender.finish()
    rig.run_to_the_end()
    assert rig.codes == [Why.STOPPING]
    assert "QUIT" not in [line for _, line in rig.wire]


def test_after_finish_nothing_more_is_taken() -> None:
    rig = joined_rig("a")
    rig.sender.finish()
    assert rig.offer("hello") is False
    rig.run_to_the_end()
    assert rig.reports == []


def test_no_channel_is_joined_once_the_program_is_stopping() -> None:
    rig = SenderRig("a")
    rig.link.stopping.set()
    rig.connect()
    assert rig.wire == []
