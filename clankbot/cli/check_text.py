"""``check --text``: what the filter makes of some words, and why."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Final

from clankbot.app import EXIT_FAILED
from clankbot.cli.check_report import wrapped
from clankbot.config.settings import Inspected, Settings
from clankbot.errors import ConfigError
from clankbot.parts import has_database, name_database
from clankbot.processing.filter.explanation import Explanation, explain
from clankbot.runtime.redaction import redact
from clankbot.text import escaped

_INDENT: Final = 2
_NEEDED: Final = ("CONTENT_FILTER_ENABLED", "BLOCKED_WORDS_FILE")


def tell_of_text(options: argparse.Namespace, found: Inspected) -> int:
    """0 if the text passes, 1 if it is blocked.  ConfigError if the list is no good."""
    settings, channel = found.settings, options.channel
    if wrong := [problem for problem in found.problems if problem.split()[0] in _NEEDED]:
        raise ConfigError(*wrong)
    terms = _terms(settings, channel) if channel else ()
    if settings.content_filter_enabled:
        why = explain(options.text, settings.blocked_words_file, terms)
    else:
        why = Explanation(is_blocked=False)
    if options.json:
        print(json.dumps({"channel": channel, **asdict(why)}, indent=1))
    else:
        for line in _told(why, settings, channel):
            shown = escaped(redact(line))
            print(wrapped("", shown, _INDENT) if sys.stdout.isatty() else shown)
    return EXIT_FAILED if why.is_blocked else 0


def _terms(settings: Settings, channel: str) -> Sequence[str]:
    """A channel's own terms; none if there is no database yet.  Changes nothing there."""
    if not has_database(settings):
        return ()
    with name_database(settings).open() as store:
        return store.all_terms().get(channel, ())


def _told(why: Explanation, settings: Settings, channel: str | None) -> Iterator[str]:
    if not settings.content_filter_enabled:
        yield "passes: the filter is off (CONTENT_FILTER_ENABLED=false)"
        return
    name = settings.blocked_words_file.name
    if why.entry is None:
        yield (
            "blocked: too long and odd to be judged"
            if why.is_blocked
            else (
                f"passes: nothing of it is on {name}"
                + (f" or among the terms of #{channel}" if channel else "")
            )
        )
        return
    where = f"line {why.line} of {name}" if why.line else f"a term of #{channel}"
    entry = f"{why.entry} ({where}: {why.blocks})"
    if not why.is_blocked:
        lines = " and ".join(f"line {line}" for line in why.spared_by)
        yield f"passes: {lines} of {name} leaves {why.found_in} alone; else blocked by {entry}"
        return
    yield f"blocked: {why.found_in} is blocked by {entry}"
    if why.seen_through:
        yield f"it was read as {why.reading}, through {', '.join(why.seen_through)}"
