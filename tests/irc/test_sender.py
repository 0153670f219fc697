"""What the sender does with lines, one step at a time on a made-up clock."""

from __future__ import annotations

import logging

import pytest

from clankbot.records.chat import Reconnect
from clankbot.records.speech import MessageKind, Outgoing
from tests.irc.sending import Bench, joined

COMMAND, MENTION, SPONTANEOUS = MessageKind
CGJ = "\u034f"


# --- the send gate, age, and the outbox's bounds ---


def test_the_last_look_is_taken_after_all_limits_and_its_reason_is_reported() -> None:
    bench = joined("a")
    looks: list[float] = []

    def look(line: Outgoing) -> str | None:
        looks.append(bench.now)
        return "emote-only" if line.text == "2" else None

    bench.objection = look
    start = bench.now
    for text in ("1", "2", "3"):
        bench.offer(text)
    bench.run(seconds=10.0)
    assert bench.texts == ["1", "3"]
    assert bench.reasons == ["emote-only"]
    assert [at - start for at in looks] == pytest.approx([0.0, 1.3, 1.3])


def test_nothing_older_than_a_minute_is_said() -> None:
    bench = joined("a")
    bench.offer("old", age_s=60.0)
    bench.offer("young", age_s=59.9)
    bench.run()
    assert bench.texts == ["young"]
    assert bench.reasons == ["too old: it waited 60 s"]


def test_a_line_that_cannot_go_is_given_up_the_moment_it_is_stale() -> None:
    bench = joined("a")
    bench.disconnect()
    bench.offer("hello")
    bench.run(seconds=59.0)
    assert bench.reports == []
    bench.run(seconds=1.0)
    assert bench.reasons == ["too old: it waited 60 s"]


def test_what_a_full_outbox_displaces_is_reported() -> None:
    bench = Bench("a")
    for number in range(11):
        assert bench.offer(f"talk {number}")
    bench.run()
    assert [report.line.text for report in bench.reports] == ["talk 0"]
    assert bench.reasons == ["too many lines are waiting"]


def test_a_sender_that_does_not_keep_up_refuses_offers() -> None:
    bench = Bench("a")
    assert [bench.offer(str(number)) for number in range(101)] == [True] * 100 + [False]


def test_a_flood_of_events_leaves_room_for_the_newest() -> None:
    bench = Bench("a")
    for _ in range(5000):
        bench.note(Reconnect())
    bench.connect()
    bench.say("hello")
    assert bench.texts == ["hello"]


# --- text ---


@pytest.mark.parametrize("speech", [COMMAND, SPONTANEOUS])
@pytest.mark.parametrize("text", ["/ban viewer", " .timeout viewer", "\n!clank off", "\r\n", ""])
def test_what_would_be_run_as_a_command_is_never_said(text: str, speech: MessageKind) -> None:
    bench = joined("a")
    bench.say(text, speech)
    assert bench.said == []
    assert len(bench.reasons) == 1


def test_a_line_break_cannot_start_a_second_line() -> None:
    bench = joined("a")
    bench.say("hello\r\nJOIN #elsewhere \ud83d")
    assert bench.texts == ["hello  JOIN #elsewhere"]


def test_an_identical_generated_line_is_dropped_within_thirty_seconds() -> None:
    bench = joined("a", "b")
    bench.say("hello")
    bench.say("hello", channel="b")
    bench.run(seconds=29.0)
    bench.say("hello")
    assert bench.reasons == ["identical to a message of the last 30 s"]
    bench.run(seconds=5.0)
    bench.say("hello")
    assert bench.texts == ["hello", "hello", "hello"]


def test_identical_answers_to_commands_are_varied_invisibly_and_reported_as_said() -> None:
    bench = joined("a")
    for _ in range(3):
        bench.offer("on", COMMAND)
    bench.run(seconds=10.0)
    assert bench.texts == ["on", f"on {CGJ}", f"on {CGJ}{CGJ}"]
    assert [delivered.text for delivered in bench.delivered] == bench.texts


# --- without speaking ---


def test_shadow_mode_says_nothing_and_keeps_to_every_limit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = joined("a", dry_run=True)
    bench.objection = lambda line: "quiet" if line.text == "4" else None
    start = bench.now
    with caplog.at_level(logging.INFO):
        for text in ("1", "1", "2", "3", "4"):
            bench.offer(text)
        bench.run(seconds=10.0)
    assert bench.said == []
    assert [(d.text, d.shadow, d.message_id) for d in bench.delivered] == [
        ("1", True, None),
        ("2", True, None),
        ("3", True, None),
    ]
    assert [d.sent_at_ms / 1000 - start for d in bench.delivered] == pytest.approx([0.0, 1.3, 2.6])
    assert bench.reasons == ["identical to a message of the last 30 s", "quiet"]
    assert [vars(record)["text"] for record in caplog.records] == ["1", "2", "3"]


def test_shadow_mode_works_without_an_account() -> None:
    bench = Bench("a", dry_run=True)
    bench.connect(user_id=None)
    bench.say("hello")
    assert [delivered.shadow for delivered in bench.delivered] == [True]
    assert bench.said == []


def test_nobody_signed_in_means_that_nothing_is_said() -> None:
    bench = Bench("a")
    bench.connect(user_id=None)
    bench.say("hello", COMMAND)
    assert bench.said == []
    assert bench.reasons == ["nobody is signed in"]


# --- the log ---


def test_what_was_said_is_logged_and_its_text_only_at_debug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = joined("a")
    with caplog.at_level(logging.DEBUG):
        bench.say("hello", MENTION)
    said, text = (vars(record) for record in caplog.records)
    assert (said["message"], said["levelname"]) == ("said", "INFO")
    assert (said["channel"], said["speech"], said["length"]) == ("a", "mention_answer", 5)
    assert said["confirmed"] is True
    assert "hello" not in str(said)
    assert (text["levelname"], text["text"]) == ("DEBUG", "hello")


# --- the end ---


def test_at_the_end_what_is_due_is_said_the_rest_is_counted_and_quit_comes_last(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = joined("a", "b")
    for text in ("1", "2", "3"):
        bench.offer(text, channel="a")
    bench.offer("4", channel="b")
    bench.sender.finish()
    with caplog.at_level(logging.INFO):
        bench.run_to_the_end()
    assert bench.texts == ["1", "4"]
    assert bench.reasons == ["stopping", "stopping"]
    assert [delivered.message_id for delivered in bench.delivered] == ["id-n1", "id-n2"]
    assert bench.wire[-1][1] == "QUIT"
    left = [record for record in caplog.records if "unsaid" in record.getMessage()]
    assert [vars(record)["count"] for record in left] == [2]


def test_at_the_end_a_missing_verdict_is_awaited_for_half_a_second() -> None:
    bench = joined("a")
    bench.verdict = bench.say_nothing
    bench.say("hello")
    start = bench.now
    bench.sender.finish()
    bench.run_to_the_end()
    assert bench.now - start == pytest.approx(0.5)
    assert [delivered.message_id for delivered in bench.delivered] == [None]
    assert bench.wire[-1][1] == "QUIT"


def test_at_the_end_a_lost_link_gets_no_quit() -> None:
    bench = joined("a")
    bench.disconnect()
    bench.offer("hello")
    bench.sender.finish()
    bench.run_to_the_end()
    assert bench.reasons == ["stopping"]
    assert "QUIT" not in [line for _, line in bench.wire]


def test_after_finish_nothing_more_is_taken() -> None:
    bench = joined("a")
    bench.sender.finish()
    assert bench.offer("hello") is False
    bench.run_to_the_end()
    assert bench.reports == []


def test_no_channel_is_joined_once_the_program_is_stopping() -> None:
    bench = Bench("a")
    bench.stopping.set()
    bench.connect()
    assert bench.wire == []
