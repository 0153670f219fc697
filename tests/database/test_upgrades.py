"""A database written by any earlier version opens in this one, and keeps every row it holds."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass

import pytest

from clankbot.database.database import Database
from clankbot.database.dialect import Dialect, both, each
from clankbot.database.schema import MIGRATIONS, migrate, statements, version
from clankbot.database.session import Row, Session
from clankbot.records.accounts import EncryptedTokens
from clankbot.records.answers import (
    Decision,
    Figures,
    Pace,
    SettingChange,
    SpokenRow,
    StoredState,
)
from clankbot.records.speech import ContextLine
from clankbot.records.writes import RateLimitEvent, RecordRateLimitEvent
from tests.database.conftest import NOW_MS, NewDatabase, prepared

CURRENT = len(MIGRATIONS)


@dataclass(frozen=True)
class Content:
    """Rows that a version of the program may have left in a table."""

    table: str
    columns: str
    rows: tuple[Row, ...]
    since: int = 1
    until: int = CURRENT
    """The last schema that has the table, or has it in this form."""

    def exists_at(self, schema: int) -> bool:
        """Whether a database of this schema may hold it."""
        return self.since <= schema <= self.until


CONTENTS = (
    Content(
        "messages",
        "id, message_id, channel, user_id, user_login, user_display_name, message_content,"
        " timestamp, is_own",
        (
            (3, "m1", "alpha", "1", "viewer", "Viewer", "kept 😀 ", 1000, 0),
            (4, "o1", "alpha", "900", "clankbot", "ClankBot", "beep", 2000, 1),
            (7, "m2", "alpha", "2", "other", "Ötherß", "x" * 500, 3000, 0),
            (8, "M2", "beta", "1", "viewer", "Viewer", "", 3000, 0),
        ),
    ),
    Content("opt_outs", "user_id, since", (("5", 1000), ("6", 2000))),
    Content(
        "spoken",
        "id, channel, message_id, after_row, spoken_at, fingerprint, shadow, removed_at",
        (
            (1, "alpha", "o0", 1, 1000, "print of o0", 0, 1500),
            (2, "alpha", "o1", 4, 2000, "print of o1", 0, None),
            (3, "beta", None, 8, 3000, "whispered", 1, None),
        ),
    ),
    Content("hints", "id, channel, hinted_at", ((1, "alpha", 1500), (2, "alpha", 1500))),
    Content(
        "channel_config",
        "channel, message_threshold, time_delay, context_limit, ollama_model, cooldown, max_length,"
        " temperature, top_p, top_k, min_p, repeat_penalty, num_predict, seed, persona, mentions,"
        " spontaneous, retention_days, enabled, quiet_until, quiet_hours, timezone, live_only,"
        " adaptive, min_speakers, created_at, updated_at",
        (
            ("alpha", 12, *[None] * 16, 0, *[None] * 6, 1000, 2000),
            (
                *("beta", 1, 2, 3, "qwen3:8b", 4, 5, 0.1, 0.30000000000000004, 6, 1e-05, 1.0, 7),
                *(2**62, "a cat 🐈", 1, 0, 8, 1, 9, "22-08", "Europe/Berlin", 0, 1, 2, 1000, 2000),
            ),
        ),
    ),
    Content(
        "setting_changes",
        "id, channel, setting, old_value, new_value, changed_by_id, changed_by, changed_at, undoes,"
        " undone",
        (
            (1, "alpha", "message_threshold", None, "12", "7", "Mod", 1000, None, 0),
            (2, "alpha", "enabled", "true", "false", "7", "Mod", 2000, None, 1),
            (3, "alpha", "enabled", "false", "false", "", "", 3000, 2, 0),
        ),
    ),
    Content(
        "channel_terms",
        "id, channel, term, term_key, changed_by_id, added_at",
        ((1, "alpha", "Spoiler", "spoiler", "7", 1000), (2, "alpha", "straße", "strasse", "", 2)),
    ),
    Content(
        "decisions",
        "id, channel, decided_at, reason",
        ((1, "alpha", 1000, "12/30 messages"), (2, "alpha", 2000, "off")),
    ),
    Content(
        "tallies",
        "channel, day, what, n",
        (("alpha", "2030-03-16", "blocked", 3), ("alpha", "2030-03-17", "blocked", 4)),
    ),
    Content(
        "auth_tokens",
        "id, access_token, refresh_token, expires_at, bot_username, bot_user_id, created_at",
        ((2, "sealed access", "sealed refresh", 5000, "clankbot", "900", 1000),),
    ),
    Content("leases", "name, holder, until_ms", (("bot", "host/1", 1000),), until=2),
    Content("batch_marks", "writer, mark, marked_at", (("w1", "m1", NOW_MS),), until=3),
    Content("traffic", "id, kind, at", ((1, "join", 1000), (2, "message", 2000)), 2, until=2),
    Content(
        "traffic",
        "id, kind, at, channel, checksum",
        ((1, "join", 1000, None, None), (2, "message", 2000, "alpha", 2**32 - 1)),
        since=3,
    ),
    Content(
        "removals",
        "id, scope, up_to_row, first_key, last_key",
        ((1, "viewer", 3, "1", "alpha"),),
        since=3,
    ),
    Content("counters", "name, n", (("call_offs", 17),), since=3),
    Content("windows", "channel, first_row", (("alpha", 4), ("beta", 8)), since=4),
    Content("model_figures", "model, figures", (("qwen3:8b", '{"reads": 52}'),), since=4),
    Content(
        "channels",
        "channel_id, login, is_current, first_seen, last_seen",
        (("111", "alpha", 1, 2000, 3000), ("111", "former", 0, 1000, 1000)),
        since=5,
    ),
    Content(
        "figures",
        "span, began_at, channel, counts",
        ((0, 900_000, "", "{}"), (300, 900_000, "alpha", '{"messages":7,"judged:echo":1}')),
        since=7,
    ),
)
"""What lies in each table.  A migration that makes a table adds to this list; one that takes a
table away gives its rows a last schema."""

RELEASED = {
    1: (
        "97361053d6043c3a3d86192b67f9376492bdbf6074843592b40acb111674dfd4",
        "6a7a7afb13396ae46d7f8460547368142e2db7064c75cf0d3a5ae9d16db37331",
    ),
    2: (
        "2f1032b8a0216e4dad3842c32bd2c588bf438e4649a03c00929052ec9296065d",
        "2740a6e0f6c8ab21e792bfb001c4c828803d0946b1acd503b83851b6a4ed88a1",
    ),
    3: (
        "68d80edfe295d2c297c98704f0070dad0d3d2af51215cb725b4d335e25e7d37f",
        "248f6de25aaac139a191337ce70949317ba7b7f447197f1accb793140aa7f1b5",
    ),
    4: (
        "c4d0853b5f4b3d5b78db6dc5be04b8adcaa2663e5a6d2a6a03597392b33cf3b9",
        "c626e6010e4f5e6f518ebd6ba6e81f8e1f9531214c3d9fcca85f48b61d42ca8e",
    ),
    5: (
        "ccdbba106bc42949fd12dd59fd74bc988619f1a8bec1406a198443ae539c0cb0",
        "e1a5756d02d19799e9d4e5f8e2eddc8e0d2075596ea507d18b006dba13544891",
    ),
    6: (
        "07a4889d11b83ce2220a2378a9c6882ed362bc5773f2d0ac5edd4e31f421f032",
        "da71ee3bf27ba8c569982470f36cb390b19531395d35770f78345d10ccadc544",
    ),
    7: (
        "f38a9ca7987e3c64ddd1eb2e22628b0fe7d9ce63166c9ebe0381de2f9bb9eeda",
        "049c4140ce9ecc898babdd4067f0ec1491bb086d59e98202eb6ca5f4ac7a03a8",
    ),
    8: (
        "63e4bc6a533c3551377e8a51127cb27faef9a75c75da47b43010e2f6707d3cd6",
        "dcafd36ca170889f3e992fffec45c12172681ee46497fe35d82516e3875c4d04",
    ),
    9: (
        "1e7c360471f3205b4ca18bff4aad9fe76ea754ae4236890f429486f23d04899a",
        "c0ae65724e00718528a4aea68d5fffe3c39b41722a49a3756d7fbf8eb372accd",
    ),
}
"""SHA-256 of what each migration runs on SQLite and on MySQL.  These lines are only added to."""

_TABLES = each(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
)


def checksums(migration: str) -> tuple[str, str]:
    """Of the statements for either engine, however their lines are broken."""
    texts = (
        "; ".join(" ".join(statement.text(dialect).split()) for statement in statements(migration))
        for dialect in (Dialect.SQLITE, Dialect.MYSQL)
    )
    sqlite, mysql = (hashlib.sha256(text.encode()).hexdigest() for text in texts)
    return sqlite, mysql


def test_a_released_migration_is_never_changed() -> None:
    assert {n: checksums(migration) for n, migration in enumerate(MIGRATIONS, 1)} == RELEASED


def rows(session: Session, content: Content) -> tuple[Row, ...]:
    """What the table holds now, in the columns that the content has."""
    return tuple(session.rows(both(f"SELECT {content.columns} FROM {content.table} ORDER BY 1, 2")))


@pytest.fixture(params=range(1, CURRENT + 1))
def schema(request: pytest.FixtureRequest) -> int:
    """Each schema that was ever released."""
    number: int = request.param
    return number


@pytest.fixture
def written(new_database: NewDatabase, schema: int) -> Database:
    """A database of that schema, with rows in every table it has."""
    database = new_database()
    database.engine.create()
    with closing(Session(database.engine)) as session:
        migrate(session, lambda: 1000, MIGRATIONS[:schema])
        for content in CONTENTS:
            if content.exists_at(schema):
                signs = ", ".join("?" * len(content.rows[0]))
                insert = f"INSERT INTO {content.table} ({content.columns}) VALUES ({signs})"
                session.run_many(both(insert), content.rows)
        for (table,) in session.rows(_TABLES):
            assert session.number(both(f"SELECT COUNT(*) FROM {table}")), f"{table} is empty"
    return database


def test_every_row_is_still_there(written: Database, schema: int) -> None:
    database = prepared(written)
    with closing(Session(database.engine)) as session:
        assert version(session) == CURRENT
        left = {table for (table,) in session.rows(_TABLES)}
        kept = [
            content for content in CONTENTS if content.exists_at(schema) and content.table in left
        ]
        for content in kept:
            assert rows(session, content) == content.rows, content.table
        taken_away = {"leases"} if schema < 3 else set()
        taken_away |= {"batch_marks"} if schema < 4 else set()
        assert {c.table for c in CONTENTS if c.exists_at(schema)} - left == taken_away
        if schema == 2:  # the columns that came later are empty in the rows that were there
            assert session.rows(both("SELECT channel, checksum FROM traffic")) == [(None, None)] * 2


def test_the_tables_are_those_of_a_new_database(
    written: Database, new_database: NewDatabase
) -> None:
    columns = each(
        'SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk'
        " FROM sqlite_master AS m, pragma_table_info(m.name) AS c"
        " WHERE m.type = 'table' ORDER BY 1, 2",
        "SELECT table_name, column_name, column_type, is_nullable, column_default, column_key"
        " FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY 1, 2",
    )
    with (
        closing(Session(prepared(written).engine)) as upgraded,
        closing(Session(prepared(new_database()).engine)) as new,
    ):
        assert upgraded.rows(columns) == new.rows(columns)


def test_the_program_answers_from_what_was_there(written: Database, schema: int) -> None:
    with prepared(written).open() as store:
        assert store.recent_messages("beta", 9) == [
            ContextLine("M2", "1", "viewer", "Viewer", "", 3000)
        ]
        assert [line.text for line in store.recent_messages("alpha", 9)][:2] == ["kept 😀 ", "beep"]
        assert store.pace("alpha", 9, 9) == Pace(counted=1, held=3, spoke_at_ms=2000)
        assert store.recent_spoken("beta", 9) == [SpokenRow(None, 3000, "whispered", False, True)]
        assert [spoken.message_id for spoken in store.removed_spoken("alpha", 9)] == ["o0"]
        assert store.hints_since("alpha", 0) == [1500, 1500]
        assert store.opted_out() == {"5", "6"}
        assert store.overrides("alpha") == {"message_threshold": 12, "enabled": False}
        assert len(store.overrides("beta")) == 24
        assert store.changes("alpha", 1) == [
            SettingChange(3, "alpha", "enabled", False, False, "", "", 3000, undone=False)
        ]
        assert store.terms("alpha") == ("Spoiler", "straße")
        assert store.decisions("alpha", 1) == [Decision(2000, "off")]
        assert store.tally("alpha", "2030-03-17") == {"blocked": 4}
        tokens = store.load_tokens()
        assert isinstance(tokens, EncryptedTokens)
        assert (tokens.access_token, tokens.bot_user_id) == ("sealed access", "900")
        checksum = ("alpha", 2**32 - 1) if schema >= 3 else ()
        assert store.traffic_since(2000) == (
            [RecordRateLimitEvent(RateLimitEvent.MESSAGE, 2000, *checksum)] if schema >= 2 else []
        )
        assert store.deletion_epoch() == (17 if schema >= 3 else 0)
        assert store.windows() == ({"alpha": 4, "beta": 8} if schema >= 4 else {})
        assert store.model_figures() == ({"qwen3:8b": '{"reads": 52}'} if schema >= 4 else {})
        counted = Figures("alpha", 300, 900_000, {"messages": 7, "judged:echo": 1})
        assert store.figures(300, 0, 900_000) == ([counted] if schema >= 7 else [])
        assert store.state() == (StoredState(900_000, "{}") if schema >= 7 else None)


def test_a_removal_that_an_earlier_version_began_is_carried_on(
    written: Database, schema: int
) -> None:
    with prepared(written).open() as store, closing(Session(written.engine)) as session:
        begun = both("SELECT COUNT(*) FROM removals")
        assert session.number(begun) == (1 if schema >= 3 else 0)
        store.finish_removing()
        assert session.number(begun) == 0
        left = [line.message_id for line in store.recent_messages("alpha", 9)]
        assert left == (["o1", "m2"] if schema >= 3 else ["m1", "o1", "m2"])
        assert len(store.recent_messages("beta", 9)) == 1
