"""What is kept of a channel follows its id: the whole worker over a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clankbot.database.messages import STEP_ROWS
from clankbot.records.chat import (
    ChatCleared,
    Event,
    LinkUp,
    MessageDeleted,
    RoomState,
    UserCleared,
)
from clankbot.records.writes import Append, IdentifyChannel, RemoveChannel, StoredMessage
from tests.processing.desk import BOT, BOT_ID, Desk, locked


def room(channel: str, room_id: str | None) -> RoomState:
    """What follows a JOIN."""
    return RoomState(channel, room_id=room_id)


def joined(**rooms: str) -> list[Event]:
    """A new connection on which these channels, with their ids, are joined."""
    return [LinkUp(BOT, BOT_ID), *(room(channel, room_id) for channel, room_id in rooms.items())]


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Desk]:
    """A bot in alpha, which has a history and settings of its own and the id 111."""
    with Desk(tmp_path) as desk:
        desk.hear(*joined(alpha="111"))
        desk.chat("one", "two")
        assert desk.ask("off")
        assert desk.ask("prompt a grumpy pirate")
        assert desk.ask("block spoiler")
        assert desk.ask("forget nobody")
        yield desk


def restarted(desk: Desk, channels: str) -> Desk:
    """The same bot after a change of TWITCH_CHANNELS."""
    return Desk(desk.folder, desk.clock, TWITCH_CHANNELS=channels)


def test_all_follows_a_channel_to_its_new_name_with_the_first_word_of_the_room(
    known: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with restarted(known, "gamma") as desk:
        desk.hear(*joined(gamma="111"), desk.viewer("a spoiler", channel="gamma"))
        assert desk.stored("gamma") == ["one", "two"]
        assert desk.channels["gamma"].settings.persona == "a grumpy pirate"
        assert not desk.live_state.view("gamma").settings.enabled
        desk.chat("three", channel="gamma")
        assert desk.stored("gamma") == ["one", "two", "three"]
        assert desk.jobs.empty(), "it is switched off there, too"
        assert desk.order("undo", channel="gamma") != ["there is no change to take back"]
        (told,) = [r for r in caplog.records if r.message == "channel carried over"]
        assert (told.channel, told.former, told.messages) == ("gamma", "alpha", 2)  # type: ignore[attr-defined]
    with restarted(known, "gamma") as desk:
        caplog.clear()
        desk.hear(*joined(gamma="111"))
        assert "channel carried over" not in caplog.messages, "once"
        assert desk.stored("gamma") == ["one", "two", "three"]


def test_a_message_tells_the_id_before_it_is_stored_if_the_room_did_not(known: Desk) -> None:
    with restarted(known, "gamma") as desk:
        desk.chat("a spoiler", "three", channel="gamma", room_id="111")
        assert desk.stored("gamma") == ["one", "two", "three"]


def test_a_name_that_another_channel_has_by_now_starts_empty(known: Desk) -> None:
    with restarted(known, "alpha") as desk:
        desk.hear(*joined(alpha="222"))
        assert desk.stored() == []
        assert desk.channels["alpha"].overrides == {}
        assert desk.live_state.view("alpha").settings.enabled
        desk.chat("a spoiler")
        assert desk.stored() == ["a spoiler"]
    with restarted(known, "alpha,gamma") as desk:
        desk.hear(*joined(alpha="222", gamma="111"))
        assert desk.stored() == ["a spoiler"]
        assert desk.stored("gamma") == ["one", "two"]


def test_a_name_that_changes_hands_during_the_run_takes_nothing_along(desk: Desk) -> None:
    desk.hear(*joined(alpha="111"))
    desk.chat("one", "two", "three")
    job = desk.job()
    desk.live_state.generations.bind(
        job.generation_id, tuple(desk.store.recent_messages("alpha", 9))
    )
    desk.arrive(desk.viewer("@clankbot hi"))
    desk.hear(*joined(alpha="222"))
    assert job.cancel.cancelled
    assert desk.stored() == []
    assert desk.why() == "nothing has been decided here yet"
    desk.give_up("called off")
    desk.chat("hello")
    assert desk.jobs.empty(), "the mention was in another channel"


def test_a_rename_during_the_run_is_noticed_at_the_next_join(desk: Desk) -> None:
    desk.hear(*joined(alpha="111"))
    desk.chat("one")
    desk.hear(*joined(beta="111"))
    assert (desk.stored(), desk.stored("beta")) == ([], ["one"])


def test_two_names_that_claim_one_id_at_once_do_not_tear_at_it(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        desk.hear(*joined(alpha="111", beta="111"))
        desk.chat("one", room_id="111")
        desk.chat("two", channel="beta", room_id="111")
        desk.chat("three", room_id="111")
    assert set(desk.stored()) == {"one", "three"}
    assert set(desk.stored("beta")) == {"two"}
    assert caplog.messages.count("two channels with one id") == 3, "once a connection"


@pytest.mark.parametrize(
    "removal",
    [UserCleared("gamma", "7", None), ChatCleared("gamma"), MessageDeleted("gamma", "m-old")],
    ids=["ban", "clear", "deletion"],
)
def test_a_removal_that_overtakes_the_room_reaches_what_is_carried_over(
    known: Desk, removal: Event
) -> None:
    known.store.apply([RemoveChannel("alpha", 1)])
    known.chat("three", message_id="m-old")
    with restarted(known, "gamma") as desk:
        desk.hear(*joined(gamma="111"), removal)
        assert desk.stored("gamma") == []
        desk.chat("four", channel="gamma", user_id="8", login="bruno")
        assert desk.stored("gamma") == ["four"]


def test_a_message_does_not_change_what_the_room_said(known: Desk) -> None:
    for room_id in ("222", "111", "333"):
        known.hear(known.viewer(f"from {room_id}", room_id=room_id))
    assert known.stored() == ["one", "two", "from 222", "from 111", "from 333"]
    assert known.channels["alpha"].settings.persona == "a grumpy pirate"


def test_a_message_takes_no_id_from_another_of_the_bots_channels(known: Desk) -> None:
    with restarted(known, "gamma,alpha") as desk:
        desk.chat("hello", channel="gamma", room_id="111")
        assert desk.stored("gamma") == ["hello"]
        assert desk.stored() == ["one", "two"]


@pytest.mark.parametrize("room_id", [None, "111"])
def test_a_room_that_is_not_ours_or_says_nothing_changes_nothing(
    known: Desk, room_id: str | None
) -> None:
    known.hear(room("elsewhere", room_id), room("alpha", None))
    assert known.stored() == ["one", "two"]
    assert [name.login for name in known.store.channel_names()] == ["alpha"]


def test_during_an_outage_it_is_kept_and_carried_out_later(known: Desk) -> None:
    with restarted(known, "gamma") as desk:
        with locked(desk.path):
            desk.hear(room("gamma", "111"), desk.viewer("three", channel="gamma"))
        desk.clock.forward(60)
        desk.settle()
        assert desk.stored("gamma") == ["one", "two", "three"]
        assert not desk.live_state.view("gamma").settings.enabled


def test_while_a_long_history_is_on_its_way_nothing_is_said(known: Desk) -> None:
    known.order("on")
    known.store.apply(
        [
            Append(
                StoredMessage(f"x{n}", "alpha", "8", "bruno", "Bruno", "hello", known.clock.ms())
            )
            for n in range(3 * STEP_ROWS)
        ]
    )
    with restarted(known, "gamma") as desk:
        desk.hear(*joined(gamma="111"), desk.viewer("@clankbot hi", channel="gamma"))
        assert desk.jobs.empty()
        assert desk.order("speak", channel="gamma") == [
            "not now: messages are still being deleted or carried over"
        ]
        while desk.store.is_removing():
            desk.settle()
        assert desk.has_job
        assert len(desk.store.recent_messages("gamma", 10_000)) == 3 * STEP_ROWS + 3


def test_what_is_left_behind_is_kept_as_long_as_its_channel_wished(known: Desk) -> None:
    known.order("on")
    known.ask("retention 1")
    with restarted(known, "alpha") as desk:
        desk.hear(*joined(alpha="222"))
        assert len(desk.stored("id:111")) == 2
        desk.clock.forward(2 * 86_400)
        for _ in range(30):
            desk.clock.forward(1)
            desk.settle()
        assert desk.stored("id:111") == []


def test_when_it_was_seen_last_is_noted_by_the_hour(desk: Desk) -> None:
    desk.hear(*joined(alpha="111"))
    (before,) = desk.store.channel_names()
    desk.clock.forward(3000)
    desk.chat("one", room_id="111")
    assert desk.store.channel_names() == [before]
    desk.clock.forward(1000)
    desk.chat("two", room_id="111")
    (after,) = desk.store.channel_names()
    assert after.last_seen_ms == before.last_seen_ms + 4_000_000


def test_a_reload_that_the_database_refuses_is_made_up_for(known: Desk) -> None:
    with restarted(known, "gamma") as desk:
        desk.store.apply([IdentifyChannel("gamma", "111", 1)])  # its commit was not answered
        desk.hear(room("gamma", "111"))
        assert not desk.live_state.view("gamma").settings.enabled
