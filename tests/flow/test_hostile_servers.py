"""The real program beside servers that answer as none should: it stays, and goes on with chat."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doubles import hostile_answers
from tests.doubles.drips import DripServer, Script
from tests.doubles.pages import Page, PageServer
from tests.flow.program import live_program, program
from tests.flow.world import sql
from tests.waiting import wait_until


def in_turn(*scripts: Script) -> Script:
    """Another of the scripts for each connection, the first again after the last."""
    turns: list[Script] = []

    def script() -> Iterator[bytes]:
        if not turns:
            turns.extend(scripts)
        yield from turns.pop(0)()

    return script


def stored(folder: Path) -> int:
    """How many messages are stored."""
    ((count,),) = sql(folder, "SELECT COUNT(*) FROM messages")
    return int(count)


@pytest.mark.parametrize(
    "table",
    [hostile_answers.REDIRECTS, hostile_answers.TOO_LONG, hostile_answers.NO_ANSWER],
    ids=["redirects", "too long", "no answer"],
)
def test_the_program_lives_whatever_sign_in_and_ollama_answer(
    tmp_path: Path, table: dict[str, Script]
) -> None:
    hostile = in_turn(*table.values())
    with (
        DripServer(hostile) as sign_in,
        DripServer(hostile) as ollama,
        live_program(
            tmp_path,
            TWITCH_AUTH_URL=f"{sign_in.url}/oauth2",
            TWITCH_API_URL=f"{sign_in.url}/helix",
            OLLAMA_URL=ollama.url,
            MESSAGE_THRESHOLD="1",
            TOKEN_VALIDATE_INTERVAL="1",
        ) as bot,
    ):
        bot.sign_in()
        bot.start_and_join()
        bot.wait_log("sign-in not validated")
        for number in range(3):
            bot.room.say("alpha", "viewer", f"line {number}")
        wait_until(lambda: stored(tmp_path) == 3)
        bot.wait_log("generation fails")
        assert bot.stop(signal.SIGTERM) == 0
        assert "thread failed" not in bot.log


def test_the_program_lives_whatever_numbers_chat_sends(tmp_path: Path) -> None:
    with live_program(tmp_path) as bot:
        bot.sign_in()
        bot.start_and_join()
        for number in ("9" * 400, "9" * 5000, "-" + "9" * 400, "1e400", "NaN", "\u0661"):
            for tags, line in (
                ("slow={0};followers-only={0}", "ROOMSTATE #alpha"),
                ("ban-duration={0};target-user-id=5;tmi-sent-ts={0}", "CLEARCHAT #alpha :ann"),
                ("ban-duration={0};target-user-id=100", "CLEARCHAT #alpha :clankbot"),
                ("msg-id=msg_slowmode", "NOTICE #alpha :wait {0} seconds"),
                ("msg-id=msg_timedout", "NOTICE #alpha :you are out for {0} more seconds"),
            ):
                bot.room.raw(f"@{tags} :tmi.twitch.tv {line}".format(number))
            bot.room.raw(f"@tmi-sent-ts={number} :v!v@v PRIVMSG #alpha :!clank delay {number}")
            bot.room.raw(f"@mod=1;id=a{number[:9]} :v!v@v PRIVMSG #alpha :!clank delay {number}")
        bot.room.say("alpha", "viewer", "all is well")
        wait_until(lambda: stored(tmp_path) == 1)
        assert bot.stop(signal.SIGTERM) == 0
        assert "failed" not in bot.log


# Colour, title of the window, direction of writing, half a character, the sequences of eight bits.
_DRIVES_TERMINALS = "\x1b[31m\x1b]0;title\x07\u202e\ud800\x9b5m\u2028"


def test_words_of_a_server_reach_no_terminal_raw(tmp_path: Path) -> None:
    words = json.dumps(_DRIVES_TERMINALS)
    pages = {
        "/oauth2/validate": Page(f'{{"message": {words}}}', 418),
        "*": Page(f'{{"error": {words}}}', 500),
    }
    for version in (Page(f'{{"version": {words}}}'), Page(f'{{"error": {words}}}', 418)):
        pages["/api/version"] = version
        pages["/api/tags"] = Page('{"models": [{"name": "llama3.1:latest"}]}')
        with PageServer(pages) as server, live_program(tmp_path, OLLAMA_URL=server.url) as bot:
            bot.settings["TWITCH_AUTH_URL"] = f"{server.url}/oauth2"
            bot.sign_in()
            shown = bot.run("check").output + bot.run("login").output
            assert "ollama" in shown
            assert "the server answered" in shown
            assert "".join(shown.splitlines()).isprintable()


def test_a_name_of_a_file_reaches_no_terminal_raw(tmp_path: Path) -> None:
    odd = "no\x1b[31m\u202e.txt"
    with program(tmp_path, BLOCKED_WORDS_FILE=odd, PYTHONUTF8="1") as bot:
        for command in ("run", "check"):
            shown = bot.run(command).output
            assert r"no\x1b[31m\u202e.txt" in shown
            assert "".join(shown.splitlines()).isprintable()
