"""What becomes of a line: accepted, refused, or never heard of again."""

from __future__ import annotations

import itertools
import logging

import pytest

from clankbot.records.chat import Notice
from clankbot.records.speech import Undelivered
from tests.irc.sending import Said, joined


def test_a_channel_with_a_line_under_way_waits_and_others_do_not() -> None:
    bench = joined("a", "b")
    bench.verdict = bench.say_nothing
    bench.offer("1", channel="a")
    bench.offer("2", channel="a")
    bench.offer("3", channel="b")
    bench.run(seconds=4.9)
    assert bench.texts == ["1", "3"]
    bench.accept(bench.said[0])
    bench.run()
    assert bench.texts == ["1", "3", "2"]


def test_a_line_without_a_verdict_counts_as_said_after_five_seconds() -> None:
    bench = joined("a")
    bench.verdict = bench.say_nothing
    bench.say("hello")
    bench.run(seconds=4.9)
    assert bench.reports == []
    bench.run(seconds=0.1)
    assert [delivered.message_id for delivered in bench.delivered] == [None]


def test_lines_in_several_channels_are_each_given_up_in_their_time() -> None:
    bench = joined("a", "b")
    bench.verdict = bench.say_nothing
    bench.say("1", channel="a")
    bench.run(seconds=3.0)
    bench.say("2", channel="b")
    bench.run(seconds=2.0)
    assert [delivered.text for delivered in bench.delivered] == ["1"]
    bench.run(seconds=3.0)
    assert [delivered.text for delivered in bench.delivered] == ["1", "2"]


def test_a_verdict_without_a_nonce_belongs_to_the_line_under_way() -> None:
    bench = joined("a")
    bench.verdict = lambda said: bench.accept(said, with_nonce=False)
    bench.say("hello")
    assert [delivered.message_id for delivered in bench.delivered] == ["id-n1"]


def test_a_late_verdict_with_another_nonce_is_not_taken_for_this_lines() -> None:
    bench = joined("a")
    bench.verdict = bench.say_nothing
    bench.say("first")
    bench.run(seconds=6.0)
    bench.say("second")
    bench.accept(bench.said[0])
    bench.run()
    assert [delivered.text for delivered in bench.delivered] == ["first"]
    bench.accept(bench.said[1])
    bench.run()
    assert bench.delivered[1].message_id == "id-n2"


def test_a_state_without_an_id_accepts_nothing() -> None:
    bench = joined("a")
    bench.verdict = bench.say_nothing
    bench.say("hello")
    bench.note(bench.own_state("a"))
    bench.run()
    assert bench.reports == []


@pytest.mark.parametrize(
    ("notice_id", "reason"),
    [
        ("msg_subsonly", "subscribers-only mode"),
        ("msg_of_tomorrow", "refused by Twitch"),
        ("unrecognized_cmd", "Twitch took the text for a command"),
    ],
)
def test_a_refusal_is_reported_with_its_reason_and_the_line_is_not_said_again(
    notice_id: str, reason: str
) -> None:
    bench = joined("a")
    bench.verdict = lambda said: bench.refuse(said, notice_id)
    bench.say("hello")
    bench.run(seconds=120.0)
    assert bench.texts == ["hello"]
    refusal = bench.reports[0]
    assert isinstance(refusal, Undelivered)
    assert (refusal.reason, refusal.notice_id) == (reason, notice_id)


def test_a_notice_about_a_mode_is_no_refusal() -> None:
    bench = joined("a")
    bench.verdict = bench.say_nothing
    bench.say("hello")
    bench.note(Notice("a", "slow_on", "This room is now in slow mode."))
    bench.run()
    assert bench.reports == []


def test_a_run_of_like_refusals_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    bench = joined("a")
    notices = iter(["msg_subsonly", "msg_subsonly", "msg_r9k", None, "msg_r9k"])

    def judge(said: Said) -> None:
        notice_id = next(notices)
        bench.accept(said) if notice_id is None else bench.refuse(said, notice_id)

    bench.verdict = judge
    with caplog.at_level(logging.WARNING):
        for number in range(5):
            bench.say(str(number))
            bench.run(seconds=5.0)
    assert [vars(record)["notice"] for record in caplog.records] == [
        "msg_subsonly",
        "msg_r9k",
        "msg_r9k",
    ]


def test_too_fast_doubles_the_distance_for_a_while() -> None:
    bench = joined("a")
    bench.verdict = lambda said: bench.refuse(said, "msg_ratelimit")
    bench.say("1")
    bench.verdict = bench.accept
    bench.offer("2")
    bench.offer("3")
    bench.run(seconds=10.0)
    gaps = [after.at - before.at for before, after in itertools.pairwise(bench.said)]
    assert gaps == pytest.approx([2.6, 2.6])


def test_a_refusal_for_slow_mode_holds_the_channel_as_long_as_it_says() -> None:
    bench = joined("a")
    bench.verdict = lambda said: bench.refuse(said, "msg_slowmode", "talk again in 12 seconds.")
    bench.say("1")
    bench.verdict = bench.accept
    bench.offer("2")
    start = bench.now
    bench.run(seconds=30.0)
    assert bench.said[1].at - start == pytest.approx(13.0)


def test_a_ban_leaves_the_channel_until_the_next_day() -> None:
    bench = joined("a")
    bench.verdict = lambda said: bench.refuse(said, "msg_banned")
    bench.say("1")
    bench.answers_joins = False
    bench.say("2")
    bench.run(seconds=24 * 3600 - 10.0)
    assert bench.texts == ["1"]
    assert len(bench.joins) == 1
    bench.run(seconds=15.0)
    assert len(bench.joins) == 2
