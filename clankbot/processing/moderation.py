"""Forgetting what moderators removed, and taking the hint if it was the bot's own words.

Owned by the worker's thread.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from clankbot.clock import Clock
from clankbot.processing.internal_messages import RemovalReached
from clankbot.processing.live_state import LiveState
from clankbot.processing.recent_removals import RecentRemovals, Removal
from clankbot.processing.speaking.repetition import OwnWords
from clankbot.processing.speaking.turns import Turns
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.chat import MessageDeleted, UserCleared
from clankbot.records.writes import (
    AddHint,
    Applied,
    RemoveChannel,
    RemoveMessage,
    RemoveViewer,
    StoredMessage,
    Write,
)

log = logging.getLogger(__name__)

# Of removals that find nothing, so many in a row are told one by one, and the others once a minute.
_TOLD_ONE_BY_ONE: Final = 3
_SUMMED_UP_EVERY_S: Final = 60.0


@dataclass
class _Wave:
    """Removals of nothing that was stored, in one channel."""

    since: float  # or since it was told of last, in monotonic seconds
    told: int = 0
    untold: int = 0


class RemovalLog:
    """A line for each removal, with its count and without words; of a wave of bans a few.

    Thousands of accounts that never spoke may be banned at once.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waves: dict[str, _Wave] = {}  # by channel

    def carried_out(self, event: Removal, rows: int, factor: int | None) -> None:
        """The rows are gone; by this factor the bot holds back for it, None: not at all."""
        extra = {"kind": type(event).__name__, "channel": event.channel, "rows": rows}
        if factor is not None:
            log.warning("moderated, holding back", extra={**extra, "factor": factor})
            return
        if not rows:
            wave = self._waves.setdefault(event.channel, _Wave(self._clock.monotonic()))
            if wave.told >= _TOLD_ONE_BY_ONE:
                wave.untold += 1
                return
            wave.told += 1
        log.info("moderated", extra=extra)

    def sum_up(self, *, at_once: bool = False) -> None:
        """Tell of what was not told singly, when a minute is over, or ``at_once``."""
        now = self._clock.monotonic()
        for channel, wave in list(self._waves.items()):
            if not at_once and now - wave.since < _SUMMED_UP_EVERY_S:
                continue
            if wave.untold:
                log.info(
                    "moderated", extra={"removals": wave.untold, "channel": channel, "rows": 0}
                )
                wave.since, wave.untold = now, 0
            else:
                del self._waves[channel]


class Moderation:
    """Turns removals in chat into removals from the database."""

    def __init__(
        self,
        live_state: LiveState,
        carried_out: RecentRemovals,
        passed: RecentRemovals,
        turns: Turns,
        own_words: OwnWords,
        write_queue: WriteQueue,
        clock: Clock,
    ) -> None:
        """``carried_out`` are removals from when they are handled on, for the bot's own lines;
        ``passed``, for chat, from when all that was read before them is handled.
        """
        self._live_state = live_state
        self._carried_out = carried_out
        self._passed = passed
        self._turns = turns
        self._own_words = own_words
        self._write_queue = write_queue
        self.log = RemovalLog(clock)
        self._clock = clock
        self._overtaking: list[Removal] = []  # carried out, and not reached yet

    def handle(self, event: Removal) -> None:
        """Queue the deletion behind everything that is handled, and drop mentions it removes.

        What was read before it and still waits is not kept (see processing/inbox.py).  What was
        made of the removed words became invalid when the event was read from chat, and so does what
        is begun before the commit (see processing/generations.py).
        """
        if not self._live_state.serves(event.channel):
            return
        self._overtaking.append(event)
        is_again = self._carried_out.knows(event)
        self._carried_out.remember(event)
        self._turns.listening.drop_removed(event)
        self._remove(event, may_be_hint=not is_again)

    def handle_reached(self, reached: RemovalReached) -> None:
        """What comes from here on, and was sent before the removal, is late."""
        if self._live_state.serves(reached.removal.channel):
            self._passed.remember(reached.removal)
        self._overtaking = [each for each in self._overtaking if each is not reached.removal]

    def repeat(self, channel: str) -> None:
        """Other messages have the name by now: what has overtaken that goes for them, too."""
        for event in self._overtaking:
            if event.channel == channel:
                self._remove(event, may_be_hint=False)

    def _remove(self, event: Removal, *, may_be_hint: bool) -> None:
        now_ms = self._clock.utc_ms()
        is_own_timeout = isinstance(event, UserCleared) and self._live_state.own.is_meant_by(event)

        def committed(applied: Applied) -> None:
            self._live_state.generations.removal_committed(event)
            if applied.own_rows:
                self._own_words.load(event.channel)
            # A full clear is about nobody in particular, and a viewer's ban not about the bot.
            is_own_line = isinstance(event, MessageDeleted) and applied.own_rows > 0
            factor = None
            if may_be_hint and (is_own_timeout or is_own_line):
                self._write_queue.add(AddHint(event.channel, now_ms))
                factor = self._turns.hints.add(event.channel, now_ms)
            self.log.carried_out(event, applied.rows, factor)

        self._write_queue.add(_removal_write(event, now_ms), committed)

    def remove_own(self, own: StoredMessage) -> None:
        """Queue the deletion of an own message that was removed before it was known to be said.

        It is not stored, so this finds only the mark that the bot spoke, which is queued before.
        """
        if self._carried_out.cover_id(own.message_id):
            self._remove(MessageDeleted(own.channel, own.message_id), may_be_hint=True)
        else:
            now_ms = self._clock.utc_ms()
            self._write_queue.add(RemoveMessage(own.channel, own.message_id, now_ms))


def _removal_write(event: Removal, now_ms: int) -> Write:
    if isinstance(event, MessageDeleted):
        return RemoveMessage(event.channel, event.message_id, now_ms)
    if isinstance(event, UserCleared):
        return RemoveViewer(event.channel, event.user_id, event.login, now_ms)
    return RemoveChannel(event.channel, now_ms)
