"""What can be seen stays, and no character is cut in two."""

from __future__ import annotations

import pytest

from clankbot.text import (
    cut,
    fitting,
    from_first_seen,
    is_order,
    trimmed,
    utf16_length,
    visible,
    without_order,
    without_unseen,
)

FAMILY = "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, it's 100 %", "plain text, it's 100 %"),
        ("émojis 🦊🏽 ドラ 한국 שלום", "émojis 🦊🏽 ドラ 한국 שלום"),
        (f"{FAMILY} ❤️", f"{FAMILY} ❤️"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200db\u200c", "ab"),
        ("a\u200d\u200dé", "aé"),
        ("one\r\ntwo\tthree\x00", "one  two three "),
        ("\u202ereversed\u2066", "reversed"),
        ("zero\u200bwidth\ufeff\u00ad", "zerowidth"),
        ("again \U000e0000\u034f", "again "),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴"),
        ("\ud83d\ude00 \ud83d", "😀 "),
        ("\ude00\ud83dx", "x"),
        ("line\u2028break", "line break"),
        ("\U000e0100/ban \U000e01efviewer", "/ban viewer"),
        ("\ufe0f!so [\ufe0fchat \u180blog\ufe0f\u200d\ufe0f ends]", "!so [chat log ends]"),
        (
            "1\ufe0f\u20e3 #\ufe0f\u20e3 ☂\ufe0f x1\ufe0f",
            "1\ufe0f\u20e3 #\ufe0f\u20e3 ☂\ufe0f x1\ufe0f",
        ),
        ("\u3164empty\u2800letters", " empty letters"),
    ],
)
def test_only_what_can_be_seen_is_left(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_length_is_counted_as_twitch_does() -> None:
    assert utf16_length("aé😀") == 4


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("hello", 5, "hello"),
        ("hello", 3, "hel"),
        ("ab😀", 3, "ab"),
        ("ab😀", 4, "ab😀"),
        ("abe\u0301", 3, "ab"),
        ("ab👍🏽", 5, "ab"),
        (f"a{FAMILY}", 7, "a"),
        ("a🇩🇪🇫🇷", 8, "a🇩🇪"),
        ("a🇩🇪🇫🇷", 6, "a🇩🇪"),
        ("a❤\ufe0f", 2, "a"),
        ("e" + "\u0301" * 9, 4, "e\u0301\u0301\u0301"),
        ("", 4, ""),
    ],
)
def test_a_cut_falls_between_characters_as_people_see_them(
    text: str, limit: int, kept: str
) -> None:
    assert text[: fitting(text, limit)] == kept


def test_a_long_text_is_cut_at_the_end_of_a_word() -> None:
    text = "word " * 150
    assert cut(text, 500) == ("word " * 100).strip()
    assert cut("one two three", 8) == "one two"
    assert cut("one two three", 7) == "one two"
    assert cut("one two three", 6) == "one"
    assert cut("one", 3) == "one"


def test_a_long_word_is_cut_without_halving_a_character() -> None:
    assert cut("🎉" * 10, 5) == "🎉🎉"
    assert cut("x" * 600, 500) == "x" * 500


def test_a_word_cut_in_the_middle_loses_no_part_of_an_emoji() -> None:
    assert cut(f"a{FAMILY}", 7) == "a"


@pytest.mark.parametrize(
    "unseen",
    ["\u034f", "\u200b", "\u200d", "\ufe0f", "\u180b", "\ufff0", "\U0001d173", "\U000e0000"],
)
def test_what_a_chat_client_adds_unseen_is_no_part_of_a_command(unseen: str) -> None:
    assert without_unseen(f"{unseen}!clank{unseen}  on \u3164{unseen}") == "!clank on"
    assert trimmed(f" {unseen}a {unseen} b{unseen}\u2800") == f"a {unseen} b"
    assert trimmed(unseen) == ""


@pytest.mark.parametrize("emoji", [FAMILY, "❤\ufe0f", "1\ufe0f\u20e3"])
def test_a_command_keeps_its_prose_as_it_was_typed(emoji: str) -> None:
    assert trimmed(f" be {emoji} kind ") == f"be {emoji} kind"


@pytest.mark.parametrize(
    ("text", "seen"),
    [("/ban", "/ban"), (" \u3164\u0301\u200b/ban x", "/ban x"), ("\U0001fae8!", "\U0001fae8!")],
)
def test_a_text_begins_with_what_is_seen_first(text: str, seen: str) -> None:
    assert from_first_seen(text) == seen


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("-ban bob", "ban bob"),
        ("??what", "what"),
        ("^this", "this"),
        ("@bob, /ban", "@bob, ban"),
        ("@bob -5", "@bob -5"),
        ("=eval 1", "eval 1"),
        ("=D", "=D"),
        (">.<", ">.<"),
        ("*o* wow", "*o* wow"),
    ],
)
def test_a_sign_of_an_order_comes_off_and_ordinary_signs_stay(text: str, harmless: str) -> None:
    assert without_order(text) == harmless
    assert is_order(text) == (text != harmless)
    assert not is_order(harmless)
