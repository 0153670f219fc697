"""The allowance of command answers, and the cooldowns of viewers."""

from __future__ import annotations

import math

from clankbot.processing.commands.throttle import Cooldowns, Throttle
from tests.processing.chat import Hand


def test_a_spree_is_answered_up_to_the_burst_and_then_slowly() -> None:
    clock = Hand()
    throttle = Throttle(clock, burst=10, refill_s=2)
    assert sum(throttle.allows("alpha") for _ in range(100)) == 10
    clock.forward(1.9)
    assert not throttle.allows("alpha")
    clock.forward(0.1)
    assert sum(throttle.allows("alpha") for _ in range(100)) == 1
    clock.forward(60)
    assert sum(throttle.allows("alpha") for _ in range(100)) == 10


def test_every_channel_has_its_own_allowance() -> None:
    throttle = Throttle(Hand(), burst=10, refill_s=2)
    for _ in range(10):
        throttle.allows("alpha")
    assert not throttle.allows("alpha")
    assert throttle.allows("beta")


def test_one_at_a_time_is_let_through_again_when_the_time_is_over() -> None:
    clock = Hand()
    throttle = Throttle(clock, burst=1, refill_s=60)
    assert throttle.allows("alpha")
    clock.forward(59.9)
    assert not throttle.allows("alpha")
    clock.forward(0.1)
    assert throttle.allows("alpha")
    assert not throttle.allows("alpha")


def test_a_cooldown_is_one_viewers_in_one_channel() -> None:
    clock = Hand()
    cooldowns = Cooldowns(clock)
    cooldowns.begin("alpha", "7")
    clock.forward(5)
    ages = [cooldowns.age_s(*who) for who in (("alpha", "7"), ("alpha", "8"), ("beta", "7"))]
    assert ages == [5, math.inf, math.inf]
    cooldowns.begin("alpha", "7")
    assert cooldowns.age_s("alpha", "7") == 0


def test_the_oldest_cooldowns_are_forgotten_in_a_crowd() -> None:
    cooldowns = Cooldowns(Hand(), most=2)
    for user_id in ("7", "8", "7", "9"):
        cooldowns.begin("alpha", user_id)
    known = [user_id for user_id in "789" if cooldowns.age_s("alpha", user_id) == 0]
    assert known == ["7", "9"]
