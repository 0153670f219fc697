"""How the room types, as the model is told, and as its line is made to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clankbot.ollama.manner import fitted, told
from clankbot.ollama.prompt import Room, build_prompt
from clankbot.ollama.tokens import TokenEstimate
from clankbot.records.style import RoomStyle
from tests.ollama.assignments import assignment, chat

SLANGY = RoomStyle(
    length=5,
    is_in_characters=False,
    small=0.9,
    full_stops=0.02,
    emoji=0.05,
    with_emote=0.3,
    emotes=("KEKW", "pebbleHi"),
    known=frozenset({"KEKW", "pebbleHi", "🔥"}),
    small_words=frozenset({"that", "he", "nice"}),
)
PROPER = replace(
    SLANGY, small=0.1, full_stops=0.6, emoji=0.5, emotes=(), known=frozenset({"🔥", "😂"})
)


def test_the_card_is_told_in_a_sentence_or_two() -> None:
    assert told(None) == ""
    assert told(SLANGY) == (
        "People here type some 5 words a line, in small letters, without a full stop, hardly ever"
        " with an emoji. Emotes they use: KEKW pebbleHi. You may use one of these, or none.\n"
    )
    assert told(PROPER) == "People here type some 5 words a line.\n"
    characters = replace(PROPER, is_in_characters=True, length=1)
    assert told(characters) == "People here type some 3 characters a line.\n"


def test_the_card_stands_behind_the_chat_and_is_no_instruction_to_be_given_away() -> None:
    given = assignment(*chat("one", "two"))
    room = Room(8000)
    plain = build_prompt(given, TokenEstimate(), room)
    styled = build_prompt(replace(given, style=SLANGY), TokenEstimate(), room)
    assert styled.text.startswith(replace(plain, task="").text)
    assert told(SLANGY) in styled.task
    assert styled.instructions == plain.instructions


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("That was close.", "that was close"),
        ("That was close...", "that was close..."),
        ("Bruno was close!", "Bruno was close!"),
        ("He did it KEKW", "he did it KEKW"),
        ("nice pebbleHi one", "nice pebbleHi one"),
        ("nice one PogChamp", "nice one"),
        ("nice one KEKW KEKW pebbleHi", "nice one KEKW"),
        ("nice one 🔥", "nice one 🔥"),
        ("nice one 😂😂", "nice one"),
        ("nice 🔥 one KEKW", "nice 🔥 one"),
        ("nice one :joy:", "nice one"),
        ("at 10:30:00 he did it", "at 10:30:00 he did it"),
        ("YouTube has a clip of it", "YouTube has a clip of it"),
        ("PogChamp", ""),
    ],
)
def test_a_line_is_typed_as_the_room_types(line: str, becomes: str) -> None:
    assert fitted(line, SLANGY, ()) == becomes
    assert fitted(becomes, SLANGY, ()) == becomes


def test_a_room_of_sentences_keeps_them() -> None:
    assert fitted("That was close. 😂", PROPER, ()) == "That was close. 😂"
    assert fitted("Close LUL", PROPER, ()) == "Close"


def test_without_a_card_the_context_tells_which_emotes_are_used() -> None:
    assert fitted("That was LUL 😂.", None, ("LUL what",)) == "That was LUL ."
    assert fitted("That was LUL", None, ("what",)) == "That was"
    assert fitted("That was great 😂", None, ()) == "That was great 😂"
