"""``run``: the bot, until it is asked to stop or must not go on."""

from __future__ import annotations

import argparse
import logging
import queue
import signal
import threading
from functools import partial
from typing import Final, Protocol

from clankbot import __version__
from clankbot.app import EXIT_FAILED, exit_status
from clankbot.bot import Bot
from clankbot.config.environment import ServiceEnvironment, service_environment
from clankbot.config.settings import Settings, run_requirements, settings_from_process
from clankbot.database.locks import hold_instance_lock
from clankbot.parts import load_words, open_database, set_up_logs, word_list_requirements
from clankbot.runtime.systemd import Notifier, watchdog_interval_s
from clankbot.runtime.threads import Failure, Reports, Signals, not_torn_off
from clankbot.services import key_requirements, open_account

log = logging.getLogger(__name__)

_LONGEST_WAIT_S: Final = 60.0


class Watched(Protocol):
    """What is looked at while the bot runs."""

    def is_lively(self) -> bool:
        """Whether systemd may be told that it is well."""
        ...

    def reload(self) -> None:
        """Read the word list again."""
        ...


def run(options: argparse.Namespace) -> int:
    """Exit status 0 when stopped as asked; see the contract's section 1 for the others."""
    settings = settings_from_process(
        needs=(run_requirements, word_list_requirements, key_requirements)
    )
    set_up_logs(settings)
    for warning in settings.warnings:
        log.warning(warning)
    return _run(settings)


def _run(settings: Settings) -> int:
    reports: Reports = queue.SimpleQueue()
    environment = service_environment()
    notifier = Notifier(environment.notify_socket)
    words = load_words(settings)
    database = open_database(settings)
    stopping = threading.Event()
    with hold_instance_lock(
        database.engine, lambda error: reports.put(Failure("instance-lock", error))
    ):
        account = not_torn_off(partial(open_account, settings, database, stopping))
        bot = Bot(settings, account, database, words, reports, stopping)
        log.info(
            "starting",
            extra={
                "version": __version__,
                "channels": ",".join(settings.twitch_channels),
                "model": settings.ollama_model,
                "dry_run": settings.dry_run,
            },
        )
        with Signals(reports):
            bot.start()
            notifier.ready()
            status = wait_for_end(bot, reports, notifier, environment)
            notifier.stopping()
            if not bot.stop():
                status = status or EXIT_FAILED
    log.info("stopped", extra={"status": status})
    return status


def wait_for_end(
    bot: Watched,
    reports: Reports,
    notifier: Notifier,
    environment: ServiceEnvironment,
) -> int:
    """Until a signal asks to stop or a thread has failed; the exit status."""
    expected_s = watchdog_interval_s(environment.watchdog_usec, environment.watchdog_pid)
    interval_s = expected_s or _LONGEST_WAIT_S
    while True:
        if bot.is_lively():
            notifier.alive()
        try:
            report = reports.get(timeout=interval_s)
        except queue.Empty:
            continue
        if isinstance(report, Failure):
            if report.error is not None and exit_status(report.error) != EXIT_FAILED:
                log.error("stopping", extra={"reason": str(report.error)})
            return exit_status(report.error)
        if report is signal.SIGHUP:
            bot.reload()
        else:
            log.info("stopping", extra={"signal": report.name})
            return 0
