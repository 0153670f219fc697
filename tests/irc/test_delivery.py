"""What becomes of a line: accepted, refused, or never heard of again."""

from __future__ import annotations

import itertools
import logging

import pytest

from clankbot.records.chat import Notice
from clankbot.records.reasons import Reason
from clankbot.records.speech import MessageKind, Outgoing, Undelivered
from clankbot.twitch_notices import meaning_of
from tests.irc.rigs import Said, joined_rig


def test_a_channel_with_a_line_under_way_waits_and_others_do_not() -> None:
    rig = joined_rig("a", "b")
    rig.verdict = rig.say_nothing
    rig.offer("1", channel="a")
    rig.offer("2", channel="a")
    rig.offer("3", channel="b")
    rig.run(seconds=4.9)
    assert rig.texts == ["1", "3"]
    rig.accept(rig.said[0])
    rig.run()
    assert rig.texts == ["1", "3", "2"]


def test_a_line_without_a_verdict_counts_as_said_after_five_seconds() -> None:
    rig = joined_rig("a")
    rig.verdict = rig.say_nothing
    rig.say("hello")
    rig.run(seconds=4.9)
    assert rig.reports == []
    rig.run(seconds=0.1)
    assert [delivered.message_id for delivered in rig.delivered] == [None]


def test_lines_in_several_channels_are_each_given_up_in_their_time() -> None:
    rig = joined_rig("a", "b")
    rig.verdict = rig.say_nothing
    rig.say("1", channel="a")
    rig.run(seconds=3.0)
    rig.say("2", channel="b")
    rig.run(seconds=2.0)
    assert [delivered.text for delivered in rig.delivered] == ["1"]
    rig.run(seconds=3.0)
    assert [delivered.text for delivered in rig.delivered] == ["1", "2"]


def test_a_verdict_without_a_nonce_belongs_to_the_line_under_way() -> None:
    rig = joined_rig("a")
    rig.verdict = lambda said: rig.accept(said, with_nonce=False)
    rig.say("hello")
    assert [d.message_id for d in rig.delivered] == [rig.said[0].message_id]


def test_a_late_verdict_with_another_nonce_is_not_taken_for_this_lines() -> None:
    rig = joined_rig("a")
    rig.verdict = rig.say_nothing
    rig.say("first")
    rig.run(seconds=6.0)
    rig.say("second")
    rig.accept(rig.said[0])
    rig.run()
    assert [delivered.text for delivered in rig.delivered] == ["first"]
    rig.accept(rig.said[1])
    rig.run()
    assert rig.delivered[1].message_id == rig.said[1].message_id


def test_a_verdict_of_another_channel_is_not_taken_for_this_lines() -> None:
    rig = joined_rig("a", "b")
    rig.verdict = rig.say_nothing
    rig.say("hello", channel="a")
    rig.handle(rig.own_state("b", message_id="id-of-b"))
    rig.handle(Notice("b", "msg_duplicate", ""))
    rig.run()
    assert rig.reports == []


def test_a_state_without_an_id_accepts_nothing() -> None:
    rig = joined_rig("a")
    rig.verdict = rig.say_nothing
    rig.say("hello")
    rig.handle(rig.own_state("a"))
    rig.run()
    assert rig.reports == []


@pytest.mark.parametrize("notice_id", ["msg_subsonly", "msg_of_tomorrow", "unrecognized_cmd"])
def test_a_refusal_is_reported_with_its_reason_and_the_line_is_not_said_again(
    notice_id: str,
) -> None:
    rig = joined_rig("a")
    rig.verdict = lambda said: rig.refuse(said, notice_id)
    rig.say("hello")
    rig.run(seconds=120.0)
    assert rig.texts == ["hello"]
    meaning = meaning_of(notice_id)
    assert meaning is not None
    line = Outgoing("a", "hello", MessageKind.SPONTANEOUS, 1600.0)
    refused = Undelivered(line, Reason(notice_id, meaning.refusal), was_sent=True)
    assert rig.reports == [refused]


def test_a_notice_about_a_mode_is_no_refusal() -> None:
    rig = joined_rig("a")
    rig.verdict = rig.say_nothing
    rig.say("hello")
    rig.handle(Notice("a", "slow_on", "This room is now in slow mode."))
    rig.run()
    assert rig.reports == []


def test_a_run_of_like_refusals_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    rig = joined_rig("a")
    notices = iter(["msg_subsonly", "msg_subsonly", "msg_r9k", None, "msg_r9k"])

    def judge(said: Said) -> None:
        notice_id = next(notices)
        rig.accept(said) if notice_id is None else rig.refuse(said, notice_id)

    rig.verdict = judge
    with caplog.at_level(logging.WARNING):
        for number in range(5):
            rig.say(str(number))
            rig.run(seconds=5.0)
    assert [vars(record)["notice"] for record in caplog.records] == [
        "msg_subsonly",
        "msg_r9k",
        "msg_r9k",
    ]


def test_too_fast_doubles_the_distance_for_a_while() -> None:
    rig = joined_rig("a")
    rig.verdict = lambda said: rig.refuse(said, "msg_ratelimit")
    rig.say("1")
    rig.verdict = rig.accept
    rig.offer("2")
    rig.offer("3")
    rig.run(seconds=10.0)
    gaps = [after.at - before.at for before, after in itertools.pairwise(rig.said)]
    assert gaps == pytest.approx([2.6, 2.6])


def test_a_refusal_for_slow_mode_holds_the_channel_as_long_as_it_says() -> None:
    rig = joined_rig("a")
    rig.verdict = lambda said: rig.refuse(said, "msg_slowmode", "talk again in 12 seconds.")
    rig.say("1")
    rig.verdict = rig.accept
    rig.offer("2")
    start = rig.now
    rig.run(seconds=30.0)
    assert rig.said[1].at - start == pytest.approx(13.0)


def test_a_ban_leaves_the_channel_until_the_next_day() -> None:
    rig = joined_rig("a")
    rig.verdict = lambda said: rig.refuse(said, "msg_banned")
    rig.say("1")
    rig.answers_joins = False
    rig.say("2")
    rig.run(seconds=24 * 3600 - 10.0)
    assert rig.texts == ["1"]
    assert len(rig.joins) == 1
    rig.run(seconds=15.0)
    assert len(rig.joins) == 2
