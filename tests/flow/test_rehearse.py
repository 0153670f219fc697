"""`rehearse` from outside: the program itself, in an empty folder, without account or model."""

from __future__ import annotations

import itertools
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import pytest

from tests.cli.command import Done, run
from tests.doubles.fake_ollama import Asked, Behaviour, FakeOllama
from tests.doubles.terminal import Terminal
from tests.fork_server import SCRIPT
from tests.waiting import wait_until

NOBODY: Final = "http://127.0.0.1:9"
"""Where no Ollama listens."""
STOP_S: Final = 5.0
REAL: Final = b"the real database"


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(SCRIPT), "rehearse", *arguments]


def environment(folder: Path, **settings: str) -> Mapping[str, str]:
    """Nothing but what is named here; what the program leaves behind stays in the folder."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    base = {"PATH": os.environ["PATH"], "TMPDIR": str(temporary)}
    return {**base, "OLLAMA_URL": NOBODY, **settings}


def rehearse(folder: Path, *arguments: str, **settings: str) -> Done:
    """A rehearsal that nobody types into, to its end."""
    return run(folder, ("rehearse", *arguments), environment(folder, **settings))


@contextmanager
def started(folder: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A rehearsal that nobody types into, under way."""
    with subprocess.Popen(
        command(),
        cwd=folder,
        env=environment(folder, **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        yield process
        process.kill()


def read_until(stream: IO[str] | None, part: str) -> list[str]:
    """The lines up to the first that holds the part."""
    assert stream is not None
    lines = []
    for line in stream:
        lines.append(line)
        if part in line:
            return lines
    raise AssertionError(f"{part!r} did not come: {lines}")


def test_the_bot_speaks_and_answers_with_nothing_installed_and_nothing_left(
    tmp_path: Path,
) -> None:
    (tmp_path / "chatbot.db").write_bytes(REAL)
    done = rehearse(tmp_path)
    assert done.status == 0, done.err
    assert done.err == ""
    assert "a stand-in" in done.out
    assert "[o_o] clankbot: " in done.out
    assert "[o_o] clankbot → lurk_lotte: " in done.out
    assert "\x1b" not in done.out
    assert (tmp_path / "chatbot.db").read_bytes() == REAL
    assert {path.name for path in tmp_path.iterdir()} == {"chatbot.db", "tmp"}
    (log_file,) = (tmp_path / "tmp").iterdir()
    assert str(log_file) in done.out
    assert stat.S_IMODE(log_file.stat().st_mode) == 0o600
    assert "said" in log_file.read_text(encoding="utf-8")


def test_an_ollama_that_answers_is_used_and_the_database_kept_where_asked(
    tmp_path: Path,
) -> None:
    numbers = itertools.count()

    def reply(asked: Asked) -> str:
        words = ("apples", "bridges", "candles", "dragons", "engines", "feathers")
        return f"zanzibar is full of {words[next(numbers) % len(words)]}"

    with FakeOllama({"tiny:latest": 8192}) as ollama:
        ollama.behave(Behaviour(text=reply))
        kept = tmp_path / "kept.db"
        settings = {"OLLAMA_URL": ollama.url, "OLLAMA_MODEL": "tiny", "TWITCH_CHANNELS": "alice"}
        done = rehearse(tmp_path, "--database", str(kept), **settings)
    assert done.status == 0, done.err
    assert f"tiny, of the Ollama at {ollama.url}" in done.out
    assert "#alice" in done.out
    assert "[o_o] clankbot: zanzibar is full of apples" in done.out
    assert "[o_o] clankbot → lurk_lotte: zanzibar is full of bridges" in done.out
    assert kept.exists()


def test_a_model_that_is_lacking_and_settings_of_the_folder_show_in_the_banner(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").write_text("MESSAGE_THRESHOLD=9\n", encoding="utf-8")
    with (
        FakeOllama({"other:latest": 8192}) as ollama,
        started(tmp_path, OLLAMA_URL=ollama.url) as process,
    ):
        banner = "".join(read_until(process.stdout, "database"))
        assert "a stand-in" in banner
        assert "lacks llama3.1" in banner
        assert "after 9 messages and 1 s" in banner
        assert not ollama.asked


@pytest.mark.parametrize("name", ["chatbot.db", "./tmp/../chatbot.db"])
def test_the_real_database_is_refused(tmp_path: Path, name: str) -> None:
    done = rehearse(tmp_path, "--database", name)
    assert done.status == 2
    assert len(done.err.splitlines()) == 1
    assert not (tmp_path / "chatbot.db").exists()


@pytest.mark.parametrize(
    ("variable", "value"), [("MESSAGE_THRESHOLD", "many"), ("BLOCKED_WORDS_FILE", "missing.txt")]
)
def test_a_wrong_setting_is_told_and_ends_it(tmp_path: Path, variable: str, value: str) -> None:
    done = rehearse(tmp_path, **{variable: value})
    assert done.status == 78
    assert variable in done.err
    assert value in done.err


def test_a_reader_that_has_seen_enough_is_no_trouble(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        read_until(process.stdout, "log")
        assert process.stdout is not None
        process.stdout.close()
        process.wait(STOP_S)
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_play_can_be_stopped(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        read_until(process.stdout, "log")
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_S) == 0
        read_until(process.stdout, "The end: ")
    assert not list((tmp_path / "tmp").glob("*/"))


def in_terminal(folder: Path, *, errors: int | None = None, **settings: str) -> Terminal:
    """A rehearsal that a person types into."""
    return Terminal(command(), folder, environment(folder, TERM="xterm", **settings), errors=errors)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = in_terminal(tmp_path, NO_COLOR="1")
    yield terminal
    terminal.close()


def test_a_person_talks_with_the_bot_and_commands_it(terminal: Terminal) -> None:
    terminal.wait_for("/help")
    terminal.type("@clankbot what about the ")
    terminal.type("zebra?\n!clank threshold 3\n")
    rows = terminal.wait_for("[o_o] clankbot → you: threshold is now 3")
    assert "you: @clankbot what about the zebra?" in rows
    assert "mod you: !clank threshold 3" in rows
    terminal.wait_for("about the zebra? ")
    terminal.type("/delete\n/pace 0\nnot sent")
    terminal.wait_for("-- you deleted a message of clankbot")
    terminal.wait_for("not sent")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(STOP_S) == 0
    rows = terminal.wait_for("The end: ")
    assert not [row for row in rows if "not sent" in row]
    assert "[0m" not in terminal.written
    assert terminal.was_left_as_found()


def test_names_are_coloured_in_a_terminal(tmp_path: Path) -> None:
    terminal = in_terminal(tmp_path)
    try:
        terminal.type("hello\n/quit\n")
        terminal.wait_for("The end: ")
        assert "you\x1b[0m: hello" in terminal.written
        assert terminal.process.wait(STOP_S) == 0
    finally:
        terminal.close()


@pytest.mark.parametrize("has_readline", [True, False])
def test_a_line_half_typed_stays_whole_while_others_talk(
    tmp_path: Path, has_readline: bool
) -> None:
    lacking = {} if has_readline else {"PYTHONPATH": str(tmp_path / "lacking")}
    (tmp_path / "lacking").mkdir()
    (tmp_path / "lacking" / "readline.py").write_text("raise ImportError", encoding="utf-8")
    terminal = in_terminal(tmp_path, NO_COLOR="1", **lacking)
    try:
        terminal.wait_for(">")
        terminal.type("so far so god")
        terminal.wait_for("> so far so god")
        if has_readline:
            terminal.type("\x1b[D")
        before = len(terminal.screen().lines)
        wait_until(lambda: len(terminal.screen().lines) >= before + 2)
        assert terminal.screen().lines[-1] == "> so far so god"
        terminal.type("o\n" if has_readline else "\x7fod\n")
        rows = terminal.wait_for("you: so far so good")
        assert not [row for row in rows if row.startswith("> so")]
    finally:
        terminal.close()


def test_a_long_line_takes_one_row_and_lines_come_back(terminal: Terminal) -> None:
    terminal.wait_for(">")
    words = " ".join(f"word{number}" for number in range(100))
    terminal.type("/pace 0\n" + words)
    terminal.wait_for("word99")
    assert terminal.screen().lines[-1].endswith("word99")
    assert "word50" not in "".join(terminal.screen().lines)
    terminal.type("\n")
    said = " ".join(map(str.strip, terminal.wait_for(f"you: {words[:500]}")))
    assert words[500:].split()[0] not in said
    terminal.type("\x1b[A")
    terminal.wait_for("word99")


def test_ctrl_d_ends_only_on_an_empty_line(terminal: Terminal) -> None:
    terminal.wait_for(">")
    terminal.type("/pace 0\nhello\x04\n")
    terminal.wait_for("you: hello")
    wait_until(lambda: terminal.screen().lines[-1] == ">")
    terminal.type("\x04")
    assert terminal.process.wait(STOP_S) == 0
    assert terminal.was_left_as_found()


def test_a_terminal_that_is_closed_ends_it_without_a_word(tmp_path: Path) -> None:
    with (tmp_path / "errors.txt").open("w+b") as errors:
        terminal = in_terminal(tmp_path, errors=errors.fileno())
        try:
            terminal.wait_for(">")
            terminal.vanish()
            terminal.process.wait(STOP_S)
            errors.seek(0)
            assert errors.read() == b""
        finally:
            terminal.close()
