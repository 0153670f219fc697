CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_login TEXT NOT NULL,
    user_display_name TEXT NOT NULL,
    message_content TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    is_own INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX messages_by_channel ON messages (channel, id, is_own);
CREATE INDEX messages_by_time ON messages (channel, timestamp);
CREATE INDEX messages_by_viewer ON messages (user_id, channel);
CREATE INDEX messages_by_login ON messages (user_login, channel);
CREATE TABLE opt_outs (user_id TEXT PRIMARY KEY, since INTEGER NOT NULL);
CREATE TABLE spoken (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    message_id TEXT UNIQUE,
    after_row INTEGER NOT NULL,
    spoken_at INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    shadow INTEGER NOT NULL DEFAULT 0,
    removed_at INTEGER
);
CREATE INDEX spoken_by_channel ON spoken (channel, id);
CREATE TABLE hints (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    hinted_at INTEGER NOT NULL
);
CREATE INDEX hints_by_channel ON hints (channel, hinted_at);
CREATE TABLE channel_config (
    channel TEXT PRIMARY KEY,
    message_threshold INTEGER,
    time_delay INTEGER,
    context_limit INTEGER,
    ollama_model TEXT,
    cooldown INTEGER,
    max_length INTEGER,
    temperature REAL,
    top_p REAL,
    top_k INTEGER,
    min_p REAL,
    repeat_penalty REAL,
    num_predict INTEGER,
    seed INTEGER,
    persona TEXT,
    mentions INTEGER,
    spontaneous INTEGER,
    retention_days INTEGER,
    enabled INTEGER,
    quiet_until INTEGER,
    quiet_hours TEXT,
    timezone TEXT,
    live_only INTEGER,
    adaptive INTEGER,
    min_speakers INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE TABLE setting_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    setting TEXT NOT NULL,
    old_value TEXT,
    new_value TEXT,
    changed_by_id TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    undoes INTEGER,
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX setting_changes_by_channel ON setting_changes (channel, id);
CREATE TABLE channel_terms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    term TEXT NOT NULL,
    term_key TEXT NOT NULL,
    changed_by_id TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    UNIQUE (channel, term_key)
);
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    decided_at INTEGER NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX decisions_by_channel ON decisions (channel, id);
CREATE TABLE tallies (
    channel TEXT NOT NULL,
    day TEXT NOT NULL,
    what TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (channel, day, what)
);
CREATE TABLE auth_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    access_token TEXT NOT NULL,
    refresh_token TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    bot_username TEXT NOT NULL,
    bot_user_id TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_ms INTEGER NOT NULL
);
CREATE TABLE batch_marks (
    writer TEXT PRIMARY KEY,
    mark TEXT NOT NULL,
    marked_at INTEGER NOT NULL
);
INSERT INTO schema_version (version, applied_at) VALUES (1, 1000);
INSERT INTO messages (message_id, channel, user_id, user_login, user_display_name,
    message_content, timestamp, is_own)
VALUES ('m1', 'alpha', '1', 'viewer', 'Viewer', 'kept from before 😀', 1000, 0);
INSERT INTO channel_config (channel, message_threshold, enabled, created_at, updated_at)
VALUES ('alpha', 12, 0, 1000, 1000);
INSERT INTO spoken (channel, message_id, after_row, spoken_at, fingerprint, shadow)
VALUES ('alpha', 'o1', 1, 2000, 'print', 0);
