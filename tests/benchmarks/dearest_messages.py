"""Searches for the messages that cost the content filter most: prints the dearest ten.

    python -m tests.benchmarks.dearest_messages [--help]

A viewer may send 500 UTF-16 units of any kind, and the streamer may have any list.  For each of
several lists, messages are made at random of what is hard on a word filter and of what stands in
the list; the dearest are then changed here and there, and kept if that made them dearer.  A matcher
that remembers nothing judges them, with no character folded before: dearer than it ever is in a
chat.  Times are the processor's, the least of several; what an ordinary line costs on the same
machine, a tenth of its words new, stands beside them.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from clankbot.processing.filter import folding
from clankbot.processing.filter.matcher import TOO_COSTLY, Matcher
from clankbot.processing.filter.word_list import parse_list
from tests.benchmarks.chat_lines import chat_lines
from tests.benchmarks.filter_benchmark import word_list
from tests.processing.filter.disguises import DISGUISES
from tests.processing.filter.nasty import NASTY, nasty_lists, near_miss

MOST_UNITS = 500
KEPT = 12  # messages of each list that are changed further
AT_RANDOM = 0.3  # of the candidates are made anew
TIMES = 2  # each candidate is measured; those that seem dear as often again

Make = Callable[[random.Random], str]


class Found(NamedTuple):
    """A message, and what it costs with a list."""

    cost_ms: float
    text: str
    list_name: str
    answer: str


# --- the lists and the texts ---


def hard_lists() -> dict[str, list[str]]:
    """The list that is shipped, ordinary ones, and others that are hard each in its own way."""
    ordinary = {f"{size} entries": word_list(size) for size in (60, 500, 5000)}
    return nasty_lists() | ordinary


def unseen_characters() -> list[str]:
    """Characters to which anything happens when they are folded, and some of the others."""
    assigned = [c for c in map(chr, range(0x80, 0x20000)) if unicodedata.category(c)[0] != "C"]
    changed = [c for c in assigned if unicodedata.normalize("NFKD", c) != c]
    return [*changed, *assigned[::16]]


def longest_when_folded() -> list[str]:
    """The characters that become the most letters."""
    return heapq.nlargest(12, unseen_characters(), key=lambda c: len(folding.fold(c)))


def makers(entries: Sequence[str]) -> list[Make]:
    """Ways to make a part of a message, some of them of the words of the list."""
    words = [word.strip("*!") for entry in entries[:3000] for word in entry.split()]
    words = [word for word in words if word.isalnum()] or ["word"]
    disguises = [*DISGUISES.values()]
    unseen, longest = unseen_characters(), longest_when_folded()
    kinds = [*NASTY.values()]
    signs = [*map(chr, range(33, 127))]

    def of_kind(choose: random.Random) -> str:
        parts = choose.choice(kinds)
        at = choose.randrange(len(parts))
        return "".join((parts * 60)[at : at + 60])[: choose.randint(1, 60)]

    def word(choose: random.Random) -> str:
        return choose.choice(words) + " "

    def missed(choose: random.Random) -> str:
        return near_miss(choose.choice(words)) + choose.choice([" ", "", "-", "!", "@"])

    def disguised(choose: random.Random) -> str:
        some = choose.choice(words)
        return choose.choice(disguises)(some if len(some) > 2 else "word") + choose.choice(" .!")

    def signed(choose: random.Random) -> str:
        return choose.choice("!@$|1") + missed(choose).strip() + choose.choice("!@$|1") + " "

    def any_signs(choose: random.Random) -> str:
        return "".join(choose.choices(signs, k=choose.randint(1, 8)))

    def any_letters(choose: random.Random) -> str:
        return "".join(choose.choices("aeil1!|@$ ", k=choose.randint(1, 8)))

    def any_unseen(choose: random.Random) -> str:
        return "".join(choose.choices(unseen, k=choose.randint(1, 30)))

    def long_folded(choose: random.Random) -> str:
        return choose.choice(longest) * choose.randint(1, 30) + choose.choice(["", " "])

    return [
        of_kind,
        word,
        missed,
        disguised,
        signed,
        any_signs,
        any_letters,
        any_unseen,
        long_folded,
    ]


def cut(text: str) -> str:
    """As much of a text as a message holds."""
    return text.encode("utf-16-le")[: 2 * MOST_UNITS].decode("utf-16-le", errors="ignore")


def made(choose: random.Random, ways: Sequence[Make]) -> str:
    """A full message of one to three kinds of parts."""
    kinds = choose.choices(ways, k=choose.randint(1, 3))
    text = ""
    while len(text) < MOST_UNITS:
        text += choose.choice(kinds)(choose)
    return cut(text)


def changed(choose: random.Random, text: str, other: str, ways: Sequence[Make]) -> str:
    """The message with a stretch of it replaced by a part, or by some of another message."""
    start = choose.randrange(len(text))
    end = start + choose.randint(0, 40)
    at = choose.randrange(len(other))
    new = choose.choice(
        [choose.choice(ways)(choose), other[at : at + choose.randint(1, 200)], text[start:end] * 2]
    )
    return cut(text[:start] + new + text[end:] + other)


# --- what they cost ---


def cost_ms(matcher: Matcher, text: str, times: int) -> float:
    """The least time that the verdict takes, every piece and character being new."""
    least = float("inf")
    for _ in range(times):
        folding.FOLDED.clear()
        began = time.process_time_ns()
        matcher.match(text)
        least = min(least, time.process_time_ns() - began)
    return least / 1e6


def ordinary_ms(entries: Sequence[str]) -> float:
    """What a line of an ordinary chat costs, once the filter has heard some of it."""
    matcher = Matcher(parse_list("\n".join(entries), "list"))
    for line in chat_lines(5000, seed=1):
        matcher.match(line)
    lines = chat_lines(2000, seed=2)
    began = time.process_time()
    for line in lines:
        matcher.match(line)
    return (time.process_time() - began) * 1000 / len(lines)


def search(name: str, entries: Sequence[str], candidates: int, seed: int) -> list[Found]:
    """The dearest messages that were found with a list, the dearest first."""
    choose = random.Random(f"{seed} {name}")
    matcher = Matcher(parse_list("\n".join(entries), "list"), most_pieces=0)
    ways = makers(entries)
    kept: list[tuple[float, str]] = []
    for number in range(candidates):
        if len(kept) < KEPT or choose.random() < AT_RANDOM:
            text = made(choose, ways)
        else:
            text = changed(choose, choose.choice(kept)[1], choose.choice(kept)[1], ways)
        cost = cost_ms(matcher, text, TIMES)
        if len(kept) < KEPT or cost > kept[-1][0]:
            cost = min(cost, cost_ms(matcher, text, 3 * TIMES))
            if text not in {each for _, each in kept}:
                kept = sorted([*kept, (cost, text)], reverse=True)[:KEPT]
        if number % 100 == 0 and sys.stderr.isatty():
            dearest = kept[0][0]
            print(
                f"\r{name}: {number:,} of {candidates:,}, {dearest:.2f} ms ",
                end="",
                file=sys.stderr,
            )
    again = [(min(cost, cost_ms(matcher, text, 10 * TIMES)), text) for cost, text in kept]
    return [Found(cost, text, name, str(matcher.match(text))) for cost, text in sorted(again)[::-1]]


def main() -> None:
    """Search, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--candidates", type=int, default=22_000, help="messages tried, in all")
    parser.add_argument("--seed", type=int, default=1, help="another number tries other messages")
    parser.add_argument("--list", dest="only", help="a list's name: search with this one alone")
    wanted = parser.parse_args()
    lists = {n: e for n, e in hard_lists().items() if wanted.only in (None, n)}
    if not lists:
        parser.error(f"the lists are {', '.join(hard_lists())}")
    found: list[Found] = []
    print(f"{'list':30}{'dearest ms':>10}{'ordinary ms':>12}{'ratio':>8}")
    for name, entries in lists.items():
        these = search(name, entries, wanted.candidates // len(lists), wanted.seed)
        ordinary = ordinary_ms(entries)
        print(
            f"\r{name:30}{these[0].cost_ms:10.2f}{ordinary:12.4f}{these[0].cost_ms / ordinary:8.0f}"
        )
        found += these
    print("\nThe dearest ten")
    for each in sorted(found, reverse=True)[:10]:
        verdict = "too costly" if each.answer == str(TOO_COSTLY) else each.answer[:40]
        print(f"{each.cost_ms:6.2f} ms  {each.list_name}; {verdict}\n    {each.text[:90]!r}")


if __name__ == "__main__":
    main()
