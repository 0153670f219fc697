"""Waiting before the next try."""

from __future__ import annotations

from clankbot.backoff import Backoff


def test_waits_double_up_to_the_cap() -> None:
    backoff = Backoff(1.0, 300.0)
    waits = [backoff.next_s() for _ in range(12)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_chance_takes_up_to_half_of_a_wait() -> None:
    assert Backoff(8.0, 300.0, choose=lambda: 0.0).next_s() == 4
    assert Backoff(8.0, 300.0, choose=lambda: 0.5).next_s() == 6


def test_a_success_makes_the_next_wait_short_again() -> None:
    backoff = Backoff(1.0, 300.0)
    for _ in range(5):
        backoff.next_s()
    backoff.reset()
    assert [backoff.next_s(), backoff.next_s()] == [1, 2]
