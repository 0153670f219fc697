"""`replay` from outside: a saved chat, the real program, and a stand-in for the model."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import BLOCKED, Done, bot_said, clankbot, fill, said, started
from tests.doubles.fake_ollama import Behaviour, FakeOllama
from tests.waiting import PATIENCE_S

START_MS = 1_904_385_600_000
"""2030-05-07 12:00:00 UTC."""
NOBODY = "http://127.0.0.1:9"
"""Where no Ollama listens."""


_ATTEMPT = re.compile(r"2030-05-07 (\S+)  #\w+ +(\d+ messages|mention by \w+) *(.*)")


class Log:
    """A log as it is written down: a message every ten seconds unless told otherwise.

    The messages' ids are counted from 0; the user id is the login, the display name as it shows.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now_ms = START_MS
        self.count = 0

    def say(
        self, text: str, login: str = "ann", *, after_s: float = 10, channel: str = "alpha"
    ) -> None:
        """Somebody says something."""
        self.now_ms += round(after_s * 1000)
        tags = f"display-name={login.title()};id={self.count};user-id={login}"
        self.line(tags, f":{login}!{login}@{login} PRIVMSG #{channel} :{text}")
        self.count += 1

    def chat(self, count: int) -> None:
        """So many viewers say something."""
        for n in range(count):
            self.say(f"message number {self.count}", f"viewer{n % 5}")

    def line(self, tags: str, rest: str) -> None:
        """Anything else happens."""
        self.lines.append(f"@{tags};tmi-sent-ts={self.now_ms} {rest}")


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama({"tiny:latest": 8192}) as server:
        yield server


def replay(
    folder: Path, log: Log, *options: str, ollama: FakeOllama | None = None, **settings: str
) -> Done:
    """The replay of a log; without an Ollama, only the moments."""
    (folder / "chat.log").write_text("\n".join(log.lines), encoding="utf-8")
    more = ["--no-model"] if ollama is None else []
    base = {"OLLAMA_URL": ollama.url if ollama else NOBODY, "OLLAMA_MODEL": "tiny"}
    pace = {"MESSAGE_THRESHOLD": "3", "TIME_DELAY": "0"}
    return clankbot(folder, "replay", "chat.log", *more, *options, **(base | pace | settings))


def moments(done: Done) -> list[tuple[str, str, str]]:
    """Time of day, occasion, and what was said of each attempt."""
    assert (done.status, done.err) == (0, "")
    found = [_ATTEMPT.fullmatch(line) for line in done.out.splitlines()]
    return [(match[1], match[2], match[3]) for match in found if match]


def test_the_moments_follow_threshold_and_delay_on_the_files_clock(tmp_path: Path) -> None:
    log = Log()
    log.chat(10)
    done = replay(tmp_path, log)
    assert done.out.splitlines() == [
        "10 messages in #alpha; no model, threshold 3, delay 0s",
        "2030-05-07 12:00:30  #alpha  3 messages",
        "2030-05-07 12:01:00  #alpha  3 messages",
        "2030-05-07 12:01:30  #alpha  3 messages",
        "#alpha: 10 messages in 1m30s; would have spoken 3 times (3 by itself, 0 when spoken to),"
        " one in 3 messages; longest silence 30s",
    ]
    slower = replay(tmp_path, log, TIME_DELAY="50")
    assert moments(slower) == [("12:00:30", "3 messages", ""), ("12:01:20", "5 messages", "")]


def test_the_model_is_asked_with_what_the_bot_would_have_known(
    tmp_path: Path, ollama: FakeOllama
) -> None:
    ollama.say("pancakes are nice", "what about waffles")
    log = Log()
    log.chat(2)
    log.say(f"{BLOCKED} here")
    log.say("!song next")
    log.say("nothing to see", "nightbot")
    log.chat(4)
    options = ("--set", "prompt=You are a sleepy cat.", "--set", "temperature=0.5")
    done = replay(tmp_path, log, *options, ollama=ollama)
    assert moments(done) == [
        ("12:01:00", "3 messages", "pancakes are nice"),
        ("12:01:30", "3 messages", "what about waffles"),
    ]
    first, second = ollama.asked
    assert "You are a sleepy cat." in first.system
    assert first.options["temperature"] == 0.5
    assert "Viewer0: message number 0\n" in first.user
    for word in (BLOCKED, "song", "Nightbot"):
        assert word not in second.user
    assert "clankbot: pancakes are nice\n" in second.user
    assert {path.name for path in tmp_path.iterdir()} == {"chat.log", "blocked_words.txt"}


def test_who_speaks_to_the_bot_is_answered_once_in_a_while(
    tmp_path: Path, ollama: FakeOllama
) -> None:
    ollama.say("pancakes", "waffles are better")
    log = Log()
    log.say("@robo hi")
    log.say("robo, again")
    log.say("@Robo and now?", after_s=60)
    alone = ("--set=spontaneous=off", "--set=followup=0")
    done = replay(tmp_path, log, "--bot", "@Robo", *alone, ollama=ollama)
    assert moments(done) == [
        ("12:00:10", "mention by Ann", "pancakes"),
        ("12:01:20", "mention by Ann", "waffles are better"),
    ]
    assert "(0 by itself, 2 when spoken to)" in done.out


def test_what_moderators_removed_is_gone_in_a_replay_too(
    tmp_path: Path, ollama: FakeOllama
) -> None:
    ollama.say("pancakes")
    log = Log()
    log.say("a secret")
    log.line("target-msg-id=0", ":tmi.twitch.tv CLEARMSG #alpha :a secret")
    log.say("a rumour", "bob")
    log.say("a joke", "eve")
    log.line("target-user-id=bob", ":tmi.twitch.tv CLEARCHAT #alpha :bob")
    log.chat(4)
    replay(tmp_path, log, "--set", "threshold=5", ollama=ollama)
    (asked,) = ollama.asked
    assert "a joke" in asked.user
    for word in ("a secret", "a rumour"):
        assert word not in asked.user


def test_the_settings_of_the_replay_hold_whatever_was_in_the_way_then(tmp_path: Path) -> None:
    log = Log()
    log.line("followers-only=10;emote-only=1", ":tmi.twitch.tv ROOMSTATE #alpha")
    mod = "badges=moderator/1;display-name=Mo;id=x;user-id=5"
    log.line(mod, ":mo!mo@mo PRIVMSG #alpha :!clank off")
    log.chat(2)
    log.say("!clank optout", "eve")
    log.say("not counted", "eve")
    log.say("clankbot says so", "clankbot")
    log.chat(1)
    done = replay(tmp_path, log, "--set", "liveonly=on")
    assert moments(done) == [("12:01:00", "3 messages", "")]
    assert "left out: 1 message of clankbot itself" in done.out


def test_what_comes_to_nothing_is_told_with_the_reason(tmp_path: Path, ollama: FakeOllama) -> None:
    ollama.say("", "pancakes are nice", "Pancakes are nice!", f"so {BLOCKED}", "waffles, then")
    log = Log()
    log.say("!clank optout", "eve")
    log.chat(12)
    done = replay(tmp_path, log, ollama=ollama)
    assert [what for _, _, what in moments(done)] == [
        "(nothing usable was left of the answer)",
        "pancakes are nice",
        "(a repeat of a recent message of its own)",
        "(blocked by the filter)",
        "waffles, then",
    ]
    assert "3 attempts came to nothing" in done.out


def test_a_model_that_is_too_slow_is_no_reason_to_stop(tmp_path: Path, ollama: FakeOllama) -> None:
    ollama.once(Behaviour(delay_s=60))
    log = Log()
    log.chat(4)
    done = replay(tmp_path, log, ollama=ollama, OLLAMA_TIMEOUT="0.5")
    late, fine = moments(done)
    assert late[:2] == ("12:00:30", "3 messages")
    assert late[2].startswith("(too slow: no word in time, with 3 lines")
    assert fine[:2] == ("12:00:40", "4 messages")
    assert not fine[2].startswith("(")


def test_a_server_that_fails_ends_it_with_the_figures_so_far(
    tmp_path: Path, ollama: FakeOllama
) -> None:
    ollama.say("pancakes")
    ollama.once(Behaviour(status=500, error="out of memory"))
    log = Log()
    log.chat(9)
    done = replay(tmp_path, log, ollama=ollama)
    assert done.status == 1
    assert "out of memory" in done.err
    assert len(done.err.splitlines()) == 1
    assert "would have spoken 1 time (1 by itself" in done.out


@pytest.mark.parametrize("url", [None, NOBODY])
def test_no_model_is_told_in_one_sentence_before_it_begins(
    tmp_path: Path, ollama: FakeOllama, url: str | None
) -> None:
    log = Log()
    log.chat(1)
    where = {"OLLAMA_URL": url} if url else {}
    done = replay(tmp_path, log, "--set", "model=absent", ollama=ollama, **where)
    assert (done.status, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
    assert url or "absent is not installed" in done.err
    assert url is None or f"{url}: Ollama cannot be reached (Connection refused)" in done.err


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("threshold=0", "threshold takes a whole number of messages from 1 to 500"),
        ("off", "a setting, = and a value"),
        ("quiet=30m", "of quiet, a replay knows only hours such as 23:00-08:00"),
    ],
)
def test_a_wrong_change_is_wrong_usage(tmp_path: Path, change: str, reason: str) -> None:
    log = Log()
    log.chat(3)
    done = replay(tmp_path, log, "--set", change)
    assert (done.status, done.out) == (2, "")
    assert reason in done.err


def test_a_file_without_chat_is_told(tmp_path: Path) -> None:
    log = Log()
    assert (
        "holds no chat message that can be read; accepted are logs of" in replay(tmp_path, log).err
    )
    log.chat(3)
    done = replay(tmp_path, log, "--channel", "#Beta")
    assert (done.status, done.out) == (1, "")
    assert "holds no chat message of #beta that can be read" in done.err


def test_each_channel_has_its_own_pace_and_figures(tmp_path: Path) -> None:
    log = Log()
    for _ in range(3):
        log.say("hi")
        log.say("hi", channel="beta2")
    log.lines.append("nonsense")
    done = replay(tmp_path, log)
    assert done.out.splitlines()[:4] == [
        "6 messages in #alpha, #beta2; no model, threshold 3, delay 0s",
        "1 line passed over: neither chat nor moderation",
        "2030-05-07 12:00:50  #alpha  3 messages",
        "2030-05-07 12:01:00  #beta2  3 messages",
    ]
    assert [line.split(":")[0] for line in done.out.splitlines()[4:]] == ["#alpha", "#beta2"]
    one = replay(tmp_path, log, "--channel", "beta2")
    assert one.out.splitlines()[0].startswith("3 messages in #beta2;")


def test_our_own_export_can_be_replayed(tmp_path: Path) -> None:
    fill(
        tmp_path, [*(said(f"text {n}", str(n % 3)) for n in range(9)), bot_said("beep"), said("x")]
    )
    export = clankbot(tmp_path, "export", "alpha", "--lines", "4")
    (tmp_path / "chat.jsonl").write_text(export.out, encoding="utf-8")
    options = ("--no-model", "--channel", "alpha", "--set", "threshold=4", "--set", "delay=0")
    done = clankbot(tmp_path, "replay", "chat.jsonl", *options)
    assert done.out.splitlines() == [
        "11 messages in #alpha; no model, threshold 4, delay 0s",
        "All messages without a time: 5 s after the one before is assumed",
        "0:00:15  #alpha  4 messages",
        "0:00:35  #alpha  4 messages",
        "#alpha: 10 messages in 50s; would have spoken 2 times"
        " (2 by itself, 0 when spoken to), one in 5 messages; longest silence 20s",
        "left out: 1 message of clankbot itself",
    ]


def test_what_is_in_a_file_drives_neither_the_terminal_nor_the_local_clock(tmp_path: Path) -> None:
    log = Log()
    log.lines.append("[2030-05-07 12:00:00] :\x1b[31mann!a@a PRIVMSG #alpha :@clankbot hi")
    done = replay(tmp_path, log, TZ="XYZ-9")
    assert "2030-05-07 12:00:00  #alpha  mention by  [31mann" in done.out
    assert "\x1b" not in done.out


def test_the_speed_is_that_of_the_file_times_so_many(tmp_path: Path) -> None:
    log = Log()
    log.chat(4)
    began = time.monotonic()
    assert len(moments(replay(tmp_path, log, "--speed", "40"))) == 1
    assert 30 / 40 <= time.monotonic() - began < 10


def test_ctrl_c_ends_it_with_the_figures_so_far(tmp_path: Path) -> None:
    log = Log()
    log.chat(6)
    (tmp_path / "chat.log").write_text("\n".join(log.lines), encoding="utf-8")
    options = ("--no-model", "--speed=0.001", "--set=threshold=1")
    with started(tmp_path, "replay", "chat.log", *options) as process:
        assert process.stdout is not None
        head, first = process.stdout.readline(), process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (130, b"")
    assert head.startswith(b"6 messages")
    assert first.endswith(b"#alpha  1 message\n")
    assert rest.startswith(b"#alpha: 1 message in 0s; would have spoken 1 time")
