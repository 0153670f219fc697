"""What ``check`` finds in the settings, the files and the database.  Changes nothing."""

from __future__ import annotations

import os
import shlex
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

from clankbot.auth.keys import is_open_to_others
from clankbot.auth.stored_token import StoredToken
from clankbot.cli.check_report import Finding, Report
from clankbot.clock import Clock, TrustedClock
from clankbot.config.settings import Inspected, Settings, env_file, require, run_requirements
from clankbot.database.database import Database
from clankbot.errors import ConfigError
from clankbot.files import LITTLE_ROOM_BYTES, disk_room
from clankbot.own_command import own_command
from clankbot.parts import has_database, name_database
from clankbot.processing.filter.list_doctor import DoubtfulLine, doubtful_lines
from clankbot.processing.filter.list_file import read_text
from clankbot.processing.filter.word_list import how_matched, parse_list
from clankbot.services import key_source
from clankbot.text import counted
from clankbot.zones import REMEDY, has_files, look_up

# For the search for damage: enough for some hundred megabytes.
_EXAMINE_S: Final = 5.0
_WRITABLE_S: Final = 1.0
# So far behind what is stored, this machine's clock is wrong.
_CLOCK_OFF_S: Final = 60
_LINES_NAMED: Final = 5


@dataclass
class Checkup:
    """What the looks share: what is known already, so that one need not find it out again."""

    found: Inspected
    report: Report
    clock: TrustedClock = field(default_factory=TrustedClock)
    # Once it is known that it can be read, with its tables up to date.
    database: Database | None = None
    # The same, or one of an older version: the sign-in has always been stored alike.
    sign_in_database: Database | None = None
    # Once it is known that there is none yet, but that one can be made.
    is_database_missing: bool = False
    # Once Twitch has agreed to it.
    sign_in: StoredToken | None = None
    newest_ms: int | None = None
    # Once Ollama says that it is there.
    can_try_model: bool = False

    @property
    def settings(self) -> Settings:
        """With a default for each that is wrong."""
        return self.found.settings


def look_at_settings(checkup: Checkup) -> Iterator[Finding]:
    """What is wrong with each, and which channels the bot will be in."""
    settings = checkup.settings
    for warning in settings.warnings:
        yield "warn", warning
    for problem in checkup.found.problems:
        yield "fail", problem
    missing: tuple[str, ...] = ()
    try:
        require(settings, run_requirements)
    except ConfigError as error:
        missing = tuple(p for p in error.problems if p.split()[0] not in checkup.found.wrong)
    yield from (("fail", problem) for problem in missing)
    if not env_file().exists():
        looked = f"there is no .env in {env_file().parent}, where it is looked for"
        if missing:
            yield (
                "warn",
                f"{looked}; a first login asks for what it needs; run: {own_command('login')}",
            )
        else:
            yield "ok", f"{looked}: all settings are from the environment"
    if not settings.twitch_channels:
        return
    channels = ", ".join(f"#{channel}" for channel in settings.twitch_channels)
    yield "ok", f"the bot will sit in {channels}"
    if settings.dry_run:
        yield "warn", "DRY_RUN is true: the bot says nothing and logs what it would have said"


def look_at_words(checkup: Checkup) -> Iterator[Finding]:
    """The word list, line by line."""
    settings = checkup.settings
    if not settings.content_filter_enabled:
        yield "warn", "the filter is off (CONTENT_FILTER_ENABLED=false)"
        return
    path = settings.blocked_words_file
    text = read_text(path)
    problems: tuple[str, ...] = ()
    try:
        entries = [entry.text for entry in parse_list(text, str(path)).entries]
    except ConfigError as error:
        problems = error.problems
    yield from (("fail", problem) for problem in problems)
    alike: dict[str, list[DoubtfulLine]] = defaultdict(list)
    for line in doubtful_lines(text):
        if not any(f", line {line.number}: " in problem for problem in problems):
            alike[line.doubt.looks_like].append(line)
    for lines in alike.values():
        yield from _about_lines(path.name, lines)
    if not problems:
        told = f"{path} has {len(entries):,} words and phrases"
        yield ("ok", told) if entries else ("warn", f"{path} is empty: nothing is blocked")
        yield from _about_attached(path.name, entries)


def _about_attached(name: str, entries: Sequence[str]) -> Iterator[Finding]:
    """Words of scripts in which more may be attached to a word."""
    told = [(entry, how_matched(entry)) for entry in entries if not entry.isascii()]
    for hint, of_script in groupby(sorted(told, key=_hint), key=_hint):
        if hint:
            words = [entry for entry, _ in of_script]
            more = f" and {len(words) - 1:,} more" if len(words) > 1 else ""
            yield "ok", f"{words[0]}{more} of {name}: that whole word; {hint}"


def _hint(told: tuple[str, str]) -> str:
    return told[1].partition("; ")[2]


def _about_lines(name: str, lines: Sequence[DoubtfulLine]) -> Iterator[Finding]:
    """Lines that are no word or phrase, all in the same way."""
    for number, doubt in lines[:_LINES_NAMED]:
        yield "warn", f"line {number} of {name} {doubt.for_list}"
    if more := lines[_LINES_NAMED:]:
        count, last = counted(len(more), "more line"), more[-1].number
        yield "warn", f"{count} of {name} like these, up to line {last}"


def look_at_files(checkup: Checkup) -> Iterator[Finding]:
    """Whether others can read what they should not; speaks only of what is wrong."""
    settings = checkup.settings
    files = [env_file(), key_source(settings).file]
    if settings.database_type == "sqlite":
        file = settings.database_url
        files += [file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))]
    is_well = True
    for path in files:
        if path and path.exists() and is_open_to_others(path):
            is_well = False
            yield "warn", f"others can read {path}; run: chmod 600 {shlex.quote(str(path))}"
        if path and path.exists() and not os.access(path, os.R_OK):
            is_well = False
            yield "fail", f"{path} cannot be read by this user"
    if is_well:
        yield "ok", "nothing here that is secret can be read by others"


def look_at_database(checkup: Checkup) -> Iterator[Finding]:
    """Whether it is whole, of this version, and can be written to."""
    settings, database = checkup.settings, name_database(checkup.settings)
    if not has_database(settings):
        yield from _missing(checkup)
        return
    is_mysql, where = settings.database_type == "mysql", settings.database_url
    named = f"mysql at {settings.mysql_host}" if is_mysql else f"sqlite at {where}"
    if not is_mysql and not os.access(where.parent, os.W_OK | os.X_OK):
        yield "fail", f"{named}: this user may not write in {where.parent}, as the bot has to"
        return
    checkup.report.progress("database", "looking for damage ...")
    is_seen_whole = database.examine(_EXAMINE_S)  # first: to open it may mix it with a log
    schema, latest = database.schema()
    if not schema:
        checkup.is_database_missing = True
        yield "ok", f"{named} is empty; the bot makes its tables at its first start"
        return
    checkup.sign_in_database = database
    if schema < latest:
        yield (
            "warn",
            f"{named} is of an older version (schema {schema}, this is {latest}): the bot brings it"
            " up to date when it starts, so make a backup first",
        )
        return
    checkup.database = database
    with database.open() as store:
        megabytes = store.size_bytes() / 1_000_000
        checkup.newest_ms = store.newest_time()
    database.wait_until_writable(_WRITABLE_S, threading.Event().wait)
    if not is_seen_whole:
        yield "ok", f"no damage was found in the {_EXAMINE_S:.0f} s that it was looked for"
    yield "ok", f"{named}, {megabytes:.1f} MB, tables up to date"
    if not is_mysql:
        yield from _free_space(where.parent)


def _missing(checkup: Checkup) -> Iterator[Finding]:
    """A database that is still to be made."""
    path = checkup.settings.database_url
    folder = path.parent
    if not folder.is_dir():
        yield "fail", f"DATABASE_URL is {path}, and there is no folder {folder}"
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield "fail", f"DATABASE_URL is {path}, and this user may not write in {folder}"
    else:
        checkup.is_database_missing = True
        yield "ok", f"there is none at {path} yet; the bot makes it at its first start"
        yield from _free_space(folder)


def _free_space(folder: Path) -> Iterator[Finding]:
    """Of the disk that the database is on; speaks only if there is little."""
    free, _ = disk_room(folder)
    if free < LITTLE_ROOM_BYTES:
        megabytes = free // 1_000_000
        yield "warn", f"only {megabytes} MB are free in {folder}: a full disk stores no chat"


def look_at_clock(checkup: Checkup) -> Iterator[Finding]:
    """Whether this machine's clock agrees with Twitch's, and with what is stored."""
    newest_s = None if checkup.newest_ms is None else checkup.newest_ms // 1000
    if ahead_s := checkup.clock.ahead_s():
        yield "warn", _clock_is_off(ahead_s, "Twitch's")
    elif newest_s is not None and newest_s - Clock().utc_ms() // 1000 > _CLOCK_OFF_S:
        behind_s = newest_s - Clock().utc_ms() // 1000
        yield "warn", _clock_is_off(-behind_s, "the newest stored message")
    elif checkup.sign_in is not None:
        yield "ok", "it agrees with Twitch's"
    else:
        yield (
            "skip",
            "Twitch tells the time only to an account that is signed in, and none could be used",
        )
    yield from _about_zones(checkup)


def _about_zones(checkup: Checkup) -> Iterator[Finding]:
    """Whether the zones that channels have set can be looked up."""
    if not has_files():
        yield "warn", REMEDY
    elif checkup.database is not None:
        with checkup.database.open() as store:
            overrides = store.all_overrides()
        for channel, values in sorted(overrides.items()):
            if (zone := values.get("timezone")) and look_up(str(zone)) is None:
                yield "warn", f"the time zone {zone} of #{channel} is not known here: UTC is used"


def _clock_is_off(ahead_s: int, what: str) -> str:
    hours, minutes = divmod(abs(ahead_s) // 60, 60)
    by = f"{hours // 24} days" if hours >= 48 else f"{hours} h {minutes} min"
    side = "ahead of" if ahead_s > 0 else "behind"
    return (
        f"this machine's clock is {by} {side} {what}; the bot goes by Twitch's time, but"
        " certificates fail while the clock is wrong; see: timedatectl status"
    )
