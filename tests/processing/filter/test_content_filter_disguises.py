"""What the filter claims to see through, it sees through: every entry in every disguise."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cache
from itertools import product

import pytest

from clankbot.processing.filter.word_list import parse_list
from tests.processing.filter.disguises import DISGUISES
from tests.processing.filter.nasty import SHIPPED
from tests.processing.filter.word_samples import invented_words, listed, ordinary_words

SPACED = {
    "blanks", "wide blanks", "Braille blanks", "blanks and bars", "blanks, stretched",
    "blanks, shouted", "emoji and blanks", "regional indicators",
}  # fmt: skip
"""Disguises that leave a word in several pieces."""
IN_TWO = {"dash within", "dot within", "emoji within"}
"""Disguises in which a wildcard that takes letters on both sides or within is not seen."""
WITH_MORE_WORDS = {"link", "shouted", "dots, shouted"}
UNCLEAR = re.compile(r"[1!|]")
MOST_UNCLEAR = 4  # signs in one word that may be i or l


@cache
def sample(amount: int) -> Sequence[str]:
    """Words of at least three letters, real ones and invented ones."""
    real = [word for word in ordinary_words() if word.islower() and len(word) > 2]
    return (*random.Random(amount).sample(real, amount // 2), *invented_words(amount // 2, seed=3))


def unseen(words: Sequence[str], entries: Sequence[str], disguises: Sequence[str]) -> list[str]:
    """The spellings that a filter of the entries misses, each word in each disguise."""
    content_filter = listed(*entries)
    spellings = (DISGUISES[name](word) for word, name in product(words, disguises))
    return [
        spelling
        for spelling in spellings
        if len(UNCLEAR.findall(spelling)) <= MOST_UNCLEAR
        and not content_filter.check(f"well {spelling} then")
    ]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_every_word_is_seen_in_the_disguise(disguise: str) -> None:
    words = sample(200)
    assert unseen(words, words, [disguise]) == []


@pytest.mark.parametrize("disguise", DISGUISES)
def test_every_wildcard_is_seen_with_more_letters_on_one_side_in_the_disguise(
    disguise: str,
) -> None:
    words = sample(50)
    more_behind, more_before = [f"{word}ung" for word in words], [f"out{word}" for word in words]
    assert unseen(more_behind, [f"{word}*" for word in words], [disguise]) == []
    assert unseen(more_before, [f"*{word}" for word in words], [disguise]) == []
    either = [f"*{word}*" for word in words]
    assert unseen(more_behind + more_before, either, [disguise]) == []


@pytest.mark.parametrize("disguise", sorted(DISGUISES.keys() - IN_TWO))
def test_every_wildcard_is_seen_with_more_letters_within_or_around_in_the_disguise(
    disguise: str,
) -> None:
    words = sample(50)
    assert unseen([f"out{word}ung" for word in words], [f"*{w}*" for w in words], [disguise]) == []
    cut = [(word[:2], word[2:]) for word in words]
    assert unseen([f"{a}ung{b}" for a, b in cut], [f"{a}*{b}" for a, b in cut], [disguise]) == []


@pytest.mark.parametrize("disguise", sorted(DISGUISES.keys() - SPACED - WITH_MORE_WORDS))
def test_every_phrase_is_seen_with_its_words_in_the_disguise(disguise: str) -> None:
    words = sample(120)
    pairs = [*zip(words[:60], words[60:], strict=True)]
    content_filter = listed(*(f"{first} {second}" for first, second in pairs))
    for first, second in pairs:
        spelling = f"{DISGUISES[disguise](first)} {DISGUISES[disguise](second)}"
        if max(len(UNCLEAR.findall(word)) for word in spelling.split()) <= MOST_UNCLEAR:
            assert content_filter.check(f"well {spelling} then") == f"{first} {second}"
        assert content_filter.check(f"well {first} then {second}") is None


@pytest.mark.parametrize("disguise", sorted(SPACED))
def test_every_phrase_is_seen_when_all_of_it_is_spelled_out(disguise: str) -> None:
    words = sample(60)
    for first, second in zip(words[:30], words[30:], strict=True):
        content_filter = listed(f"{first} {second}")
        spelling = DISGUISES[disguise](first + second)
        assert content_filter.check(f"well {spelling} then") == f"{first} {second}"


@pytest.mark.parametrize(
    "letters", ["full-width", "Cyrillic", "accents", "leet digits", "CAPITALS"]
)
@pytest.mark.parametrize(
    "setting", ["dots", "blanks", "brackets", "emoji", "zero-width", "hashtag"]
)
def test_a_disguise_within_a_disguise_is_seen(letters: str, setting: str) -> None:
    words = [word for word in sample(100) if not set(word) & set("il")]
    content_filter = listed(*words)
    for word in words:
        spelling = DISGUISES[setting](DISGUISES[letters](word))
        assert content_filter.check(f"well {spelling} then"), spelling


@pytest.mark.parametrize("disguise", DISGUISES)
def test_every_entry_that_is_shipped_is_seen_in_the_disguise(disguise: str) -> None:
    entries = parse_list(SHIPPED.read_text(encoding="utf-8"), "shipped").entries
    words = ["".join(entry.words[0].parts) for entry in entries if len(entry.words) == 1]
    letters_only = [word for word in words if word.isalpha() and len(word) > 2]
    assert unseen(letters_only, [entry.text for entry in entries], [disguise]) == []
    assert len(letters_only) > 50
