"""The generations under way and the messages each was made of.

A removal makes a generation invalid if its context held what was removed: its connection to Ollama
is closed, and if the line is written already, it is dropped at the send gate.  A generation is
registered before its context is read from the database, and a removal counts from the moment that
it is read from chat until its rows are gone: for the generations that are under way, and for those
that are registered meanwhile.  So a removed message is either not in a context, or makes what was
made of it invalid, whichever thread comes first.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import dataclass, field

from clankbot.cancel import Cancel
from clankbot.processing.recent_removals import Removal, removes
from clankbot.records.chat import UserCleared
from clankbot.records.speech import ContextLine


@dataclass
class _Generation:
    channel: str
    cancel: Cancel
    lines: tuple[ContextLine, ...] | None = None  # None until the context has been read
    removals: list[Removal] = field(default_factory=list)  # those that came before it was read
    is_invalid: bool = False


class Generations:
    """See the module's text.  Every method may be called from any thread and never waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._under_way: dict[int, _Generation] = {}
        self._uncommitted: deque[Removal] = deque()  # in the order in which they were read

    def register(self, channel: str, cancel: Cancel) -> int:
        """A generation begins; its number.  To be called before its context is read."""
        with self._lock:
            number = next(self._numbers)
            generation = self._under_way[number] = _Generation(channel, cancel)
            generation.removals += (each for each in self._uncommitted if each.channel == channel)
            return number

    def bind(self, number: int, lines: tuple[ContextLine, ...]) -> bool:
        """Its context is read; False if something of it was removed in the meantime."""
        with self._lock:
            generation = self._under_way[number]
            generation.lines = lines
            generation.is_invalid |= any(_hits(each, lines) for each in generation.removals)
            return not generation.is_invalid

    def release(self, number: int | None) -> None:
        """It has come to its end, said or not."""
        with self._lock:
            self._under_way.pop(number or 0, None)

    def is_invalid(self, number: int | None) -> bool:
        """Whether something it was made of has been removed since."""
        with self._lock:
            generation = self._under_way.get(number or 0)
            return generation is not None and generation.is_invalid

    def removal_read(self, removal: Removal) -> None:
        """The reader has it from chat: drop what was made of the words, or is before they go."""
        with self._lock:
            self._uncommitted.append(removal)
        self.invalidate(removal)

    def removal_committed(self, removal: Removal) -> None:
        """Its rows are gone; so are those of all that were read before it.

        One of these may have been lost on its way to the worker, and would count for ever.
        """
        with self._lock:
            if any(each is removal for each in self._uncommitted):
                while self._uncommitted.popleft() is not removal:
                    continue

    def invalidate(self, removal: Removal) -> None:
        """Drop what was made of the words that are removed."""
        with self._lock:
            dropped = []
            for generation in self._under_way.values():
                if generation.channel != removal.channel:
                    continue
                if generation.lines is None:
                    generation.removals.append(removal)
                elif _hits(removal, generation.lines):
                    generation.is_invalid = True
                    dropped.append(generation.cancel)
        for cancel in dropped:  # without the lock, which what is called now may want
            cancel.cancel()

    def invalidate_viewer(self, user_id: str) -> None:
        """Drop what was made of a viewer's words in any channel."""
        with self._lock:
            channels = {generation.channel for generation in self._under_way.values()}
        for channel in channels:
            self.invalidate(UserCleared(channel, user_id, None))

    def invalidate_all(self) -> None:
        """Drop all that is being made: another program has deleted something."""
        with self._lock:
            dropped = list(self._under_way.values())
            for generation in dropped:
                generation.is_invalid = True
        for generation in dropped:
            generation.cancel.cancel()


def _hits(removal: Removal, lines: tuple[ContextLine, ...]) -> bool:
    return any(removes(removal, line) for line in lines)
