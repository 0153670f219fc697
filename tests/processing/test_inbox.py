"""The worker's inbox: bounded, and chat gives way to what must not be lost."""

from __future__ import annotations

import logging

import pytest

from clankbot.cancel import END
from clankbot.processing.inbox import Inbox, Record
from clankbot.processing.internal_messages import NothingOffered
from clankbot.records.chat import ChatCleared, ChatMessage, Event, LinkDown, MessageDeleted
from clankbot.records.reasons import Reason, Why
from tests.processing.chat import message

NOTHING = NothingOffered("alpha", 1, Reason(Why.NO_LINE, "only thought"))


@pytest.fixture
def inbox() -> Inbox:
    """Ten places, three of them not for chat."""
    return Inbox(room=10, kept_free=3, patience_s=0.01)


def taken(inbox: Inbox) -> list[Record]:
    """All that is in it."""
    return list(iter(lambda: inbox.get(0), None))


def test_records_leave_in_the_order_they_came(inbox: Inbox) -> None:
    records: list[Record] = [NOTHING, END]
    events: list[Event] = [message(), MessageDeleted("alpha", "m-a"), LinkDown("gone")]
    for event in events:
        inbox.put_event(event)
    for record in records:
        inbox.put(record)
    assert taken(inbox) == [*events, *records]


def test_an_empty_inbox_says_so_after_the_wait(inbox: Inbox) -> None:
    assert inbox.get(0.01) is None


def test_when_it_is_nearly_full_chat_is_dropped_and_removals_still_get_in(inbox: Inbox) -> None:
    for number in range(9):
        inbox.put_event(message(str(number)))
    inbox.put_event(ChatCleared("alpha"))
    inbox.put(NOTHING)
    inbox.put(END)
    records = taken(inbox)
    chat = [record.text for record in records if isinstance(record, ChatMessage)]
    assert chat == ["0", "1", "2", "3", "4", "5", "6"]
    assert records[7:] == [ChatCleared("alpha"), NOTHING, END]


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


def test_even_a_removal_waits_no_longer_than_a_ping_allows(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    for _ in range(11):
        inbox.put_event(ChatCleared("alpha"))
    assert len(taken(inbox)) == 10
    assert [record.__dict__["record"] for record in caplog.records] == ["ChatCleared"]
