"""A streamer runs the bot on the own account: what is typed with it is a person's."""

from __future__ import annotations

import pytest

from clankbot.processing.speaking.contexts import Contexts
from clankbot.records.chat import ChatMessage, LinkUp, OwnState
from clankbot.records.writes import KeepWindow
from tests.processing.desk import BOT, BOT_ID, Desk


def typed(desk: Desk, text: str, **more: object) -> ChatMessage:
    """A line that somebody typed in a browser as the bot's account."""
    return desk.viewer(text, **{"user_id": BOT_ID, "login": BOT, "is_broadcaster": True} | more)


def test_commands_of_the_own_account_are_heard(desk: Desk) -> None:
    desk.hear(typed(desk, "!clank threshold 20"))
    assert desk.channels["alpha"].settings.threshold == 20
    assert len(desk.answers) == 1
    desk.hear(typed(desk, "!clank off", is_broadcaster=False))
    assert desk.channels["alpha"].settings.enabled, "rights are not the account's but the badge's"


def test_what_a_person_types_is_stored_and_counted_like_a_viewers_words(desk: Desk) -> None:
    desk.hear(typed(desk, "good evening everybody"))
    (row,) = desk.store.export_rows("alpha")
    assert (row.text, row.user_id, row.is_own) == ("good evening everybody", BOT_ID, False)
    assert desk.store.pace("alpha", 9, 9).counted == 1
    assert desk.store.recent_spoken("alpha", 9) == []
    desk.fill(2)
    assert desk.has_job, "three messages have been counted"


@pytest.mark.parametrize(
    ("channel", "name"), [(BOT, "the streamer"), ("alpha", "the operator")], ids=["own", "other"]
)
def test_the_model_is_not_told_that_a_person_is_the_bot(
    desk: Desk, channel: str, name: str
) -> None:
    with Desk(desk.folder, desk.clock, TWITCH_CHANNELS=f"alpha,{BOT}") as own:
        own.hear(typed(own, "I typed this", channel=channel))
        own.speak("and I made this up", "own-1", channel)

        def keep(_: KeepWindow) -> None:
            raise AssertionError("nothing begins here")

        contexts = Contexts(own.live_state, own.filters, keep)
        seen = contexts.lines(own.store, channel, own.channels[channel].settings)
        assert [(line.speaker, line.is_own) for line in seen] == [(name, False), (BOT, True)]


def test_whoever_types_as_the_bot_does_not_ask_it(desk: Desk) -> None:
    desk.hear(typed(desk, "@clankbot is my own name"), typed(desk, "hi", reply_to_user_id=BOT_ID))
    assert desk.jobs.empty()
    assert len(desk.stored()) == 2


def test_a_reply_to_what_a_person_typed_is_not_for_the_bot(desk: Desk) -> None:
    desk.hear(typed(desk, "who is coming along?", message_id="typed-1"))
    reply = {"reply_to_id": "typed-1", "reply_to_user_id": BOT_ID}
    desk.chat("@clankbot me!", **reply)
    assert desk.jobs.empty()
    desk.chat("@clankbot me, and @clankbot too?", **reply)
    assert desk.has_job
    desk.take_turn(message_id="own-1")
    desk.clock.forward(60)
    desk.chat("@clankbot why?", reply_to_id="own-1", reply_to_user_id=BOT_ID)
    assert desk.has_job


def test_a_line_of_the_bot_that_comes_back_is_not_taken_for_a_persons(desk: Desk) -> None:
    desk.speak("what a calm river", "own-1")
    desk.hear(
        typed(desk, "what a calm river", message_id="echo-1"),
        typed(desk, "what  a calm river \u034f", message_id="echo-2"),
        typed(desk, "in other words", message_id="own-1"),
        OwnState("alpha", False, "own-2", None),
        typed(desk, "@mona an answer that is not stored", message_id="own-2"),
    )
    assert desk.stored() == ["what a calm river"]
    assert [row.is_own for row in desk.store.export_rows("alpha")] == [True]
    desk.hear(typed(desk, "what a calm river", channel="beta"))
    assert desk.stored("beta") == ["what a calm river"], "nothing was said there"
    desk.clock.forward(60)
    desk.hear(typed(desk, "what a calm river"))
    assert len(desk.stored()) == 2


def test_an_optout_of_the_own_account_is_about_what_is_typed(desk: Desk) -> None:
    desk.hear(typed(desk, "good evening"), typed(desk, "!clank optout"), typed(desk, "hello"))
    desk.speak("what a calm river", "own-1")
    contexts = Contexts(desk.live_state, desk.filters, lambda window: None)
    seen = contexts.lines(desk.store, "alpha", desk.channels["alpha"].settings)
    assert [line.text for line in seen] == ["what a calm river"]


def test_an_anonymous_reader_has_no_own_account(desk: Desk) -> None:
    desk.live_state.own = type(desk.live_state.own)("clankbot")
    desk.hear(LinkUp("justinfan12345", None), desk.viewer("hello"))
    assert desk.stored() == ["hello"]
