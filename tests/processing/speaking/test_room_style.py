"""How a room types, counted from its messages."""

from __future__ import annotations

import pytest

from clankbot.processing.speaking.room_style import style_of
from clankbot.records.speech import ContextLine
from clankbot.records.style import RoomStyle

SMALL = ("what a jump that was", "he missed it again", "no way lol", "left you fool", "so close")
PROPER = ("What a jump that was.", "He missed it again.", "No way.", "Left, please.", "So close.")


def room(*texts: str, viewers: int = 5, times: int = 8) -> list[ContextLine]:
    """These texts again and again, by so many viewers in turn."""
    said = texts * times
    return [
        ContextLine(f"m-{n}", str(n % viewers), "v", "V", text, n) for n, text in enumerate(said)
    ]


def style(*texts: str, tagged: tuple[str, ...] = (), **more: int) -> RoomStyle:
    """The style of such a room."""
    found = style_of(room(*texts, **more), tagged)
    assert found is not None
    return found


def test_a_few_messages_or_viewers_tell_nothing() -> None:
    assert style_of(room(*SMALL, times=5), ()) is None
    assert style_of(room(*SMALL, viewers=4), ()) is None
    assert style_of(room(*SMALL), ()) is not None
    own = [ContextLine(f"o-{n}", "9", "bot", "Bot", "hi", n, is_own=True) for n in range(99)]
    assert style_of([*own, *room(*SMALL, viewers=4)], ()) is None


def test_letters_full_stops_and_length_are_counted() -> None:
    small, proper = style(*SMALL), style(*PROPER)
    assert (small.small, small.full_stops, small.length) == (1.0, 0.0, 3)
    assert (proper.small, proper.full_stops, proper.length) == (0.0, 1.0, 2)
    assert {"jump", "missed"} <= small.small_words
    kana = style("今のすごかった", "次は右に行こう", "がんばれー", times=16)
    assert (kana.is_in_characters, kana.length) == (True, 7)


@pytest.mark.parametrize(
    ("word", "is_emote"),
    [
        ("monkaS", True),
        ("KEKW", True),
        ("catJAM", True),
        ("Sadge", True),  # a whole message
        ("gg", False),
        ("hello", False),
        ("GG", False),  # two letters
        ("@KEKW", False),
    ],
)
def test_what_three_viewers_use_as_an_emote_is_one(word: str, *, is_emote: bool) -> None:
    found = style(*SMALL, word)
    assert (word in found.known) is is_emote
    assert (word in found.emotes) is is_emote
    two = style_of([*room(*SMALL), *room(word, viewers=2)], ())
    assert two is not None
    assert word not in two.known


def test_a_word_that_is_typed_in_small_letters_too_is_none() -> None:
    assert "NOPE" in style(*SMALL, "NOPE").known
    assert "NOPE" not in style(*SMALL, "NOPE", "nope not him").known
    assert "Tuesday" not in style(*SMALL, "see you Tuesday", "Tuesday it is").known


def test_twitch_tells_of_emotes_that_no_rule_would_find() -> None:
    found = style(*SMALL, "gg pebblegg", tagged=("pebblegg", "unused"))
    assert found.emotes == ("pebblegg",)
    assert found.known == {"pebblegg", "unused"}


def test_the_six_most_used_are_told_and_all_are_known() -> None:
    words = ("KEKW", "LULW", "monkaS", "catJAM", "PogU", "PepeHands", "OMEGALUL", "🔥")
    often = [text for n, word in enumerate(words) for text in [f"{word} nice"] * (9 - n)]
    found = style(*SMALL, *often)
    assert found.emotes == words[:6]
    assert found.known == set(words)
    assert found.emoji == pytest.approx(2 / (5 + len(often)))
    assert found.with_emote == pytest.approx((len(often) - 2) / (5 + len(often)))
