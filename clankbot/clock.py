"""The time, read in one place, so that code which decides by it can be given another clock.

A small computer has no clock that runs on without power: after a start it may stand in the past,
or be far ahead for seconds, and be set right in mid-run.  ``TrustedClock`` is the one place that
knows what to make of that; docs/architecture.md (Decisions) says why it is as it is.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

log = logging.getLogger(__name__)

# How far two clocks may be apart that are taken to agree: lines are under way for seconds.
_NEAR_MS: Final = 30_000
# The times that are remembered of Twitch, and how many make the machine's clock the liar.
_HEARD: Final = 30
_ENOUGH: Final = 5
# So many of those may be far ahead, and still change nothing.
_ODD: Final = 2
# A machine's clock that has jumped is believed again after it stood for so long, if Twitch says
# nothing: one that is set for a moment is set back sooner.
_STANDS_MS: Final = 600_000
# OpenSSL's numbers for a certificate that is not valid yet, or no longer.
_ABOUT_TIME: Final = frozenset({9, 10})


class Clock:
    """The machine's clocks.  Usable from any thread."""

    def monotonic(self) -> float:
        """Seconds that only ever go forward; for durations.

        On Linux also while the machine is suspended: what was to be said before is stale after it.
        """
        if sys.platform == "linux":
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()

    def utc_ms(self) -> int:
        """Milliseconds UTC; for what is stored or shown."""
        return time.time_ns() // 1_000_000

    def past_ms(self) -> int:
        """A moment that is past for certain, as near to now as can be; for what is to be deleted.

        Milliseconds UTC.  This clock is believed, so it is now.
        """
        return self.utc_ms()

    def ago_s(self, sent_at: datetime) -> float:
        """How many seconds ago Twitch's clock showed this; negative if it is still to come."""
        return self.utc_ms() / 1000 - sent_at.timestamp()

    def utc_day(self) -> str:
        """Today as ``2026-11-22``, in UTC."""
        return f"{datetime.fromtimestamp(self.utc_ms() / 1000, UTC):%F}"


class TrustedClock(Clock):
    """UTC as Twitch tells it; the machine's own as long as Twitch agrees, or has not spoken.

    Any thread may use it.  All that is remembered is by how much UTC is ahead of the steady clock,
    which never jumps: so one reading of the machine's clock changes nothing, and a time that Twitch
    named once holds for the whole run.
    """

    def __init__(self, machine: Clock | None = None) -> None:
        self._machine = machine or Clock()
        self._lock = threading.Lock()
        # Each in milliseconds by which UTC is ahead of the steady clock, as ...
        self._heard = deque[int](maxlen=_HEARD)  # ... Twitch told it, the newest last
        self._settled = 0  # ... these come to
        self._stored: int | None = None  # ... what is stored proves it, at least
        self._own = self._machine.utc_ms() - self._steady_ms()  # ... the machine has it
        # A jump of the machine's clock that is not believed yet: to where, and when it was seen.
        self._jump: tuple[int, int] | None = None
        self._is_wrong = False  # the machine's clock, by Twitch's

    def monotonic(self) -> float:
        """As the machine's."""
        return self._machine.monotonic()

    def hear(self, sent_at: datetime | None) -> None:
        """Twitch named this time in what has just arrived; None: it named none."""
        if sent_at is not None:
            with self._lock:
                self._heard.append(round(sent_at.timestamp() * 1000) - self._steady_ms())
                self._settled = _settled(self._heard)

    def remember(self, stored_ms: int | None) -> None:
        """What is stored is of this time, so it is no earlier now; None: nothing is stored."""
        if stored_ms is None:
            return
        with self._lock:
            self._stored = stored_ms - self._steady_ms()
            if self._own < self._stored - _NEAR_MS:
                self._own = self._stored

    def utc_ms(self) -> int:
        """Milliseconds UTC: what is most likely, and right as soon as Twitch has said a line."""
        return self._judged()[0]

    def past_ms(self) -> int:
        """Milliseconds UTC of a moment that is past for certain.

        That is now, once Twitch has confirmed the time; till then what is stored proves what is
        older, unless the machine's clock says that even that is still to come.  0 if nothing is.
        """
        now_ms, is_confirmed = self._judged()
        if is_confirmed:
            return now_ms
        with self._lock:
            stored_ms = 0 if self._stored is None else self._stored + self._steady_ms()
            return min(now_ms, stored_ms, self._machine.utc_ms())

    def ago_s(self, sent_at: datetime) -> float:
        """By Twitch's clock, from which that of a machine that is believed may differ a little."""
        with self._lock:
            told, steady_ms = self._told(), self._steady_ms()
        if told is None:
            return super().ago_s(sent_at)
        return (steady_ms + told) / 1000 - sent_at.timestamp()

    def ahead_s(self) -> int | None:
        """The seconds by which the machine's clock is ahead of Twitch's, negative if it is behind.

        0 if they agree, None if Twitch has named no time yet.
        """
        with self._lock:
            steady_ms = self._steady_ms()
            wall, told = self._machine.utc_ms() - steady_ms, self._told()
        if told is None:
            return None
        return 0 if abs(wall - told) <= _NEAR_MS else (wall - told) // 1000

    def _steady_ms(self) -> int:
        return round(self._machine.monotonic() * 1000)

    def _judged(self) -> tuple[int, bool]:
        """The time, and whether Twitch has confirmed it."""
        with self._lock:
            steady_ms = self._steady_ms()
            wall = self._machine.utc_ms() - steady_ms
            self._follow(wall, steady_ms)
            told, was_wrong = self._told(), self._is_wrong
            if told is None:
                return steady_ms + self._own, False
            # Once wrong, it has to be well within to be right again: the log is not to flicker.
            self._is_wrong = abs(wall - told) > (_NEAR_MS // 2 if was_wrong else _NEAR_MS)
            is_wrong, is_confirmed = self._is_wrong, len(self._heard) >= _ENOUGH
        if is_wrong and not was_wrong:
            extra = {"ahead_s": (wall - told) // 1000}
            log.warning("this machine's clock is wrong, going by Twitch's", extra=extra)
        elif was_wrong and not is_wrong:
            log.info("this machine's clock is right again")
        return (steady_ms + told, is_confirmed) if is_wrong else (steady_ms + wall, True)

    def _follow(self, wall: int, steady_ms: int) -> None:
        """Take over where the machine's clock stands, unless it has just jumped there."""
        if abs(wall - self._own) <= _NEAR_MS:
            self._own, self._jump = wall, None
        elif self._jump is None or abs(wall - self._jump[0]) > _NEAR_MS:
            self._jump = wall, steady_ms
        elif steady_ms - self._jump[1] >= _STANDS_MS and not self._is_disproved(wall):
            self._own, self._jump = wall, None

    def _is_disproved(self, offset: int) -> bool:
        """Whether what is stored is younger."""
        return self._stored is not None and offset < self._stored - _NEAR_MS

    def _told(self) -> int | None:
        """What Twitch's times come to; None without any that can be.

        While there are only two, the machine's clock has a vote, and what is stored can refute
        them.
        """
        if len(self._heard) > _ODD:
            return self._settled
        times = [time for time in self._heard if not self._is_disproved(time)]
        if len(times) == _ODD:
            times.append(self._own)
        return _settled(times) if times else None


def _settled(times: Iterable[int]) -> int:
    """The time that many tell: an odd one or two change nothing, and nor do old ones.

    No line arrives before it was sent, so the latest times are right, but for the odd ones; what
    comes late, or comes again, only tells that it is not earlier.
    """
    latest_first = sorted(times, reverse=True)
    return latest_first[min(_ODD, (len(latest_first) - 1) // 2)]


def doubt_about_clock(verify_code: int) -> str:
    """What to add to OpenSSL's reason for refusing a certificate, if a wrong clock may be to blame.

    Empty if the reason has nothing to do with the time.
    """
    if verify_code not in _ABOUT_TIME:
        return ""
    now = datetime.fromtimestamp(Clock().utc_ms() / 1000, UTC)
    return f" (this machine's clock says {now:%Y-%m-%d %H:%M} UTC: is that right?)"
