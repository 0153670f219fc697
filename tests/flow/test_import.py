"""``import`` from outside: a saved chat becomes a channel's history, as far as it may be kept."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from clankbot.records.writes import OptOut, StoredMessage
from tests.cli.command import BLOCKED, Done, clankbot, fill, said
from tests.doubles.twitch_id import TwitchId
from tests.flow.program import live_program

NOW = int(time.time() * 1000)
MINUTE = 60_000


def line(number: int, text: str, user: str = "ann", *, tags: str = "", ago_min: int = 60) -> str:
    at_ms = NOW - ago_min * MINUTE + number * 1000
    ids = f"id=i{number};user-id={len(user)};tmi-sent-ts={at_ms}"
    return f"@{ids}{tags} :{user}!{user}@{user}.tmi.twitch.tv PRIVMSG #alpha :{text}"


def imported(folder: Path, log: str, *arguments: str, **settings: str) -> Done:
    (folder / "chat.log").write_text(log, "utf-8")
    return clankbot(folder, "import", "chat.log", "--channel", "#Alpha", *arguments, **settings)


def stored(folder: Path) -> list[StoredMessage]:
    with fill(folder, []).open() as store:
        return list(store.export_rows("alpha"))


def test_what_may_be_kept_of_a_saved_chat_is_stored_and_the_rest_is_told(tmp_path: Path) -> None:
    fill(tmp_path, [OptOut(str(len("shyone")), NOW)])
    log = [
        line(1, "long ago", ago_min=60 * 24 * 40),
        line(2, "one", "ann"),
        line(3, "hidden", "shyone"),
        line(4, f"a {BLOCKED} here", "ann"),
        line(5, "!clank status", "ann"),
        line(6, "I am a bot", "nightbot"),
        line(7, "also a bot", "spambot9", tags=";badges=bot-badge/1"),
        line(8, "removed", "mallory"),
        "@target-msg-id=i8 :tmi.twitch.tv CLEARMSG #alpha :removed",
        line(9, "of a banned one", "badbadbad"),
        "@target-user-id=9 :tmi.twitch.tv CLEARCHAT #alpha :badbadbad",
        line(10, "elsewhere").replace("#alpha", "#beta"),
        line(12, "two", "bobby"),
        line(13, "not yet", ago_min=-600),
    ]
    done = imported(tmp_path, "\n".join(log))
    assert (done.status, done.err) == (0, "")
    kept = [(row.text, row.user_id, row.login, row.message_id) for row in stored(tmp_path)]
    assert kept == [("one", "3", "ann", "i2"), ("two", "5", "bobby", "i12")]
    assert stored(tmp_path)[0].sent_at_ms == NOW - 60 * MINUTE + 2000
    assert done.out.splitlines() == [
        "left out: 1 message older than they may be kept (MESSAGE_RETENTION_DAYS)",
        "left out: 1 message of viewers who opted out",
        "left out: 1 message that the filter blocks",
        "left out: 1 message with a command to a bot",
        "left out: 2 messages of other bots (IGNORED_USERS)",
        "left out: 1 message with a time to come",
        "left out: 2 messages that moderators removed",
        "stored 2 messages in #alpha",
    ]


def test_the_same_import_goes_on_where_it_ended_and_doubles_nothing(tmp_path: Path) -> None:
    log = [line(number, f"word {number}") for number in range(1, 1_201)]
    assert imported(tmp_path, "\n".join(log[:700])).out == "stored 700 messages in #alpha\n"
    again = imported(tmp_path, "\n".join(log))
    assert "stored 500 messages in #alpha; 1 message had been stored before" in again.out
    assert [row.text for row in stored(tmp_path)] == [
        f"word {number}" for number in range(1, 1_201)
    ]
    few = imported(tmp_path, "\n".join(log), MESSAGE_RETENTION_COUNT="3")
    assert few.status == 0


def test_only_as_many_as_may_be_kept_are_stored(tmp_path: Path) -> None:
    log = [line(number, f"word {number}") for number in range(1, 21)]
    done = imported(tmp_path, "\n".join(log), MESSAGE_RETENTION_COUNT="5")
    assert [row.text for row in stored(tmp_path)] == [f"word {number}" for number in range(16, 21)]
    assert "left out: 15 messages beyond the newest 5 (MESSAGE_RETENTION_COUNT)" in done.out


def test_what_is_older_than_the_history_is_left_out(tmp_path: Path) -> None:
    newest = replace(said("newest").message, sent_at_ms=NOW)
    fill(tmp_path, [type(said("x"))(newest)])
    done = imported(tmp_path, line(1, "old"))
    assert done.status == 1
    assert "left out: 1 message older than the newest that is stored of #alpha" in done.out
    assert "nothing of chat.log may be stored in #alpha" in done.err


def test_a_log_of_times_alone_has_to_be_told_its_day(tmp_path: Path) -> None:
    log = "[00:00:01] ann: hello\n"
    done = imported(tmp_path, log)
    assert (done.status, done.out) == (1, "")
    assert "chat.log tells no day; say when it begins, such as: --date 2030-05-07" in done.err
    wrong = imported(tmp_path, log, "--date", "tomorrow")
    assert (wrong.status, "is no day such as 2030-05-07" in wrong.err) == (2, True)
    zone = imported(tmp_path, log, "--timezone", "Mars/Crater")
    assert (zone.status, "is no time zone such as" in zone.err) == (2, True)


def test_a_log_without_ids_needs_twitch_to_tell_them(tmp_path: Path) -> None:
    today = datetime.fromtimestamp(NOW / 1000 - 3600, UTC)
    log = f"[{today:%Y-%m-%d %H:%M:%S}] Ann: hello\n[{today:%Y-%m-%d %H:%M:%S}] gone: hi\n" * 2
    (tmp_path / "chat.log").write_text(log, "utf-8")
    with live_program(tmp_path, TwitchId(users={"clankbot": "100", "ann": "77"})) as live:
        command = ("import", "chat.log", "--channel", "alpha")
        refused = live.run(*command)
        assert refused.status == 1
        assert "have to be asked of Twitch: without them nobody could opt out" in refused.output
        live.sign_in()
        done = live.run(*command)
        assert done.status == 0, done.output
        assert "left out: 2 messages of viewers whom Twitch does not know any more" in done.output
        assert "stored 2 messages in #alpha" in done.output
        assert "2 messages had been stored before" in live.run(*command).output
    rows = stored(tmp_path)
    assert [(row.user_id, row.login, row.display_name) for row in rows] == [
        ("77", "ann", "Ann")
    ] * 2
    assert len({row.message_id for row in rows}) == len(rows) == 2


def test_the_history_is_played_like_a_file(tmp_path: Path) -> None:
    log = [line(number, f"word {number}", "ann") for number in range(1, 10)]
    imported(tmp_path, "\n".join(log))
    options = ("--no-model", "--set", "threshold=3", "--set", "delay=0", "--set", "context=3")
    played = clankbot(tmp_path, "replay", "--from", "#Alpha", *options)
    assert played.status == 0, played.err
    assert played.out.startswith("9 messages in #alpha; no model, threshold 3")
    assert "would have spoken" in played.out
    nothing = clankbot(tmp_path, "replay", "--from", "beta", *options)
    assert (nothing.status, "nothing is stored of #beta" in nothing.err) == (1, True)
    for wrong in ((), ("chat.log", "--from", "alpha")):
        done = clankbot(tmp_path, "replay", *wrong)
        assert (done.status, "either a FILE is wanted" in done.err) == (2, True)
