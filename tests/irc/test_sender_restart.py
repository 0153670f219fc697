"""Twitch's limits do not begin anew when the bot does: what an earlier run wrote still counts."""

from __future__ import annotations

import pytest

from clankbot.irc.privmsg import checksum
from clankbot.records.reasons import Why
from clankbot.records.speech import MessageKind
from clankbot.records.writes import RateLimitEvent, RecordRateLimitEvent
from tests.irc.rigs import SenderRig, joined_rig
from tests.irc.test_rate_limits import most_within


def restarted(earlier: SenderRig, *, after_s: float) -> SenderRig:
    """Another run in the same channels, so much later, told what the earlier one wrote."""
    later = SenderRig(*earlier.channels)
    later.privileged, later.slow = earlier.privileged, earlier.slow
    later.now = earlier.now + after_s
    later.sender.count_earlier(earlier.traffic)
    return later


def test_each_join_and_each_message_is_told_with_its_moment_and_nothing_else_is() -> None:
    rig = SenderRig("a")
    rig.connect()
    rig.say("one")
    rig.run(seconds=5.0)
    rig.say("two", MessageKind.COMMAND_ANSWER)
    rig.sender.finish()
    rig.run_to_the_end()
    assert rig.wire[-1][1] == "QUIT"
    assert rig.traffic == [
        RecordRateLimitEvent(RateLimitEvent.JOIN, 1_000_000),
        RecordRateLimitEvent(RateLimitEvent.MESSAGE, 1_000_000, "a", checksum("one")),
        RecordRateLimitEvent(RateLimitEvent.MESSAGE, 1_005_000, "a", checksum("two")),
    ]


def test_what_the_link_did_not_take_is_not_told() -> None:
    rig = joined_rig("a")
    rig.link_takes = False
    rig.say("hello")
    assert [written.kind for written in rig.traffic] == [RateLimitEvent.JOIN]


def test_a_shadow_run_tells_of_its_joins_alone() -> None:
    rig = joined_rig("a", dry_run=True)
    rig.say("hello")
    assert len(rig.delivered) == 1
    assert [written.kind for written in rig.traffic] == [RateLimitEvent.JOIN]


def test_joins_before_a_restart_leave_fewer_for_after_it() -> None:
    earlier = SenderRig(*(f"c{number:02}" for number in range(15)))
    earlier.connect()
    later = restarted(earlier, after_s=2.0)
    later.connect()
    later.run(seconds=20.0)
    moments = [at for at, _ in (*earlier.joins, *later.joins)]
    assert len(moments) == 30
    assert most_within(moments, 10.0) == 18
    assert later.joins[2][0] == 1002.0
    assert later.joins[3][0] == 1012.0


@pytest.mark.parametrize(("privileged", "most"), [(False, 19), (True, 95)])
def test_messages_before_a_restart_leave_fewer_for_after_it(privileged: bool, most: int) -> None:
    channels = tuple(f"c{number:02}" for number in range(10))
    earlier = joined_rig(*channels, privileged=channels if privileged else ())
    talk(earlier)
    assert len(earlier.said) >= most - 5
    later = restarted(earlier, after_s=2.0)
    later.connect()
    talk(later)
    moments = [said.at for said in (*earlier.said, *later.said)]
    assert most_within(moments, 30.0) == most


@pytest.mark.parametrize(("slow_s", "next_at"), [(0, 1001.3), (20, 1021.0), (120, 1121.0)])
def test_a_message_before_a_restart_is_kept_at_a_distance_after_it(
    slow_s: int, next_at: float
) -> None:
    earlier = SenderRig("a")
    earlier.slow["a"] = slow_s
    earlier.connect()
    earlier.say("one", MessageKind.COMMAND_ANSWER)
    later = restarted(earlier, after_s=0.5)
    later.connect()
    for number in range(3):  # lines that waited for a minute are given up
        later.offer(f"{number}", MessageKind.COMMAND_ANSWER)
        later.run(seconds=50.0)
    assert later.said[0].at == pytest.approx(next_at)


def test_a_message_before_a_restart_is_not_said_again_after_it() -> None:
    earlier = SenderRig("a", "b")
    earlier.connect()
    earlier.say("hello")
    later = restarted(earlier, after_s=10.0)
    later.connect()
    later.say("hello")
    later.say("hello", channel="b")
    later.say("hello", MessageKind.COMMAND_ANSWER)
    later.run(seconds=10.0)
    later.offer("hello")
    later.run(seconds=15.0)
    later.say("hello")
    assert later.codes == [Why.REPEATED_AT_ONCE] * 2
    varied = later.said[1].text
    assert [said.channel for said in later.said] == ["b", "a", "a"]
    assert varied != "hello"
    assert later.texts == ["hello", varied, "hello"]


def talk(rig: SenderRig) -> None:
    """As much as may be said within ten seconds, mostly answers to commands."""
    for number in range(10):
        for channel in rig.channels:
            rig.offer(f"{number}", MessageKind.COMMAND_ANSWER, channel)
        rig.run(seconds=1.0)


def test_moments_ahead_of_a_clock_that_was_set_back_are_taken_for_now() -> None:
    rig = SenderRig("a")
    an_hour_ahead = round((rig.now + 3600) * 1000)
    rig.sender.count_earlier([RecordRateLimitEvent(RateLimitEvent.JOIN, an_hour_ahead)] * 18)
    rig.connect()
    rig.run(seconds=11.9)
    assert rig.joins == []
    rig.run(seconds=0.1)
    assert rig.joins == [(1012.0, "a")]


@pytest.mark.parametrize("past_s", [0.0, 400.0, 900.0])
def test_while_nobody_knows_how_long_ago_it_was_it_is_taken_to_be_now(past_s: float) -> None:
    """The clock says an hour, and may be wrong."""
    rig = SenderRig("a")
    rig.now += 3600
    rig.clock.past_s = past_s
    rig.sender.count_earlier([RecordRateLimitEvent(RateLimitEvent.JOIN, 1_000_000)] * 18)
    rig.connect()
    rig.run(seconds=11.9)
    assert rig.joins == []
    rig.run(seconds=0.1)
    assert rig.joins == [(4612.0, "a")]
