"""What is on in each channel: its stream, and what has just happened there.  Facts for a prompt.

The scheduler tells of streams, the reader of raids, first messages and resubscriptions the moment
that a line is read, and of removals, with which they go.  None of it is an occasion to speak.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from clankbot.clock import Clock
from clankbot.records.chat import (
    ChatCleared,
    ChatMessage,
    Event,
    MessageDeleted,
    Raid,
    UserCleared,
)
from clankbot.records.stream import Happening, Stream
from clankbot.text import counted

# Later it is no news; so many are remembered in a channel, and so many tags are told.
_NEWS_S: Final = 180.0
_MOST: Final = 3
_TAGS: Final = 5


class WhatsOn:
    """See the module's text.  Every method may be called from any thread and never waits."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._streams: dict[str, Stream | None] = {}
        self._news: defaultdict[str, list[Happening]] = defaultdict(list)

    def set_streams(self, live: Mapping[str, Stream], channels: Iterable[str]) -> None:
        """What Twitch tells of these channels; those that are missing are not live."""
        with self._lock:
            self._streams.update((channel, live.get(channel)) for channel in channels)

    def handle(self, event: Event) -> None:
        """Take in what happened, or what is removed."""
        match event:
            case ChatMessage(is_first=True):
                self._happened(event, "wrote here for the first time")
            case ChatMessage(resub_months=int(months)):
                self._happened(event, f"resubscribed, {counted(months, 'month')} by now")
            case Raid():
                came = "" if event.viewers is None else f" with {counted(event.viewers, 'viewer')}"
                text = f"raided the channel{came}"
                name, now = event.display_name, self._clock.monotonic()
                self._keep(
                    event.channel, Happening(event.user_id, event.login, name, text, now, None)
                )
            case MessageDeleted() | UserCleared() | ChatCleared():
                with self._lock:
                    news = self._news[event.channel]
                    news[:] = [each for each in news if not _takes(event, each)]

    def _happened(self, message: ChatMessage, text: str) -> None:
        if message.from_shared_chat or message.is_bot:
            return
        now, name = self._clock.monotonic(), message.display_name
        happening = Happening(message.user_id, message.login, name, text, now, message.message_id)
        self._keep(message.channel, happening)

    def _keep(self, channel: str, happening: Happening) -> None:
        with self._lock:
            self._news[channel] = [*self._news[channel], happening][-_MOST:]

    def news(self, channel: str) -> tuple[Happening, ...]:
        """What has happened of late, oldest first."""
        since = self._clock.monotonic() - _NEWS_S
        with self._lock:
            return tuple(each for each in self._news.get(channel, ()) if each.at >= since)

    def stream_facts(self, channel: str) -> list[str]:
        """What there is to say of the channel's stream; nothing if Twitch was not asked."""
        with self._lock:
            if channel not in self._streams:
                return []
            stream = self._streams[channel]
        if stream is None:
            return ["the channel is not live"]
        facts = []
        if stream.title:
            facts.append(f"the stream is called {_quoted(stream.title)}")
        if stream.category:
            facts.append(f"its category is {_quoted(stream.category)}")
        facts += [f"a tag of it is {_quoted(tag)}" for tag in stream.tags[:_TAGS]]
        if stream.started_at_ms is not None:
            minutes = max(0, self._clock.utc_ms() - stream.started_at_ms) // 60_000
            hours, rest = divmod(minutes, 60)
            facts.append(f"it has been live for {f'{hours} h ' if hours else ''}{rest} min")
        return facts


def _quoted(text: str) -> str:
    plain = " ".join(text.split()).replace('"', "'")
    return f'"{plain}"'


def _takes(removal: MessageDeleted | UserCleared | ChatCleared, happening: Happening) -> bool:
    """Whether what happened goes with a removal."""
    match removal:
        case MessageDeleted():
            return removal.message_id == happening.message_id
        case UserCleared():
            by_id = removal.user_id is not None and removal.user_id == happening.user_id
            return by_id or (removal.login is not None and removal.login == happening.login)
        case _:
            return True
