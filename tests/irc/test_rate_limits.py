"""The arithmetic of Twitch's limits, on made-up clocks."""

from __future__ import annotations

import random

import pytest

from clankbot.irc.rate_limits import ChannelPace, SlidingWindow
from clankbot.irc.send_limits import SendLimits


def most_within(moments: list[float], span_s: float) -> int:
    """The largest number of moments that any span of this length holds."""
    return max(sum(1 for m in moments if start <= m < start + span_s) for start in moments)


def test_a_window_with_room_lets_pass_at_once() -> None:
    window = SlidingWindow(10.0, limit=3)
    window.record(0.0)
    window.record(1.0)
    assert window.ready_at(2.0) == 2.0


def test_a_full_window_waits_until_the_oldest_has_left_it() -> None:
    window = SlidingWindow(10.0, limit=3)
    for moment in (0.0, 1.0, 2.0):
        window.record(moment)
    assert window.ready_at(3.0) == 10.0
    assert window.ready_at(3.0, limit=2) == 11.0
    assert window.ready_at(12.5) == 12.5


@pytest.mark.parametrize(("privileged", "most"), [(False, 19), (True, 95)])
def test_the_account_stays_below_twitchs_limit_for_thirty_seconds(
    privileged: bool, most: int
) -> None:
    account, pace = SendLimits([]).account, ChannelPace()
    pace.privileged = privileged
    now, moments = 0.0, []
    while now < 200.0:
        now = account.ready_at(now, pace.account_limit)
        account.record(now)
        moments.append(now)
        now += 0.01
    assert most_within(moments, 30.0) == most


def test_messages_to_privileged_channels_count_against_the_small_limit_too() -> None:
    account, ordinary, privileged = SendLimits([]).account, ChannelPace(), ChannelPace()
    privileged.privileged = True
    for moment in range(19):
        account.record(float(moment))
    assert account.ready_at(18.5, privileged.account_limit) == 18.5
    assert account.ready_at(18.5, ordinary.account_limit) == 31.0


def test_joins_stay_below_twenty_in_ten_seconds() -> None:
    window = SendLimits([]).joins
    dice = random.Random(1)
    now, moments = 0.0, []
    while now < 120.0:
        now = window.ready_at(now)
        window.record(now)
        moments.append(now)
        now += dice.choice([0.0, 0.0, 0.3, 2.0])
    assert most_within(moments, 12.0) <= 18


@pytest.mark.parametrize(
    ("privileged", "slow_s", "spacing_s"),
    [(False, 0, 1.3), (True, 0, 0.3), (False, 1, 2.0), (False, 30, 31.0), (True, 30, 0.3)],
)
def test_the_spacing_follows_from_slow_mode_and_rank(
    privileged: bool, slow_s: int, spacing_s: float
) -> None:
    pace = ChannelPace()
    pace.privileged, pace.slow_s = privileged, slow_s
    assert pace.ready_at(5.0) == 5.0
    pace.record(5.0)
    assert pace.ready_at(5.1) == pytest.approx(5.0 + spacing_s)


def test_slow_mode_switched_on_after_a_message_counts_from_that_message() -> None:
    pace = ChannelPace()
    pace.record(100.0)
    pace.slow_s = 10
    assert pace.ready_at(105.0) == 111.0
    pace.slow_s = 0
    assert pace.ready_at(105.0) == 105.0


def test_a_channel_found_too_fast_is_eased_for_five_minutes() -> None:
    pace = ChannelPace()
    pace.ease(100.0)
    pace.record(100.0)
    assert pace.ready_at(100.0) == pytest.approx(102.6)
    pace.record(399.0)
    assert pace.ready_at(399.5) == pytest.approx(401.6)
    pace.record(401.0)
    assert pace.ready_at(401.0) == pytest.approx(402.3)


def test_a_channel_told_to_wait_waits_a_second_longer() -> None:
    pace = ChannelPace()
    pace.record(100.0)
    pace.hold(100.2, 4)
    assert pace.ready_at(101.0) == pytest.approx(105.2)
