"""What becomes of a chat message: stored and counted, obeyed, or let go."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from clankbot.records.chat import ChatMessage, LinkUp
from clankbot.records.speech import ContextLine
from tests.processing.chat import NOON_MS, message
from tests.processing.desk import BOT_ID, Desk


def counted(desk: Desk) -> int:
    return desk.store.pace("alpha", 100, 1).counted


def blocked(desk: Desk) -> int:
    return desk.store.tally("alpha", "2026-09-21").get("blocked", 0)


def test_a_message_is_stored_as_it_was_said_once_and_counted(desk: Desk) -> None:
    said = message("Hello  there!", message_id="m-a", sent_ms=NOON_MS + 123)
    desk.hear(said, said)
    desk.hear(said)
    assert desk.store.recent_messages("alpha", 10) == [
        ContextLine("m-a", "7", "alice", "Alice", "Hello  there!", NOON_MS + 123)
    ]
    assert counted(desk) == 1


def test_a_message_that_twitch_delivers_twice_has_one_effect(desk: Desk) -> None:
    desk.order("cooldown 0")
    mention, blocked_one = desk.viewer("@clankbot hi"), desk.viewer("the shed")
    desk.hear(mention, blocked_one)
    desk.job()
    desk.give_up("called off")
    desk.hear(mention, blocked_one)
    assert desk.jobs.empty()
    assert blocked(desk) == 1


def test_messages_keep_their_order_and_their_channel(desk: Desk) -> None:
    desk.hear(
        desk.viewer("one"),
        desk.viewer("two", channel="beta"),
        desk.viewer("three", user_id="8", login="bruno"),
    )
    assert desk.stored() == ["one", "three"]
    assert desk.stored("beta") == ["two"]


def test_a_message_without_a_time_has_that_of_its_arrival(desk: Desk) -> None:
    desk.clock.forward(5)
    desk.hear(replace(message(), sent_at=None))
    assert [line.at_ms for line in desk.store.recent_messages("alpha", 1)] == [NOON_MS + 5000]


@pytest.mark.parametrize(
    "said",
    [
        message("!roll 20"),
        message("!8ball will it rain"),
        message("!clankers"),
        message("hello", login="nightbot"),
        message("hello", is_bot=True),
        message("@clankbot hello", is_bot=True),
        message("!clank off", is_bot=True, is_mod=True),
        message("hello", from_shared_chat=True),
        message("@clankbot hello", from_shared_chat=True),
        message("!clank off", from_shared_chat=True, is_broadcaster=True),
        message("hello", channel="gamma"),
        replace(message(), user_id=None),
        replace(message(), message_id=None),
    ],
    ids=lambda said: f"{said.login}: {said.text}",
)
def test_what_is_not_ordinary_chat_of_a_viewer_is_not_stored(
    desk: Desk, said: ChatMessage, caplog: pytest.LogCaptureFixture
) -> None:
    desk.hear(said)
    assert caplog.records == []
    assert (desk.stored(), desk.stored("gamma"), counted(desk)) == ([], [], 0)
    assert desk.jobs.empty()
    assert desk.offered == []


@pytest.mark.parametrize("text", ["! hello", "!", "!!!", "hello !roll", "?8ball"])
def test_what_only_looks_like_a_command_is_stored(desk: Desk, text: str) -> None:
    desk.chat(text)
    assert desk.stored() == [text]


def why_blocked(caplog: pytest.LogCaptureFixture) -> list[object]:
    (record,) = (record for record in caplog.records if record.message == "message blocked")
    assert record.levelno == logging.WARNING
    fields = ("direction", "channel", "user_id", "entry", "reading", "part", "display_name", "text")
    return [getattr(record, name) for name in fields]


def test_a_blocked_message_is_logged_and_not_stored(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.chat("in the SH3D now", "hello")
    assert desk.stored() == ["hello"]
    assert why_blocked(caplog) == [
        *("in", "alpha", "7", "shed", "shed", "text", "Alice", "in the SH3D now")
    ]
    assert blocked(desk) == 1


def test_a_blocked_display_name_blocks_the_message_and_is_logged_as_the_reason(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.hear(replace(message("@clankbot hi"), display_name="Sh3d"))
    assert desk.stored() == []
    assert desk.jobs.empty()
    assert why_blocked(caplog) == [
        *("in", "alpha", "7", "shed", "shed", "display name", "Sh3d", "@clankbot hi")
    ]
    assert blocked(desk) == 1


def test_a_viewer_who_opted_out_leaves_no_trace(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.chat("!clank optout")
    caplog.clear()
    desk.chat("hello", "@clankbot hello", "in the shed")
    assert desk.stored() == []
    assert desk.jobs.empty()
    assert blocked(desk) == 0
    assert caplog.records == []


def test_an_edited_word_list_holds_from_the_next_second_on(desk: Desk) -> None:
    desk.words.write_text("barn\n")
    desk.clock.forward(1.5)
    desk.settle()
    desk.chat("the barn", "the shed")
    assert desk.stored() == ["the shed"]


def test_the_bot_is_called_by_the_name_it_signed_in_with(desk: Desk) -> None:
    desk.hear(LinkUp("robbie", BOT_ID), desk.viewer("robbie hello"))
    assert desk.job().asked is not None


def test_an_anonymous_reader_keeps_the_name_it_was_given(desk: Desk) -> None:
    desk.hear(LinkUp("justinfan4711", None), desk.viewer("justinfan4711 hello"))
    assert desk.jobs.empty()
    desk.chat("clankbot hello")
    assert desk.job().asked is not None


def test_a_command_in_a_reply_is_obeyed_behind_the_name_that_clients_put_in_front(
    desk: Desk,
) -> None:
    desk.chat(
        "@ClankBot !clank threshold 7", user_id="1", login="mona", is_mod=True, reply_to_id="m-0"
    )
    assert [line.text for line in desk.offered] == ["threshold is now 7 messages"]
    assert desk.stored() == []


@pytest.mark.parametrize("text", ["@clankbot !clank optout", "@ClankBot, !clank opt out"])
def test_a_command_said_to_the_bot_by_name_is_obeyed(desk: Desk, text: str) -> None:
    desk.chat("hello")
    desk.chat(text)
    assert desk.stored() == []
    assert desk.store.opted_out() == {"7"}


def test_a_command_said_to_somebody_else_is_talk(desk: Desk) -> None:
    desk.chat("@mona !clank optout")
    assert desk.stored() == ["@mona !clank optout"]
