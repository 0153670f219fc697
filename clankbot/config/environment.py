"""What the environment says beside the settings: systemd to a service, a terminal to programs."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceEnvironment:
    """The variables of sd_notify and of the journal; None if there is no systemd.

    Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
    """

    notify_socket: str | None
    watchdog_usec: str | None
    watchdog_pid: str | None
    journal_stream: str | None


def service_environment() -> ServiceEnvironment:
    """The values of this process."""
    return ServiceEnvironment(
        notify_socket=os.environ.get("NOTIFY_SOCKET"),
        watchdog_usec=os.environ.get("WATCHDOG_USEC"),
        watchdog_pid=os.environ.get("WATCHDOG_PID"),
        journal_stream=os.environ.get("JOURNAL_STREAM"),
    )


def wants_colours() -> bool:
    """Whether a terminal may be sent colours.  Source: https://no-color.org"""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
