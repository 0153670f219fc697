"""A clock that jumps: what is held back, silenced, expired or deleted by it.

Here the worker is given a clock that is as wrong as can be, without Twitch's time to set it right,
but where what is deleted is concerned.  tests/test_clock.py has what becomes of Twitch's times.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.clock import TrustedClock
from clankbot.processing.retention import Retention
from clankbot.records.chat import MessageDeleted, Notice, UserCleared
from clankbot.records.speech import MessageKind, Outgoing
from clankbot.records.writes import AddHint, Append, StoredMessage, Tally
from tests.processing.chat import NOON_MS, Hand, at, message
from tests.processing.desk import BOT_ID, Desk

DAY_S, YEAR_S = 86_400, 365 * 86_400
SINCE_1970_S = NOON_MS // 1000
JUMPS_S = [-SINCE_1970_S, -2 * DAY_S, DAY_S, YEAR_S]
BACK_S = [-SINCE_1970_S, -2 * DAY_S]


def may_be_said(desk: Desk) -> str | None:
    """The code of what is in the way of a line of this moment."""
    return desk.look(Outgoing("alpha", "well", MessageKind.SPONTANEOUS, desk.clock()))


# -- what holds back -------------------------------------------------------------------------------


@pytest.mark.parametrize("off_s", BACK_S)
def test_a_clock_set_back_makes_the_delay_no_longer(desk: Desk, off_s: int) -> None:
    desk.order("delay 60")
    desk.fill(3)
    desk.take_turn()
    desk.clock.off_s = off_s
    desk.clock.forward(60)
    desk.fill(3)
    assert desk.has_job


@pytest.mark.parametrize("off_s", BACK_S)
def test_a_clock_set_back_before_a_start_costs_one_delay(tmp_path: Path, off_s: int) -> None:
    with Desk(tmp_path, TIME_DELAY="60") as desk:
        desk.fill(3)
        desk.take_turn()
    desk.clock.off_s = off_s
    with Desk(tmp_path, desk.clock, TIME_DELAY="60") as again:
        again.clock.forward(59)
        again.fill(3)
        assert again.why() == "1 s of the delay left"
        again.clock.forward(1)
        again.fill(1)
        assert again.has_job


@pytest.mark.parametrize("ahead_s", [DAY_S, YEAR_S])
def test_what_was_said_while_the_clock_was_ahead_silences_nobody_after_it(
    desk: Desk, ahead_s: int
) -> None:
    desk.order("delay 60")
    desk.clock.off_s = ahead_s
    desk.fill(3)
    desk.take_turn()
    desk.clock.off_s = 0
    desk.clock.forward(60)
    desk.fill(3)
    assert desk.has_job


@pytest.mark.parametrize("off_s", JUMPS_S)
def test_a_turn_lost_to_the_model_costs_the_delay_whatever_the_clock(
    desk: Desk, off_s: int
) -> None:
    desk.order("delay 60")
    desk.fill(3)
    desk.give_up("nothing came", usable=False)
    desk.clock.off_s = off_s
    desk.fill(3)
    assert desk.why() == "60 s of the delay left"
    desk.clock.forward(60)
    desk.fill(1)
    assert desk.has_job


@pytest.mark.parametrize("off_s", JUMPS_S)
def test_a_timeout_lasts_as_long_as_it_was_made_for(desk: Desk, off_s: int) -> None:
    desk.hear(UserCleared("alpha", BOT_ID, 600))
    desk.clock.off_s = off_s
    desk.clock.forward(599)
    assert may_be_said(desk) == "timed_out"
    desk.clock.forward(1)
    assert may_be_said(desk) is None


@pytest.mark.parametrize("off_s", JUMPS_S)
@pytest.mark.parametrize(
    ("notice", "text", "lasts_s"),
    [
        ("msg_timedout", "You are timed out for 300 more seconds.", 300),
        ("msg_verified_email", "Verify your email.", 3600),
    ],
)
def test_what_a_notice_forbids_lasts_as_long_as_it_says(
    desk: Desk, notice: str, text: str, lasts_s: int, off_s: int
) -> None:
    desk.hear(Notice("alpha", notice, text))
    desk.clock.off_s = off_s
    desk.clock.forward(lasts_s - 1)
    assert may_be_said(desk)
    desk.clock.forward(1)
    assert may_be_said(desk) is None


@pytest.mark.parametrize("ahead_s", [DAY_S, YEAR_S])
def test_hints_noted_while_the_clock_was_ahead_silence_nobody_after_it(
    desk: Desk, ahead_s: int
) -> None:
    desk.lose_tact()
    desk.clock.off_s = ahead_s
    for number, text in enumerate(("what a calm river", "look at the sky", "so many frogs here")):
        desk.speak(text, f"own-{number}")
        desk.hear(MessageDeleted("alpha", f"own-{number}"))
    assert may_be_said(desk) == "hinted"
    desk.clock.off_s = 0
    assert may_be_said(desk) is None


@pytest.mark.parametrize("off_s", BACK_S)
def test_a_start_in_the_past_makes_old_hints_count_no_more_and_forgets_none(
    tmp_path: Path, off_s: int
) -> None:
    with Desk(tmp_path) as desk:
        for ago_s in (20 * DAY_S, 20 * DAY_S + 1, 20 * DAY_S + 2, 60):
            desk.store.apply([AddHint("alpha", desk.clock.ms() - ago_s * 1000)])
    desk.clock.off_s = off_s
    with Desk(tmp_path, desk.clock) as again:
        assert may_be_said(again) is None
        again.clock.off_s = 0
        again.fill(3)
        assert again.why() == "3/6 messages"


class Unsure(Hand):
    """A clock of which nobody knows whether it is right."""

    def past_ms(self) -> int:
        return 0


def test_a_start_ahead_forgets_no_hint(tmp_path: Path) -> None:
    clock = Unsure()
    with Desk(tmp_path, clock) as desk:
        desk.store.apply([AddHint("alpha", clock.ms())])
    clock.off_s = 2 * DAY_S
    with Desk(tmp_path, clock) as again:
        again.clock.off_s = 0
        again.fill(3)
        assert again.why() == "3/6 messages"


@pytest.mark.parametrize("off_s", JUMPS_S)
def test_a_quiet_time_is_as_it_was_once_the_clock_is_right_again(desk: Desk, off_s: int) -> None:
    desk.order("quiet 30m")
    desk.clock.off_s = off_s
    desk.clock.forward(5)
    may_be_said(desk)
    desk.clock.off_s = 0
    assert may_be_said(desk) == "quiet"
    desk.clock.forward(1800)
    assert may_be_said(desk) is None


# -- what is stored --------------------------------------------------------------------------------


@pytest.mark.parametrize("off_s", JUMPS_S)
def test_a_viewer_is_heard_again_after_a_timeout_whatever_the_clock(desk: Desk, off_s: int) -> None:
    desk.hear(UserCleared("alpha", "7", 1, login="alice", sent_at=at(NOON_MS)))
    desk.clock.off_s = off_s
    desk.clock.forward(2)
    desk.hear(message("back again", sent_ms=NOON_MS + 2000))
    assert desk.stored() == ["back again"]


@pytest.mark.parametrize("off_s", JUMPS_S)
def test_own_lines_are_stored_after_a_clear_whatever_the_clock(desk: Desk, off_s: int) -> None:
    desk.hear(UserCleared("alpha", BOT_ID, 1, sent_at=at(NOON_MS)))
    desk.clock.off_s = off_s
    desk.clock.forward(2)
    desk.speak("sorry for that", "own-1")
    assert desk.stored() == ["sorry for that"]


@pytest.mark.parametrize(
    ("sent_s", "stored_s"),
    [(-SINCE_1970_S, 0), (-2 * DAY_S, 0), (-60, -60), (5, 5), (DAY_S, 0), (YEAR_S, 0)],
)
def test_a_time_that_cannot_be_is_not_stored(desk: Desk, sent_s: int, stored_s: int) -> None:
    desk.hear(message("hello there", sent_ms=NOON_MS + sent_s * 1000))
    (line,) = desk.store.recent_messages("alpha", 9)
    assert line.at_ms == NOON_MS + stored_s * 1000


# -- what is deleted -------------------------------------------------------------------------------


class Pruned:
    """Retention at the desk, on a clock that Twitch has to confirm."""

    def __init__(self, desk: Desk, *ages_days: float, off_s: float = 0.0) -> None:
        self.desk = desk
        rows = [
            self._row(str(age), desk.clock.ms() - round(age * DAY_S * 1000)) for age in ages_days
        ]
        desk.store.apply([Append(row) for row in rows])
        desk.clock.off_s = off_s
        self.clock = TrustedClock(desk.clock)
        self.clock.remember(desk.store.newest_time())
        self.retention = Retention(desk.store, desk.channels, self.clock)
        self.retention.load()

    def _row(self, text: str, at_ms: int) -> StoredMessage:
        return StoredMessage(f"m-{text}", "alpha", "7", "alice", "Alice", text, at_ms)

    def hear(self, count: int) -> None:
        """Lines arrive with the right time."""
        for _ in range(count):
            off_s, self.desk.clock.off_s = self.desk.clock.off_s, 0.0
            self.clock.hear(at(self.desk.clock.ms()))
            self.desk.clock.off_s = off_s

    def left(self, seconds: float = 20.0) -> list[str]:
        """What is left after some rounds."""
        for _ in range(round(seconds * 2)):
            self.retention.step()
            self.desk.clock.forward(0.5)
        return self.desk.stored()


@pytest.mark.parametrize("off_s", [DAY_S, 29 * DAY_S, YEAR_S])
def test_a_start_ahead_deletes_nothing_that_is_not_old_enough(desk: Desk, off_s: int) -> None:
    pruned = Pruned(desk, 29.5, 1, 0.1, off_s=off_s)
    assert pruned.left() == ["29.5", "1", "0.1"]
    for count in (1, 1, 1, 10):
        pruned.hear(count)
        assert pruned.left() == ["29.5", "1", "0.1"]
    desk.clock.off_s = 0.0
    assert pruned.left() == ["29.5", "1", "0.1"]


@pytest.mark.parametrize("off_s", JUMPS_S)
@pytest.mark.parametrize("heard", [0, 1, 10])
def test_a_jump_in_mid_run_deletes_nothing(desk: Desk, heard: int, off_s: int) -> None:
    pruned = Pruned(desk, 29.5, 1, 0.1)
    pruned.hear(heard)
    pruned.left()
    desk.clock.off_s = off_s
    assert pruned.left(1200.0 if heard else 60.0) == ["29.5", "1", "0.1"]


@pytest.mark.parametrize("off_s", [DAY_S, YEAR_S])
def test_while_nobody_chats_a_wrong_clock_deletes_nothing_however_long(
    desk: Desk, off_s: int
) -> None:
    pruned = Pruned(desk, 29, 1, 0.1, off_s=off_s)
    for _ in range(20):
        desk.clock.forward(3600)
        assert pruned.left() == ["29", "1", "0.1"]


@pytest.mark.parametrize("off_s", [0, *JUMPS_S])
def test_what_is_old_goes_as_soon_as_twitch_has_confirmed_the_time(desk: Desk, off_s: int) -> None:
    pruned = Pruned(desk, 40, 31, 29, 20, 15, 12, off_s=off_s)
    assert pruned.left() in (["29", "20", "15", "12"], ["40", "31", "29", "20", "15", "12"])
    pruned.hear(5)
    assert pruned.left() == ["29", "20", "15", "12"]


def test_what_is_older_than_the_newest_by_so_many_days_goes_though_nobody_chats(
    desk: Desk,
) -> None:
    """Also if Twitch sends no times at all."""
    pruned = Pruned(desk, 40, 36, *range(9, 0, -1))
    assert pruned.left()[0] == "9"


def test_notes_go_by_the_same_time(desk: Desk) -> None:
    desk.store.apply([Tally("alpha", desk.clock.utc_day(), "said")])
    day, desk.clock.off_s = desk.clock.utc_day(), YEAR_S
    desk.database = type(desk.database)(desk.database.engine, TrustedClock(desk.clock))
    with desk.database.open() as store:
        store.prune("alpha", None, None)
        assert store.tally("alpha", day) == {"said": 1}
