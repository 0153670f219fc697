"""The services the bot talks to over HTTP, made from settings: Twitch's sign-in and API, Ollama.

Apart from parts.py, because the commands that need no service start faster without these.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from clankbot.auth.helix import Helix
from clankbot.auth.keys import find_keys, key_file_problems
from clankbot.auth.oauth import TwitchOAuth
from clankbot.auth.sign_in import FindKeys, stored_sealer
from clankbot.auth.tokens import TokenKeeper
from clankbot.config.settings import Settings, ValidValues, login_requirements, require
from clankbot.database.database import Database
from clankbot.errors import NotSignedIn
from clankbot.ollama.client import OllamaClient
from clankbot.records.accounts import Credentials, Identity

log = logging.getLogger(__name__)

UNUSED_SIGN_IN: Final = (
    "the stored sign-in is not used, as TWITCH_CLIENT_ID is not set: chat is read anonymously"
)


@dataclass(frozen=True, slots=True)
class Account:
    """Who the bot is on Twitch, and how it proves it; ``identity`` is None when anonymous."""

    identity: Identity | None
    credentials: Callable[[], Credentials]
    login_refused: Callable[[], None]
    upkeep: Callable[[], float] | None = None
    helix: Helix | None = None


def ollama_client(settings: Settings) -> OllamaClient:
    """The Ollama server of the settings."""
    keep_alive = settings.ollama_keep_alive
    return OllamaClient(
        settings.ollama_url,
        api_key=settings.ollama_api_key,
        timeout_s=settings.ollama_timeout,
        load_timeout_s=settings.ollama_load_timeout,
        keep_alive=None if keep_alive is None else str(keep_alive),
    )


def key_finder(settings: Settings) -> FindKeys:
    """Where the encryption key is looked for; by default beside DATABASE_URL, on MySQL too."""
    return partial(
        find_keys,
        settings.token_encryption_key,
        settings.token_encryption_key_file,
        _default_key_file(settings.database_url),
    )


def key_file(settings: Settings) -> Path | None:
    """The file that holds the key, whether or not it is there yet; None: the key is a setting."""
    if settings.token_encryption_key is not None:
        return None
    return settings.token_encryption_key_file or _default_key_file(settings.database_url)


def key_requirements(right: ValidValues) -> tuple[str, ...]:
    """What is wrong with the key file, where one is used."""
    if right.get("token_encryption_key", "") is not None or "database_url" not in right:
        return ()
    default_file = _default_key_file(right["database_url"])
    return key_file_problems(right.get("token_encryption_key_file"), default_file)


def _default_key_file(database_url: Path) -> Path:
    return database_url.with_suffix(".key")


def twitch_oauth(settings: Settings) -> TwitchOAuth:
    """Twitch's sign-in service, for the app of the settings."""
    require(settings, login_requirements)
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


def leaves_sign_in_unused(settings: Settings, database: Database) -> bool:
    """Whether a shadow run reads anonymously although somebody is signed in: UNUSED_SIGN_IN."""
    with database.open() as store:
        return settings.twitch_client_id is None and store.load_tokens() is not None


def open_account(settings: Settings, database: Database, waiting: threading.Event) -> Account:
    """Who the bot is: the signed-in account, or nobody in a shadow run without one."""
    if settings.dry_run and leaves_sign_in_unused(settings, database):
        log.warning(UNUSED_SIGN_IN)
        return anonymous_account()
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
