"""``check`` without a service to be reached: words, texts, wrong settings, and how it is shown."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clankbot.database.database import Database
from clankbot.database.schema import MIGRATIONS, migrate
from clankbot.database.session import Session
from clankbot.records.writes import BlockTerm, SetSetting
from tests.cli.command import SCRIPT, clankbot, fill, said
from tests.doubles.terminal import Terminal
from tests.waiting import wait_until

# Nothing answers there.
NOWHERE = {
    "OLLAMA_URL": "http://127.0.0.1:9",
    "TWITCH_IRC_URL": "irc://127.0.0.1:9",
    "TWITCH_AUTH_URL": "http://127.0.0.1:9",
    "TWITCH_API_URL": "http://127.0.0.1:9",
    "TWITCH_CLIENT_ID": "x" * 30,
    "TWITCH_CHANNELS": "alpha",
}


def test_the_word_list_is_looked_at_line_by_line(tmp_path: Path) -> None:
    lines = ["zizzle", "zizzle, wobbly", *(f"/w{n}bble/" for n in range(30)), "wobbly # insult"]
    words = tmp_path / "words.txt"
    words.write_text("\n".join(lines), "utf-8")
    out = clankbot(tmp_path, "check", BLOCKED_WORDS_FILE=str(words), **NOWHERE).out
    told = [line[17:] for line in out.splitlines() if line[6:].startswith("words")]
    assert told[0].startswith("line 2 of words.txt looks like a row of words with commas")
    assert told[0].endswith(": zizzle / wobbly")
    assert told[1].startswith("line 3 of words.txt looks like a regular expression")
    assert told[6] == "25 more lines of words.txt like these, up to line 32"
    assert told[7].startswith("line 33 of words.txt looks like a word with a comment")
    assert told[8] == f"{words} has 33 words and phrases"
    words.write_text("바보\n멍청이\n", "utf-8")
    out = clankbot(tmp_path, "check", BLOCKED_WORDS_FILE=str(words), **NOWHERE).out
    assert "and 1 more of words.txt: that whole word; with a particle attached only if" in out
    words.write_text("zizzle, wobbly\n[\nzizzle\n", "utf-8")
    out = clankbot(tmp_path, "check", BLOCKED_WORDS_FILE=str(words), **NOWHERE).out
    assert f"fail  words      {words}, line 2: looks like a bracket of JSON; leave it out" in out
    assert "warn  words      line 1 of words.txt looks like a row of words with commas" in out
    words.write_bytes("zizzle\n".encode("utf-16"))
    out = clankbot(tmp_path, "check", BLOCKED_WORDS_FILE=str(words), **NOWHERE).out
    assert f"fail  words      {words} is UTF-16 text; save it as UTF-8" in out


def test_what_the_filter_makes_of_a_text(tmp_path: Path) -> None:
    fill(tmp_path, [BlockTerm("alpha", "old barn", "7", 1)])
    words = tmp_path / "words.txt"
    words.write_text("# words\nzizzle\n", "utf-8")

    def told(text: str, *options: str) -> tuple[int, str]:
        done = clankbot(tmp_path, "check", "--text", text, *options, BLOCKED_WORDS_FILE=str(words))
        assert done.err == ""
        return done.status, done.out

    assert told("so Z1ZZLE") == (
        1,
        "blocked: Z1ZZLE is blocked by zizzle (line 2 of words.txt: that whole word)"
        "\n"
        "it was read as zizzle, through capitals, digits and signs for letters\n",
    )
    assert told("the old barn") == (0, "passes: nothing of it is on words.txt\n")
    assert told("the old barn", "--channel", "#Alpha") == (
        1,
        "blocked: old barn is blocked by old barn (a term of #alpha: that phrase)\n",
    )
    status, out = told("zizzle", "--json")
    why = json.loads(out)
    assert (status, why["is_blocked"], why["entry"], why["line"]) == (1, True, "zizzle", 2)
    words.write_text("***\n", "utf-8")
    bad = clankbot(tmp_path, "check", "--text", "x", BLOCKED_WORDS_FILE=str(words))
    assert bad.status == 78
    assert "line 1: a word with a wildcard needs at least 2 letters" in bad.err


def test_a_wrong_setting_hides_only_what_hangs_on_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OLLAMA_URL=nonsense://\nTWITCH_IRC_URL=irc://x.tv\n", "utf-8")
    given = {
        name: value for name, value in NOWHERE.items() if "IRC" not in name and "OLL" not in name
    }
    done = clankbot(tmp_path, "check", "--json", **given)
    assert done.status == 1
    shown = json.loads(done.out)
    told = {(each["subject"], each["verdict"]): each["text"] for each in shown["findings"]}
    assert told["ollama", "skip"] == "to be mended first: OLLAMA_URL"
    assert told["chat", "skip"] == "to be mended first: TWITCH_IRC_URL"
    assert told["settings", "ok"] == "the bot will sit in #alpha"
    assert told["model", "skip"] == "there is no model to be tried"
    assert told["sign-in", "fail"].endswith(f"run: {sys.executable} {SCRIPT} login")
    assert ("words", "ok") in told
    assert ("database", "ok") in told
    assert shown["fail"] == sum(each["verdict"] == "fail" for each in shown["findings"]) == 3


def test_what_is_missing_is_told_with_where_it_was_looked_for(tmp_path: Path) -> None:
    given = {name: NOWHERE[name] for name in NOWHERE if name != "TWITCH_CLIENT_ID"}
    out = clankbot(tmp_path, "check", **given).out.splitlines()
    assert out[0].startswith("fail  settings   TWITCH_CLIENT_ID is not set; accepted: ")
    assert out[1].startswith(f"warn  settings   there is no .env in {tmp_path}, where it is looked")
    assert out[1].endswith(f"; run: {sys.executable} {SCRIPT} login")
    assert out[2] == "ok    settings   the bot will sit in #alpha"
    assert clankbot(tmp_path, "check", "--channel", "alpha").status == 2


def test_it_changes_nothing_not_even_an_older_database(tmp_path: Path) -> None:
    clankbot(tmp_path, "check", **NOWHERE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blocked_words.txt"]
    path = tmp_path / "chatbot.db"
    path.touch(0o600)
    with Database.sqlite(path).open() as store:
        session: Session = store._session
        migrate(session, lambda: 1, MIGRATIONS[:2])
    before = path.read_bytes()
    out = clankbot(tmp_path, "check", **NOWHERE).out
    assert "is of an older version (schema 2, this is" in out
    assert "fail  sign-in    nobody is signed in; run: " in out
    assert path.read_bytes() == before
    zone = SetSetting("alpha", "timezone", "Moon/Base", "7", "mona", 1)
    (tmp_path / "another").mkdir()
    fill(tmp_path / "another", [said("hello"), zone])
    before = (tmp_path / "another" / "chatbot.db").read_bytes()
    out = clankbot(tmp_path / "another", "check", **NOWHERE).out
    assert "fail  sign-in    nobody is signed in; run: " in out
    assert "warn  clock      the time zone Moon/Base of #alpha is not known here" in out
    assert (tmp_path / "another" / "chatbot.db").read_bytes() == before


@contextmanager
def in_terminal(folder: Path, columns: int, **more: str) -> Iterator[Terminal]:
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", **NOWHERE, **more}
    terminal = Terminal(
        [sys.executable, str(SCRIPT), "check"], folder, environment, columns=columns
    )
    try:
        wait_until(lambda: terminal.process.poll() is not None)
        yield terminal
    finally:
        terminal.close()


def test_a_narrow_terminal_gets_a_hanging_indent_and_commands_in_one_piece(tmp_path: Path) -> None:
    (tmp_path / "blocked_words.txt").write_text("zizzle, wobbly\n", "utf-8")
    with in_terminal(tmp_path, 40) as terminal:
        lines = terminal.screen().lines
        start = next(at for at, line in enumerate(lines) if line.startswith("warn  words"))
        assert lines[start] == "warn  words      line 1 of"
        assert lines[start + 1] == "      blocked_words.txt looks like a"
        assert "\x1b[33mwarn\x1b[0m" in terminal.written
        assert f"      {sys.executable} {SCRIPT} login\r\n" in terminal.written
        assert lines[-1] == "3 to mend, 1 warning, 3 not looked at"
    with in_terminal(tmp_path, 80, NO_COLOR="1") as terminal:
        lines = terminal.screen().lines
        start = next(at for at, line in enumerate(lines) if line.startswith("warn  words"))
        assert lines[start].startswith(
            "warn  words      line 1 of blocked_words.txt looks like a row"
        )
        assert lines[start + 1].startswith(" " * 17 + "commas between them; write")
        assert "\x1b[3" not in terminal.written
