"""Why some words are blocked or pass: entry, line, reading, and what was seen through."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.processing.filter.explanation import Explanation, explain

WORDS = """\
# words
ham
shed*
old barn
!hám
*mill*
ha*burger
バカ
🖕
🍆💦
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text(WORDS, "utf-8")
    return path


BLOCKED = [
    ("a ham", "ham", 2, "ham", ()),
    ("a HAM.", "ham", 2, "HAM.", ("capitals",)),
    ("my H4M now", "ham", 2, "H4M", ("capitals", "digits and signs for letters")),
    ("so h-a-m it", "ham", 2, "h-a-m", ("letters set apart",)),
    ("so h 4 m", "ham", 2, "h 4 m", ("digits and signs for letters", "letters set apart")),
    ("hаm here", "ham", 2, "hаm", ("letters that look alike",)),
    ("hâm", "ham", 2, "hâm", ("accents",)),
    ("h\u200bam", "ham", 2, "h\u200bam", ("characters that cannot be seen",)),
    ("no haaaam", "ham", 2, "haaaam", ("stretched letters",)),
    ("all sheddy", "shed*", 3, "sheddy", ()),
    ("the old barn there", "old barn", 4, "old barn", ()),
    ("the OLD, b4rn", "old barn", 4, "OLD, b4rn", None),
    ("o l d b a r n", "old barn", 4, "o l d b a r n", ("letters set apart",)),
    ("windmills", "*mill*", 6, "windmills", ()),
    ("a hamburger", "ha*burger", 7, "hamburger", ()),
    ("お前はバカだ", "バカ", 8, "お前はバカだ", ()),
    ("so 🖕🏽", "🖕", 9, "🖕🏽", ()),
    ("🍆 and 💦 it", "🍆💦", 10, "🍆 and 💦", ("what stands between the emoji",)),
    ("zz top", "zz", None, "zz", ()),
]


@pytest.mark.parametrize(("text", "entry", "line", "part", "through"), BLOCKED)
def test_a_blocked_text_is_traced_to_its_entry(
    path: Path, text: str, entry: str, line: int | None, part: str, through: tuple[str, ...] | None
) -> None:
    why = explain(text, path, terms=["zz", "a"])  # a term that is none any more does no harm
    assert (why.is_blocked, why.entry, why.line, why.found_in) == (True, entry, line, part)
    assert why.seen_through == through or through is None
    assert why.spared_by == ()
    assert why.blocks


def test_a_phrase_in_disguise_has_all_of_it_told(path: Path) -> None:
    through = explain("OLD, b4rn", path).seen_through
    assert set(through) == {
        *("capitals", "digits and signs for letters", "what stands between the words"),
    }


def test_what_an_exception_holds_off_is_told(path: Path) -> None:
    why = explain("the hám", path)
    assert (why.is_blocked, why.entry, why.line, why.spared_by) == (False, "ham", 2, (5,))
    assert explain("nothing here", path) == Explanation(is_blocked=False)


def test_a_text_that_cannot_be_judged_is_blocked_by_no_entry(path: Path) -> None:
    text = " ".join(f"h{'4@'[n % 2]}m{n}bu!1|rger" for n in range(400))
    assert explain(text, path) == Explanation(is_blocked=True)
