"""How often the bot has answered one account while nobody else spoke: two bots never end.

Pure, but for being kept up to date by the worker's thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# So many answers in a row to one account; the next waits for another voice.
MOST_ANSWERS: Final = 3
# A bot would have answered by then: whoever comes back after that long is a person, maybe alone.
_ENDS_AFTER_S: Final = 600.0


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
