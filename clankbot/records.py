"""The values that cross rooms: frozen, typed, and without behaviour.

The ground floor.  Imports only the standard library; every room may import this module.
Names follow the wire: ``channel`` is lower case without ``#``, ``login`` is lower case, ids are
strings as Twitch sends them, and times are integer milliseconds UTC (``_ms``) unless a name says
otherwise.  ``None`` means absent; an empty string is a value.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

MAX_MESSAGE_UTF16: Final = 500
"""Longest chat message, in UTF-16 units.  https://dev.twitch.tv/docs/api/reference#send-chat-message"""

SettingValue = int | float | str | bool
"""What a channel setting holds; ``None`` in its place means: inherit the global default."""


class End(enum.Enum):
    """The marker that closes a queue: whoever takes it finishes what it has and ends."""

    END = "end"


END: Final = End.END


# --- what chat says: events, built by irc.events from one line each -------------------------


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a person (or another bot) in a channel: PRIVMSG, or USERNOTICE with text."""

    message_id: str | None
    channel: str
    user_id: str | None
    login: str
    display_name: str
    text: str
    sent_at: datetime | None
    is_mod: bool = False
    is_broadcaster: bool = False
    is_vip: bool = False
    is_action: bool = False
    reply_to_id: str | None = None
    reply_to_user_id: str | None = None
    from_shared_chat: bool = False
    room_id: str | None = None
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """CLEARMSG: a moderator removed one message."""

    channel: str
    message_id: str
    login: str | None = None
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class UserCleared:
    """CLEARCHAT with a user: a timeout of ``duration_seconds``, or a ban where that is None."""

    channel: str
    user_id: str | None
    duration_seconds: int | None
    login: str | None = None
    sent_at: datetime | None = None
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ChatCleared:
    """CLEARCHAT without a user: the whole chat was cleared."""

    channel: str
    sent_at: datetime | None = None
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class RoomState:
    """ROOMSTATE; None for what a partial update does not mention.  Followers-only: -1 is off."""

    channel: str
    slow_seconds: int | None = None
    emote_only: bool | None = None
    followers_only_minutes: int | None = None
    subscribers_only: bool | None = None
    unique_chat: bool | None = None
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class OwnState:
    """USERSTATE: the bot's standing in a channel; with ``message_id`` after each accepted send."""

    channel: str
    is_mod: bool
    message_id: str | None
    nonce: str | None
    is_vip: bool = False
    is_broadcaster: bool = False
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """NOTICE; ``channel`` is None when it is addressed to ``*`` (a failed login)."""

    channel: str | None
    notice_id: str | None
    text: str
    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Reconnect:
    """RECONNECT: the server is about to close this connection."""

    raw: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The connection is signed in (seen at the end of the MOTD); made by the reader, not a line."""

    login: str
    user_id: str | None
    """The account's id where known; None when reading anonymously."""


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The connection is lost or was given up."""

    reason: str


Event = (
    ChatMessage
    | MessageDeleted
    | UserCleared
    | ChatCleared
    | RoomState
    | OwnState
    | Notice
    | Reconnect
    | LinkUp
    | LinkDown
)


# --- what goes out ---------------------------------------------------------------------------


class Speech(enum.IntEnum):
    """Why a line is said; a lower number goes first."""

    COMMAND_ANSWER = 0
    MENTION_ANSWER = 1
    SPONTANEOUS = 2

    @property
    def is_generated(self) -> bool:
        """Whether a model wrote it; command answers are our own words and are not stored."""
        return self is not Speech.COMMAND_ANSWER


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One finished line on its way to a channel."""

    channel: str
    text: str
    speech: Speech
    created_at: float
    """Monotonic seconds; nothing older than 60 s is sent."""
    reply_to_id: str | None = None
    addressee_id: str | None = None
    """User id of the viewer it answers, for the opt-out check at the moment of sending."""
    grounds_id: int | None = None
    """The generation it came from, for the moderation check at the moment of sending."""
    requested: bool = False
    """A moderator asked for it (``!clank speak``): the spontaneous switch and pace do not apply."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of an Outgoing: it was said.  ``message_id`` is None when Twitch never told it.

    ``shadow``: DRY_RUN, it would have been said.
    """

    line: Outgoing
    text: str
    """As sent: an answer to a command may carry an invisible variation."""
    message_id: str | None
    sent_at_ms: int
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What became of an Outgoing: it was dropped or refused; ``reason`` is in plain words."""

    line: Outgoing
    reason: str
    notice_id: str | None = None


# --- storing ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A row of ``messages``: what passed the filter, or what the bot itself said."""

    message_id: str
    channel: str
    user_id: str
    login: str
    display_name: str
    text: str
    sent_at_ms: int
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Append:
    """Store one message; a message_id already stored is left as it is."""

    message: StoredMessage


@dataclass(frozen=True, slots=True)
class RemoveMessage:
    """Delete one message; where it was the bot's own, mark its ``spoken`` row as removed."""

    channel: str
    message_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class RemoveViewer:
    """Delete all messages of one viewer in one channel, by id, or by login where the id is None."""

    channel: str
    user_id: str | None
    login: str | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class RemoveChannel:
    """Delete the whole history of one channel."""

    channel: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class OptOut:
    """Delete a viewer's messages in every channel and remember only the id."""

    user_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class OptIn:
    """Forget that a viewer opted out."""

    user_id: str


@dataclass(frozen=True, slots=True)
class RecordSpoken:
    """Note that the bot spoke: the mark from which messages and seconds are counted.

    It outlives the text.  ``fingerprint`` (see processing.repetition) lets the bot avoid saying
    nearly the same again without keeping removed words.
    """

    channel: str
    message_id: str | None
    at_ms: int
    fingerprint: str
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class AddHint:
    """Moderators removed the bot's words: one hint to hold back in this channel."""

    channel: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class ClearHints:
    """A moderator switched the bot on again: forget the hints of this channel."""

    channel: str


@dataclass(frozen=True, slots=True)
class SetSetting:
    """Write one column of ``channel_config`` (None: inherit again) and record the change."""

    channel: str
    column: str
    value: SettingValue | None
    changed_by_id: str
    changed_by: str
    at_ms: int
    undoes: int | None = None
    """Id of the change this takes back; that change is marked as undone."""


@dataclass(frozen=True, slots=True)
class BlockTerm:
    """Add a term to a channel's own list; a term already there is left as it is."""

    channel: str
    term: str
    changed_by_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class UnblockTerm:
    """Take a term off a channel's own list (compared without regard to case)."""

    channel: str
    term: str


@dataclass(frozen=True, slots=True)
class RecordDecision:
    """Note the gate that decided whether the bot speaks, for ``!clank why``."""

    channel: str
    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Add ``amount`` to a counter of one channel and UTC day (``generated``, ``blocked``, ...)."""

    channel: str
    day: str
    what: str
    amount: int = 1


Write = (
    Append
    | RemoveMessage
    | RemoveViewer
    | RemoveChannel
    | OptOut
    | OptIn
    | RecordSpoken
    | AddHint
    | ClearHints
    | SetSetting
    | BlockTerm
    | UnblockTerm
    | RecordDecision
    | Tally
)
"""Everything the worker asks of the database; applied in order, one transaction a batch."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What one write did: ``rows`` touched, and how many of them were the bot's own messages."""

    rows: int
    own_rows: int = 0


# --- what the database answers -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a channel stands: messages since the bot last spoke, and when that was."""

    counted: int
    """Viewers' messages since then; counting stops at the cap that was asked for."""
    held: int
    """Messages the context could use; counting stops at the cap that was asked for."""
    spoke_at_ms: int | None


@dataclass(frozen=True, slots=True)
class SpokenRow:
    """One utterance of the bot, without its words."""

    message_id: str | None
    at_ms: int
    fingerprint: str
    removed: bool
    shadow: bool


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One recorded change of a channel setting."""

    change_id: int
    channel: str
    column: str
    old_value: SettingValue | None
    new_value: SettingValue | None
    changed_by_id: str
    changed_by: str
    at_ms: int
    undone: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """One recorded decision: when, and the gate in plain words."""

    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """The figures of one channel, for ``stats``."""

    channel: str
    messages: int
    speakers: int
    own_messages: int
    first_at_ms: int | None
    last_at_ms: int | None


# --- settings of one channel ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """What holds in one channel: its own settings where set, the global defaults elsewhere."""

    threshold: int = 30
    delay_s: int = 300
    context_limit: int = 200
    model: str = "llama3.1"
    cooldown_s: int = 60
    length_chars: int = 450
    mentions: bool = True
    spontaneous: bool = True
    retention_days: int = 30
    persona: str | None = None
    model_options: Mapping[str, int | float] = field(default_factory=lambda: MappingProxyType({}))
    """Ollama's own option names: temperature, top_p, top_k, min_p, repeat_penalty, num_predict,
    seed; only those the channel sets."""
    enabled: bool = True
    quiet_until_ms: int | None = None
    quiet_hours: str | None = None
    """``23:00-08:00`` in ``timezone``; may wrap midnight."""
    timezone: str = "UTC"
    live_only: bool = False
    adaptive: bool = False
    min_speakers: int = 0


class Verb(enum.Enum):
    """What a ``!clank`` line asks for."""

    STATUS = "status"
    HELP = "help"
    SHOW = "show"
    SET = "set"
    RESET = "reset"
    ON = "on"
    OFF = "off"
    QUIET = "quiet"
    WHY = "why"
    UNDO = "undo"
    SPEAK = "speak"
    FORGET = "forget"
    BLOCK = "block"
    UNBLOCK = "unblock"
    OPT_OUT = "optout"
    OPT_IN = "optin"
    ABOUT = "about"
    WRONG = "wrong"
    """Not understood or out of range; ``argument`` is the short answer to give."""


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed ``!clank`` line."""

    verb: Verb
    setting: str | None = None
    """The setting's canonical name (for SHOW, SET, RESET)."""
    column: str | None = None
    """The column of ``channel_config`` that holds it."""
    value: SettingValue | None = None
    """The checked new value (SET), or seconds (QUIET)."""
    argument: str = ""
    """Free text: a viewer (FORGET), a term (BLOCK, UNBLOCK), the answer (WRONG), a topic (HELP)."""


# --- generation -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContextLine:
    """One line of a channel's history as the model may see it."""

    message_id: str
    user_id: str
    login: str
    speaker: str
    text: str
    at_ms: int
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """Everything a model needs to write one chat line."""

    channel: str
    bot_name: str
    policy: ChannelPolicy
    lines: tuple[ContextLine, ...]
    """Oldest first."""
    asked: ContextLine | None = None
    """The mention to answer; None for a spontaneous message."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What came of an Assignment: one clean line, or None with the reason in plain words."""

    text: str | None
    reason: str
    used_ids: frozenset[str] = frozenset()
    """Message ids that were still in the prompt after it was fitted to the window."""


# --- accounts ---------------------------------------------------------------------------------


class Secret:
    """A string that cannot be printed by accident: repr, str and format show ``<secret>``.

    ``reveal()`` is the only way to the text; pickling is refused.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that sends or seals it."""
        return self._text

    def __repr__(self) -> str:
        return "<secret>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is on Twitch."""

    login: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one IRC login needs; ``password`` is None for an anonymous reader."""

    login: str
    user_id: str | None
    password: Secret | None


@dataclass(frozen=True, slots=True)
class SealedTokens:
    """A row of ``auth_tokens``: both tokens encrypted, the rest in the clear."""

    access_token: str
    refresh_token: str
    expires_at_ms: int
    bot_username: str
    bot_user_id: str
    created_at_ms: int
    row_id: int | None = None
