"""The worker: every record in its order, nothing lost, and the bot's own words among the rest."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from clankbot.cancel import END, Cancel
from clankbot.database.messages import STEP_ROWS
from clankbot.processing.internal_messages import Reload
from clankbot.processing.speaking.repetition import fingerprint
from clankbot.records.answers import SpokenRow
from clankbot.records.chat import (
    ChatCleared,
    Event,
    LinkDown,
    MessageDeleted,
    Notice,
    Reconnect,
    RoomState,
)
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import (
    ContextLine,
    Delivered,
    MessageKind,
    Outgoing,
    Undelivered,
)
from clankbot.records.writes import (
    Append,
    ForgetViewer,
    RaiseDeletionEpoch,
    RateLimitEvent,
    RecordRateLimitEvent,
    RemoveChannel,
    StoredMessage,
)
from tests.processing.chat import NOON_MS, message
from tests.processing.desk import BOT, BOT_ID, Desk, locked
from tests.processing.model import Model
from tests.waiting import PATIENCE_S, wait_until


@contextmanager
def running(desk: Desk) -> Iterator[threading.Thread]:
    """The worker in a thread of its own, until END or the end of the block."""
    thread = threading.Thread(target=desk.worker.run)
    thread.start()
    yield thread
    desk.inbox.put(END)
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


# -- the thread ------------------------------------------------------------------------------------


def test_at_the_end_everything_taken_in_is_stored(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for number in range(1200):
        desk.arrive(message(str(number)))
    with running(desk):
        pass
    assert desk.stored()[-1] == "1199"
    assert len(desk.store.recent_messages("alpha", 2000)) == 1200


def test_what_comes_after_the_end_is_not_looked_at(desk: Desk) -> None:
    desk.inbox.put_event(message("one"))
    desk.inbox.put(END)
    desk.inbox.put_event(message("two"))
    assert desk.worker.step(0) is False
    assert desk.stored() == ["one"]


def test_at_the_end_it_does_not_wait_for_a_pause_to_be_over(desk: Desk) -> None:
    with locked(desk.path):
        desk.chat("one")
    desk.inbox.put(END)
    desk.worker.step(0)
    assert desk.stored() == ["one"]


def test_what_could_not_be_stored_at_the_end_is_told(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    with locked(desk.path):
        desk.arrive(desk.viewer("one"), desk.viewer("two"))
        desk.inbox.put(END)
        assert desk.worker.step(0) is False
    assert [(record.message, record.__dict__["writes"]) for record in caplog.records] == [
        ("not stored", 4)  # and what was counted in these five minutes, and in this hour
    ]


def test_what_twitch_counts_is_stored_up_to_the_end(desk: Desk) -> None:
    written = [
        RecordRateLimitEvent(RateLimitEvent.JOIN, NOON_MS),
        RecordRateLimitEvent(RateLimitEvent.MESSAGE, NOON_MS + 1),
    ]
    for record in written:
        desk.inbox.put(record)
    desk.inbox.put(END)
    assert desk.worker.step(0) is False
    assert desk.store.traffic_since(0) == written


def test_a_record_that_fails_takes_no_other_with_it(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = replace(message(), text=None)  # type: ignore[arg-type]
    desk.hear(message("one"), damaged, message("two"))
    assert desk.stored() == ["one", "two"]
    assert [record.message for record in caplog.records] == ["record failed"]
    assert caplog.records[0].exc_info is not None


def test_storing_and_forgetting_go_on_while_the_model_hangs(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    begun = threading.Event()

    def hang(cancel: Cancel) -> None:
        begun.set()
        wait_until(lambda: cancel.cancelled)

    composer = desk.composer(Model("made of words that are gone", hang, is_stubborn=True))
    desk.submit_to = composer.submit
    composing = threading.Thread(target=composer.run)
    with running(desk):
        composing.start()
        desk.arrive(message("one", message_id="m-a"), message("two"), message("three"))
        assert begun.wait(PATIENCE_S)
        desk.arrive(message("four"), MessageDeleted("alpha", "m-a"))
        wait_until(lambda: desk.stored() == ["two", "three", "four"])
        (line,) = wait_until(lambda: desk.offered)
        assert desk.look(line) == Why.MODERATED
        composer.finish()
        composing.join(PATIENCE_S)
    assert not composing.is_alive()


# -- outages ---------------------------------------------------------------------------------------


def test_an_outage_loses_nothing_and_keeps_the_order(desk: Desk) -> None:
    desk.chat("before", message_id="m-a")
    with locked(desk.path):
        for number in range(5):
            desk.chat(f"during {number}", message_id=f"d-{number}")
            desk.clock.forward(0.3)
        desk.hear(MessageDeleted("alpha", "m-a"), MessageDeleted("alpha", "d-1"))
        desk.chat("last words")
        assert desk.live_state.outage is not None
        assert desk.stored() == ["before"]
    desk.clock.forward(10)
    desk.settle()
    assert desk.live_state.outage is None
    assert desk.stored() == ["during 0", "during 2", "during 3", "during 4", "last words"]


def test_chat_during_an_outage_counts_when_it_is_over(desk: Desk) -> None:
    with locked(desk.path):
        desk.chat("one", "two", "three")
        assert desk.jobs.empty()
        desk.clock.forward(10)
    desk.settle()
    assert not desk.jobs.empty()


def test_an_outage_that_only_a_question_meets_is_told_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Old messages are to be deleted, and nothing is said that would have to be stored."""
    caplog.set_level(logging.INFO)
    with locked(desk.path):
        for _ in range(100):
            desk.clock.forward(1)
            desk.settle()
        assert desk.live_state.outage is not None
    desk.clock.forward(10)
    desk.settle()
    assert desk.live_state.outage is None
    assert [record.message for record in caplog.records] == ["database away", "database back"]


def test_a_line_that_was_said_during_an_outage_is_stored_and_ends_its_turn(desk: Desk) -> None:
    desk.chat("one", "two", "three")
    line = desk.compose(Model())
    assert line is not None
    with locked(desk.path):
        desk.send(line, "own-1")
        desk.chat("four", "five", "six")
        assert desk.jobs.empty()
        desk.clock.forward(10)
    desk.settle()
    assert desk.stored() == ["one", "two", "three", "what a calm river", "four", "five", "six"]
    assert not desk.jobs.empty()


def test_an_edited_word_list_is_noticed_during_an_outage(desk: Desk) -> None:
    desk.words.write_text("barn\n")
    with locked(desk.path):
        desk.chat("hello")
        desk.clock.forward(1.5)
        desk.settle()
        desk.chat("the barn")
        desk.clock.forward(10)
    desk.settle()
    assert desk.stored() == ["hello"]


# -- the bot's own lines ---------------------------------------------------------------------------


def own(speech: MessageKind = MessageKind.SPONTANEOUS, text: str = "what a calm river") -> Outgoing:
    return Outgoing("alpha", text, speech, 1000.0)


@pytest.mark.parametrize("speech", [MessageKind.SPONTANEOUS, MessageKind.MENTION_ANSWER])
def test_what_the_bot_said_is_stored_under_its_real_id(desk: Desk, speech: MessageKind) -> None:
    desk.tell(Delivered(own(speech), "what a calm river", "own-1", NOON_MS + 7, desk.clock()))
    assert desk.store.recent_messages("alpha", 5) == [
        ContextLine("own-1", BOT_ID, BOT, BOT, "what a calm river", NOON_MS + 7, is_own=True)
    ]
    mark = fingerprint("what a calm river")
    assert desk.store.recent_spoken("alpha", 5) == [
        SpokenRow("own-1", NOON_MS + 7, mark, removed=False, shadow=False)
    ]
    assert desk.store.tally("alpha", "2026-09-21") == {"generated": 1, "said": 1}


def test_an_answer_to_a_command_leaves_no_trace(desk: Desk) -> None:
    desk.tell(
        Delivered(
            own(MessageKind.COMMAND_ANSWER), "on: I talk along", "own-1", NOON_MS, desk.clock()
        )
    )
    assert desk.stored() == []
    assert desk.store.recent_spoken("alpha", 5) == []
    assert desk.store.tally("alpha", "2026-09-21") == {}


def test_a_delivery_told_twice_is_stored_once(desk: Desk) -> None:
    for _ in range(2):
        desk.tell(Delivered(own(), "what a calm river", "own-1", NOON_MS, desk.clock()))
    assert desk.stored() == ["what a calm river"]
    assert len(desk.store.recent_spoken("alpha", 5)) == 1


def test_what_was_said_before_a_restart_is_not_said_again(desk: Desk, tmp_path: Path) -> None:
    desk.speak("what a calm river", "own-1")
    with Desk(tmp_path, desk.clock) as again:
        assert again.look(own()) == Why.REPEAT


@pytest.mark.parametrize("report", [Delivered, Undelivered])
def test_once_a_line_has_come_to_its_end_its_generation_is_released(
    desk: Desk, report: type[Delivered | Undelivered]
) -> None:
    desk.chat("@clankbot hi")
    job = desk.job()
    desk.live_state.generations.bind(
        job.generation_id, tuple(desk.store.recent_messages("alpha", 5))
    )
    line = replace(own(), generation_id=job.generation_id)
    if report is Delivered:
        desk.tell(Delivered(line, line.text, "own-1", NOON_MS, desk.clock()))
    else:
        desk.tell(Undelivered(line, Reason(Why.STALE, "too old")))
    desk.hear(ChatCleared("alpha"))
    assert not job.cancel.cancelled


def test_a_line_that_was_not_said_is_logged_without_its_words(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    desk.tell(Undelivered(own(), Reason(Why.FOLLOWERS_ONLY, "followers-only")))
    (record,) = caplog.records
    assert (record.message, record.__dict__["reason"]) == ("not said", "followers-only")
    assert "river" not in str(record.__dict__)


# -- other records ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        LinkDown("gone"),
        Reconnect(),
        Notice("alpha", "msg_banned", ""),
        Notice(None, None, "Login unsuccessful"),
        RoomState("alpha", slow_seconds=5),
    ],
)
def test_events_that_are_for_others_change_nothing(
    desk: Desk, event: Event, caplog: pytest.LogCaptureFixture
) -> None:
    desk.hear(event, message("one"))
    assert desk.stored() == ["one"]
    assert caplog.records == []


def test_the_owner_can_have_the_word_list_read_again_at_once(desk: Desk) -> None:
    """Even one that looks as it did: an editor may keep the size and the date."""
    before = desk.words.stat()
    desk.words.write_text("barn\n")
    os.utime(desk.words, ns=(before.st_atime_ns, before.st_mtime_ns))
    desk.tell(Reload())
    desk.chat("the barn", "the shed")
    assert desk.stored() == ["the shed"]


def test_each_round_is_a_sign_of_life(desk: Desk) -> None:
    desk.clock.forward(30)
    assert desk.worker.stepped_at < desk.clock()
    desk.settle()
    assert desk.worker.stepped_at == desk.clock()


# -- what others do to the database ------------------------------------------------------------


def _fill(desk: Desk) -> None:
    desk.store.apply([Append(_stored(number)) for number in range(4 * STEP_ROWS)])


def _stored(number: int) -> StoredMessage:
    return StoredMessage(f"old-{number}", "alpha", "7", "alice", "Alice", "old words", NOON_MS)


def test_nothing_is_said_while_a_long_history_is_on_its_way_out(desk: Desk) -> None:
    _fill(desk)
    desk.arrive(ChatCleared("alpha"))
    desk.worker.step(0)
    assert desk.stored() != []
    desk.arrive(*(desk.viewer("@clankbot hello") for _ in range(4)))
    assert desk.order("speak") == ["not now: messages are still being deleted or carried over"]
    assert not desk.has_job
    for _ in range(5):
        desk.worker.step(0)
    assert desk.stored() == ["@clankbot hello"] * 4
    assert desk.job().asked is not None, "the mention has waited"


def test_what_an_earlier_run_left_to_be_removed_is_removed(desk: Desk, tmp_path: Path) -> None:
    _fill(desk)
    desk.store.apply([RemoveChannel("alpha", NOON_MS)])
    with Desk(tmp_path, desk.clock) as again:
        for _ in range(4):
            again.worker.step(0)
        assert again.stored() == []


def test_what_is_made_when_another_program_forgets_a_viewer_is_not_said(desk: Desk) -> None:
    desk.hear(desk.viewer("@clankbot my secret"))
    line = desk.compose_line("a line about a secret")
    desk.hear(desk.viewer("@clankbot and mine", user_id="8", login="bruno"))
    with desk.database.open() as other:
        other.apply([ForgetViewer(None, "7"), RaiseDeletionEpoch()])
    desk.clock.forward(1)
    desk.settle()
    assert desk.look(line) == Why.MODERATED
    desk.send(line)
    assert not desk.has_job, "the mention that waited may have been that viewer's"
