"""Every statement the program runs, as named constants; the migrations are in ``schema.py``.

No SQL is built from values: what varies in a text is the name of a column out of the fixed lists
in this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clankbot.database.dialect import Statement, both, each, insert, insert_new, upsert

# --- connections and transactions ---------------------------------------------------------------

HAS_TABLES: Final = each("SELECT COUNT(*) FROM sqlite_master", "SELECT 1")
SET_UP_FILE: Final = each("PRAGMA auto_vacuum = INCREMENTAL", "DO 0")
"""What a new SQLite file begins with.  Later it has no effect, but waits for whoever writes."""
KEEP_LOG: Final = each("PRAGMA journal_mode = WAL", "DO 0")
"""A file remembers it, unless it was put together from a backup."""

SQLITE_BUSY_MS: Final = 500
"""How long a statement waits for another program that is writing.  No longer, for meanwhile the
worker takes in nothing: it keeps what it has and tries again."""
SQLITE_PATIENT_BUSY_MS: Final = 5000
"""The same where nobody waits meanwhile: at a start, and for copying."""
SQLITE_CONNECTION: Final = (
    "PRAGMA synchronous = NORMAL",  # in WAL mode a crash loses nothing, a power cut the last moment
    "PRAGMA secure_delete = ON",  # removed words are overwritten in the file, not only unlinked
    "PRAGMA journal_size_limit = 4194304",  # the log shrinks again after a burst
)
MYSQL_MODE: Final = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION"
MYSQL_WAIT_S: Final = 120
"""How long the server keeps a connection that says nothing: that of a machine which vanished in
mid-transaction holds its locks for so long.  One that is needed again is simply made anew."""
MYSQL_CONNECTION: Final = (
    "SET SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = 5,"
    f" SESSION wait_timeout = {MYSQL_WAIT_S}",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",  # few locks, each read up to date
)

PING: Final = both("SELECT 1")
BEGIN: Final = each("BEGIN IMMEDIATE", "START TRANSACTION")
COMMIT: Final = both("COMMIT")
ROLLBACK: Final = both("ROLLBACK")
SYNC_FULLY: Final = each("PRAGMA synchronous = FULL", "DO 0")
SYNC_NORMALLY: Final = each("PRAGMA synchronous = NORMAL", "DO 0")

# A server has one set of lock names for all databases, and takes 64 characters.
_THIS_DATABASE: Final = "LEFT(SHA2(DATABASE(), 256), 40)"
_OUR_SCHEMA: Final = f"CONCAT('clankbot-schema-', {_THIS_DATABASE})"
_OUR_INSTANCE: Final = f"CONCAT('clankbot-instance-', {_THIS_DATABASE})"
_OUR_SIGN_IN: Final = f"CONCAT('clankbot-sign-in-', {_THIS_DATABASE})"
LOCK_SCHEMA: Final = each("SELECT 1", f"SELECT GET_LOCK({_OUR_SCHEMA}, 5)")
"""SQLite needs no lock of its own: each migration begins by taking the file for writing."""
MYSQL_TAKE_INSTANCE: Final = each(
    "SELECT 1, 0", f"SELECT GET_LOCK({_OUR_INSTANCE}, 1), CONNECTION_ID()"
)
MYSQL_INSTANCE_HOLDER: Final = each("SELECT 0", f"SELECT IS_USED_LOCK({_OUR_INSTANCE})")
MYSQL_END_CONNECTION: Final = each("SELECT ?", "KILL CONNECTION ?")
MYSQL_LOCK_SIGN_IN: Final = each("SELECT 1", f"SELECT GET_LOCK({_OUR_SIGN_IN}, 0)")

# --- messages -----------------------------------------------------------------------------------

MESSAGE_COLUMNS: Final = (
    "message_id",
    "channel",
    "user_id",
    "user_login",
    "user_display_name",
    "message_content",
    "timestamp",
    "is_own",
)
ADD_MESSAGE: Final = insert_new("messages", MESSAGE_COLUMNS, "message_id")
NEWEST_ID: Final = both("SELECT COALESCE(MAX(id), 0) FROM messages")
IDS_AFTER: Final = both("SELECT message_id FROM messages WHERE id > ?")

RECENT_MESSAGES: Final = both(
    "SELECT message_id, user_id, user_login, user_display_name, message_content, timestamp, is_own"
    " FROM messages FORCE INDEX (messages_by_channel)"
    " WHERE channel = ? ORDER BY id DESC LIMIT ?"
)
EXPORT_PAGE: Final = both(
    f"SELECT id, {', '.join(MESSAGE_COLUMNS)} FROM messages FORCE INDEX (messages_by_channel)"
    " WHERE channel = ? AND id > ? ORDER BY id LIMIT ?"
)
COUNT_AFTER_ROW: Final = both(
    "SELECT COUNT(*) FROM (SELECT 1 FROM messages FORCE INDEX (messages_by_channel)"
    " WHERE channel = ? AND id > ? AND is_own = 0 LIMIT ?) AS capped"
)
COUNT_HELD: Final = both(
    "SELECT COUNT(*) FROM (SELECT 1 FROM messages FORCE INDEX (messages_by_channel)"
    " WHERE channel = ? LIMIT ?) AS capped"
)
COUNT_SINCE: Final = both(
    "SELECT COUNT(*) FROM messages FORCE INDEX (messages_by_time)"
    " WHERE channel = ? AND timestamp >= ? AND is_own = 0"
)
SPEAKERS_SINCE: Final = both(
    "SELECT COUNT(DISTINCT user_id) FROM messages FORCE INDEX (messages_by_time)"
    " WHERE channel = ? AND timestamp >= ? AND is_own = 0"
)
CHANNELS: Final = both(
    "SELECT channel FROM messages UNION SELECT channel FROM spoken"
    " UNION SELECT channel FROM channel_config ORDER BY channel"
)
SUMMARIES: Final = both(
    "SELECT channel, COUNT(*), COUNT(DISTINCT CASE WHEN is_own = 0 THEN user_id END),"
    " SUM(is_own), MIN(timestamp), MAX(timestamp) FROM messages GROUP BY channel ORDER BY channel"
)

REMOVE_MESSAGE: Final = both("DELETE FROM messages WHERE message_id = ? AND channel = ?")

PRUNE_BY_AGE: Final = each(
    "DELETE FROM messages WHERE id IN (SELECT id FROM messages"
    " WHERE channel = ? AND timestamp < ? ORDER BY timestamp LIMIT ?)",
    "DELETE messages FROM messages JOIN (SELECT id FROM messages FORCE INDEX (messages_by_time)"
    " WHERE channel = ? AND timestamp < ? ORDER BY timestamp LIMIT ?) AS doomed USING (id)",
)
PRUNE_BY_COUNT: Final = each(
    "DELETE FROM messages WHERE id IN (SELECT id FROM messages"
    " WHERE channel = ? ORDER BY id DESC LIMIT ? OFFSET ?)",
    "DELETE messages FROM messages JOIN (SELECT id FROM messages FORCE INDEX (messages_by_channel)"
    " WHERE channel = ? ORDER BY id DESC LIMIT ? OFFSET ?) AS doomed USING (id)",
)

SIZE_BYTES: Final = each(
    "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables"
    " WHERE table_schema = DATABASE()",
)
SQLITE_FREE_PAGES: Final = each("SELECT freelist_count FROM pragma_freelist_count()", "SELECT 0")
# One page at a time, for Python's sqlite3 takes only the first step of this statement.
SQLITE_GIVE_BACK_PAGE: Final = each("PRAGMA incremental_vacuum(1)", "DO 0")
SQLITE_DO_NOT_WAIT: Final = each("PRAGMA busy_timeout = 0", "DO 0")
SQLITE_WAIT: Final = each(f"PRAGMA busy_timeout = {SQLITE_BUSY_MS}", "DO 0")
SQLITE_EMPTY_LOG: Final = each("PRAGMA wal_checkpoint(TRUNCATE)", "SELECT 0")

# --- viewers ------------------------------------------------------------------------------------

ADD_OPT_OUT: Final = insert_new("opt_outs", ("user_id", "since"), "user_id")
DELETE_OPT_OUT: Final = both("DELETE FROM opt_outs WHERE user_id = ?")
OPT_OUTS: Final = both("SELECT user_id FROM opt_outs")
FIND_VIEWERS: Final = both(
    "SELECT user_id, user_login FROM messages FORCE INDEX (messages_by_viewer) WHERE user_id = ?"
    " UNION"
    " SELECT user_id, user_login FROM messages FORCE INDEX (messages_by_login) WHERE user_login = ?"
    " UNION SELECT changed_by_id, changed_by FROM setting_changes"
    " WHERE (changed_by_id = ? OR changed_by = ?) AND changed_by_id <> ''"
    " UNION SELECT changed_by_id, '' FROM channel_terms"
    " WHERE changed_by_id = ? AND changed_by_id <> ''"
)
FIND_VIEWERS_IN_CHANNEL: Final = both(
    "SELECT user_id, user_login FROM messages FORCE INDEX (messages_by_viewer)"
    " WHERE user_id = ? AND channel = ? UNION"
    " SELECT user_id, user_login FROM messages FORCE INDEX (messages_by_login)"
    " WHERE user_login = ? AND channel = ?"
    " UNION SELECT changed_by_id, changed_by FROM setting_changes"
    " WHERE channel = ? AND (changed_by_id = ? OR changed_by = ?) AND changed_by_id <> ''"
    " UNION SELECT changed_by_id, '' FROM channel_terms"
    " WHERE channel = ? AND changed_by_id = ? AND changed_by_id <> ''"
)
UNNAME_CHANGES: Final = both(
    "UPDATE setting_changes SET changed_by_id = '', changed_by = '' WHERE changed_by_id = ?"
)
UNNAME_CHANGES_IN_CHANNEL: Final = both(
    "UPDATE setting_changes SET changed_by_id = '', changed_by = ''"
    " WHERE changed_by_id = ? AND channel = ?"
)
UNNAME_OLD_CHANGES: Final = both(
    "UPDATE setting_changes SET changed_by_id = '', changed_by = ''"
    " WHERE channel = ? AND changed_at < ? AND changed_by_id <> ''"
)
UNNAME_OLD_TERMS: Final = both(
    "UPDATE channel_terms SET changed_by_id = ''"
    " WHERE channel = ? AND added_at < ? AND changed_by_id <> ''"
)
UNNAME_TERMS: Final = both("UPDATE channel_terms SET changed_by_id = '' WHERE changed_by_id = ?")
UNNAME_TERMS_IN_CHANNEL: Final = both(
    "UPDATE channel_terms SET changed_by_id = '' WHERE changed_by_id = ? AND channel = ?"
)

COUNTER: Final = both("SELECT n FROM counters WHERE name = ?")
_ADD_COUNT: Final = insert("counters", ("name", "n"))
COUNT_UP: Final = each(
    f"{_ADD_COUNT} ON CONFLICT (name) DO UPDATE SET n = n + excluded.n",
    f"{_ADD_COUNT} ON DUPLICATE KEY UPDATE n = n + VALUES(n)",
)

# --- what the bot said, and how it was taken ------------------------------------------------------

SPOKEN_COLUMNS: Final = (
    "channel",
    "message_id",
    "after_row",
    "spoken_at",
    "fingerprint",
    "shadow",
)
ADD_SPOKEN: Final = insert_new("spoken", SPOKEN_COLUMNS, "message_id")
ID_OF_MESSAGE: Final = both("SELECT id FROM messages WHERE message_id = ?")
LAST_SPOKEN: Final = both(
    "SELECT after_row, spoken_at FROM spoken FORCE INDEX (spoken_by_channel)"
    " WHERE channel = ? ORDER BY id DESC LIMIT 1"
)
RECENT_SPOKEN: Final = both(
    "SELECT message_id, spoken_at, fingerprint, removed_at IS NOT NULL, shadow"
    " FROM spoken FORCE INDEX (spoken_by_channel) WHERE channel = ? ORDER BY id DESC LIMIT ?"
)
OWN_IDS_OF_VIEWER: Final = both(
    "SELECT message_id FROM messages FORCE INDEX (messages_by_viewer)"
    " WHERE user_id = ? AND channel = ? AND is_own = 1"
)
OWN_IDS_OF_LOGIN: Final = both(
    "SELECT message_id FROM messages FORCE INDEX (messages_by_login)"
    " WHERE user_login = ? AND channel = ? AND is_own = 1"
)
OWN_IDS_OF_CHANNEL: Final = both(
    "SELECT message_id FROM messages FORCE INDEX (messages_by_channel)"
    " WHERE channel = ? AND is_own = 1"
)
REMOVED_SPOKEN: Final = both(
    "SELECT message_id, spoken_at, fingerprint, 1, shadow"
    " FROM spoken FORCE INDEX (spoken_by_removal)"
    " WHERE channel = ? AND removed_at > 0 ORDER BY removed_at DESC LIMIT ?"
)
MARK_SPOKEN_REMOVED: Final = both(
    "UPDATE spoken SET removed_at = ? WHERE message_id = ? AND channel = ? AND removed_at IS NULL"
)
NEWEST_SPOKEN_ID: Final = both("SELECT MAX(id) FROM spoken WHERE channel = ?")
SPOKEN_ID_PAST: Final = both(
    "SELECT id FROM spoken FORCE INDEX (spoken_by_channel)"
    " WHERE channel = ? ORDER BY id DESC LIMIT 1 OFFSET ?"
)
PRUNE_SPOKEN_BY_AGE: Final = both(
    "DELETE FROM spoken WHERE channel = ? AND id < ? AND spoken_at < ?"
)
PRUNE_SPOKEN_BY_COUNT: Final = both("DELETE FROM spoken WHERE channel = ? AND id <= ?")

HINT_COLUMNS: Final = ("channel", "hinted_at")
ADD_HINT: Final = both(insert("hints", HINT_COLUMNS))
HINTS_SINCE: Final = both(
    "SELECT hinted_at FROM hints WHERE channel = ? AND hinted_at >= ? ORDER BY hinted_at"
)
CLEAR_HINTS: Final = both("DELETE FROM hints WHERE channel = ?")
PRUNE_HINTS: Final = both("DELETE FROM hints WHERE channel = ? AND hinted_at < ?")

# --- the settings of a channel and what is noted about it -----------------------------------------

SETTING_COLUMNS: Final = (
    "message_threshold",
    "time_delay",
    "context_limit",
    "ollama_model",
    "cooldown",
    "max_length",
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "repeat_penalty",
    "num_predict",
    "seed",
    "persona",
    "mentions",
    "spontaneous",
    "retention_days",
    "enabled",
    "quiet_until",
    "quiet_hours",
    "timezone",
    "live_only",
    "adaptive",
    "min_speakers",
)
SWITCH_COLUMNS: Final = frozenset({"mentions", "spontaneous", "enabled", "live_only", "adaptive"})
"""Columns that hold yes or no, kept as 1 and 0."""

ALL_OVERRIDES: Final = both(f"SELECT channel, {', '.join(SETTING_COLUMNS)} FROM channel_config")
OVERRIDES: Final = both(
    f"SELECT channel, {', '.join(SETTING_COLUMNS)} FROM channel_config WHERE channel = ?"
)
SET_COLUMN: Final[Mapping[str, Statement]] = {
    column: upsert(
        "channel_config",
        ("channel", column, "created_at", "updated_at"),
        "channel",
        (column, "updated_at"),
    )
    for column in SETTING_COLUMNS
}

_CHANGE: Final = (
    "SELECT id, channel, setting, old_value, new_value, changed_by_id, changed_by, changed_at,"
    " undone FROM setting_changes"
)
CHANGE_COLUMNS: Final = (
    "channel",
    "setting",
    "old_value",
    "new_value",
    "changed_by_id",
    "changed_by",
    "changed_at",
    "undoes",
)
ADD_CHANGE: Final = both(insert("setting_changes", CHANGE_COLUMNS))
MARK_UNDONE: Final = both("UPDATE setting_changes SET undone = 1 WHERE id = ? AND channel = ?")
LAST_CHANGE_AT: Final = both(
    "SELECT changed_at FROM setting_changes FORCE INDEX (setting_changes_by_channel)"
    " WHERE channel = ? AND undone = 0 AND undoes IS NULL ORDER BY id DESC LIMIT 1"
)
CHANGES_AT: Final = both(
    f"{_CHANGE} FORCE INDEX (setting_changes_by_channel)"
    " WHERE channel = ? AND changed_at = ? AND undone = 0 AND undoes IS NULL ORDER BY id DESC"
)
CHANGES: Final = both(f"{_CHANGE} ORDER BY id DESC LIMIT ?")
CHANGES_IN_CHANNEL: Final = both(
    f"{_CHANGE} FORCE INDEX (setting_changes_by_channel) WHERE channel = ? ORDER BY id DESC LIMIT ?"
)

TERM_COLUMNS: Final = ("channel", "term", "term_key", "changed_by_id", "added_at")
ADD_TERM: Final = insert_new("channel_terms", TERM_COLUMNS, "channel, term_key")
DELETE_TERM: Final = both("DELETE FROM channel_terms WHERE channel = ? AND term_key = ?")
TERMS: Final = both("SELECT term FROM channel_terms WHERE channel = ? ORDER BY id")
ALL_TERMS: Final = both("SELECT channel, term FROM channel_terms ORDER BY id")

DECISION_COLUMNS: Final = ("channel", "decided_at", "reason")
ADD_DECISION: Final = both(insert("decisions", DECISION_COLUMNS))
UPDATE_DECISION: Final = both("UPDATE decisions SET decided_at = ?, reason = ? WHERE id = ?")
DECISIONS: Final = both(
    "SELECT decided_at, reason FROM decisions FORCE INDEX (decisions_by_channel)"
    " WHERE channel = ? ORDER BY id DESC LIMIT ?"
)
DECISION_ID_PAST: Final = both(
    "SELECT id FROM decisions FORCE INDEX (decisions_by_channel)"
    " WHERE channel = ? ORDER BY id DESC LIMIT 1 OFFSET ?"
)
PRUNE_DECISIONS: Final = both("DELETE FROM decisions WHERE channel = ? AND id <= ?")

TALLY_KEY: Final = ("channel", "day", "what")
_ADD_N: Final = insert("tallies", (*TALLY_KEY, "n"))
ADD_TALLY: Final = each(
    f"{_ADD_N} ON CONFLICT ({', '.join(TALLY_KEY)}) DO UPDATE SET n = n + excluded.n",
    f"{_ADD_N} ON DUPLICATE KEY UPDATE n = n + VALUES(n)",
)
TALLY: Final = both("SELECT what, n FROM tallies WHERE channel = ? AND day = ?")
PRUNE_TALLIES: Final = both("DELETE FROM tallies WHERE channel = ? AND day < ?")

TRAFFIC_COLUMNS: Final = ("kind", "at", "channel", "checksum")
ADD_TRAFFIC: Final = both(insert("traffic", TRAFFIC_COLUMNS))
TRAFFIC_SINCE: Final = both(
    "SELECT kind, at, channel, checksum FROM traffic FORCE INDEX (traffic_by_time)"
    " WHERE at >= ? ORDER BY at"
)
PRUNE_TRAFFIC: Final = both("DELETE FROM traffic WHERE at < ? OR at > ?")

# --- the account ----------------------------------------------------------------------------------

TOKEN_COLUMNS: Final = (
    "access_token",
    "refresh_token",
    "expires_at",
    "bot_username",
    "bot_user_id",
    "created_at",
)
LOAD_TOKENS: Final = both(
    f"SELECT {', '.join(TOKEN_COLUMNS)}, id FROM auth_tokens ORDER BY id DESC LIMIT 1"
)
ADD_TOKENS: Final = both(insert("auth_tokens", TOKEN_COLUMNS))
DELETE_TOKENS: Final = both("DELETE FROM auth_tokens")
