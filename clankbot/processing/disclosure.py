"""The mark by which the first answer to a viewer each day says that a program wrote it.

Where somebody may take the bot for a person, the law may want it said: in the European Union, the
AI Act's article 50.
"""

from __future__ import annotations

import threading
from typing import Final

from clankbot.bounded_dict import BoundedDict
from clankbot.clock import Clock
from clankbot.records.speech import Delivered, MessageKind
from clankbot.text import cut, utf16_length

MARK: Final = " (I'm a bot)"
# Viewers that are remembered; who is forgotten is told once more.
_MOST: Final = 10_000


class Disclosures:
    """Who was told today, in this run.  Every method may be called from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._told_on = BoundedDict[tuple[str, str], str](_MOST)

    def marked(self, text: str, channel: str, user_id: str, most_utf16: int) -> str:
        """The answer to a viewer, with the mark if it is the first one of the day (UTC)."""
        with self._lock:
            if self._told_on.get((channel, user_id)) == self._clock.utc_day():
                return text
        return cut(text, most_utf16 - utf16_length(MARK)) + MARK

    def delivered(self, report: Delivered) -> None:
        """A line was said: if it was marked, its addressee knows."""
        line = report.line
        is_answer = line.kind is MessageKind.MENTION_ANSWER and line.addressee_id is not None
        if is_answer and not report.shadow and line.text.endswith(MARK):
            with self._lock:
                self._told_on[line.channel, line.addressee_id or ""] = self._clock.utc_day()

    @staticmethod
    def unmarked(text: str) -> str:
        """What the model is to see of a line of its own."""
        return text.removesuffix(MARK)
