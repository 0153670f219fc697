"""The program from outside: exit statuses, a clear sentence for each mistake, signals, restarts."""

from __future__ import annotations

import fcntl
import json
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from clankbot import __version__
from clankbot.database.database import Database
from tests.doubles.fake_ollama import Behaviour
from tests.flow.program import LiveProgram, live_program, program
from tests.flow.world import sql
from tests.fork_server import SCRIPT
from tests.waiting import AT_ONCE_S, wait_until


def texts(folder: Path) -> list[str]:
    """The stored texts, in order."""
    return [text for (text,) in sql(folder, "SELECT message_content FROM messages ORDER BY id")]


def signed_in(live: LiveProgram) -> LiveProgram:
    """The same program, with its account signed in."""
    live.sign_in()
    return live


def test_help_and_version_cost_nothing_and_work_from_anywhere(tmp_path: Path) -> None:
    with program(tmp_path, forks=False) as bot:
        assert bot.run("--version").output == f"clankbot {__version__}\n"
        for command in ("run", "login", "check", "rehearse", "stats", "export", "forget"):
            done = bot.run(command, "--help")
            assert done.status == 0
            assert command in done.output
    code = "import sys; sys.argv[1:] = ['--help']; import clankbot.app as a\n"
    code += "try: a.main()\nexcept SystemExit: print(sorted(m for m in sys.modules if m in "
    code += "('requests', 'cryptography', 'pymysql', 'sqlite3', 'clankbot.bot')))"
    seen = subprocess.run(
        [sys.executable, "-c", code], cwd=SCRIPT.parent, capture_output=True, text=True, check=True
    )
    assert seen.stdout.endswith("[]\n")


def test_wrong_usage_is_status_2(tmp_path: Path) -> None:
    with program(tmp_path) as bot:
        assert bot.run("dance").status == 2
        assert bot.run("export").status == 2


def test_all_wrong_settings_are_told_at_once_without_secrets(tmp_path: Path) -> None:
    wrong = {
        "TWITCH_CHANNELS": "alpha,no-name",
        "MESSAGE_THRESHOLD": "many",
        "TWITCH_IRC_URL": "irc://irc.chat.twitch.tv",
        "OLLAMA_API_KEY": "secret key with blanks",
    }
    with program(tmp_path, **wrong) as bot:
        done = bot.run("run")
    assert done.status == 78
    assert all(name in done.output for name in wrong)
    assert "secret key" not in done.output
    assert "Traceback" not in done.output
    assert list(tmp_path.glob("chatbot*")) == []


def test_missing_settings_and_bad_files_are_told_with_the_wrong_ones(tmp_path: Path) -> None:
    """And before all of these what may be the reason: a misspelt name."""
    (tmp_path / ".env").write_text("TWITCH_CHANEL=alpha\nTIME_DELAY=soon\n", encoding="utf-8")
    wrong = {"TOKEN_ENCRYPTION_KEY_FILE": "no.key", "BLOCKED_WORDS_FILE": "no.txt"}
    with program(tmp_path, **wrong) as bot:
        done = bot.run("run")
        check = bot.run("check")
    assert done.status == 78
    first, *others = done.output.splitlines()
    assert first.startswith("clankbot: warning: TWITCH_CHANEL in .env is not a setting")
    named = ("TIME_DELAY", "TWITCH_CHANNELS", "TWITCH_CLIENT_ID", "no.txt", "no.key")
    assert len(others) == len(named)
    assert all(name in line for name, line in zip(named, others, strict=True))
    assert check.output.startswith("warn  settings   TWITCH_CHANEL")


def test_a_fatal_line_is_a_line_of_the_log_if_a_program_reads_that(tmp_path: Path) -> None:
    wrong = {"TIME_DELAY": "soon", "LOG_LEVEL": "ERROR"}
    with program(tmp_path, **wrong, TWITCH_CHANNELS="alpha", DRY_RUN="true") as bot:
        told = json.loads(bot.run("run", LOG_FORMAT="json").output)
        assert told["level"] == "CRITICAL"
        assert told["message"].startswith("TIME_DELAY is 'soon'; accepted: ")
        (tmp_path / "odd").mkdir()
        late = bot.run("run", LOG_FORMAT="json", TIME_DELAY="0", DATABASE_URL="odd")
        assert late.status == 78
        assert json.loads(late.output)["message"].startswith(f"the database {tmp_path}/odd cannot")


def test_login_tells_what_is_doubtful_in_the_settings(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TWITCH_CLIENTID=x\n", encoding="utf-8")
    with program(tmp_path) as bot:
        done = bot.run("login")
        status = bot.run("login", "--status")
    assert done.status == 78
    assert "TWITCH_CLIENT_ID is not set" in done.output
    assert all("did you mean TWITCH_CLIENT_ID?" in each.output for each in (done, status))


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read"), (b"fine\n***\n", "line 2"), (b"\xfa\xfe", "not UTF-8")],
)
def test_a_word_list_that_is_no_good_is_status_78(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    words = tmp_path / "blocked_words.txt"
    with program(tmp_path, TWITCH_CHANNELS="alpha", DRY_RUN="true") as bot:
        words.unlink() if content is None else words.write_bytes(content)
        done = bot.run("run")
    assert done.status == 78
    assert said in done.output
    assert str(words) in done.output


@pytest.mark.parametrize("path", ["/proc/nowhere/chat.db", "folder"])
def test_a_database_that_cannot_be_opened_is_one_clear_sentence(tmp_path: Path, path: str) -> None:
    (tmp_path / "folder").mkdir()
    with program(tmp_path, TWITCH_CHANNELS="alpha", DRY_RUN="true", DATABASE_URL=path) as bot:
        done = bot.run("run")
    assert done.status == 78
    assert path in done.output
    assert "DATABASE_URL accepts" in done.output
    assert "Traceback" not in done.output


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with program(tmp_path, TWITCH_CHANNELS="alpha", DRY_RUN="true") as bot:
        Database.sqlite(tmp_path / "chatbot.db").prepare()
        with closing(sqlite3.connect(tmp_path / "chatbot.db")) as connection, connection:
            connection.execute("UPDATE schema_version SET version = version + 100")
        done = bot.run("run")
    assert done.status == 78
    assert "newer" in done.output


def test_nobody_signed_in_is_status_77(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        done = live.run("run")
    assert done.status == 77
    assert "login" in done.output


def test_a_second_bot_is_refused_by_the_lock_on_the_file_beside_the_database(
    tmp_path: Path,
) -> None:
    with live_program(tmp_path) as live:
        signed_in(live).start_and_join()
        with (tmp_path / "chatbot.db.lock").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        done = live.run("run")
        assert done.status == 1
        assert str(live.running.pid if live.running else "") in done.output
        assert live.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_of_a_generation_stops_it_cleanly(
    tmp_path: Path, number: signal.Signals
) -> None:
    with live_program(tmp_path, MESSAGE_THRESHOLD="1") as live:
        signed_in(live).start_and_join()
        live.ollama.behave(Behaviour(delay_s=30))
        live.room.say("alpha", "alice", "the first one")
        asked = live.ollama.wait_asked()
        late = [f"late {number}" for number in range(200)]
        for text in late:
            live.room.say("alpha", "bruno", text)
        wait_until(lambda: texts(tmp_path))
        assert live.stop(number, timeout_s=AT_ONCE_S) == 0
        assert asked.hung_up
        assert live.room.wait_line("QUIT")
        kept = texts(tmp_path)
        assert kept == ["the first one", *late[: len(kept) - 1]]
        assert sql(tmp_path, "PRAGMA integrity_check") == [("ok",)]


def test_after_kill_9_it_starts_again_and_nothing_stored_is_lost_or_doubled(tmp_path: Path) -> None:
    with live_program(tmp_path, MESSAGE_THRESHOLD="500") as live:
        signed_in(live).start_and_join()
        for number in range(300):
            live.room.say("alpha", "alice", f"text {number}", message_id=f"m-{number}")
        wait_until(lambda: len(texts(tmp_path)) > 50)
        live.stop(signal.SIGKILL)
        before = texts(tmp_path)
        live.start_and_join()
        for number in range(300):
            live.room.say("alpha", "alice", f"text {number}", message_id=f"m-{number}")
        wait_until(lambda: len(texts(tmp_path)) == 300)
        assert texts(tmp_path)[: len(before)] == before
        assert live.stop() == 0


def test_a_thread_that_dies_takes_the_program_down_with_status_1(tmp_path: Path) -> None:
    with live_program(tmp_path, LOG_LEVEL="INFO") as live:
        live.sign_in()
        with closing(sqlite3.connect(tmp_path / "chatbot.db")) as connection, connection:
            connection.execute("DROP TABLE channel_config")
            connection.execute("CREATE TABLE channel_config (channel TEXT)")
        live.start()
        assert live.wait() == 1
        assert "thread failed" in live.log
        assert "Traceback" not in live.log


def test_files_are_for_the_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    with live_program(tmp_path) as live:
        signed_in(live).start_and_join()
        live.room.say("alpha", "alice", "hello")
        wait_until(lambda: texts(tmp_path))
        made = list(tmp_path.glob("chatbot*"))
        assert {path.name for path in made} >= {"chatbot.db", "chatbot.key", "chatbot.db-wal"}
        for path in made:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
        assert live.stop() == 0


def test_sighup_reads_the_word_list_again_and_a_broken_one_is_not_taken(tmp_path: Path) -> None:
    with live_program(tmp_path, MESSAGE_THRESHOLD="500") as live:
        signed_in(live).start_and_join()
        words = tmp_path / "blocked_words.txt"
        words.write_text("pancake\n", encoding="utf-8")
        assert live.running is not None
        live.running.send_signal(signal.SIGHUP)
        live.wait_log("blocked words reloaded")
        words.write_text("fine\n***\n", encoding="utf-8")
        live.running.send_signal(signal.SIGHUP)
        live.wait_log("blocked words not reloaded")
        live.room.say("alpha", "alice", "one pancake please")
        live.room.say("alpha", "alice", "a blorpword is fine now")
        wait_until(lambda: texts(tmp_path) == ["a blorpword is fine now"])
        assert live.stop() == 0


def test_a_shadow_run_without_an_account_reads_anonymously_and_says_nothing(tmp_path: Path) -> None:
    with live_program(tmp_path, DRY_RUN="true", MESSAGE_THRESHOLD="2") as live:
        live.settings.pop("TWITCH_CLIENT_ID")
        live.ollama.say("this stays in the log")
        live.start_and_join()
        assert live.room.logins[-1].login.startswith("justinfan")
        for text in ("one", "two"):
            live.room.say("alpha", "alice", text)
        live.wait_log("this stays in the log")
        assert live.stop() == 0
        assert not live.room.messages


def test_json_logs_are_one_object_a_line(tmp_path: Path) -> None:
    with live_program(tmp_path, LOG_FORMAT="json", LOG_LEVEL="DEBUG") as live:
        signed_in(live).start_and_join()
        live.room.say("alpha", "alice", 'a "blorpword" \\ and \u2028 more')
        live.wait_log("message blocked")
        assert live.stop() == 0
        entries = [json.loads(line) for line in live.log.split("\n") if line]
        assert all({"ts", "level", "logger", "message"} <= entry.keys() for entry in entries)
        (blocked,) = (e for e in entries if e["message"] == "message blocked")
        assert blocked["text"] == 'a "blorpword" \\ and \u2028 more'
        assert blocked["entry"] == "blorpword"


def test_forget_and_stats_work_on_what_is_stored(tmp_path: Path) -> None:
    with live_program(tmp_path, MESSAGE_THRESHOLD="500") as live:
        signed_in(live).start_and_join()
        for name in ("alice", "alice", "bruno"):
            live.room.say("alpha", name, f"words of {name}")
        live.room.say("alpha", "mona", "!clank threshold 20", is_mod=True)
        live.room.wait_message("alpha")
        wait_until(lambda: len(texts(tmp_path)) == 3)
        stats = live.run("stats")
        assert stats.status == 0
        assert "#alpha" in stats.output
        assert "2" in live.run("forget", "@Alice").output
        assert texts(tmp_path) == ["words of bruno"]
        assert live.run("forget", "alice").status == 1
        changes = live.run("stats", "--changes").output
        assert "threshold" in changes
        assert "mona" in changes
        assert "messages" in live.run("stats", "--why", "alpha").output
        assert live.stop() == 0


def test_warnings_about_settings_are_logged_at_every_start(tmp_path: Path) -> None:
    with live_program(tmp_path, CONTENT_FILTER_ENABLED="false") as live:
        signed_in(live).start_and_join()
        assert live.stop() == 0
        assert "CONTENT_FILTER_ENABLED is false" in live.log


def test_looking_for_a_sign_in_makes_no_database(tmp_path: Path) -> None:
    with program(tmp_path) as bot:
        status, logout = bot.run("login", "--status"), bot.run("logout")
    assert (status.status, logout.status) == (1, 0)
    assert "Nobody is signed in" in status.output
    assert "Nobody is signed in" in logout.output
    assert list(tmp_path.glob("chatbot*")) == []


def test_logout_needs_no_client_id_to_delete(tmp_path: Path) -> None:
    with live_program(tmp_path, TWITCH_CLIENT_ID="") as live:
        signed_in(live)
        done = live.run("logout")
        assert done.status == 0
        assert "TWITCH_CLIENT_ID is not set" in done.output
        assert not sql(tmp_path, "SELECT 1 FROM auth_tokens")
