"""The tables, as numbered migrations that run at start.

A migration is never changed once it was released: a new one is added.  Each runs in one
transaction with the note that it ran.  MySQL commits at every change of a table, so there an
interrupted migration is run again from its first step, and steps found done are passed over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from clankbot.database.dialect import Statement, both, each, named_lock
from clankbot.database.session import AlreadyThere, Session
from clankbot.errors import DatabaseTooNew, DatabaseUnavailable

log = logging.getLogger(__name__)

_SQLITE_TYPES: Final = {
    "id": "INTEGER PRIMARY KEY AUTOINCREMENT",  # an id never comes back, so a mark in them holds
    "word": "TEXT",
    "name": "TEXT",
    "phrase": "TEXT",
    "text": "TEXT",
    "number": "INTEGER",
    "flag": "INTEGER",
    "real": "REAL",
    "options": "",
    "of_messages": "",
}
_MYSQL_TYPES: Final = {
    "id": "BIGINT PRIMARY KEY AUTO_INCREMENT",
    "word": "VARCHAR(64)",
    "name": "VARCHAR(255)",
    "phrase": "VARCHAR(500)",
    "text": "TEXT",
    "number": "BIGINT",
    "flag": "BOOLEAN",
    "real": "DOUBLE",
    "of_messages": "ON messages",
    # Every character is kept and compared for what it is: capitals and blanks at the end count.
    # The two servers call that collation by different names, and each reads only its own comment.
    "options": "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4"
    " COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */",
}


def statements(migration: str) -> list[Statement]:
    """The statements of a migration in the words of both engines."""
    return [
        each(text.format(**_SQLITE_TYPES), text.format(**_MYSQL_TYPES))
        for text in migration.strip().strip(";").split(";")
    ]


_FIRST: Final = """
CREATE TABLE messages (
    id {id},
    message_id {name} NOT NULL UNIQUE,
    channel {word} NOT NULL,
    user_id {word} NOT NULL,
    user_login {word} NOT NULL,
    user_display_name {name} NOT NULL,
    message_content {text} NOT NULL,
    timestamp {number} NOT NULL,
    is_own {flag} NOT NULL DEFAULT 0
) {options};
CREATE INDEX messages_by_channel ON messages (channel, id, is_own);
CREATE INDEX messages_by_time ON messages (channel, timestamp);
CREATE INDEX messages_by_viewer ON messages (user_id, channel);
CREATE INDEX messages_by_login ON messages (user_login, channel);
CREATE TABLE opt_outs (user_id {word} PRIMARY KEY, since {number} NOT NULL) {options};
CREATE TABLE spoken (
    id {id},
    channel {word} NOT NULL,
    message_id {name} UNIQUE,
    after_row {number} NOT NULL,
    spoken_at {number} NOT NULL,
    fingerprint {text} NOT NULL,
    shadow {flag} NOT NULL DEFAULT 0,
    removed_at {number}
) {options};
CREATE INDEX spoken_by_channel ON spoken (channel, id);
CREATE TABLE hints (
    id {id},
    channel {word} NOT NULL,
    hinted_at {number} NOT NULL
) {options};
CREATE INDEX hints_by_channel ON hints (channel, hinted_at);
CREATE TABLE channel_config (
    channel {word} PRIMARY KEY,
    message_threshold {number},
    time_delay {number},
    context_limit {number},
    ollama_model {name},
    cooldown {number},
    max_length {number},
    temperature {real},
    top_p {real},
    top_k {number},
    min_p {real},
    repeat_penalty {real},
    num_predict {number},
    seed {number},
    persona {text},
    mentions {flag},
    spontaneous {flag},
    retention_days {number},
    enabled {flag},
    quiet_until {number},
    quiet_hours {word},
    timezone {word},
    live_only {flag},
    adaptive {flag},
    min_speakers {number},
    created_at {number} NOT NULL,
    updated_at {number} NOT NULL
) {options};
CREATE TABLE setting_changes (
    id {id},
    channel {word} NOT NULL,
    setting {word} NOT NULL,
    old_value {text},
    new_value {text},
    changed_by_id {word} NOT NULL,
    changed_by {name} NOT NULL,
    changed_at {number} NOT NULL,
    undoes {number},
    undone {flag} NOT NULL DEFAULT 0
) {options};
CREATE INDEX setting_changes_by_channel ON setting_changes (channel, id);
CREATE TABLE channel_terms (
    id {id},
    channel {word} NOT NULL,
    term {phrase} NOT NULL,
    term_key {phrase} NOT NULL,
    changed_by_id {word} NOT NULL,
    added_at {number} NOT NULL,
    UNIQUE (channel, term_key)
) {options};
CREATE TABLE decisions (
    id {id},
    channel {word} NOT NULL,
    decided_at {number} NOT NULL,
    reason {text} NOT NULL
) {options};
CREATE INDEX decisions_by_channel ON decisions (channel, id);
CREATE TABLE tallies (
    channel {word} NOT NULL,
    day {word} NOT NULL,
    what {word} NOT NULL,
    n {number} NOT NULL,
    PRIMARY KEY (channel, day, what)
) {options};
CREATE TABLE auth_tokens (
    id {id},
    access_token {text} NOT NULL,
    refresh_token {text} NOT NULL,
    expires_at {number} NOT NULL,
    bot_username {word} NOT NULL,
    bot_user_id {word} NOT NULL,
    created_at {number} NOT NULL
) {options};
CREATE TABLE leases (
    name {word} PRIMARY KEY,
    holder {name} NOT NULL,
    until_ms {number} NOT NULL
) {options};
CREATE TABLE batch_marks (
    writer {word} PRIMARY KEY,
    mark {word} NOT NULL,
    marked_at {number} NOT NULL
) {options};
"""

_LIMITS: Final = """
CREATE TABLE traffic (
    id {id},
    kind {word} NOT NULL,
    at {number} NOT NULL
) {options};
CREATE INDEX traffic_by_time ON traffic (at);
"""

# Locks that end with their holder have taken the place of leases.
_REMOVALS: Final = """
CREATE TABLE removals (
    id {id},
    scope {word} NOT NULL,
    up_to_row {number} NOT NULL,
    first_key {word} NOT NULL,
    last_key {word} NOT NULL
) {options};
CREATE TABLE counters (name {word} PRIMARY KEY, n {number} NOT NULL) {options};
CREATE INDEX spoken_by_removal ON spoken (channel, removed_at);
DROP TABLE IF EXISTS leases;
ALTER TABLE traffic ADD COLUMN channel {word};
ALTER TABLE traffic ADD COLUMN checksum {number};
"""

# A repeated batch is harmless without marks.
_PROMPTS: Final = """
CREATE TABLE windows (channel {word} PRIMARY KEY, first_row {number} NOT NULL) {options};
CREATE TABLE model_figures (model {name} PRIMARY KEY, figures {text} NOT NULL) {options};
DROP TABLE IF EXISTS batch_marks;
"""

# A login can change hands, an id cannot: it has a row for each name that it ever had.
_CHANNELS: Final = """
CREATE TABLE channels (
    channel_id {word} NOT NULL,
    login {word} NOT NULL,
    is_current {flag} NOT NULL,
    first_seen {number} NOT NULL,
    last_seen {number} NOT NULL,
    PRIMARY KEY (channel_id, login)
) {options};
CREATE INDEX channels_by_login ON channels (login, is_current);
"""

# Each row of messages is noted in as few places, and in as few bytes, as the questions allow: with
# every line they cost an SD card more than the words.  Every index holds the id in any case.
_SLIM: Final = """
DROP INDEX messages_by_channel {of_messages};
CREATE INDEX messages_by_channel ON messages (channel);
DROP INDEX messages_by_viewer {of_messages};
CREATE INDEX messages_by_viewer ON messages (user_id);
DROP INDEX messages_by_login {of_messages};
"""

# ``counts`` is JSON: the names of what is counted are many, and only read all together.
_FIGURES: Final = """
CREATE TABLE figures (
    channel {word} NOT NULL,
    span {number} NOT NULL,
    began_at {number} NOT NULL,
    counts {text} NOT NULL,
    PRIMARY KEY (span, began_at, channel)
) {options};
"""

_VOICE: Final = """
ALTER TABLE channel_config ADD COLUMN drafts {number};
ALTER TABLE channel_config ADD COLUMN stream {flag};
ALTER TABLE channel_config ADD COLUMN disclose {flag};
"""

_COMPANY: Final = """
ALTER TABLE channel_config ADD COLUMN followup {number};
ALTER TABLE channel_config ADD COLUMN share {number};
ALTER TABLE channel_config ADD COLUMN tact {flag};
ALTER TABLE spoken ADD COLUMN reactions {number};
"""

# Each is the step to the schema of its place, from 1 on: statements with semicolons between them.
# ``{id}`` and the like stand for the engines' own names of the types.
MIGRATIONS: Final = (
    *(_FIRST, _LIMITS, _REMOVALS, _PROMPTS),
    *(_CHANNELS, _SLIM, _FIGURES, _VOICE, _COMPANY),
)

_HAS_TABLES: Final = each("SELECT COUNT(*) FROM sqlite_master", "SELECT 1")
# What a new SQLite file begins with, in this order.  Later it has no effect, but waits for other
# writers.  A line of chat changes a few bytes on each of several pages: on pages of half the usual
# size nearly half as many bytes are written for it.
_SET_UP_FILE: Final = (
    each("PRAGMA page_size = 2048", "DO 0"),
    each("PRAGMA auto_vacuum = INCREMENTAL", "DO 0"),
)
# A file remembers it, unless it was put together from a backup.
_KEEP_LOG: Final = each("PRAGMA journal_mode = WAL", "DO 0")
# SQLite needs no lock of its own: each migration begins by taking the file for writing.
LOCK_SCHEMA: Final = each("SELECT 1", f"SELECT GET_LOCK({named_lock('schema')}, 5)")
(_VERSION_TABLE,) = statements(
    "CREATE TABLE IF NOT EXISTS schema_version"
    " (version {number} PRIMARY KEY, applied_at {number} NOT NULL) {options}"
)
VERSION: Final = both("SELECT MAX(version) FROM schema_version")
_HAS_VERSION: Final = each(
    "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_version'",
    "SELECT COUNT(*) FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_name = 'schema_version'",
)
_NOTE: Final = both("INSERT INTO schema_version (version, applied_at) VALUES (?, ?)")


def migrate(
    session: Session, now_ms: Callable[[], int], migrations: Sequence[str] = MIGRATIONS
) -> None:
    """Bring the tables up to date; two programs may do it at once.

    DatabaseTooNew if a newer version of the program has been here.  If there is nothing to do,
    nothing is written, and nobody who is writing is waited for.  The session is to be closed
    afterwards, which on MySQL lets the next program in.
    """
    if session.number(LOCK_SCHEMA) != 1:
        raise DatabaseUnavailable("another clankbot is just migrating the database")
    if not session.number(_HAS_TABLES):
        for statement in _SET_UP_FILE:
            session.rows(statement)
    session.run(_VERSION_TABLE)
    done = version(session, migrations)
    session.rows(_KEEP_LOG)
    for number, migration in enumerate(migrations[done:], done + 1):
        _run(session, number, migration, now_ms())


def version(session: Session, migrations: Sequence[str] = MIGRATIONS) -> int:
    """The number of the last migration that ran."""
    found, latest = session.number(VERSION), len(migrations)
    if found > latest:
        raise DatabaseTooNew(
            f"the database has schema {found} of a newer clankbot; this one knows up to {latest}:"
            " bring the program up to date, or put back the backup that was made before"
        )
    return found


def look_at_version(session: Session) -> int:
    """The same, of a database that may have no tables yet: 0.  Changes nothing."""
    return version(session) if session.number(_HAS_VERSION) else 0


def _run(session: Session, number: int, migration: str, at_ms: int) -> None:
    with session.transaction():
        if session.number(VERSION) >= number:
            return  # another program was faster
        for statement in statements(migration):
            with suppress(AlreadyThere):
                session.run(statement)
        session.run(_NOTE, number, at_ms)
    log.info("database migrated", extra={"schema": number})
