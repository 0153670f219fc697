"""The status of a whole bot: its page, its health, and the command that tells the same."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from clankbot.cli.status import told
from clankbot.clock import Clock
from clankbot.database.dialect import both
from clankbot.database.session import Session
from clankbot.errors import ClankbotError
from clankbot.parts import name_database
from clankbot.records.writes import KeepState
from clankbot.status.health import Health
from tests.flow.program import live_program
from tests.flow.world import living
from tests.pictures.busy_hour import CHECK, facts
from tests.status.asking import ask, connect, free_port, is_open, rest
from tests.waiting import wait_until

HTML = "text/html,application/xhtml+xml"


@pytest.mark.usefixtures("on_each_engine")
def test_the_page_tells_what_happened_and_no_viewers_word(tmp_path: Path) -> None:
    port = free_port()
    with living(tmp_path, STATUS_LISTEN=f"127.0.0.1:{port}", MESSAGE_THRESHOLD=3) as world:
        world.ollama.say("a secretive line of the bot")
        for n in range(3):
            world.room.say("alpha", f"wanderer{n}", f"quokka number {n}")
        spoken = world.room.wait_message("alpha")
        world.wait_stored(spoken.text)
        world.room.say("alpha", "wanderer7", "@clankbot well roared, quokka")
        world.room.wait_message("alpha", since=1)
        world.settle()

        def day() -> dict[str, int]:
            found = json.loads(ask(port, accept="application/json").body)["channels"]["alpha"]
            whole: dict[str, int] = found["last_day"]
            return whole

        wait_until(lambda: day()["accepted"] + day()["held_back"] >= 2)
        counted = day()
        assert counted["messages"] == 5  # four of viewers, and the barrier
        assert counted["accepted"] == len(world.room.messages)
        assert counted["answered"] == 1
        assert counted["occasions"] == counted["not_the_time"] + counted["started"]
        answers = [ask(port, accept=kind) for kind in (HTML, "text/plain", "application/json")]
        answers.append(ask(port, "/metrics"))
        for answer in answers:
            assert answer.status == 200
            shown = answer.body.decode().lower()
            assert "alpha" in shown
            assert not re.search(r"quokka|wanderer|barrier|secretive", shown)
        assert b"0/3 messages" in answers[0].body  # what it waits for, as !clank status says it
        assert b"All well" in answers[0].body
        assert ask(port, "/healthz").body == b"well\n"
        assert ask(port, "/livez").body == b"ok\n"
        assert ask(port, "/favicon.ico").status == 404

        text, is_down = told(world.settings)
        assert not is_down
        assert text.splitlines()[0] == answers[1].body.decode().splitlines()[0]


def test_what_is_down_is_told_while_it_is(tmp_path: Path) -> None:
    port = free_port()
    with living(tmp_path, STATUS_LISTEN=f"127.0.0.1:{port}") as world:
        wait_until(lambda: is_open(port))
        assert ask(port, "/healthz").status == 200
        world.room.refuse_connections(1)
        world.room.drop()
        wait_until(lambda: ask(port, "/healthz").status == 503)
        assert ask(port, "/healthz").body.startswith(b"down\ndown: chat: not connected")
        assert told(world.settings)[1]
        assert ask(port, "/livez").status == 200
        wait_until(lambda: ask(port, "/healthz").status == 200)


def test_a_database_that_is_away_does_not_take_the_page_with_it(tmp_path: Path) -> None:
    port = free_port()
    with living(tmp_path, STATUS_LISTEN=f"127.0.0.1:{port}") as world:
        world.settle()
        file = world.settings.database_url
        wait_until(lambda: is_open(port))
        file.rename(file.with_suffix(".away"))
        wait_until(lambda: ask(port, "/healthz").status == 503)
        assert b"database" in ask(port, "/healthz").body
        page = ask(port, accept=HTML)
        assert page.status == 200
        assert b"the database cannot be asked just now" in page.body
        assert b"What needs a person" in page.body
        file.with_suffix(".away").rename(file)
        wait_until(lambda: ask(port, "/healthz").status == 200)


def test_without_a_page_the_database_tells(tmp_path: Path) -> None:
    with living(tmp_path, MESSAGE_THRESHOLD=2) as world:
        world.chat(1)
        world.settle()
        wait_until(lambda: "All well" in told(world.settings)[0])
        value = json.loads(told(world.settings, for_programs=True)[0])
        assert (value["verdict"], value["words"]) == ("well", "All well")
        settings = world.settings
    text, is_down = told(settings)
    assert is_down
    assert text.startswith("clankbot 1.0.0: Down: bot: stopped\n")
    assert "messages of viewers" in text
    assert "\nran for " in text

    # A bot that was killed says nothing; after a while that tells enough.
    long_ago_ms = Clock().utc_ms() - 600_000
    state = Health(lambda: facts(at_ms=long_ago_ms), CHECK).state()
    with name_database(settings).open() as store:
        store.apply([KeepState(long_ago_ms, state.to_json())])
        store.note_backup(long_ago_ms - 300_000)
    text, is_down = told(settings)
    assert is_down
    assert re.match(r"clankbot 1.0: Down: bot: has told nothing of itself for 10 min", text)
    assert "the newest backup was made 15 min" in text  # as of now, not as of then

    later_ms = Clock().utc_ms() + 7_200_000
    state = Health(lambda: facts(at_ms=later_ms), CHECK).state()
    with name_database(settings).open() as store:
        store.apply([KeepState(later_ms, state.to_json())])
    assert "from now: is this machine's clock right?" in told(settings)[0]

    with name_database(settings).open() as store:
        store.apply([KeepState(long_ago_ms, '{"of": "another version"}')])
    with pytest.raises(ClankbotError, match="not understood"):
        told(settings)
    with closing(Session(name_database(settings).engine)) as session:
        session.run(both("DELETE FROM figures"))
    with pytest.raises(ClankbotError, match="no bot has told of itself"):
        told(settings)


def test_the_real_program_is_asked_from_outside(tmp_path: Path) -> None:
    """`status` and `backup` beside a bot that runs, and after it has stopped."""
    port = free_port()
    with live_program(tmp_path, STATUS_LISTEN=f"127.0.0.1:{port}") as live:
        live.sign_in()
        live.start_and_join()
        wait_until(lambda: is_open(port))
        with connect(port) as idle:
            done = live.run("status")
            assert done.status == 0, done.output
            assert "All well" in done.output
            live.room.say("alpha", "alice", "one to be kept")
            wait_until(lambda: b"clankbot_database_messages 1" in ask(port, "/metrics").body)
            done = live.run("backup", "copy.db")
            assert done.status == 0, done.output
            assert "with 1 message, and sound" in done.output
            assert live.run("backup", "copy.db").status == 1
            wait_until(lambda: b"the newest backup was made" in ask(port).body)
            assert live.stop() == 0
            assert rest(idle) == b""
        done = live.run("status", "--json")
        assert done.status == 1
        assert '"words": "Down: bot: stopped"' in done.output
