"""MySQL servers that stop, hang, hang up, refuse, or are lost before they say what they did."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager

import pytest

from clankbot.database.database import Database
from clankbot.database.dialect import both
from clankbot.database.session import Session
from clankbot.errors import DatabaseError, DatabaseUnavailable, WriteTooLarge
from clankbot.records.writes import (
    AddHint,
    Applied,
    OptOut,
    RecordDecision,
    RemoveMessage,
    RemoveViewer,
    SetSetting,
    Tally,
    Write,
)
from tests.database.conftest import bot_said, insert, opened, reached_by, said, settings_of
from tests.doubles.mariadb import MariaDb, frozen
from tests.doubles.mysql_proxy import MysqlProxy
from tests.waiting import AT_ONCE_S, PATIENCE_S, wait_until

SHORT_S = 0.5
"""A time-out that a server at work never needs, and that a test can sit out."""


def _ids(database: Database) -> list[str]:
    with database.open() as store:
        return [line.message_id for line in store.recent_messages("alpha", 99)]


def test_a_server_that_was_started_anew_is_found_again_without_a_word(
    mysql: Database, mariadb: MariaDb
) -> None:
    with mysql.open() as writer, mysql.open() as reader:
        writer.apply([said("before")])
        assert len(reader.recent_messages("alpha", 9)) == 1
        mariadb.stop()
        mariadb.start()
        writer.apply([said("after")])
        assert len(reader.recent_messages("alpha", 9)) == 2


def test_a_stopped_server_is_unavailable_and_nothing_is_stored_twice_afterwards(
    mysql: Database, mariadb: MariaDb
) -> None:
    batch = [said("a"), said("b")]
    with mysql.open() as store:
        store.apply([said("first")])
        mariadb.stop()
        try:
            for _ in range(2):
                with pytest.raises(DatabaseUnavailable, match="is not available"):
                    store.apply(batch)
            with mysql.open() as late, pytest.raises(DatabaseUnavailable):
                late.opted_out()
        finally:
            mariadb.start()
        assert store.apply(batch) == [Applied(1), Applied(1)]
    assert _ids(mysql) == ["first", "a", "b"]


def test_a_hanging_server_holds_the_bot_no_longer_than_its_time_outs(
    mysql: Database, mariadb: MariaDb
) -> None:
    hurried = reached_by(mysql, greeting_timeout_s=SHORT_S, read_timeout_s=SHORT_S)
    with hurried.open() as store:
        store.apply([said("first")])
        with frozen(mariadb):
            for _ in range(2):  # with the connection there was, then with a new one
                began = time.monotonic()
                with pytest.raises(DatabaseUnavailable, match="is not available"):
                    store.apply([said("second")])
                assert time.monotonic() - began < AT_ONCE_S
        store.apply([said("second")])
    assert _ids(mysql) == ["first", "second"]


def test_a_server_that_hangs_at_the_start_is_given_up_however_patient_the_work(
    mysql: Database, mariadb: MariaDb
) -> None:
    hurried = reached_by(mysql, greeting_timeout_s=SHORT_S)
    with frozen(mariadb), pytest.raises(DatabaseUnavailable, match="gave no answer in time"):
        hurried.prepare()


def test_ctrl_c_in_a_transaction_does_not_wait_for_a_server_that_hangs(
    mysql: Database, mariadb: MariaDb
) -> None:
    with opened(mysql) as (session, store):
        with ExitStack() as outage:
            with pytest.raises(KeyboardInterrupt), session.transaction():
                insert(session, said("undone"))
                outage.enter_context(frozen(mariadb))
                began = time.monotonic()
                raise KeyboardInterrupt
            assert time.monotonic() - began < AT_ONCE_S
        store.apply([said("kept")])
    assert _ids(mysql) == ["kept"]


def test_messages_that_come_together_are_one_insert(mysql: Database) -> None:
    inserts = both("SHOW SESSION STATUS LIKE 'Com_insert'")
    with opened(mysql) as (session, store):
        store.apply([said("first")])
        before = int(session.rows(inserts)[0][1])
        store.apply([said(f"m{n}") for n in range(200)])
        assert int(session.rows(inserts)[0][1]) == before + 1


def test_a_transaction_reads_what_others_have_committed_since_it_began(mysql: Database) -> None:
    with opened(mysql) as (session, reader), mysql.open() as writer, session.transaction():
        assert reader.pace("alpha", 9, 9).held == 0
        writer.apply([said("a")])
        assert reader.pace("alpha", 9, 9).held == 1


def test_a_statement_may_take_longer_than_the_greeting(mysql: Database) -> None:
    hurried = reached_by(mysql, greeting_timeout_s=SHORT_S)
    with closing(Session(hurried.engine)) as session:
        assert session.number(both("SELECT 1 + SLEEP(0.7)")) == 1


def test_once_abandoned_it_keeps_nobody_waiting_and_lets_nobody_in(
    mysql: Database, mariadb: MariaDb
) -> None:
    abandoned = reached_by(mysql)
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as another:
        connected, fresh = (pool.submit(abandoned.open).result() for pool in (one, another))
        one.submit(connected.opted_out).result()
        with frozen(mariadb):
            questions = [one.submit(connected.opted_out), another.submit(fresh.opted_out)]
            assert not wait(questions, 0.2).done
            abandoned.abandon()
            for question in questions:
                assert isinstance(question.exception(1), DatabaseUnavailable)
    with pytest.raises(DatabaseUnavailable, match="is stopping"):
        abandoned.open().opted_out()


def test_a_connection_the_server_dropped_while_idle_is_replaced(
    mysql: Database, mariadb: MariaDb
) -> None:
    with mysql.open() as store:
        store.apply([said("a")])
        _kill_connections(mariadb, mysql)
        store.apply([said("b")])
        _kill_connections(mariadb, mysql)
        assert len(store.recent_messages("alpha", 9)) == 2


def test_a_connection_long_unused_is_asked_for_a_sign_of_life(
    mysql: Database, mariadb: MariaDb
) -> None:
    now = [0.0]
    hurried = reached_by(mysql, read_timeout_s=1)
    with closing(Session(hurried.engine, clock=lambda: now[0])) as session:
        connection_id = both("SELECT CONNECTION_ID()")
        first = session.number(connection_id)
        now[0] += 31
        assert session.number(connection_id) == first
        now[0] += 31
        _kill_connections(mariadb, mysql)
        assert session.number(connection_id) != first


def test_a_connection_lost_inside_a_transaction_undoes_it(
    mysql: Database, mariadb: MariaDb
) -> None:
    with opened(mysql) as (session, store):
        with pytest.raises(DatabaseUnavailable), session.transaction():
            insert(session, said("a"))
            _kill_connections(mariadb, mysql)
            with pytest.raises(DatabaseUnavailable):
                insert(session, said("b"))
            insert(session, said("c"))
        assert store.recent_messages("alpha", 9) == []
        store.apply([said("d")])
    assert _ids(mysql) == ["d"]


def _kill_connections(mariadb: MariaDb, database: Database) -> None:
    """As a server does with connections that were idle for too long."""
    name = settings_of(database).database
    which = f"SELECT id FROM information_schema.processlist WHERE db = '{name}'"
    for (connection,) in mariadb.execute(which):
        mariadb.execute(f"KILL CONNECTION {connection}")
    wait_until(lambda: not mariadb.execute(which))


_BATCH: list[Write] = [
    said("a"),
    *bot_said("o"),
    RemoveMessage("alpha", "o", 9),
    AddHint("alpha", 9),
    RecordDecision("alpha", 9, "off"),
    Tally("alpha", "2030-03-17", "generated"),
]


def _check_done_once(database: Database) -> None:
    _check_counts(database, times=1)


def _check_counts(database: Database, times: int) -> None:
    """What was said is there once, however often the batch was done; the rest so many times."""
    with database.open() as store:
        assert [line.message_id for line in store.recent_messages("alpha", 9)] == ["a"]
        assert [spoken.removed for spoken in store.recent_spoken("alpha", 9)] == [True]
        assert store.hints_since("alpha", 0) == [9] * times
        assert len(store.decisions("alpha", 9)) == times
        assert store.tally("alpha", "2030-03-17")["generated"] == times


def test_what_was_committed_but_not_answered_is_stored_once_and_only_the_counts_run_on(
    mysql: Database, proxy: MysqlProxy
) -> None:
    with reached_by(mysql, port=proxy.port, ssl_ca=None).open() as store:
        proxy.lose_next_answer_to(b"COMMIT")
        with pytest.raises(DatabaseUnavailable):
            store.apply(_BATCH)
        _check_done_once(mysql)
        again = store.apply([*_BATCH, Tally("alpha", "2030-03-17", "blocked")])
        assert [applied.rows for applied in again] == [0, 1, 0, 1, 1, 1, 1, 1]
        assert store.tally("alpha", "2030-03-17") == {"generated": 2, "blocked": 1}
    _check_counts(mysql, times=2)
    assert proxy.connections == 2


def test_an_answer_lost_again_and_again_is_no_worse(mysql: Database, proxy: MysqlProxy) -> None:
    with reached_by(mysql, port=proxy.port, ssl_ca=None).open() as store:
        for _ in range(3):
            proxy.lose_next_answer_to(b"COMMIT")
            with pytest.raises(DatabaseUnavailable):
                store.apply(_BATCH)
        assert len(store.apply(_BATCH)) == len(_BATCH)
    _check_counts(mysql, times=4)


def test_a_repeated_removal_takes_nothing_with_it_that_came_after_it(
    mysql: Database, proxy: MysqlProxy
) -> None:
    batch = [
        said("before"),
        RemoveViewer("alpha", "1", None, 9),
        SetSetting("alpha", "seed", 5, "7", "Mod", 9),
        said("after"),
        said("of another", user="2"),
        OptOut("3", 9),
    ]
    with reached_by(mysql, port=proxy.port, ssl_ca=None).open() as store:
        proxy.lose_next_answer_to(b"COMMIT")
        with pytest.raises(DatabaseUnavailable):
            store.apply(batch)
        store.apply(batch)
        assert store.opted_out() == {"3"}
        assert len(store.changes("alpha", 9)) == 1
    assert sorted(_ids(mysql)) == ["after", "of another"]


def test_a_commit_still_under_way_is_waited_for(mysql: Database, mariadb: MariaDb) -> None:
    """A slow server may be at the lost COMMIT while the batch comes again."""
    slow = Session(mysql.engine)
    with mysql.open() as store, ThreadPoolExecutor(1) as one:

        def begin() -> None:
            slow.run(both("START TRANSACTION"))
            insert(slow, said("a"))

        def commit_when_waited_for() -> None:
            waits = "SHOW STATUS LIKE 'Innodb_row_lock_current_waits'"
            wait_until(lambda: mariadb.execute(waits)[0][1] != "0")
            slow.run(both("COMMIT"))
            slow.close()

        one.submit(begin).result(5)
        committed = one.submit(commit_when_waited_for)
        assert len(store.apply(_BATCH)) == len(_BATCH)
        committed.result(5)
    _check_done_once(mysql)


def test_a_batch_lost_before_its_commit_is_done_at_the_next_try(
    mysql: Database, proxy: MysqlProxy
) -> None:
    with reached_by(mysql, port=proxy.port, ssl_ca=None).open() as store:
        proxy.lose_next_answer_to(b"INSERT INTO tallies")
        with pytest.raises(DatabaseUnavailable):
            store.apply(_BATCH)
        store.apply(_BATCH)
    _check_done_once(mysql)


def test_an_unanswered_batch_that_is_not_repeated_does_not_stop_the_next(
    mysql: Database, proxy: MysqlProxy
) -> None:
    with reached_by(mysql, port=proxy.port, ssl_ca=None).open() as store:
        proxy.lose_next_answer_to(b"COMMIT")
        with pytest.raises(DatabaseUnavailable):
            store.apply([said("a")])
        assert store.apply([said("b"), said("a")]) == [Applied(1), Applied(0)]
    assert _ids(mysql) == ["a", "b"]


def test_a_hanging_server_that_comes_back_has_not_done_the_batch_twice(
    mysql: Database, mariadb: MariaDb
) -> None:
    """The statement that hung waits in the server's socket and is read after all."""
    hurried = reached_by(mysql, greeting_timeout_s=SHORT_S, read_timeout_s=SHORT_S)
    with hurried.open() as store:
        store.apply([said("first")])
        with frozen(mariadb), pytest.raises(DatabaseUnavailable):
            store.apply(_BATCH)
        store.apply(_BATCH)
    with mysql.open() as store:
        assert store.tally("alpha", "2030-03-17") == {"generated": 1}
    assert _ids(mysql) == ["first", "a"]


def test_a_row_locked_by_another_is_unavailable_not_wrong(mysql: Database) -> None:
    with closing(Session(mysql.engine)) as holder, opened(mysql) as (session, store):
        store.apply([said("a")])
        session.run(both("SET SESSION innodb_lock_wait_timeout = 0"))
        with holder.transaction():
            holder.run(both("UPDATE messages SET timestamp = 5"))
            with pytest.raises(DatabaseUnavailable, match="Lock wait timeout"):
                store.apply([RemoveMessage("alpha", "a", 9)])
        assert store.apply([RemoveMessage("alpha", "a", 9)]) == [Applied(1)]


def test_a_deadlock_is_unavailable_not_wrong(mysql: Database) -> None:
    with mysql.open() as store:
        store.apply([said("a"), said("b")])
    both_hold_one = threading.Barrier(2)
    problems: list[Exception] = []

    def lock(first: str, second: str) -> None:
        touch = both("UPDATE messages SET timestamp = timestamp + 1 WHERE message_id = ?")
        with closing(Session(mysql.engine)) as session:
            try:
                with session.transaction():
                    session.run(touch, first)
                    both_hold_one.wait(PATIENCE_S)
                    session.run(touch, second)
            except DatabaseError as error:
                problems.append(error)

    threads = [
        threading.Thread(target=lock, args=names, daemon=True) for names in (("a", "b"), ("b", "a"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert [type(problem) for problem in problems] == [DatabaseUnavailable]


@contextmanager
def small_packets(server: MariaDb, size: int) -> Iterator[None]:
    """The server takes so many bytes at once, for as long as the block lasts."""
    ((before,),) = server.execute("SELECT @@GLOBAL.max_allowed_packet")
    server.execute(f"SET GLOBAL max_allowed_packet = {size}")
    try:
        yield
    finally:
        server.execute(f"SET GLOBAL max_allowed_packet = {before}")


@pytest.mark.parametrize("size", [1024, 16_384])
def test_more_than_the_server_takes_at_once_goes_in_several_statements(
    mysql: Database, mariadb: MariaDb, size: int
) -> None:
    batch = [said(f"m{n}", "x" * 400) for n in range(500)]
    with small_packets(mariadb, size), mysql.open() as store:
        assert store.apply(batch) == [Applied(1)] * 500
    with mysql.open() as store:
        assert store.pace("alpha", 999, 999).held == 500


def test_one_write_that_is_too_large_is_told_as_that_and_the_connection_stays(
    mysql: Database, mariadb: MariaDb
) -> None:
    with small_packets(mariadb, 1024), opened(mysql) as (session, store):
        number = session.number(both("SELECT CONNECTION_ID()"))
        with pytest.raises(WriteTooLarge, match="more than its max_allowed_packet, 1024"):
            store.apply([said("a", "😀" * 250)])
        assert session.number(both("SELECT CONNECTION_ID()")) == number
        store.apply([said("b")])
    assert _ids(mysql) == ["b"]
