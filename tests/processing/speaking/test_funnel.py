"""The funnel: what becomes of every occasion is counted, and it all adds up."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from clankbot.processing.internal_messages import Job, NothingOffered, PromptRead
from clankbot.records.counts import COARSE_S, FINE_S, Count, reasons, total
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Delivered, MessageKind, Outgoing, Undelivered
from tests.processing.desk import BOT, CHANNELS, Desk

OUTCOMES = {
    Count.OCCASIONS: (Count.NOT_THE_TIME, Count.STARTED),
    Count.STARTED: (Count.NO_DRAFT, Count.DRAFTED),
    Count.DRAFTED: (
        *(Count.JUDGED, Count.FILTERED, Count.HELD_BACK),
        *(Count.WOULD_HAVE_BEEN_SENT, Count.SENT),
    ),
    Count.SENT: (Count.REFUSED, Count.UNCONFIRMED, Count.ACCEPTED),
}
"""What becomes of each stage, while no turn is under way."""


def assert_it_adds_up(counts: Mapping[str, int]) -> None:
    for stage, outcomes in OUTCOMES.items():
        assert total(counts, stage) == sum(total(counts, part) for part in outcomes), stage


def kept(desk: Desk, span_s: int = COARSE_S, channel: str | None = None) -> Counter[str]:
    """All that is in the database of stretches of one length."""
    counts: Counter[str] = Counter()
    for figures in desk.store.figures(span_s, 0, desk.clock.ms() * 2):
        if channel in (None, figures.channel):
            counts.update(figures.counts)
    return counts


def write_down(desk: Desk) -> None:
    """A minute passes, and the worker writes what it has counted."""
    desk.clock.forward(61)
    desk.settle()


def end_of(desk: Desk, job: Job, outcome: Count) -> NothingOffered | Undelivered | Delivered:
    """The report by which a turn comes to this end."""
    kind = MessageKind.MENTION_ANSWER if job.asked else MessageKind.SPONTANEOUS
    number = job.generation_id
    line = Outgoing(job.channel, "a calm river", kind, desk.clock(), generation_id=number)
    delivered = Delivered(line, line.text, None, desk.clock.ms(), desk.clock())
    match outcome:
        case Count.JUDGED:
            return NothingOffered(job.channel, number, Reason("echo", "repeated"), was_usable=False)
        case Count.NO_DRAFT:
            return NothingOffered(job.channel, number, Reason(Why.MODEL, "too slow"))
        case Count.FILTERED:
            return Undelivered(line, Reason(Why.BLOCKED, "blocked by the filter"))
        case Count.HELD_BACK:
            return Undelivered(line, Reason("msg_slowmode", "slow mode"))
        case Count.REFUSED:
            return Undelivered(line, Reason("msg_slowmode", "slow mode"), was_sent=True)
        case Count.WOULD_HAVE_BEEN_SENT:
            return Delivered(line, line.text, None, desk.clock.ms(), desk.clock(), shadow=True)
        case Count.ACCEPTED:
            said = f"own-{number}"
            return Delivered(line, line.text, said, desk.clock.ms(), desk.clock())
    return delivered


ENDS = [outcome for outcomes in OUTCOMES.values() for outcome in outcomes][1:]
ENDS = [end for end in ENDS if end not in OUTCOMES and end is not Count.NOT_THE_TIME]

SAID = (Count.WOULD_HAVE_BEEN_SENT, Count.UNCONFIRMED, Count.ACCEPTED)


def test_all_that_was_counted_agrees_with_a_tally_kept_outside(tmp_path: Path) -> None:
    """Two thousand occasions and more, over hours and two restarts."""
    chance, outside, number = random.Random(18), Counter[str](), 0
    clock = None
    for _ in range(3):
        with Desk(tmp_path, clock, MESSAGE_THRESHOLD="4", TIME_DELAY="30") as desk:
            clock = desk.clock
            for _ in range(700):
                number += 1
                channel = chance.choice(CHANNELS)
                speaks_to_it = chance.random() < 0.1
                text = f"@{BOT} number {number}" if speaks_to_it else f"number {number}"
                desk.hear(desk.viewer(text, channel=channel, user_id=str(number % 50 + 2)))
                outside[Count.MESSAGES] += 1
                outside[Count.OCCASIONS] += 1 + speaks_to_it
                while desk.has_job:
                    job, outcome = desk.job(), chance.choice(ENDS)
                    outside.update((Count.STARTED, outcome))
                    # Once it has spoken it looks again, since chat may have gone on.
                    outside[Count.OCCASIONS] += outcome in SAID
                    desk.clock.forward(chance.randrange(4))
                    desk.tell(end_of(desk, job, outcome))
                desk.clock.forward(chance.randrange(12))
            write_down(desk)
            for span_s in (FINE_S, COARSE_S):
                counts = kept(desk, span_s)
                assert_it_adds_up(counts)
                for count in (Count.MESSAGES, Count.OCCASIONS, Count.STARTED, *ENDS):
                    assert total(counts, count) == outside[count], (count, span_s)
    assert outside[Count.OCCASIONS] > 2000
    assert min(outside[end] for end in ENDS) > 5


def test_why_it_was_not_the_time_is_counted_by_reason(desk: Desk) -> None:
    desk.chat("one")
    desk.chat("two")
    desk.order("mentions off")
    desk.chat(f"@{BOT} three", user_id="8")
    write_down(desk)
    assert reasons(kept(desk), Count.NOT_THE_TIME) == {
        Why.MESSAGES: 2,
        f"mention_{Why.MENTIONS_OFF}": 1,
    }
    assert total(kept(desk), Count.STARTED) == 1  # three messages are the threshold


def test_a_line_under_way_is_an_occasion_for_which_it_is_not_the_time(desk: Desk) -> None:
    desk.fill(3)
    desk.chat("while it composes")
    write_down(desk)
    assert reasons(kept(desk), Count.NOT_THE_TIME) == {Why.ON_ITS_WAY: 1}


def test_what_becomes_of_a_turn_counts_when_the_occasion_was(desk: Desk) -> None:
    desk.clock.forward(FINE_S - desk.clock.ms() / 1000 % FINE_S - 1)
    began_ms = desk.clock.ms()
    desk.fill(3)
    desk.clock.forward(30)
    desk.take_turn(message_id="own")
    desk.chat(f"@{BOT} well said")
    write_down(desk)
    first = next(
        f for f in desk.store.figures(FINE_S, 0, began_ms) if f.began_ms > began_ms - FINE_S * 1000
    )
    assert total(first.counts, Count.ACCEPTED) == total(first.counts, Count.ANSWERED) == 1
    assert first.counts[Count.LINE_MS] == 30_000


def test_only_what_is_said_to_it_within_a_minute_answers_a_line(desk: Desk) -> None:
    desk.fill(3)
    desk.take_turn(message_id="own")
    desk.chat("to nobody")
    desk.clock.forward(61)
    desk.chat(f"@{BOT} too late")
    write_down(desk)
    assert total(kept(desk), Count.ACCEPTED) == 1
    assert total(kept(desk), Count.ANSWERED) == 0


def test_a_command_is_no_occasion_and_its_answer_no_line(desk: Desk) -> None:
    for line in [*desk.offered, *(desk.order("status") and desk.offered)]:
        desk.send(line)
    write_down(desk)
    assert kept(desk) == {}


def test_prompts_are_counted_of_all_channels_together(desk: Desk) -> None:
    desk.tell(PromptRead(read=30, reused=970), PromptRead(read=12, reused=1000))
    write_down(desk)
    assert kept(desk, channel="") == {Count.TOKENS_READ: 42, Count.TOKENS_REUSED: 1970}


def test_the_time_of_the_newest_lines_is_told(desk: Desk) -> None:
    assert desk.worker.funnel.line_s() is None
    for took_s, text in ((10, "what a calm river"), (20, "nobody fishes in winter")):
        desk.fill(3)
        desk.clock.forward(took_s)
        desk.take_turn(text, message_id=f"own-{took_s}")
        desk.clock.forward(1)
    assert desk.worker.funnel.line_s() == 15
