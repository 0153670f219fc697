"""Entries of scripts without blanks, of one character, and of emoji."""

from __future__ import annotations

import pytest

from clankbot.processing.filter.content_filter import term_problem
from clankbot.processing.filter.pictures import pictures_in
from clankbot.processing.filter.word_list import how_matched
from tests.processing.filter.disguises import DISGUISES
from tests.processing.filter.word_samples import listed


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("禁止", "ここは禁止です"),
        ("傻逼", "你真是个傻逼啊"),
        ("バカ", "お前はバカだ"),
        ("バカ", "ﾊﾞｶだね"),
        ("ばか", "おまえばかか"),
        ("ควย", "สวัสดีควยครับ"),
        ("หมา", "ไอ้หมาบ้า"),
        ("ໝາ", "ສະບາຍດີໝາດຳ"),
        ("ឆ្កែ", "អាឆ្កែនេះ"),
        ("ခွေး", "မင်းခွေးပဲ"),
        ("草", "大草原"),
        ("ㄅㄆ", "ㄚㄅㄆㄇ"),
        ("sb", "你是sb吗"),
        ("sb", "你是s.b吗"),
        ("SB", "你是ＳＢ吗"),
        ("A片", "我看A片呢"),
        ("A片", "看 a片"),
        ("3P", "玩3p吗"),
        ("ham", "これはhamです"),
        ("去 死吧", "你去 死吧你"),
    ],
)
def test_an_entry_is_seen_inside_a_run_of_a_script_without_blanks(entry: str, text: str) -> None:
    assert listed(entry).check(text) == entry


@pytest.mark.parametrize(
    "text",
    [
        "傻逼", "傻.逼", "傻🍖逼", "傻\u200b逼", "傻 逼", "傻　逼!", "傻, 逼", "傻傻傻逼逼逼",
        "傻逼傻逼", "#傻逼", "@傻逼", "「傻逼」", "傻 逼 啊", "你 傻 逼",
    ],
)  # fmt: skip
def test_disguises_of_an_entry_in_such_a_script_are_seen(text: str) -> None:
    assert listed("傻逼").check(text) == "傻逼"


@pytest.mark.parametrize("disguise", ["as it is", "dots", "blanks", "zero-width", "brackets"])
@pytest.mark.parametrize("word", ["死ね", "ควย", "傻逼", "アホ"])
def test_what_hides_a_latin_word_hides_none_of_these(word: str, disguise: str) -> None:
    assert listed(word).check(DISGUISES[disguise](word)) == word


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("傻逼", "我很傻，逼我也没用"),  # two sentences
        ("去死", "我去，死机了"),
        ("傻逼", "他很傻 逼我也没用"),
        ("ဖာ", "ဖား"),  # another sign follows the same letter
        ("ក្ដ", "ក្ដៅ"),
        ("กม", "เกม"),  # the vowel before it belongs to its first letter
        ("កា", "ក្កា"),
        ("sb", "sbs你好"),
        ("ham", "hamster草"),
        ("A片", "CIA片"),
        ("바보", "바보야"),  # Korean has blanks
        ("كلب", "الكلب"),
    ],
)
def test_what_only_looks_like_such_an_entry_is_left_alone(entry: str, text: str) -> None:
    assert listed(entry).verdict(text) is None


def test_a_star_that_is_written_counts_for_itself() -> None:
    words = listed("*末", "死*", "神*社")
    assert words.check("終末") == "*末"
    assert words.check("死亡") == "死*"
    assert words.check("神田社") == "神*社"
    assert words.verdict("末日 病死 大神田社") is None


def test_an_allow_entry_is_cut_out_of_a_run() -> None:
    words = listed("バカ", "!アルバカーキ", "!バカンス", "ham*", "!hamster")
    assert words.verdict("アルバカーキに行くよ、バカンスだ") is None
    assert words.verdict("これはhamsterです") is None
    assert words.check("アルバカーキのバカ") == "バカ"
    assert words.check("これはhammerです") == "ham*"


def test_words_of_other_scripts_are_found_beside_a_list_of_such_entries() -> None:
    words = listed("傻逼", "ham", "kill yourself")
    assert words.check("oh ham") == "ham"
    assert words.check("草ham草") == "ham"
    assert words.check("快kill yourself吧") == "kill yourself"
    assert words.verdict("hamster 你好 shame") is None


# --- one character ---


@pytest.mark.parametrize("term", ["草", "좆", "🖕", "☭", "卐", "草*", "🇩🇪", "❤️"])
def test_a_character_that_is_a_word_or_a_picture_is_an_entry(term: str) -> None:
    assert term_problem(term) is None
    assert listed(term).check(term.strip("*")) == term


@pytest.mark.parametrize("term", ["x", "ж", "あ", "ก", "ب", "7", "٣", "🅰", "5️⃣", "!", "€", "🏽"])
def test_a_letter_a_digit_or_a_sign_alone_is_none(term: str) -> None:
    assert term_problem(term)


def test_a_korean_syllable_alone_is_a_whole_word() -> None:
    assert listed("좆").verdict("좆같네") is None
    assert listed("좆*").check("좆같네") == "좆*"


# --- emoji ---


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("🖕", "🖕"),
        ("🖕", "lol🖕🏽"),
        ("🖕🏿", "🖕🏻 🖕"),
        ("🖕", "😂😂🖕😂"),
        ("❤️", "I ❤ you"),
        ("❤", "I ❤️ you"),
        ("🤷", "🤷🏽‍♀️"),
        ("🤷‍♂️", "🤷"),
        ("🖕", "🖕‍🖕"),  # joined as no font draws it
        ("🖕", "👩‍🖕"),
        ("🖕", "🖕\u200b\ufe0f"),
        ("👩‍💻", "a 👩🏽‍💻 here"),
        ("🏳️‍🌈", "🏳‍🌈!"),
        ("🇩🇪", "from🇩🇪🇫🇷"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "go 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("🍆💦", "🍆 💦"),
        ("🍆 💦", "the 🍆 and 💦"),
        ("⚡⚡", "⚡⚡"),
    ],
)
def test_an_emoji_is_an_entry_like_any_other(entry: str, text: str) -> None:
    words = listed(entry, "ham")
    assert words.check(text) == entry
    assert words.check(text) == entry  # nothing of it was remembered as harmless


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("👩", "👩‍💻"),
        ("💻", "👩‍💻"),
        ("👩‍💻", "👩 💻"),
        ("👩‍💻", "👨‍💻"),
        ("🌈", "🏳️‍🌈"),
        ("🏴", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("🇩🇪", "🇦🇩🇪🇦"),
        ("🍆💦", "💦🍆"),
        ("🍆💦", "🍆 🍆"),
        ("⚡⚡", "⚡"),
    ],
)
def test_an_emoji_is_no_part_of_another(entry: str, text: str) -> None:
    assert listed(entry).verdict(text) is None


def test_an_emoji_beside_words_is_punctuation_in_an_entry_and_in_a_message() -> None:
    words = listed("🔥 buy followers", "🖕")
    assert words.check("buy 😂 followers") == "🔥 buy followers"
    assert listed("ham", "🖕").check("h🖕a🖕m") == "🖕"
    assert listed("ham", "💩").check("h🖕a🖕m") == "ham"


def test_pictures_are_told_apart_as_they_are_seen() -> None:
    assert pictures_in("a👨‍👩‍👧b👍🏽👍") == ["👨‍👩‍👧", "👍", "👍"]
    assert pictures_in("plain text, 100% 5€") == []


# --- what the operator is told ---


@pytest.mark.parametrize(
    ("term", "told"),
    [
        ("ham", "that whole word"),
        ("ham*", "words that start so"),
        ("*ham", "words that end so"),
        ("*ham*", "words that hold it"),
        ("h*am", "words with more letters at the stars"),
        ("kill yourself", "that phrase"),
        ("A片", "that phrase"),
        ("禁止", "wherever it stands, for its script has no blanks between words"),
        ("*禁止", "words that end so"),
        ("바보", "that whole word; with a particle attached only if it is word*"),
        ("كلب", "that whole word; with an article or a particle attached only if it is *word*"),
        ("כלב", "that whole word; with an article or a particle attached only if it is *word*"),
        ("🖕", "that emoji in any skin tone"),
        ("🍆💦", "these emoji in a row"),
    ],
)
def test_how_a_term_is_matched_can_be_told(term: str, told: str) -> None:
    assert how_matched(term) == told


def test_how_a_term_is_matched_is_not_told_of_what_is_none() -> None:
    with pytest.raises(ValueError, match="2 to 500 characters"):
        how_matched("x")
