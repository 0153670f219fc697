"""What the loopback Twitch chat has heard from the bot, and waiting for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RoomMessage:
    """One message as the room showed it, of a viewer or of the bot; ``at`` is monotonic seconds."""

    channel: str
    login: str
    user_id: str
    display_name: str
    text: str
    message_id: str
    at: float
    tags: Mapping[str, str] = field(default_factory=dict)
    """The bot's own: as it sent them (``client-nonce``, ``reply-parent-msg-id``)."""

    @property
    def reply_to(self) -> str | None:
        """The id of the message that this one answers."""
        return self.tags.get("reply-parent-msg-id")


@dataclass(frozen=True, slots=True)
class RoomLogin:
    """A login that was tried; ``at`` is monotonic seconds."""

    login: str
    accepted: bool
    at: float


@dataclass(frozen=True, slots=True)
class RoomJoin:
    """A channel that the bot joined, on its ``connection``-th connection; ``at`` as above."""

    channel: str
    connection: int
    at: float


class ServerLog:
    """The records of a room, in the order in which things happened.

    Any thread may read them, and wait for something to be written.  Waiting in vain raises
    TimeoutError.
    """

    def __init__(self) -> None:
        self.connections: list[float] = []
        """When each TCP connection was made, those turned away included; monotonic seconds."""
        self.logins: list[RoomLogin] = []
        self.joins: list[RoomJoin] = []
        self.lines: list[str] = []
        """Every line of the bot."""
        self.messages: list[RoomMessage] = []
        """Every chat message of the bot, those refused included."""
        self.changed = threading.Condition()
        """Guards the records and tells of every change."""

    def wait_for(
        self, condition: Callable[[], bool], what: str = "it", timeout_s: float = 5.0
    ) -> None:
        """Until ``condition`` holds; it is tried again whenever the room has heard something."""
        with self.changed:
            if not self.changed.wait_for(condition, timeout_s):
                raise TimeoutError(f"the room waited {timeout_s} s in vain for {what}")

    def wait_message(
        self, channel: str | None = None, since: int = 0, timeout_s: float = 5.0
    ) -> RoomMessage:
        """The bot's first message (in the channel), its first ``since`` messages left out."""

        def found() -> list[RoomMessage]:
            said = self.messages[since:]
            return said if channel is None else [m for m in said if m.channel == bare(channel)]

        self.wait_for(lambda: bool(found()), f"a message in {channel or 'any channel'}", timeout_s)
        return found()[0]

    def wait_line(self, start: str, since: int = 0, timeout_s: float = 5.0) -> str:
        """The bot's first line that begins with ``start``, its first ``since`` lines left out."""

        def found() -> list[str]:
            return [line for line in self.lines[since:] if line.startswith(start)]

        self.wait_for(lambda: bool(found()), f"a line {start!r}", timeout_s)
        return found()[0]


def bare(channel: str) -> str:
    """A channel's name as records have it: lower case, without ``#``."""
    return channel.lower().removeprefix("#")
