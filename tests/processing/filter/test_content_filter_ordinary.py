"""What nobody listed is never blocked: ordinary words, alone and side by side."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from clankbot.processing.filter import load_filter
from tests.benchmarks.chat_lines import chat_lines
from tests.processing.filter.word_samples import listed, ordinary_words

SHIPPED = Path(__file__).parents[3] / "blocked_words.txt"
ORDINARY = ordinary_words()


@pytest.mark.parametrize("seed", range(4))
def test_no_ordinary_word_is_blocked_that_is_not_an_entry(seed: int) -> None:
    entries = {word.lower() for word in random.Random(seed).sample(ORDINARY, 500)}
    content_filter = listed(*entries)
    others = [word for word in ORDINARY if word.lower() not in entries]
    assert [word for word in others if content_filter.check(word)] == []
    assert all(content_filter.check(entry) == entry for entry in entries)


@pytest.mark.parametrize("seed", range(4))
def test_no_ordinary_words_side_by_side_are_blocked(seed: int) -> None:
    choose = random.Random(seed)
    entries = {word.lower() for word in choose.sample(ORDINARY, 500)}
    phrases = [" ".join(choose.sample(ORDINARY, 2)).lower() for _ in range(100)]
    content_filter = listed(*entries, *phrases)
    others = [word for word in ORDINARY if word.lower() not in entries] + ["a", "I", "u"] * 200
    for _ in range(2000):
        line = " ".join(choose.choices(others, k=8))
        assert not any(phrase in line.lower() for phrase in phrases)
        assert content_filter.verdict(line) is None


@pytest.mark.parametrize("mark", ["-", ".", "/"])
def test_no_ordinary_words_joined_by_a_mark_are_blocked_by_the_list_that_is_shipped(
    mark: str,
) -> None:
    choose = random.Random(mark)
    content_filter = load_filter(SHIPPED)
    joined = [mark.join(choose.choices(ORDINARY, k=2)) for _ in range(5000)]
    assert [text for text in joined if content_filter.check(text)] == []


def test_short_entries_do_not_stop_the_longer_words_that_hold_them() -> None:
    entries = ["ass", "tit", "cum", "anal", "arse", "cock", "sex", "rap", "nig", "coon", "spic"]
    entries += ["hell", "hop", "ham", "shed", "pen"]
    content_filter = listed(*entries)
    holding = [word for word in ORDINARY if any(entry in word.lower() for entry in entries)]
    unlisted = [word for word in holding if word.lower() not in entries]
    assert len(unlisted) > 600
    assert [word for word in unlisted if content_filter.check(word)] == []


def test_the_list_that_is_shipped_blocks_no_ordinary_word_and_no_chat() -> None:
    content_filter = load_filter(SHIPPED)
    lines = [*ORDINARY, *chat_lines(3000, seed=5)]
    blocked = [line for line in lines if content_filter.check(line)]
    assert blocked == []


def test_other_languages_are_left_alone() -> None:
    content_filter = load_filter(SHIPPED)
    for line in (
        "Ich fahre morgen mit dem Zug nach Köln, das wird schön.",
        "Où est-ce que tu vas ce soir après le match ?",
        "El niño comió una manzana y después durmió la siesta.",
        "Сегодня отличная погода, пойдём гулять вечером в парк",
        "Η καλύτερη ομάδα κέρδισε σήμερα",
        "今日はとても楽しかったです、ありがとう",
        "오늘 방송 정말 재미있었어요",
        "आज का खेल बहुत अच्छा था",
        "كانت المباراة رائعة اليوم",
        "bugün hava çok güzel, hadi oynayalım",
        "dziś było naprawdę świetnie, dzięki",
        "hôm nay trời đẹp quá, chơi tiếp đi",
    ):
        assert content_filter.verdict(line) is None
