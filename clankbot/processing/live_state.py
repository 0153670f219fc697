"""What holds right now, for every channel: the one state that several threads share.

The reader tells what chat says about rooms and moderation the moment a line is read, so that a
deletion stops a generation even while the worker is busy storing.  The worker sets what comes from
the database, and the send gate asks before each send.  One lock for the rooms, held only for
dictionary work; nothing here does I/O or waits.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Final

from clankbot.bounded_dict import BoundedDict
from clankbot.clock import Clock
from clankbot.processing.disclosure import Disclosures
from clankbot.processing.generations import Generations
from clankbot.processing.whats_on import WhatsOn
from clankbot.records.chat import (
    ChatCleared,
    ChatMessage,
    Event,
    LinkUp,
    MessageDeleted,
    Notice,
    OwnState,
    Raid,
    RoomState,
    UserCleared,
)
from clankbot.records.reasons import Reason, Why
from clankbot.records.settings import ChannelSettings
from clankbot.text import without_unseen
from clankbot.twitch_notices import BANNED, BANNED_NOTICE, ShutOut, meaning_of, seconds_told

_HOUR_S: Final = 3600
_EMOTE_ONLY: Final = Reason(Why.EMOTE_ONLY, "emote-only")
_SUBSCRIBERS_ONLY: Final = Reason(Why.SUBSCRIBERS_ONLY, "subscribers-only")
_FOLLOWERS_ONLY: Final = Reason(Why.FOLLOWERS_ONLY, "followers-only")
_BANNED: Final = Reason(BANNED_NOTICE, BANNED)
_MODES: Final = {mode.text: mode for mode in (_EMOTE_ONLY, _SUBSCRIBERS_ONLY, _FOLLOWERS_ONLY)}
# So many removals within so many seconds keep moderators busy; and so long it must be calm after.
_STORM_REMOVALS: Final = 3
_STORM_WITHIN_S: Final = 30.0
_CALM_S: Final = 120.0
# How long a timeout is taken to last if its notice does not say.
_UNTOLD_TIMEOUT_S: Final = 60

# Own lines that are remembered, and how long after a line an equal one is taken for it.
_SAID: Final = 200
_EMOTES: Final = 300
_ECHO_WITHIN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Own:
    """Who the bot is on Twitch, as far as is known."""

    login: str
    user_id: str | None = None  # None while it reads anonymously
    display_name: str = ""  # its login in other capitals, or a name in another script

    @property
    def names(self) -> frozenset[str]:
        """What viewers may call it, in lower case."""
        return frozenset({self.login, (self.display_name or self.login).lower()})

    def is_meant_by(self, event: UserCleared) -> bool:
        """Whether the bot is the one that was timed out or banned."""
        if event.user_id is None:
            return event.login is not None and event.login == self.login
        return event.user_id == self.user_id


@dataclass
class Room:
    """One channel, as the last lines of chat and the worker described it."""

    is_ours: bool = False
    settings: ChannelSettings = field(default_factory=ChannelSettings)
    silenced_until_ms: int = 0  # the bot took the hint
    live: bool | None = None  # None until Twitch has said so
    emotes: frozenset[str] = frozenset()  # that Twitch told of in this run
    recent_own: tuple[str, ...] = ()  # fingerprints
    removed_own: tuple[str, ...] = ()
    # What Twitch and the moderators allow.
    privileged: bool = False
    is_mod: bool = False
    emote_only: bool = False
    subscribers_only: bool = False
    followers_only: bool = False
    muted_until: float = 0.0  # monotonic seconds
    mute_reason: Reason | None = None  # None: a moderator's timeout
    refused_here: Reason | None = None
    refused_by_mode: Reason | None = None
    # Whether moderators have their hands full; in monotonic seconds.
    busy_until: float = 0.0
    removals_at: tuple[float, ...] = ()  # the last few
    modes: RoomState | None = None  # as they were told last

    def busy(self, now: float) -> Reason | None:
        """That the moderators are busy, until it has been calm for a while."""
        left_s = math.ceil(self.busy_until - now)
        if left_s <= 0 or not self.settings.tact:
            return None
        return Reason(Why.MODERATORS_BUSY, f"the moderators are busy: silent for {left_s} s")

    def stirred(self, now: float, *, by_removal: bool) -> None:
        """Moderators had to do something, or will have to; one removal alone is nothing."""
        is_storm = not by_removal
        if by_removal:
            self.removals_at = (*self.removals_at, now)[-_STORM_REMOVALS:]
            is_storm = now - self.removals_at[0] <= _STORM_WITHIN_S and (
                len(self.removals_at) == _STORM_REMOVALS
            )
        if is_storm or self.busy_until > now:
            self.busy_until = now + _CALM_S

    def obstacle(self, now: float) -> Reason | None:
        """Why Twitch or its moderators would not let the bot speak; None if they would.

        ``now`` is in monotonic seconds.  Moderators and VIPs are exempt from the room's modes.
        Whether the bot follows or subscribes is not told over IRC, so those modes are taken to shut
        it out.
        https://help.twitch.tv/s/article/chat-commands
        """
        if self.refused_here:
            return self.refused_here
        if self.muted_until > now:
            left_s = round(self.muted_until - now)
            return self.mute_reason or Reason(Why.TIMED_OUT, f"timed out for {left_s} s")
        if self.refused_by_mode:
            return self.refused_by_mode
        if self.emote_only and not self.is_mod:
            return _EMOTE_ONLY
        if self.privileged:
            return None
        if self.subscribers_only:
            return _SUBSCRIBERS_ONLY
        return _FOLLOWERS_ONLY if self.followers_only else None


class LiveState:
    """See the module's text.  Every method may be called from any thread."""

    def __init__(
        self,
        own: Own,
        clock: Clock,
        ignored_logins: frozenset[str] = frozenset(),
        owners: frozenset[str] = frozenset(),
    ) -> None:
        """``ignored_logins`` are other bots, which do not count; ``owners`` are user ids."""
        self.ignored_logins = ignored_logins
        self._owners = owners
        self.generations = Generations()
        self.whats_on = WhatsOn(clock)
        self.disclosures = Disclosures(clock)
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms: dict[str, Room] = {}
        # The bot's own lines of late, by channel and text and by Twitch's id.
        self._said_at = BoundedDict[tuple[str, str], float](_SAID)
        self._accepted_ids = BoundedDict[str, None](_SAID)
        # Each of these has one thread that sets it, and is replaced whole: no lock is needed.
        self.own = own  # who the bot is; set by the reader
        self.opted_out: frozenset[str] = frozenset()  # user ids; set by the worker
        # Why the database is unavailable, by the worker; no words for chat.  Meanwhile nothing is
        # said: the context would be stale.
        self.outage: str | None = None

    # -- what chat says ------------------------------------------------------------------------

    def handle(self, event: Event) -> None:
        """Take in one event: quick, and harmless when repeated."""
        self.whats_on.handle(event)
        match event:
            case LinkUp(user_id=str()):
                self.own = Own(event.login, event.user_id, event.login)
            case RoomState():
                with self._lock:
                    self._change_modes(self._room(event.channel), event)
            case Raid():
                self._stir(event.channel, by_removal=False)
            case OwnState():
                with self._lock:
                    self._change_own_state(self._room(event.channel), event)
            case Notice(channel=str(channel), notice_id=str(notice_id)):
                with self._lock:
                    self._change_by_notice(self._room(channel), notice_id, event.text)
            case UserCleared():
                with self._lock:
                    if self.own.is_meant_by(event):
                        self._silence(self._room(event.channel), event.duration_seconds)
                self.generations.removal_read(event)
                self._stir(event.channel, by_removal=True)
            case MessageDeleted() | ChatCleared():
                self.generations.removal_read(event)
                self._stir(event.channel, by_removal=True)

    def _room(self, channel: str) -> Room:
        return self._rooms.setdefault(channel, Room())

    def _stir(self, channel: str, *, by_removal: bool) -> None:
        with self._lock:
            self._room(channel).stirred(self._clock.monotonic(), by_removal=by_removal)

    def _change_modes(self, room: Room, event: RoomState) -> None:
        """A partial update names only what has changed."""
        if room.modes is not None and _is_stricter(event, room.modes):
            room.stirred(self._clock.monotonic(), by_removal=False)
        room.modes = _updated(room.modes, event)
        if event.emote_only is not None:
            room.emote_only = event.emote_only
        if event.subscribers_only is not None:
            room.subscribers_only = event.subscribers_only
        if event.followers_only_minutes is not None:
            room.followers_only = event.followers_only_minutes >= 0  # -1 is off
        room.refused_by_mode = None

    def _change_own_state(self, room: Room, event: OwnState) -> None:
        room.is_mod = event.is_mod or event.is_broadcaster
        room.privileged = room.is_mod or event.is_vip
        room.refused_here = None  # it comes after a JOIN or an accepted message
        if event.message_id is not None:
            room.muted_until = 0.0
            self._accepted_ids[event.message_id] = None
        if event.display_name is not None:
            self.own = replace(self.own, display_name=event.display_name)

    def _change_by_notice(self, room: Room, notice_id: str, text: str) -> None:
        meaning = meaning_of(notice_id)
        if meaning is None:
            return
        reason = _MODES.get(meaning.obstacle) or Reason(notice_id, meaning.obstacle)
        match meaning.shut_out:
            case ShutOut.SECONDS:
                told_s = seconds_told(text)
                self._silence(room, _UNTOLD_TIMEOUT_S if told_s is None else told_s)
            case ShutOut.ROOM_STATE:
                room.refused_by_mode = reason
            case ShutOut.JOIN:
                room.refused_here = reason
            case ShutOut.HOUR:
                room.muted_until = self._clock.monotonic() + _HOUR_S
                room.mute_reason = reason

    def _silence(self, room: Room, duration_s: int | None) -> None:
        """A moderator timed the bot out, or banned it if there is no duration."""
        if duration_s is None:
            room.refused_here = _BANNED
        else:
            room.muted_until = self._clock.monotonic() + duration_s
            room.mute_reason = None

    # -- what the worker knows -------------------------------------------------------------------

    def set_settings(self, channel: str, settings: ChannelSettings) -> None:
        """From now on this holds in the channel, which is one of the bot's."""
        with self._lock:
            room = self._room(channel)
            room.settings = settings
            room.is_ours = True

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
            room.busy_until = 0.0
            if room.mute_reason is None:
                room.muted_until = 0.0
            if room.refused_here is not None and room.refused_here.text == BANNED:
                room.refused_here = None

    def set_own_words(self, channel: str, recent: Iterable[str], removed: Iterable[str]) -> None:
        """Fingerprints of what the bot said here lately, and of what moderators removed."""
        with self._lock:
            room = self._room(channel)
            room.recent_own = tuple(recent)
            room.removed_own = tuple(removed)

    def set_live(self, live_channels: Collection[str], channels: Iterable[str]) -> None:
        """Which of the channels are streaming, as Twitch's API tells."""
        with self._lock:
            for channel in channels:
                self._room(channel).live = channel in live_channels

    def saw_emotes(self, channel: str, emotes: frozenset[str]) -> None:
        """Viewers of the channel use these; when there are too many, it begins anew."""
        with self._lock:
            room = self._room(channel)
            if not emotes <= room.emotes:
                room.emotes = (room.emotes if len(room.emotes) < _EMOTES else frozenset()) | emotes

    def about_to_say(self, channel: str, text: str) -> None:
        """The sender is writing this line of the bot."""
        with self._lock:
            self._said_at[channel, without_unseen(text)] = self._clock.monotonic()

    # -- questions -------------------------------------------------------------------------------

    def serves(self, channel: str) -> bool:
        """Whether this is one of the bot's channels."""
        with self._lock:
            room = self._rooms.get(channel)
            return room is not None and room.is_ours

    def ignores(self, message: ChatMessage) -> bool:
        """Whether a message does not count, for its channel or its author."""
        return (
            not self.serves(message.channel)
            or message.is_bot
            or message.login in self.ignored_logins
            or (self.is_own(message) and self._is_echo(message))
        )

    def is_own(self, message: ChatMessage) -> bool:
        """Whether the bot's own account wrote it: a person who is signed in with it, typing."""
        return self.own.user_id is not None and message.user_id == self.own.user_id

    def _is_echo(self, message: ChatMessage) -> bool:
        """Whether the bot itself has said it.

        Twitch shows nobody their own lines on the connection that wrote them, so there should be
        none.  If there are, the bot must not take its words for a person's.
        """
        with self._lock:
            said_at = self._said_at.get((message.channel, without_unseen(message.text)), -math.inf)
            is_accepted = message.message_id in self._accepted_ids
        return is_accepted or self._clock.monotonic() - said_at < _ECHO_WITHIN_S

    def is_moderator(self, message: ChatMessage) -> bool:
        """Whether its author may command: moderators by badge or id, and the bot's owners."""
        return message.is_broadcaster or message.is_mod or message.user_id in self._owners

    def may_want_us(self, message: ChatMessage) -> bool:
        """Whether, at a glance, it looks like a command or a mention, which must not wait."""
        own, text = self.own, message.text
        return (
            text.startswith(("!", "@"))
            or own.login in text.lower()
            or (message.reply_to_user_id is not None and message.reply_to_user_id == own.user_id)
        )

    def has_opted_out(self, user_id: str | None) -> bool:
        """Whether this viewer wants nothing of the bot."""
        return user_id in self.opted_out

    def view(self, channel: str) -> Room:
        """A copy of the channel as it stands at this moment."""
        with self._lock:
            return replace(self._room(channel))


def _strictness(modes: RoomState) -> tuple[float, ...]:
    """What each mode demands of viewers: more of it is stricter; -1 is off or untold."""
    return (
        modes.slow_seconds or -1,
        modes.followers_only_minutes if modes.followers_only_minutes is not None else -1,
        *(1 if flag else -1 for flag in (modes.emote_only, modes.subscribers_only)),
        1 if modes.unique_chat else -1,
    )


def _is_stricter(event: RoomState, before: RoomState) -> bool:
    """Whether the moderators demand more of viewers now; to demand less is a sign of calm."""
    pairs = zip(_strictness(_updated(before, event)), _strictness(before), strict=True)
    return any(new > old for new, old in pairs)


def _updated(before: RoomState | None, event: RoomState) -> RoomState:
    """All modes after an update, which names only what has changed."""
    if before is None:
        return event
    names = (field.name for field in fields(event))
    told = {name: value for name in names if (value := getattr(event, name)) is not None}
    return replace(before, **told)
