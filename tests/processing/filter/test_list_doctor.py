"""Lines that are no word and no phrase, and what is said of them; ordinary lists are left alone."""

from __future__ import annotations

import codecs
import logging
import re
from pathlib import Path

import pytest

from clankbot.errors import ConfigError
from clankbot.processing.filter.content_filter import FilterFile, load_filter, term_problem
from clankbot.processing.filter.list_doctor import doubt_about, doubtful_lines

SHIPPED = Path(__file__).parents[3] / "blocked_words.txt"

# line, what it looks like, what was probably meant
FORMS = [
    ("zizzle, wobbly", "a row of words with commas", ("zizzle", "wobbly")),
    ('"zizzle","wobbly"', "a row of words with commas", ("zizzle", "wobbly")),
    ('["zizzle", "wobbly"]', "a row of words with commas", ("zizzle", "wobbly")),
    ("zizzle,2", "a row of words with commas", ("zizzle",)),
    ("グズ、バカ", "a row of words with commas", ("グズ", "バカ")),
    ("zizzle;wobbly", "a row of words with semicolons", ("zizzle", "wobbly")),
    ("zizzle\t3\tinsult", "a row of words with tabs", ("zizzle", "insult")),
    ("zizzle | wobbly", "a row of words with bars", ("zizzle", "wobbly")),
    ("zizzle|wobbly", "a row of words with bars", ("zizzle", "wobbly")),
    ("zizzle / wobbly", "a row of words with slashes", ("zizzle", "wobbly")),
    ("/zizzle/i", "a regular expression", ("zizzle",)),
    ("~/z[i1]zz?le/", "a regular expression", ()),
    ("^zizzle$", "a regular expression", ("zizzle",)),
    (r"\bzizzle\b", "a regular expression", ("zizzle",)),
    (r"\bziz+le\w*", "a regular expression", ()),
    ("zi.*le", "a regular expression", ()),
    ("z[i1]zzle", "a regular expression", ()),
    ("(zizzle|wobbly)", "a regular expression", ()),
    ("(?i)zizzle", "a regular expression", ()),
    ("ziz{2,}le", "a regular expression", ()),
    ("z+i+z+z+l+e+", "a regular expression", ()),
    ("z?zzle", "a pattern with ? for a letter", ()),
    ("z***le", "a word with letters hidden behind stars", ()),
    ("zi**", "a word with letters hidden behind stars", ()),
    ("z*zle", "a word with a letter hidden behind a star", ()),
    ("old z*zle", "a word with a letter hidden behind a star", ()),
    ("z#zzle", "a word with a hidden letter", ()),
    ('"zizzle"', "a word in quotes", ("zizzle",)),
    ("“old wobbly”,", "a word in quotes", ("old wobbly",)),
    ("zizzle # an insult", "a word with a comment", ("zizzle",)),
    ("zizzle  #insult", "a word with a comment", ("zizzle",)),
    ("old wobbly // an insult", "a word with a comment", ("old wobbly",)),
    ("zizzle -- an insult", "a word with a comment", ("zizzle",)),
    ("zizzle (insult)", "a word with a remark", ("zizzle",)),
    ("zizzle(s)", "a word with two endings", ()),
    ("// insults", "a comment", ()),
    ("; insults", "a comment", ()),
    ("- zizzle", "an item of a list", ("zizzle",)),
    ("* old wobbly", "an item of a list", ("old wobbly",)),
    ("17. zizzle", "a numbered item", ("zizzle",)),
    ("[", "a bracket of JSON", ()),
    ("},", "a bracket of JSON", ()),
    ('"zizzle": "mild",', "JSON", ("zizzle",)),
    (r"z\u00efzzle", "JSON", ()),
    ("z&amp;zle", "HTML", ()),
    ("zizzle: 3", "a word and its value", ("zizzle",)),
    ("zizzle=true", "a word and its value", ("zizzle",)),
    ("zizzle => ***", "a word and what replaces it", ("zizzle",)),
    ("https://raw.githubusercontent.com/a/words/en", "the address of a list", ()),
    ("http://example.com/words.txt", "the address of a list", ()),
    ("other_words.txt", "the name of a file", ()),
    ('<div class="zizzle">', "a line of a web page", ()),
    ("!clank block zizzle", "a command", ("zizzle",)),
]

ORDINARY = """
ham | two words | ham-fisted | *ham* | ham* | *ham | buy* cheap ham | ha*burger | h*mburger
\\#ham | \\!ham | !hám | w.o.r.d | u.s.a | what? | who are you? | well, | oh no... | it's
1,000 | 1,000 hams | 3.14 pi | 10:30 | 24/7 | 50/50 | he/she/it | 1-800-ham | -5 | no. 1 fan
:) | ;D lol | xD ;D | owo :3 | >:( no | <3 you | ^_^ | \\o/ yes | ¯\\_(ツ)_/¯ | (: | what (?)
18+ | lgbtq+ | c++ | c# | r&b | d&d | l+ratio | 100% ham | $cam | a$$ | sh|t | ham! | @ham | /me
bad.example | http://bad.example/page | https://bad.example/?ham=1 | ham.gg/abc | x_ham_x
バカ | ไทย | 你好 | 🍆 | 🍆🍑 | नमस्ते | 8=D | 8===D | \\*ham\\* | *** | word | words to say | oh
"""


@pytest.mark.parametrize(("line", "looks_like", "meant"), FORMS)
def test_a_line_that_is_no_entry_is_named_with_what_was_meant(
    line: str, looks_like: str, meant: tuple[str, ...]
) -> None:
    doubt = doubt_about(line)
    assert doubt is not None
    assert doubt.looks_like.startswith(looks_like)
    assert doubt.meant == meant
    for word in meant[:3]:
        assert word in doubt.for_list
        assert word not in doubt.for_chat


def test_what_was_meant_is_never_doubted_itself() -> None:
    """So the advice can be followed: who does what it says is not told off again."""
    for _, _, meant in FORMS:
        assert [doubt_about(word) for word in meant] == [None] * len(meant)


def test_ordinary_lines_are_left_alone() -> None:
    lines = [line.strip() for line in re.split(r"\n| \| ", ORDINARY) if line.strip()]
    assert len(lines) > 70
    assert {line: doubt for line in lines if (doubt := doubt_about(line))} == {}


def test_the_shipped_list_is_not_doubted_nor_what_it_offers() -> None:
    text = SHIPPED.read_text("utf-8")
    assert doubtful_lines(text) == []
    assert doubtful_lines(re.sub(r"(?m)^#(?=\S)", "", text)) == []


def test_the_head_of_a_column_is_found_where_it_can_be_one() -> None:
    found = doubtful_lines("# from a table\n\nWords\nzizzle\nwords\n")
    assert [(number, doubt.looks_like) for number, doubt in found] == [(3, "the head of a column")]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            "zizzle\n".encode("utf-16"),
            "is UTF-16 text; save it as UTF-8, or, if it is UTF-16: iconv",
        ),
        (codecs.BOM_UTF16_BE + "zizzle\n".encode("utf-16-be"), "is UTF-16 text; save it as UTF-8"),
        ("zizzle\n".encode("utf-32"), "is UTF-32 text; save it as UTF-8"),
        (
            "zizzle\n".encode("utf-16-le"),
            "is no UTF-8 text; save it as UTF-8, or, if it is UTF-16LE",
        ),
        ("zizzle\nzízzle\n".encode("latin-1"), ", line 2: not UTF-8 text; save it as UTF-8, or,"),
        (b"{\\rtf1\\ansi zizzle}", "is a text document (RTF); save it as plain text"),
        (b"PK\x03\x04\x14\x00", "is an office document or an archive"),
        (b"\x1f\x8b\x08\x00", "is compressed; unpack it first"),
        (b"<!DOCTYPE html>\n<html>", "is a web page; download the list itself (on GitHub: Raw)"),
    ],
)
def test_a_file_that_is_no_list_is_named_for_what_it_is(
    tmp_path: Path, data: bytes, told: str
) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load_filter(path)
    (problem,) = caught.value.problems
    assert problem.removeprefix(str(path)).lstrip().startswith(told)


def test_the_log_has_one_line_for_a_list_in_doubt_and_the_list_is_in_use(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "words.txt"
    path.write_text("ham\n" + "".join(f"word{n},{n}\n" for n in range(3000)), "utf-8")

    def doubts() -> list[logging.LogRecord]:
        return [each for each in caplog.records if "no word or phrase" in each.getMessage()]

    file = FilterFile(path)
    assert file.current().check("a ham") == "ham"
    (told,) = doubts()
    assert vars(told)["lines"] == 3000
    assert vars(told)["first"].startswith("line 2 looks like a row of words with commas")
    path.write_text("shed\n(ham|wobbly)\n", "utf-8")
    assert file.refresh(force=True)
    assert vars(doubts()[-1])["lines"] == 1
    path.write_text("shed\nham\n", "utf-8")
    assert file.refresh(force=True)
    assert len(doubts()) == 2


def test_a_line_that_is_an_error_is_told_by_what_it_looks_like(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("[\n  zizzle\n]\n* ham\n" + "zizzle, " * 100 + "\n*a\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_filter(path)
    first, second, item, row, bad = caught.value.problems
    assert first == f"{path}, line 1: looks like a bracket of JSON; leave it out"
    assert "line 3: looks like a bracket" in second
    assert "line 4: looks like an item of a list" in item
    assert "line 5: looks like a row of words with commas between them" in row
    assert bad == f"{path}, line 6: a word with a wildcard needs at least 2 letters"


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        (
            "zizzle, wobbly",
            "that looks like a row of words with commas between them; block one at a time",
        ),
        (
            "/zizzle/",
            "that looks like a regular expression; an entry is a word or phrase, and * in it"
            " stands for any letters",
        ),
        ('"old wobbly"', "that looks like a word in quotes; write the word or phrase alone"),
    ],
)
def test_a_moderator_is_answered_in_kind(term: str, answer: str) -> None:
    assert term_problem(term) == answer
