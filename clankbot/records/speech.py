"""What the bot says: from what a model needs, to one line on its way, to what became of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final

from clankbot.records.reasons import Reason
from clankbot.records.settings import ChannelSettings
from clankbot.records.style import RoomStyle

# Longest chat message, in UTF-16 units.
# Source: https://dev.twitch.tv/docs/api/reference#send-chat-message
MAX_MESSAGE_UTF16: Final = 500

# Nothing older is said, for chat has moved on (contract, section 6): in seconds.
MAX_AGE_S: Final = 60.0


class MessageKind(enum.IntEnum):
    """Why a line is said; a lower number goes first."""

    COMMAND_ANSWER = 0
    MENTION_ANSWER = 1
    SPONTANEOUS = 2

    @property
    def is_generated(self) -> bool:
        """Whether a model wrote it; command answers are our own words and are not stored."""
        return self is not MessageKind.COMMAND_ANSWER


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One finished line on its way to a channel."""

    channel: str
    text: str
    kind: MessageKind
    # From when on its age counts, in monotonic seconds: since it was made; an answer to a mention
    # is as old as that.
    since: float
    reply_to_id: str | None = None
    # User id of the viewer it answers, for the opt-out check at the moment of sending.
    addressee_id: str | None = None
    # The generation it came from, for the moderation check at the moment of sending.
    generation_id: int | None = None
    # A moderator asked for it (``!clank speak``): the spontaneous switch and pace do not
    # apply.
    requested: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of an Outgoing: it was said.  ``message_id`` is None when Twitch never told it.

    ``shadow``: DRY_RUN, it would have been said.
    """

    line: Outgoing
    text: str  # as sent: an answer to a command may carry an invisible variation
    message_id: str | None
    sent_at_ms: int
    sent_at: float  # monotonic seconds
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What became of an Outgoing: it was dropped, or sent and refused."""

    line: Outgoing
    reason: Reason
    was_sent: bool = False


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
    # The number of its row, which rises from message to message; 0 if it is not stored yet.
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Everything a model needs to write one chat line, or to read ahead for one."""

    channel: str
    bot_name: str
    settings: ChannelSettings
    lines: tuple[ContextLine, ...]  # oldest first: the newest ``context_limit`` ones
    asked: ContextLine | None = None  # the mention to answer; None for a spontaneous message
    # Nobody waits for the line, so the model may find that nothing need be said.
    may_pass: bool = False
    # What is on, in whole clauses.
    facts: tuple[str, ...] = ()
    # How the room types; None: not known.
    style: RoomStyle | None = None
    # The row of the first line in the channel's prompt the last time; 0: there was none.
    begins_at: int = 0
    # Seconds in which the line is still wanted; None: as many as the server is given.
    within_s: float | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """What came of an Assignment: one clean line, or None and the reason."""

    text: str | None
    reason: Reason | None
    # Message ids that were still in the prompt after it was fitted to the window.
    used_ids: frozenset[str] = frozenset()
    # The row of the first line in the prompt: the next one is to begin with it, too.
    begins_at: int = 0


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """What came of one step of reading ahead."""

    begins_at: int  # as in Composed
    is_done: bool  # the server has read all lines there are
    # Of the server's time; or more, if it is not worth another look so soon.
    took_s: float
    # For so long the server may be at something else that it was asked by us.
    busy_s: float = 0.0
