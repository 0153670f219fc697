"""Removals overtake chat: what they are carried out before, and what must not suffer from it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clankbot.cancel import END
from clankbot.database.database import Database, Store
from clankbot.processing.recent_removals import GRACE_S
from clankbot.records.chat import ChatCleared, MessageDeleted, UserCleared
from clankbot.records.speech import Delivered, MessageKind, Outgoing
from tests.processing.chat import at
from tests.processing.desk import BOT_ID, Desk, ImpatientSqlite
from tests.waiting import wait_until

BACKLOG = 9_000
SLOW_S = 0.1  # a transaction on a worn memory card


def wait_in(desk: Desk, count: int) -> None:
    """So much chat waits for the worker."""
    desk.arrive(*(desk.viewer(f"message {number}") for number in range(count)))


def test_behind_all_that_the_inbox_holds_a_removal_is_carried_out_in_the_next_round(
    desk: Desk,
) -> None:
    desk.chat("one", message_id="m-a", user_id="8", login="bruno")
    wait_in(desk, BACKLOG - 1)
    desk.arrive(MessageDeleted("alpha", "m-a"))
    desk.worker.step(0)
    assert "one" not in desk.stored()
    assert len(desk.stored()) < 100, "the rest still waits"


class SlowSqlite(ImpatientSqlite):
    """A file whose every transaction takes its time."""

    def connect(self) -> sqlite3.Connection:
        connection = super().connect()
        connection.set_trace_callback(self._dawdle)
        return connection

    def _dawdle(self, statement: str) -> None:
        if statement == "COMMIT":
            time.sleep(SLOW_S)


class SlowDesk(Desk):
    """A desk whose worker has a slow database."""

    def open_history(self) -> Store:
        return Database(SlowSqlite(self.path), self.clock).open()


@contextmanager
def running(desk: Desk) -> Iterator[None]:
    thread = threading.Thread(target=desk.worker.run)
    thread.start()
    yield
    desk.inbox.put(END)
    thread.join(30)
    assert not thread.is_alive()


def test_with_a_slow_database_and_a_long_backlog_removals_take_less_than_a_second(
    tmp_path: Path,
) -> None:
    """A wave of them, one after the other, each of a message that is stored already."""
    desk = SlowDesk(tmp_path)
    wait_in(desk, 20)
    stored = [f"m-{number}" for number in range(5)]
    desk.arrive(*(desk.viewer(name, message_id=name, user_id="8") for name in stored))
    with running(desk):
        wait_until(lambda: len(desk.stored()) == 25)
        wait_in(desk, BACKLOG)
        for name in stored:
            began = time.monotonic()
            desk.arrive(MessageDeleted("alpha", name))
            wait_until(lambda name=name: name not in desk.stored())  # type: ignore[misc]
            assert time.monotonic() - began < 1.0
        assert len(desk.store.recent_messages("alpha", 10_000)) < BACKLOG, "all had been stored"
    assert len(desk.store.recent_messages("alpha", 10_000)) == BACKLOG + 20


def test_a_wave_of_removals_does_not_hold_up_chat(desk: Desk) -> None:
    wait_in(desk, 500)
    rounds = 0
    while len(desk.stored()) < 500:
        desk.arrive(*(UserCleared("alpha", f"bot-{rounds}-{n}", None) for n in range(100)))
        desk.worker.step(0)
        rounds += 1
        assert rounds <= 15


def test_a_wave_is_carried_out_whole(desk: Desk) -> None:
    raiders = [str(number) for number in range(1000, 4000)]
    desk.arrive(*(desk.viewer("raid", user_id=raider) for raider in raiders))
    desk.arrive(desk.viewer("hello"))
    desk.arrive(*(UserCleared("alpha", raider, None) for raider in raiders))
    for _ in range(len(raiders) // 500 + 3):
        desk.worker.step(0)
        assert "raid" not in desk.stored()
    desk.settle()
    assert desk.stored() == ["hello"]


# -- what was asked of the bot before the removal --------------------------------------------------


@pytest.mark.parametrize(
    "removal",
    [MessageDeleted("alpha", "m-a"), UserCleared("alpha", "7", None), ChatCleared("alpha")],
)
def test_an_optout_that_is_removed_while_it_waits_is_obeyed(
    desk: Desk, removal: MessageDeleted
) -> None:
    desk.chat("one", channel="beta")
    desk.hear(desk.viewer("!clank optout", message_id="m-a"), removal)
    assert desk.stored("beta") == []
    assert desk.store.opted_out() == {"7"}


def test_an_order_is_carried_out_though_its_moderator_clears_the_chat_after_it(desk: Desk) -> None:
    order = desk.viewer("!clank off", user_id="1", is_mod=True)
    desk.hear(order, ChatCleared("alpha", at(desk.clock.ms())))
    assert not desk.channels["alpha"].settings.enabled


def test_a_command_that_arrives_behind_its_removal_is_none(desk: Desk) -> None:
    order = desk.viewer("!clank off", user_id="1", is_mod=True, message_id="m-a")
    wait_in(desk, 60)
    desk.hear(MessageDeleted("alpha", "m-a"), order)
    assert desk.channels["alpha"].settings.enabled


def test_a_blocked_message_that_is_removed_while_it_waits_is_logged_for_analysis(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.hear(desk.viewer("the shed", message_id="m-a"), MessageDeleted("alpha", "m-a"))
    assert [record.text for record in caplog.records if record.message == "message blocked"] == [  # type: ignore[attr-defined]
        "the shed"
    ]


# -- what comes behind it --------------------------------------------------------------------------


def test_who_speaks_again_after_a_timeout_is_heard_however_long_it_waited(desk: Desk) -> None:
    wait_in(desk, 60)
    desk.arrive(UserCleared("alpha", "8", 0, sent_at=at(desk.clock.ms())))
    desk.clock.forward(0.001)
    desk.arrive(desk.viewer("sorry", user_id="8", login="bruno"))
    desk.worker.step(0)
    desk.settle()
    assert desk.stored()[-1] == "sorry"


def test_latecomers_are_dropped_though_the_worker_comes_to_them_late(desk: Desk) -> None:
    """The grace for what was under way begins where the removal stands in chat."""
    wait_in(desk, 60)
    ban = UserCleared("alpha", "8", None, sent_at=at(desk.clock.ms()))
    desk.clock.forward(0.5)
    late = desk.viewer("one more thing", user_id="8", login="bruno")
    desk.arrive(ban, late)
    desk.worker.step(0)
    desk.clock.forward(GRACE_S + 1)
    desk.settle()
    assert "one more thing" not in desk.stored()


# -- the bot's own words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "removal",
    [MessageDeleted("alpha", "own-1"), UserCleared("alpha", BOT_ID, 60), ChatCleared("alpha")],
)
def test_an_own_line_that_is_removed_before_the_worker_knows_of_it(
    desk: Desk, removal: MessageDeleted
) -> None:
    line = Outgoing("alpha", "calm river", MessageKind.SPONTANEOUS, desk.clock())
    wait_in(desk, 60)
    desk.inbox.put(Delivered(line, line.text, "own-1", desk.clock.ms(), desk.clock()))
    desk.arrive(removal)
    for _ in range(3):
        desk.worker.step(0)
        assert "calm river" not in desk.stored()
    (spoken,) = desk.store.recent_spoken("alpha", 9)
    assert spoken.removed
