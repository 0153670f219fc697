"""The funnel of one channel as rows: stages, what was lost between them, and why.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clankbot.records.counts import Count, reasons, total
from clankbot.records.reasons import Why
from clankbot.twitch_notices import meaning_of

# As `!clank why` says it, without figures; other codes are words already.
_IN_WORDS: Final[Mapping[str, str]] = {
    Why.MESSAGES: "too few messages",
    Why.CONTEXT: "too little context",
    Why.DELAY: "the delay",
    Why.SPEAKERS: "too few speakers",
    Why.RETRY: "trying again in some seconds",
    Why.ANOTHER_VOICE: "it waits for somebody else to speak",
    Why.ON_ITS_WAY: "a message is on its way",
    Why.HINTED: "moderators removed its messages",
    Why.NOT_LIVE: "the channel is not live",
    Why.LIVE_UNKNOWN: "Twitch has not said whether the channel is live",
    Why.MENTIONS_OFF: "mentions are off",
    Why.SPONTANEOUS_OFF: "spontaneous messages are off",
    Why.EMOTE_ONLY: "emote-only",
    Why.SUBSCRIBERS_ONLY: "subscribers-only",
    Why.FOLLOWERS_ONLY: "followers-only",
    Why.DATABASE: "the database is away",
    Why.MODEL: "the model is out of order",
    Why.MODERATED: "moderated meanwhile",
    Why.TOO_LATE: "it waited too long",
    Why.NO_CONTEXT: "nothing is left to speak about",
    Why.NO_LINE: "the model wrote nothing usable",
    Why.STALE: "too old",
    Why.REPEAT: "a repeat of a recent message of its own",
    Why.LIKE_REMOVED: "like a message that moderators removed",
    Why.REPEATED_AT_ONCE: "identical to a message of the last 30 s",
    Why.UNSAYABLE: "nothing that Twitch would take",
    Why.NOT_SIGNED_IN: "nobody is signed in",
    Why.NOT_OUR_CHANNEL: "not one of the bot's channels",
}
_OF_MENTION: Final = "mention_"


def in_words(code: str) -> str:
    """A reason's code as people read it."""
    if code.startswith(_OF_MENTION):
        return f"mention: {in_words(code.removeprefix(_OF_MENTION))}"
    if (meaning := meaning_of(code)) is not None:
        return meaning.refusal
    return _IN_WORDS.get(code, code.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``counts`` has a number for each of the times that were asked about."""

    words: str
    counts: tuple[int, ...]
    # 0: a stage; 1: what was lost before the next one; 2: why.
    depth: int
    # Of a stage's losses: its name for programs.
    count: Count | None = None


# What is lost behind each stage; what is left is the next.
_STAGES: Final[Sequence[tuple[Count, str, tuple[tuple[Count, str], ...]]]] = (
    (Count.OCCASIONS, "Occasions to speak", ((Count.NOT_THE_TIME, "not the time"),)),
    (Count.STARTED, "Turns", ((Count.NO_DRAFT, "no draft"),)),
    (
        Count.DRAFTED,
        "Drafted",
        (
            (Count.JUDGED, "refused by the judge"),
            (Count.FILTERED, "refused by the word filter"),
            (Count.HELD_BACK, "refused at the last look"),
            (Count.WOULD_HAVE_BEEN_SENT, "would have been sent (DRY_RUN)"),
        ),
    ),
    (
        Count.SENT,
        "Sent",
        ((Count.REFUSED, "refused by Twitch"), (Count.UNCONFIRMED, "not confirmed by Twitch")),
    ),
    (Count.ACCEPTED, "Accepted by Twitch", ()),
)
# Told even if nothing was lost so: it is what people ask about.
_ALWAYS: Final = frozenset(
    {Count.NOT_THE_TIME, Count.JUDGED, Count.FILTERED, Count.HELD_BACK, Count.REFUSED}
)


def funnel_rows(times: Sequence[Mapping[str, int]]) -> Iterator[Row]:
    """The funnel of several lengths of time beside one another."""
    for count, words, losses in _STAGES:
        yield Row(words, _totals(times, count), 0, count)
        for loss, told in losses:
            lost = _totals(times, loss)
            if any(lost) or loss in _ALWAYS:
                yield Row(told, lost, 1, loss)
                yield from _reasons(times, loss)
        if count is Count.STARTED and any(under_way := _under_way(times)):
            yield Row("under way, or broken off by a stop", under_way, 1)
    yield Row("answered by somebody within a minute", _totals(times, Count.ANSWERED), 1)


def _reasons(times: Sequence[Mapping[str, int]], loss: Count) -> Iterator[Row]:
    """The reasons of a loss, those first that were the most frequent in the longest time."""
    by_code = [reasons(counts, loss) for counts in times]
    codes = dict.fromkeys(code for found in reversed(by_code) for code in found)
    for code in codes:
        yield Row(in_words(code), tuple(found.get(code, 0) for found in by_code), 2)


def _totals(times: Sequence[Mapping[str, int]], count: Count) -> tuple[int, ...]:
    return tuple(total(counts, count) for counts in times)


def _under_way(times: Sequence[Mapping[str, int]]) -> tuple[int, ...]:
    return tuple(
        total(counts, Count.STARTED) - total(counts, Count.NO_DRAFT) - total(counts, Count.DRAFTED)
        for counts in times
    )
