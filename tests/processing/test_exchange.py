"""Two bots must not answer one another without end."""

from __future__ import annotations

import itertools

from clankbot.processing.exchange import MOST_ANSWERS
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Undelivered
from tests.processing.desk import Desk

_words = itertools.count()
WAITS = "mention not answered: three answers in a row to one account"


def exchanged(desk: Desk, times: int, **more: object) -> None:
    """A viewer speaks to the bot and is answered, so many times."""
    for _ in range(times):
        desk.chat("@clankbot and now?", **more)
        desk.take_turn(" ".join(f"word{next(_words)}" for _ in range(5)))


def talkative(desk: Desk) -> None:
    """Where viewers are answered as often as they like."""
    desk.order("cooldown 0")
    desk.order("spontaneous off")


def test_after_three_answers_to_one_account_the_next_waits_for_somebody_else(desk: Desk) -> None:
    talkative(desk)
    exchanged(desk, MOST_ANSWERS)
    desk.chat("@clankbot and now?")
    assert desk.jobs.empty()
    assert desk.why().startswith(WAITS)
    desk.clock.forward(30)
    desk.chat("hello there", user_id="8", login="bruno")
    asked = desk.job().asked
    assert asked is not None
    assert asked.text == "@clankbot and now?"


def test_it_does_not_wait_longer_than_any_mention(desk: Desk) -> None:
    talkative(desk)
    exchanged(desk, MOST_ANSWERS)
    desk.chat("@clankbot and now?")
    desk.clock.forward(61)
    desk.chat("hello there", user_id="8", login="bruno")
    assert desk.jobs.empty()


def test_others_are_answered_meanwhile_and_end_the_row(desk: Desk) -> None:
    talkative(desk)
    exchanged(desk, MOST_ANSWERS)
    desk.chat("@clankbot and now?")
    desk.chat("@clankbot what about me?", user_id="8", login="bruno")
    for user_id in ("7", "8"):
        turn = desk.channels["alpha"].turn
        assert turn is not None
        assert turn.addressee_id == user_id
        desk.take_turn(f"what a calm river for {user_id}")


def test_another_voice_between_starts_the_row_anew(desk: Desk) -> None:
    talkative(desk)
    exchanged(desk, MOST_ANSWERS - 1)
    desk.chat("hello there", user_id="8", login="bruno")
    exchanged(desk, MOST_ANSWERS)
    desk.chat("@clankbot and now?")
    assert desk.jobs.empty()


def test_the_row_of_one_channel_is_not_that_of_another(desk: Desk) -> None:
    talkative(desk)
    desk.order("cooldown 0", channel="beta")
    exchanged(desk, MOST_ANSWERS)
    desk.chat("@clankbot and now?", channel="beta")
    assert desk.has_job


def test_an_answer_that_was_not_said_does_not_count(desk: Desk) -> None:
    talkative(desk)
    exchanged(desk, MOST_ANSWERS - 1)
    desk.chat("@clankbot and now?")
    desk.tell(Undelivered(desk.compose_line(), Reason(Why.STALE, "too old")))
    desk.clock.forward(60)
    desk.chat("@clankbot and now?")
    assert desk.has_job


def test_a_person_who_is_alone_with_the_bot_is_answered_again_later(desk: Desk) -> None:
    talkative(desk)
    exchanged(desk, MOST_ANSWERS)
    desk.clock.forward(601)
    desk.chat("@clankbot are you there?")
    assert desk.has_job
