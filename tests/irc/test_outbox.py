"""The waiting lines: their order, their bounds and their age."""

from __future__ import annotations

import math

from clankbot.irc.outbox import Outbox
from clankbot.records.speech import MessageKind, Outgoing

COMMAND, MENTION, SPONTANEOUS = MessageKind


def line(text: str, speech: MessageKind, channel: str = "a", since: float = 0.0) -> Outgoing:
    return Outgoing(channel, text, speech, since)


def texts(outbox: Outbox) -> list[str]:
    return [waiting.text for waiting in outbox]


def test_answers_to_commands_go_before_mentions_before_spontaneous_lines() -> None:
    outbox = Outbox()
    for number, speech in enumerate([SPONTANEOUS, MENTION, COMMAND, SPONTANEOUS, MENTION, COMMAND]):
        outbox.put(line(f"{speech.name.lower()} {number}", speech))
    assert texts(outbox) == [
        "command_answer 2",
        "command_answer 5",
        "mention_answer 1",
        "mention_answer 4",
        "spontaneous 0",
        "spontaneous 3",
    ]


def test_a_full_channel_loses_the_oldest_of_its_least_urgent_lines() -> None:
    outbox = Outbox()
    outbox.put(line("elsewhere", SPONTANEOUS, "b"))
    for number in range(5):
        outbox.put(line(f"command {number}", COMMAND))
        outbox.put(line(f"talk {number}", SPONTANEOUS))
    displaced = outbox.put(line("late", MENTION))
    assert displaced is not None
    assert displaced.text == "talk 0"
    assert "late" in texts(outbox)
    assert "elsewhere" in texts(outbox)


def test_a_channel_full_of_more_urgent_lines_refuses_a_spontaneous_one() -> None:
    outbox = Outbox()
    for number in range(10):
        assert outbox.put(line(f"command {number}", COMMAND)) is None
    talk = line("talk", SPONTANEOUS)
    assert outbox.put(talk) is talk
    assert outbox.put(line("command 10", COMMAND)) == line("command 0", COMMAND)


def test_a_full_outbox_loses_the_oldest_of_the_least_urgent_lines_anywhere() -> None:
    outbox = Outbox()
    for number in range(100):
        speech = SPONTANEOUS if number in (30, 60) else COMMAND
        assert outbox.put(line(str(number), speech, f"c{number // 10}")) is None
    displaced = outbox.put(line("new", COMMAND, "elsewhere"))
    assert displaced is not None
    assert displaced.text == "30"


def test_a_line_of_sixty_seconds_is_stale() -> None:
    outbox = Outbox()
    outbox.put(line("old", SPONTANEOUS, since=100.0))
    outbox.put(line("young", COMMAND, since=101.0))
    assert outbox.next_stale_at() == 160.0
    assert outbox.take_stale(159.9) == []
    assert [stale.text for stale in outbox.take_stale(160.0)] == ["old"]
    assert texts(outbox) == ["young"]


def test_an_empty_outbox_never_grows_stale() -> None:
    outbox = Outbox()
    outbox.put(line("only", COMMAND))
    assert [left.text for left in outbox.take_all()] == ["only"]
    assert outbox.next_stale_at() == math.inf
