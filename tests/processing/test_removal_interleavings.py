"""A removal at every point of a turn, in every order that the threads allow: all of them.

A turn has eight steps: a message is stored, a job submitted (both by the worker, in one round), the
context read, the generation bound, the model answers, the line is offered (by the composer), it
passes the send gate and is written (by the sender), and its report is stored (by the worker).  A
removal has three: it is seen (by the reader, who tells the live state), its rows go, and it is let
go of (both by the worker, in one round).

A removal overtakes chat that waits for the worker.  So there is also what is removed while it
waits: it is taken in as soon as the worker is free after the removal, at every point of a turn that
is made of other messages.

A step of reading ahead has four: the generation is registered, the context read, the model asked,
and it is over.

The composer has a thread of its own here, which stops after each step; the test plays all others.
The model answers although it is called off.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import combinations_with_replacement
from pathlib import Path
from typing import NamedTuple

import pytest

from clankbot.cancel import Cancel
from clankbot.database.database import Store
from clankbot.processing.internal_messages import Job
from clankbot.processing.speaking.composer import Composer
from clankbot.records.chat import ChatCleared, ChatMessage, MessageDeleted, OwnState, UserCleared
from clankbot.records.speech import (
    Assignment,
    Composed,
    ContextLine,
    Delivered,
    ReadAhead,
    Undelivered,
)
from clankbot.records.writes import Applied, Write
from tests.processing.chat import at
from tests.processing.desk import BOT_ID, Desk
from tests.processing.model import Model
from tests.waiting import PATIENCE_S

Removal = MessageDeleted | UserCleared | ChatCleared

BEFORE, STORED, SUBMITTED, READ, BOUND, ANSWERED, OFFERED, WRITTEN, REPORTED = range(9)
GIVEN, READ_ON = 3, 4
"""The last two steps of reading ahead."""

SECRET = "my secret address"
DAY_S = 86_400


def line_of(number: int) -> str:
    """What the bot says; no two lines have a word in common, or it would seem to repeat itself."""
    return f"calm{number} river{number}"


class Order(NamedTuple):
    """After which step of the turn each step of the removal is done."""

    seen: int
    gone: int
    let_go: int

    @property
    def is_possible(self) -> bool:
        """Whether the worker is free: it does one round after the other."""
        if self.gone == BEFORE:  # in the round that stores the message and submits the job
            return self.let_go == BEFORE
        return self.gone != STORED and (self.gone == REPORTED) == (self.let_go == REPORTED)

    @property
    def overtakes(self) -> bool:
        """Whether the worker does no round between the two: what the removal is about waits."""
        return (self.seen == BEFORE) == (self.gone == BEFORE) and (
            (self.seen == REPORTED) == (self.gone == REPORTED)
        )


READING_ORDERS = [Order(*steps) for steps in combinations_with_replacement(range(5), 3)]
ORDERS = [
    order
    for order in (Order(*steps) for steps in combinations_with_replacement(range(9), 3))
    if order.is_possible
]


class MetHistory:
    """The worker's connection; it is met after a commit, before the worker goes on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.after_commit: Callable[[], None] | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def apply(self, writes: list[Write]) -> list[Applied]:
        outcomes = self._store.apply(writes)
        meet, self.after_commit = self.after_commit, None
        if meet is not None:
            meet()
        return outcomes


class MetDesk(Desk):
    """A desk whose worker can be met in the middle of a round."""

    def open_history(self) -> Store:
        self.met = MetHistory(super().open_history())
        return self.met  # type: ignore[return-value]


class Stepwise(Model):
    """A composer at work, on a thread that goes on by one step at a time."""

    def __init__(self, desk: Desk, text: str | None = None) -> None:
        super().__init__(text)
        self._desk = desk
        self._may_go = threading.Semaphore(0)
        self._has_stopped = threading.Semaphore(0)
        self._is_over = False
        threading.Thread(target=self._run, name="composer", daemon=True).start()

    def step(self) -> None:
        """Its next step, unless it has come to its end."""
        if not self._is_over:
            self._may_go.release()
            assert self._has_stopped.acquire(timeout=PATIENCE_S)

    def _pause(self) -> None:
        self._has_stopped.release()
        assert self._may_go.acquire(timeout=PATIENCE_S)

    def _run(self) -> None:
        assert self._may_go.acquire(timeout=PATIENCE_S)
        try:
            with self._desk.database.open() as self._store:
                self._work(self._desk.composer(self))
        finally:
            self._is_over = True
            self._has_stopped.release()

    def _work(self, composer: Composer) -> None:
        raise NotImplementedError

    # -- the composer's connection ---------------------------------------------------------------

    def windows(self) -> dict[str, int]:
        return {}

    def model_figures(self) -> dict[str, str]:
        return {}

    def is_removing(self) -> bool:
        self._pause()
        return self._store.is_removing()

    def recent_messages(self, channel: str, limit: int) -> list[ContextLine]:
        lines = self._store.recent_messages(channel, limit)
        self._pause()
        return lines


class Composing(Stepwise):
    """A composer at one job."""

    def __init__(self, desk: Desk, job: Job, text: str) -> None:
        super().__init__(desk, text)
        self._job = job

    def _work(self, composer: Composer) -> None:
        composer.compose(self._job, self)

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        self._pause()
        self.asked.append(assignment)
        self._pause()
        return Composed(self.text, None)


class Reading(Stepwise):
    """A composer at one step of reading ahead."""

    was_cancelled = False

    def _work(self, composer: Composer) -> None:
        self.wants_to_read = True
        composer.prompt_changed("alpha")
        for _ in range(2):  # it takes the news, and reads
            composer.step(self, 0.0)

    def read_ahead(self, assignment: Assignment, cancel: Cancel) -> ReadAhead:
        self.read.append(assignment)
        self._pause()
        self.was_cancelled = cancel.cancelled
        return ReadAhead(0, is_done=True, took_s=0.0)


class Course:
    """One turn with one removal; ``after`` tells how far the turn has come."""

    def __init__(
        self,
        desk: MetDesk,
        number: int,
        order: Order,
        removal: Removal,
        removed: str,
        waiting: Sequence[ChatMessage] = (),
    ) -> None:
        """``removed`` are the words that are removed; ``waiting``, what the removal overtakes."""
        self.desk = desk
        self.number = number
        self.order = order
        self.removal = removal
        self.removed = removed
        self.waiting = waiting
        self.after = BEFORE
        self.is_worker_free = True
        self.is_gone = False
        self.was_written = False
        self._composing: Composing | None = None
        self._report: Delivered | Undelivered | None = None

    def run(self) -> None:
        """All eight steps, and the removal's where they belong."""
        self._removal_steps()
        self._round(lambda: self._come_to(STORED))
        if self.desk.has_job:
            self._composing = Composing(self.desk, self.desk.job(), line_of(self.number))
        self._come_to(SUBMITTED)
        self._take_what_waited()
        self._go_on(REPORTED)

    @property
    def is_made_of_it(self) -> bool:
        """Whether the model was told what is removed."""
        return self._composing is not None and self.removed in repr(self._composing.asked)

    def _come_to(self, step: int) -> None:
        self.after = step
        self._removal_steps()

    def _go_on(self, until: int) -> None:
        while self.after < until:
            if self.after == OFFERED:
                self._say()
            elif self.after == WRITTEN:
                if self._report is not None:
                    self.desk.inbox.put(self._report)
                self._round()
            elif self._composing is not None:
                self._composing.step()
            self._come_to(self.after + 1)
            self._take_what_waited()

    def _take_what_waited(self) -> None:
        if self.waiting and self.is_gone and self.is_worker_free:
            self.waiting = ()
            self._round()
            assert self.removed not in " ".join(self.desk.stored()), self.order

    def _removal_steps(self) -> None:
        if self.order.seen == self.after:
            self.desk.arrive(*self.waiting)
            self.desk.live_state.handle(self.removal)
        if self.order.gone == self.after:
            self.desk.inbox.put_event(self.removal)
            self.is_gone = True
            if self.after != BEFORE:
                self._round(lambda: self._go_on(self.order.let_go))
                assert self.removed not in " ".join(self.desk.stored()), self.order

    def _round(self, after_commit: Callable[[], None] | None = None) -> None:
        self.desk.met.after_commit = after_commit
        self.is_worker_free = False
        self.desk.worker.step(0)
        self.is_worker_free = True
        assert self.desk.met.after_commit is None

    def _say(self) -> None:
        for line in self.desk.offered:
            reason = self.desk.send_gate(line)
            if reason is None:
                self.was_written = True
                message_id = f"own-{self.number}"
                self.desk.arrive(OwnState(line.channel, False, message_id, None))
                self._report = Delivered(
                    line, line.text, message_id, self.desk.clock.ms(), self.desk.clock()
                )
            else:
                self._report = Undelivered(line, reason)
        self.desk.offered.clear()


def start_remark(desk: Desk, message_id: str) -> None:
    """Enough is said for a remark, with and without the message that is removed."""
    desk.arrive(*map(desk.viewer, ("who plays next", "that music though", "so loud")))
    desk.arrive(desk.viewer(SECRET, message_id=message_id, user_id="8", login="bruno"))


def start_answer(desk: Desk, message_id: str) -> None:
    """The bot is spoken to, and that is removed."""
    text = f"@clankbot {SECRET}"
    desk.arrive(desk.viewer("who plays next"))
    desk.arrive(desk.viewer(text, message_id=message_id, user_id="8", login="bruno"))


def deletion(desk: Desk, message_id: str, user_id: str) -> Removal:
    return MessageDeleted("alpha", message_id)


def timeout(desk: Desk, message_id: str, user_id: str) -> Removal:
    return UserCleared("alpha", user_id, 600, sent_at=at(desk.clock.ms()))


def clear(desk: Desk, message_id: str, user_id: str) -> Removal:
    return ChatCleared("alpha", sent_at=at(desk.clock.ms()))


def assert_nothing_is_left(desk: Desk, words: str) -> None:
    """No table holds the words."""
    with closing(sqlite3.connect(desk.path)) as database:
        tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (table,) in tables:
            assert words not in repr(database.execute(f"SELECT * FROM {table}").fetchall())


def assert_next_turn(desk: Desk, text: str) -> None:
    """The turn is over, and once the removal is forgotten the next one takes its course."""
    desk.settle()
    assert desk.channels["alpha"].turn is None
    desk.clock.forward(DAY_S)
    desk.chat("@clankbot are you there", user_id="9", login="carla")
    desk.take_turn(text, text)
    assert desk.stored()[-1] == text
    desk.clock.forward(DAY_S)


class ReadingCourse:
    """One step of reading ahead with one removal."""

    def __init__(self, desk: MetDesk, order: Order, removal: Removal) -> None:
        self.reading = Reading(desk)
        self._desk = desk
        self._order = order
        self._removal = removal
        self._after = BEFORE

    def run(self) -> None:
        """All four steps, and the removal's where they belong."""
        self._removal_steps()
        self._go_on(READ_ON)

    def _go_on(self, until: int) -> None:
        while self._after < until:
            self.reading.step()
            self._after += 1
            self._removal_steps()

    def _removal_steps(self) -> None:
        if self._order.seen == self._after:
            self._desk.live_state.handle(self._removal)
        if self._order.gone == self._after:
            self._desk.inbox.put_event(self._removal)
            self._desk.met.after_commit = lambda: self._go_on(self._order.let_go)
            self._desk.worker.step(0)
            assert SECRET not in self._desk.stored()


STARTS = pytest.mark.parametrize("start", [start_remark, start_answer])
REMOVALS = pytest.mark.parametrize("removal", [deletion, timeout, clear])
Start = Callable[[Desk, str], None]
MakeRemoval = Callable[[Desk, str, str], Removal]


@STARTS
@REMOVALS
def test_a_message_that_a_line_is_made_of(
    tmp_path: Path, start: Start, removal: MakeRemoval
) -> None:
    with MetDesk(tmp_path, MESSAGE_RETENTION_DAYS="1") as desk:
        for number, order in enumerate(ORDERS):
            start(desk, f"secret-{number}")
            event = removal(desk, f"secret-{number}", "8")
            course = Course(desk, number, order, event, SECRET)
            course.run()
            if order.seen >= WRITTEN:
                assert course.is_made_of_it
                assert course.was_written
            elif course.is_made_of_it:
                assert not course.was_written, order
            assert_nothing_is_left(desk, SECRET)
            assert_next_turn(desk, f"next{number}")


@pytest.mark.parametrize("words", [SECRET, f"@clankbot {SECRET}"])
@REMOVALS
def test_a_message_that_waits_when_its_removal_overtakes_it(
    tmp_path: Path, words: str, removal: MakeRemoval
) -> None:
    with MetDesk(tmp_path, MESSAGE_RETENTION_DAYS="1") as desk:
        for number, order in enumerate(order for order in ORDERS if order.overtakes):
            desk.arrive(*map(desk.viewer, ("who plays next", "that music though", "so loud")))
            said = desk.viewer(words, message_id=f"secret-{number}", user_id="8", login="bruno")
            others = (desk.viewer("elsewhere", from_shared_chat=True) for _ in range(60))
            event = removal(desk, f"secret-{number}", "8")
            course = Course(desk, number, order, event, SECRET, [*others, said])
            course.run()
            assert not course.waiting
            assert not course.is_made_of_it
            assert_nothing_is_left(desk, SECRET)
            assert_next_turn(desk, f"next{number}")


@STARTS
@REMOVALS
def test_the_line_itself(tmp_path: Path, start: Start, removal: MakeRemoval) -> None:
    with MetDesk(tmp_path, MESSAGE_RETENTION_DAYS="1") as desk:
        for number, order in enumerate(order for order in ORDERS if order.seen >= WRITTEN):
            start(desk, f"message-{number}")
            event = removal(desk, f"own-{number}", BOT_ID)
            course = Course(desk, number, order, event, line_of(number))
            course.run()
            assert course.was_written
            assert_nothing_is_left(desk, line_of(number))
            assert_next_turn(desk, f"next{number}")


@REMOVALS
def test_a_message_that_is_read_ahead(tmp_path: Path, removal: MakeRemoval) -> None:
    given = cancelled = 0
    with MetDesk(tmp_path, MESSAGE_RETENTION_DAYS="1", MESSAGE_THRESHOLD="500") as desk:
        for number, order in enumerate(READING_ORDERS):
            start_remark(desk, f"secret-{number}")
            desk.settle()
            course = ReadingCourse(desk, order, removal(desk, f"secret-{number}", "8"))
            course.run()
            is_given = SECRET in repr(course.reading.read)
            assert is_given == (order.seen >= GIVEN), order
            assert course.reading.was_cancelled == (order.seen == GIVEN), order
            given, cancelled = given + is_given, cancelled + course.reading.was_cancelled
            desk.settle()
            assert desk.changed[-1] == "alpha", "it is told again"
            assert_nothing_is_left(desk, SECRET)
            desk.clock.forward(DAY_S)
    assert given > cancelled > 0
