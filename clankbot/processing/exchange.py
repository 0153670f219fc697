"""Who the bot is talking with, and how often it has answered one account while nobody else spoke.

Pure, but for being kept up to date by the worker's thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

# So many answers in a row to one account; the next waits for another voice.
MOST_ANSWERS: Final = 3
# A bot would have answered by then: whoever comes back after that long is a person, maybe alone.
_ENDS_AFTER_S: Final = 600.0


# After an answer a viewer is answered so often in a row without saying the bot's name.
MOST_FOLLOWUPS: Final = 3
# With more lines of others since the answer, these have taken over the talk.
MOST_BETWEEN: Final = 4
# So many viewers may have been answered a moment ago.
_MOST_TALKS: Final = 20


@dataclass
class Talk:
    """What has happened since a viewer was answered."""

    answered_at: float  # monotonic seconds
    followups: int = 0
    between: int = 0  # lines of others since then


@dataclass
class Talks:
    """The viewers with whom the bot is in conversation, by id."""

    talks: dict[str, Talk] = field(default_factory=dict)

    def answered(self, user_id: str, now: float, *, is_followup: bool) -> None:
        """An answer was said to the viewer."""
        before = self.talks.pop(user_id, None)
        followups = before.followups + 1 if before and is_followup else 0
        if followups < MOST_FOLLOWUPS:
            self.talks[user_id] = Talk(now, followups)
            if len(self.talks) > _MOST_TALKS:
                del self.talks[next(iter(self.talks))]

    def heard(self, user_id: str) -> None:
        """A line of this viewer came in."""
        for other, talk in list(self.talks.items()):
            if other != user_id:
                talk.between += 1
                if talk.between > MOST_BETWEEN:
                    del self.talks[other]

    def end(self, user_id: str) -> None:
        """The viewer has turned to somebody else, or was answered in vain."""
        self.talks.pop(user_id, None)

    def is_open(self, user_id: str, now: float, within_s: float) -> bool:
        """Whether what the viewer says now is said to the bot."""
        talk = self.talks.get(user_id)
        return talk is not None and now - talk.answered_at < within_s


@dataclass
class Exchange:
    """The answers in a row to one account; times are monotonic seconds."""

    user_id: str | None = None
    answers: int = 0
    answered_at: float = 0.0

    def heard(self, user_id: str) -> None:
        """A message of this account came in."""
        if user_id != self.user_id:
            self.answers = 0

    def answered(self, user_id: str, now: float) -> None:
        """The bot has answered the account."""
        self.answers = self.answers + 1 if user_id == self.user_id else 1
        self.user_id, self.answered_at = user_id, now

    def waits_for_others(self, user_id: str, now: float) -> bool:
        """Whether the account is to be answered only once somebody else has spoken."""
        return (
            user_id == self.user_id
            and self.answers >= MOST_ANSWERS
            and now - self.answered_at < _ENDS_AFTER_S
        )
