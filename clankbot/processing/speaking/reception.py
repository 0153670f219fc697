"""How the room takes the bot's lines: whether anybody answered, laughed or named it.

Owned by the worker's thread.  A line is watched for a minute; ignored ones make the bot wait
longer, and one that is taken up brings it back.  Only a number is kept of each line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from clankbot.clock import Clock
from clankbot.processing.channels import Channel, Watch
from clankbot.processing.heard import Heard
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.answers import SpokenRow
from clankbot.records.writes import NoteReactions

_WATCHED_S: Final = 60.0
# A laugh is about what was said a moment ago, unless the room laughs all the time.
_LAUGH_WITHIN_S: Final = 20.0
_LAUGH_WITHIN_LINES: Final = 6
_LAUGHING_ROOM: Final = 0.3
# With fewer lines in its minute nobody may have been there; and in a room where viewers hardly ever
# answer one another, a line without an answer is like all others.
_FEWEST_LINES: Final = 4
_ANSWERING_ROOM: Final = 0.1
_FEWEST_TO_JUDGE_BY: Final = 10

_LONGER: Final = 1.5
_LONGEST: Final = 3.0
# More in a row make no difference.
MOST_IGNORED: Final = 3


def stretch(channel: Channel) -> float:
    """By how much longer the bot waits, for its last lines were ignored: 1 to 3."""
    return min(_LONGER**channel.ignored, _LONGEST) if channel.settings.tact else 1.0


class Reception:
    """Watches the newest line of each channel."""

    def __init__(self, write_queue: WriteQueue, clock: Clock) -> None:
        self._write_queue = write_queue
        self._clock = clock

    def load(self, channel: Channel, spoken: Iterable[SpokenRow]) -> None:
        """Take how earlier lines were taken, newest first."""
        channel.ignored, channel.watch = 0, None
        for row in spoken:
            if row.reactions or channel.ignored == MOST_IGNORED:
                break
            channel.ignored += row.reactions == 0

    def said(self, channel: Channel, at_ms: int) -> None:
        """A line of the bot stands in chat."""
        self._close(channel)
        channel.watch = Watch(at_ms, self._clock.monotonic() + _WATCHED_S)

    def heard(self, channel: Channel, line: Heard, *, is_for_us: bool) -> None:
        """A viewer said something; ``is_for_us``: to the bot."""
        watch, now = channel.watch, self._clock.monotonic()
        if watch is None or now > watch.until:
            return
        watch.lines += 1
        is_laugh = (
            line.is_laugh
            and watch.lines <= _LAUGH_WITHIN_LINES
            and now <= watch.until - _WATCHED_S + _LAUGH_WITHIN_S
            and _share(channel, lambda each: each.is_laugh) < _LAUGHING_ROOM
        )
        if is_for_us or is_laugh:
            watch.reactions += 1
            channel.ignored = 0

    def look(self, channel: Channel) -> None:
        """Judge the line once its minute is over."""
        if channel.watch is not None and self._clock.monotonic() > channel.watch.until:
            self._close(channel)

    def _close(self, channel: Channel) -> None:
        watch, channel.watch = channel.watch, None
        if watch is None:
            return
        if watch.reactions == 0:
            if watch.lines < _FEWEST_LINES or not _do_answer(channel):
                return
            channel.ignored = min(channel.ignored + 1, MOST_IGNORED)
        note = NoteReactions(channel.name, watch.spoken_at_ms, watch.reactions)
        self._write_queue.add(note)


def _share(channel: Channel, is_one: Callable[[Heard], bool]) -> float:
    """How much of the last lines is of a kind, from 0 to 1."""
    return sum(map(is_one, channel.heard)) / max(1, len(channel.heard))


def _do_answer(channel: Channel) -> bool:
    """Whether viewers answer one another here, as far as can be told."""
    if len(channel.heard) < _FEWEST_TO_JUDGE_BY:
        return False
    return _share(channel, lambda each: each.addresses_viewer) >= _ANSWERING_ROOM
