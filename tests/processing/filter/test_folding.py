"""Folding: every way of writing a letter becomes the plain one, and nothing else changes."""

from __future__ import annotations

import sys
import tracemalloc
import unicodedata

import pytest

from clankbot.processing.filter.folding import RUN, WORD, fold, without_words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("HaM", "ham"),
        ("Hám ḩ̷̛a̵m", "ham ham"),
        ("ｈａｍ 𝕳𝖆𝖒 Ⓗⓐⓜ 🅷🅰🅼 ʰᵃᵐ ʜᴀᴍ", "ham ham ham ham ham ham"),
        ("ħåɱ şhıp ﬁg Łøđ", "ham ship fig lod"),
        ("Straße", "strasse"),
        ("һам Нор ΗΑΜ", "ham hop ham"),
        ("ӏ ǀ", "| |"),
        ("h\u200ba\u00adm\ufe0f\u034f\U000e0061\U000e0000", "ham"),
        ("h\u17b4a\u180bm\u180f h\U000e0100a\U000e01efm", "ham ham"),
        ("h\ua66fa\u2de0m\u2dff", "ham"),
        ("h\u064ba\u05b0m\u0e49\u0e49", "ham"),
        ("ϲaϹς", "cacs"),
        ("don`t don`t é", "don't don't e"),
        ("h\u2800a\u3000m\u3164x", "h a m x"),
        ("don’t don´t", "don't don't"),
        ("ham™ ham℠", "ham. ham."),
        ("h🍖a🍖m", "h.a.m"),
    ],
)
def test_letters_in_disguise_become_plain_ones(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_a_flag_is_no_word_but_single_indicators_are_letters() -> None:
    assert fold("🇩🇪 🇭 🇦 🇲") == ". h a m"


def test_a_currency_sign_beside_a_number_is_a_price() -> None:
    assert fold("€5 5€ 10£") == ".5 5. 10."
    assert fold("h€n") == "hen"


@pytest.mark.parametrize("word", ["हिन्दी", "한국어", "がっこう", "你好", "العربية", "ภาษาไทย"])
def test_other_scripts_keep_their_words_whole(word: str) -> None:
    assert fold(word) == word
    assert WORD.findall(fold(word)) == [word]


def test_characters_composed_and_decomposed_are_the_same() -> None:
    for text in ("がギ한글é", "ﾊﾞｶﾞ"):
        assert fold(text) == fold(unicodedata.normalize("NFD", text))
    assert fold("ﾊﾞｶﾞ") == "バガ"


def test_every_character_there_is_folds_to_itself_or_to_something_that_does() -> None:
    for codepoint in range(0, sys.maxunicode + 1, 7):
        folded = fold(chr(codepoint))
        assert fold(folded) == folded, hex(codepoint)


def test_characters_remembered_are_bounded() -> None:
    tracemalloc.start()
    fold("".join(map(chr, range(0x4E00, 0x4E00 + 30_000))))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 3_000_000


def test_words_are_runs_of_letters_and_digits_and_runs_hold_symbols_too() -> None:
    assert WORD.findall("h@m_is, so-4 don't") == ["h", "m", "is", "so", "4", "don", "t"]
    assert RUN.findall("h@m_is, so-4 $don't!") == ["h@m", "is", "so", "4", "$don", "t!"]


def test_allowed_words_are_cut_out_only_in_exactly_their_spelling() -> None:
    assert without_words("Résumé, resume re\u0301sume\u0301 résumés", {"résumé"}) == (
        "', resume ' résumés"
    )
