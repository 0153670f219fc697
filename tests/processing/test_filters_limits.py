"""No message costs more than it should, and no flood of words eats the memory."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from itertools import cycle, islice
from types import FrameType

import pytest

from clankbot.processing.filters import ContentFilter
from clankbot.processing.matcher import Matcher
from clankbot.processing.word_list import parse_list
from tests.processing.word_samples import invented_words, listed

PROMISED_MS_PER_KB = 5.0
BUSY = 4  # times slower a machine may be on which tests run side by side
WORDS = invented_words(2000, seed=1)


def nasty_list() -> list[str]:
    """Words, wildcards of every kind, some of them nested, and phrases that share their words."""
    return [
        *WORDS[:1000],
        *(f"{word}*" for word in WORDS[1000:1100]),
        *(f"*{word}" for word in WORDS[1100:1200]),
        *(f"*{word}*" for word in WORDS[1200:1300]),
        *(f"{a} {b}" for a in WORDS[1300:1330] for b in WORDS[1330:1360]),
        *("*ab*ab*ab*", "ba*ba*ba*ba", "a*b*c*d", "*aa*bb*cc*", "lilililili", "a b c d e f"),
        *(f"{word} followersandviewers" for word in WORDS[1500:2000]),
        *(f"!{word}" for word in WORDS[1400:1500]),
    ]


def doubled(word: str) -> str:
    """A near miss: one letter twice."""
    return word[:2] + word[1:]


def filled(parts: list[str], size_bytes: int) -> str:
    """The parts over and over, up to a size."""
    enough = "".join(islice(cycle("".join(parts)), size_bytes)).encode()
    return enough[:size_bytes].decode(errors="ignore")


NASTY: dict[str, list[str]] = {
    "Latin marks": ["\u0301\u0327\u0323"],
    "Indic marks": ["\u094d\u093c"],
    "kana marks": ["か\u3099"],
    "Korean letters": ["\u1100\u1161\u11a8"],
    "ones": ["1"],
    "leet": ["a1l!|"],
    "symbols": ["@$!|"],
    "exclamation marks": ["!"],
    "leet words": [f"1{w}1a!b|c " for w in WORDS],
    "symbol words": [f"!{w[:3]}@$!{w[3:]}|! " for w in WORDS],
    "single letters": ["a b c d e "],
    "one letter": ["a "],
    "single leet": ["1 ! | l i "],
    "dotted letters": ["a.b.c.d."],
    "dotted leet": ["1.!.|."],
    "apostrophes": ["a'b'"],
    "odd blanks": ["a\u2800"],
    "zero width": ["a\u200b"],
    "one long letter": ["a"],
    "one long word": ["ab"],
    "doubled letters": ["aabbcc"],
    "near misses": [doubled(w) for w in WORDS[1000:1300]],
    "near misses apart": [f"{doubled(w)} " for w in WORDS[:1300]],
    "words of phrases": [f"{w} " for w in WORDS[1300:1360]],
    "the word of many phrases": [WORDS[1500], " for ", *["followersandviewers "] * 20],
    "allowed words": [f"{w}, " for w in WORDS[1400:1500]],
    "new words": [f"{a[:4]}{b[:3]} " for a, b in zip(WORDS, WORDS[::-1], strict=True)],
    "flags": ["🇩"],
    "prices": ["€1"],
    "Chinese": [chr(0x4E00 + n) for n in range(2000)],
    "links": ["https://a.b/c-d_e?f=g&h=i#j "],
    "underscores": ["_"],
}


@pytest.fixture(scope="module")
def nasty_filter() -> ContentFilter:
    return listed(*nasty_list())


@pytest.fixture(scope="module")
def forgetful() -> Matcher:
    """A matcher to which every piece is new."""
    return Matcher(parse_list("\n".join(nasty_list()), "list"), most_pieces=0)


def cpu_ms(deed: Callable[[], object]) -> float:
    """The processor's time: what other programs do in the meantime does not count."""
    began = time.process_time()
    deed()
    return (time.process_time() - began) * 1000


def calls(deed: Callable[[], object]) -> int:
    """How many functions are called: the same on every machine."""
    count = 0

    def profiler(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profiler)
    try:
        deed()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", NASTY)
def test_a_long_nasty_text_stays_below_the_promised_price(
    kind: str, nasty_filter: ContentFilter
) -> None:
    text = filled(NASTY[kind], 50_000)
    assert cpu_ms(lambda: nasty_filter.check(text)) < 50 * PROMISED_MS_PER_KB * BUSY


@pytest.mark.parametrize("kind", NASTY)
def test_nasty_chat_messages_stay_below_the_promised_price(
    kind: str, nasty_filter: ContentFilter
) -> None:
    text = filled(NASTY[kind], 10_000)
    messages = [text[at : at + 500] for at in range(0, len(text), 500)]
    assert cpu_ms(lambda: [*map(nasty_filter.check, messages)]) < 10 * PROMISED_MS_PER_KB * BUSY


@pytest.mark.parametrize("kind", NASTY)
def test_the_work_grows_no_faster_than_the_text(kind: str, forgetful: Matcher) -> None:
    text = filled(NASTY[kind], 6_000)
    part = text[: len(text) // 4]
    calls_of_part = calls(lambda: forgetful.match(part))
    assert calls(lambda: forgetful.match(text)) < 4.5 * calls_of_part + 2000


def test_remembered_pieces_are_bounded_and_never_change_the_answer() -> None:
    matcher = Matcher(parse_list("ham\nkill yourself", "list"), most_pieces=100)
    for word in WORDS:
        assert matcher.match(f"{word}s {word}") is None
        assert matcher.remembered <= 100
    assert matcher.match("ham")
    assert matcher.match("kill it, kill yourself")


def test_a_list_of_five_thousand_fits_in_ten_megabytes_with_all_it_remembers() -> None:
    entries = "\n".join(invented_words(5000, seed=2))
    tracemalloc.start()
    matcher = Matcher(parse_list(entries, "list"))
    for word in WORDS[:300]:
        matcher.match(" ".join(f"{word}{end}" for end in "bcdfghjklmnpqrstvwxyz"))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert matcher.remembered > 5000
    assert size < 10_000_000
