"""What lines mean."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from clankbot.irc.events import ChatMessage, Left, to_event
from clankbot.irc.message import format_line, parse_line
from tests.irc.corpus import ROWS, Row, about, expected_event


@pytest.mark.parametrize("row", [row for row in ROWS if "event" in row], ids=about)
def test_a_line_has_its_meaning(row: Row) -> None:
    assert to_event(parse_line(row["line"])) == expected_event(row)


def test_a_message_knows_when_it_was_sent_to_the_millisecond() -> None:
    event = to_event(parse_line("@tmi-sent-ts=1735689600123 :v!v@v PRIVMSG #harbour :hi"))
    assert isinstance(event, ChatMessage)
    assert event.sent_at == datetime(2025, 1, 1, 0, 0, 0, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("emotes", "text", "names"),
    [
        ("25:0-4,12-16/1902:6-10", "Kappa Keepo Kappa", {"Kappa", "Keepo"}),
        ("25:3-7", "🦊漢 Kappa", {"Kappa"}),  # code points
        ("25:0-4", "\x01ACTION Kappa hi\x01", {"Kappa"}),
        ("emotesv2_4f:0-7", "pebbleHi hi", {"pebbleHi"}),
        ("1:0-1", ":) hi", {":)"}),
        ("25:1-4", "Kappa", set()),
        ("25:0-99,-5-3/x:4", "Kappa hi", set()),
        ("", "Kappa", set()),
    ],
)
def test_emotes_are_the_words_that_twitch_shows_as_pictures(
    emotes: str, text: str, names: set[str]
) -> None:
    event = to_event(parse_line(f"@emotes={emotes} :v!v@v PRIVMSG #harbour :{text}"))
    assert isinstance(event, ChatMessage)
    assert event.emotes == names


def test_no_damage_to_a_line_raises_an_error() -> None:
    dice = random.Random(11)
    kinds = [message for row in ROWS if row.get("event") and (message := parse_line(row["line"]))]
    commands = sorted({message.command for message in kinds})
    keys = sorted({key for message in kinds for key in message.tags})
    values = ["", "1", "-1", "9" * 30, "9" * 5000, "1e5", "nan", ",/,", "\u0661", " "]
    params = ["#A", "*", "#", "x", "\x01ACTION \x01"]
    for _ in range(5000):
        line = format_line(
            dice.choice(commands),
            *dice.choices(params[:4], k=dice.randrange(3)),
            trailing=dice.choice([None, *params]),
            prefix=dice.choice([None, "", "a!b@c", "!b", "tmi.twitch.tv"]),
            tags={key: dice.choice(values) for key in dice.sample(keys, dice.randrange(9))},
        )
        to_event(parse_line(line))


@pytest.mark.parametrize(
    "number", ["9" * 400, "9" * 5000, "-2", "1e5", "\u0661", "+5", "1_0", " 5"]
)
@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("@slow={} :tmi.twitch.tv ROOMSTATE #alpha", "slow_seconds"),
        ("@followers-only={} :tmi.twitch.tv ROOMSTATE #alpha", "followers_only_minutes"),
        ("@ban-duration={};target-user-id=5 :t CLEARCHAT #alpha :ann", "duration_seconds"),
        ("@tmi-sent-ts={};target-user-id=5 :t CLEARCHAT #alpha :ann", "sent_at"),
        ("@tmi-sent-ts={} :v!v@v PRIVMSG #alpha :hi", "sent_at"),
    ],
)
def test_a_number_out_of_all_range_is_none(line: str, field: str, number: str) -> None:
    event = to_event(parse_line(line.format(number.replace(" ", r"\s"))))
    assert getattr(event, field) is None


MIRRORED = "room-id=1;source-room-id=2;"


@pytest.mark.parametrize(
    "line",
    [
        "@{}target-user-id=5 :tmi.twitch.tv CLEARCHAT #alpha :ann",
        "@{} :tmi.twitch.tv CLEARCHAT #alpha",
        "@{}target-msg-id=m1;login=ann :tmi.twitch.tv CLEARMSG #alpha :words",
    ],
)
def test_moderation_of_another_channel_in_a_shared_chat_is_not_ours(line: str) -> None:
    assert to_event(parse_line(line.format(MIRRORED))) is None
    for own in ("", "room-id=1;", "room-id=1;source-room-id=1;", "source-room-id=;"):
        assert to_event(parse_line(line.format(own).replace("@ ", ""))) is not None


def test_a_part_tells_who_is_out_of_which_channel() -> None:
    event = to_event(parse_line(":Clankbot!clankbot@clankbot.tmi.twitch.tv PART #Alpha"))
    assert event == Left("alpha", "clankbot")
    assert to_event(parse_line(":tmi.twitch.tv PART #alpha")) is None
