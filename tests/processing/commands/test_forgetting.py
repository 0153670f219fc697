"""What is kept of a viewer: `!clank forget`, and the opt-out of every viewer."""

from __future__ import annotations

import sqlite3
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from clankbot.cancel import END
from clankbot.database.database import Database, Store
from tests.processing.commands.broken import refuse
from tests.processing.desk import Desk, ImpatientSqlite, locked

# -- forget ----------------------------------------------------------------------------------------


def test_forget_deletes_one_viewers_messages_in_this_channel(desk: Desk) -> None:
    desk.chat("one", "two")
    desk.chat("three", user_id="8", login="bruno")
    desk.chat("four", channel="beta")
    assert desk.ask("forget @Alice") == "forgot 2 messages"
    assert desk.stored() == ["three"]
    assert desk.stored("beta") == ["four"]
    assert desk.ask("forget 8") == "forgot 1 message"
    assert desk.ask("forget alice") == "nothing of that viewer is stored here"


def test_forget_finds_what_was_said_a_moment_before(desk: Desk) -> None:
    desk.hear(
        desk.viewer("one"),
        desk.viewer("@clankbot two"),
        desk.viewer("!clank forget alice", user_id="1", is_mod=True),
    )
    assert desk.stored() == []
    assert desk.answers == ["forgot 2 messages"]
    assert desk.jobs.empty()


def test_forget_takes_all_that_one_viewer_said_under_any_name(desk: Desk) -> None:
    desk.chat("one", "two")
    desk.chat("three", login="alice_renamed")
    assert desk.ask("forget alice") == "forgot 3 messages"
    assert desk.stored() == []


def test_forget_lists_those_whom_a_name_may_mean_and_deletes_nothing(desk: Desk) -> None:
    desk.chat("one", "two")
    desk.chat("three", user_id="8", login="alice")
    desk.chat("four", user_id="9", login="7")
    assert desk.ask("forget @Alice") == (
        "several viewers match: alice (id 7), alice (id 8); nothing is deleted; say which, such as:"
        " !clank forget id:7"
    )
    assert desk.ask("forget 7").startswith("several viewers match: alice (id 7), 7 (id 9);")
    assert len(desk.stored()) == 4
    assert desk.ask("forget id:7") == "forgot 2 messages"
    assert desk.ask("forget @7") == "forgot 1 message"
    assert desk.stored() == ["three"]


def test_forget_lists_a_few_of_very_many(desk: Desk) -> None:
    for number in range(8):
        desk.chat("hello", user_id=str(100 + number))
    answer = desk.ask("forget alice")
    assert "alice (id 104) and 3 more; nothing is deleted" in answer
    assert len(answer) < 450


@pytest.mark.parametrize(
    "name",
    [
        "테스트계정420",
        "@테스트계정420",
        "테스트계정420(test420)",
        "@테스트계정420 (test420),",
        "테스트계정420（@Test420）",
        "\u2060테스트계정４２０\u034f",
        "test420",
        "Test420(test420)",
        "8",
        "id:8",
    ],
)
def test_forget_finds_a_viewer_however_the_name_is_written(desk: Desk, name: str) -> None:
    desk.chat("one", "two")
    said = desk.viewer("three", user_id="8", login="test420")
    desk.hear(replace(said, display_name="테스트계정420"))
    assert desk.ask(f"forget {name}") == "forgot 1 message"
    assert desk.stored() == ["one", "two"]


def test_forget_knows_capitals_of_other_scripts(desk: Desk) -> None:
    said = desk.viewer("one", user_id="8", login="dimitri")
    desk.hear(replace(said, display_name="ДмитрийТВ"))
    desk.chat("two", user_id="9", login="dimitri_too")
    assert desk.ask("forget Дмитрий") == "nothing of that viewer is stored here"
    assert desk.ask("forget дмитрийтв") == "forgot 1 message"
    assert desk.stored() == ["two"]


def test_forget_stops_what_is_made_of_the_viewers_words(desk: Desk) -> None:
    desk.chat("one", "two", "three")
    job = desk.job()
    desk.live_state.generations.bind(
        job.generation_id, tuple(desk.store.recent_messages("alpha", 9))
    )
    desk.order("forget alice")
    assert job.cancel.cancelled


# -- viewers' own ----------------------------------------------------------------------------------


def test_an_optout_deletes_everywhere_and_holds_until_an_optin(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.chat("one")
        desk.chat("two", channel="beta")
        desk.chat("three", user_id="8", login="bruno")
        desk.chat("!clank optout", channel="beta")
        assert desk.answers == ["your messages are deleted and none is kept from now on"]
        assert (desk.stored(), desk.stored("beta")) == (["three"], [])
    with Desk(tmp_path, desk.clock) as again:
        again.chat("four", "@clankbot five", login="alice_renamed")
        again.chat("six", channel="beta")
        assert (again.stored(), again.stored("beta")) == (["three"], [])
        assert again.jobs.empty()
        again.chat("!clank optin")
        assert again.answers == ["welcome back: your messages are kept again from now on"]
        again.chat("seven")
        assert again.stored() == ["three", "seven"]


def test_an_optout_takes_what_was_said_in_the_same_moment_along(desk: Desk) -> None:
    said = ("before", "@clankbot hi", "!clank optout", "after", "@clankbot hi")
    desk.hear(*map(desk.viewer, said))
    assert desk.stored() == []
    assert desk.jobs.empty()


@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize("wishes", ["out in", "out in out", "in out", "in"])
def test_the_last_of_optin_and_optout_holds(desk: Desk, wishes: str, away: bool) -> None:
    with locked(desk.path) if away else nullcontext():
        desk.hear(*(desk.viewer(f"!clank opt{wish}") for wish in wishes.split()))
        desk.chat("hello")
        desk.clock.forward(60)
    desk.settle()
    opted_out = wishes.endswith("out")
    assert desk.live_state.has_opted_out("7") is opted_out
    assert desk.store.opted_out() == ({"7"} if opted_out else set())
    assert desk.stored() == ([] if opted_out else ["hello"])


def test_an_optout_during_an_outage_holds_at_once_and_is_kept_for_the_database(desk: Desk) -> None:
    desk.chat("one")
    with locked(desk.path):
        desk.chat("!clank optout", "two")
        assert desk.live_state.has_opted_out("7")
        assert desk.answers == [
            "none of your messages is kept from now on; those stored are deleted as soon as the"
            " database is back"
        ]
        desk.clock.forward(60)
    desk.settle()
    assert desk.stored() == []
    assert desk.store.opted_out() == {"7"}
    assert len(desk.answers) == 1


def test_an_optin_during_an_outage_keeps_what_is_said_behind_it(desk: Desk) -> None:
    desk.chat("!clank optout")
    with locked(desk.path):
        desk.chat("!clank optin", "hello")
        assert desk.answers[1:] == ["welcome back: your messages are kept again from now on"]
        desk.clock.forward(60)
    desk.settle()
    assert desk.stored() == ["hello"]
    assert desk.store.opted_out() == set()


def test_optouts_during_an_outage_do_not_put_off_the_next_try(desk: Desk) -> None:
    with locked(desk.path):
        desk.chat("!clank optout")
    for _ in range(4):
        desk.clock.forward(0.1)
        desk.chat("!clank optout", user_id="8")
    desk.clock.forward(0.1)
    desk.settle()
    assert desk.live_state.outage is None
    assert desk.store.opted_out() == {"7", "8"}


def test_an_optout_that_the_database_refuses_holds_until_the_end(desk: Desk) -> None:
    desk.chat("one")
    refuse(desk, "opt_outs")
    desk.chat("!clank optout", "two")
    assert desk.answers == [
        "your messages could not be deleted; none is kept until I am started again"
    ]
    assert desk.live_state.has_opted_out("7")
    assert desk.stored() == ["one"]


def test_a_spree_of_optouts_is_obeyed_and_answered_in_part(desk: Desk) -> None:
    viewers = [str(number) for number in range(100, 130)]
    for user_id in viewers:
        desk.chat("mine", user_id=user_id)
    desk.hear(*(desk.viewer("!clank optout", user_id=user_id) for user_id in viewers))
    assert desk.store.opted_out() == set(viewers)
    assert desk.stored() == []
    assert len(desk.offered) == 10


def test_an_optin_that_would_not_be_answered_waits(desk: Desk) -> None:
    for _ in range(5):
        desk.chat("!clank optout", "!clank optin")
    desk.chat("!clank optout", "!clank optin", "mine")
    assert desk.stored() == []
    desk.clock.forward(2)
    desk.chat("!clank optin", "mine")
    assert desk.stored() == ["mine"]


def test_viewers_who_change_their_minds_do_not_fill_the_queue_of_an_outage(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with locked(desk.path):
        desk.chat(*["!clank optout", "!clank optin"] * 200)
        desk.chat(*["!clank optout"] * 200)
        desk.tell(END)
    (lost,) = (record for record in caplog.records if record.message == "not stored")
    assert lost.__dict__["writes"] < 15


class CountingSqlite(ImpatientSqlite):
    """Counts the transactions of the worker's connection."""

    commits = 0

    def connect(self) -> sqlite3.Connection:
        connection = super().connect()
        connection.set_trace_callback(self._note)
        return connection

    def _note(self, statement: str) -> None:
        self.commits += statement == "COMMIT"


class CountingDesk(Desk):
    """A desk that counts what the worker's transactions are."""

    def open_history(self) -> Store:
        self.engine = CountingSqlite(self.path)
        return Database(self.engine, self.clock).open()


@pytest.mark.parametrize("text", ["!clank optout", "!clank optin", "!clank about", "!clank off"])
def test_what_viewers_ask_for_without_an_answer_costs_no_transaction_of_its_own(
    tmp_path: Path, text: str
) -> None:
    """Each would wait for the disk, and all chat with it."""
    with CountingDesk(tmp_path) as desk:
        for number in range(10):
            desk.chat("!clank optout", user_id=str(number))
        before = desk.engine.commits
        desk.hear(*(desk.viewer(text, user_id=str(number)) for number in range(100)))
        assert desk.engine.commits - before <= 2


def test_a_moderator_who_opted_out_is_not_named_in_the_records(desk: Desk) -> None:
    desk.order("optout")
    desk.order("threshold 7")
    desk.order("block barn")
    (change,) = desk.store.last_changes("alpha")
    assert (change.changed_by_id, change.changed_by) == ("", "")
