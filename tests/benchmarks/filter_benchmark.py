"""Compares the content filter with two common ways to filter words: prints figures.

    python -m tests.benchmarks.filter_benchmark

Side by side, on the same lines and lists: Clankbot's filter, better-profanity (installed by hand,
for this program alone: pip install better-profanity), and one regular expression of all entries
between word boundaries.  Each is warmed up with other lines than those it is measured with, and all
times are the processor's, so that other programs count for little.
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

from clankbot.processing.filters import ContentFilter, load_filter
from tests.benchmarks.chat_lines import chat_lines
from tests.processing.disguises import DISGUISES
from tests.processing.word_samples import invented_words, ordinary_words

Blocks = Callable[[str], bool]

LINES = 20_000
SIZES = (60, 500, 5000)
TURN = 500  # lines
SECONDS_EACH = 8.0  # enough to know how fast a slow one is
SHORT_WORDS = [
    "ass",
    "tit",
    "tits",
    "cum",
    "anal",
    "arse",
    "cock",
    "dick",
    "sex",
    "rap",
    "nig",
    "hoe",
    "coon",
    "fag",
    "spic",
    "kys",
    "slut",
    "hell",
    "homo",
    "hop",
    "ham",
    "shed",
    "lot",
    "met",
    "god",
    "ban",
    "los",
    "her",
    "men",
    "con",
    "pen",
    "bam",
    "aid",
]
TRAPS = (
    """
she'd be late, he'll see|oh am I late for the show|so much amber in it|a s k me|8am or 5am
it is 1:01 now, 4:20 later|I got 80085 points|c u m8|Scunthorpe United|assassin's class pass
a I u r w|he met her at the shop|hoop, loop and coop|at 10:05, 7/11|5 h a 3 m|h a m s t e r
""".strip()
    .replace("\n", "|")
    .split("|")
)


# --- the three filters ---


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
    alternatives = "|".join(re.escape(entry).replace(r"\*", r"\w*") for entry in entries)
    search = re.compile(rf"\b(?:{alternatives})\b", re.IGNORECASE).search
    return lambda text: search(text) is not None


def better_profanity(entries: Iterable[str]) -> Blocks:
    """The best known package; it has no wildcards."""
    package = importlib.import_module("better_profanity")
    profanity = package.Profanity([entry.replace("*", "") for entry in entries])
    return lambda text: bool(profanity.contains_profanity(text))


FILTERS = {"clankbot": clankbot, "re": regular_expression, "better-profanity": better_profanity}


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
    warm_up, unseen = chat_lines(LINES, seed=1), chat_lines(LINES, seed=2)
    invented = invented_words(LINES, seed=8)
    new_words = [" ".join(invented[at : at + 8]) for at in range(0, LINES, 8)]
    print(f"Lines a second: {LINES:,} lines not seen before, after as many others")
    for size in SIZES:
        entries = word_list(size)
        filters = {name: FILTERS[name](entries) for name in names}
        timed(filters, warm_up)
        results = timed(filters | {"not warmed up": clankbot(entries)}, unseen)
        for name, result in results.items():
            ratio = results["clankbot"].rate / result.rate
            note = "" if result.lines == LINES else f"  ({result.lines:,} lines timed)"
            print(f"{size:6} entries   {name:17}{result.rate:10,.0f}   1 : {ratio:,.1f}{note}")
        worst = timed({"re": filters["re"], "clankbot": clankbot(entries)}, new_words)
        print(
            f"{size:6} entries   every word new   {worst['clankbot'].rate:11,.0f}"
            f"   re: {worst['re'].rate:,.0f}"
        )


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
    print("\nSeen, in percent    " + "".join(f"{name:>18}" for name in names))
    for disguise, disguised in DISGUISES.items():
        lines = [f"now {disguised(entry)} again" for entry in entries]
        seen = (sum(map(blocks, lines)) / len(lines) for blocks in filters)
        print(f"{disguise:20}" + "".join(f"{share:18.0%}" for share in seen))


def print_false_blocks(names: Sequence[str]) -> None:
    """How many ordinary words and lines each filter blocks with a list of short words."""
    filters = [FILTERS[name](SHORT_WORDS) for name in names]
    is_listed = regular_expression(SHORT_WORDS)
    samples = {
        "ordinary words": ordinary_words(),
        "chat lines": chat_lines(4000, seed=3),
        "traps": TRAPS,
    }
    print(f"\nBlocked wrongly, with {len(SHORT_WORDS)} short entries")
    for name, lines in samples.items():
        clean = [line for line in lines if not is_listed(line)]
        wrong = (sum(map(blocks, clean)) for blocks in filters)
        print(f"{name:15} of {len(clean):5}" + "".join(f"{count:12}" for count in wrong))


def main() -> None:
    """Print everything."""
    names = [*FILTERS]
    if importlib.util.find_spec("better_profanity") is None:
        print("better-profanity is missing: pip install better-profanity to compare with it")
        names.remove("better-profanity")
    print_speeds(names)
    print_loading()
    print_recall(names)
    print_false_blocks(names)


if __name__ == "__main__":
    main()
