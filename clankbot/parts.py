"""From settings to parts: the database, the word list, the account, the logs.

Shared by the commands of clankbot.cli; like bot.py it knows the rooms and decides nothing.
"""

from __future__ import annotations

import importlib
import random
import sys
import threading
from functools import partial

from clankbot.auth.account import FindKeys, stored_sealer
from clankbot.auth.helix import Helix
from clankbot.auth.keys import find_keys
from clankbot.auth.oauth import TwitchOAuth
from clankbot.auth.redaction import SecretFilter, remember
from clankbot.auth.tokens import TokenKeeper
from clankbot.bot import Account, Words
from clankbot.config.service import service_environment
from clankbot.config.settings import Settings, require_for_login
from clankbot.database.database import Database
from clankbot.errors import NotSignedIn
from clankbot.log import set_up_logging
from clankbot.processing.filters import FilterFile, allow_all
from clankbot.records import Credentials, Secret
from clankbot.systemd import is_journal


def set_up_logs(settings: Settings) -> None:
    """Log to standard error, with every secret of the settings kept out."""
    for secret in (
        settings.mysql_password,
        settings.ollama_api_key,
        settings.twitch_client_secret,
        settings.token_encryption_key,
    ):
        if secret is not None:
            remember(secret)
    set_up_logging(
        settings.log_level,
        settings.log_format,
        stream=sys.stderr,
        filters=[SecretFilter()],
        journal=is_journal(service_environment().journal_stream),
    )


def name_database(settings: Settings) -> Database:
    """The database of the settings, untouched."""
    return (
        mysql_database(settings) if settings.database_type == "mysql" else sqlite_database(settings)
    )


def sqlite_database(settings: Settings) -> Database:
    """The file of DATABASE_URL."""
    return Database.sqlite(settings.database_url)


def mysql_database(settings: Settings) -> Database:
    """The server of the MYSQL_* settings, which must be set.

    Its module and driver are loaded only here: a bot on SQLite saves three megabytes of memory.
    """
    mysql = importlib.import_module("clankbot.database.mysql")
    server = mysql.MySqlSettings(
        host=settings.mysql_host,
        port=settings.mysql_port,
        user=settings.mysql_user or "",
        password=settings.mysql_password or Secret(""),
        database=settings.mysql_database or "",
        ssl_ca=settings.mysql_ssl_ca,
    )
    return Database(mysql.MySqlEngine(server))


def open_database(settings: Settings) -> Database:
    """The database of the settings, with its tables up to date."""
    database = name_database(settings)
    database.prepare()
    return database


def load_words(settings: Settings) -> Words:
    """The word list; raises ConfigError where the filter is on and the list is no good."""
    if not settings.content_filter_enabled:
        nothing = allow_all()
        return Words(lambda: nothing, lambda force: None)
    file = FilterFile(settings.blocked_words_file)
    return Words(file.current, lambda force: file.refresh(force=force))


def key_finder(settings: Settings) -> FindKeys:
    """Where the encryption key is looked for; by default beside DATABASE_URL, on MySQL too."""
    return partial(
        find_keys,
        settings.token_encryption_key,
        settings.token_encryption_key_file,
        settings.database_url.with_suffix(".key"),
    )


def twitch_oauth(settings: Settings) -> TwitchOAuth:
    """Twitch's sign-in service, for the app of the settings."""
    require_for_login(settings)
    assert settings.twitch_client_id is not None
    return TwitchOAuth(
        settings.twitch_auth_url, settings.twitch_client_id, settings.twitch_client_secret
    )


def anonymous_account() -> Account:
    """Reads chat without an account, as Twitch lets anybody: ``justinfan`` and a number."""
    credentials = Credentials(f"justinfan{random.randint(10_000, 99_999)}", None, None)
    return Account(None, lambda: credentials, lambda: None)


def token_keeper(settings: Settings, database: Database, waiting: threading.Event) -> TokenKeeper:
    """The keeper of the stored sign-in; raises NotSignedIn where there is none."""
    return TokenKeeper(
        database.open,
        stored_sealer(database.open, key_finder(settings)),
        twitch_oauth(settings),
        wait=waiting.wait,
        validate_interval_s=settings.token_validate_interval,
    )


def open_account(settings: Settings, database: Database, waiting: threading.Event) -> Account:
    """Who the bot is: the signed-in account, or nobody in a shadow run without one."""
    try:
        keeper = token_keeper(settings, database, waiting)
        identity = keeper.start()
    except NotSignedIn:
        if settings.dry_run:
            return anonymous_account()
        raise
    assert settings.twitch_client_id is not None
    helix = Helix(
        settings.twitch_api_url,
        settings.twitch_client_id,
        keeper.access_token,
        keeper.token_refused,
    )
    return Account(identity, keeper.credentials, keeper.login_refused, keeper.upkeep, helix)
