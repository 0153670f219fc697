"""The allowance of command answers."""

from __future__ import annotations

from clankbot.processing.throttle import BURST, REFILL_S, Throttle
from tests.processing.chat import Hand


def test_a_spree_is_answered_up_to_the_burst_and_then_slowly() -> None:
    clock = Hand()
    throttle = Throttle(clock)
    assert sum(throttle.allows("alpha") for _ in range(100)) == BURST
    clock.forward(REFILL_S)
    assert sum(throttle.allows("alpha") for _ in range(100)) == 1


def test_every_channel_has_its_own_allowance() -> None:
    throttle = Throttle(Hand())
    for _ in range(BURST):
        throttle.allows("alpha")
    assert not throttle.allows("alpha")
    assert throttle.allows("beta")
