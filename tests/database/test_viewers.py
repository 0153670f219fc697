"""Viewers who opt out or are forgotten leave nothing behind but, at most, an id."""

from __future__ import annotations

from collections.abc import Iterator

from clankbot.database.copying import TABLES
from clankbot.database.database import Database, Store
from clankbot.database.session import Session
from clankbot.records.writes import (
    Append,
    Applied,
    BlockTerm,
    ForgetViewer,
    OptIn,
    OptOut,
    RaiseDeletionEpoch,
    SetSetting,
    StoredMessage,
)
from tests.database.conftest import said


def _everything(database: Database) -> Iterator[str]:
    """Every text in every table."""
    session = Session(database.engine)
    for table in TABLES:
        for row in session.rows(table.first_rows, 1000):
            yield from (value for value in row if isinstance(value, str))
    session.close()


def _as_moderator(store: Store) -> None:
    store.apply(
        [
            SetSetting("alpha", "seed", 5, "1", "Viewer1", 5),
            SetSetting("beta", "seed", 5, "1", "Viewer1", 5),
            BlockTerm("alpha", "spoiler", "1", 5),
        ]
    )


def test_an_opt_out_deletes_everywhere_and_keeps_only_the_id(
    database: Database, store: Store
) -> None:
    store.apply([said("a"), said("b", channel="beta"), said("c", user="2")])
    _as_moderator(store)
    assert store.apply([OptOut("1", 9)]) == [Applied(2)]
    assert store.opted_out() == {"1"}
    assert [text for text in _everything(database) if "viewer1" in text.lower()] == []
    assert [text for text in _everything(database) if text == "1"] == ["1"]
    assert len(store.recent_messages("alpha", 9)) == 1
    assert store.overrides("alpha") == {"seed": 5}
    assert store.terms("alpha") == ("spoiler",)


def test_an_opt_out_holds_until_it_is_taken_back(database: Database) -> None:
    with database.open() as store:
        assert store.opted_out() == frozenset()
        store.apply([OptOut("1", 9), OptOut("2", 9), OptOut("1", 10)])
    with database.open() as store:
        assert store.opted_out() == {"1", "2"}
        assert store.apply([OptIn("1"), OptIn("1")]) == [Applied(1), Applied(0)]
        assert store.opted_out() == {"2"}


def test_forgetting_a_viewer_leaves_no_trace(database: Database, store: Store) -> None:
    store.apply([said("a"), said("b", channel="beta"), said("c", user="2")])
    _as_moderator(store)
    assert store.apply([ForgetViewer(None, "1")]) == [Applied(2)]
    assert [text for text in _everything(database) if text == "1" or "iewer1" in text] == []
    assert store.apply([ForgetViewer(None, "1")]) == [Applied(0)]
    assert store.find_viewers("1", None) == []


def test_forgetting_in_one_channel_leaves_the_others(store: Store) -> None:
    store.apply([said("a"), said("b", channel="beta"), said("c", user="2")])
    _as_moderator(store)
    assert store.apply([ForgetViewer("alpha", "1")]) == [Applied(1)]
    assert len(store.recent_messages("beta", 9)) == 1
    assert {change.channel: change.changed_by for change in store.changes(None, 9)} == {
        "alpha": "",
        "beta": "Viewer1",
    }


def test_forgetting_does_not_take_back_an_opt_out(store: Store) -> None:
    store.apply([OptOut("1", 9)])
    store.apply([ForgetViewer(None, "1")])
    assert store.opted_out() == {"1"}


def test_viewers_are_found_by_login_or_id(store: Store) -> None:
    renamed = StoredMessage("r", "beta", "1", "newname", "NewName", "hi", 1)
    number = StoredMessage("n", "beta", "5", "1", "1", "a login that is a number", 1)
    store.apply([said("a"), said("b"), said("c", user="2"), Append(renamed), Append(number)])
    assert sorted(store.find_viewers("Viewer2", None)) == [("2", "viewer2")]
    assert sorted(store.find_viewers("1", None)) == [("1", "newname"), ("1", "viewer1"), ("5", "1")]
    assert sorted(store.find_viewers("id:1", None)) == [("1", "newname"), ("1", "viewer1")]
    assert store.find_viewers("@1", None) == [("5", "1")]
    assert store.find_viewers("NewName (newname)", None) == [("1", "newname")]
    assert store.find_viewers("newname", "alpha") == []
    assert store.find_viewers("1", "alpha") == [("1", "viewer1")]
    assert store.find_viewers("nobody", None) == []


def test_a_display_name_in_any_script_finds_all_who_bear_it(store: Store) -> None:
    store.apply(
        [
            Append(StoredMessage("a", "alpha", "1", "vera", "Вера", "hi", 1)),
            Append(StoredMessage("b", "beta", "2", "wera", "ВЕРА ", "hi", 1)),
            Append(StoredMessage("c", "alpha", "3", "other", "Веранда", "hi", 1)),
            said("d", user="4"),
        ]
    )
    assert sorted(store.find_viewers("@вера", None)) == [("1", "vera"), ("2", "wera")]
    assert store.find_viewers("Вера", "alpha") == [("1", "vera")]
    assert store.find_viewers("Вера(wera)", None) == [("2", "wera")]
    assert store.find_viewers("%", None) == store.find_viewers("☃", None) == []


def test_a_moderator_is_found_by_what_was_changed_when_the_messages_are_gone(store: Store) -> None:
    store.apply(
        [
            SetSetting("alpha", "seed", 5, "7", "mona", 5),
            BlockTerm("beta", "spoiler", "8", 5),
        ]
    )
    assert store.find_viewers("Mona", None) == [("7", "mona")]
    assert store.find_viewers("7", "alpha") == [("7", "mona")]
    assert store.find_viewers("mona", "beta") == []
    assert store.find_viewers("8", None) == store.find_viewers("8", "beta") == [("8", "")]
    store.apply([ForgetViewer(None, "7"), ForgetViewer("beta", "8")])
    assert store.find_viewers("mona", None) == store.find_viewers("8", None) == []
    assert store.find_viewers("", None) == []


def test_a_running_bot_can_tell_that_another_program_forgot_somebody(database: Database) -> None:
    with database.open() as bot, database.open() as other:
        before = bot.deletion_epoch()
        other.apply([ForgetViewer(None, "1")])
        assert bot.deletion_epoch() == before
        other.apply([ForgetViewer(None, "1"), RaiseDeletionEpoch()])
        assert bot.deletion_epoch() == before + 1
