"""What the tests of this room stand on: a clock moved by hand, a database, a Twitch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from clankbot.auth.keys import Encryption, KeySource
from clankbot.auth.oauth import TokenGrant, TwitchOAuth
from clankbot.auth.sign_in import show_status, sign_in_account, sign_out
from clankbot.auth.token_store import TokenStore, Wait, encrypted
from clankbot.auth.tokens import TokenKeeper
from clankbot.clock import Clock
from clankbot.database.file_lock import FileLock
from clankbot.errors import DatabaseUnavailable
from clankbot.records.accounts import EncryptedTokens, Identity, Secret
from tests.doubles.twitch_id import Token, TwitchId
from tests.waiting import PATIENCE_S

KEY: Final = b"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
NEWER_KEY: Final = b"ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="

_SCHEMA: Final = """
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS auth_tokens (access_token TEXT, refresh_token TEXT,
    expires_at_ms INTEGER, bot_username TEXT, bot_user_id TEXT, created_at_ms INTEGER);
"""


class Hand(Clock):
    """A clock that stands still until a test moves it, or something waits for it."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        # What UTC is said to be, if it is wrong.
        self.wrong_utc_ms: int | None = None

    def monotonic(self) -> float:
        return self.now_s

    def utc_ms(self) -> int:
        """The same moment as UTC."""
        if self.wrong_utc_ms is not None:
            return self.wrong_utc_ms
        return 1_760_000_000_000 + int(self.now_s * 1000)

    def wait(self, seconds: float) -> bool:
        """Let the seconds pass at once."""
        self.now_s += seconds
        return False


@dataclass
class TokenFile:
    """The stored sign-in in a SQLite file, opened anew for every use, as processes share one."""

    path: Path
    failing_saves: int = 0
    is_away: bool = False

    @contextmanager
    def open(self) -> Iterator[_OpenFile]:
        """One use of the file."""
        if self.is_away:
            raise DatabaseUnavailable("the database is away")
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.executescript(_SCHEMA)
            with closing(FileLock(self.path, ".lock")) as lock:
                yield _OpenFile(self, connection, lock)

    def load(self) -> EncryptedTokens | None:
        """What is stored, whether or not the database is away."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executescript(_SCHEMA)
            return _OpenFile(self, connection, FileLock(self.path, ".lock")).load_tokens()


@dataclass
class _OpenFile:
    file: TokenFile
    connection: sqlite3.Connection
    lock: FileLock

    def load_tokens(self) -> EncryptedTokens | None:
        row = self.connection.execute("SELECT * FROM auth_tokens").fetchone()
        return EncryptedTokens(*row) if row else None

    def save_tokens(self, tokens: EncryptedTokens) -> None:
        if self.file.failing_saves:
            self.file.failing_saves -= 1
            raise DatabaseUnavailable("the disk is full")
        row = (
            tokens.access_token,
            tokens.refresh_token,
            tokens.expires_at_ms,
            tokens.bot_username,
            tokens.bot_user_id,
            tokens.created_at_ms,
        )
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("DELETE FROM auth_tokens")
        self.connection.execute("INSERT INTO auth_tokens VALUES (?, ?, ?, ?, ?, ?)", row)
        self.connection.execute("COMMIT")

    def delete_tokens(self) -> None:
        self.connection.execute("DELETE FROM auth_tokens")

    def lock_sign_in(self) -> bool:
        return self.lock.take()


@dataclass
class Rig:
    """One account at Twitch, one database, one clock for both."""

    twitch: TwitchId
    clock: Hand
    file: TokenFile
    encryption: Encryption = field(default_factory=lambda: Encryption([KEY]))
    # What the commands told the person, those that failed included.
    said: list[str] = field(default_factory=list)

    def oauth(self, client_secret: str | None = None, timeout_s: float = PATIENCE_S) -> TwitchOAuth:
        """The client under test, pointed at the double."""
        secret = Secret(client_secret) if client_secret else None
        return TwitchOAuth(self.twitch.auth_url, self.twitch.client_id, secret, timeout_s=timeout_s)

    def row(self, token: Token) -> EncryptedTokens:
        """The pair as a sign-in of just now."""
        lifetime_s = int(self.twitch.lifetime_s)
        grant = TokenGrant(Secret(token.access), Secret(token.refresh), lifetime_s)
        identity = Identity(token.login, token.user_id)
        return encrypted(grant, identity, self.clock.utc_ms(), self.encryption)

    def store(self, token: Token) -> None:
        """Store the pair."""
        with self.file.open() as rows:
            rows.save_tokens(self.row(token))

    def signed_in(self) -> Token:
        """A pair of the bot's account, handed out and stored."""
        token = self.twitch.issue()
        self.store(token)
        return token

    def keeper(
        self,
        *,
        client_secret: str | None = None,
        encryption: Encryption | None = None,
        luck: float = 0.5,
    ) -> TokenKeeper:
        """A keeper of the stored sign-in, as one process has it; it renews at 82.5 %."""
        return TokenKeeper(
            self.token_store(),
            encryption or self.encryption,
            self.oauth(client_secret),
            self.clock,
            choose=lambda: luck,
        )

    def stored_access(self) -> str | None:
        """The access token in the database, in the clear."""
        row = self.file.load()
        return self.encryption.decrypt(row.access_token).reveal() if row else None

    # --- the commands ---

    def token_store(self, wait: Wait | None = None) -> TokenStore:
        """The stored sign-in, as a process reaches it."""
        return TokenStore(self.file.open, wait or self.clock.wait)

    def keys(self, key: bytes | None = None) -> KeySource:
        """Where a command finds its keys: given, or beside the database."""
        secret = Secret(key.decode()) if key else None
        return KeySource(secret, None, self.file.path.with_suffix(".key"))

    def log_in(
        self,
        key: bytes | None = None,
        *,
        oauth: TwitchOAuth | None = None,
        wait: Wait | None = None,
    ) -> list[str]:
        """Run `login`; what it said."""
        start = len(self.said)
        status = sign_in_account(
            self.token_store(wait),
            self.keys(key),
            oauth or self.oauth(),
            self.said.append,
            wait or self.clock.wait,
            self.clock,
        )
        assert status == 0
        return self.said[start:]

    def log_out(self, key: bytes | None = None, *, oauth: TwitchOAuth | None = None) -> list[str]:
        """Run `logout`; what it said."""
        start = len(self.said)
        store, oauth = self.token_store(), oauth or self.oauth()
        assert sign_out(store, self.keys(key), oauth, self.said.append) == 0
        return self.said[start:]

    def status(self, key: bytes | None = None, *, is_public: bool = True) -> tuple[int, str]:
        """Run `login --status`; its exit status and what it said."""
        start = len(self.said)
        code = show_status(
            self.token_store(),
            self.keys(key),
            self.said.append,
            is_public=is_public,
            now_ms=self.clock.utc_ms(),
        )
        return code, "\n".join(self.said[start:])
