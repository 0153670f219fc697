"""Why the bot does not speak, or what became of a line: codes for programs, words for people."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Why(enum.StrEnum):
    """The codes of reasons.  Tests and tallies go by these; words may change."""

    # What the channel has set.
    SWITCHED_OFF = enum.auto()
    QUIET = enum.auto()
    QUIET_HOURS = enum.auto()
    HINTED = enum.auto()  # moderators removed its lines
    NOT_LIVE = enum.auto()
    LIVE_UNKNOWN = enum.auto()  # Twitch has not said yet
    MENTIONS_OFF = enum.auto()
    SPONTANEOUS_OFF = enum.auto()

    # What the room asks for.
    MODERATORS_BUSY = enum.auto()
    DIALOGUE = enum.auto()
    QUESTION = enum.auto()
    CLOSING = enum.auto()
    CHEERS = enum.auto()
    SHARE = enum.auto()

    # What Twitch allows in the room; if a notice said so, the code is its id.
    EMOTE_ONLY = enum.auto()
    SUBSCRIBERS_ONLY = enum.auto()
    FOLLOWERS_ONLY = enum.auto()
    TIMED_OUT = enum.auto()

    # The pace.
    MESSAGES = enum.auto()
    CONTEXT = enum.auto()
    DELAY = enum.auto()
    SPEAKERS = enum.auto()
    RETRY = enum.auto()
    COOLDOWN = enum.auto()
    ANOTHER_VOICE = enum.auto()  # so many answers in a row to one account
    WAITING = enum.auto()  # nothing is in the way; the next message will tell

    # What the bot depends on.
    DATABASE = enum.auto()
    MODEL = enum.auto()

    # The course of a turn.
    COMPOSING = enum.auto()
    ON_ITS_WAY = enum.auto()
    REMOVING = enum.auto()  # a long history is still being deleted
    CALLED_OFF = enum.auto()
    MODERATED = enum.auto()
    TOO_LATE = enum.auto()
    NO_CONTEXT = enum.auto()
    NO_LINE = enum.auto()  # the model wrote nothing that could be said
    PASSED = enum.auto()  # the model had nothing to add
    OUTBOX_FULL = enum.auto()

    # The send gate.
    STALE = enum.auto()
    OPTED_OUT = enum.auto()
    REPEAT = enum.auto()
    LIKE_REMOVED = enum.auto()
    BLOCKED = enum.auto()

    # The sender; for a line that Twitch refused, the code is the id of its notice.
    NOT_OUR_CHANNEL = enum.auto()
    NOT_SIGNED_IN = enum.auto()
    REPEATED_AT_ONCE = enum.auto()  # the same text within 30 s
    UNSAYABLE = enum.auto()
    STOPPING = enum.auto()
    SAID = enum.auto()
    WOULD_HAVE_BEEN_SAID = enum.auto()


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, and words in which figures may stand.  Two reasons are of one kind if their codes
    are equal.
    """

    code: str  # one of Why, an id of Twitch's notices, or one of the language model's refusals
    text: str

    def __str__(self) -> str:
        return self.text

    def of_mention(self) -> Reason:
        """The same reason for a mention that is not answered, which is another kind."""
        return Reason(f"mention_{self.code}", f"mention not answered: {self.text}")
