CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE TABLE messages (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    message_id VARCHAR(255) NOT NULL UNIQUE,
    channel VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    user_login VARCHAR(64) NOT NULL,
    user_display_name VARCHAR(255) NOT NULL,
    message_content TEXT NOT NULL,
    timestamp BIGINT NOT NULL,
    is_own BOOLEAN NOT NULL DEFAULT 0
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE INDEX messages_by_channel ON messages (channel, id, is_own);
CREATE INDEX messages_by_time ON messages (channel, timestamp);
CREATE INDEX messages_by_viewer ON messages (user_id, channel);
CREATE INDEX messages_by_login ON messages (user_login, channel);
CREATE TABLE opt_outs (user_id VARCHAR(64) PRIMARY KEY, since BIGINT NOT NULL)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE TABLE spoken (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    channel VARCHAR(64) NOT NULL,
    message_id VARCHAR(255) UNIQUE,
    after_row BIGINT NOT NULL,
    spoken_at BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    shadow BOOLEAN NOT NULL DEFAULT 0,
    removed_at BIGINT
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE INDEX spoken_by_channel ON spoken (channel, id);
CREATE TABLE hints (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    channel VARCHAR(64) NOT NULL,
    hinted_at BIGINT NOT NULL
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE INDEX hints_by_channel ON hints (channel, hinted_at);
CREATE TABLE channel_config (
    channel VARCHAR(64) PRIMARY KEY,
    message_threshold BIGINT,
    time_delay BIGINT,
    context_limit BIGINT,
    ollama_model VARCHAR(255),
    cooldown BIGINT,
    max_length BIGINT,
    temperature DOUBLE,
    top_p DOUBLE,
    top_k BIGINT,
    min_p DOUBLE,
    repeat_penalty DOUBLE,
    num_predict BIGINT,
    seed BIGINT,
    persona TEXT,
    mentions BOOLEAN,
    spontaneous BOOLEAN,
    retention_days BIGINT,
    enabled BOOLEAN,
    quiet_until BIGINT,
    quiet_hours VARCHAR(64),
    timezone VARCHAR(64),
    live_only BOOLEAN,
    adaptive BOOLEAN,
    min_speakers BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE TABLE setting_changes (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    channel VARCHAR(64) NOT NULL,
    setting VARCHAR(64) NOT NULL,
    old_value TEXT,
    new_value TEXT,
    changed_by_id VARCHAR(64) NOT NULL,
    changed_by VARCHAR(255) NOT NULL,
    changed_at BIGINT NOT NULL,
    undoes BIGINT,
    undone BOOLEAN NOT NULL DEFAULT 0
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE INDEX setting_changes_by_channel ON setting_changes (channel, id);
CREATE TABLE channel_terms (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    channel VARCHAR(64) NOT NULL,
    term VARCHAR(500) NOT NULL,
    term_key VARCHAR(500) NOT NULL,
    changed_by_id VARCHAR(64) NOT NULL,
    added_at BIGINT NOT NULL,
    UNIQUE (channel, term_key)
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE TABLE decisions (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    channel VARCHAR(64) NOT NULL,
    decided_at BIGINT NOT NULL,
    reason TEXT NOT NULL
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE INDEX decisions_by_channel ON decisions (channel, id);
CREATE TABLE tallies (
    channel VARCHAR(64) NOT NULL,
    day VARCHAR(64) NOT NULL,
    what VARCHAR(64) NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (channel, day, what)
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE TABLE auth_tokens (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    access_token TEXT NOT NULL,
    refresh_token TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    bot_username VARCHAR(64) NOT NULL,
    bot_user_id VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE TABLE leases (
    name VARCHAR(64) PRIMARY KEY,
    holder VARCHAR(255) NOT NULL,
    until_ms BIGINT NOT NULL
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
CREATE TABLE batch_marks (
    writer VARCHAR(64) PRIMARY KEY,
    mark VARCHAR(64) NOT NULL,
    marked_at BIGINT NOT NULL
)
ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
    COLLATE /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */;
INSERT INTO schema_version (version, applied_at) VALUES (1, 1000);
INSERT INTO messages (message_id, channel, user_id, user_login, user_display_name,
    message_content, timestamp, is_own)
VALUES ('m1', 'alpha', '1', 'viewer', 'Viewer', 'kept from before 😀', 1000, 0);
INSERT INTO channel_config (channel, message_threshold, enabled, created_at, updated_at)
VALUES ('alpha', 12, 0, 1000, 1000);
INSERT INTO spoken (channel, message_id, after_row, spoken_at, fingerprint, shadow)
VALUES ('alpha', 'o1', 1, 2000, 'print', 0);
