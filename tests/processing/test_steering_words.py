"""The `!clank` verbs about words: forget, block, and what viewers may ask for their own."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.processing.commands.broken import refuse
from tests.processing.desk import Desk, locked

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


def test_forget_answers_once_for_all_who_have_had_the_name(desk: Desk) -> None:
    desk.chat("one", "two")
    desk.chat("three", user_id="8", login="alice")
    desk.chat("four", login="alice_renamed")
    assert desk.ask("forget alice") == "forgot 4 messages"
    assert desk.stored() == []


def test_forget_stops_what_is_made_of_the_viewers_words(desk: Desk) -> None:
    desk.chat("one", "two", "three")
    job = desk.job()
    desk.live_state.bind(job.generation_id, tuple(desk.store.recent_messages("alpha", 9)))
    desk.order("forget alice")
    assert job.cancel.cancelled


# -- block and unblock -----------------------------------------------------------------------------


def test_a_blocked_term_holds_in_this_channel_across_a_restart(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert desk.ask("block old barn") == "added to this channel's list of blocked terms"
        desk.chat("the old barn", "good")
        desk.chat("the old barn", channel="beta")
        assert desk.stored() == ["good"]
        assert desk.stored("beta") == ["the old barn"]
    with Desk(tmp_path, desk.clock) as again:
        again.chat("the old barn")
        assert again.stored() == ["good"]
        assert again.ask("block OLD BARN") == "that term is on this channel's list already"
        assert again.ask("unblock OLD Barn") == ("taken off this channel's list of blocked terms")
        again.chat("the old barn")
        assert again.stored() == ["good", "the old barn"]
        assert again.ask("unblock old barn") == ("that term is not on this channel's own list")


def test_a_channel_has_any_number_of_terms(desk: Desk) -> None:
    desk.ask("block old barn")
    desk.ask("block mill")
    desk.chat("the old barn", "the mill", "good")
    assert desk.stored() == ["good"]


def test_moderators_may_name_a_blocked_term_to_block_or_unblock_it(desk: Desk) -> None:
    assert desk.ask("block shed") == "added to this channel's list of blocked terms"
    assert desk.ask("unblock shed") == "taken off this channel's list of blocked terms"
    assert desk.ask("unblock shed") == "that term is not on this channel's own list"
    desk.chat("the shed")
    assert desk.stored() == []


@pytest.mark.parametrize(
    "text", ["prompt You live in a shed.", "forget shed", "model shed", "shed", "help shed"]
)
def test_any_other_command_that_holds_a_blocked_term_is_ignored(desk: Desk, text: str) -> None:
    assert desk.order(text) == []
    assert desk.errands == []
    assert desk.store.all_overrides() == {}
    assert desk.store.tally("alpha", "2026-09-21") == {"blocked": 1}


@pytest.mark.parametrize("text", ["block shed", "unblock shed", "optout shed"])
def test_a_viewer_may_not_name_one(desk: Desk, text: str) -> None:
    desk.chat(f"!clank {text}")
    assert desk.offered == []
    assert desk.store.tally("alpha", "2026-09-21") == {"blocked": 1}


def test_a_term_that_cannot_be_one_is_refused_with_the_reason(desk: Desk) -> None:
    assert desk.ask("block x") == "a term has 2 to 500 characters, not 1"
    assert desk.store.all_terms() == {}


@pytest.mark.parametrize("text", ["!barn", "!old barn"])
def test_an_exception_is_the_operators(desk: Desk, text: str) -> None:
    answer = "an exception (!word) can only stand in the operator's list; use unblock for a term"
    assert desk.ask(f"block {text}") == answer
    assert desk.store.all_terms() == {}


def test_a_term_is_no_longer_than_its_key_may_be(desk: Desk) -> None:
    assert desk.ask("block " + "ß" * 250).startswith("added to")
    assert desk.ask("block " + "ß" * 251).startswith("a term has at most 500 characters")


def test_a_term_added_while_the_filter_is_off_is_told_to_block_nothing(tmp_path: Path) -> None:
    with Desk(tmp_path, None, CONTENT_FILTER_ENABLED="false") as desk:
        assert desk.ask("block barn") == (
            "added to this channel's list of blocked terms;"
            " it blocks nothing while the operator has the filter switched off"
        )
        desk.chat("the old barn")
        assert desk.stored() == ["the old barn"]


def test_an_answer_with_a_term_blocked_since_is_replaced_once(desk: Desk) -> None:
    desk.ask("prompt You live in a barn.")
    desk.ask("block barn")
    desk.ask("prompt")
    answer = desk.offered[-1]
    assert desk.look(answer) == "blocked by the filter"
    desk.send(answer)
    instead = desk.offered[-1]
    assert (instead.text, instead.reply_to_id) == (
        "done; my answer held a blocked term",
        answer.reply_to_id,
    )
    desk.ask("block done")
    before = len(desk.offered)
    desk.send(instead)
    assert len(desk.offered) == before
    assert desk.store.tally("alpha", "2026-09-21") == {"blocked": 2}


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


def test_a_moderator_who_opted_out_is_not_named_in_the_records(desk: Desk) -> None:
    desk.order("optout")
    desk.order("threshold 7")
    desk.order("block barn")
    (change,) = desk.store.last_changes("alpha")
    assert (change.changed_by_id, change.changed_by) == ("", "")


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({}, "for 30 days, the newest 10000 at most"),
        ({"MESSAGE_RETENTION_DAYS": "1"}, "for 1 day, the newest 10000 at most"),
        (
            {"MESSAGE_RETENTION_DAYS": "0", "MESSAGE_RETENTION_COUNT": "0"},
            "until moderators delete them",
        ),
    ],
)
def test_about_tells_any_viewer_what_is_kept(
    tmp_path: Path, settings: dict[str, str], kept: str
) -> None:
    with Desk(tmp_path, None, **settings) as desk:
        desk.chat("!clank about")
        (text,) = desk.answers
    assert text.startswith("I am a bot. ")
    assert f"I keep this chat's messages {kept}. " in text


@pytest.mark.parametrize(
    ("in_cloud", "where"), [(False, "that the streamer runs"), (True, "in Ollama's cloud")]
)
def test_about_tells_whose_machine_the_model_is_on(desk: Desk, in_cloud: bool, where: str) -> None:
    desk.is_in_cloud = in_cloud
    desk.chat("!clank about")
    assert f"A language model {where} writes my lines." in desk.answers[0]


def test_about_is_told_once_a_minute_in_each_channel(desk: Desk) -> None:
    desk.chat("!clank about", "!clank about")
    desk.chat("!clank about", channel="beta")
    desk.clock.forward(59)
    desk.chat("!clank about")
    assert [line.channel for line in desk.offered] == ["alpha", "beta"]
    desk.clock.forward(1)
    desk.chat("!clank about")
    assert len(desk.offered) == 3
