"""What is on in a channel: its stream, and what has just happened there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream that is live, as Twitch's API tells."""

    title: str
    category: str
    tags: tuple[str, ...]
    started_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that chat told of a viewer: a raid, a first message, a resubscription.

    ``text`` says what; the display name stands apart, for it is a viewer's words.
    """

    user_id: str | None
    login: str
    display_name: str
    text: str
    at: float  # monotonic seconds
    # The message that came with it, and goes with it.
    message_id: str | None = None
