"""Latecomers behind a deletion, a ban or a clear."""

from __future__ import annotations

from clankbot.processing.recent_removals import GRACE_MS, RecentRemovals
from clankbot.records.chat import ChatCleared, MessageDeleted, UserCleared
from tests.processing.chat import NOON_MS, at, message


def ban(seconds: int | None = None, *, user_id: str | None = "7") -> UserCleared:
    return UserCleared("alpha", user_id, seconds, login="alice", sent_at=at(NOON_MS))


def test_a_message_deleted_before_it_arrived_is_covered() -> None:
    removals = RecentRemovals()
    removals.remember(MessageDeleted("alpha", "m-late"), NOON_MS)
    assert removals.cover(message(message_id="m-late"), NOON_MS)
    assert removals.cover_id("m-late")
    assert not removals.cover(message(), NOON_MS)


def test_a_message_under_way_at_the_ban_is_covered() -> None:
    removals = RecentRemovals()
    removals.remember(ban(), NOON_MS)
    assert removals.cover(message(sent_ms=NOON_MS + 10), NOON_MS + GRACE_MS - 1)


def test_a_message_sent_before_the_ban_is_covered_however_late_it_comes() -> None:
    removals = RecentRemovals()
    removals.remember(ban(), NOON_MS)
    assert removals.cover(message(sent_ms=NOON_MS - 1), NOON_MS + 600_000)


def test_a_viewer_who_may_speak_again_is_heard_again() -> None:
    removals = RecentRemovals()
    removals.remember(ban(seconds=1), NOON_MS)
    assert removals.cover(message(sent_ms=NOON_MS + 500), NOON_MS + 500)
    assert not removals.cover(message(sent_ms=NOON_MS + 1001), NOON_MS + 1001)
    removals.remember(ban(), NOON_MS)
    assert not removals.cover(message(sent_ms=NOON_MS + GRACE_MS), NOON_MS + GRACE_MS)


def test_a_ban_covers_one_viewer_in_one_channel() -> None:
    removals = RecentRemovals()
    removals.remember(ban(), NOON_MS)
    assert not removals.cover(message(user_id="8", login="bruno"), NOON_MS)
    assert not removals.cover(message(channel="beta"), NOON_MS)


def test_a_ban_without_the_id_is_matched_by_login() -> None:
    removals = RecentRemovals()
    removals.remember(ban(user_id=None), NOON_MS)
    assert removals.cover(message(), NOON_MS)


def test_a_clear_covers_what_was_sent_before_it_and_nothing_after() -> None:
    removals = RecentRemovals()
    removals.remember(ChatCleared("alpha", sent_at=at(NOON_MS)), NOON_MS)
    assert removals.cover(message(sent_ms=NOON_MS - 1), NOON_MS + 1)
    assert not removals.cover(message(sent_ms=NOON_MS), NOON_MS + 1)


def test_the_memory_is_bounded() -> None:
    removals = RecentRemovals()
    for number in range(6_000):
        removals.remember(MessageDeleted("alpha", f"d-{number}"), NOON_MS)
        removals.remember(UserCleared("alpha", f"u-{number}", None), NOON_MS)
    assert not removals.cover_id("d-0")
    assert removals.cover_id("d-5999")
    assert not removals.cover(message(user_id="u-0", login="x", sent_ms=NOON_MS - 1), NOON_MS)
