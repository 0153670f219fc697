"""The last gate for text: safe for the wire, short enough, never a command, never a repetition."""

from __future__ import annotations

import random

import pytest

from clankbot.irc.privmsg import Repeats, checksum, privmsg, safe_text, why_unsayable
from clankbot.text import utf16_length

CGJ = "\u034f"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("hello", "hello"),
        ("one\r\nQUIT :two", "one  QUIT :two"),
        ("a\x00b\x01c\x7fd\x85e\u2028f\u2029g", "a b c d e f g"),
        ("half \ud83d a smile", "half   a smile"),
        ("  \n edges \t ", "edges"),
        ("\n", ""),
        ("日本語\u3000テスト", "日本語\u3000テスト"),
    ],
)
def test_what_could_end_a_line_or_not_be_encoded_becomes_a_space(text: str, safe: str) -> None:
    assert safe_text(text) == safe


def test_any_text_whatever_becomes_one_line_that_fits() -> None:
    dice = random.Random(7)
    alphabet = "ab \n\r\x00\u2028\ud83d\udc00🎉é/.!"
    for _ in range(2000):
        text = "".join(dice.choices(alphabet, k=dice.randint(0, 700)))
        safe = safe_text(text)
        safe.encode("utf-8")
        assert utf16_length(safe) <= 500
        assert not any(ord(character) < 32 or character == "\u2028" for character in safe)
        assert safe == safe.strip()


@pytest.mark.parametrize(
    "text",
    [
        *("/ban x", ".timeout x", "!clank", "\u200b/me", CGJ + " !so", ""),
        *("\U000e0100/ban x", "\ufe0f!so", "\u0301/ban x", "\u2065 \u3164.me", "\U000e0fff!so"),
        "\u200b\ufe0f",
    ],
)
def test_what_twitch_or_another_bot_would_run_is_unsayable(text: str) -> None:
    assert why_unsayable(text) is not None


@pytest.mark.parametrize("sign", "$?+-#~%&^*=>")
@pytest.mark.parametrize("before", ["", "\u200b", "\u2800", "\u0301"])
@pytest.mark.parametrize("between", ["", "\u200d", "\u2060"])
def test_what_another_bot_would_run_is_not_said(sign: str, before: str, between: str) -> None:
    for word in ("help", "ü", "日本"):
        assert why_unsayable(f"{before}{sign}{between}{word} me") == "starts like a command"
        assert why_unsayable(f"{before}{sign}{sign}{between}{word}") == "starts like a command"


@pytest.mark.parametrize("sign", "!/")
@pytest.mark.parametrize(
    "called", ["@vera ", "@vera, ", "@vera: ", "@vera @mona ", "@vera\u3000", "@vera \u200b"]
)
def test_an_order_behind_a_mention_is_not_said(called: str, sign: str) -> None:
    assert why_unsayable(f"{called}{sign}ban bruno") == "starts like a command"
    assert why_unsayable(f"{called}{sign} ban bruno") is None


SAYABLE = (
    *("hello!", "a/b", "… well", "?!", ":)", "日本語", "\U0001fae8!"),
    *(
        "+1",
        "-_-",
        "?",
        "^^ same",
        ">_<",
        "10-0",
        "^w^",
        ">w<",
        "=D",
        "=P no",
        "-5",
        "$5",
        "#1 fan",
    ),
    *("* waves", "- well", "~", "vera !ban", "@vera 10/10", "@vera ?", "so -ban"),
)


@pytest.mark.parametrize("text", SAYABLE)
def test_ordinary_text_is_sayable(text: str) -> None:
    assert why_unsayable(text) is None


def test_a_reply_names_its_parent_and_both_tags_are_escaped() -> None:
    assert privmsg("c", "hi", "n1", None) == "@client-nonce=n1 PRIVMSG #c :hi"
    assert (
        privmsg("c", ":) hi", "n1", "a;b c\\d\r\n")
        == r"@client-nonce=n1;reply-parent-msg-id=a\:b\sc\\d\r\n PRIVMSG #c ::) hi"
    )


def test_a_text_counts_as_repeated_for_thirty_one_seconds_in_its_channel() -> None:
    repeats = Repeats()
    repeats.record(checksum("hello"), 100.0)
    assert repeats.includes("hello", 130.9)
    assert not Repeats().includes("hello", 130.9)
    assert not repeats.includes("Hello", 130.9)
    assert not repeats.includes("hello", 131.0)


def test_variations_differ_from_one_another_and_only_invisibly() -> None:
    repeats = Repeats()
    said = []
    for _ in range(5):
        text = repeats.varied("18/30 messages", 1.0)
        repeats.record(checksum(text), 1.0)
        said.append(text)
    assert said[:3] == ["18/30 messages", f"18/30 messages {CGJ}", f"18/30 messages {CGJ}{CGJ}"]
    assert len(set(said)) == 5


def test_a_variation_of_the_longest_text_still_fits() -> None:
    repeats = Repeats()
    text = "x" * 500
    repeats.record(checksum(text), 1.0)
    varied = repeats.varied(text, 2.0)
    assert utf16_length(varied) == 500
    assert varied != text
