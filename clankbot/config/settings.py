"""The program's settings: read from the environment and ``.env``, checked all at once.

No other room reads ``os.environ`` or sees Settings: the wiring gives each its plain values.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from clankbot.config.addresses import IrcServer, Listener
from clankbot.config.env_file import read_env_file
from clankbot.config.kinds import Refused
from clankbot.config.variables import VARIABLES, Variable, without_quotes
from clankbot.errors import ConfigError
from clankbot.records.accounts import Secret

# How many channels Twitch lets one account join.  https://dev.twitch.tv/docs/chat/#rate-limits
MOST_CHANNELS = 100

_NAMES = frozenset(variable.name for variable in VARIABLES)
_IS_MISSING = " is not set"
_NO_OTHERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every variable of the table, under its name in lower case.  Paths are absolute."""

    database_type: str
    database_url: Path
    mysql_host: str
    mysql_port: int
    mysql_user: str | None
    mysql_password: Secret | None = field(repr=False)
    mysql_database: str | None
    mysql_ssl_ca: Path | None
    # May hold a password: see ``addresses.without_password``.
    ollama_url: str = field(repr=False)
    ollama_model: str
    ollama_timeout: float
    ollama_load_timeout: float
    ollama_api_key: Secret | None = field(repr=False)
    ollama_ca_file: Path | None
    ollama_keep_alive: int | str | None
    ollama_num_ctx: int | None
    ollama_read_ahead: str
    twitch_client_id: str | None
    twitch_client_secret: Secret | None = field(repr=False)
    twitch_channels: tuple[str, ...]
    twitch_irc_url: IrcServer
    twitch_auth_url: str
    twitch_api_url: str
    content_filter_enabled: bool
    blocked_words_file: Path
    message_threshold: int
    time_delay: int
    context_limit: int
    message_retention_days: int
    message_retention_count: int
    ignored_users: frozenset[str]
    token_encryption_key: Secret | None = field(repr=False)
    token_encryption_key_file: Path | None
    dry_run: bool
    bot_owners: frozenset[str]
    irc_idle_timeout: float
    token_validate_interval: float
    status_listen: Listener | None
    heartbeat_url: Secret | None = field(repr=False)
    bot_cluster: bool
    log_level: str
    log_format: str
    # What the owner should be told at every start.
    warnings: tuple[str, ...] = ()


# The values that are valid, by field of ``Settings``; those that are wrong are not in it.
ValidValues = Mapping[str, Any]

# What a command needs beyond valid values: one problem for each thing that is missing.
Needs = Callable[[ValidValues], Iterable[str]]


def settings_from_process(
    defaults: Mapping[str, str] = _NO_OTHERS, needs: Sequence[Needs] = ()
) -> Settings:
    """The settings of this process: its environment, and ``.env`` in the current folder."""
    return load_settings(os.environ, _current_folder(), defaults, needs)


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise ConfigError(
            f"the current folder is gone ({error.strerror}): change to one that exists; .env is"
            " looked for there, and relative paths begin there"
        ) from error


def from_systemd(name: str) -> str | None:
    """A variable that systemd sets for its services; None if there is no systemd.

    Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
    """
    return os.environ.get(name)


def wants_colours() -> bool:
    """Whether a terminal may be sent colours.  Source: https://no-color.org"""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def load_settings(
    environ: Mapping[str, str],
    folder: Path,
    defaults: Mapping[str, str] = _NO_OTHERS,
    needs: Sequence[Needs] = (),
) -> Settings:
    """The settings in ``environ``, then in ``.env`` of ``folder``; an empty value means unset.

    ``defaults`` go before those of the table.  Paths are taken from ``folder``.  Raises
    ConfigError with every wrong setting, and with all that the command ``needs``.
    """
    found = _read(environ, folder, defaults)
    problems = list(found.problems)
    if found.is_complete:  # or what is missing may well be there
        missing = [problem for need in needs for problem in need(found.valid)]
        if any(_IS_MISSING in problem for problem in missing) and not (folder / ".env").exists():
            missing.append(f"there is no .env in {folder}, where it is looked for")
        problems += missing
    warnings = (*found.warnings, *_cautions(found.valid))
    if problems:
        raise ConfigError(*problems, warnings=warnings)
    return _settings(found.valid, warnings)


def env_file() -> Path:
    """Where ``.env`` is looked for."""
    return _current_folder() / ".env"


def problem_with(name: str, text: str) -> str | None:
    """What is wrong with a value for a variable; None if nothing is."""
    (variable,) = (each for each in VARIABLES if each.name == name)
    try:
        variable.read(text)
    except Refused as refusal:
        return variable.problem(text, refusal)
    return None


@dataclass(frozen=True, slots=True)
class Inspected:
    """The settings of this process as far as they can be used; a default for each that is wrong."""

    settings: Settings
    problems: tuple[str, ...]
    # The variables whose value is unknown, or contradicts another's.
    wrong: frozenset[str]


def inspect_settings() -> Inspected:
    """The settings of this process, whatever is wrong with them."""
    folder = _current_folder()
    found = _read(os.environ, folder)
    defaults = {each.field: each for each in VARIABLES if each.field not in found.valid}
    values = {name: _placed(each, each.default, folder) for name, each in defaults.items()}
    wrong = {each.name for each in defaults.values()}
    # Each contradiction begins with the name of one that is to be changed.
    wrong |= {problem.split()[0] for problem in found.problems} & _NAMES
    warnings = (*found.warnings, *_cautions(found.valid))
    return Inspected(
        _settings(found.valid | values, warnings),
        found.problems,
        frozenset(wrong) if found.is_complete else _NAMES,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read; values by field, and only those that are valid."""

    valid: dict[str, Any]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    # False: what stands in ``.env`` is unknown.
    is_complete: bool


def _read(
    environ: Mapping[str, str], folder: Path, defaults: Mapping[str, str] = _NO_OTHERS
) -> _Found:
    env_file = read_env_file(folder / ".env", _NAMES)
    written = {**defaults, **_written(env_file.values), **_written(environ)}
    problems = list(env_file.problems)
    valid: dict[str, Any] = {}
    for variable in VARIABLES:
        text = written.get(variable.name, variable.default)
        try:
            valid[variable.field] = _placed(variable, text, folder)
        except Refused as refusal:
            problems.append(variable.problem(text, refusal))
    if env_file.is_readable:
        problems += _contradictions(written, valid)
    return _Found(valid, tuple(problems), env_file.warnings, env_file.is_readable)


def _placed(variable: Variable, text: str, folder: Path) -> object:
    """The value of a variable; a path from this folder on.  Raises Refused."""
    value = variable.read(text)
    return folder / value if isinstance(value, Path) else value


def _settings(valid: Mapping[str, Any], warnings: tuple[str, ...]) -> Settings:
    channels = valid["twitch_channels"][:MOST_CHANNELS]
    return Settings(**{**valid, "twitch_channels": channels}, warnings=warnings)


def run_requirements(valid: ValidValues) -> Iterator[str]:
    """The bot needs channels, and an app to speak as."""
    if valid.get("twitch_channels") == ():
        yield _missing("TWITCH_CHANNELS", "the channels to join, such as alice,bob")
    if valid.get("dry_run") is False:
        yield from login_requirements(valid)


def login_requirements(valid: ValidValues) -> Iterator[str]:
    """A sign-in needs an app that asks for it."""
    if valid.get("twitch_client_id", "") is None:
        yield _missing("TWITCH_CLIENT_ID", "the client id of your app at dev.twitch.tv/console")


def mysql_requirements(valid: ValidValues, why: str = "to reach the server") -> Iterator[str]:
    """A MySQL database needs a name and somebody who may sign in, whatever DATABASE_TYPE says."""
    for name in ("MYSQL_USER", "MYSQL_PASSWORD", "MYSQL_DATABASE"):
        if valid.get(name.lower(), "") is None:
            yield _missing(name, f"a value, {why}")


def require(settings: Settings, needs: Needs) -> None:
    """Raises ConfigError unless the settings are enough."""
    valid = {each.name: getattr(settings, each.name) for each in fields(settings)}
    if problems := list(needs(valid)):
        raise ConfigError(*problems)


def _written(source: Mapping[str, str]) -> dict[str, str]:
    """Our variables that are set there."""
    return {
        name: text
        for name, text in source.items()
        if name in _NAMES and without_quotes(text).strip()
    }


def _contradictions(written: Mapping[str, str], valid: ValidValues) -> Iterator[str]:
    """Settings that are valid by themselves but not together."""
    if valid.get("database_type") == "mysql":
        yield from mysql_requirements(valid, "as DATABASE_TYPE is mysql")
    if {"TOKEN_ENCRYPTION_KEY", "TOKEN_ENCRYPTION_KEY_FILE"} <= written.keys():
        yield (
            "TOKEN_ENCRYPTION_KEY and TOKEN_ENCRYPTION_KEY_FILE are both set; accepted: one of them"
        )


def _cautions(valid: ValidValues) -> Iterator[str]:
    """Warnings about settings that are accepted."""
    if valid.get("content_filter_enabled") is False:
        yield (
            "CONTENT_FILTER_ENABLED is false: blocked words are stored, and may be said by the bot"
        )
    kept, threshold = valid.get("message_retention_count", 0), valid.get("message_threshold", 0)
    if 0 < kept < threshold:
        yield (
            f"MESSAGE_RETENTION_COUNT keeps {kept} messages, MESSAGE_THRESHOLD waits for"
            f" {threshold}: the bot will not speak by itself"
        )
    count = len(valid.get("twitch_channels", ()))
    if count > MOST_CHANNELS:
        yield (
            f"TWITCH_CHANNELS names {count} channels, one account can join {MOST_CHANNELS}:"
            f" the last {count - MOST_CHANNELS} are left out"
        )
    listener = valid.get("status_listen")
    if listener is not None and not listener.is_loopback:
        yield f"STATUS_LISTEN is {listener}, which others may reach: the page has no password"
    if valid.get("bot_cluster"):
        yield "BOT_CLUSTER comes in a later version and has no effect yet"


def _missing(name: str, accepted: str) -> str:
    return f"{name}{_IS_MISSING}; accepted: {accepted}"
