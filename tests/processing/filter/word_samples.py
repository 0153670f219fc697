"""Words and lists for the tests and the benchmark of the content filter."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

from clankbot.processing.filter.content_filter import ContentFilter
from clankbot.processing.filter.matcher import Matcher
from clankbot.processing.filter.word_list import parse_list

_FILE = Path(__file__).parents[2] / "data" / "ordinary_words.txt"


def listed(*lines: str) -> ContentFilter:
    """The filter of a list with these lines."""
    return ContentFilter(Matcher(parse_list("\n".join(lines), "list")))


def ordinary_words() -> list[str]:
    """Some five thousand words, a few of them names, that any filter must leave alone."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if not line.startswith("#")).split()


def invented_words(amount: int, seed: int) -> list[str]:
    """Words that could be English but are not, each letter chosen after the two before it."""
    choose = random.Random(seed)
    known = {word.lower() for word in ordinary_words()}
    follows = defaultdict(list)
    for word in sorted(known):
        for at, letter in enumerate(f"{word}$"):
            follows[f"^^{word}"[at : at + 2]].append(letter)
    found: dict[str, None] = {}
    while len(found) < amount:
        word = "^^"
        while not word.endswith("$"):
            word += choose.choice(follows[word[-2:]])
        word = word.strip("^$")
        if 4 <= len(word) <= 11 and word not in known:
            found[word] = None
    return [*found]
