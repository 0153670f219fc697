"""The database stays small, in small steps, and removed words do not linger in its file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from clankbot.database.database import Database, Store
from clankbot.database.dialect import both
from clankbot.database.session import Session
from clankbot.database.sqlite import SqliteEngine
from clankbot.records.answers import ChannelSummary
from clankbot.records.writes import (
    AddHint,
    BlockTerm,
    RecordSpoken,
    RemoveChannel,
    RemoveMessage,
    RemoveViewer,
    SetSetting,
    Tally,
)
from tests.database.conftest import NOW_MS, StoppedClock, bot_said, prepared, said

_DAY_MS = 86_400_000


def _ids(store: Store, channel: str = "alpha") -> list[str]:
    return [line.message_id for line in store.recent_messages(channel, 10_000)]


def test_old_messages_go_and_younger_ones_stay(store: Store) -> None:
    store.apply([said(f"m{n}", at_ms=n) for n in range(10)])
    store.apply([said("x", channel="beta", at_ms=1)])
    assert store.prune("alpha", older_than_ms=4, keep_count=None) == 4
    assert store.prune("alpha", older_than_ms=4, keep_count=None) == 0
    assert _ids(store) == [f"m{n}" for n in range(4, 10)]
    assert _ids(store, "beta") == ["x"]


def test_only_so_many_messages_are_kept(store: Store) -> None:
    store.apply([said(f"m{n}", at_ms=100 - n) for n in range(10)])
    store.apply([said("x", channel="beta")])
    assert store.prune("alpha", older_than_ms=None, keep_count=3) == 7
    assert store.prune("alpha", older_than_ms=None, keep_count=3) == 0
    assert _ids(store) == ["m7", "m8", "m9"]


def test_a_step_removes_no_more_than_it_may(store: Store) -> None:
    store.apply([said(f"m{n}", at_ms=7) for n in range(10)])
    assert store.prune("alpha", older_than_ms=8, keep_count=2, max_rows=4) == 4
    assert store.prune("alpha", older_than_ms=None, keep_count=2, max_rows=3) == 3
    assert store.prune("alpha", older_than_ms=None, keep_count=2, max_rows=3) == 1
    assert _ids(store) == ["m8", "m9"]


def test_no_limit_removes_nothing(store: Store) -> None:
    store.apply([said("a", at_ms=1)])
    assert store.prune("alpha", older_than_ms=None, keep_count=None) == 0
    assert _ids(store) == ["a"]


def test_the_last_time_the_bot_spoke_is_never_forgotten(store: Store) -> None:
    store.apply([RecordSpoken("alpha", f"o{n}", n, "print") for n in range(5)])
    store.apply([RecordSpoken("beta", "x", 1, "print")])
    store.prune("alpha", older_than_ms=3, keep_count=None)
    assert [row.message_id for row in store.recent_spoken("alpha", 9)] == ["o4", "o3"]
    store.prune("alpha", older_than_ms=1000, keep_count=1)
    assert [row.message_id for row in store.recent_spoken("alpha", 9)] == ["o4"]
    assert store.pace("alpha", 1, 1).spoke_at_ms == 4
    assert store.pace("beta", 1, 1).spoke_at_ms == 1


def test_figures_and_hints_are_kept_for_ninety_days(store: Store) -> None:
    store.apply([Tally("alpha", "2029-12-16", "blocked"), Tally("alpha", "2029-12-17", "blocked")])
    store.apply([AddHint("alpha", NOW_MS - 91 * _DAY_MS), AddHint("alpha", NOW_MS - 89 * _DAY_MS)])
    store.prune("alpha", older_than_ms=None, keep_count=None)
    assert store.tally("alpha", "2029-12-16") == {}
    assert store.tally("alpha", "2029-12-17") == {"blocked": 1}
    assert store.hints_since("alpha", 0) == [NOW_MS - 89 * _DAY_MS]


def test_who_changed_a_setting_or_term_is_known_for_ninety_days(store: Store) -> None:
    old, young = NOW_MS - 91 * _DAY_MS, NOW_MS - 89 * _DAY_MS
    store.apply([SetSetting("alpha", "seed", 5, "7", "mona", old)])
    store.apply([SetSetting("alpha", "seed", 6, "8", "max", young)])
    store.apply([BlockTerm("alpha", "spoiler", "9", old)])
    store.prune("alpha", older_than_ms=None, keep_count=None)
    changes = store.changes("alpha", 9)
    assert [(c.new_value, c.changed_by_id, c.changed_by) for c in changes] == [
        (6, "8", "max"),
        (5, "", ""),
    ]
    assert store.find_viewers("9", None) == []
    assert store.terms("alpha") == ("spoiler",)


def test_summaries_tell_of_every_channel(store: Store) -> None:
    assert store.summaries() == []
    store.apply([said("a", at_ms=5), said("b", at_ms=7), said("c", user="2", at_ms=6)])
    store.apply([*bot_said("o", at_ms=9), said("x", channel="beta", at_ms=1)])
    assert store.summaries() == [
        ChannelSummary("alpha", 4, 2, 1, 5, 9),
        ChannelSummary("beta", 1, 1, 0, 1, 1),
    ]


def test_channels_are_those_with_anything_stored(store: Store) -> None:
    store.apply([said("a"), SetSetting("gamma", "seed", 1, "7", "Mod", 1)])
    store.apply([RecordSpoken("beta", None, 1, "print")])
    assert store.channels() == ["alpha", "beta", "gamma"]


def test_the_size_grows_with_what_is_stored(sqlite: Database) -> None:
    with sqlite.open() as store:
        before = store.size_bytes()
        store.apply([said(f"m{n}", "x" * 400) for n in range(1000)])
        assert store.size_bytes() > before + 400_000


def test_the_size_is_told_for_a_server_too(mysql: Database) -> None:
    with mysql.open() as store:
        assert store.size_bytes() > 10_000


def test_a_server_looks_after_its_space_itself(mysql: Database) -> None:
    with mysql.open() as store:
        assert store.release_space(64) == 0


def test_freed_space_goes_back_to_the_disk_step_by_step(sqlite: Database) -> None:
    with sqlite.open() as store:
        store.apply([said(f"m{n}", "x" * 400) for n in range(3000)])
        full = store.size_bytes()
        while store.prune("alpha", None, 10):
            pass
        steps = []
        while freed := store.release_space(64):
            steps.append(freed)
        assert len(steps) > 3
        assert max(steps) == 64
        assert store.size_bytes() < full / 2
        assert len(_ids(store)) == 10


def test_a_file_that_was_made_without_giving_space_back_keeps_it(tmp_path: Path) -> None:
    """As one that a person restored from a dump."""
    path = tmp_path / "chat.db"
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA auto_vacuum = NONE")
        plain.execute("CREATE TABLE restored (n INTEGER)")
    database = prepared(Database.sqlite(path))
    with database.open() as store:
        store.apply([said(f"m{n}", "x" * 400) for n in range(1000)])
        store.apply([RemoveChannel("alpha", 9)])
        assert store.release_space(64) == 0


def _file_contents(database: Database) -> bytes:
    assert isinstance(database.engine, SqliteEngine)
    path = database.engine.path
    return path.read_bytes() + Path(f"{path}-wal").read_bytes()


def test_removed_words_are_gone_from_the_file_itself(sqlite: Database) -> None:
    with sqlite.open() as store:
        store.apply([said(f"m{n}", f"secret {n} " * 30) for n in range(200)])
        store.apply([said("kept", "harmless", user="2")])
        store.apply([RemoveMessage("alpha", "m7", 9)])
        store.apply([RemoveViewer("alpha", "1", None, 9)])
        store.release_space(64)
        contents = _file_contents(sqlite)
        assert b"harmless" in contents
        assert b"secret" not in contents


def test_the_log_is_emptied_later_while_someone_reads(sqlite: Database) -> None:
    with sqlite.open() as store, closing(sqlite.engine.connect()) as reader:
        store.apply([said("a", "secret"), said("b")])
        reader.cursor().execute("BEGIN", ())
        reader.cursor().execute("SELECT COUNT(*) FROM messages", ())
        store.apply([RemoveMessage("alpha", "a", 9)])
        store.release_space(64)
        assert b"secret" in _file_contents(sqlite)
        reader.cursor().execute("COMMIT", ())
        store.release_space(64)
        assert b"secret" not in _file_contents(sqlite)


def test_emptying_the_log_leaves_the_wait_for_a_busy_file_as_short_as_it_was(
    sqlite: Database,
) -> None:
    session = Session(sqlite.engine)
    with closing(session), Store(session, StoppedClock()) as store:
        before = session.number(both("PRAGMA busy_timeout"))
        store.apply([said("a")])
        store.apply([RemoveMessage("alpha", "a", 9)])
        store.release_space(64)
        assert session.number(both("PRAGMA busy_timeout")) == before == 500
