"""How the room takes the bot's lines, and what that does to its pace."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.records.chat import ChatMessage
from tests.processing.desk import BOT_ID, Desk

OWN = ("a calm river", "owls at noon", "seven green apples", "the moon is late", "who let them in")


def viewer(desk: Desk, number: int, text: str = "so it goes", **more: object) -> ChatMessage:
    return desk.viewer(text, user_id=f"v{number}", login=f"viewer{number}", **more)


def talk(desk: Desk, lines: int = 6) -> None:
    """Viewers talk, and every third line answers another viewer."""
    for number in range(lines):
        text = f"@viewer{number + 1} that is true" if number % 3 == 0 else f"remark {number}"
        desk.hear(viewer(desk, number, text))
        desk.clock.forward(1)


def ignore(desk: Desk, text: str) -> None:
    """The bot says this, and everybody goes on as if it had not."""
    desk.speak(text)
    talk(desk)
    desk.clock.forward(61)
    desk.settle()


def threshold(desk: Desk) -> int:
    """How many messages it waits for, as a moderator is told."""
    status = desk.order("status")[0]
    return int(status.split("/")[1].split()[0])


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The bot in a room where viewers answer one another."""
    desk.order("threshold 40")
    talk(desk, 12)
    return desk


def test_an_ignored_bot_waits_ever_longer_but_three_times_as_long_at_most(desk: Desk) -> None:
    waits = []
    for number in range(10):
        ignore(desk, f"{OWN[number % 5]} number {number}")
        waits.append(threshold(desk))
    assert waits == [60, 90, *[120] * 8]


def test_the_delay_is_stretched_too_and_moderators_see_why(desk: Desk) -> None:
    desk.order("delay 1000")
    ignore(desk, OWN[0])
    ignore(desk, OWN[1])
    told = "its last 2 lines went unanswered, so it waits 2.25 times as long"
    assert told in desk.order("status")[0]
    desk.fill(90)
    assert desk.why().endswith(f"s of the delay left; {told}")
    desk.clock.forward(2250)
    desk.fill(1)
    assert desk.has_job


@pytest.mark.parametrize(
    "reaction",
    [
        {"text": "clankbot that is not even true"},
        {"text": "nice one", "reply_to_user_id": BOT_ID},
        {"text": "looooool"},
        {"text": "hahaha the owls"},
        {"text": "草"},
    ],
    ids=lambda each: str(each["text"]),
)
def test_one_answer_brings_it_back(desk: Desk, reaction: dict[str, str]) -> None:
    desk.order("mentions off")
    ignore(desk, OWN[0])
    ignore(desk, OWN[1])
    desk.speak(OWN[2])
    desk.hear(viewer(desk, 1), viewer(desk, 2, **reaction))  # type: ignore[arg-type]
    assert threshold(desk) == 40
    desk.clock.forward(61)
    desk.settle()
    assert [row.reactions for row in desk.store.recent_spoken("alpha", 9)] == [1, 0, 0]


def test_a_laugh_is_no_answer_in_a_room_that_laughs_all_the_time_or_later(desk: Desk) -> None:
    desk.speak(OWN[0])
    desk.hear(*(viewer(desk, n) for n in range(6)), viewer(desk, 8, "lol"))
    desk.clock.forward(61)
    desk.settle()
    assert threshold(desk) == 60
    desk.hear(*(viewer(desk, n, "@viewer1 lol") for n in range(30)))
    desk.speak(OWN[1])
    desk.hear(*(viewer(desk, n, "lol") for n in range(6)))
    desk.clock.forward(61)
    desk.settle()
    assert threshold(desk) == 90


def test_where_nobody_is_there_or_nobody_answers_anybody_no_line_is_ignored(desk: Desk) -> None:
    desk.speak(OWN[0])
    talk(desk, 3)
    desk.clock.forward(61)
    desk.settle()
    assert threshold(desk) == 40
    desk.hear(*(viewer(desk, number) for number in range(50)))
    ignore(desk, OWN[1])
    ignore(desk, OWN[2])
    assert threshold(desk) == 40


def test_what_nobody_can_see_is_not_watched(desk: Desk) -> None:
    desk.fill(40)
    desk.send(desk.compose_line(), shadow=True)
    talk(desk)
    desk.clock.forward(61)
    desk.settle()
    assert threshold(desk) == 40


def test_it_survives_a_restart_and_tact_off_lifts_it(tmp_path: Path) -> None:
    with Desk(tmp_path, MESSAGE_THRESHOLD="40") as desk:
        talk(desk, 12)
        ignore(desk, OWN[0])
        ignore(desk, OWN[1])
        desk.speak(OWN[2])
    with Desk(tmp_path, desk.clock, MESSAGE_THRESHOLD="40") as again:
        assert threshold(again) == 90
        again.order("tact off")
        assert threshold(again) == 40
