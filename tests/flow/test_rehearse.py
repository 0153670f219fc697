"""`rehearse` from outside: the program itself, in an empty folder, without account or model."""

from __future__ import annotations

import itertools
import os
import pty
import signal
import stat
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

import pytest

from tests.doubles.fake_ollama import Asked, Behaviour, FakeOllama
from tests.waiting import wait_until

PROGRAM: Final = Path(__file__).resolve().parents[2] / "clankbot.py"
NOBODY: Final = "http://127.0.0.1:9"
"""Where no Ollama listens."""
STOP_S: Final = 5.0
PLAY_S: Final = 30.0
REAL: Final = b"the real database"


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(PROGRAM), "rehearse", *arguments]


def environment(folder: Path, **settings: str) -> Mapping[str, str]:
    """Nothing but what is named here; what the program leaves behind stays in the folder."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    base = {"PATH": os.environ["PATH"], "TMPDIR": str(temporary), "PYTHONIOENCODING": "utf-8"}
    return {**base, "OLLAMA_URL": NOBODY, **settings}


def rehearse(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A rehearsal that nobody types into, to its end."""
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(folder, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PLAY_S,
        check=False,
    )


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
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "a stand-in" in done.stdout
    assert "[o_o] clankbot: " in done.stdout
    assert "[o_o] clankbot → lurk_lotte: " in done.stdout
    assert "\x1b" not in done.stdout
    assert (tmp_path / "chatbot.db").read_bytes() == REAL
    assert {path.name for path in tmp_path.iterdir()} == {"chatbot.db", "tmp"}
    (log_file,) = (tmp_path / "tmp").iterdir()
    assert str(log_file) in done.stdout
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
    assert done.returncode == 0, done.stderr
    assert f"tiny, of the Ollama at {ollama.url}" in done.stdout
    assert "#alice" in done.stdout
    assert "[o_o] clankbot: zanzibar is full of apples" in done.stdout
    assert "[o_o] clankbot → lurk_lotte: zanzibar is full of bridges" in done.stdout
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
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "chatbot.db").exists()


@pytest.mark.parametrize(
    ("variable", "value"), [("MESSAGE_THRESHOLD", "many"), ("BLOCKED_WORDS_FILE", "missing.txt")]
)
def test_a_wrong_setting_is_told_and_ends_it(tmp_path: Path, variable: str, value: str) -> None:
    done = rehearse(tmp_path, **{variable: value})
    assert done.returncode == 78
    assert variable in done.stderr
    assert value in done.stderr


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


class Terminal:
    """A rehearsal in a pseudo-terminal, and a person who types and reads."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._person, self._program = pty.openpty()
        os.set_blocking(self._person, False)
        self._before = termios.tcgetattr(self._program)
        self._read = b""
        self.process = subprocess.Popen(
            command(),
            cwd=folder,
            env=environment(folder, **settings),
            stdin=self._program,
            stdout=self._program,
            stderr=self._program,
        )

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._program)
        os.close(self._person)

    def type(self, keys: str) -> None:
        os.write(self._person, keys.encode())

    def screen(self) -> str:
        """All that was written so far."""
        with suppress(BlockingIOError):
            self._read += os.read(self._person, 65536)
        return self._read.decode("utf-8", "replace")

    def wait_for(self, text: str) -> str:
        """What was written, once the text is in it."""
        wait_until(lambda: text in self.screen(), 10.0)
        return self.screen()

    def was_left_as_found(self) -> bool:
        return termios.tcgetattr(self._program) == self._before


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path, NO_COLOR="1", TERM="xterm")
    yield terminal
    terminal.close()


def test_a_person_talks_with_the_bot_and_commands_it(terminal: Terminal) -> None:
    terminal.wait_for("/help")
    terminal.type("@clankbot what about the ")
    terminal.type("zebra?\n!clank threshold 3\n")
    screen = terminal.wait_for("[o_o] clankbot → you: threshold is now 3")
    assert "\nyou: @clankbot what about the zebra?" in screen.replace("\r\x1b[K", "\n")
    terminal.wait_for("about the zebra?\r")
    terminal.type("/delete\n/pace 0\nnot sent")
    terminal.wait_for("-- you deleted a message of clankbot")
    terminal.wait_for("not sent")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(STOP_S) == 0
    assert "The end: " in terminal.screen()
    assert "[0m" not in terminal.screen()
    assert terminal.was_left_as_found()


def test_names_are_coloured_in_a_terminal(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, TERM="xterm")
    try:
        terminal.type("hello\n/quit\n")
        terminal.wait_for("you\x1b[0m: hello")
        assert terminal.process.wait(STOP_S) == 0
    finally:
        terminal.close()
