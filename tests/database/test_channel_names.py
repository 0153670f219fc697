"""A channel is known by its id: its data follows it to a new name, and no other gets it."""

from __future__ import annotations

from contextlib import closing

import pytest

from clankbot.database.channel_names import CARRIED
from clankbot.database.database import Database, Store
from clankbot.database.dialect import both, each
from clankbot.database.messages import STEP_ROWS
from clankbot.database.session import Session
from clankbot.records.answers import ChannelName, Figures
from clankbot.records.writes import (
    AddHint,
    Append,
    BlockTerm,
    CarriedOver,
    ForgetViewer,
    IdentifyChannel,
    KeepFigures,
    KeepWindow,
    RateLimitEvent,
    RecordDecision,
    RecordRateLimitEvent,
    RemoveChannel,
    RemoveMessage,
    RemoveViewer,
    SetSetting,
    StoredMessage,
    Tally,
    Write,
)
from tests.database.conftest import NOW_MS, bot_said, said

_MANY = 2 * STEP_ROWS + 10


def _identify(store: Store, name: str, channel_id: str, at_ms: int = 5) -> list[CarriedOver]:
    (applied,) = store.apply([IdentifyChannel(name, channel_id, at_ms)])
    return list(applied.carried_over)


def _notes(channel: str, mark: int = 1) -> list[Write]:
    """A row of a channel in every table that has any."""
    return [
        said(f"{channel}-{mark}", channel=channel),
        *bot_said(f"{channel}-own-{mark}", channel=channel),
        AddHint(channel, mark),
        SetSetting(channel, "message_threshold", mark, "7", "mona", mark),
        BlockTerm(channel, f"term{mark}", "7", mark),
        RecordDecision(channel, mark, "off"),
        Tally(channel, "2030-03-17", "said", mark),
        KeepFigures(Figures(channel, 300, NOW_MS, {"messages": mark})),
        KeepWindow(channel, mark),
        RecordRateLimitEvent(RateLimitEvent.MESSAGE, mark, channel, mark),
    ]


def _rows(database: Database) -> dict[str, dict[str, int]]:
    """By table with a column ``channel``, how many rows of each name there are."""
    tables = each(
        "SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c"
        " WHERE m.type = 'table' AND c.name = 'channel'",
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND column_name = 'channel'",
    )
    with closing(Session(database.engine)) as session:
        return {
            table: dict(
                session.rows(both(f"SELECT channel, COUNT(*) FROM {table} GROUP BY channel"))
            )
            for (table,) in session.rows(tables)
        }


def _ids(store: Store, channel: str) -> list[str]:
    return [line.message_id for line in store.recent_messages(channel, 10_000)]


def _moving(store: Store, count: int = _MANY) -> None:
    """A long history is on its way from alpha to gamma."""
    store.apply([said(f"m{n}") for n in range(count)])
    _identify(store, "alpha", "111")
    _identify(store, "gamma", "111")
    assert store.is_removing()


def test_every_table_with_a_channel_is_carried_over(database: Database, store: Store) -> None:
    store.apply(_notes("alpha") + _notes("beta"))
    assert _identify(store, "alpha", "111") == []
    before = _rows(database)
    assert {*CARRIED, "messages"} == before.keys()
    assert all(rows["alpha"] for rows in before.values())
    assert _identify(store, "gamma", "111", at_ms=9) == [CarriedOver("alpha", "gamma", 2)]
    for table, rows in _rows(database).items():
        assert rows == {"gamma": before[table]["alpha"], "beta": before[table]["beta"]}, table
    assert store.overrides("gamma") == {"message_threshold": 1}
    assert store.terms("gamma") == ("term1",)
    assert store.windows() == {"gamma": 1, "beta": 1}
    assert store.channel_names() == [
        ChannelName("111", "alpha", False, 5, 5),
        ChannelName("111", "gamma", True, 9, 9),
    ]


def test_a_channel_seen_again_under_its_name_keeps_what_it_has(store: Store) -> None:
    store.apply(_notes("alpha"))
    assert _identify(store, "alpha", "111") == []
    assert _identify(store, "alpha", "111", at_ms=9) == []
    assert _ids(store, "alpha") == ["alpha-1", "alpha-own-1"]
    assert store.channel_names() == [ChannelName("111", "alpha", True, 5, 9)]


def test_a_name_that_belongs_to_another_id_starts_empty_and_the_first_gets_all_back(
    database: Database, store: Store
) -> None:
    _identify(store, "alpha", "111")
    store.apply(_notes("alpha"))
    assert _identify(store, "alpha", "222") == [CarriedOver("alpha", "id:111", 2)]
    for table, rows in _rows(database).items():
        assert rows.keys() == {"id:111"}, table
    store.apply(_notes("alpha", 2))
    assert _identify(store, "gamma", "111") == [CarriedOver("id:111", "gamma", 2)]
    for table, rows in _rows(database).items():
        assert rows.keys() == {"alpha", "gamma"}, table
    assert store.overrides("alpha") == {"message_threshold": 2}
    assert store.overrides("gamma") == {"message_threshold": 1}
    assert _identify(store, "alpha", "111") == [
        CarriedOver("alpha", "id:222", 2),
        CarriedOver("gamma", "alpha", 2),
    ]
    assert store.terms("alpha") == ("term1",)


def test_two_channels_can_exchange_their_names(store: Store) -> None:
    for name, channel_id in (("alpha", "111"), ("beta", "222")):
        _identify(store, name, channel_id)
        store.apply(_notes(name))
    _identify(store, "beta", "111")
    _identify(store, "alpha", "222")
    assert _ids(store, "beta") == ["alpha-1", "alpha-own-1"]
    assert _ids(store, "alpha") == ["beta-1", "beta-own-1"]


def test_long_histories_that_exchange_their_names_follow_in_steps(store: Store) -> None:
    store.apply([said(f"a{n}") for n in range(_MANY)])
    store.apply([said(f"b{n}", channel="beta") for n in range(_MANY)])
    _identify(store, "alpha", "111")
    _identify(store, "beta", "222")
    _identify(store, "beta", "111")
    store.apply([said("a-new", channel="beta")])
    _identify(store, "alpha", "222")
    store.apply([said("b-new")])
    store.finish_removing()
    assert _ids(store, "beta") == [*(f"a{n}" for n in range(_MANY)), "a-new"]
    assert _ids(store, "alpha") == [*(f"b{n}" for n in range(_MANY)), "b-new"]


def test_what_was_stored_under_a_name_before_ids_were_known_is_the_channels_own(
    store: Store,
) -> None:
    store.apply(_notes("alpha"))
    assert _identify(store, "alpha", "111") == []
    assert _ids(store, "alpha") == ["alpha-1", "alpha-own-1"]


def test_what_lies_under_a_new_name_without_an_id_is_not_taken_for_the_channels_own(
    store: Store,
) -> None:
    _identify(store, "alpha", "111")
    store.apply(_notes("alpha") + _notes("gamma", 2))
    assert _identify(store, "gamma", "111") == [
        CarriedOver("gamma", "left:gamma", 2),
        CarriedOver("alpha", "gamma", 2),
    ]
    assert store.overrides("gamma") == {"message_threshold": 1}
    assert _ids(store, "left:gamma") == ["gamma-2", "gamma-own-2"]


def test_a_long_history_follows_in_steps_that_outlive_the_program(database: Database) -> None:
    with database.open() as store:
        _moving(store)
        assert store.overrides("gamma") == {}
        store.apply([said("new", channel="gamma")])
    with database.open() as store:
        assert store.carry_on_removing()
    with database.open() as store:
        store.finish_removing()
        assert _ids(store, "gamma") == [*(f"m{n}" for n in range(_MANY)), "new"]
        assert _ids(store, "alpha") == []
        assert not store.is_removing()


@pytest.mark.parametrize(
    "removal",
    [
        RemoveMessage("gamma", "last", 9),
        RemoveViewer("gamma", "2", None, 9),
        RemoveViewer("gamma", None, "viewer2", 9),
        ForgetViewer("gamma", "2"),
    ],
    ids=["message", "viewer", "login", "forget"],
)
def test_a_removal_reaches_what_is_still_on_its_way(store: Store, removal: Write) -> None:
    store.apply([said(f"m{n}") for n in range(_MANY)])
    store.apply([said("last", user="2")])
    _identify(store, "alpha", "111")
    _identify(store, "gamma", "111")
    (applied,) = store.apply([removal])
    assert applied.rows == 1
    assert "last" not in _ids(store, "alpha") + _ids(store, "gamma")
    store.finish_removing()
    assert len(_ids(store, "gamma")) == _MANY


def test_an_own_line_that_is_on_its_way_is_marked_when_it_is_removed(store: Store) -> None:
    store.apply([said(f"m{n}") for n in range(_MANY)])
    store.apply(bot_said("own"))
    _identify(store, "alpha", "111")
    _identify(store, "gamma", "111")
    (applied,) = store.apply([RemoveMessage("gamma", "own", 9)])
    assert (applied.rows, applied.own_rows) == (1, 1)
    assert [each.message_id for each in store.removed_spoken("gamma", 9)] == ["own"]


def test_a_clear_takes_what_is_still_on_its_way_and_nothing_of_the_names_former_owner(
    store: Store,
) -> None:
    store.apply([said(f"b{n}", channel="gamma") for n in range(_MANY)])
    _identify(store, "gamma", "222")
    _moving(store)
    store.apply([RemoveChannel("gamma", 9)])
    store.apply([said("new", channel="gamma")])
    store.finish_removing()
    assert _ids(store, "gamma") == ["new"]
    assert len(_ids(store, "id:222")) == _MANY


def test_a_removal_under_way_is_carried_out_before_what_is_left_moves(store: Store) -> None:
    store.apply([said(f"m{n}") for n in range(_MANY)])
    store.apply([said("other", user="2")])
    _identify(store, "alpha", "111")
    store.apply([RemoveViewer("alpha", "1", None, 9)])
    _identify(store, "gamma", "111")
    store.finish_removing()
    assert _ids(store, "gamma") == ["other"]
    assert _ids(store, "alpha") == []


def test_nothing_is_carried_over_if_the_batch_is_undone(sqlite: Database) -> None:
    with sqlite.open() as store:
        store.apply(_notes("alpha"))
        _identify(store, "alpha", "111")
        unstorable = Append(StoredMessage("x", "gamma", "1", "v", "V", "\ud800", 1))
        with pytest.raises(Exception, match="cannot hold a value"):
            store.apply([IdentifyChannel("gamma", "111", 9), unstorable])
        assert _ids(store, "alpha") == ["alpha-1", "alpha-own-1"]
        assert [name.login for name in store.channel_names()] == ["alpha"]
