"""No message costs more than it should, and no flood of words eats the memory."""

from __future__ import annotations

import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from clankbot.processing.filter.content_filter import ContentFilter
from clankbot.processing.filter.folding import FOLDED
from clankbot.processing.filter.matcher import MOST_PIECES, TOO_COSTLY, Matcher
from clankbot.processing.filter.readings import readings
from clankbot.processing.filter.word_list import parse_list
from tests.benchmarks.chat_lines import chat_lines
from tests.benchmarks.dearest_messages import cut, hard_lists, made, makers
from tests.processing.filter.disguises import DISGUISES
from tests.processing.filter.nasty import NASTY, SHIPPED, WORDS, filled, mixed_list, nasty_lists
from tests.processing.filter.word_samples import invented_words, ordinary_words

PROMISED_MS_PER_KB = 5.0
BUSY = 4  # times slower a machine may be on which tests run side by side
CALLS_PER_KB = 25_000  # of functions: the promise again, at a fifth of a microsecond each
CALLS_OF_A_MESSAGE = 14_000
LISTS = nasty_lists()
HARD_LISTS = hard_lists()
FEW_PIECES = 64  # remembered, so that one text helps the next one little


def matcher_of(lines: list[str], most_pieces: int = FEW_PIECES) -> Matcher:
    return Matcher(parse_list("\n".join(lines), "list"), most_pieces)


@pytest.fixture(scope="module")
def mixed() -> Matcher:
    return matcher_of(mixed_list())


@pytest.fixture(scope="module")
def forgetful() -> Matcher:
    """A matcher to which every piece is new."""
    return matcher_of(mixed_list(), most_pieces=0)


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


def is_judged_to_the_end(matcher: Matcher, text: str) -> bool:
    """Whether no entry cuts the work short; a text that is too costly is not cut short by one."""
    return matcher.match(text) in (None, TOO_COSTLY)


@pytest.mark.parametrize("name", LISTS)
def test_with_any_list_a_nasty_text_costs_no_more_than_promised(name: str) -> None:
    matcher = matcher_of(LISTS[name])
    texts = {kind: filled(parts, 1024) for kind, parts in NASTY.items()}
    whole = {kind: text for kind, text in texts.items() if is_judged_to_the_end(matcher, text)}
    assert len(whole) > 0.85 * len(texts)
    for kind, text in whole.items():
        judge = partial(matcher.match, text)
        assert calls(judge) < CALLS_PER_KB, kind
        # regular expressions are one call each, however long they take
        assert min(cpu_ms(judge) for _ in range(3)) < PROMISED_MS_PER_KB * BUSY, kind


@pytest.mark.parametrize("one_in", [4, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", HARD_LISTS)
def test_no_message_takes_many_steps_be_its_pieces_and_characters_never_met_before(
    name: str, one_in: int
) -> None:
    """Of the nasty texts one in four with each list: in all, each with a few lists."""
    entries = HARD_LISTS[name]
    matcher = matcher_of(entries, most_pieces=0)
    choose = random.Random(name)
    ways = makers(entries)
    nasty = [*NASTY.values()][[*HARD_LISTS].index(name) % one_in :: one_in]
    for text in [*(cut(filled(parts, 2000)) for parts in nasty)] + [
        made(choose, ways) for _ in range(60 // one_in)
    ]:
        FOLDED.clear()
        assert calls(partial(matcher.match, text)) < CALLS_OF_A_MESSAGE, text


def test_letters_count_as_they_are_after_folding() -> None:
    matcher = matcher_of(SHIPPED.read_text(encoding="utf-8").splitlines())
    letter = "\ufdfa"  # folds to eighteen
    assert matcher.match(letter * 300) == TOO_COSTLY
    assert matcher.match(f"{letter} " * 10) is None
    assert matcher.match(f"hello {letter} and all of you") is None


@pytest.mark.parametrize("kind", NASTY)
def test_a_long_nasty_text_costs_no_more_than_promised(kind: str, mixed: Matcher) -> None:
    text = filled(NASTY[kind], 50_000)
    assert cpu_ms(lambda: mixed.match(text)) < 50 * PROMISED_MS_PER_KB * BUSY


@pytest.mark.parametrize("kind", NASTY)
def test_the_work_grows_no_faster_than_the_text(kind: str, forgetful: Matcher) -> None:
    text = filled(NASTY[kind], 6_000)
    parts = [text[at : at + 1_500] for at in range(0, len(text), 1_500)]
    calls_of_parts = sum(calls(partial(forgetful.match, part)) for part in parts)
    assert calls(lambda: forgetful.match(text)) < 1.2 * calls_of_parts + 2000


def test_a_text_that_would_cost_too_much_is_blocked_and_says_so() -> None:
    lines = LISTS["phrases of wildcards"]
    matcher = matcher_of(lines)
    assert matcher.match("abab " * 2 + "at the end") is None
    assert matcher.match("abab " * 20 + "at the end") == TOO_COSTLY
    assert ContentFilter(matcher).check("abab " * 20 + "at the end") == "(too costly to judge)"


def test_no_ordinary_line_is_too_costly_however_disguised_with_a_list_of_thousands() -> None:
    wildcards = [f"{word}*" for word in ordinary_words() if word.isalpha() and len(word) > 6]
    assert len(wildcards) > 2000
    matcher = matcher_of(wildcards)
    within_words = [disguised for disguised in DISGUISES.values() if " " not in disguised("word")]
    for line in chat_lines(60, seed=4):
        for disguised in within_words:
            text = " ".join(map(disguised, line.split()))
            assert matcher.match(text) != TOO_COSTLY, text


def test_phrases_are_not_looked_for_where_a_word_of_theirs_is_missing() -> None:
    matcher = matcher_of([f"riverboat {word[:5]}" for word in WORDS[:10]])
    line = "of many words in a riverboat "
    for piece in (*line.split(), WORDS[0][:5]):
        matcher.match(piece)
    without, with_all = f"many {line * 3}", f"{WORDS[0][:5]} {line * 3}"
    assert calls(lambda: matcher.match(without)) + 8 < calls(lambda: matcher.match(with_all))
    assert matcher.match(with_all) is None


def test_a_run_of_many_signs_that_may_be_two_letters_has_few_readings() -> None:
    assert len([*readings("a1!|1")]) == 1 + 2**4
    assert len([*readings("a1!|1!")]) == 1 + 2


def test_remembered_pieces_are_bounded_and_never_change_the_answer() -> None:
    matcher = matcher_of(["ham", "kill yourself"], most_pieces=100)
    for word in WORDS:
        assert matcher.match(f"{word}s {word}") is None
        assert matcher.match(f"yourself-{word} ham-{word}")
        assert matcher.remembered <= 100
    assert matcher.match("ham")
    assert matcher.match("kill it, kill yourself")
    assert matcher.match("kill it yourself") is None


def test_what_was_harmless_alone_may_matter_in_company_later() -> None:
    matcher = matcher_of(["kill yourself", "xyzw"])
    for alone in ("yourself", "x\u2800y\u2800z", "x y z", "x\u2800y", "kill", "yourself kill"):
        assert matcher.match(alone) is None
        assert matcher.match(alone) is None
    for text in ("kill yourself", "x\u2800y\u2800z w", "x y z w", "x\u2800y z w", "x\ty z w"):
        assert matcher.match(text), text


def test_a_list_of_five_thousand_fits_in_ten_megabytes_with_all_it_remembers() -> None:
    words = invented_words(5000, seed=2)
    tracemalloc.start()
    matcher = matcher_of(words, MOST_PIECES)
    for number in range(MOST_PIECES):
        rare = "".join(chr(0x20000 + ord(digit)) for digit in f"{number:016}")
        matcher.match(rare)  # letters of four bytes
        if number < MOST_PIECES / 5:
            matcher.match(f"{words[number]}.{rare}"[:16])
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert matcher.remembered > MOST_PIECES / 2
    assert size < 10_000_000


def test_no_ordinary_text_is_too_costly_be_it_as_long_as_a_message_may_be() -> None:
    matcher = matcher_of(SHIPPED.read_text(encoding="utf-8").splitlines())
    lines = chat_lines(20_000, seed=2)
    for start in range(0, len(lines), 8):
        text = " ".join(lines[start : start + 8])[:500]
        assert matcher.match(text) != TOO_COSTLY, text
