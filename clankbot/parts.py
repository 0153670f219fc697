"""From settings to parts: the database, the word list, the logs.

Shared by the commands of clankbot.cli; like bot.py it knows the rooms and decides nothing.
"""

from __future__ import annotations

import dataclasses
import importlib

from clankbot.config.settings import (
    Needs,
    Settings,
    ValidValues,
    from_systemd,
    inspect_settings,
    settings_from_process,
    wants_colours,
)
from clankbot.database.database import Database
from clankbot.errors import ClankbotError, ConfigError
from clankbot.processing.filter.channel_filters import Words
from clankbot.processing.filter.content_filter import (
    ContentFilter,
    FilterFile,
    allow_all,
    list_problems,
)
from clankbot.records.accounts import Secret
from clankbot.runtime.logging_setup import set_up_logging
from clankbot.runtime.redaction import remember
from clankbot.runtime.systemd import is_journal


class NoWords:
    """The word list of an operator who has switched the filter off."""

    problem = None

    def __init__(self) -> None:
        self._nothing = allow_all()

    def current(self) -> ContentFilter:
        """Lets everything pass."""
        return self._nothing

    def refresh(self, *, force: bool) -> None:
        """There is nothing to read."""


def start_up(*needs: Needs) -> Settings:
    """The settings of this process, with all that its command needs, and logs as they say."""
    try:
        settings = settings_from_process(needs=needs)
    except ConfigError:
        set_up_logs(inspect_settings().settings)  # it is told as the log is, if that is known
        raise
    set_up_logs(settings)
    return settings


def set_up_logs(settings: Settings) -> None:
    """Log to standard error, with every secret of the settings kept out."""
    for field in dataclasses.fields(settings):
        if isinstance(value := getattr(settings, field.name), Secret):
            remember(value)
    set_up_logging(
        settings.log_level,
        settings.log_format,
        journal=is_journal(from_systemd("JOURNAL_STREAM")),
        colours=wants_colours(),
    )


def name_database(settings: Settings) -> Database:
    """The database of the settings, untouched."""
    if settings.database_type == "mysql":
        return mysql_database(settings)
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


def has_database(settings: Settings) -> bool:
    """Whether there is one to look into; a server always counts."""
    return settings.database_type != "sqlite" or settings.database_url.exists()


def existing_database(settings: Settings) -> Database:
    """The same for a command that only looks: ClankbotError if there is no file; none is made."""
    if not has_database(settings):
        raise ClankbotError(f"there is no database at {settings.database_url}; `run` makes it")
    return open_database(settings)


def word_list_requirements(valid: ValidValues) -> tuple[str, ...]:
    """What is wrong with the word list, if the filter is on."""
    path = valid.get("blocked_words_file")
    return list_problems(path) if path and valid.get("content_filter_enabled") else ()


def load_words(settings: Settings) -> Words:
    """The word list; raises ConfigError if the filter is on and the list is no good."""
    if not settings.content_filter_enabled:
        return NoWords()
    return FilterFile(settings.blocked_words_file)
