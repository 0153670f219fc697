"""Short ways to make the records that processing deals in."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from clankbot.clock import Clock
from clankbot.records.chat import ChatMessage
from clankbot.records.speech import ContextLine

_numbers = itertools.count(1)

NOON_MS = 1_790_000_000_000
"""A moment to start from, in milliseconds UTC."""


def at(ms: int) -> datetime:
    """The moment as Twitch's events carry it."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def message(
    text: str = "hello there",
    *,
    channel: str = "alpha",
    user_id: str = "7",
    login: str = "alice",
    message_id: str | None = None,
    sent_ms: int = NOON_MS,
    **more: object,
) -> ChatMessage:
    """A viewer's message; each has an id of its own."""
    return ChatMessage(
        message_id=message_id or f"m-{next(_numbers)}",
        channel=channel,
        user_id=user_id,
        login=login,
        display_name=login.capitalize(),
        text=text,
        sent_at=at(sent_ms),
        **more,  # type: ignore[arg-type]
    )


def line(
    message_id: str, *, user_id: str = "7", login: str = "alice", text: str = "hello there"
) -> ContextLine:
    """A line of a channel's history."""
    return ContextLine(message_id, user_id, login, login.capitalize(), text, NOON_MS)


class Hand(Clock):
    """A clock that a test moves by hand; ``ms`` is the same in milliseconds UTC.

    ``off_s`` is by how much that is wrong.
    """

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.off_s = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def __call__(self) -> float:
        return self.seconds

    def ms(self) -> int:
        return self.utc_ms()

    def utc_ms(self) -> int:
        return NOON_MS + round((self.seconds - 1000.0 + self.off_s) * 1000)

    def forward(self, seconds: float) -> None:
        self.seconds += seconds
