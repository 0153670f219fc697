"""Whose turn it is: distances, rooms, ranks, and what a new or a lost link changes."""

from __future__ import annotations

import pytest

from clankbot.records.chat import Event, Left, LinkUp, Notice, Reconnect, RoomState, UserCleared
from clankbot.records.reasons import Why
from clankbot.records.speech import Delivered, MessageKind, Outgoing
from tests.irc.rigs import SenderRig, joined_rig

COMMAND, MENTION, SPONTANEOUS = MessageKind


# --- saying ---


def test_a_line_goes_out_at_once_and_is_reported_under_the_id_that_twitch_gave_it() -> None:
    rig = joined_rig("a")
    rig.offer("hello", MENTION, reply_to_id="parent-1")
    rig.run()
    said = rig.said[0]
    assert (said.channel, said.text, said.reply_to_id) == ("a", "hello", "parent-1")
    line = Outgoing("a", "hello", MENTION, rig.now, "parent-1")
    assert rig.reports == [Delivered(line, "hello", said.message_id, int(rig.now * 1000), rig.now)]


def test_more_urgent_lines_overtake_and_equals_keep_their_order() -> None:
    rig = joined_rig("a")
    rig.say("first")
    for speech in (SPONTANEOUS, MENTION, COMMAND):
        for number in (1, 2):
            rig.offer(f"{speech.name} {number}", speech)
    rig.run(seconds=20.0)
    assert rig.texts[1:] == [
        "COMMAND_ANSWER 1",
        "COMMAND_ANSWER 2",
        "MENTION_ANSWER 1",
        "MENTION_ANSWER 2",
        "SPONTANEOUS 1",
        "SPONTANEOUS 2",
    ]


def test_lines_in_one_channel_keep_their_distance_while_other_channels_go_on() -> None:
    rig = joined_rig("a", "b")
    for text in ("1", "2", "3"):
        rig.offer(text, channel="a")
    rig.offer("other", channel="b")
    start = rig.now
    rig.run(seconds=10.0)
    at = {said.text: said.at - start for said in rig.said}
    assert at == pytest.approx({"1": 0.0, "other": 0.0, "2": 1.3, "3": 2.6})


def test_a_privileged_channel_has_shorter_distances_until_the_rank_is_gone() -> None:
    rig = joined_rig("a", privileged=("a",))
    for text in ("1", "2"):
        rig.offer(text)
    rig.run(seconds=0.5)
    assert rig.said[1].at - rig.said[0].at == pytest.approx(0.3)
    rig.privileged.clear()
    rig.run(seconds=60.0)
    for text in ("3", "4", "5"):
        rig.offer(text)
    rig.run(seconds=10.0)
    assert rig.said[4].at - rig.said[3].at == pytest.approx(1.3)


def test_slow_mode_holds_lines_back_and_its_end_frees_them() -> None:
    rig = joined_rig("a")
    rig.handle(RoomState("a", slow_seconds=30))
    rig.say("1")
    rig.offer("2")
    rig.run(seconds=20.0)
    assert rig.texts == ["1"]
    rig.handle(RoomState("a", emote_only=True))
    rig.run(seconds=5.0)
    assert rig.texts == ["1"]
    rig.handle(RoomState("a", slow_seconds=0))
    rig.run()
    assert rig.texts == ["1", "2"]


def test_a_line_for_a_channel_that_is_not_ours_is_dropped() -> None:
    rig = joined_rig("a")
    rig.say("hello", channel="elsewhere")
    assert rig.codes == [Why.NOT_OUR_CHANNEL]


def test_events_of_channels_that_are_not_ours_change_nothing() -> None:
    rig = joined_rig("a")
    rig.handle(rig.own_state("elsewhere", "x"))
    rig.handle(RoomState("elsewhere", 30))
    rig.handle(Notice("elsewhere", "msg_banned", ""))
    rig.handle(Notice(None, None, "Login authentication failed"))
    rig.say("hello")
    assert rig.texts == ["hello"]


def test_a_command_held_by_the_accounts_window_is_not_overtaken_by_privileged_channels() -> None:
    rig = joined_rig("mine", "theirs", privileged=("mine",))
    for number in range(30):
        rig.say(f"talk {number}", channel="mine")
        rig.run(seconds=0.5)
    rig.offer("answer", COMMAND, "theirs")
    start = rig.now
    for number in range(200):
        rig.offer(f"more talk {number}", channel="mine")
        rig.run(seconds=0.2)
    answer = next(said for said in rig.said if said.text == "answer")
    assert answer.at - start < 31.0


def test_talk_leaves_three_places_in_the_accounts_window_to_commands() -> None:
    channels = tuple(f"c{number}" for number in range(10))
    rig = joined_rig(*channels)
    for number in range(30):
        rig.offer(f"talk {number}", channel=channels[number % 10])
    rig.run(seconds=5.0)
    assert len(rig.said) == 16
    for number in range(4):
        rig.offer(f"answer {number}", COMMAND, channels[number])
    rig.run(seconds=5.0)
    assert rig.texts[16:] == ["answer 0", "answer 1", "answer 2"]


def test_talk_in_privileged_channels_makes_room_for_a_command_that_waits_elsewhere() -> None:
    rig = joined_rig("mine", "theirs", privileged=("mine",))
    rig.handle(RoomState("theirs", slow_seconds=10))
    rig.say("answer 1", COMMAND, "theirs")
    rig.offer("answer 2", COMMAND, "theirs")
    for number in range(50):
        rig.offer(f"talk {number}", channel="mine")
        rig.run(seconds=0.4)
    answer = next(said for said in rig.said if said.text == "answer 2")
    assert answer.at - rig.said[0].at == pytest.approx(11.0)


# --- the link ---


def test_nothing_is_said_before_the_channel_is_joined() -> None:
    rig = SenderRig("a")
    rig.answers_joins = False
    rig.offer("hello")
    rig.connect()
    assert [line for _, line in rig.wire] == ["JOIN #a"]
    rig.handle(RoomState("a", 0))
    rig.run()
    assert rig.texts == ["hello"]


def test_an_own_state_is_enough_to_count_as_joined() -> None:
    rig = SenderRig("a")
    rig.answers_joins = False
    rig.offer("hello")
    rig.connect()
    rig.handle(rig.own_state("a"))
    rig.run()
    assert rig.texts == ["hello"]


def test_an_unanswered_join_is_repeated_after_ten_seconds() -> None:
    rig = SenderRig("a", "b")
    rig.answers_joins = False
    rig.connect()
    start = rig.now
    rig.handle(RoomState("b", 0))
    rig.run(seconds=40.0)
    assert [(at - start, channel) for at, channel in rig.joins] == [
        (0.0, "a"),
        (0.0, "b"),
        (10.0, "a"),
        (30.0, "a"),
    ]


def test_a_lost_link_settles_what_was_under_way_and_it_is_not_said_again() -> None:
    rig = joined_rig("a")
    rig.verdict = rig.say_nothing
    rig.say("hello")
    rig.disconnect()
    assert [delivered.message_id for delivered in rig.delivered] == [None]
    rig.connect()
    rig.run(seconds=30.0)
    assert rig.texts == ["hello"]
    assert len(rig.reports) == 1


def test_a_waiting_line_goes_out_after_the_reconnect_once_the_channel_is_joined_again() -> None:
    rig = joined_rig("a")
    rig.disconnect()
    rig.offer("hello")
    rig.run(seconds=20.0)
    assert rig.said == []
    rig.connect()
    assert [line.split("=")[0] for _, line in rig.wire[-2:]] == ["JOIN #a", "@client-nonce"]


def test_a_line_that_the_link_did_not_take_goes_out_later_and_is_looked_at_again() -> None:
    rig = joined_rig("a")
    looks: list[str] = []
    rig.objection = lambda line: looks.append(line.text)
    rig.link_takes = False
    rig.say("hello")
    assert rig.reports == []
    rig.disconnect()
    rig.link_takes = True
    rig.run(seconds=20.0)
    assert rig.said == []
    rig.connect()
    assert rig.texts == ["hello"]
    assert looks == ["hello", "hello"]


def test_a_link_that_refuses_a_line_for_a_moment_is_left_alone_for_a_second() -> None:
    rig = joined_rig("a")
    rig.link_takes = False
    start = rig.now
    rig.say("hello")
    rig.link_takes = True
    rig.run(seconds=5.0)
    assert rig.said[0].at == start + 1.0


def test_a_join_that_the_link_did_not_take_is_not_counted_as_asked() -> None:
    rig = SenderRig("a")
    rig.link_takes = False
    rig.connect()
    rig.link_takes = True
    rig.run(seconds=1.0)
    assert [channel for _, channel in rig.joins] == ["a"]


def test_nothing_is_begun_on_a_link_about_to_be_closed() -> None:
    rig = joined_rig("a")
    rig.verdict = rig.say_nothing
    rig.say("1")
    rig.handle(Reconnect())
    rig.accept(rig.said[0])
    rig.offer("2")
    rig.run(seconds=5.0)
    assert rig.texts == ["1"]
    assert [d.message_id for d in rig.delivered] == [rig.said[0].message_id]


def test_a_new_link_without_a_word_of_the_old_ones_loss_settles_and_joins_all_the_same() -> None:
    rig = joined_rig("a")
    rig.verdict = rig.say_nothing
    rig.say("1")
    rig.handle(LinkUp("clank", "1"))
    rig.run()
    assert [delivered.message_id for delivered in rig.delivered] == [None]
    assert len(rig.joins) == 2


def test_pacing_goes_on_over_a_reconnect() -> None:
    rig = joined_rig("a")
    rig.handle(RoomState("a", slow_seconds=20))
    rig.slow["a"] = 20
    rig.say("1")
    rig.disconnect()
    rig.connect()
    rig.offer("2")
    rig.run(seconds=30.0)
    assert rig.said[1].at - rig.said[0].at == pytest.approx(21.0)


def test_a_rank_must_be_confirmed_again_after_a_reconnect() -> None:
    rig = joined_rig("a", privileged=("a",))
    rig.say("1")
    rig.disconnect()
    rig.answers_joins = False
    rig.connect()
    rig.handle(RoomState("a", slow_seconds=10))
    rig.offer("2")
    rig.run(seconds=2.0)
    assert rig.texts == ["1"]
    rig.handle(rig.own_state("a"))
    rig.run(seconds=1.0)
    assert rig.texts == ["1", "2"]


@pytest.mark.parametrize("event", [Left("a", "clank"), UserCleared("a", "1", None)])
def test_a_bot_that_was_put_out_of_a_channel_asks_for_it_again(event: Event) -> None:
    rig = joined_rig("a", "b")
    before = len(rig.joins)
    rig.handle(event)
    rig.say("hello?")
    assert rig.texts == []
    rig.run(seconds=61.0)
    assert [channel for _, channel in rig.joins[before:]] == ["a"]
    rig.say("hello again")
    assert rig.texts == ["hello again"]


@pytest.mark.parametrize(
    "event",
    [
        Left("a", "vera"),
        Left("elsewhere", "clank"),
        UserCleared("a", "2", None),
        UserCleared("a", None, None, login="vera"),
        UserCleared("a", "1", 600),
    ],
)
def test_what_happens_to_others_or_passes_leaves_the_bot_in_the_channel(event: Event) -> None:
    rig = joined_rig("a")
    rig.handle(event)
    rig.say("hello")
    assert rig.texts == ["hello"]
