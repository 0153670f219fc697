"""Writes on their way to the database: kept through an outage, in order, each stored once."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from clankbot.database.database import Store
from clankbot.database.dialect import both
from clankbot.errors import (
    CommitInDoubt,
    DatabaseDamaged,
    DatabaseError,
    DatabaseUnavailable,
    DiskFailing,
    WriteTooLarge,
)
from clankbot.processing.live_state import LiveState, Own
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.writes import (
    AddHint,
    Append,
    Applied,
    KeepModelFigures,
    KeepWindow,
    RateLimitEvent,
    RecordRateLimitEvent,
    RemoveMessage,
    RemoveViewer,
    SetSetting,
    StoredMessage,
    Tally,
    Write,
)
from tests.processing.chat import NOON_MS, Hand
from tests.processing.desk import Desk, locked


def said(number: int, text: str | None = None) -> Append:
    return Append(
        StoredMessage(f"m-{number}", "alpha", "7", "alice", "Alice", text or f"t{number}", NOON_MS)
    )


REFUSED = SetSetting("alpha", "no_such_column", 1, "1", "mona", NOON_MS)
"""No database takes this one."""


class Bench:
    """A write_queue with room for ten writes, its clock, and what came of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Hand()
        self.live_state = LiveState(Own("clankbot"), self.clock)
        self.write_queue = WriteQueue(self, self.live_state, self.clock, 10)
        self.attempts: list[tuple[float, int]] = []
        """When a batch was tried, and of how many writes."""
        self.loses_answer = False
        """The next batch is stored, but the write queue is not told."""
        self.refusal: DatabaseError | None = None
        """What the database says to everything."""
        self.most = 1000
        """As many writes as it takes at once."""

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def apply(self, writes: Sequence[Write]) -> list[Applied]:
        self.attempts.append((self.clock(), len(writes)))
        if self.refusal is not None:
            raise self.refusal
        if len(writes) > self.most:
            raise WriteTooLarge("so much at once")
        outcomes = self.store.apply(writes)
        if self.loses_answer:
            self.loses_answer = False
            raise CommitInDoubt("the answer was lost")
        return outcomes

    def commit(self, *, force: bool = False) -> bool:
        return self.write_queue.commit(force=force)

    def texts(self) -> list[str]:
        return [line.text for line in self.store.recent_messages("alpha", 100)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Desk(tmp_path).database.open() as store:
        yield Bench(store)


@pytest.fixture
def outage(tmp_path: Path, bench: Bench) -> Iterator[ExitStack]:
    """The database is locked by another program until the stack is closed."""
    with ExitStack() as stack:
        stack.enter_context(locked(tmp_path / "chat.db"))
        yield stack


def test_what_is_held_is_stored_in_order_and_only_once(bench: Bench) -> None:
    for number in range(3):
        bench.write_queue.add(said(number))
    assert bench.commit()
    assert bench.commit()
    assert bench.texts() == ["t0", "t1", "t2"]
    assert len(bench.write_queue.held) == 0


def test_what_follows_a_write_is_done_after_the_commit_with_its_outcome(
    bench: Bench,
) -> None:
    heard: list[tuple[Applied, list[str]]] = []
    bench.write_queue.add(said(1))
    bench.write_queue.add(
        RemoveViewer("alpha", "7", None, NOON_MS), lambda a: heard.append((a, []))
    )
    bench.write_queue.add(said(2), lambda a: heard.append((a, bench.texts())))
    assert heard == []
    bench.commit()
    assert heard == [(Applied(1), []), (Applied(1), ["t2"])]


def test_a_write_that_follows_another_is_stored_by_the_same_call(bench: Bench) -> None:
    bench.write_queue.add(said(1), lambda _: bench.write_queue.add(AddHint("alpha", NOON_MS)))
    assert bench.commit()
    assert bench.store.hints_since("alpha", 0) == [NOON_MS]


def test_a_follow_up_that_fails_takes_no_other_with_it(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Applied] = []
    bench.write_queue.add(said(1), lambda _: 1 / 0)  # type: ignore[arg-type]
    bench.write_queue.add(said(2), heard.append)
    assert bench.commit()
    assert heard == [Applied(1)]
    assert [record.message for record in caplog.records] == ["follow-up failed"]


def test_an_outage_loses_nothing_and_keeps_the_order(bench: Bench, outage: ExitStack) -> None:
    bench.write_queue.add(said(1))
    assert not bench.commit()
    bench.write_queue.add(said(2))
    bench.write_queue.add(RemoveMessage("alpha", "m-1", NOON_MS))
    bench.write_queue.add(said(3))
    outage.close()
    bench.clock.forward(60)
    assert bench.commit()
    assert bench.texts() == ["t2", "t3"]


def test_an_outage_is_told_once_when_it_begins_and_once_when_it_ends(
    bench: Bench, outage: ExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bench.write_queue.add(said(1))
    for _ in range(5):
        bench.commit()
        bench.clock.forward(60)
    assert bench.live_state.outage is not None
    outage.close()
    bench.commit()
    assert bench.live_state.outage is None
    assert [record.message for record in caplog.records] == ["database away", "database back"]


def test_it_tries_again_with_growing_pauses(bench: Bench, outage: ExitStack) -> None:
    bench.write_queue.add(said(1))
    start = bench.clock()
    for _ in range(80):
        bench.commit()
        bench.clock.forward(0.5)
    tries = [at - start for at, _ in bench.attempts]
    assert tries == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 25.5, 35.5]


def test_each_outage_begins_with_a_short_pause_and_counts_its_own_losses(
    bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for lost in (3, 1):
        with locked(tmp_path / "chat.db"):
            bench.commit()
            for number in range(10 + lost):
                bench.write_queue.add(said(number))
            for _ in range(5):
                bench.clock.forward(60)
                bench.commit()
        bench.clock.forward(60)
        assert bench.commit()
        bench.attempts.clear()
    with locked(tmp_path / "chat.db"):
        bench.write_queue.add(said(99))
        bench.commit()
        bench.clock.forward(0.5)
        bench.commit()
    assert len(bench.attempts) == 2
    ends = [record for record in caplog.records if record.message == "database back"]
    assert [record.__dict__["dropped"] for record in ends] == [3, 1]


def test_at_the_end_it_tries_once_more_without_a_pause(bench: Bench, outage: ExitStack) -> None:
    bench.write_queue.add(said(1))
    bench.commit()
    outage.close()
    assert not bench.commit()
    assert bench.commit(force=True)
    assert bench.texts() == ["t1"]


def test_an_outage_seen_by_a_question_ends_with_the_next_sign_of_life(
    bench: Bench, outage: ExitStack
) -> None:
    bench.write_queue.note_outage(DatabaseUnavailable("gone"))
    assert bench.live_state.outage == "gone"
    bench.clock.forward(60)
    assert not bench.commit()
    outage.close()
    assert not bench.commit()
    bench.clock.forward(60)
    assert bench.commit()
    assert bench.live_state.outage is None


def test_when_it_is_full_the_oldest_chat_gives_way_and_removals_never(
    bench: Bench, outage: ExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Applied] = []
    first: list[Write] = [
        RemoveMessage("alpha", "x", NOON_MS),
        said(0),
        Tally("alpha", "2026-11-22", "blocked"),
        SetSetting("alpha", "cooldown", 7, "1", "mona", NOON_MS),
    ]
    for write in (*first, *map(said, range(1, 7))):
        bench.write_queue.add(write, heard.append)
    assert caplog.records == []
    for write in (said(7), said(8), RemoveMessage("alpha", "y", NOON_MS)):
        bench.write_queue.add(write, heard.append)
    assert len(bench.write_queue.held) == 10
    assert [record.message for record in caplog.records] == ["chat gives way"]
    outage.close()
    assert bench.commit()
    assert bench.texts() == ["t2", "t3", "t4", "t5", "t6", "t7", "t8"]
    assert bench.store.overrides("alpha") == {"cooldown": 7}
    assert bench.store.tally("alpha", "2026-11-22") == {}
    assert len(heard) == 10


def test_when_it_is_full_what_twitch_counts_for_half_a_minute_gives_way_too(
    bench: Bench, outage: ExitStack
) -> None:
    bench.write_queue.add(RecordRateLimitEvent(RateLimitEvent.JOIN, NOON_MS))
    for number in range(10):
        bench.write_queue.add(RemoveMessage("alpha", f"x-{number}", NOON_MS))
    outage.close()
    assert bench.commit()
    assert bench.store.traffic_since(0) == []


def test_when_it_is_full_what_only_makes_prompts_quicker_gives_way_too(
    bench: Bench, outage: ExitStack
) -> None:
    bench.write_queue.add(KeepWindow("alpha", 7))
    bench.write_queue.add(KeepModelFigures("tiny", "52 tokens a second"))
    for number in range(10):
        bench.write_queue.add(RemoveMessage("alpha", f"x-{number}", NOON_MS))
    outage.close()
    assert bench.commit()
    assert bench.store.windows() == {}
    assert bench.store.model_figures() == {}


def test_a_batch_that_was_only_tried_gives_way_like_any_other(
    bench: Bench, outage: ExitStack
) -> None:
    bench.write_queue.add(said(0))
    bench.commit()
    for number in range(1, 11):
        bench.write_queue.add(said(number))
    outage.close()
    bench.clock.forward(60)
    assert bench.commit()
    assert bench.texts()[0] == "t1"


def test_a_batch_whose_commit_was_not_answered_comes_again_with_what_is_behind_it(
    bench: Bench,
) -> None:
    bench.loses_answer = True
    for number in (0, 1):
        bench.write_queue.add(said(number))
    assert not bench.commit()
    bench.write_queue.add(said(2))
    assert bench.commit(force=True)
    assert [count for _, count in bench.attempts] == [2, 3]
    assert bench.texts() == ["t0", "t1", "t2"]


def test_what_is_not_stored_at_the_end_includes_what_gave_way(
    bench: Bench, outage: ExitStack
) -> None:
    bench.write_queue.add(said(0))
    bench.commit()
    for number in range(1, 13):
        bench.write_queue.add(said(number))
    assert len(bench.write_queue.held) == 10
    assert bench.write_queue.not_stored == 13


def test_removals_are_held_even_beyond_the_bound(bench: Bench) -> None:
    for number in range(12):
        bench.write_queue.add(RemoveMessage("alpha", f"x-{number}", NOON_MS))
    assert len(bench.write_queue.held) == 12


def test_a_write_that_is_refused_for_good_does_not_stop_the_others(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Applied] = []
    for write in (said(1), REFUSED, said(2), REFUSED, said(3)):
        bench.write_queue.add(write, heard.append)
    assert bench.commit()
    assert bench.texts() == ["t1", "t2", "t3"]
    assert [applied.rows for applied in heard] == [1, 0, 1, 0, 1]
    assert [record.message for record in caplog.records] == ["write refused"] * 2
    assert bench.live_state.outage is None


def test_a_database_that_refuses_everything_for_a_while_is_an_outage(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.refusal = DatabaseError("the account is locked")
    for number in (1, 2):
        bench.write_queue.add(said(number))
    for _ in range(3):
        assert not bench.commit()
        assert bench.live_state.outage == "the account is locked"
        bench.clock.forward(60)
    bench.refusal = None
    assert bench.commit()
    assert bench.texts() == ["t1", "t2"]
    assert bench.live_state.outage is None
    assert [record.message for record in caplog.records] == ["database away"]


def test_after_a_refusal_it_goes_back_to_whole_batches(bench: Bench) -> None:
    for write in (REFUSED, said(1), said(2), said(3)):
        bench.write_queue.add(write)
    bench.commit()
    for number in (4, 5, 6):
        bench.write_queue.add(said(number))
    bench.commit()
    assert [count for _, count in bench.attempts] == [4, 1, 1, 1, 1, 3]
    assert len(bench.texts()) == 6


def test_an_outage_among_single_writes_keeps_the_rest(bench: Bench, tmp_path: Path) -> None:
    with ExitStack() as outage:
        bench.write_queue.add(said(1), lambda _: outage.enter_context(locked(tmp_path / "chat.db")))
        bench.write_queue.add(REFUSED)
        bench.write_queue.add(said(2))
        assert not bench.commit()
        assert bench.texts() == ["t1"]
    bench.clock.forward(60)
    assert bench.commit()
    assert bench.texts() == ["t1", "t2"]


def test_a_batch_that_is_too_large_is_halved_until_it_fits_and_grows_again(bench: Bench) -> None:
    bench.most = 2
    for number in range(9):
        bench.write_queue.add(said(number))
    assert bench.commit()
    assert [count for _, count in bench.attempts] == [9, 4, 2, 4, 2, 4, 2, 3, 1, 2]
    assert bench.texts() == [f"t{number}" for number in range(9)]
    bench.most = 1000
    for number in range(10, 18):
        bench.write_queue.add(said(number))
    assert bench.commit()
    assert [count for _, count in bench.attempts][10:] == [4, 4]


def test_one_write_that_is_too_large_is_given_up_and_told(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.most = 0
    bench.write_queue.add(said(1))
    assert bench.commit()
    assert [record.message for record in caplog.records] == ["write refused"]


def _refuse(bench: Bench, table: str) -> None:
    """The database refuses every change of a table, as it does without the right to it."""
    sql = f"CREATE TRIGGER no_{table} BEFORE INSERT ON {table} BEGIN SELECT no_such_function(); END"
    bench.store._session.run(both(sql))


def _allow(bench: Bench, table: str) -> None:
    bench.store._session.run(both(f"DROP TRIGGER no_{table}"))


def test_what_can_be_stored_is_stored_while_a_table_is_refused(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    _refuse(bench, "tallies")
    day = "2026-11-22"
    heard: list[str] = []
    for write in (said(1), Tally("alpha", day, "said"), said(2), AddHint("alpha", NOON_MS)):
        bench.write_queue.add(write, lambda _, w=write: heard.append(type(w).__name__))  # type: ignore[misc]
    assert not bench.commit()
    assert bench.texts() == ["t1", "t2"]
    assert bench.store.hints_since("alpha", 0) == [NOON_MS]
    bench.write_queue.add(RemoveMessage("alpha", "m-1", NOON_MS))
    for _ in range(5):
        bench.clock.forward(60)
        assert not bench.commit()
    assert bench.texts() == ["t2"]
    assert [type(write) for write, _ in bench.write_queue.held] == [Tally]
    _allow(bench, "tallies")
    bench.clock.forward(60)
    assert bench.commit()
    assert bench.store.tally("alpha", day) == {"said": 1}
    assert heard == ["Append", "Append", "AddHint", "Tally"]
    assert [record.message for record in caplog.records] == ["database away", "database back"]


def test_no_message_is_stored_behind_its_own_removal(bench: Bench) -> None:
    """Messages cannot be added while they can be removed; the order among the two stays."""
    _refuse(bench, "messages")
    for write in (said(1), Tally("alpha", "2026-11-22", "said")):
        bench.write_queue.add(write)
    bench.write_queue.add(RemoveMessage("alpha", "m-1", NOON_MS))
    assert not bench.commit()
    assert [type(write) for write, _ in bench.write_queue.held] == [Append, RemoveMessage]
    _allow(bench, "messages")
    bench.clock.forward(60)
    assert bench.commit()
    assert bench.texts() == []


@pytest.mark.parametrize(
    ("error", "phrase"),
    [
        (DatabaseDamaged("torn"), "database damaged"),
        (DiskFailing("no fsync"), "disk failing"),
    ],
)
def test_what_is_broken_is_told_once_though_it_works_now_and_then(
    bench: Bench, caplog: pytest.LogCaptureFixture, error: DatabaseError, phrase: str
) -> None:
    caplog.set_level(logging.INFO)
    for number in range(200):
        bench.refusal = error if number % 2 else None
        if not bench.write_queue.held:
            bench.write_queue.add(said(number))
        bench.commit()
        bench.clock.forward(0.5)
    assert [record.message for record in caplog.records] == [phrase]
    assert len(bench.attempts) < 100, "the pauses grow"
    bench.refusal = None
    bench.clock.forward(60)
    bench.commit()
    bench.write_queue.outage.look_back()
    assert [record.message for record in caplog.records] == [phrase]
    bench.clock.forward(60)
    bench.write_queue.outage.look_back()
    assert [record.message for record in caplog.records] == [phrase, "database back"]


def test_an_outage_that_comes_and_goes_is_told_a_few_times_and_then_as_one(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for number in range(300):
        bench.refusal = DatabaseUnavailable("busy") if number % 2 else None
        bench.write_queue.add(said(number))
        bench.commit(force=True)
        bench.clock.forward(1)
    pair = ["database away", "database back"]
    assert [record.message for record in caplog.records] == [*pair, *pair, *pair, pair[0]]


def test_an_outage_that_comes_and_goes_is_met_with_growing_pauses(bench: Bench) -> None:
    for number in range(400):
        bench.refusal = DatabaseUnavailable("busy") if number % 4 else None
        if not bench.write_queue.held:
            bench.write_queue.add(said(number))
        bench.commit()
        bench.clock.forward(0.5)
    assert len(bench.attempts) < 80


def test_another_kind_of_trouble_in_an_outage_is_told_too(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.write_queue.add(said(1))
    for error in (DatabaseUnavailable("busy"), DatabaseDamaged("torn"), DatabaseDamaged("torn")):
        bench.refusal = error
        bench.commit(force=True)
    assert [record.message for record in caplog.records] == ["database away", "database damaged"]
