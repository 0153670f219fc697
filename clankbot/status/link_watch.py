"""Whether chat is connected, since when, and which channels it has let the bot into.

Told by the reader's thread of every event; read by any.
"""

from __future__ import annotations

from clankbot.clock import Clock
from clankbot.records.chat import ChatMessage, Event, Left, LinkDown, LinkUp, RoomState
from clankbot.status.facts import ChatFacts


class LinkWatch:
    """See the module's text.  What is told is replaced whole, so no lock is needed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.facts = ChatFacts(False, clock.utc_ms(), None, frozenset())

    def handle(self, event: Event) -> None:
        """Take in one event; for the reader's thread."""
        if isinstance(event, ChatMessage):
            return
        facts = self.facts
        match event:
            case LinkUp():
                self.facts = ChatFacts(True, self._clock.utc_ms(), None, frozenset())
            case LinkDown():
                since_ms = self._clock.utc_ms() if facts.is_connected else facts.since_ms
                self.facts = ChatFacts(False, since_ms, event.reason, frozenset())
            case RoomState() if event.channel not in facts.joined:
                self._joined(facts.joined | {event.channel})
            case Left():
                self._joined(facts.joined - {event.channel})

    def _joined(self, joined: frozenset[str]) -> None:
        facts = self.facts
        self.facts = ChatFacts(facts.is_connected, facts.since_ms, facts.trouble, joined)
