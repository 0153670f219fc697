"""`export` from outside: what of a channel's history becomes training data, and what must not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clankbot.records.writes import BlockTerm, OptOut
from tests.cli.command import BLOCKED, bot_said, clankbot, fill, said, started
from tests.waiting import PATIENCE_S


def examples(out: str) -> list[tuple[str, str]]:
    """Transcript and answer of each line."""
    found = []
    for line in out.splitlines():
        _, user, assistant = json.loads(line)["messages"]
        found.append((user["content"], assistant["content"]))
    return found


def test_lines_of_chat_and_the_message_that_came_next(tmp_path: Path) -> None:
    fill(tmp_path, [said("one"), said("two", "2"), bot_said("beep"), said("three")])
    done = clankbot(tmp_path, "export", "#Alpha", "--lines", "2", "--names")
    assert (done.status, done.err) == (0, "")
    assert examples(done.out) == [
        ("Visitor1: one", "two"),
        ("Visitor2: two\nClankBot: beep", "three"),
    ]
    first, _ = done.out.splitlines()
    assert list(json.loads(first)) == ["messages"]


def test_viewers_are_pseudonyms_unless_asked_otherwise(tmp_path: Path) -> None:
    fill(
        tmp_path,
        [
            said("one"),
            said("hi @visitor1 and VISITOR1", "2"),
            said("@vi\u200bsitor2 @clankbot", "1", message_id="3"),
            bot_said("hello @Visitor2"),
            said("and @visitor2, @lurker", "3"),
        ],
    )
    outs = [clankbot(tmp_path, "export", "alpha", "--lines", "1").out for _ in range(2)]
    for name in ("visitor", "lurker"):
        assert name not in outs[0].lower()
    assert outs[0] != outs[1]
    (one, hi), (two, at), (_, last) = examples(outs[0])
    (first, _), (second, _) = one.split(": "), two.split(": ")
    assert hi == f"hi @{first} and {first}"
    assert at.startswith(f"@{second} @")
    assert last.startswith(f"and @{second}, @viewer_")


def test_what_may_not_be_passed_on_is_left_out(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("IGNORED_USERS=visitor6\n", encoding="utf-8")
    fill(
        tmp_path,
        [
            OptOut("4", 1),
            BlockTerm("alpha", "pineapple", "1", 1),
            BlockTerm("beta", "two", "1", 1),
            said("one"),
            said(f"a {BLOCKED}"),
            said("named", "3", name=BLOCKED),
            said("opted out", "4"),
            said("PINEAPPLE pizza"),
            said("of a bot", "6"),
            said("\u200b \u200b"),
            said("two"),
            said("three"),
        ],
    )
    done = clankbot(tmp_path, "export", "alpha", "--lines", "1", "--names")
    assert examples(done.out) == [("Visitor1: one", "two"), ("Visitor1: two", "three")]


@pytest.mark.parametrize(
    ("channel", "reason"),
    [("alpha", "#alpha holds no two messages"), ("nowhere", "nothing is stored of #nowhere")],
)
def test_nothing_to_export_is_one_sentence(tmp_path: Path, channel: str, reason: str) -> None:
    fill(tmp_path, [said("one"), bot_said("beep")])
    done = clankbot(tmp_path, "export", channel)
    assert (done.status, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
    assert reason in done.err


def test_a_missing_word_list_is_a_wrong_setting(tmp_path: Path) -> None:
    fill(tmp_path, [said("one"), said("two")])
    done = clankbot(tmp_path, "export", "alpha", BLOCKED_WORDS_FILE="gone.txt")
    assert (done.status, done.out) == (78, "")


def test_the_output_is_utf8_whatever_the_locale(tmp_path: Path) -> None:
    fill(tmp_path, [said("grüße 🐈"), said("schön")])
    done = clankbot(
        tmp_path, "export", "alpha", "--lines=1", "--names", LC_ALL="C", PYTHONIOENCODING="ascii"
    )
    assert examples(done.out) == [("Visitor1: grüße 🐈", "schön")]
    assert "🐈" in done.out


def test_a_reader_that_has_seen_enough_is_no_trouble(tmp_path: Path) -> None:
    fill(tmp_path, [said(f"text {n} {'x' * 400}") for n in range(2000)])
    with started(tmp_path, "export", "alpha") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"messages"')
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=PATIENCE_S) == 0
