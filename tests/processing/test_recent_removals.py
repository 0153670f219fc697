"""Latecomers behind a deletion, a ban or a clear."""

from __future__ import annotations

import pytest

from clankbot.processing.recent_removals import GRACE_S, RecentRemovals, Removal
from clankbot.records.chat import ChatCleared, MessageDeleted, UserCleared
from clankbot.records.writes import StoredMessage
from tests.processing.chat import NOON_MS, Hand, at, message

DAY_S = 86_400


class Removals(RecentRemovals):
    """A memory whose clock can be moved."""

    def __init__(self, *removals: Removal) -> None:
        self.clock = Hand()
        super().__init__(self.clock)
        for removal in removals:
            self.remember(removal)


def ban(seconds: int | None = None, *, user_id: str | None = "7") -> UserCleared:
    return UserCleared("alpha", user_id, seconds, login="alice", sent_at=at(NOON_MS))


def own(message_id: str = "own-1") -> StoredMessage:
    return StoredMessage(message_id, "alpha", "99", "clankbot", "clankbot", "well", NOON_MS, True)


def test_a_message_deleted_before_it_arrived_is_covered() -> None:
    removals = Removals(MessageDeleted("alpha", "m-late"))
    assert removals.cover(message(message_id="m-late"))
    assert removals.cover_id("m-late")
    assert not removals.cover(message())


def test_a_message_under_way_at_the_ban_is_covered() -> None:
    removals = Removals(ban())
    removals.clock.forward(GRACE_S - 0.001)
    assert removals.cover(message(sent_ms=NOON_MS + 10))


def test_a_message_sent_before_the_ban_is_covered_however_late_it_comes() -> None:
    removals = Removals(ban())
    removals.clock.forward(600)
    assert removals.cover(message(sent_ms=NOON_MS - 1))


def test_a_viewer_who_may_speak_again_is_heard_again() -> None:
    removals = Removals(ban(seconds=1))
    removals.clock.forward(0.5)
    assert removals.cover(message(sent_ms=NOON_MS + 500))
    removals.clock.forward(0.5)
    assert not removals.cover(message(sent_ms=NOON_MS + 1001))
    removals.remember(ban())
    removals.clock.forward(GRACE_S)
    assert not removals.cover(message(sent_ms=NOON_MS + 1000))


def test_a_ban_covers_one_viewer_in_one_channel() -> None:
    removals = Removals(ban())
    assert not removals.cover(message(user_id="8", login="bruno"))
    assert not removals.cover(message(channel="beta"))


def test_a_ban_without_the_id_is_matched_by_login() -> None:
    assert Removals(ban(user_id=None)).cover(message())


def test_a_clear_covers_what_was_sent_before_it_and_nothing_after() -> None:
    removals = Removals(ChatCleared("alpha", sent_at=at(NOON_MS)))
    assert removals.cover(message(sent_ms=NOON_MS - 1))
    assert not removals.cover(message(sent_ms=NOON_MS))


@pytest.mark.parametrize("off_s", [-2 * DAY_S, DAY_S, 365 * DAY_S])
def test_a_clock_that_jumps_makes_a_ban_last_neither_longer_nor_shorter(off_s: int) -> None:
    removals = Removals(ban(), ChatCleared("alpha", sent_at=at(NOON_MS)))
    removals.clock.off_s = off_s
    assert removals.cover(message(sent_ms=NOON_MS + 1))
    removals.clock.forward(GRACE_S)
    assert not removals.cover(message(sent_ms=NOON_MS + 5000))


@pytest.mark.parametrize("off_s", [-2 * DAY_S, 0, DAY_S])
@pytest.mark.parametrize("removal", [UserCleared("alpha", "99", 1), ChatCleared("alpha")])
def test_a_line_of_ours_is_covered_if_it_was_sent_before_whatever_the_clock_says(
    removal: Removal, off_s: int
) -> None:
    removals = Removals(removal)
    removals.clock.off_s = off_s
    assert removals.cover_own(own(), removals.clock() - 0.1)
    assert not removals.cover_own(own(), removals.clock() + 0.1)


@pytest.mark.parametrize("removal", [UserCleared("alpha", "7", None), ChatCleared("alpha")])
def test_a_removal_without_a_time_covers_nothing_by_its_time(removal: Removal) -> None:
    removals = Removals(removal)
    removals.clock.forward(GRACE_S)
    assert not removals.cover(message(sent_ms=NOON_MS - 1))


@pytest.mark.parametrize(
    "removal",
    [
        UserCleared("alpha", "7", 1, sent_at=at(NOON_MS + 365 * DAY_S * 1000)),
        ChatCleared("alpha", at(NOON_MS + 365 * DAY_S * 1000)),
    ],
)
def test_a_removal_of_the_year_to_come_covers_nothing_for_long(removal: Removal) -> None:
    removals = Removals(removal)
    removals.clock.forward(61)
    assert not removals.cover(message(sent_ms=removals.clock.ms()))


def test_the_memory_is_bounded() -> None:
    removals = Removals()
    for number in range(6_000):
        removals.remember(MessageDeleted("alpha", f"d-{number}"))
        removals.remember(UserCleared("alpha", f"u-{number}", None, sent_at=at(NOON_MS)))
    assert not removals.cover_id("d-0")
    assert removals.cover_id("d-5999")
    assert not removals.cover(message(user_id="u-0", login="x", sent_ms=NOON_MS - 1))
    assert removals.cover(message(user_id="u-5999", login="x", sent_ms=NOON_MS - 1))
