"""The pace is counted from the bot's last words, and outlives them."""

from __future__ import annotations

from clankbot.database.database import Database, Store
from clankbot.records.answers import Pace, SpokenRow
from clankbot.records.writes import (
    AddHint,
    ClearHints,
    NoteReactions,
    RecordSpoken,
    RemoveChannel,
    RemoveMessage,
)
from tests.database.conftest import bot_said, said


def test_a_bot_that_never_spoke_counts_every_viewers_message(store: Store) -> None:
    assert store.pace("alpha", 5, 5) == Pace(0, 0, None)
    store.apply([said("a"), said("b"), said("x", channel="beta")])
    assert store.pace("alpha", 5, 5) == Pace(2, 2, None)


def test_counting_starts_anew_when_the_bot_speaks(store: Store) -> None:
    store.apply([said("a"), *bot_said("o", at_ms=77), said("b"), said("c")])
    assert store.pace("alpha", 9, 9) == Pace(counted=2, held=4, spoke_at_ms=77)


def test_the_bots_own_messages_are_held_but_not_counted(store: Store) -> None:
    own_message, _ = bot_said("o")
    store.apply([own_message, said("a")])
    assert store.pace("alpha", 9, 9) == Pace(counted=1, held=2, spoke_at_ms=None)


def test_counting_stops_at_the_caps(store: Store) -> None:
    store.apply([said(f"m{n}") for n in range(10)])
    assert store.pace("alpha", 3, 4) == Pace(3, 4, None)


def test_speaking_elsewhere_does_not_reset_the_count(store: Store) -> None:
    store.apply([said("a"), said("b"), *bot_said("o", channel="beta")])
    assert store.pace("alpha", 9, 9).counted == 2


def test_how_a_line_was_taken_is_kept_with_it_and_survives_a_restart(database: Database) -> None:
    with database.open() as store:
        store.apply([*bot_said("o", at_ms=5), *bot_said("p", at_ms=6), *bot_said("q", at_ms=7)])
        store.apply([*bot_said("x", channel="beta", at_ms=6), NoteReactions("alpha", 6, 0)])
        store.apply([NoteReactions("alpha", 5, 2), NoteReactions("gamma", 5, 2)])
    with database.open() as store:
        assert [row.reactions for row in store.recent_spoken("alpha", 9)] == [None, 0, 2]
        assert [row.reactions for row in store.recent_spoken("beta", 9)] == [None]


def test_the_pace_survives_the_removal_of_words_and_a_restart(database: Database) -> None:
    with database.open() as store:
        store.apply([said("a"), *bot_said("o", at_ms=5), said("b")])
        store.apply([RemoveMessage("alpha", "o", 9)])
    with database.open() as store:
        assert store.pace("alpha", 9, 9) == Pace(1, 2, 5)
        store.apply([RemoveChannel("alpha", 9), said("c")])
        assert store.pace("alpha", 9, 9) == Pace(1, 1, 5)


def test_ids_never_repeat_so_new_messages_count_after_all_were_removed(store: Store) -> None:
    store.apply([said("a"), said("b"), *bot_said("o"), RemoveChannel("alpha", 9)])
    store.apply([said("c")])
    assert store.pace("alpha", 9, 9).counted == 1


def test_utterances_come_back_newest_first_without_words(store: Store) -> None:
    store.apply([*bot_said("o1", at_ms=1), *bot_said("o2", at_ms=2)])
    store.apply([RecordSpoken("alpha", None, 3, "whispered", shadow=True)])
    store.apply([RemoveMessage("alpha", "o1", 9)])
    assert store.recent_spoken("alpha", 9) == [
        SpokenRow(None, 3, "whispered", removed=False, shadow=True),
        SpokenRow("o2", 2, "print of o2", removed=False, shadow=False),
        SpokenRow("o1", 1, "print of o1", removed=True, shadow=False),
    ]
    assert len(store.recent_spoken("alpha", 2)) == 2
    assert store.recent_spoken("beta", 2) == []


def test_speaking_is_noted_once(store: Store) -> None:
    _, spoken = bot_said("o")
    store.apply([spoken])
    store.apply([said("a"), spoken])
    assert len(store.recent_spoken("alpha", 9)) == 1
    assert store.pace("alpha", 9, 9).counted == 1


def test_hints_are_kept_until_cleared(store: Store) -> None:
    store.apply([AddHint("alpha", 30), AddHint("alpha", 10), AddHint("alpha", 10)])
    store.apply([AddHint("beta", 20)])
    assert store.hints_since("alpha", 10) == [10, 10, 30]
    assert store.hints_since("alpha", 11) == [30]
    store.apply([ClearHints("alpha")])
    assert store.hints_since("alpha", 0) == []
    assert store.hints_since("beta", 0) == [20]
