"""The bot on MySQL, where other things go wrong than with a file: a real server stops or hangs in
mid-chat, is back later or not before the bot is told to stop, or was never the right one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clankbot.clock import Clock
from clankbot.config.settings import load_settings
from clankbot.database.database import Database
from clankbot.database.mysql import MySqlEngine
from clankbot.parts import name_database
from clankbot.processing.live_state import LiveState, Own
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.accounts import Secret
from clankbot.records.writes import RemoveMessage, Tally
from tests.database.conftest import instance_lock_taken_over, mysql_settings, said
from tests.doubles.fake_ollama import Behaviour
from tests.doubles.mariadb import HOST, MariaDb, frozen
from tests.doubles.mysql_proxy import MysqlProxy
from tests.flow.program import live_program, program
from tests.flow.world import BLOCKED, living, sql
from tests.waiting import AT_ONCE_S, wait_until

Outage = Callable[[MariaDb], AbstractContextManager[None]]


@contextmanager
def stopped(server: MariaDb) -> Iterator[None]:
    """The server is away in this block, and in no case longer."""
    server.stop()
    try:
        yield
    finally:
        server.start()


def hurried(server: MariaDb) -> Database:
    """A database of its own, whose answers are waited for a second only."""
    where = mysql_settings(server, server.new_database())
    return Database(MySqlEngine(replace(where, greeting_timeout_s=1, read_timeout_s=1)))


def logged(caplog: pytest.LogCaptureFixture, phrase: str) -> list[dict[str, Any]]:
    """The fields of each log entry with the phrase."""
    return [vars(record) for record in caplog.records if record.msg == phrase]


@pytest.mark.parametrize("outage", [stopped, frozen])
def test_an_outage_in_mid_chat_loses_nothing_and_nothing_stale_is_said(
    tmp_path: Path, mariadb: MariaDb, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with living(tmp_path, database=hurried(mariadb), MESSAGE_THRESHOLD=2) as world:
        room, ollama, gate = world.room, world.ollama, threading.Event()
        world.order("!clank tact off")  # moderators are busy here
        ollama.once(Behaviour(text="this is about the time before", after=gate))
        secret = room.say("alpha", "alice", "said before and deleted meanwhile")
        room.say("alpha", "bruno", "said before")
        ollama.wait_asked()
        with outage(mariadb):
            room.say("alpha", "bruno", "said meanwhile 0")
            wait_until(lambda: logged(caplog, "database away"))
            gate.set()
            wait_until(lambda: logged(caplog, "not said"))
            for number in range(1, 40):
                text_id = room.say("alpha", "alice", f"said meanwhile {number}")
                if number == 20:
                    room.delete("alpha", text_id)
            room.say("alpha", "alice", "said meanwhile 39", message_id=text_id)
            room.delete("alpha", secret)
            room.say("alpha", "dora", "said and banned for")
            room.ban("alpha", "dora")
            for command in ("!clank cooldown 7", "!clank status"):
                assert "the database is away" in world.order(command)
            mention = room.say("alpha", "carla", "@clankbot are you there?")
            room.barrier()
            assert (len(room.messages), len(ollama.asked), len(room.logins)) == (3, 1, 1)
            ollama.say("here I am again")
        room.wait_for(lambda: len(room.messages) == 4, "the answer")
        assert (room.messages[3].text, room.messages[3].reply_to) == ("here I am again", mention)
        world.wait_stored("here I am again")
        meanwhile = [f"said meanwhile {number}" for number in range(40) if number != 20]
        kept = ["said before", *meanwhile, "@clankbot are you there?", "here I am again"]
        assert world.texts() == kept
        assert all(text in ollama.asked[1].prompt for text in meanwhile)
        assert "deleted meanwhile" not in ollama.asked[1].prompt
        (away,), (back,) = logged(caplog, "database away"), logged(caplog, "database back")
        assert back["seconds"] == pytest.approx(back["created"] - away["created"], abs=1)
        assert [entry["reason"] for entry in logged(caplog, "not said")] == ["the database is away"]
        assert "60 seconds" in world.order("!clank cooldown"), "what was refused is not made up for"


BOT_USER = "bot"


@contextmanager
def account_locked(server: MariaDb, database: str) -> Iterator[None]:
    """The owner of the server locks the bot out, for as long as the block lasts."""
    server.execute(f"ALTER USER {BOT_USER}@'{HOST}' ACCOUNT LOCK")
    server.execute(f"KILL USER {BOT_USER}")
    yield
    server.execute(f"ALTER USER {BOT_USER}@'{HOST}' ACCOUNT UNLOCK")


@contextmanager
def table_away(server: MariaDb, database: str) -> Iterator[None]:
    """A table has another name, for as long as the block lasts: every statement is refused."""
    server.execute("RENAME TABLE messages TO being_altered", database)
    yield
    server.execute("RENAME TABLE being_altered TO messages", database)


@contextmanager
def table_dropped(server: MariaDb, database: str) -> Iterator[None]:
    """A table is dropped, and made anew from a backup."""
    server.execute("CREATE TABLE backup_of_messages LIKE messages", database)
    server.execute("INSERT INTO backup_of_messages SELECT * FROM messages", database)
    server.execute("DROP TABLE messages", database)
    yield
    server.execute("RENAME TABLE backup_of_messages TO messages", database)


@contextmanager
def read_only(server: MariaDb, database: str) -> Iterator[None]:
    """The owner of the server takes it over to another one, and lets nobody write meanwhile."""
    server.execute("SET GLOBAL read_only = ON")
    try:
        yield
    finally:
        server.execute("SET GLOBAL read_only = OFF")


@pytest.mark.parametrize("refusal", [account_locked, table_away, table_dropped, read_only])
def test_a_server_that_refuses_the_bot_for_a_while_is_an_outage_like_any_other(
    tmp_path: Path,
    mariadb: MariaDb,
    refusal: Callable[[MariaDb, str], AbstractContextManager[None]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    name = mariadb.new_database()
    mariadb.execute(f"CREATE OR REPLACE USER {BOT_USER}@'{HOST}' IDENTIFIED BY 'secret'")
    mariadb.execute(f"GRANT ALL ON {name}.* TO {BOT_USER}@'{HOST}'")
    where = replace(mysql_settings(mariadb, name), user=BOT_USER, password=Secret("secret"))
    database = Database(MySqlEngine(where))
    with living(tmp_path, database=database, MESSAGE_THRESHOLD=3) as world:
        world.ollama.say("here I am again")
        (before,) = world.chat(1, "before")
        world.wait_stored(before)
        with refusal(mariadb, name):
            meanwhile = world.chat(3, "meanwhile")
            wait_until(lambda: logged(caplog, "database away"))
            assert "the database is away" in world.order("!clank cooldown 7")
            assert world.ollama.asked == []
        world.wait_stored("here I am again")
        assert world.texts() == [before, *meanwhile, "here I am again"]
    assert len(logged(caplog, "database away")) == len(logged(caplog, "database back")) == 1
    assert logged(caplog, "write refused") == []


def test_what_the_account_may_store_is_stored_while_a_table_is_closed_to_it(
    tmp_path: Path, mariadb: MariaDb, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    name = mariadb.new_database()
    Database(MySqlEngine(mysql_settings(mariadb, name))).prepare()
    mariadb.execute(f"CREATE OR REPLACE USER {BOT_USER}@'{HOST}' IDENTIFIED BY 'secret'")
    for (table,) in mariadb.execute("SHOW TABLES", name):
        rights = "SELECT" if table == "tallies" else "ALL"
        mariadb.execute(f"GRANT {rights} ON {name}.{table} TO {BOT_USER}@'{HOST}'")
    where = replace(mysql_settings(mariadb, name), user=BOT_USER, password=Secret("secret"))
    database = Database(MySqlEngine(where))
    with living(tmp_path, database=database, MESSAGE_THRESHOLD=99) as world:
        world.room.say("alpha", "alice", BLOCKED)
        texts = world.chat(3, "meanwhile")
        wait_until(lambda: logged(caplog, "database away"))
        world.wait_stored(*texts)
        world.room.say("alpha", "bruno", "!clank optout")
        wait_until(lambda: mariadb.execute("SELECT 1 FROM opt_outs", name), 8.0)
        mariadb.execute(f"GRANT ALL ON {name}.tallies TO {BOT_USER}@'{HOST}'")
        wait_until(lambda: mariadb.execute("SELECT 1 FROM tallies", name), 12.0)
    assert len(logged(caplog, "database away")) == 1


def test_a_server_that_takes_little_at_once_gets_what_was_held_in_small_pieces(
    tmp_path: Path, mariadb: MariaDb, caplog: pytest.LogCaptureFixture
) -> None:
    database = hurried(mariadb)
    with living(tmp_path, database=database, MESSAGE_THRESHOLD=500) as world:
        world.settle()
        with stopped(mariadb):
            texts = [f"{number} {'x' * 400}" for number in range(490)]
            for text in texts:
                world.room.say("alpha", "alice", text)
            wait_until(lambda: logged(caplog, "database away"))
        mariadb.execute("SET GLOBAL max_allowed_packet = 16384")
        try:
            world.wait_stored(*texts)
        finally:
            mariadb.execute("SET GLOBAL max_allowed_packet = 16777216")
    assert logged(caplog, "write refused") == []


@pytest.mark.usefixtures("on_mysql")
def test_a_stop_takes_five_seconds_also_where_two_threads_wait_for_a_server_that_hangs(
    tmp_path: Path, mariadb: MariaDb
) -> None:
    with live_program(tmp_path, TWITCH_CHANNELS="alpha,beta", MESSAGE_THRESHOLD="1") as live:
        live.sign_in()
        live.start_and_join()
        live.room.wait_joined(["alpha", "beta"])
        gate = threading.Event()
        live.ollama.once(Behaviour(text="a last word", after=gate))
        live.room.say("alpha", "alice", "said before")
        live.ollama.wait_asked()
        live.room.say("beta", "alice", "said before, and the composer has no time yet")
        wait_until(lambda: len(sql(tmp_path, "SELECT 1 FROM messages")) == 2)
        with frozen(mariadb):
            live.room.say("alpha", "bruno", "the worker waits")
            gate.set()
            live.room.wait_message("alpha")  # and the composer reads what was said in beta
            for number in range(20):
                live.room.say("alpha", "bruno", f"too late {number}")
            live.room.barrier()
            assert live.stop(timeout_s=AT_ONCE_S) == 0
        live.room.wait_line("QUIT")
        (told,) = (line for line in live.log.splitlines() if "not stored" in line)
        assert int(told.rpartition("writes=")[2]) > 20
        assert "threads are late" not in live.log
        wait_until(lambda: len(sql(tmp_path, "SELECT 1 FROM messages")) == 2)


def test_a_stop_while_the_server_is_away_tells_how_much_is_lost(
    tmp_path: Path, mariadb: MariaDb, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as outage, living(tmp_path, database=hurried(mariadb)) as world:
        world.settle()
        outage.enter_context(stopped(mariadb))
        world.chat(20)
        world.room.barrier()
    (told,) = logged(caplog, "not stored")
    assert told["writes"] >= 20


def test_where_memory_is_full_the_oldest_chat_gives_way_and_removals_do_not(
    mariadb: MariaDb, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    database = hurried(mariadb)
    database.prepare()
    while_storing: list[str | None] = []
    live_state = LiveState(Own("clankbot"), Clock())
    with database.open() as store:
        write_queue = WriteQueue(store, live_state, Clock(), most_held=10)
        write_queue.add(said("before"))
        assert write_queue.commit()
        with stopped(mariadb):
            write_queue.add(said("oldest"))
            assert not write_queue.commit()
            removal = RemoveMessage("alpha", "before", 9)
            write_queue.add(removal, lambda _: while_storing.append(live_state.outage))
            for number in range(20):
                write_queue.add(said(f"{number}"))
            assert len(write_queue.held) == 10
        assert write_queue.commit(force=True)
        kept = [line.message_id for line in store.recent_messages("alpha", 99)]
    assert while_storing != [None]  # for the rest may still be on its way
    assert live_state.outage is None
    assert kept == [*map(str, range(11, 20))]
    assert [entry["dropped"] for entry in logged(caplog, "database back")] == [12]


def test_a_refused_write_behind_a_commit_in_doubt_has_nothing_stored_twice(
    mariadb: MariaDb, caplog: pytest.LogCaptureFixture
) -> None:
    name, refused = mariadb.new_database(), said("x" * 300)
    generated = Tally("alpha", "2030-03-17", "generated")
    with MysqlProxy(mariadb.port) as proxy:
        where = replace(mysql_settings(mariadb, name), port=proxy.port, ssl_ca=None)
        database = Database(MySqlEngine(where))
        database.prepare()
        with database.open() as store:
            write_queue = WriteQueue(store, LiveState(Own("clankbot"), Clock()), Clock())
            for write in (said("a"), generated):
                write_queue.add(write)
            proxy.lose_next_answer_to(b"COMMIT")
            assert not write_queue.commit()
            for write in (refused, said("b"), generated):
                write_queue.add(write)
            assert write_queue.commit(force=True)
            assert store.tally("alpha", "2030-03-17") == {"generated": 3}  # one of them anew
            assert [line.message_id for line in store.recent_messages("alpha", 9)] == ["a", "b"]
    assert len(logged(caplog, "write refused")) == 1


@pytest.mark.usefixtures("on_mysql")
def test_the_commands_work_on_what_is_stored(tmp_path: Path) -> None:
    with live_program(tmp_path, MESSAGE_THRESHOLD="3") as live:
        live.sign_in()
        live.ollama.say("a word of mine")
        live.start_and_join()
        for name in ("alice", "alice", "bruno"):
            live.room.say("alpha", name, f"words of {name}")
        wait_until(lambda: len(sql(tmp_path, "SELECT 1 FROM messages")) == 4)
        second = live.run("run")
        assert second.status == 1
        assert "another clankbot is already using this MySQL database" in second.output
        assert live.stop() == 0
        assert "ok    database   mysql at 127.0.0.1" in live.run("check").output
        assert "#alpha" in live.run("stats").output
        assert "words of viewer" in live.run("export", "alpha", "--lines", "2").output
        assert "Deleted 2 messages of alice" in live.run("forget", "Alice").output
        assert len(sql(tmp_path, "SELECT 1 FROM messages")) == 2


@pytest.mark.usefixtures("on_mysql")
def test_a_bot_ends_when_another_has_taken_the_database_over(
    tmp_path: Path, mariadb: MariaDb
) -> None:
    with live_program(tmp_path) as live:
        live.sign_in()
        live.start_and_join()
        database = name_database(load_settings({}, tmp_path))
        with instance_lock_taken_over(mariadb, database):
            assert live.wait() == 1
    (told,) = (line for line in live.log.splitlines() if "instance lock lost" in line)
    assert "another clankbot has begun to use this MySQL database; this one ends" in told
    assert "Traceback" not in live.log


@pytest.mark.parametrize(
    ("wrong", "told", "status"),
    [
        ({"MYSQL_PASSWORD": "hunter2"}, "refuses the user clank: Access denied", 78),
        ({"MYSQL_DATABASE": "nowhere"}, "MYSQL_DATABASE", 78),
        ({"MYSQL_HOST": "nowhere.invalid"}, "on nowhere.invalid is not available", 1),
    ],
)
@pytest.mark.usefixtures("on_mysql")
def test_a_server_that_is_not_the_right_one_is_one_clear_sentence(
    tmp_path: Path, wrong: dict[str, str], told: str, status: int
) -> None:
    with program(tmp_path, TWITCH_CHANNELS="alpha", DRY_RUN="true", **wrong) as bot:
        done = bot.run("run")
    assert done.status == status
    *waited, sentence = done.output.splitlines()
    assert told in sentence
    # What may pass is waited for a little first, which is told once.
    assert ["waiting for the database" in line for line in waited] == [True] * (status == 1)
    assert "hunter2" not in done.output


@pytest.mark.usefixtures("on_mysql")
def test_a_certificate_that_does_not_name_the_host_is_a_wrong_setting(
    tmp_path: Path, mariadb: MariaDb
) -> None:
    wrong = {"MYSQL_HOST": "localhost", "MYSQL_SSL_CA": str(mariadb.ca_file)}
    with program(tmp_path, TWITCH_CHANNELS="alpha", DRY_RUN="true", **wrong) as bot:
        done = bot.run("run")
    assert done.status == 78
    assert "MYSQL_HOST is localhost" in done.output
    assert done.output.count("\n") == 1


def test_what_is_not_said_of_the_server_is_told_at_once(tmp_path: Path) -> None:
    with program(tmp_path, DATABASE_TYPE="mysql") as bot:
        done = bot.run("stats")
    assert done.status == 78
    for name in ("MYSQL_USER", "MYSQL_PASSWORD", "MYSQL_DATABASE"):
        assert f"{name} is not set" in done.output
