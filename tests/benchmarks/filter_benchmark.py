"""Compares the content filter with two common ways to filter words: prints figures.

    python -m tests.benchmarks.filter_benchmark

Side by side, on the same lines and lists: Clankbot's filter, better-profanity (installed by hand,
for this program alone: pip install better-profanity), and one regular expression of all entries
between word boundaries.  Each is warmed up with other lines than those it is measured with, of the
same chat or of other rare words, names and links.  All times are the processor's, so that other
programs count for little.
"""

from __future__ import annotations

import importlib
import importlib.util
import random
import re
import time
import tracemalloc
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from clankbot.processing.filter import load_filter
from clankbot.processing.filter.content_filter import ContentFilter
from tests.benchmarks.chat_lines import chat_lines
from tests.benchmarks.labelled_lines import SHORT_WORDS, TO_BE_BLOCKED, TO_BE_LEFT_ALONE
from tests.processing.filter.disguises import DISGUISES, Disguise
from tests.processing.filter.nasty import NASTY, filled, nasty_lists
from tests.processing.filter.word_samples import invented_words, ordinary_words

Blocks = Callable[[str], bool]

LINES = 20_000
SIZES = (60, 500, 5000)
TURN = 2000  # lines
SECONDS_EACH = 8.0  # enough to know how fast a slow one is
FLOOD = invented_words(20_000, seed=11)  # more pieces than are remembered

# not claimed: each of these would block more ordinary text than it would catch
NOT_CLAIMED: dict[str, Disguise] = {
    "(reversed)": lambda word: word[::-1],
    "(masked)": lambda word: f"{word[0]}*{word[2:]}",
    "(a letter left out)": lambda word: word[:2] + word[3:],
    "(a blank within)": lambda word: f"{word[:2]} {word[2:]}",
    "(by its sound)": lambda word: word.replace("c", "k").replace("s", "z").replace("i", "ee"),
}
COMBINED = (
    ("full-width", "dots"),
    ("Cyrillic", "stretched end"),
    ("accents", "blanks"),
    ("leet digits", "emoji"),
    ("CAPITALS", "blanks, shouted"),
    ("mathematical", "zero-width"),
    ("leet digits", "dash within"),
    ("Cyrillic", "hashtag"),
)


# --- the filters ---


def clankbot(entries: Iterable[str]) -> Blocks:
    """This project's filter, from a file."""
    check = loaded(entries).check
    return lambda text: check(text) is not None


def loaded(entries: Iterable[str]) -> ContentFilter:
    """The filter of a list file that holds the entries."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "blocked_words.txt")
        path.write_text("\n".join(entries), encoding="utf-8")
        return load_filter(path)


def regular_expression(entries: Iterable[str]) -> Blocks:
    """What most bots do."""
    search = re.compile(_alternation(entries), re.IGNORECASE).search
    return lambda text: search(text) is not None


def regular_expression_on_lower(entries: Iterable[str]) -> Blocks:
    """The same for those who know that ``re`` is faster without IGNORECASE."""
    search = re.compile(_alternation(entry.lower() for entry in entries)).search
    return lambda text: search(text.lower()) is not None


def _alternation(entries: Iterable[str]) -> str:
    alternatives = "|".join(re.escape(entry).replace(r"\*", r"\w*") for entry in entries)
    return rf"\b(?:{alternatives})\b"


def better_profanity(entries: Iterable[str]) -> Blocks:
    """The best known package; it has no wildcards."""
    package = importlib.import_module("better_profanity")
    profanity = package.Profanity([entry.replace("*", "") for entry in entries])
    return lambda text: bool(profanity.contains_profanity(text))


FILTERS = {
    "clankbot": clankbot,
    "re": regular_expression,
    "re on lower()": regular_expression_on_lower,
    "better-profanity": better_profanity,
}


# --- lists ---


def word_list(size: int) -> list[str]:
    """A list as streamers have them: words, one in ten with a wildcard, one in ten a phrase."""
    choose = random.Random(size)
    ordinary = ordinary_words()
    entries = invented_words(size, seed=7)
    for at in range(0, size, 10):
        if not any(word.startswith(entries[at]) for word in ordinary):
            entries[at] += "*"
        entries[at + 1] = f"{choose.choice(ordinary)} {entries[at + 1]}".lower()
    return entries


# --- the figures ---


class Timed:
    """A filter, and what it has been timed with so far."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self.lines = 0
        self.seconds = 0.0

    @property
    def rate(self) -> float:
        """Lines a second."""
        return self.lines / self.seconds

    def read(self, lines: Sequence[str]) -> None:
        """Read some lines, unless it has been read enough."""
        if self.seconds < SECONDS_EACH:
            began = time.process_time()
            for line in lines:
                self._blocks(line)
            self.seconds += time.process_time() - began
            self.lines += len(lines)


def timed(filters: Mapping[str, Blocks], lines: Sequence[str]) -> dict[str, Timed]:
    """The filters timed in turns, so that what slows the machine slows them all."""
    results = {name: Timed(blocks) for name, blocks in filters.items()}
    for start in range(0, len(lines), TURN):
        for result in results.values():
            result.read(lines[start : start + TURN])
    return results


def print_speeds(names: Sequence[str]) -> None:
    """Lines a second of every filter with every list, on lines it has not seen."""
    print(f"Lines a second: {LINES:,} lines that were not seen before")
    evening = chat_lines(LINES, seed=1), chat_lines(LINES, seed=2)
    other_words = chat_lines(LINES, seed=1, half=0), chat_lines(LINES, seed=2, half=1)
    print(f"new lines: as an evening goes on, {share_of_new(*evening):.0%} of the pieces are new")
    print(f"new words: after as many of other words, {share_of_new(*other_words):.0%} are")
    invented = invented_words(LINES, seed=8)
    new_words = [" ".join(invented[at : at + 8]) for at in range(0, LINES, 8)]
    for size in SIZES:
        entries = word_list(size)
        print(f"{size} entries")
        for about, (warm_up, unseen) in {"new lines": evening, "new words": other_words}.items():
            filters = {name: FILTERS[name](entries) for name in names}
            timed(filters, warm_up)
            print_rates(about, timed(filters, unseen))
        fresh = {name: FILTERS[name](entries) for name in names[:3]}
        print_rates("every word new", timed(fresh, new_words))


def share_of_new(before: Sequence[str], lines: Sequence[str]) -> float:
    """How much of the lines did not stand in those before."""
    known = {piece for line in before for piece in line.split()}
    pieces = [piece for line in lines for piece in line.split()]
    return sum(piece not in known for piece in pieces) / len(pieces)


def print_rates(about: str, results: Mapping[str, Timed]) -> None:
    """A row for each filter, with how many times faster Clankbot's is."""
    ours = results["clankbot"]
    for name, result in results.items():
        ratio = (
            "" if result is ours else f"clankbot is {ours.rate / result.rate:,.1f} times as fast"
        )
        print(f"  {about:15} {name:17}{result.rate:10,.0f}   {ratio:36}{result.lines:7,} lines")


def print_prices() -> None:
    """What the nastiest texts cost with each of the nasty lists, and with the one shipped."""
    print("\nThe dearest text of 1 KB with each list, milliseconds (5 are promised)")
    for name, lines in nasty_lists().items():
        check = loaded(lines).check
        prices = {kind: price_ms(check, filled(parts, 1024)) for kind, parts in NASTY.items()}
        kind = max(prices, key=prices.__getitem__)
        print(f"{name:28}{prices[kind]:6.1f}   {kind}")


def price_ms(check: Callable[[str], object], text: str) -> float:
    """The least of the times that a text takes when most of its pieces are new each time."""
    prices = []
    for _ in range(3):
        for word in FLOOD:
            check(word)
        began = time.process_time()
        check(text)
        prices.append((time.process_time() - began) * 1000)
    return min(prices)


def print_loading() -> None:
    """Time and memory that a list costs, and the memory after much chat."""
    print("\nLoading a list file       milliseconds   MB   MB after 60,000 different words")
    for size in SIZES:
        entries = word_list(size)
        seconds = []
        for _ in range(5):
            began = time.process_time()
            loaded(entries)
            seconds.append(time.process_time() - began)
        words = invented_words(60_000, seed=9)
        tracemalloc.start()
        content_filter = loaded(entries)
        fresh, _ = tracemalloc.get_traced_memory()
        for word in words:
            content_filter.check(word)
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        print(f"{size:6} entries{min(seconds) * 1000:24.1f}{fresh / 1e6:6.1f}{used / 1e6:6.1f}")


def print_recall(names: Sequence[str]) -> None:
    """How many entries each filter sees in each disguise, in percent."""
    entries = [entry for entry in word_list(60) if entry.isalpha()]
    filters = [FILTERS[name](entries) for name in names]
    print("\nSeen, in percent; disguises that clankbot does not claim to see through in brackets")
    print(" " * 30 + "".join(f"{name:>18}" for name in names))
    for disguise, disguised in (DISGUISES | combined() | NOT_CLAIMED).items():
        lines = [f"now {disguised(entry)} again" for entry in entries]
        seen = (sum(map(blocks, lines)) / len(lines) for blocks in filters)
        print(f"{disguise:30}" + "".join(f"{share:18.0%}" for share in seen))


def combined() -> dict[str, Disguise]:
    """One disguise within another."""

    def both(inner: Disguise, outer: Disguise) -> Disguise:
        return lambda word: outer(inner(word))

    return {
        f"{inner} + {outer}": both(DISGUISES[inner], DISGUISES[outer]) for inner, outer in COMBINED
    }


def print_judgements(names: Sequence[str]) -> None:
    """How many lines each filter judges otherwise than a person did, with a list of short words."""
    filters = {name: FILTERS[name](SHORT_WORDS) for name in names}
    is_word = {*SHORT_WORDS}.__contains__
    ordinary = [*filter(lambda word: not is_word(word.lower()), ordinary_words())]
    chat = [line for line in chat_lines(4000, seed=3) if not any(map(is_word, words_of(line)))]
    print(f"\nJudged wrongly, with {len(SHORT_WORDS)} short entries")
    for name, lines, truth in (
        ("by hand: to be blocked", TO_BE_BLOCKED, True),
        ("by hand: to be left alone", TO_BE_LEFT_ALONE, False),
        ("ordinary words", ordinary, False),
        ("chat lines without an entry", chat, False),
    ):
        wrong = {each: [line for line in lines if filters[each](line) != truth] for each in names}
        counts = "".join(f"{each} {len(wrong[each])}   " for each in names)
        print(f"{name:28} of {len(lines):5}   {counts}")
        if wrong["clankbot"]:
            print(f"{'':12}clankbot's: {'; '.join(wrong['clankbot'])}")


def words_of(line: str) -> list[str]:
    """The words of a line as a person sees them, small."""
    return re.findall(r"[^\W_]+", line.lower())


def main() -> None:
    """Print everything."""
    names = [*FILTERS]
    if importlib.util.find_spec("better_profanity") is None:
        print("better-profanity is missing: pip install better-profanity to compare with it")
        names.remove("better-profanity")
    print_speeds(names)
    print_loading()
    print_prices()
    print_recall(names)
    print_judgements(names)


if __name__ == "__main__":
    main()
