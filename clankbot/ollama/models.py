"""What is known and has been learned of a model: its window, its speed, what the server has read.

A server reads a prompt at some tens of tokens a second on a small machine, so that reading is most
of the wait.  It keeps the last prompt of a model and reads only what follows the first difference;
its counts tell how large a prompt was and how long reading took, but before 2026 not how much was
kept.
"""

from __future__ import annotations

import json
import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from clankbot.errors import OllamaTimeout
from clankbot.ollama.client import NUM_BATCH
from clankbot.ollama.prompt import Prompt, shared_beginning
from clankbot.ollama.protocol import DEADLINE, Generation, ModelFacts
from clankbot.ollama.tokens import LEAST_SHARE, TokenEstimate, features
from clankbot.ollama.window import was_cut

# What is measured on less says more about the overhead.
_TELLING_TOKENS: Final = 48
_TELLING_WRITTEN: Final = 5
# How much a new measurement weighs against all before it.
_NEWEST_WEIGHS: Final = 0.3
# Speeds of machines that there are; a server that tells others cannot count.
_SLOWEST, _FASTEST = 0.05, 200_000.0
# No tokens are smaller than a byte, and no template is longer than this.
_LONGEST_FRAME: Final = 2_000
# A chat line, with something to spare.
_LINE_TOKENS: Final = 60
# So many tokens are read in the time that one is written in, on processors; until it is known.
_READS_PER_WRITTEN: Final = 5.0
# The part of the time that may be planned for: a machine has other things to do, too.
_PLANNED: Final = 0.8
# The same where the speed is none that was measured: the machine may well be slower.
_PLANNED_UNMEASURED: Final = 0.5
# If the speed is not known, so long a batch may take.
_UNKNOWN_BATCH_S: Final = 1.0
# No server is waited for any longer, though it should still be busy by our reckoning.
_LONGEST_BATCH_S: Final = 10.0
# A server that has dropped what it had read so often in a row keeps nothing for us.
_OFTEN: Final = 3
# From such a share of a prompt that was read before on, its count shows whether that is in it; and
# up to such a share it makes no difference.
_TELLING_SHARE: Final = 0.5
_TRIFLE: Final = 0.05
# By so much a speed differs from the one that was kept, for it to be worth a write.
_NOTABLE: Final = 1.15
# So many prompts teach enough about what texts cost to be worth one.
_WORTH_KEEPING: Final = 20
_MOST_PARKED: Final = 8
# By a larger factor no speed differs from the one that was measured, if the machine is as it was.
_AS_USUAL: Final = 2.5


@dataclass(slots=True)
class Speed:
    """Tokens a second, learned from the server's counts; None before the first."""

    per_s: float | None = None
    # Not measured: it can be no faster, for a deadline passed.
    is_bound: bool = False

    @property
    def is_measured(self) -> bool:
        """Whether it is known what it is, and not only what it cannot be."""
        return self.per_s is not None and not self.is_bound

    def measured(self, tokens: float, seconds: float) -> None:
        """The server did so much in this time."""
        per_s = tokens / seconds
        if not _SLOWEST <= per_s <= _FASTEST:
            return
        if self.per_s is None or self.is_bound:
            self.per_s, self.is_bound = per_s, False
        else:  # by ratios: once it had to share the machine, and was a hundred times slower
            self.per_s *= (per_s / self.per_s) ** _NEWEST_WEIGHS

    def at_most(self, tokens: float, seconds: float) -> None:
        """The server did less in this time.

        If another speed was measured, it may have been busy with something else: that is halved at
        most, the first time.
        """
        per_s = max(tokens / seconds, _SLOWEST)
        if self.per_s is None or self.per_s > per_s:
            halved = 0.0 if self.per_s is None or self.is_bound else self.per_s / 2
            self.per_s, self.is_bound = max(per_s, halved), True

    def at_least(self, tokens: float, seconds: float) -> None:
        """The server did more than that in this time, so it is faster than it was bound to be."""
        if self.is_bound and self.per_s is not None:
            self.per_s = max(self.per_s, min(tokens / seconds, _FASTEST))


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
    # It may still have what an earlier run of ours had it read: a small step would throw that out.
    may_have_more: bool = False
    # How often in a row the server had dropped what it was thought to have kept.
    forgot: int = 0
    # Time alone says that it had, for the first time; asking for the same again tells whether it
    # keeps nothing, or whether the machine has become slower.
    is_doubtful: bool = False
    # It has just proved to keep what it reads.
    was_cleared: bool = False
    # The first request of all was made, which tells the speed.
    was_tried: bool = False
    has_company: bool = False
    # Another program had it loaded, so its batches are as large as usual there.
    is_anothers: bool = False
    # Its server writes on if it is only to read.
    writes_on: bool = False
    # Its server's counts hold what was not read anew, too; None: not known.  Up to 0.3 and in 0.30
    # Ollama left that out.
    counts_all: bool | None = None
    has_overrun: bool = False
    # The server cut the last prompt, so that it may not have seen the instructions.
    was_cut: bool = False
    # Since when it has been loading, by the clock of waits.
    loading_since_s: float | None = None
    # By channel: how many lines of how many were in the last prompt, if more could not be read.
    narrowed: dict[str, tuple[int, int]] = field(default_factory=dict)
    was_narrowed: bool = False
    # Of the last prompt, in tokens: what was read anew, and what the server had kept.
    prompt_read: tuple[int, int] = (0, 0)
    # The time that the last load took.
    load_s: float | None = None
    # Earlier prompts: newer servers keep these in main memory.
    _parked: deque[str] = field(default_factory=lambda: deque(maxlen=_MOST_PARKED))
    _kept_speeds: tuple[float, ...] = (0.0, 0.0)
    _learned_since: int = 0

    # -- before a request --------------------------------------------------------------------------

    def readable(self, seconds: float) -> float | None:
        """How many tokens can be read and leave time for a line; None if the speed is not known."""
        if self.reading.per_s is None:
            return None
        writes_per_s = self.writing.per_s or self.reading.per_s / _READS_PER_WRITTEN
        planned = _PLANNED_UNMEASURED if self.reading.is_bound else _PLANNED
        return max(0.0, seconds * planned - _LINE_TOKENS / writes_per_s) * self.reading.per_s

    @property
    def kept(self) -> str:
        """What need not be read again."""
        return "" if self.forgot else self.read

    @property
    def keeps_nothing(self) -> bool:
        """Whether there is no use in having its server read ahead."""
        return self.writes_on or self.forgot >= _OFTEN

    # -- what became of it -------------------------------------------------------------------------

    def answered(
        self, prompt: Prompt, generation: Generation, num_predict: int = 1, took_s: float = 0.0
    ) -> None:
        """Learn from what the server counted; ``took_s`` by our own clock, 0: not measured."""
        text, counted = prompt.text, generation.prompt_tokens
        if counted is not None and counted > len(text.encode()) + _LONGEST_FRAME:
            counted = None
        size = features(text)
        expected = self.estimate.expected(size)
        self.prompt_read = self._shares(text, counted, expected, generation)
        self.was_cut = counted is not None and was_cut(counted, expected, self.num_ctx, num_predict)
        if self.was_cut:  # how large it was is not told, but it was larger than the window
            self.estimate.learn(size, self.num_ctx)
        else:
            self._learn(text, counted, expected, generation, num_predict, took_s)
        written, write_s = generation.written_tokens or 0, generation.write_s
        if written >= _TELLING_WRITTEN and write_s:
            self.writing.measured(written, write_s)
        self.writes_on |= generation.wrote_on
        if shared_beginning(text, self.read) < len(self.read) // 2:
            self._parked.append(self.read)
        self.read, self.may_have_more = text, False

    def _shares(
        self, text: str, counted: int | None, expected: float, generation: Generation
    ) -> tuple[int, int]:
        """How many tokens of a prompt were read anew, and how many were not; as far as is told."""
        whole = expected if counted is None or self.counts_all is False else float(counted)
        if generation.cached_tokens is not None:
            read = whole - generation.cached_tokens
        elif counted is not None and self.counts_all is False:
            read = float(counted)
        else:
            read = whole * (1.0 if self.forgot else _unread_share(text, self.read))
        read = min(whole, max(0.0, read))
        return round(read), round(whole - read)

    def _learn(
        self,
        text: str,
        counted: int | None,
        expected: float,
        generation: Generation,
        num_predict: int,
        took_s: float,
    ) -> None:
        """What the prompt costs, and how fast it was read."""
        whole, read, unread = expected, None, _unread_share(text, self.read)
        if generation.cached_tokens is not None:
            self.counts_all = True
        elif counted is not None and 1 - unread >= _TELLING_SHARE:
            self.counts_all = _is_nearer(counted, expected, max(1.0, expected * unread))
        if counted is not None and counted >= LEAST_SHARE * expected:
            if self.counts_all or 1 - unread <= _TRIFLE:
                self.estimate.learn(features(text), counted)
                self._learned_since += 1
                whole = float(counted)
            if generation.cached_tokens is not None:
                read = max(1.0, whole - generation.cached_tokens)
        if counted is not None and self.counts_all is False:
            read = float(counted)
        read_s, slowdown = generation.read_s, self._slowdown(generation)
        if generation.done_reason == DEADLINE and self.reading.is_measured:
            read_s = None  # by our own clock, which tells less than the server's counts
        if not read_s or max(1.0, whole * unread) / read_s > _FASTEST:  # reading takes longer
            if num_predict > 1 or generation.wrote_on:
                self.reading.at_least(whole * unread, took_s)
                return
            read_s = took_s
        if not read_s or (read is None and self.may_have_more):
            return
        if read is None:
            read = self._likeliest(text, whole, read_s, slowdown)
        if whole * (1 - unread) >= _TELLING_TOKENS:
            # More than half of what it was thought to have kept was read anew.
            has_forgotten = read > whole * (1 + unread) / 2
            is_told = generation.cached_tokens is not None or self.counts_all is False
            if has_forgotten and self.was_cleared and not is_told:
                read, has_forgotten = max(1.0, whole * unread), False
            self.was_cleared = self.is_doubtful and not has_forgotten
            self.is_doubtful = has_forgotten and not (is_told or self.forgot)
            self.forgot = self.forgot + 1 if has_forgotten else 0
        if read >= _TELLING_TOKENS:
            self.reading.measured(read, read_s)

    def _slowdown(self, generation: Generation) -> float:
        """By how much slower it has just written than usual: the machine may be busy, or hot."""
        written, write_s = generation.written_tokens or 0, generation.write_s
        if written < _TELLING_WRITTEN or not write_s or self.writing.per_s is None:
            return 1.0
        return max(1.0, self.writing.per_s * write_s / written)

    def _likeliest(self, text: str, whole: float, read_s: float, slowdown: float) -> float:
        """How many tokens the server has read in this time, if it does not tell.

        A server that has dropped what it had read takes as long for the whole as it usually does;
        if that fits neither, it is the machine that has become slower.
        """
        unread = whole * _unread_share(text, self.read)
        known = self.reading.per_s
        if known is None or self.reading.is_bound:
            return max(1.0, unread)
        # It may have dropped all, or have parked an older prompt that begins alike.
        parked = min((whole * _unread_share(text, read) for read in self._parked), default=unread)
        usual = known / slowdown

        def miss(tokens: float) -> float:
            return abs(math.log(tokens / read_s / usual))

        likeliest = min((max(1.0, tokens) for tokens in (unread, parked, whole)), key=miss)
        return likeliest if miss(likeliest) < math.log(_AS_USUAL) else max(1.0, unread)

    def left(
        self, prompt: Prompt, seconds: float, *, was_late: bool, tells_speed: bool = True
    ) -> float:
        """We left after so long; the server keeps what it had read by then.

        How many seconds it may still be busy.  ``was_late``: a deadline had passed, and if it
        ``tells_speed``, the server can be no faster.
        """
        self.may_have_more = False
        text = prompt.text
        shared = shared_beginning(text, self.kept)
        unread = text[shared:]
        tokens = max(1.0, self.estimate.expected(features(unread)))
        if was_late and tells_speed and tokens >= _TELLING_TOKENS and seconds > 0:
            self.reading.at_most(tokens, seconds)
        share = min(1.0, (self.reading.per_s or 0.0) * seconds / tokens)
        if was_late:  # else it would have answered
            share = min(_PLANNED, share)
        self.read = text[: shared + int(len(unread) * share)]
        per_s = self.reading.per_s
        # How much is left after a deadline is not known: it was to have been read by then.
        left = NUM_BATCH if was_late else min(NUM_BATCH, tokens * (1 - share))
        return min(_LONGEST_BATCH_S, left / per_s if per_s else _UNKNOWN_BATCH_S)

    def lost(self) -> None:
        """Nobody knows what the server still has."""
        self.may_have_more = False
        if self.read:
            self._parked.append(self.read)
        self.read = ""

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
        self.was_tried = self.may_have_more = self.reading.per_s is not None


def _unread_share(text: str, read: str) -> float:
    """How much of a text is not in what was read before: from 0 to 1."""
    return 1 - shared_beginning(text, read) / len(text)


def _is_nearer(value: float, to: float, than_to: float) -> bool:
    """Whether it is nearer to the one than to the other, by ratios; all are above 0."""
    return abs(math.log(value / to)) <= abs(math.log(value / than_to))


def too_slow(model: Model, prompt: Prompt, error: OllamaTimeout) -> OllamaTimeout:
    """The same error with figures, fit for chat."""
    tokens = round(model.estimate.expected(features(prompt.text)))
    text = f"too slow: no word in time, with {len(prompt.log)} lines ({tokens} tokens) to read"
    if model.reading.per_s:
        about = "hardly more than" if model.reading.is_bound else "some"
        text += f"; this machine reads {about} {round(model.reading.per_s)} tokens a second"
    return OllamaTimeout(error.trouble, error.detail, text=text)
