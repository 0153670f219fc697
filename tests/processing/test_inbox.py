"""The worker's inbox: chat gives way to what must not be lost, and removals overtake it."""

from __future__ import annotations

import queue
import threading
import time

import pytest

from clankbot.cancel import END
from clankbot.processing.inbox import Inbox, Record, bytes_of
from clankbot.processing.internal_messages import NothingOffered, RemovalReached, RemovedMessage
from clankbot.processing.recent_removals import Removal
from clankbot.records.chat import (
    ChatCleared,
    ChatMessage,
    Event,
    LinkDown,
    MessageDeleted,
    UserCleared,
)
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import MessageKind, Outgoing, Undelivered
from tests.processing.chat import message
from tests.waiting import PATIENCE_S

NOTHING = NothingOffered("alpha", 1, Reason(Why.NO_LINE, "only thought"))
LINE = Outgoing("alpha", "calm river", MessageKind.SPONTANEOUS, 0.0)


@pytest.fixture
def inbox() -> Inbox:
    """Room for seven messages."""
    return Inbox(room_for_chat=7 * bytes_of(message()), patience_s=0.01)


def taken(inbox: Inbox) -> list[Record]:
    """All that is in it."""
    return inbox.take(100_000, 0)


def test_records_leave_in_the_order_they_came(inbox: Inbox) -> None:
    records: list[Record] = [NOTHING, END]
    events: list[Event] = [message(), LinkDown("gone"), message()]
    for event in events:
        inbox.put_event(event)
    for record in records:
        inbox.put(record)
    assert taken(inbox) == [*events, *records]


def test_a_removal_overtakes_what_waits_and_its_place_is_marked(inbox: Inbox) -> None:
    before, behind = message(), message()
    removal = MessageDeleted("alpha", "m-other")
    inbox.put(NOTHING)
    for event in (before, removal, behind):
        inbox.put_event(event)
    assert taken(inbox) == [removal, NOTHING, before, RemovalReached(removal), behind]


DELETED = message(message_id="m-1", user_id="7", login="alice")


@pytest.mark.parametrize(
    ("removal", "is_removed"),
    [
        (MessageDeleted("alpha", "m-1"), True),
        (MessageDeleted("alpha", "m-2"), False),
        (MessageDeleted("beta", "m-1"), False),
        (UserCleared("alpha", "7", 600), True),
        (UserCleared("alpha", "7", None, "renamed"), True),
        (UserCleared("alpha", None, None, "alice"), True),
        (UserCleared("alpha", "8", None, "alice"), False),
        (UserCleared("alpha", "8", None), False),
        (UserCleared("beta", "7", None), False),
        (ChatCleared("alpha"), True),
        (ChatCleared("beta"), False),
    ],
)
def test_what_is_removed_while_it_waits_comes_out_as_removed(
    inbox: Inbox, removal: Removal, is_removed: bool
) -> None:
    inbox.put_event(DELETED)
    inbox.put_event(removal)
    expected = RemovedMessage(DELETED) if is_removed else DELETED
    assert taken(inbox) == [removal, expected, RemovalReached(removal)]


def test_what_comes_behind_a_removal_is_not_removed_by_it(inbox: Inbox) -> None:
    removal = UserCleared("alpha", "7", 1)
    inbox.put_event(DELETED)
    inbox.put_event(removal)
    assert inbox.take(0, 0) == [removal]
    inbox.put_event(behind := message(user_id="7"))
    assert taken(inbox) == [RemovedMessage(DELETED), RemovalReached(removal), behind]


def test_of_two_removals_of_one_viewer_each_counts_up_to_its_place(inbox: Inbox) -> None:
    first, second = UserCleared("alpha", "7", 1), UserCleared("alpha", "7", 1)
    said = [message(user_id="7") for _ in range(3)]
    for event in (said[0], first, said[1], second, said[2]):
        inbox.put_event(event)
    assert taken(inbox) == [
        *(first, second),
        *(RemovedMessage(said[0]), RemovalReached(first)),
        *(RemovedMessage(said[1]), RemovalReached(second)),
        said[2],
    ]


def test_an_empty_inbox_says_so_after_the_wait(inbox: Inbox) -> None:
    assert inbox.take(1, 0.01) == []


def test_it_waits_for_as_much_as_is_wanted_or_for_what_cannot_wait() -> None:
    inbox = Inbox(is_pressing=lambda said: said.text.startswith("!"))
    inbox.put_event(message())
    assert len(inbox.take(9, 0.01, wanted=2)) == 1, "the time was over"
    woken: queue.SimpleQueue[list[Record]] = queue.SimpleQueue()
    for records in ([message(), message()], [message("!clank")], [MessageDeleted("alpha", "m-1")]):
        waiting = threading.Thread(target=lambda: woken.put(inbox.take(9, PATIENCE_S, wanted=2)))
        waiting.start()
        for record in records:
            assert woken.empty()
            inbox.put_event(record)
        assert woken.get(timeout=PATIENCE_S)[0] == records[0]
        waiting.join()
        inbox.take(9, 0)


def test_what_cannot_wait_counts_until_it_is_taken() -> None:
    inbox = Inbox(is_pressing=lambda said: said.text.startswith("!"))
    inbox.put_event(message())
    inbox.put_event(message("!clank"))
    assert len(inbox.take(1, PATIENCE_S, wanted=9)) == 1
    assert len(inbox.take(1, PATIENCE_S, wanted=9)) == 1


def test_when_it_is_full_chat_is_dropped_and_all_else_still_gets_in(inbox: Inbox) -> None:
    for number in range(9):
        inbox.put_event(message(f"message {number:03}"))
    others: list[Record] = [NOTHING, Undelivered(LINE, NOTHING.reason), END]
    for _ in range(20):
        inbox.put_event(ChatCleared("beta"))
    for record in others:
        inbox.put(record)
    records = taken(inbox)
    assert records[:20] == [ChatCleared("beta")] * 20
    chat = [record.text for record in records if isinstance(record, ChatMessage)]
    assert chat == [f"message {number:03}" for number in range(7)]
    assert records[-3:] == others


def test_long_messages_find_less_room(inbox: Inbox) -> None:
    for _ in range(9):
        inbox.put_event(message("🦀" * 500))
    assert len(taken(inbox)) == 2
    for _ in range(9):
        inbox.put_event(message())
    assert len(taken(inbox)) == 7, "what was taken has made room"


def test_dropped_chat_is_told_once_when_it_begins_and_once_with_its_number(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(12):
        inbox.put_event(message())
    taken(inbox)
    inbox.put_event(message())
    inbox.put_event(message())
    assert [record.message for record in caplog.records] == [
        "chat is dropped",
        "chat is taken in again",
    ]
    assert caplog.records[1].__dict__["dropped"] == 5
    assert len(taken(inbox)) == 2


def test_chat_behind_the_end_is_dropped_and_told(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.put_event(message("before"))
    inbox.put(END)
    for _ in range(3):
        inbox.put_event(message("behind"))
    assert len(taken(inbox)) == 2
    assert [record.message for record in caplog.records] == ["chat is dropped"]
    assert caplog.records[0].__dict__["reason"] == "it came after the end"


def test_a_full_inbox_does_not_hold_up_a_removal() -> None:
    """The reader has to go on answering PING, and a removal must not be lost."""
    inbox = Inbox(room_for_chat=1, patience_s=60.0)
    inbox.put_event(message())
    started = time.monotonic()
    for _ in range(20_000):
        inbox.put_event(UserCleared("alpha", "7", None))
    assert time.monotonic() - started < 10
    assert sum(isinstance(record, UserCleared) for record in taken(inbox)) == 20_000
