"""The services the bot talks to over HTTP, made from settings: Twitch's sign-in and API, Ollama.

Apart from parts.py, because the commands that need no service start faster without these.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clankbot.auth.helix import Helix
from clankbot.auth.keys import KeySource
from clankbot.auth.oauth import TwitchOAuth
from clankbot.auth.token_store import TokenStore
from clankbot.auth.tokens import TokenKeeper, stored_encryption
from clankbot.clock import TrustedClock
from clankbot.config.settings import Settings, ValidValues, login_requirements, require
from clankbot.database.database import Database
from clankbot.errors import ConfigError, NotSignedIn
from clankbot.http import certificates_problem
from clankbot.ollama.client import OllamaClient
from clankbot.records.accounts import Credentials, Identity, Secret

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
    keep_valid: Callable[[], float] | None = None
    helix: Helix | None = None
    good_for_s: Callable[[], float | None] | None = None


def ollama_client(settings: Settings) -> OllamaClient:
    """The Ollama server of the settings; ConfigError if the file of its certificate is no good."""
    keep_alive, ca_file = settings.ollama_keep_alive, settings.ollama_ca_file
    if problems := certificate_problems(ca_file):
        raise ConfigError(*problems)
    return OllamaClient(
        settings.ollama_url,
        api_key=settings.ollama_api_key,
        timeout_s=settings.ollama_timeout,
        load_timeout_s=settings.ollama_load_timeout,
        keep_alive=None if keep_alive is None else str(keep_alive),
        ca_file=None if ca_file is None else str(ca_file),
    )


def certificate_requirements(valid: ValidValues) -> tuple[str, ...]:
    """What is wrong with the file of the Ollama server's certificate, if one is set."""
    return certificate_problems(valid.get("ollama_ca_file"))


def certificate_problems(ca_file: Path | None) -> tuple[str, ...]:
    """The same for a file; nothing if there is to be none."""
    problem = None if ca_file is None else certificates_problem(str(ca_file))
    if problem is None:
        return ()
    return (
        f"OLLAMA_CA_FILE is {ca_file}, which cannot be used ({problem}); accepted: a file with"
        " certificates in PEM form",
    )


def key_source(settings: Settings) -> KeySource:
    """Where to look for the encryption key."""
    return _key_source(
        settings.token_encryption_key, settings.token_encryption_key_file, settings.database_url
    )


def key_requirements(valid: ValidValues) -> tuple[str, ...]:
    """What is wrong with the key file, if one is used."""
    if valid.get("token_encryption_key", "") is not None or "database_url" not in valid:
        return ()
    key_file = valid.get("token_encryption_key_file")
    return _key_source(None, key_file, valid["database_url"]).problems()


def _key_source(key: Secret | None, key_file: Path | None, database_url: Path) -> KeySource:
    """By default the key is beside DATABASE_URL, on MySQL too."""
    return KeySource(key, key_file, database_url.with_suffix(".key"))


def twitch_oauth(settings: Settings, clock: TrustedClock | None = None) -> TwitchOAuth:
    """Twitch's sign-in service, for the app of the settings; ``clock`` hears the time from it."""
    require(settings, login_requirements)
    assert settings.twitch_client_id is not None
    return TwitchOAuth(
        settings.twitch_auth_url,
        settings.twitch_client_id,
        settings.twitch_client_secret,
        hear_time=clock.hear if clock else None,
    )


def anonymous_account() -> Account:
    """Reads chat without an account, which Twitch allows: ``justinfan`` and a number."""
    credentials = Credentials(f"justinfan{random.randint(10_000, 99_999)}", None, None)
    return Account(None, lambda: credentials, lambda: None)


def token_keeper(
    settings: Settings, database: Database, stopping: threading.Event, clock: TrustedClock
) -> TokenKeeper:
    """The keeper of the stored sign-in; raises NotSignedIn if there is none."""
    store = TokenStore(database.open, stopping.wait)
    return TokenKeeper(
        store,
        stored_encryption(store, key_source(settings)),
        twitch_oauth(settings, clock),
        clock,
        validate_interval_s=settings.token_validate_interval,
    )


def leaves_sign_in_unused(settings: Settings, database: Database) -> bool:
    """Whether a shadow run reads anonymously although an account is signed in: UNUSED_SIGN_IN."""
    with database.open() as store:
        return settings.twitch_client_id is None and store.load_tokens() is not None


def open_account(
    settings: Settings, database: Database, stopping: threading.Event, clock: TrustedClock
) -> Account:
    """Who the bot is: the account that is signed in; a shadow run can do without one."""
    if settings.dry_run and leaves_sign_in_unused(settings, database):
        log.warning(UNUSED_SIGN_IN)
        return anonymous_account()
    try:
        keeper = token_keeper(settings, database, stopping, clock)
        identity = keeper.start()
    except NotSignedIn:
        if settings.dry_run:
            return anonymous_account()
        raise
    assert settings.twitch_client_id is not None
    helix = Helix(settings.twitch_api_url, settings.twitch_client_id, keeper, clock)
    return Account(
        identity,
        keeper.credentials,
        keeper.login_refused,
        keeper.upkeep,
        helix,
        keeper.good_for_s,
    )
