"""``check``: the set-up doctor.  Tries everything, changes nothing, and says what to do."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from clankbot.app import EXIT_FAILED, EXIT_USAGE, complain
from clankbot.cli.check_model import look_at_model, look_at_ollama
from clankbot.cli.check_report import Finding, Report
from clankbot.cli.check_set_up import (
    Checkup,
    look_at_clock,
    look_at_database,
    look_at_files,
    look_at_settings,
    look_at_words,
)
from clankbot.cli.check_text import tell_of_text
from clankbot.cli.check_twitch import look_at_chat, look_at_sign_in, look_at_the_channels
from clankbot.config.settings import inspect_settings, wants_colours
from clankbot.errors import ClankbotError, ConfigError
from clankbot.parts import set_up_logs

_DATABASE: Final = (
    *("DATABASE_TYPE", "DATABASE_URL", "MYSQL_HOST", "MYSQL_PORT", "MYSQL_USER"),
    *("MYSQL_PASSWORD", "MYSQL_DATABASE", "MYSQL_SSL_CA"),
)
# Of those that are wrong.
_MOST_NAMED: Final = 3
_KEY: Final = ("TOKEN_ENCRYPTION_KEY", "TOKEN_ENCRYPTION_KEY_FILE")
_TWITCH: Final = ("TWITCH_CLIENT_ID", "TWITCH_AUTH_URL")
_OLLAMA: Final = ("OLLAMA_URL", "OLLAMA_MODEL", "OLLAMA_API_KEY", "OLLAMA_CA_FILE")


class Look(NamedTuple):
    """One subject, and the settings without which nothing can be found out about it."""

    subject: str
    look: Callable[[Checkup], Iterator[Finding]]
    needs: tuple[str, ...] = ()
    # Left out with ``--no-model``.
    is_of_model: bool = False


# In this order: later ones use what earlier ones have found.
_LOOKS: Final = (
    Look("settings", look_at_settings),
    Look("words", look_at_words, ("CONTENT_FILTER_ENABLED", "BLOCKED_WORDS_FILE")),
    Look("files", look_at_files, ("DATABASE_TYPE", "DATABASE_URL", *_KEY)),
    Look("database", look_at_database, _DATABASE),
    Look("sign-in", look_at_sign_in, (*_DATABASE, *_KEY, *_TWITCH, "DRY_RUN")),
    Look("chat", look_at_chat, ("TWITCH_IRC_URL",)),
    Look("channels", look_at_the_channels, ("TWITCH_CHANNELS", "TWITCH_API_URL")),
    Look("clock", look_at_clock),
    Look("ollama", look_at_ollama, _OLLAMA),
    Look("model", look_at_model, ("OLLAMA_TIMEOUT", "OLLAMA_LOAD_TIMEOUT"), is_of_model=True),
)


def run(options: argparse.Namespace) -> int:
    """0 if nothing failed; with ``--text``, 0 if the filter lets it pass and 1 if it blocks it."""
    found = inspect_settings()
    set_up_logs(found.settings)
    logging.disable(logging.WARNING)  # each finding is told here, in its own line
    if options.text is not None:
        return tell_of_text(options, found)
    if options.channel is not None:
        complain("--channel goes with --text; without it all of TWITCH_CHANNELS are looked at")
        return EXIT_USAGE
    report = Report(as_json=options.json, colours=wants_colours())
    checkup = Checkup(found, report)
    for look in _LOOKS:
        if look.is_of_model and options.no_model:
            report.add(look.subject, ("skip", "no line was written (--no-model)"))
        elif wrong := [name for name in look.needs if name in found.wrong]:
            names = ", ".join(wrong) if len(wrong) <= _MOST_NAMED else "the settings"
            report.add(look.subject, ("skip", f"to be mended first: {names}"))
        else:
            for finding in _findings(look, checkup):
                report.add(look.subject, finding)
    return 0 if report.end() else EXIT_FAILED


def _findings(look: Look, checkup: Checkup) -> Iterator[Finding]:
    """What a look finds; a problem that it raises is its last finding."""
    try:
        yield from look.look(checkup)
    except ConfigError as error:
        yield from (("fail", problem) for problem in error.problems)
    except ClankbotError as error:
        yield "fail", str(error)
