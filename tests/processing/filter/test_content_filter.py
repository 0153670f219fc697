"""The content filter by example: what it blocks, what it leaves alone, and how it is renewed."""

from __future__ import annotations

import logging
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clankbot.errors import ConfigError
from clankbot.processing.filter import load_filter
from clankbot.processing.filter.content_filter import FILTER_ERROR, FilterFile, allow_all
from tests.processing.filter.word_samples import listed

WORDS = listed(
    "ham", "shed", "hop", "loot", "silly", "kill yourself", "ham-fisted", "buy* followers",
    "*zork*", "plug*", "*gnu", "fo*ter", "*ab*yz*", "resume", "!résumé", "1488", "a$$",
    "кошка", "*禁止*",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("I like HAM.", "ham"),
        ("ham!!!", "ham"),
        ("(ham)", "ham"),
        ("ham's", "ham"),
        ("ham_fan", "ham"),
        ("@ham #ham", "ham"),
        ("https://example.com/ham?x=1", "ham"),
        ("well,ham,then", "ham"),
        ("'ha.m'", "ham"),
        ("it'ha-m", "ham"),
        ("'h.a.m's", "ham"),
        ("h'a'm", "ham"),
        ("h`a`m", "ham"),
        ("plug plugs plugging", "plug*"),
        ("mygnu", "*gnu"),
        ("xzorky", "*zork*"),
        ("footer", "fo*ter"),
        ("foter", "fo*ter"),
        ("xabcyzx", "*ab*yz*"),
        ("1488", "1488"),
        ("a$$", "a$$"),
        ("КОШКА", "кошка"),
        ("ここは禁止です", "*禁止*"),
    ],
)
def test_a_listed_word_is_seen_wherever_it_stands(text: str, entry: str) -> None:
    assert WORDS.check(text) == entry


@pytest.mark.parametrize(
    "text",
    [
        "hamster Birmingham champion",
        "shedding washed",
        "she'd be late",
        "she`d be late",
        "she`d be láte",
        "hoop hops shop",
        "lot loots",
        "unplug xplug",
        "gnus",
        "oh am I late",
        "much amber",
        "h a m s t e r",
        "I a m",
        "kill your self",
        "yourself kill",
        "killyourself",
        "#killyourselfie",
        "k i l l yourselves",
        "sunday",
        "14:88 14.88 14/88 11488",
        "10 10.1 1:01 101",
        "s",
        "",
        "   ",
    ],
)
def test_what_merely_contains_an_entry_is_left_alone(text: str) -> None:
    assert WORDS.verdict(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "go kill yourself now",
        "KILL... YOURSELF",
        "kill - yourself",
        "kill-yourself",
        "kill_yourself",
        "kill@yourself",
        "k1ll y0urself",
        "kiiill yourselfff",
        "k.i.l.l yourself",
        "ki-ll yourself",
        "k i l l yourself",
        "I k i l l yourself",
        "kill y o u r s e l f!",
        "k.i.l.l y o u r s e l f",
        "#KillYourself",
        "#killyourself!",
        "k i l l y o u r s e l f",
        "k.i.l.l.y.o.u.r.s.e.l.f",
    ],
)
def test_a_phrase_is_seen_with_anything_between_its_words(text: str) -> None:
    assert WORDS.check(text) == "kill yourself"


def test_a_word_of_a_phrase_may_carry_a_wildcard() -> None:
    assert WORDS.check("buying followers") == "buy* followers"
    assert WORDS.check("buy followers") == "buy* followers"
    assert WORDS.check("buy my followers") is None


def test_a_hyphenated_entry_is_seen_however_its_words_are_joined() -> None:
    fisted = listed("ham-fisted")
    for text in ("ham-fisted", "ham fisted", "ham_fisted", "Ham – fisted!"):
        assert fisted.check(text) == "ham-fisted"
    assert fisted.check("hamfisted ham") is None


def test_a_phrase_of_one_word_twice_is_seen_wherever_it_begins() -> None:
    twice = listed("ham ham shed")
    assert twice.check("ham ham ham shed") == "ham ham shed"
    assert twice.check("ham shed ham") is None


@pytest.mark.parametrize(
    "text",
    ["5am 8am 7pm", "1st 2nd", "100k 4k", "10h 5m", "2x", "60fps", "€5 $10", "3.50"],
)
def test_numbers_with_units_are_no_words(text: str) -> None:
    lookalikes = listed("sam", "bam", "ist", "iook", "ak", "ioh", "es", "so", "sm", "eso")
    assert lookalikes.verdict(text) is None


@pytest.mark.parametrize("text", ["he!!", "He!!!", "hi Ana!", "HE?!!", "she!! said", '"he!!"'])
def test_an_exclamation_mark_after_a_word_is_no_letter(text: str) -> None:
    assert listed("hell", "anal", "shell").verdict(text) is None


def test_an_exclamation_mark_within_a_word_is_a_letter() -> None:
    words = listed("kill", "idiot")
    for text in ("k!ll", "k!!l", "k!!!", "!diot", "!d10t!"):
        assert words.check(text)


def test_one_symbol_over_and_over_spells_nothing() -> None:
    words = listed("ss", "ass", "ill")
    assert words.verdict("$$$ !!! @@@ $$ ||| 555") is None
    assert words.check("@$$") == "ass"


def test_letters_are_counted_not_collapsed() -> None:
    assert WORDS.check("looot") == "loot"
    assert listed("lot").check("loot") is None
    assert listed("lot").check("looot") == "lot"
    assert listed("met").check("meet") is None
    assert listed("hat").check("haat") == "hat"
    assert listed("later").check("latter") is None


@pytest.mark.parametrize("letter", "abcdefghijklmnopqrstuvwxyz")
def test_a_letter_written_twice_is_one_only_where_spelling_hardly_doubles_it(letter: str) -> None:
    is_seen = listed(f"ж{letter}ш").check(f"ж{letter}{letter}ш") is not None
    assert is_seen == (letter in "aiuhjkqvwxy")


def test_more_letters_than_were_said_are_never_seen() -> None:
    assert listed("hmmmm").check("hmmm") is None
    assert listed("hmmmm").check("hmmmmm") == "hmmmm"


def test_digits_are_never_stretched() -> None:
    assert listed("88", "1488").verdict("888 14888 11488 8") is None
    assert listed("88").check("88") == "88"


def test_two_single_letters_spell_nothing() -> None:
    words = listed("am", "ha")
    assert words.verdict("I a m") is None
    assert words.verdict("h a") is None


@pytest.mark.parametrize("text", ["what a h a m", "I h a m", "I a h a m", "a u h a m"])
def test_a_or_i_before_a_spelled_out_word_does_not_hide_it(text: str) -> None:
    assert WORDS.check(text) == "ham"


@pytest.mark.parametrize(
    "text",
    [
        "h a m!", "H A M!!!", "h a m !", "h a m!!1", "!h a m", "h! a! m!", "h.a.m!!!1!", "H.A.M!!",
        "h | a | m", "h @ a $ m", "h !! a !! m", "hhh aaa mmm", "h aaaa m!",
    ],
)  # fmt: skip
def test_marks_around_letters_do_not_hide_the_word_they_spell(text: str) -> None:
    assert WORDS.check(text) == "ham"


def test_a_symbol_among_lone_letters_may_be_one_of_them() -> None:
    assert listed("kill").check("k ! l l") == "kill"
    assert WORDS.check("h @ m") == "ham"


@pytest.mark.parametrize("text", ["h a m s!", "oh a m!", "h! amber", "h a", "hh aa", "so h a me!"])
def test_lone_letters_with_marks_spell_only_what_they_spell(text: str) -> None:
    assert WORDS.verdict(text) is None


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("pl-ugging", "plug*"),
        ("p.lugging", "plug*"),
        ("my-g.nu", "*gnu"),
        ("zo-rky", "*zork*"),
        ("my-zo.rk", "*zork*"),
        ("so-much-zor-k", "*zork*"),
    ],
)
def test_a_wildcard_is_seen_where_a_mark_divides_its_letters(text: str, entry: str) -> None:
    assert WORDS.check(text) == entry


@pytest.mark.parametrize("text", ["unp-lug", "fo-o-printer", "xyzo-rkyz", "un-pl-ugged"])
def test_a_wildcard_takes_no_letters_of_a_word_on_either_side(text: str) -> None:
    assert WORDS.verdict(text) is None


def test_an_allow_entry_shields_its_spelling_and_nothing_else() -> None:
    assert WORDS.check("my résumé, Résumé!") is None
    assert WORDS.check("my resume") == "resume"
    assert WORDS.check("résume") == "resume"
    assert WORDS.check("résumé,resume") == "resume"
    assert WORDS.check("résumé ham") == "ham"
    assert listed("good resume", "resume", "!résumé").check("good résumé") == "good resume"


def test_an_allow_entry_rescues_a_word_from_a_wildcard() -> None:
    words = listed("ham*", "!hamster")
    assert words.check("Hamster") is None
    assert words.check("hamsters") == "ham*"
    assert words.check("h@mster") == "ham*"


def test_a_spelling_that_was_allowed_shields_no_other_later() -> None:
    words = listed("ham*", "!hamster")
    assert words.check("hamster") is None
    assert words.check("hámster") == "ham*"


def test_the_parts_of_an_entry_with_a_wildcard_may_share_a_stretched_letter() -> None:
    words = listed("wo*od", "*zz*")
    for text in ("wood", "woood", "wo-and-wood", "wwwood"):
        assert words.check(text) == "wo*od", text
    assert words.check("wod") is None
    assert words.check("pizzza") == "*zz*"


def test_the_verdict_tells_the_reading_that_gave_it_away() -> None:
    verdict = WORDS.verdict("such s1lly")
    assert verdict is not None
    assert (verdict.entry, verdict.reading) == ("silly", "silly")


def test_an_error_inside_blocks_is_counted_and_summed_up(caplog: pytest.LogCaptureFixture) -> None:
    not_text: str = None  # type: ignore[assignment]
    with caplog.at_level(logging.ERROR):
        assert WORDS.check(not_text) == "(filter error)"
        for _ in range(100):
            assert WORDS.verdict(not_text) == FILTER_ERROR
    told = [record.__dict__["failures"] for record in caplog.records]
    assert 100 in told
    assert set(told) <= {1, 10, 100}
    assert WORDS.check("ham") == "ham"


def test_strange_characters_are_no_error() -> None:
    for text in ("\ud800", "\x00ham\x00", "\U0010ffff" * 9, "\u202eham", "{0} {} }{ {{ham}}"):
        assert WORDS.verdict(text) != FILTER_ERROR


# --- a channel's own terms ---


def test_a_channels_terms_stand_beside_the_global_list() -> None:
    own = WORDS.with_terms(["banana*", "ripe plum"])
    assert own.check("bananas") == "banana*"
    assert own.check("a ripe plum") == "ripe plum"
    assert own.check("ham") == "ham"
    assert WORDS.check("bananas") is None


def test_a_new_set_of_terms_replaces_the_one_before() -> None:
    own = WORDS.with_terms(["banana"]).with_terms(["plum"])
    assert own.check("banana") is None
    assert own.check("plum") == "plum"
    assert own.with_terms([]).check("plum ham") == "ham"


def test_a_term_that_is_no_longer_valid_is_left_out_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    own = WORDS.with_terms(["*", "plum"])
    assert own.check("plum") == "plum"
    assert [record.__dict__["term"] for record in caplog.records] == ["*"]


def test_a_filter_that_is_off_is_off_for_channels_too() -> None:
    off = allow_all()
    assert off.check("ham") is None
    assert off.with_terms(["ham"]).check("ham") is None


# --- the file ---


def replace(path: Path, text: str) -> None:
    """Save as an editor does; the new file's date differs whatever the clock's grain."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    replace(path, "ham\n")
    return path


def test_a_changed_file_is_taken_over_as_a_whole(path: Path) -> None:
    file = FilterFile(path)
    old = file.current()
    assert not file.refresh()
    replace(path, "shed\n")
    assert file.refresh()
    assert file.current().check("shed ham") == "shed"
    assert file.current().check("ham") is None
    assert old.check("ham") == "ham"
    assert not file.refresh()


def test_a_file_of_the_same_date_is_taken_over_if_its_size_differs_or_it_is_another_file(
    path: Path,
) -> None:
    file = FilterFile(path)
    date = path.stat().st_mtime_ns
    path.write_text("shed\n", encoding="utf-8")
    os.utime(path, ns=(date, date))
    assert file.refresh()
    beside = path.with_name("saved.txt")
    beside.write_text("barn\n", encoding="utf-8")
    os.utime(beside, ns=(date, date))
    beside.replace(path)
    assert file.refresh()
    assert file.current().check("barn") == "barn"


@pytest.mark.parametrize("broken", ["shed\n***\n", "", "# nothing left\n"])
def test_a_broken_version_is_reported_once_and_the_old_list_stays(
    path: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = FilterFile(path)
    replace(path, broken)
    assert not file.refresh()
    assert not file.refresh()
    assert file.current().check("ham") == "ham"
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert str(path) in record.__dict__["problem"]
    replace(path, "shed\n")
    assert file.refresh()


def test_a_vanished_file_is_reported_once_and_the_old_list_stays(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = FilterFile(path)
    path.unlink()
    assert not file.refresh()
    assert not file.refresh()
    assert file.current().check("ham") == "ham"
    assert len(caplog.records) == 1
    replace(path, "shed\n")
    assert file.refresh()
    assert file.current().check("shed") == "shed"


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """No file can be opened, though its date can be looked at."""
    former = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, former)


def test_a_file_that_cannot_be_read_is_read_as_soon_as_it_can(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever kept it from being read: nothing of the file itself need have changed since."""
    file = FilterFile(path)
    replace(path, "shed\n")
    with no_descriptor_left():
        assert not file.refresh()
        assert not file.refresh()
    assert len(caplog.records) == 1
    assert file.refresh()
    assert file.current().check("shed") == "shed"
    assert not file.refresh()


def test_a_forced_refresh_reads_a_file_that_looks_the_same(path: Path) -> None:
    file = FilterFile(path)
    before = file.current()
    assert file.refresh(force=True)
    assert file.current() is not before


def test_a_list_without_entries_is_accepted_at_start_with_a_warning(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    replace(path, "# nothing yet\n")
    assert load_filter(path).check("ham") is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_the_bot_does_not_start_with_a_broken_file(path: Path) -> None:
    replace(path, "***\n")
    with pytest.raises(ConfigError):
        FilterFile(path)
