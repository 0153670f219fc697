"""What holds right now, for every channel: the one state that several threads share.

The reader notes what chat says about rooms and moderation the moment a line is read, so a
deletion stops a generation even while the worker is busy storing.  The worker sets what comes
from the database, the composer registers what a generation is grounded on, and the sender asks
before each send.  One lock, held only for dictionary work; nothing here does I/O or waits.

A generation's *grounds* are the messages and viewers its prompt was made of.  They are opened
before the context is read from the database, and the worker notes a removal again after its
commit; so whichever comes first, a removed message is either not read or revokes the grounds.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from clankbot.processing.recent_removals import Removal, removes
from clankbot.records.chat import (
    ChatCleared,
    ChatMessage,
    Event,
    LinkUp,
    MessageDeleted,
    Notice,
    OwnState,
    RoomState,
    UserCleared,
)
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import ContextLine
from clankbot.twitch_notices import BANNED, ShutOut, meaning_of, seconds_told

_HOUR_MS: Final = 3_600_000


@dataclass
class _Room:
    """One channel, as the last lines of chat described it."""

    privileged: bool = False
    is_mod: bool = False
    emote_only: bool = False
    subscribers_only: bool = False
    followers_only: bool = False
    muted_until_ms: int = 0
    mute_reason: str | None = None
    """None: a moderator's timeout."""
    refused_here: str | None = None
    refused_by_mode: str | None = None
    policy: ChannelSettings | None = None
    silenced_until_ms: int = 0
    live: bool | None = None
    recent_own: tuple[str, ...] = ()
    removed_own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomView:
    """A snapshot of one channel, for the pure rules that judge it."""

    policy: ChannelSettings
    obstacle: str | None
    """Why Twitch or its moderators would not let the bot speak; None when they would."""
    silenced_until_ms: int
    live: bool | None
    is_mod: bool
    recent_own: tuple[str, ...]
    removed_own: tuple[str, ...]


@dataclass
class _Generation:
    channel: str
    call_off: Callable[[], None]
    lines: tuple[ContextLine, ...] | None = None
    removals: list[Removal] = field(default_factory=list)
    is_invalid: bool = False


class LiveState:
    """See the module's text.  Every method may be called from any thread."""

    def __init__(self, now_ms: Callable[[], int], own_id: str | None = None) -> None:
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._rooms: dict[str, _Room] = {}
        self._generations: dict[int, _Generation] = {}
        self._numbers = itertools.count(1)
        self._opted_out: frozenset[str] = frozenset()
        self._own_id = own_id
        self._own_login: str | None = None
        self._outage: str | None = None

    # -- what chat says ------------------------------------------------------------------------

    def note(self, event: Event) -> None:
        """Take in one event: quick, and harmless when repeated."""
        if isinstance(event, ChatMessage):
            return
        called_off: list[Callable[[], None]] = []
        with self._lock:
            if isinstance(event, LinkUp):
                self._own_id = event.user_id or self._own_id
                self._own_login = event.login
            elif isinstance(event, RoomState):
                self._note_room_state(event)
            elif isinstance(event, OwnState):
                self._note_own_state(event)
            elif isinstance(event, Notice) and event.channel and event.notice_id:
                self._note_notice(self._room(event.channel), event.notice_id, event.text)
            elif isinstance(event, MessageDeleted | UserCleared | ChatCleared):
                self._note_own_timeout(event)
                called_off = self._invalidate(event)
        for call_off in called_off:
            call_off()

    def _room(self, channel: str) -> _Room:
        return self._rooms.setdefault(channel, _Room())

    def _note_room_state(self, event: RoomState) -> None:
        room = self._room(event.channel)
        if event.emote_only is not None:
            room.emote_only = event.emote_only
        if event.subscribers_only is not None:
            room.subscribers_only = event.subscribers_only
        if event.followers_only_minutes is not None:
            room.followers_only = event.followers_only_minutes >= 0
        room.refused_by_mode = None

    def _note_own_state(self, event: OwnState) -> None:
        room = self._room(event.channel)
        room.is_mod = event.is_mod or event.is_broadcaster
        room.privileged = room.is_mod or event.is_vip
        room.refused_here = None  # it comes after a JOIN or an accepted message
        if event.message_id is not None:
            room.muted_until_ms = 0

    def _note_notice(self, room: _Room, notice_id: str, text: str) -> None:
        meaning, now_ms = meaning_of(notice_id), self._now_ms()
        if meaning is None:
            return
        if meaning.shut_out is ShutOut.SECONDS:
            told_s = seconds_told(text)
            room.muted_until_ms = now_ms + (60 if told_s is None else told_s) * 1000
            room.mute_reason = None
        elif meaning.shut_out is ShutOut.ROOM_STATE:
            room.refused_by_mode = meaning.obstacle
        elif meaning.shut_out is ShutOut.JOIN:
            room.refused_here = meaning.obstacle
        elif meaning.shut_out is ShutOut.HOUR:
            room.muted_until_ms = now_ms + _HOUR_MS
            room.mute_reason = meaning.obstacle

    def _note_own_timeout(self, event: Event) -> None:
        if not isinstance(event, UserCleared) or not self._is_own(event):
            return
        room = self._room(event.channel)
        if event.duration_seconds is None:
            room.refused_here = BANNED
        else:
            room.muted_until_ms = self._now_ms() + event.duration_seconds * 1000
            room.mute_reason = None

    def _is_own(self, event: UserCleared) -> bool:
        if event.user_id is None:
            return event.login is not None and event.login == self._own_login
        return event.user_id == self._own_id

    # -- what the worker knows -------------------------------------------------------------------

    def set_policy(self, channel: str, policy: ChannelSettings) -> None:
        """From now on this holds in the channel."""
        with self._lock:
            self._room(channel).policy = policy

    def set_silence(self, channel: str, until_ms: int) -> None:
        """The bot took the hint: not a generated word here until then; 0 lifts it."""
        with self._lock:
            self._room(channel).silenced_until_ms = until_ms

    def forgive(self, channel: str) -> None:
        """A moderator wants the bot back: a timeout or ban may be over, which Twitch never tells.

        If it is not, the notice on the next message says so.
        """
        with self._lock:
            room = self._room(channel)
            if room.mute_reason is None:
                room.muted_until_ms = 0
            if room.refused_here == BANNED:
                room.refused_here = None

    def set_own_words(self, channel: str, recent: Iterable[str], removed: Iterable[str]) -> None:
        """Fingerprints of what the bot said here lately, and of what moderators removed."""
        with self._lock:
            room = self._room(channel)
            room.recent_own = tuple(recent)
            room.removed_own = tuple(removed)

    def set_opted_out(self, user_ids: frozenset[str]) -> None:
        """These viewers are not answered, and a generation made of their words is dropped."""
        with self._lock:
            self._opted_out = user_ids

    def set_live(self, live_channels: Collection[str], channels: Iterable[str]) -> None:
        """Which of the channels are streaming, as Twitch's API tells."""
        with self._lock:
            for channel in channels:
                self._room(channel).live = channel in live_channels

    def set_outage(self, problem: str | None) -> None:
        """While the database is away nothing is said: the context would be stale."""
        with self._lock:
            self._outage = problem

    def invalidate(self, removal: Removal) -> None:
        """Drop what was made of the words that are removed."""
        with self._lock:
            called_off = self._invalidate(removal)
        for call_off in called_off:
            call_off()

    def invalidate_viewer(self, user_id: str) -> None:
        """Drop what was made of a viewer's words in any channel."""
        with self._lock:
            channels = {grounds.channel for grounds in self._generations.values()}
        for channel in channels:
            self.invalidate(UserCleared(channel, user_id, None))

    def invalidate_all(self) -> None:
        """Drop whatever is being made, in every channel: another program has deleted something."""
        with self._lock:
            hit = [grounds for grounds in self._generations.values() if not grounds.is_invalid]
            for grounds in hit:
                grounds.is_invalid = True
        for grounds in hit:
            grounds.call_off()

    # -- generations -----------------------------------------------------------------------------

    def register(self, channel: str, call_off: Callable[[], None]) -> int:
        """Register a generation before its context is read; ``call_off`` must not block."""
        with self._lock:
            number = next(self._numbers)
            self._generations[number] = _Generation(channel, call_off)
            return number

    def bind(self, number: int, lines: tuple[ContextLine, ...]) -> bool:
        """The context is read; False when something of it was removed in the meantime."""
        with self._lock:
            grounds = self._generations[number]
            grounds.lines = lines
            grounds.is_invalid |= any(_hits(removal, lines) for removal in grounds.removals)
            return not grounds.is_invalid

    def release(self, number: int | None) -> None:
        """The generation came to its end, said or not."""
        if number is not None:
            with self._lock:
                self._generations.pop(number, None)

    def is_invalid(self, number: int | None) -> bool:
        """Whether something the generation was made of has been removed since."""
        with self._lock:
            grounds = self._generations.get(number) if number is not None else None
            return grounds is not None and grounds.is_invalid

    def _invalidate(self, removal: Removal) -> list[Callable[[], None]]:
        called_off = []
        for grounds in self._generations.values():
            if grounds.is_invalid or grounds.channel != removal.channel:
                continue
            if grounds.lines is None:
                grounds.removals.append(removal)
            elif _hits(removal, grounds.lines):
                grounds.is_invalid = True
                called_off.append(grounds.call_off)
        return called_off

    # -- questions -------------------------------------------------------------------------------

    @property
    def outage(self) -> str | None:
        """Why the database is away; None when it is well."""
        with self._lock:
            return self._outage

    @property
    def own_id(self) -> str | None:
        """The bot's user id; None while it reads anonymously."""
        with self._lock:
            return self._own_id

    def is_own_timeout(self, event: UserCleared) -> bool:
        """Whether it is the bot that was timed out or banned."""
        with self._lock:
            return self._is_own(event)

    @property
    def opted_out(self) -> frozenset[str]:
        """Ids of the viewers who want nothing of the bot."""
        with self._lock:
            return self._opted_out

    def has_opted_out(self, user_id: str | None) -> bool:
        """Whether this viewer wants nothing of the bot."""
        with self._lock:
            return user_id in self._opted_out

    def view(self, channel: str) -> RoomView:
        """The channel as it stands at this moment."""
        now_ms = self._now_ms()
        with self._lock:
            room = self._room(channel)
            return RoomView(
                policy=room.policy or ChannelSettings(),
                obstacle=_obstacle(room, now_ms),
                silenced_until_ms=room.silenced_until_ms,
                live=room.live,
                is_mod=room.is_mod,
                recent_own=room.recent_own,
                removed_own=room.removed_own,
            )


def _obstacle(room: _Room, now_ms: int) -> str | None:
    """Why the bot may not speak in the room; moderators and VIPs are exempt from its modes.

    Whether the bot follows or subscribes is not told over IRC, so those modes are taken to shut
    it out.  https://help.twitch.tv/s/article/chat-commands
    """
    if room.refused_here:
        return room.refused_here
    if room.muted_until_ms > now_ms:
        left_s = -(-(room.muted_until_ms - now_ms) // 1000)
        return room.mute_reason or f"timed out for {left_s} s"
    if room.refused_by_mode:
        return room.refused_by_mode
    if room.emote_only and not room.is_mod:
        return "emote-only"
    if room.privileged:
        return None
    if room.subscribers_only:
        return "subscribers-only"
    return "followers-only" if room.followers_only else None


def _hits(removal: Removal, lines: tuple[ContextLine, ...]) -> bool:
    """Whether the removal takes away one of the lines."""
    return any(removes(removal, line) for line in lines)
