"""The list file: what its lines mean, and what is said of those that mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.errors import ConfigError
from clankbot.processing.filter import load_filter
from clankbot.processing.filter.content_filter import term_problem
from clankbot.processing.filter.word_list import parse_list, parse_term
from tests.processing.filter.word_samples import listed


def texts(listing: str) -> list[str]:
    return [entry.text for entry in parse_list(listing, "list").entries]


def test_comments_and_blank_lines_mean_nothing() -> None:
    assert texts("# ham\n\n   \n  shed  \n\t# hop\n") == ["shed"]


def test_a_hash_later_in_a_line_starts_no_comment() -> None:
    assert texts("c# lover") == ["c# lover"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_ends_and_a_byte_order_mark_will_do(tmp_path: Path, line_end: str) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"\xef\xbb\xbf" + f"ham{line_end}shéd{line_end}".encode())
    assert load_filter(path).check("a ham") == "ham"
    assert load_filter(path).check("a shed") == "shéd"


def test_repeated_entries_are_harmless_and_the_first_is_reported() -> None:
    assert texts("Ham\nham\nＨＡＭ") == ["Ham"]


def test_escapes_give_the_characters_themselves() -> None:
    words = listed("\\#hamtime", "\\!shed", "h\\*p", "b\\!p")
    assert words.check("it is #hamtime") == "\\#hamtime"
    assert words.check("!shed") == "\\!shed"
    assert words.check("h*p") == "h\\*p"
    assert words.check("hoop") is None
    assert words.check("b!p") == "b\\!p"
    assert words.check("b p") is None


def test_a_hyphenated_entry_is_a_phrase() -> None:
    assert len(parse_term("ham-fisted").words) == 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("x", "2 to 500 characters, not 1"),
        ("x" * 501, "2 to 500 characters, not 501"),
        ("***", "wildcard needs at least 2 letters"),
        ("a*", "wildcard needs at least 2 letters"),
        ("hello *", "wildcard needs at least 2 letters"),
        ("...", "at least 2 letters or digits"),
        ("a!", "at least 2 letters or digits"),
        ("\u200b\u200b", "at least 2 letters or digits"),
        ("!ham shed", "one word"),
        ("!ham*", "one word"),
        ("!", "one word"),
    ],
)
def test_a_line_that_means_nothing_is_refused_with_its_number(line: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_list(f"# words\nham\n{line}\n", "words.txt")
    (text,) = caught.value.problems
    assert text.startswith("words.txt, line 3: ")
    assert problem in text


def test_all_bad_lines_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_list("ham\n***\nshed\n?!\n", "words.txt")
    assert [text.split(":")[0] for text in caught.value.problems] == [
        "words.txt, line 2",
        "words.txt, line 4",
    ]


def test_a_file_that_is_no_list_at_all_is_reported_in_a_screenful() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_list("*\n" * 500, "words.txt")
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1] == "words.txt: 480 more lines like these"


def test_a_term_from_chat_is_judged_by_the_same_rules() -> None:
    assert term_problem("ham*") is None
    assert term_problem("ham shed") is None
    assert term_problem("x") == "a term has 2 to 500 characters, not 1"
    assert term_problem("a*") == "a word with a wildcard needs at least 2 letters"
    assert term_problem("?!") == "a term needs at least 2 letters or digits"


def test_a_file_that_is_not_utf8_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"ham\nsh\xe9d\n")
    with pytest.raises(ConfigError, match=r"words\.txt, line 2: not UTF-8"):
        load_filter(path)


def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.txt", tmp_path):
        with pytest.raises(ConfigError, match="cannot be read") as caught:
            load_filter(path)
        assert len(caught.value.problems) == 1
        assert str(path) in caught.value.problems[0]
