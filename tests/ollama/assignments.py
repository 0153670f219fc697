"""What the tests give to a model: a little chat, what is wanted of it, and the time."""

from __future__ import annotations

from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import Assignment, ContextLine


class Clock:
    """A clock that is set by hand."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def line(
    text: str, speaker: str = "alice", number: int = 0, *, is_own: bool = False
) -> ContextLine:
    """One line of chat."""
    return ContextLine(
        message_id=f"id-{number}",
        user_id="1",
        login=speaker.lower(),
        speaker=speaker,
        text=text,
        at_ms=number,
        is_own=is_own,
    )


def chat(*texts: str) -> tuple[ContextLine, ...]:
    """Lines of a few speakers in turn, numbered from 0."""
    names = ("Alice", "Bruno", "Carla")
    return tuple(line(text, names[i % 3], i) for i, text in enumerate(texts))


def assignment(
    *lines: ContextLine, asked: ContextLine | None = None, settings: ChannelSettings | None = None
) -> Assignment:
    """An assignment for clankbot in the channel alpha."""
    return Assignment("alpha", "clankbot", settings or ChannelSettings(), lines, asked)
