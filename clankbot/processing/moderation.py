"""Forgetting what moderators removed, and taking the hint when it was the bot's own words.

Owned by the worker's thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from clankbot.processing.channel_settings import SettingsByChannel
from clankbot.processing.live_state import LiveState
from clankbot.processing.recent_removals import RecentRemovals, Removal
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


class Moderation:
    """Turns removals in chat into removals from the database."""

    def __init__(
        self,
        *,
        write_queue: WriteQueue,
        live_state: LiveState,
        channel_settings: SettingsByChannel,
        removals: RecentRemovals,
        speaking: Turns,
        now_ms: Callable[[], int],
    ) -> None:
        self._write_queue = write_queue
        self._live_state = live_state
        self._settings = channel_settings
        self._removals = removals
        self._speaking = speaking
        self._now_ms = now_ms

    def take(self, event: Removal) -> None:
        """Queue the deletion behind everything that came before it, and stop what hangs on it."""
        if event.channel not in self._settings:
            return
        now_ms = self._now_ms()
        is_timeout = self._is_new_timeout(event)
        self._removals.note(event, now_ms)
        self._speaking.moderated(event)

        def removed(applied: Applied) -> None:
            self._removed(event, applied)
            if is_timeout or self._is_hint(event, applied):
                self._write_queue.add(AddHint(event.channel, now_ms))
                self._speaking.hint(event.channel, now_ms)

        self._write_queue.add(_removal_write(event, now_ms), removed)

    def overtaken(self, own: StoredMessage) -> None:
        """The bot's own message was removed before it was known to be said.

        It is not stored; the mark that it spoke stands before this in the write queue.
        """
        if self._removals.cover_id(own.message_id):
            self.take(MessageDeleted(own.channel, own.message_id))
        else:
            self._write_queue.add(RemoveMessage(own.channel, own.message_id, self._now_ms()))

    def _removed(self, event: Removal, applied: Applied) -> None:
        self._live_state.invalidate(
            event
        )  # once more after the commit: see the live state's text on grounds
        log.info(
            "moderated",
            extra={"kind": type(event).__name__, "channel": event.channel, "rows": applied.rows},
        )
        if applied.own_rows:
            self._speaking.reload_own_words(event.channel)

    def _is_new_timeout(self, event: Removal) -> bool:
        """Whether the bot itself is timed out or banned, and that was not told before."""
        return (
            isinstance(event, UserCleared)
            and self._live_state.is_own_timeout(event)
            and not self._removals.know(event)
        )

    @staticmethod
    def _is_hint(event: Removal, applied: Applied) -> bool:
        """Whether something it had said was deleted; a full clear is about nobody in particular.

        Its answers to commands are not meant: moderators tidy them away once they are read.
        """
        return isinstance(event, MessageDeleted) and applied.own_rows > 0


def _removal_write(event: Removal, now_ms: int) -> Write:
    if isinstance(event, MessageDeleted):
        return RemoveMessage(event.channel, event.message_id, now_ms)
    if isinstance(event, UserCleared):
        return RemoveViewer(event.channel, event.user_id, event.login, now_ms)
    return RemoveChannel(event.channel, now_ms)
