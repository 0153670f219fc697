"""A server that says nothing: asked, then given up."""

from __future__ import annotations

import pytest

from clankbot.errors import ConnectionLost
from clankbot.irc.reader import Silence


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_silent_server_is_asked_once_and_then_given_up() -> None:
    clock = _Clock()
    silence = Silence(60, clock)
    clock.now += 59.9
    assert not silence.is_to_be_broken()
    clock.now += 0.1
    assert silence.is_to_be_broken()
    clock.now += 9.9
    assert not silence.is_to_be_broken()
    clock.now += 0.2
    with pytest.raises(ConnectionLost, match="silent"):
        silence.is_to_be_broken()


def test_any_word_breaks_the_silence() -> None:
    clock = _Clock()
    silence = Silence(60, clock)
    clock.now += 61
    assert silence.is_to_be_broken()
    silence.broken()
    clock.now += 59
    assert not silence.is_to_be_broken()


def test_a_server_is_asked_before_it_is_given_up_even_if_the_program_slept() -> None:
    clock = _Clock()
    silence = Silence(60, clock)
    clock.now += 3600
    assert silence.is_to_be_broken()
    clock.now += 1
    assert not silence.is_to_be_broken()


@pytest.mark.parametrize(("idle_timeout_s", "noticed_s"), [(2, 3), (60, 70), (80, 90)])
def test_the_whole_time_to_notice_is_the_idle_timeout_and_a_little(
    idle_timeout_s: float, noticed_s: float
) -> None:
    clock = _Clock()
    silence = Silence(idle_timeout_s, clock)
    with pytest.raises(ConnectionLost):
        while clock.now < 300:
            silence.is_to_be_broken()
            clock.now += 0.1
    assert clock.now - 100 == pytest.approx(noticed_s, abs=0.5)
