"""Lists and texts that are hard on a word filter, for its tests and its benchmark."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import cycle, islice, product
from pathlib import Path

from tests.processing.filter.word_samples import invented_words

SHIPPED = Path(__file__).parents[3] / "blocked_words.txt"
WORDS = invented_words(2000, seed=1)


DOUBLED_IN_SPELLING = "bcdefglmnoprstz"


def near_miss(word: str) -> str:
    """The word with one letter twice that is not read as one."""
    return next(
        (word.replace(each, each * 2, 1) for each in word if each in DOUBLED_IN_SPELLING), word[:-1]
    )


def mixed_list() -> list[str]:
    """Words, wildcards of every kind, some of them nested, and phrases that share their words."""
    return [
        *WORDS[:1000],
        *(f"{word}*" for word in WORDS[1000:1100]),
        *(f"*{word}" for word in WORDS[1100:1200]),
        *(f"*{word}*" for word in WORDS[1200:1300]),
        *(f"{a} {b}" for a in WORDS[1300:1330] for b in WORDS[1330:1360]),
        *("*ab*ab*ab*x", "ba*ba*ba*bax", "a*b*c*dx", "*aa*bb*cc*x", "lilililili", "b c d e f g x"),
        *(f"{word} followersandviewers" for word in WORDS[1500:2000]),
        *(f"!{word}" for word in WORDS[1400:1500]),
    ]


def nasty_lists() -> dict[str, list[str]]:
    """The list that is shipped, and others of which each is hard in its own way."""
    choose = random.Random(1).choices
    return {
        "shipped": SHIPPED.read_text(encoding="utf-8").splitlines(),
        "mixed": mixed_list(),
        "suffixes that end alike": [f"*{word}ing" for word in WORDS],
        "wildcards that begin alike": [f"*ab{word}*" for word in WORDS],
        "short wildcards": [f"*{a}{b}q*" for a, b in product("abcdefghijklm", repeat=2)],
        "phrases of the same words": [
            " ".join(choose(["the", "a", "of", "in", "to"], k=6)) + " end" for _ in range(1000)
        ],
        "phrases of wildcards": [
            " ".join(choose(["ab*", "*ab", "*ab*", "a*b"], k=5)) + " end" for _ in range(1000)
        ],
        "words of i and l": ["".join(each) + "x" for each in product("il", repeat=9)],
        "one word stretched": [
            "".join(letter * times for letter, times in zip("banana", each, strict=True)) + "x"
            for each in product((1, 2, 3), repeat=6)
        ],
    }


def filled(parts: list[str], size_bytes: int) -> str:
    """The parts over and over, up to a size."""
    enough = "".join(islice(cycle("".join(parts)), size_bytes)).encode()
    return enough[:size_bytes].decode(errors="ignore")


def _chosen(parts: Sequence[str]) -> list[str]:
    return random.Random(len(parts)).choices(parts, k=500)


NASTY: dict[str, list[str]] = {
    "Latin marks": ["\u0301\u0327\u0323"],
    "Indic marks": ["\u094d\u093c"],
    "kana marks": ["か\u3099"],
    "Korean letters": ["\u1100\u1161\u11a8"],
    "ones": ["1"],
    "leet": ["a1l!|"],
    "symbols": ["@$!|"],
    "exclamation marks": ["!"],
    "leet words": [f"1{near_miss(w)}1a!b|c " for w in WORDS],
    "symbol words": [f"!{w[:3]}@$!{w[3:]}|! " for w in WORDS],
    "any letters and symbols": _chosen("k.1!"),
    "any letters, symbols and blanks": _chosen("abcil1!|@$ .'"),
    "any signs": _chosen("".join(map(chr, range(33, 127)))),
    "any i and l": _chosen("il1!| "),
    "any two letters": _chosen("aab "),
    "words that end alike": ["sinning ", "brinning ", "thinnking "],
    "a word stretched": ["baanaanaa ", "bannana "],
    "common words": _chosen(["the ", "a ", "of ", "in ", "to "]),
    "addresses": [f"{w}q@{w}z." for w in WORDS[:600]],
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
    "near misses": [near_miss(w) for w in WORDS[1000:1300]],
    "near misses apart": [f"{near_miss(w)} " for w in WORDS[:1300]],
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


def _chosen(parts: Sequence[str]) -> list[str]:
    return random.Random(len(parts)).choices(parts, k=500)
