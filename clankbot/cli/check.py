"""``check``: the set-up doctor.  Looks at everything and tells what to do about it."""

from __future__ import annotations

import argparse
import logging
import shlex
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Final

from clankbot.app import EXIT_FAILED
from clankbot.auth.channel_names import look_at_channels
from clankbot.auth.keys import is_open_to_others
from clankbot.cancel import Cancel
from clankbot.cli.stats import former_names
from clankbot.clock import Clock, TrustedClock
from clankbot.config.addresses import without_password
from clankbot.config.settings import Settings, require, run_requirements, settings_from_process
from clankbot.errors import (
    AuthError,
    ClankbotError,
    ConfigError,
    NotSignedIn,
    OllamaError,
    Trouble,
)
from clankbot.ollama.client import answers_instead, is_cloud_model
from clankbot.ollama.language_model import LanguageModel
from clankbot.ollama.programs import OLLAMA
from clankbot.parts import load_words, name_database, set_up_logs
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import Assignment, ContextLine
from clankbot.runtime.redaction import redact
from clankbot.runtime.threads import not_torn_off
from clankbot.services import (
    UNUSED_SIGN_IN,
    key_source,
    leaves_sign_in_unused,
    ollama_client,
    open_account,
    token_keeper,
    twitch_oauth,
)
from clankbot.text import escaped

# ``ok``, ``warn`` or ``fail``, and a sentence.
Finding = tuple[str, str]

# For the search for damage: enough for some hundred megabytes.
_EXAMINE_S: Final = 5.0
# So far behind what is stored, this machine's clock is wrong.
_CLOCK_OFF_S = 60

_FASTER = "a smaller model or a GPU is faster"
_SMALL_TALK = tuple(
    ContextLine(str(number), str(number % 4), f"viewer{number % 4}", f"Viewer{number % 4}", text, 0)
    for number, text in enumerate(
        (
            "hello everybody, how is the run going today?",
            "pretty well, he is past the second boss already",
            "that music though",
            "the river level is next, my favourite one",
            "last week it took him six tries",
            "I bet he needs three this time",
            "no way, one try and done",
            "look at those fish, they are huge",
            "somebody clip that please",
            "ok that was close",
        )
    )
)

_COLOURS = {"ok": "32", "warn": "33", "fail": "31"}


def run(options: argparse.Namespace) -> int:
    """0 if nothing failed."""
    try:
        settings = settings_from_process()
    except ConfigError as error:
        for warning in error.warnings:
            _tell("settings", ("warn", warning))
        for problem in error.problems:
            _tell("settings", ("fail", problem))
        return EXIT_FAILED
    set_up_logs(settings)
    logging.disable(logging.WARNING)  # each finding is told here, in its own line
    failed = False
    for subject, look in _LOOKS:
        for finding in _findings(look, settings):
            _tell(subject, finding)
            failed |= finding[0] == "fail"
    return EXIT_FAILED if failed else 0


def _tell(subject: str, finding: Finding) -> None:
    verdict, sentence = finding
    shown = f"{verdict:4}"
    if sys.stdout.isatty():
        shown = f"\x1b[{_COLOURS[verdict]}m{shown}\x1b[0m"
    print(f"{shown}  {subject:9}  {escaped(redact(sentence))}", flush=True)


def _findings(
    look: Callable[[Settings], Iterator[Finding]], settings: Settings
) -> Iterator[Finding]:
    """What a look finds; a problem that it raises is its last finding."""
    try:
        yield from look(settings)
    except ConfigError as error:
        yield from (("fail", problem) for problem in error.problems)
    except ClankbotError as error:
        yield "fail", str(error)


def _settings(settings: Settings) -> Iterator[Finding]:
    for warning in settings.warnings:
        yield "warn", warning
    require(settings, run_requirements)
    channels = ", ".join(f"#{channel}" for channel in settings.twitch_channels)
    yield "ok", f"the bot will sit in {channels}"
    if settings.dry_run:
        yield "warn", "DRY_RUN is true: the bot says nothing and logs what it would have said"


def _words(settings: Settings) -> Iterator[Finding]:
    if not settings.content_filter_enabled:
        yield "warn", "the filter is off (CONTENT_FILTER_ENABLED=false)"
        return
    load_words(settings)
    yield "ok", f"{settings.blocked_words_file} is in order"


def _database(settings: Settings) -> Iterator[Finding]:
    database = name_database(settings)
    is_seen_whole = database.examine(_EXAMINE_S)  # first: to open it may mix it with a log
    database.prepare()
    with database.open() as store:
        megabytes = store.size_bytes() / 1_000_000
        newest_ms = store.newest_time()
    if not is_seen_whole:
        yield "ok", f"no damage was found in the {_EXAMINE_S:.0f} s that it was looked for"
    where = settings.mysql_host if settings.database_type == "mysql" else settings.database_url
    yield "ok", f"{settings.database_type} at {where}, {megabytes:.1f} MB, tables up to date"
    ahead_s = 0 if newest_ms is None else (Clock().utc_ms() - newest_ms) // 1000
    if ahead_s < -_CLOCK_OFF_S:
        yield "warn", _clock_is_off(ahead_s, "the newest stored message")


def _clock_is_off(ahead_s: int, what: str) -> str:
    hours, minutes = divmod(abs(ahead_s) // 60, 60)
    by = f"{hours // 24} days" if hours >= 48 else f"{hours} h {minutes} min"
    side = "ahead of" if ahead_s > 0 else "behind"
    return (
        f"this machine's clock is {by} {side} {what}; the bot goes by Twitch's time, but"
        " certificates fail while the clock is wrong; see: timedatectl status"
    )


def _files(settings: Settings) -> Iterator[Finding]:
    """Speaks only of what is wrong."""
    files = [key_source(settings).file]
    if settings.database_type == "sqlite":
        file = settings.database_url
        files += [file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))]
    for path in files:
        if path and path.exists() and is_open_to_others(path):
            yield "warn", f"others can read {path}; run: chmod 600 {shlex.quote(str(path))}"


def _sign_in(settings: Settings) -> Iterator[Finding]:
    database, clock = name_database(settings), TrustedClock()
    if settings.twitch_client_id is None and not settings.dry_run:
        yield "fail", "skipped: set TWITCH_CLIENT_ID"
        return
    if leaves_sign_in_unused(settings, database):
        yield "warn", UNUSED_SIGN_IN
        return
    try:
        keeper = token_keeper(settings, database, threading.Event(), clock)
        identity = not_torn_off(keeper.start)
    except NotSignedIn:
        if not settings.dry_run:
            raise
        yield "ok", "nobody is signed in; chat is read anonymously (DRY_RUN)"
        return
    if twitch_oauth(settings).validate(keeper.access_token()) is None:
        yield "fail", "Twitch does not accept the token just now; try again"
    else:
        yield "ok", f"signed in as {identity.login}, and Twitch agrees"
    if ahead_s := clock.ahead_s():
        yield "warn", _clock_is_off(ahead_s, "Twitch's")


def _channels(settings: Settings) -> Iterator[Finding]:
    """What is known of the channels' names, and what Twitch says of them."""
    database = name_database(settings)
    with database.open() as store:
        names = store.channel_names()
    ours = {name.channel_id for name in names if name.login in settings.twitch_channels}
    for line in former_names([name for name in names if name.channel_id in ours]):
        yield "ok", f"{line}; all that is stored of it has come along"
    if settings.twitch_client_id is None:
        return
    try:
        account = not_torn_off(
            lambda: open_account(settings, database, threading.Event(), TrustedClock())
        )
    except AuthError:
        return  # "sign-in" has told why
    if account.helix is None or account.identity is None:
        return
    channels = settings.twitch_channels
    try:
        findings = list(look_at_channels(account.helix, channels, names, account.identity))
    except AuthError as error:
        yield "warn", f"Twitch could not be asked about the channels: {error}"
        return
    yield from findings
    if not any(verdict == "fail" for verdict, _ in findings):
        yield "ok", "every channel exists on Twitch under its name"


def _ollama(settings: Settings) -> Iterator[Finding]:
    client, model = ollama_client(settings), settings.ollama_model
    where = without_password(settings.ollama_url)
    try:
        version = client.version()
        has_model = client.has_model(model)
        can_chat = not has_model or client.facts(model).chats is not False
    except OllamaError as error:
        hint = "; is it running? (ollama serve)" if error.trouble is Trouble.NOT_REACHABLE else ""
        yield "fail", f"{where}: {client.explained(error).in_full}{hint}"
        return
    program = client.program()
    if program and not (program.speaks_ollama or program.is_guess):
        yield "fail", f"{where}: {answers_instead(program)}"
        return
    if program and program is not OLLAMA and not program.is_guess:
        yield "warn", f"{where} is {program.name}, not Ollama; it may do, as it speaks Ollama's API"
    if not can_chat:
        yield "fail", f"{model} cannot chat; set OLLAMA_MODEL to one that can, such as llama3.1"
    elif has_model:
        yield "ok", f"{where} answers (version {version}) and has {model}"
    elif is_cloud_model(model):
        yield "warn", f"{where} answers; {model} runs in the cloud, so only a try will tell"
    else:
        yield "fail", f"{where} answers but lacks {model}; run: ollama pull {model}"


def _model(settings: Settings) -> Iterator[Finding]:
    """Whether this machine writes a line in time, and how much chat it can read for it."""
    client, name, limit = ollama_client(settings), settings.ollama_model, settings.context_limit
    try:
        can_try = client.has_model(name) and client.facts(name).chats is not False
        is_loaded = client.in_memory(name).is_loaded
    except OllamaError:
        can_try = False
    if not can_try:
        return  # "ollama" has told why
    if not is_loaded:
        longest = f"{settings.ollama_load_timeout:g} s at most (OLLAMA_LOAD_TIMEOUT)"
        print(f"      model      loading {name}: {longest} ...", file=sys.stderr, flush=True)
    model, clock = LanguageModel(client, name, num_ctx=settings.ollama_num_ctx), Clock()
    try:
        model.preload()
        began_s = clock.monotonic()
        # Another channel each time: what the server has read for an earlier check tells no speed.
        channel = f"check{clock.utc_ms()}"
        given = Assignment(channel, "clankbot", ChannelSettings(model=name), _SMALL_TALK)
        composed = model.write(given, Cancel())
    except OllamaError as error:
        yield "fail", f"{name} wrote no line: {error.in_full}; {_FASTER}"
        return
    took_s = clock.monotonic() - began_s
    pace = model.pace(name)
    told = f"{name} wrote a line in {took_s:.1f} s"
    if composed.reason is not None:
        told = f"{name} answered in {took_s:.1f} s, but with no line ({composed.reason.text})"
    if pace.reads_per_s and pace.writes_per_s:
        told += (
            f": it reads {pace.reads_per_s:.0f} tokens a second and writes {pace.writes_per_s:.0f}"
        )
    timeout = f"OLLAMA_TIMEOUT ({settings.ollama_timeout:g} s)"
    if pace.lines_in_time is None or pace.lines_in_time >= limit // 2:
        if composed.reason is not None:
            yield "warn", f"{told}; if it is often so, another model suits chat better"
        else:
            yield "ok", f"{told}; fine for {timeout}"
    else:
        yield (
            "warn",
            f"{told}, so that within {timeout} it can read some {pace.lines_in_time} of {limit}"
            f" lines of chat; it reads on while nobody asks (OLLAMA_READ_AHEAD), and {_FASTER}",
        )
    if (count := len(settings.twitch_channels)) > 1:
        yield (
            "ok",
            f"{count} channels share the server: unless OLLAMA_NUM_PARALLEL={count} is set in"
            " Ollama's environment (which takes the window's memory once for each), a turn of one"
            " channel throws out what was read for another",
        )


_LOOKS: tuple[tuple[str, Callable[[Settings], Iterator[Finding]]], ...] = (
    ("settings", _settings),
    ("words", _words),
    ("database", _database),
    ("files", _files),
    ("sign-in", _sign_in),
    ("channels", _channels),
    ("ollama", _ollama),
    ("model", _model),
)
