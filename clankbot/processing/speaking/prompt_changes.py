"""Which channels' prompts are other ones than what the model may have read ahead.

Owned by the worker's thread.
"""

from __future__ import annotations

from collections.abc import Callable

from clankbot.clock import Clock
from clankbot.processing.channels import Channel, Channels
from clankbot.processing.live_state import LiveState
from clankbot.processing.speaking.send_gate import is_silenced


class PromptChanges:
    """Notes them, and lets the composer read ahead once all that is to be deleted is."""

    def __init__(
        self, channels: Channels, live_state: LiveState, tell: Callable[[str], None], clock: Clock
    ) -> None:
        """``tell`` hands a channel to the composer and must not block."""
        self._channels = channels
        self._live_state = live_state
        self._tell = tell
        self._clock = clock
        # In the order in which they changed.
        self._changed: dict[str, Channel] = {}

    def note(self, name: str) -> None:
        """What is written next in the channel begins with other lines or instructions."""
        self._changed.setdefault(name, self._channels[name])

    def note_all(self) -> None:
        """The same in every channel."""
        self._changed = dict(self._channels)

    def hand_on(self) -> None:
        """Tell the composer, but for turns under way, which read their own."""
        for channel in list(self._changed.values()):
            if channel.turn is None:
                del self._changed[channel.name]
                room = self._live_state.view(channel.name)
                if not is_silenced(room, self._clock):
                    self._tell(channel.name)
