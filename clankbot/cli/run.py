"""``run``: the bot, until it is asked to stop or must not go on."""

from __future__ import annotations

import argparse
import logging
import math
import queue
import signal
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from clankbot import __version__
from clankbot.app import EXIT_FAILED, exit_status
from clankbot.bot import STOP_WITHIN_S, Bot
from clankbot.clock import TrustedClock
from clankbot.config.settings import Settings, from_systemd, run_requirements
from clankbot.database.database import patiently
from clankbot.database.locks import hold_instance_lock
from clankbot.parts import load_words, name_database, start_up, word_list_requirements
from clankbot.runtime.systemd import Notifier, watchdog_interval_s
from clankbot.runtime.terminal import is_any_closed, terminals
from clankbot.runtime.threads import Failure, Reports, Signals, not_torn_off, start_patiently
from clankbot.services import certificate_requirements, key_requirements, open_account

log = logging.getLogger(__name__)

# A signal that comes in the very instant before a wait begins is noticed only when that ends.
_LONGEST_WAIT_S: Final = 2.0


def run(options: argparse.Namespace) -> int:
    """Exit status 0 if stopped as asked; see the contract's section 1 for the others."""
    reports: Reports = queue.SimpleQueue()
    with Signals(reports, is_starting=True) as signals:
        settings = start_up(
            run_requirements, word_list_requirements, key_requirements, certificate_requirements
        )
        for warning in settings.warnings:
            log.warning(warning)
        status = _run(settings, reports, signals)
        log.info("stopped", extra={"status": status})
        return status


def _run(settings: Settings, reports: Reports, signals: Signals) -> int:
    started_from = terminals()
    notifier = Notifier(from_systemd("NOTIFY_SOCKET"))
    watchdog = from_systemd("WATCHDOG_USEC"), from_systemd("WATCHDOG_PID")
    alive_every_s = min(watchdog_interval_s(*watchdog) or math.inf, _LONGEST_WAIT_S)
    words = load_words(settings)
    database = name_database(settings)
    stopping, clock = threading.Event(), TrustedClock()
    with ExitStack() as held:
        lost = lambda error: reports.put(Failure("instance-lock", error))  # noqa: E731
        lock = partial(hold_instance_lock, database.engine, lost, start_patiently)
        patiently(lambda: held.enter_context(lock()), STOP_WITHIN_S, stopping.wait)
        database.make_ready(STOP_WITHIN_S, stopping.wait)
        account = not_torn_off(partial(open_account, settings, database, stopping, clock))
        bot = Bot(settings, account, database, words, reports, stopping, clock)
        log.info(
            "starting",
            extra={
                "version": __version__,
                "folder": Path.cwd(),
                "database": _where(settings),
                "channels": ",".join(settings.twitch_channels),
                "model": settings.ollama_model,
                "dry_run": settings.dry_run,
            },
        )
        signals.is_starting = False
        bot.start()
        notifier.ready()
        status = wait_for_end(bot, reports, notifier, alive_every_s, started_from)
        notifier.stopping()
        if not bot.stop():
            status = status or EXIT_FAILED
    return status


def _where(settings: Settings) -> str:
    """Which database it is, for the log."""
    if settings.database_type == "sqlite":
        return str(settings.database_url)
    return f"{settings.mysql_database} on {settings.mysql_host}"


def wait_for_end(
    bot: Bot,
    reports: Reports,
    notifier: Notifier,
    alive_every_s: float,
    started_from: Sequence[int] = (),
) -> int:
    """Until a signal asks to stop or a thread has failed; the exit status.

    A hang-up asks to stop if it came with the end of the terminal that the bot was started from,
    else to reload.  While the bot is well, a sign of life is given every so many seconds.
    """
    while True:
        if bot.is_lively():
            notifier.alive()
        try:
            report = reports.get(timeout=alive_every_s)
        except queue.Empty:
            continue
        if isinstance(report, Failure):
            if report.error is not None and exit_status(report.error) != EXIT_FAILED:
                log.error("stopping", extra={"reason": str(report.error)})
            return exit_status(report.error)
        if report is signal.SIGHUP and not is_any_closed(started_from):
            bot.reload()
        else:
            log.info("stopping", extra={"signal": report.name})
            return 0
