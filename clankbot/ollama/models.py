"""What is known and has been learned of a model: its window, its speed, what the server has read.

A server reads a prompt at some tens of tokens a second on a small machine, so that reading is most
of the wait.  It keeps the last prompt of a model and reads only what follows the first difference;
its counts tell how large a prompt was and how long reading took, but not how much was kept.
"""

from __future__ import annotations

import json
import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from clankbot.ollama.client import NUM_BATCH
from clankbot.ollama.prompt import Prompt, shared_beginning
from clankbot.ollama.protocol import Generation, ModelFacts
from clankbot.ollama.tokens import TokenEstimate, features
from clankbot.ollama.window import was_cut

# What is measured on less says more about the overhead.
_TELLING_TOKENS: Final = 48
_TELLING_WRITTEN: Final = 5
# How much a new measurement weighs against all before it.
_NEWEST_WEIGHS: Final = 0.3
# Speeds of machines that there are; a server that tells others cannot count.
_SLOWEST, _FASTEST = 0.05, 1_000_000.0
# So much faster is reading, if the speed of writing is not known: of small models on processors.
_READS_TO_WRITES: Final = 5.0
# A chat line, with something to spare.
_LINE_TOKENS: Final = 60
# The part of the time that may be planned for: a machine has other things to do, too.
_PLANNED: Final = 0.8
# The same where the speed is none that was measured: the machine may well be slower.
_PLANNED_UNMEASURED: Final = 0.5
# If the speed is not known, so long a batch may take.
_UNKNOWN_BATCH_S: Final = 1.0
# By so much a speed differs from the one that was kept, for it to be worth a write.
_NOTABLE: Final = 1.15
# So many prompts teach enough about what texts cost to be worth one.
_WORTH_KEEPING: Final = 20
_MOST_PARKED: Final = 8


@dataclass(slots=True)
class Speed:
    """Tokens a second, learned from the server's counts; None before the first."""

    per_s: float | None = None
    # Not measured: it can be no faster, for a deadline passed.
    is_bound: bool = False

    def measured(self, tokens: float, seconds: float) -> None:
        """The server did so much in this time."""
        per_s = min(max(tokens / seconds, _SLOWEST), _FASTEST)
        if self.per_s is None or self.is_bound:
            self.per_s, self.is_bound = per_s, False
        else:  # times are what adds up
            self.per_s = 1 / ((1 - _NEWEST_WEIGHS) / self.per_s + _NEWEST_WEIGHS / per_s)

    def at_most(self, tokens: float, seconds: float) -> None:
        """The server did less in this time."""
        per_s = min(max(tokens / seconds, _SLOWEST), _FASTEST)
        if self.per_s is None or self.per_s > per_s:
            self.per_s, self.is_bound = per_s, True


@dataclass(slots=True)
class Model:
    """One model of the server.  Owned by the thread that writes; others may look at the speeds."""

    name: str
    facts: ModelFacts = field(default_factory=ModelFacts)
    num_ctx: int = 0
    always_thinks: bool = False
    estimate: TokenEstimate = field(default_factory=TokenEstimate)
    reading: Speed = field(default_factory=Speed)
    writing: Speed = field(default_factory=Speed)
    # The beginning of the last prompt, as far as the server has read it.
    read: str = ""
    # The server had dropped what it was thought to have kept, so that is not to be relied on.
    forgets: bool = False
    # The first request of all was made, which tells the speed.
    was_tried: bool = False
    is_loaded: bool = False
    has_company: bool = False
    has_overrun: bool = False
    # The server cut the last prompt, so that it may not have seen the instructions.
    was_cut: bool = False
    # Since when it has been loading, by the clock of waits.
    loading_since_s: float | None = None
    # How many lines of how many were in the last prompt, if more could not be read in time.
    narrowed: tuple[int, int] | None = None
    was_narrowed: bool = False
    # Earlier prompts: newer servers keep these in main memory.
    _parked: deque[str] = field(default_factory=lambda: deque(maxlen=_MOST_PARKED))
    _kept_speeds: tuple[float, ...] = (0.0, 0.0)
    _learned_since: int = 0

    # -- before a request --------------------------------------------------------------------------

    def readable(self, seconds: float) -> float | None:
        """How many tokens can be read and leave time for a line; None if the speed is not known."""
        if self.reading.per_s is None:
            return None
        writing_s = _LINE_TOKENS / (self.writing.per_s or self.reading.per_s / _READS_TO_WRITES)
        planned = _PLANNED_UNMEASURED if self.reading.is_bound else _PLANNED
        return max(0.0, seconds * planned - writing_s) * self.reading.per_s

    @property
    def kept(self) -> str:
        """What need not be read again."""
        return "" if self.forgets else self.read

    # -- what became of it -------------------------------------------------------------------------

    def answered(self, prompt: Prompt, generation: Generation, num_predict: int = 1) -> None:
        """Learn from what the server counted."""
        text, counted = prompt.text, generation.prompt_tokens
        size = features(text)
        self.was_cut = bool(counted) and was_cut(
            counted or 0, self.estimate.expected(size), self.num_ctx, num_predict
        )
        if self.was_cut:  # how large it was is not told, but it was larger than the window
            self.estimate.learn(size, self.num_ctx)
        elif counted:
            self._count(text, counted, generation.read_s)
        written, write_s = generation.written_tokens or 0, generation.write_s
        if written >= _TELLING_WRITTEN and write_s:
            self.writing.measured(written, write_s)
        if shared_beginning(text, self.read) < len(self.read) // 2:
            self._parked.append(self.read)
        self.read = text

    def _count(self, text: str, counted: int, read_s: float | None) -> None:
        """So many tokens is the prompt; reading what was not kept of it took so long."""
        self.estimate.learn(features(text), counted)
        self._learned_since += 1
        if not read_s:
            return
        tokens = unread = _unread(text, self.read, counted)
        known = self.reading.per_s
        if known is not None and not self.reading.is_bound:
            # The server may have dropped all, or have parked an older prompt that begins alike.
            parked = min((_unread(text, read, counted) for read in self._parked), default=unread)
            tokens = min(
                (unread, parked, float(counted)),
                key=lambda tokens: abs(math.log(tokens / read_s / known)),
            )
            self.forgets = tokens > unread
        if tokens >= _TELLING_TOKENS:
            self.reading.measured(tokens, read_s)

    def left_while_reading(self, prompt: Prompt, seconds: float, *, was_late: bool) -> float:
        """We left after so long; it keeps what it had read by then.

        The seconds for which it may go on reading: to the end of a batch, or of the prompt.
        """
        text = prompt.text
        shared = shared_beginning(text, self.kept)
        unread = text[shared:]
        tokens = max(1.0, self.estimate.expected(features(unread)))
        if was_late and seconds > 0:
            self.reading.at_most(tokens, seconds)
        per_s = self.reading.per_s
        share = min(1.0, (per_s or 0.0) * seconds / tokens)
        self.read = text[: shared + int(len(unread) * share)]
        if per_s is None:
            return _UNKNOWN_BATCH_S
        # How much is left after a deadline is not known: it was to have been read by then.
        left = NUM_BATCH if was_late else min(NUM_BATCH, tokens * (1 - share))
        return left / per_s

    def lost(self) -> None:
        """Nobody knows what the server still has."""
        self.read = ""
        self._parked.clear()

    # -- kept from run to run ----------------------------------------------------------------------

    def to_keep(self) -> str | None:
        """What is worth keeping now, as ``recall`` takes it; None: nothing notable has changed."""
        speeds = tuple(
            0.0 if speed.is_bound else speed.per_s or 0.0 for speed in (self.reading, self.writing)
        )
        is_new = any(
            new and (not old or max(new / old, old / new) > _NOTABLE)
            for new, old in zip(speeds, self._kept_speeds, strict=True)
        )
        if not is_new and self._learned_since < _WORTH_KEEPING:
            return None
        self._kept_speeds, self._learned_since = speeds, 0
        tokens = [float(f"{value:.10g}") for value in self.estimate.state()]
        reading, writing = (round(speed, 2) for speed in speeds)
        return json.dumps({"reading": reading, "writing": writing, "tokens": tokens})

    def recall(self, figures: str) -> None:
        """Take what an earlier run has kept; anything that does not fit is passed over."""
        try:
            kept = json.loads(figures)
            reading, writing, tokens = kept["reading"], kept["writing"], kept["tokens"]
            speeds = (float(reading), float(writing))
            estimate = TokenEstimate([float(value) for value in tokens])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return
        self.estimate = estimate
        for speed, per_s in zip((self.reading, self.writing), speeds, strict=True):
            if _SLOWEST <= per_s <= _FASTEST:
                speed.per_s = per_s
        self._kept_speeds = speeds
        self.was_tried = self.reading.per_s is not None


def _unread(text: str, read: str, counted: int) -> float:
    """How many of the tokens of a text are not in what was read before; at least 1."""
    return max(1.0, counted * (1 - shared_beginning(text, read) / len(text)))
