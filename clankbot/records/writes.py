"""Everything the worker asks of the database; applied in order, one transaction a batch."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from clankbot.records.answers import Figures
from clankbot.records.settings import SettingValue


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
    """Delete one message; if it was the bot's own, mark its ``spoken`` row as removed."""

    channel: str
    message_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class RemoveViewer:
    """Delete all messages of one viewer in one channel, by id, or by login if the id is None."""

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
class ForgetViewer:
    """Delete all that is stored of a viewer, in one channel or, if that is None, in all.

    What the viewer changed as a moderator stays changed, but no longer says by whom.  An
    opt-out stays, since it asks for nothing to be stored.
    """

    channel: str | None
    user_id: str


@dataclass(frozen=True, slots=True)
class RaiseDeletionEpoch:
    """Tell a running bot that its prompts may hold what was deleted."""


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
    # The last message stored before it was said; None: the newest one by then.
    after_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class NoteReactions:
    """How many lines of viewers took up what the bot said then; 0: it was ignored."""

    channel: str
    spoken_at_ms: int
    reactions: int


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
    undoes: int | None = None  # id of the change this takes back; that change is marked as undone


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
    # The same gate as in the newest row, with other figures: that row is brought up to date.
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """Add ``amount`` to a counter of one channel and UTC day (``generated``, ``blocked``, ...)."""

    channel: str
    day: str
    what: str
    amount: int = 1


class RateLimitEvent(enum.Enum):
    """What Twitch counts of an account, over all its connections."""

    MESSAGE = "message"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class RecordRateLimitEvent:
    """Note that the bot wrote one of these, so that a restart does not forget Twitch's limits."""

    kind: RateLimitEvent
    at_ms: int
    # The channel of a message; None for a JOIN, which counts for the account alone.
    channel: str | None = None
    checksum: int | None = None  # of a message's exact text, which is not kept


@dataclass(frozen=True, slots=True)
class KeepWindow:
    """Note where a channel's prompt begins, so that it begins there after a restart, too."""

    channel: str
    first_row: int  # of ``messages``


@dataclass(frozen=True, slots=True)
class IdentifyChannel:
    """Note that a channel has this id.

    What is stored of the id under a former name is carried over, and what is stored under the name
    of another id is put aside; see ``database/channel_names.py``.
    """

    channel: str
    channel_id: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class KeepModelFigures:
    """Note what was learned of a model: how fast it reads and what texts cost it."""

    model: str
    figures: str  # in the language model's own form, some 3,000 characters


@dataclass(frozen=True, slots=True)
class KeepFigures:
    """Note what was counted of a channel in a stretch of time; what was there of it is replaced."""

    figures: Figures


@dataclass(frozen=True, slots=True)
class KeepState:
    """Note how the bot is doing, in the place of what was noted before."""

    at_ms: int
    state: str  # in the form of the room ``status``


# Everything the worker asks of the database; applied in order, one transaction a batch.
Write = (
    Append
    | RemoveMessage
    | RemoveViewer
    | RemoveChannel
    | ForgetViewer
    | RaiseDeletionEpoch
    | OptOut
    | OptIn
    | RecordSpoken
    | NoteReactions
    | AddHint
    | ClearHints
    | SetSetting
    | BlockTerm
    | UnblockTerm
    | RecordDecision
    | Tally
    | RecordRateLimitEvent
    | KeepWindow
    | IdentifyChannel
    | KeepModelFigures
    | KeepFigures
    | KeepState
)
# What the bot notes of its own doings: nobody waits for it, and none of it changes a pace.
NOTES: Final = (
    KeepFigures,
    KeepModelFigures,
    KeepState,
    KeepWindow,
    NoteReactions,
    RecordDecision,
    Tally,
)


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """All that was stored under one name is, or is to be, stored under another."""

    former: str
    channel: str
    messages: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What one write did: ``rows`` touched, and how many of them were the bot's own messages."""

    rows: int
    own_rows: int = 0
    # In this order; only an ``IdentifyChannel`` carries anything over.
    carried_over: tuple[CarriedOver, ...] = ()
