"""Which id each channel has, as chat tells it: what is stored of an id follows it to a new name.

ROOMSTATE brings the id at every JOIN, before any message.  One id can have one name at a time, so
two of the bot's channels that claim the same id on one connection are left as they are.
Owned by the worker's thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from clankbot.clock import Clock
from clankbot.errors import DatabaseError
from clankbot.processing.live_state import LiveState
from clankbot.processing.moderation import Moderation
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.answers import ChannelName
from clankbot.records.chat import ChatMessage, LinkUp, RoomState
from clankbot.records.writes import Applied, CarriedOver, IdentifyChannel

log = logging.getLogger(__name__)

# How exactly it is stored when a channel was seen last.
_NOTED_EVERY_S: Final = 3600.0


class NamedHistory(Protocol):
    """What is stored of channels' names."""

    def channel_names(self) -> Sequence[ChannelName]:
        """Every name that any channel has or had."""


@dataclass
class _Seen:
    """A channel on this connection."""

    channel_id: str
    noted_at: float


class ChannelIds:
    """See the module's text."""

    def __init__(
        self,
        history: NamedHistory,
        live_state: LiveState,
        moderation: Moderation,
        write_queue: WriteQueue,
        carried_over: Callable[[Sequence[CarriedOver]], None],
        clock: Clock,
    ) -> None:
        """``carried_over`` is called once channels have other names, and may be for nothing."""
        self._history = history
        self._live_state = live_state
        self._moderation = moderation
        self._write_queue = write_queue
        self._carried_over = carried_over
        self._clock = clock
        self._stored: dict[str, str] = {}  # ids by name, as stored when the connection was made
        self._seen: dict[str, _Seen] = {}  # by name, on this connection
        self._doubted: set[str] = set()  # names whose claim was refused on this connection

    def _load(self) -> None:
        names = self._history.channel_names()
        self._stored = {name.login: name.channel_id for name in names if name.is_current}

    def handle_link_up(self, _: LinkUp) -> None:
        """On a new connection every channel is to be seen again."""
        self._seen.clear()
        self._doubted.clear()
        with suppress(DatabaseError):  # then every channel is taken for a new one, and looked up
            self._load()

    def handle_room_state(self, event: RoomState) -> None:
        """The room says whose it is."""
        if event.room_id is not None and self._live_state.serves(event.channel):
            self._see(event.channel, event.room_id)

    def note(self, message: ChatMessage) -> None:
        """A message tells the same, if the room should not have.

        It may not take an id from another of the bot's channels: the room's own word is needed.
        Nor does it change what was told on this connection, for an id is for good.
        """
        name, channel_id = message.channel, message.room_id
        seen = self._seen.get(name)
        if channel_id is None or (seen is None and not self._live_state.serves(name)):
            return
        if seen is not None and (seen.channel_id != channel_id or not self._is_due(seen)):
            return
        if self._stored.get(name) != channel_id and any(
            stored_id == channel_id and self._live_state.serves(other)
            for other, stored_id in self._stored.items()
        ):
            return
        self._see(name, channel_id)

    def _see(self, name: str, channel_id: str) -> None:
        seen = self._seen.get(name)
        is_known = self._stored.get(name) == channel_id
        if seen and seen.channel_id == channel_id and not self._is_due(seen):
            return
        for other, claim in self._seen.items():
            if claim.channel_id == channel_id and other != name:
                self._doubt(name, channel_id, other)
                return
        self._seen[name] = _Seen(channel_id, self._clock.monotonic())

        def stored(applied: Applied) -> None:
            for each in applied.carried_over:
                extra = {"channel": each.channel, "former": each.former, "messages": each.messages}
                log.warning("channel carried over", extra={**extra, "channel_id": channel_id})
                self._moderation.repeat(each.channel)
            if not is_known:
                self._stored[name] = channel_id
                self._carried_over(applied.carried_over)

        self._write_queue.add(IdentifyChannel(name, channel_id, self._clock.utc_ms()), stored)
        if not is_known:
            self._write_queue.commit()  # what comes next is judged by the channel's own settings

    def _is_due(self, seen: _Seen) -> bool:
        """Whether it is to be stored again when the channel was seen last."""
        return self._clock.monotonic() - seen.noted_at >= _NOTED_EVERY_S

    def _doubt(self, name: str, channel_id: str, other: str) -> None:
        if name not in self._doubted:
            self._doubted.add(name)
            extra = {"channel": name, "other": other, "channel_id": channel_id}
            log.warning("two channels with one id", extra=extra)
