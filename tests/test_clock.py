"""The time as Twitch tells it, over a machine's clock that may say anything."""

from __future__ import annotations

import sys
import time

import pytest

from clankbot.clock import Clock, TrustedClock, doubt_about_clock
from tests.processing.chat import NOON_MS, Hand, at

MINUTE_S, HOUR_S, DAY_S, YEAR_S = 60, 3600, 86_400, 365 * 86_400
SINCE_1970_S = NOON_MS // 1000
WRONG_S = [-SINCE_1970_S, -2 * DAY_S, -HOUR_S, HOUR_S, DAY_S, YEAR_S]


class Machine(Hand):
    """A machine whose clock may be wrong by ``off_s``; ``true_ms`` is the time all the same."""

    def true_ms(self) -> int:
        return NOON_MS + round((self.seconds - 1000.0) * 1000)


class World:
    """A machine, the bot's clock on it, and Twitch, whose clock is right."""

    def __init__(self, off_s: float = 0.0) -> None:
        self.machine = Machine()
        self.machine.off_s = off_s
        self.clock = TrustedClock(self.machine)

    def lines(self, count: int = 1, late_s: float = 0.0, step_s: float = 1.0) -> None:
        """So many lines arrive, sent so long before."""
        for _ in range(count):
            self.machine.forward(step_s)
            self.clock.hear(at(self.machine.true_ms() - round(late_s * 1000)))

    def error_s(self) -> int:
        """How wrong the bot is about the time."""
        return round((self.clock.utc_ms() - self.machine.true_ms()) / 1000)

    def sure_s(self) -> int:
        """How far what is past for certain is from the time."""
        return round((self.clock.past_ms() - self.machine.true_ms()) / 1000)


def test_before_twitch_has_spoken_the_machine_is_believed() -> None:
    world = World(HOUR_S)
    assert world.error_s() == HOUR_S
    world.machine.forward(5)
    assert world.clock.utc_ms() == world.machine.utc_ms()


def test_a_clock_that_agrees_is_followed_to_the_millisecond() -> None:
    world = World(2.5)
    world.lines(10, late_s=0.7)
    assert world.clock.utc_ms() == world.machine.utc_ms()
    world.machine.off_s = -1.5
    assert world.clock.utc_ms() == world.machine.utc_ms()


@pytest.mark.parametrize("off_s", WRONG_S)
def test_the_first_line_sets_a_clock_right_that_was_wrong_from_the_start(off_s: int) -> None:
    world = World(off_s)
    for count in (1, 1, 1, 10):
        world.lines(count)
        assert world.error_s() == 0
    world.machine.off_s = 0.0
    assert world.error_s() == 0


@pytest.mark.parametrize("off_s", WRONG_S)
@pytest.mark.parametrize("heard", [0, 1, 2, 3, 40])
def test_a_jump_in_mid_run_changes_nothing(off_s: int, heard: int) -> None:
    world = World()
    world.lines(heard)
    assert world.error_s() == 0
    for _ in range(5):
        world.machine.off_s = off_s
        world.machine.forward(1)
        assert world.error_s() == 0
    world.machine.off_s = 0.0
    assert world.error_s() == 0


@pytest.mark.parametrize("off_s", WRONG_S)
def test_a_clock_that_stands_is_believed_in_the_end_if_twitch_says_nothing(off_s: int) -> None:
    world = World(off_s)
    world.machine.off_s = 0.0
    assert world.error_s() == off_s
    world.machine.forward(10 * MINUTE_S)
    assert world.error_s() == 0


def test_a_jump_that_is_taken_back_does_not_count_for_the_next() -> None:
    world = World()
    for off_s in (DAY_S, 0, DAY_S):
        world.machine.off_s = off_s
        world.machine.forward(9 * MINUTE_S)
        assert world.error_s() == 0


@pytest.mark.parametrize("odd_s", [-SINCE_1970_S, -DAY_S, DAY_S, YEAR_S])
@pytest.mark.parametrize("before", [2, 3, 5, 40])
@pytest.mark.parametrize("off_s", [0, DAY_S])
def test_one_odd_time_changes_nothing(off_s: int, before: int, odd_s: int) -> None:
    world = World(off_s)
    world.lines(before)
    world.lines(1, late_s=-odd_s)
    assert world.error_s() == 0
    assert world.sure_s() <= 0
    world.lines(3)
    assert world.error_s() == 0


@pytest.mark.parametrize("odd_s", [-SINCE_1970_S, -DAY_S, DAY_S, YEAR_S])
def test_an_odd_time_that_comes_first_is_outvoted_by_the_next(odd_s: int) -> None:
    world = World()
    world.clock.remember(world.machine.true_ms() - HOUR_S * 1000)
    world.lines(1, late_s=-odd_s)
    assert world.sure_s() <= -HOUR_S
    world.lines(1)
    assert world.error_s() == 0


def test_two_odd_times_delete_nothing() -> None:
    world = World(DAY_S)
    world.lines(2, late_s=-YEAR_S)
    for _ in range(40):
        world.lines(1)
        assert world.sure_s() <= 0
    assert world.error_s() == 0


def test_old_lines_that_come_again_do_not_set_the_clock_back() -> None:
    world = World(DAY_S)
    world.lines(5)
    world.lines(25, late_s=HOUR_S)
    assert world.error_s() == 0


def test_lines_that_are_long_under_way_do_not_set_the_clock_back() -> None:
    world = World()
    world.lines(30)
    world.lines(300, late_s=20)
    assert world.error_s() == 0


@pytest.mark.parametrize("paused_s", [HOUR_S, 30 * DAY_S])
def test_after_a_pause_that_no_clock_of_the_machine_has_seen_three_lines_suffice(
    paused_s: int,
) -> None:
    world = World(DAY_S)
    world.lines(30)
    late = -paused_s
    world.lines(2, late_s=late)
    assert world.error_s() == 0
    world.lines(1, late_s=late)
    assert world.error_s() == paused_s


def test_what_is_stored_raises_a_clock_that_starts_in_the_past() -> None:
    world = World(-SINCE_1970_S)
    world.clock.remember(world.machine.true_ms() - HOUR_S * 1000)
    assert world.error_s() == -HOUR_S
    assert world.clock.past_ms() <= 0
    world.machine.forward(20 * MINUTE_S)  # it stands still in 1970, and is not believed
    assert world.error_s() == -HOUR_S
    world.lines(1)
    assert world.error_s() == 0


def test_what_is_stored_refutes_an_old_line_that_comes_first() -> None:
    world = World()
    world.clock.remember(world.machine.true_ms() - 60_000)
    world.lines(1, late_s=HOUR_S)
    assert world.error_s() == 0


def test_what_is_stored_with_a_time_to_come_holds_up_nothing() -> None:
    world = World()
    world.clock.remember(world.machine.true_ms() + YEAR_S * 1000)
    assert world.sure_s() == 0
    world.lines(3)
    assert world.error_s() == world.sure_s() == 0


def test_nothing_is_past_for_certain_while_nothing_proves_it() -> None:
    assert World().clock.past_ms() == 0
    assert World(YEAR_S).clock.past_ms() == 0


@pytest.mark.parametrize("off_s", [0, DAY_S, YEAR_S])
def test_what_is_stored_proves_what_is_past_and_it_goes_on_with_the_run(off_s: int) -> None:
    world = World(off_s)
    world.clock.remember(world.machine.true_ms() - HOUR_S * 1000)
    assert world.sure_s() == -HOUR_S
    world.machine.forward(10 * DAY_S)
    assert world.sure_s() == -HOUR_S


@pytest.mark.parametrize("off_s", WRONG_S)
def test_twitch_confirms_what_is_past(off_s: int) -> None:
    world = World(off_s)
    world.clock.remember(world.machine.true_ms() - HOUR_S * 1000)
    world.lines(5)
    assert world.sure_s() == 0
    world.machine.forward(10 * DAY_S)  # and nobody chats
    assert world.sure_s() == 0


def test_one_line_suffices_if_the_machine_agrees() -> None:
    world = World()
    world.lines(1)
    assert world.sure_s() == 0


def test_it_is_told_once_that_the_clock_is_wrong_and_once_that_it_is_right(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    world = World(DAY_S)
    for _ in range(40):
        world.lines(1)
        world.clock.utc_ms()
    world.machine.off_s = 0.0
    for _ in range(3):
        world.clock.utc_ms()
    assert [(record.message, record.__dict__.get("ahead_s")) for record in caplog.records] == [
        ("this machine's clock is wrong, going by Twitch's", DAY_S),
        ("this machine's clock is right again", None),
    ]


@pytest.mark.parametrize("off_s", [*WRONG_S, 0, 5])
def test_how_far_the_clock_is_off_is_known_from_the_first_line_on(off_s: int) -> None:
    world = World(off_s)
    assert world.clock.ahead_s() is None
    world.lines(1)
    assert world.clock.ahead_s() == (off_s if abs(off_s) > 30 else 0)


@pytest.mark.parametrize("off_s", [-25.0, 0.0, 25.0, DAY_S])
def test_the_age_of_a_line_goes_by_twitchs_clock_also_while_the_machines_is_believed(
    off_s: float,
) -> None:
    world = World(off_s)
    world.lines(5)
    sent_at = at(world.machine.true_ms())
    world.machine.forward(40)
    assert world.clock.ago_s(sent_at) == pytest.approx(40.0)


def test_no_time_is_told_by_a_line_without_one() -> None:
    world = World(DAY_S)
    world.clock.hear(None)
    assert world.clock.ahead_s() is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how long it was suspended")
def test_durations_go_on_while_the_machine_is_suspended() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= Clock().monotonic() <= time.clock_gettime(time.CLOCK_BOOTTIME)


@pytest.mark.parametrize(("code", "doubts"), [(9, True), (10, True), (18, False), (62, False)])
def test_only_a_certificate_refused_for_its_time_casts_doubt_on_the_clock(
    code: int, doubts: bool
) -> None:
    assert ("clock says 20" in doubt_about_clock(code)) is doubts
