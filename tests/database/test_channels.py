"""Settings, their changes, blocked terms, decisions and figures of each channel."""

from __future__ import annotations

import pytest

from clankbot.database.channels import SETTING_COLUMNS, SWITCH_COLUMNS
from clankbot.database.database import Database, Store
from clankbot.errors import DatabaseError
from clankbot.records.answers import Decision, SettingChange
from clankbot.records.settings import SettingValue
from clankbot.records.writes import (
    Applied,
    BlockTerm,
    RecordDecision,
    SetSetting,
    Tally,
    UnblockTerm,
)
from tests.database.conftest import said

_VALUES: dict[str, SettingValue] = {
    "message_threshold": 40,
    "temperature": 0.1,
    "top_p": 1.0,
    "min_p": 1e-05,
    "seed": 2**62,
    "quiet_until": 1_900_000_000_000,
    "ollama_model": "qwen3:8b",
    "persona": "a cat 🐈, always sleepy " * 17,
    "timezone": "Europe/Berlin",
    "enabled": False,
    "mentions": True,
}


def _set(
    column: str, value: SettingValue | None, *, undoes: int | None = None, at_ms: int = 5
) -> SetSetting:
    return SetSetting("alpha", column, value, "77", "Mod", at_ms=at_ms, undoes=undoes)


def test_settings_come_back_as_they_were_set_after_a_restart(database: Database) -> None:
    with database.open() as store:
        store.apply([_set(column, value) for column, value in _VALUES.items()])
    with database.open() as store:
        found = store.overrides("alpha")
        assert found == _VALUES
        assert {column: type(value) for column, value in found.items()} == {
            column: type(value) for column, value in _VALUES.items()
        }
        assert store.all_overrides() == {"alpha": _VALUES}
        assert store.overrides("beta") == {}


def test_every_column_can_be_set_and_inherited_again(store: Store) -> None:
    for column in SETTING_COLUMNS:
        store.apply([_set(column, True if column in SWITCH_COLUMNS else 3)])
    assert set(store.overrides("alpha")) == set(SETTING_COLUMNS)
    store.apply([_set(column, None) for column in SETTING_COLUMNS])
    assert store.overrides("alpha") == {}


def test_an_unknown_setting_is_refused_and_its_batch_undone(store: Store) -> None:
    with pytest.raises(DatabaseError, match="no channel setting 'id; --'"):
        store.apply([_set("seed", 1), _set("id; --", 1)])
    assert store.overrides("alpha") == {}


def test_each_change_is_recorded_with_who_when_from_and_to(store: Store) -> None:
    store.apply([_set("cooldown", 10), _set("cooldown", 20), _set("enabled", False)])
    newest, older, oldest = store.changes("alpha", 9)
    assert oldest == SettingChange(
        oldest.change_id, "alpha", "cooldown", None, 10, "77", "Mod", 5, undone=False
    )
    assert (older.old_value, older.new_value) == (10, 20)
    assert (newest.old_value, newest.new_value) == (None, False)
    assert newest.new_value is False
    assert store.changes(None, 1) == [newest]
    assert store.changes("beta", 9) == []


def test_setting_what_holds_already_is_no_change(store: Store) -> None:
    assert store.apply([_set("mentions", True)]) == [Applied(1)]
    assert store.apply([_set("mentions", True), _set("seed", None)]) == [Applied(0), Applied(0)]
    assert len(store.changes("alpha", 9)) == 1


def test_the_last_change_is_the_newest_that_still_holds(store: Store) -> None:
    assert store.last_changes("alpha") == []
    store.apply([_set("cooldown", 10, at_ms=5), _set("cooldown", 20, at_ms=6)])
    (last,) = store.last_changes("alpha")
    assert (last.old_value, last.new_value) == (10, 20)
    store.apply([_set("cooldown", 10, undoes=last.change_id)])
    assert store.overrides("alpha") == {"cooldown": 10}
    (before,) = store.last_changes("alpha")
    assert (before.old_value, before.new_value) == (None, 10)
    store.apply([_set("cooldown", None, undoes=before.change_id)])
    assert store.last_changes("alpha") == []
    assert [change.undone for change in store.changes("alpha", 9)] == [False, False, True, True]


def test_changes_of_one_moment_are_one(store: Store) -> None:
    store.apply([_set("seed", 1, at_ms=5), _set("cooldown", 10, at_ms=6), _set("seed", 2, at_ms=6)])
    store.apply([SetSetting("beta", "seed", 3, "77", "Mod", at_ms=6)])
    seed, cooldown = store.last_changes("alpha")
    assert (seed.column, cooldown.column) == ("seed", "cooldown")
    store.apply([_set("seed", 1, undoes=seed.change_id, at_ms=7)])
    assert store.last_changes("alpha") == [cooldown]
    store.apply([_set("cooldown", None, undoes=cooldown.change_id, at_ms=8)])
    (first,) = store.last_changes("alpha")
    assert (first.column, first.new_value) == ("seed", 1)


def test_terms_are_kept_in_order_and_compared_without_case(store: Store) -> None:
    terms = ["Spoiler", "straße 🚗", "spoiler"]
    assert store.apply([BlockTerm("alpha", term, "77", 5) for term in terms]) == [
        Applied(1),
        Applied(1),
        Applied(0),
    ]
    store.apply([BlockTerm("beta", "spoiler", "77", 5)])
    assert store.terms("alpha") == ("Spoiler", "straße 🚗")
    assert store.all_terms() == {"alpha": ("Spoiler", "straße 🚗"), "beta": ("spoiler",)}
    assert store.apply([UnblockTerm("alpha", "STRASSE 🚗")]) == [Applied(1)]
    assert store.apply([UnblockTerm("alpha", "unheard of")]) == [Applied(0)]
    assert store.terms("alpha") == ("Spoiler",)


def test_only_the_newest_decisions_are_kept(store: Store) -> None:
    store.apply([RecordDecision("beta", 1, "off")])
    store.apply([RecordDecision("alpha", n, f"{n}/30 messages") for n in range(150)])
    kept = store.decisions("alpha", 1000)
    assert kept[:2] == [Decision(149, "149/30 messages"), Decision(148, "148/30 messages")]
    assert len(kept) == 100
    assert store.decisions("beta", 5) == [Decision(1, "off")]


def test_a_decision_that_goes_on_takes_the_place_of_its_beginning(store: Store) -> None:
    store.apply([RecordDecision("beta", 1, "off")])
    store.apply([RecordDecision("alpha", 1, "off"), RecordDecision("alpha", 2, "1/30 messages")])
    store.apply([RecordDecision("alpha", 3, "9/30 messages", goes_on=True)])
    assert store.decisions("alpha", 9) == [Decision(3, "9/30 messages"), Decision(1, "off")]
    assert store.decisions("beta", 9) == [Decision(1, "off")]
    store.apply([RecordDecision("gamma", 4, "9/30 messages", goes_on=True)])
    assert store.decisions("gamma", 9) == [Decision(4, "9/30 messages")]


def test_tallies_add_up_by_channel_day_and_kind(store: Store) -> None:
    store.apply([Tally("alpha", "2030-03-17", "generated"), Tally("beta", "2030-03-17", "blocked")])
    store.apply([Tally("alpha", "2030-03-17", "generated", 4)])
    store.apply([Tally("alpha", "2030-03-17", "blocked"), Tally("alpha", "2030-03-18", "blocked")])
    assert store.tally("alpha", "2030-03-17") == {"generated": 5, "blocked": 1}
    assert store.tally("gamma", "2030-03-17") == {}


def test_tallies_of_one_transaction_are_one_write_each(store: Store) -> None:
    """Each message that the filter blocks is counted, and in a raid there are many."""
    day = "2030-03-17"
    batch = [
        said("one"),
        Tally("alpha", day, "blocked"),
        said("two"),
        Tally("beta", day, "blocked"),
    ]
    applied = store.apply([*batch, Tally("alpha", day, "blocked", 3), said("one")])
    assert [each.rows for each in applied] == [1, 1, 1, 1, 1, 0]
    assert store.tally("alpha", day) == {"blocked": 4}
    assert store.tally("beta", day) == {"blocked": 1}
    assert [line.message_id for line in store.recent_messages("alpha", 9)] == ["one", "two"]
