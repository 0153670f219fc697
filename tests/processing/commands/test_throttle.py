"""The allowance of command answers, and the cooldowns of viewers."""

from __future__ import annotations

from clankbot.processing.commands.throttle import Throttle
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
