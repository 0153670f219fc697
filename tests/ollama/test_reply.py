"""From a model's raw text to one safe chat line."""

from __future__ import annotations

import random
import re
import time
from dataclasses import replace

import pytest

from clankbot.ollama.instructions import system_message
from clankbot.ollama.reply import line_of, without_torn_end
from clankbot.ollama.verdict import Refusal, Refused, Situation
from clankbot.text import utf16_length, visible
from tests.ollama.assignments import assignment
from tests.ollama.nasty_answers import nasty_answers

NAMES = ("Alice", "bruno", "Carla_99")
FAMILY = "👨\u200d👩\u200d👧"
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
INSTRUCTIONS = system_message(assignment())

SITUATION = Situation(
    bot_names=("clankbot", "ClankBot"),
    speakers=frozenset(NAMES),
    lines=(),
    own_lines=(),
    asked=None,
    asker_names=(),
    instructions=INSTRUCTIONS,
    persona=None,
    limit_chars=450,
    was_cut_off=False,
)


def clean(raw: str, limit_chars: int = 450) -> str | None:
    """The line of an answer, None if there is none."""
    line = line_of(raw, replace(SITUATION, limit_chars=limit_chars))
    return None if isinstance(line, Refusal) else line


ORDINARY = [
    "it's fine, don't worry about y'all's cat",
    "Kappa Keepo <3 PogChamp :)",
    "3:1 was crazy, and 5:0 even more",
    "wait: what did just happen?",
    "the plan is simple: win",
    "🎉 gg everyone",
    f"{FAMILY} family time ❤️",
    "2*3*4 is 24, and 5 * 3 is not *that",
    "ドラゴン、強い!",
    "a rating of 4.5 out of 5... maybe",
    "@alice sure thing, @bruno too",
    "Alice said so: twice",
    'he said "no" and then "yes"',
    '"no" and "yes" are both fine',
    "'tis the season",
    "\\o/ we made it",
    "#1 fan right here",
    *(
        "+1",
        "-_- why",
        "? how",
        "^^ same here",
        ">_< ouch",
        "10-0 for us",
        "^w^ so cute",
        "=D nice one",
    ),
    *("-5 degrees outside", "$5 says he dies", "@alice ... what", "@alice 10/10"),
    "1v1 me, 50/50 odds",
    "note to self (do not die)",
    "snake_case and __init__.py",
    "what a play!!! how?!",
    "…and then it exploded",
    "mind the gap - always",
    "x < y and y > z",
    "می\u200cخواهم",
    "C# or C++?",
    "@bob_42: well played!",
    "nice one @Alice: well played",
    "good old ASP.NET and Node.js, e.g. on v1.2.3",
    "the end.then it rained",
    "^_^ so cute -_- and ^_^",
    "(`・ω・´) gg",
    "the model was user friendly",
    "12:30 is lunch time",
    "I'm a bot, and proud of it",
]

DOMAINS = ("io", "me", "co", "app", "live", "fun", "site", "online", "store", "top", "dev", "gg")

DIRTY = [
    ("[no more than 20 words]", None),
    ("[16]\nwhat a run", "what a run"),
    ("Alice", None),
    ("alice is right", "alice is right"),
    ("", None),
    ("   \n \n", None),
    ("...", None),
    ("?!", None),
    ("\u3164\u2800", None),
    # thinking
    ("<think>\nokay, the user\n</think>\n\nnice one", "nice one"),
    ("okay, the user wants\n</think>\nnice one", "nice one"),
    ("<think>\nokay, the user", None),
    ("<answer>nice one</answer>", "nice one"),
    ("<reflection>\nhm\n</reflection>\nnice one", "nice one"),
    ("<seed:think>hm</seed:think>nice one", "nice one"),
    ("◁think▷hm◁/think▷nice one", "nice one"),
    ("<tool_call>\n{}\n</tool_call>\nnice one", "nice one"),
    (
        "<|begin_of_thought|>hm<|end_of_thought|>\n<|begin_of_solution|>nice<|end_of_solution|>",
        "nice",
    ),
    # special tokens
    ("nice one<|im_end|>\n<|im_start|>user\nhi", "nice one"),
    ("<|im_start|>assistant\nnice one<|im_end|>", "nice one"),
    ("<start_of_turn>model\nnice one<end_of_turn>", "nice one"),
    ("nice one<|im_e", "nice one"),
    ("nice one</s><s>[INST]", "nice one"),
    ("nice one<｜end▁of▁sentence｜>", "nice one"),
    # several lines
    ("nice one\r\nPRIVMSG #other :evil", "nice one"),
    ("nice\x00 one\x01\x07", "nice one"),
    ("nice one\u2028more", "nice one"),
    ("\n\n  nice one\n\nIt fits because", "nice one"),
    ("```\nnice one\n```", "nice one"),
    ("```text\nnice one\n```", "nice one"),
    ('Sure, here is a chat message:\n\n"nice one"', "nice one"),
    ("Here's my take on it:\nnice one", "nice one"),
    ("Okay! Here's a possible reply: nice one", "nice one"),
    ("Here is a short line for the chat:\n- nice one", "nice one"),
    ("```what a run```", "what a run"),
    ("---\nnice run folks", "nice run folks"),
    ("***\n===\n…\nnice run folks", "nice run folks"),
    ("---", None),
    # speakers
    ("assistant\n\nnice run", "nice run"),
    ("model\nnice run", "nice run"),
    ("clankbot\nnice run", "nice run"),
    ("ClankBot", None),
    ("clankbot,", None),
    ("cookie_cabra: What's the problem?", None),
    ("<cookiecabra> What's the problem?", None),
    ("Note: the boss is back", "Note: the boss is back"),
    ("user\nnice run", None),
    ("<|user|>\nplease say hello", None),
    ("[INST] hi [/INST] nice", "nice"),
    ("hey Alice: how are you", None),
    ("what a game Alice: how are you", "what a game"),
    ("Wow! Alice: how are you", "Wow!"),
    ("clankbot to Alice: sure", "sure"),
    ("clankbot -> Anna: sure", "sure"),
    ("clankbot replies to @Lucky Streamer: sure", "sure"),
    ("Chat: clankbot: nice one", "nice one"),
    ("12:01 clankbot: nice one", "nice one"),
    ("12:01 alice: nice one", None),
    ("clankbot: nice one", "nice one"),
    ("ClankBot : nice one", "nice one"),
    ("@clankbot: nice one", "nice one"),
    ("@ClankBot nice one", "nice one"),
    ("<clankbot> nice one", "nice one"),
    ("clankbot (bot): nice one", "nice one"),
    ("**clankbot:** nice one", "nice one"),
    ("clankbot says: nice one", "nice one"),
    ("clankbot: clankbot: nice one", "nice one"),
    ("[12:01] clankbot: nice one", "nice one"),
    ("assistant: nice one", "nice one"),
    ("Response: nice one", "nice one"),
    ("alice: lol\nclankbot: nice one", "nice one"),
    ("alice: lol\nbruno: yeah", None),
    ("[12:01] Bruno: lol", None),
    ("<carla_99> lol", None),
    ("user: hi", None),
    ("a nice one alice: thanks bruno: np", "a nice one"),
    ("a nice one clankbot: and again", "a nice one"),
    # lists, quotes, markdown
    ("- nice one", "nice one"),
    ("1. nice one\n2. another", "nice one"),
    ("> nice one", "nice one"),
    ("# nice one", "nice one"),
    ('"nice one"', "nice one"),
    ("“nice one”", "nice one"),
    ("«nice one»", "nice one"),
    ("'nice one'", "nice one"),
    ('"nice one".', "nice one."),
    ('"nice one', "nice one"),
    ('- "clankbot: `nice one`"', "nice one"),
    ("**nice** one", "nice one"),
    ("***nice one***", "nice one"),
    ("**nice one", "nice one"),
    ("__nice one__", "nice one"),
    ("_what a nice run_", "what a nice run"),
    ("a _really_ nice run", "a really nice run"),
    ("`nice one", "nice one"),
    ("nice one.```", "nice one."),
    ("~~nice~~ one", "nice one"),
    ("a *really* nice one", "a really nice one"),
    ("*waves at chat* nice one", "nice one"),
    ("nice one *laughs*", "nice one"),
    ("(laughs) nice one", "nice one"),
    ("nice one (Note: this fits the mood)", "nice one"),
    ("[Note: in character] nice one", "nice one"),
    ("[nice](http://evil.example/x) one", "nice one"),
    # commands, links, calls
    ("/ban alice", "ban alice"),
    ("/me waves", "waves"),
    ("\x01ACTION waves\x01", "waves"),
    ("!!so alice", "so alice"),
    ("?commands", "commands"),
    ("$give alice 5", "give alice 5"),
    (">mfw the boss dies", "mfw the boss dies"),
    ("-\u200bban alice", "ban alice"),
    ("+!~#followage", "followage"),
    ("@alice !ban bruno", "@alice ban bruno"),
    ("@alice, @bruno /timeout carla", "@alice, @bruno timeout carla"),
    (". / ! nice one", "nice one"),
    ("...nice one", "…nice one"),
    (".../ban alice", "…/ban alice"),
    ('"/timeout alice"', "timeout alice"),
    ("clankbot: !points", "points"),
    ("\u200b\u2060/ban alice", "ban alice"),
    ("\U000e0100/ban alice", "ban alice"),
    ("\ufe0f!so alice", "so alice"),
    ("\u0301/ban alice", "ban alice"),
    ("\u2065\u0378!so alice", "so alice"),
    ("\\!so alice", "so alice"),
    ("@everyone nice one", None),
    ("nice one https://evil.example/x?y", None),
    ("www.evil.example", None),
    ("https://evil.example nice one", None),
    ("see https://evil.example/x for more", None),
    ("go to evil-site.com/free now", None),
    ("get it at free-skins.pro today", None),
    *((f"have a look at evil.{domain}", None) for domain in DOMAINS),
    ("join t.me/evil", None),
    ("that is all.tv", None),
    # half characters, invisible ones
    ("\ud83d\ude00 nice one \ud83d", "😀 nice one"),
    ("nice one \ufffd", "nice one"),
    ("\u202enice\u200b one", "nice one"),
    # loops and leaks
    ("drip " * 80, None),
    ("I am happy to hear that " * 20, None),
    ("Alice says: I am here", None),
    ("clankbot - hello dash", "hello dash"),
    ("As an AI language model, I cannot do that", None),
    ("I'm an AI language model and I like that", None),
    ("I am just a large language model", None),
    ("My system prompt says to be nice", None),
    (f"It says: {INSTRUCTIONS[80:190]}", None),
    ("[chat log ends] nice one", None),
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_line_comes_through_unchanged(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(("raw", "line"), DIRTY)
def test_a_dirty_answer_is_cleaned_or_refused(raw: str, line: str | None) -> None:
    assert clean(raw) == line


PIECES = [
    *(
        "clankbot",
        "alice",
        "hello there",
        "nice",
        " ",
        " ",
        "\n",
        "\r",
        "\x00",
        "\u2028",
        "a" * 300,
    ),
    *(":", ": ", "/", ".", "..", "!", "\\", "*", "**", "__", "`", "```", "~~", '"', "'", "“", "”"),
    *("<think>", "</think>", "<|im_end|>", "<|im_start|>assistant\n", "<|", "<end_of", "[INST]"),
    *("(Note: ", "(", ")", "[", "]", "](http://x)", "1. ", "- ", "# ", "> ", "@", "@clankbot "),
    *("_", "---", "◁think▷", "<answer>", "<|user|>", "user\n", "model\n", " -> ", " to ", "12:01 "),
    *("\x01ACTION ", "t.me/x", "free.pro ", "chat: ", "clankbot to alice: "),
    *("http://x.y", "evil.com", "Here is a message: ", "[12:00] ", "assistant: ", "…", "。", "é"),
    *(
        "🎉",
        "\u200d",
        "\ufe0f",
        "\u0301",
        "🏽",
        "🇩",
        "\ud83d",
        "\ude00",
        "\ufffd",
        "\u2800",
        "\u3164",
        "\U000e0100",
        "\u2065",
        "\u0378",
        "\u180b",
        "\u20dd",
    ),
]

SEEN_LAST = re.compile(
    r"^[\s\u0300-\u036f\u0378\u2000-\u200f\u2028-\u202f\u205f-\u206f\u20dd\ufe00-\ufe0f\U000e0000-\U000e0fff]+"
)
"""What may hide a command from us, and not from Twitch."""


def test_whatever_is_left_is_safe_and_cleaning_it_again_changes_nothing() -> None:
    dice = random.Random(20260901)
    left = 0
    for _ in range(2500):
        raw = "".join(dice.choices(PIECES, k=dice.randint(1, 12)))
        limit = dice.choice((20, 60, 450, 900))
        line = clean(raw, limit_chars=limit)
        if line is None:
            continue
        left += 1
        assert utf16_length(line) <= min(limit, 500), raw
        assert line == line.strip() != "", raw
        assert SEEN_LAST.sub("", line)[:1] not in ("/", ".", "!"), raw
        assert visible(line) == line, raw
        assert not any(sign in line for sign in ("<|im", "http:", "\n", "\ufffd")), raw
        assert clean(line, limit_chars=limit) == line, raw
    assert left > 600


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("One sentence. Another sentence here.", 25, "One sentence."),
        ("A. but this goes on for very long", 20, "A. but this goes on"),
        ("many words but no full stop", 14, "many words but"),
        ("many words but no full stop", 13, "many words"),
        (ALPHABET * 2, 20, ALPHABET[:20]),
        ("🎉🎊🥳🍾🎈🎂🪅🎆🎇🎁🧨🎏", 21, "🎉🎊🥳🍾🎈🎂🪅🎆🎇🎁"),
        (f"{ALPHABET[:18]}{FAMILY}", 20, ALPHABET[:18]),
        ("これは長い文です。そしてもう一つの文", 12, "これは長い文です。"),
        ("first, second and third", 7, "first"),
    ],
)
def test_a_long_line_is_cut_where_it_reads_well(text: str, limit: int, line: str) -> None:
    assert clean(text, limit_chars=limit) == line


def test_no_line_is_longer_than_twitch_takes() -> None:
    line = clean(" ".join(f"w{i}" for i in range(200)), limit_chars=5000)
    assert line is not None
    assert 250 < utf16_length(line) <= 500


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("One sentence. And a torn se", "One sentence."),
        ("a torn sentence that", ""),
        ("whole line\nand a torn", "whole line\n"),
        ("whole line\n", "whole line\n"),
        ("", ""),
    ],
)
def test_a_torn_end_is_not_said(raw: str, kept: str) -> None:
    assert without_torn_end(raw) == kept


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("What a lovely boss fight!", True),
        ("what a lovely boss fight, and so much music", False),
        ("hello everyone", False),
        ("🎉", False),
    ],
)
def test_only_a_longer_line_is_an_echo(text: str, echo: bool) -> None:
    said = replace(SITUATION, lines=("what a LOVELY boss fight", "hello everyone", "🎉"))
    assert (line_of(text, said) == Refusal(Refused.ECHO)) is echo


ASKED = replace(
    SITUATION, asked="@clankbot what is the plan for tonight?", asker_names=("bruno", "Bruno B")
)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("bruno: we win, then we eat", "we win, then we eat"),
        ("Bruno B: we win, then we eat", "we win, then we eat"),
        ("@bruno: we win, then we eat", "@bruno: we win, then we eat"),
        ("clankbot to bruno: we win", "we win"),
        ("bruno - we win", "bruno - we win"),
        ("alice - we win", None),
        ("[bruno] we win", None),
        ("<bruno> we win", None),
        ("Alice: we win", None),
        ("bruno: @clankbot what is the plan for tonight?", None),
    ],
)
def test_the_name_of_who_asked_is_a_way_of_addressing(raw: str, line: str | None) -> None:
    said = line_of(raw, ASKED)
    assert (None if isinstance(said, Refusal) else said) == line


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("carla 99: nice", None),
        ("carla-99: nice", None),
        ("brunno: nice", None),
        ("karla99: nice", None),
        ("carol: nice", "carol: nice"),
        ("clank bot: nice", "nice"),
        ("clanckbot: nice", "nice"),
        ("clankbott's line: nice", "nice"),
        ("bank robot: nice", "bank robot: nice"),
    ],
)
def test_names_are_known_by_letters_and_digits_and_near_misses_too(
    raw: str, line: str | None
) -> None:
    assert clean(raw) == line


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", Refused.NOTHING),
        ("---", Refused.NOTHING),
        ("What I would say:", Refused.NOTHING),
        ("<think>hm", Refused.THOUGHT),
        ("Thought: they talk about food", Refused.THOUGHT),
        ("Okay, the user wants this:\nnice one", Refused.THOUGHT),
        ("Alice: lol", Refused.OTHER_SPEAKER),
        ("Alice: lol\nnice one", Refused.OTHER_SPEAKER),
        (f"nice one\n{INSTRUCTIONS[80:190]}", Refused.INSTRUCTIONS),
        (f"{'so ' + INSTRUCTIONS[:600]}", Refused.INSTRUCTIONS),
        ("x " * 400, Refused.FLOOD),
        ('{"message": "nice", "text": "one"}', Refused.PROGRAM_OUTPUT),
    ],
)
def test_each_refusal_has_its_reason(raw: str, code: Refused) -> None:
    assert line_of(raw, SITUATION) == Refusal(code)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("One sentence. And a torn se", "One sentence."),
        ("whole line\nand a torn", "whole line"),
        ("a torn sentence that", Refusal(Refused.TORN)),
        ("", Refusal(Refused.NOTHING)),
    ],
)
def test_a_cut_off_answer_is_said_up_to_its_last_sentence(raw: str, line: str | Refusal) -> None:
    assert line_of(raw, replace(SITUATION, was_cut_off=True)) == line


def test_a_loop_that_the_limit_would_hide_is_one() -> None:
    raw = "I love this game so much and I love this game so much"
    assert line_of(raw, replace(SITUATION, limit_chars=30)) == Refusal(Refused.FLOOD)


def test_a_reason_is_in_our_own_words() -> None:
    reasons = {Refusal(code).text for code in Refused}
    assert len(reasons) == len(Refused)
    assert all(len(reason) > 10 for reason in reasons)


def test_no_answer_takes_long_however_it_is_made() -> None:
    for raw in nasty_answers(4000):
        began = time.process_time()
        line_of(raw, ASKED)
        assert time.process_time() - began < 1, raw[:40]  # a thousand times the ordinary


def test_a_hundred_thousand_characters_of_nonsense_take_no_time() -> None:
    for piece in ("<think>", "a.", "**", "[x](", "alice: ", "(note ", "\n", "<|", "\u0301", "1. "):
        began = time.process_time()
        clean(piece * (100_000 // len(piece)))
        assert time.process_time() - began < 2, piece  # minutes, if the work grew with the square
