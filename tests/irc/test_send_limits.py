"""Whose turn it is: distances, rooms, ranks, and what a new or a lost link changes."""

from __future__ import annotations

import pytest

from clankbot.records.chat import Event, Left, LinkUp, Notice, Reconnect, RoomState, UserCleared
from clankbot.records.speech import Delivered, MessageKind, Outgoing
from tests.irc.sending import Bench, joined

COMMAND, MENTION, SPONTANEOUS = MessageKind


# --- saying ---


def test_a_line_goes_out_at_once_and_is_reported_under_the_id_that_twitch_gave_it() -> None:
    bench = joined("a")
    bench.offer("hello", MENTION, reply_to_id="parent-1")
    bench.run()
    said = bench.said[0]
    assert (said.channel, said.text, said.reply_to_id) == ("a", "hello", "parent-1")
    line = Outgoing("a", "hello", MENTION, bench.now, "parent-1")
    assert bench.reports == [Delivered(line, "hello", f"id-{said.nonce}", int(bench.now * 1000))]


def test_more_urgent_lines_overtake_and_equals_keep_their_order() -> None:
    bench = joined("a")
    bench.say("first")
    for speech in (SPONTANEOUS, MENTION, COMMAND):
        for number in (1, 2):
            bench.offer(f"{speech.name} {number}", speech)
    bench.run(seconds=20.0)
    assert bench.texts[1:] == [
        "COMMAND_ANSWER 1",
        "COMMAND_ANSWER 2",
        "MENTION_ANSWER 1",
        "MENTION_ANSWER 2",
        "SPONTANEOUS 1",
        "SPONTANEOUS 2",
    ]


def test_lines_in_one_channel_keep_their_distance_while_other_channels_go_on() -> None:
    bench = joined("a", "b")
    for text in ("1", "2", "3"):
        bench.offer(text, channel="a")
    bench.offer("other", channel="b")
    start = bench.now
    bench.run(seconds=10.0)
    at = {said.text: said.at - start for said in bench.said}
    assert at == pytest.approx({"1": 0.0, "other": 0.0, "2": 1.3, "3": 2.6})


def test_a_privileged_channel_has_shorter_distances_until_the_rank_is_gone() -> None:
    bench = joined("a", privileged=("a",))
    for text in ("1", "2"):
        bench.offer(text)
    bench.run(seconds=0.5)
    assert bench.said[1].at - bench.said[0].at == pytest.approx(0.3)
    bench.privileged.clear()
    bench.run(seconds=60.0)
    for text in ("3", "4", "5"):
        bench.offer(text)
    bench.run(seconds=10.0)
    assert bench.said[4].at - bench.said[3].at == pytest.approx(1.3)


def test_slow_mode_holds_lines_back_and_its_end_frees_them() -> None:
    bench = joined("a")
    bench.note(RoomState("a", slow_seconds=30))
    bench.say("1")
    bench.offer("2")
    bench.run(seconds=20.0)
    assert bench.texts == ["1"]
    bench.note(RoomState("a", emote_only=True))
    bench.run(seconds=5.0)
    assert bench.texts == ["1"]
    bench.note(RoomState("a", slow_seconds=0))
    bench.run()
    assert bench.texts == ["1", "2"]


def test_a_line_for_a_channel_that_is_not_ours_is_dropped() -> None:
    bench = joined("a")
    bench.say("hello", channel="elsewhere")
    assert bench.reasons == ["not one of the bot's channels"]


def test_events_of_channels_that_are_not_ours_change_nothing() -> None:
    bench = joined("a")
    bench.note(bench.own_state("elsewhere", "x"))
    bench.note(RoomState("elsewhere", 30))
    bench.note(Notice("elsewhere", "msg_banned", ""))
    bench.note(Notice(None, None, "Login authentication failed"))
    bench.say("hello")
    assert bench.texts == ["hello"]


def test_a_command_held_by_the_accounts_window_is_not_overtaken_by_privileged_channels() -> None:
    bench = joined("mine", "theirs", privileged=("mine",))
    for number in range(30):
        bench.say(f"talk {number}", channel="mine")
        bench.run(seconds=0.5)
    bench.offer("answer", COMMAND, "theirs")
    start = bench.now
    for number in range(200):
        bench.offer(f"more talk {number}", channel="mine")
        bench.run(seconds=0.2)
    answer = next(said for said in bench.said if said.text == "answer")
    assert answer.at - start < 31.0


def test_talk_leaves_three_places_in_the_accounts_window_to_commands() -> None:
    channels = tuple(f"c{number}" for number in range(10))
    bench = joined(*channels)
    for number in range(30):
        bench.offer(f"talk {number}", channel=channels[number % 10])
    bench.run(seconds=5.0)
    assert len(bench.said) == 16
    for number in range(4):
        bench.offer(f"answer {number}", COMMAND, channels[number])
    bench.run(seconds=5.0)
    assert bench.texts[16:] == ["answer 0", "answer 1", "answer 2"]


def test_talk_in_privileged_channels_makes_room_for_a_command_that_waits_elsewhere() -> None:
    bench = joined("mine", "theirs", privileged=("mine",))
    bench.note(RoomState("theirs", slow_seconds=10))
    bench.say("answer 1", COMMAND, "theirs")
    bench.offer("answer 2", COMMAND, "theirs")
    for number in range(50):
        bench.offer(f"talk {number}", channel="mine")
        bench.run(seconds=0.4)
    answer = next(said for said in bench.said if said.text == "answer 2")
    assert answer.at - bench.said[0].at == pytest.approx(11.0)


# --- the link ---


def test_nothing_is_said_before_the_channel_is_joined() -> None:
    bench = Bench("a")
    bench.answers_joins = False
    bench.offer("hello")
    bench.connect()
    assert [line for _, line in bench.wire] == ["JOIN #a"]
    bench.note(RoomState("a", 0))
    bench.run()
    assert bench.texts == ["hello"]


def test_an_own_state_is_enough_to_count_as_joined() -> None:
    bench = Bench("a")
    bench.answers_joins = False
    bench.offer("hello")
    bench.connect()
    bench.note(bench.own_state("a"))
    bench.run()
    assert bench.texts == ["hello"]


def test_an_unanswered_join_is_repeated_after_ten_seconds() -> None:
    bench = Bench("a", "b")
    bench.answers_joins = False
    bench.connect()
    start = bench.now
    bench.note(RoomState("b", 0))
    bench.run(seconds=40.0)
    assert [(at - start, channel) for at, channel in bench.joins] == [
        (0.0, "a"),
        (0.0, "b"),
        (10.0, "a"),
        (30.0, "a"),
    ]


def test_a_lost_link_settles_what_was_under_way_and_it_is_not_said_again() -> None:
    bench = joined("a")
    bench.verdict = bench.say_nothing
    bench.say("hello")
    bench.disconnect()
    assert [delivered.message_id for delivered in bench.delivered] == [None]
    bench.connect()
    bench.run(seconds=30.0)
    assert bench.texts == ["hello"]
    assert len(bench.reports) == 1


def test_a_waiting_line_goes_out_after_the_reconnect_once_the_channel_is_joined_again() -> None:
    bench = joined("a")
    bench.disconnect()
    bench.offer("hello")
    bench.run(seconds=20.0)
    assert bench.said == []
    bench.connect()
    assert [line.split()[0] for _, line in bench.wire[-2:]] == ["JOIN", "@client-nonce=n1"]


def test_a_line_that_the_link_did_not_take_goes_out_later_and_is_looked_at_again() -> None:
    bench = joined("a")
    looks: list[str] = []
    bench.objection = lambda line: looks.append(line.text)
    bench.link_takes = False
    bench.say("hello")
    assert bench.reports == []
    bench.disconnect()
    bench.link_takes = True
    bench.run(seconds=20.0)
    assert bench.said == []
    bench.connect()
    assert bench.texts == ["hello"]
    assert looks == ["hello", "hello"]


def test_a_link_that_refuses_a_line_for_a_moment_is_left_alone_for_a_second() -> None:
    bench = joined("a")
    bench.link_takes = False
    start = bench.now
    bench.say("hello")
    bench.link_takes = True
    bench.run(seconds=5.0)
    assert bench.said[0].at == start + 1.0


def test_a_join_that_the_link_did_not_take_is_not_counted_as_asked() -> None:
    bench = Bench("a")
    bench.link_takes = False
    bench.connect()
    bench.link_takes = True
    bench.run(seconds=1.0)
    assert [channel for _, channel in bench.joins] == ["a"]


def test_nothing_is_begun_on_a_link_about_to_be_closed() -> None:
    bench = joined("a")
    bench.verdict = bench.say_nothing
    bench.say("1")
    bench.note(Reconnect())
    bench.accept(bench.said[0])
    bench.offer("2")
    bench.run(seconds=5.0)
    assert bench.texts == ["1"]
    assert [delivered.message_id for delivered in bench.delivered] == ["id-n1"]


def test_a_new_link_without_a_word_of_the_old_ones_loss_settles_and_joins_all_the_same() -> None:
    bench = joined("a")
    bench.verdict = bench.say_nothing
    bench.say("1")
    bench.note(LinkUp("clank", "1"))
    bench.run()
    assert [delivered.message_id for delivered in bench.delivered] == [None]
    assert len(bench.joins) == 2


def test_pacing_goes_on_over_a_reconnect() -> None:
    bench = joined("a")
    bench.note(RoomState("a", slow_seconds=20))
    bench.slow["a"] = 20
    bench.say("1")
    bench.disconnect()
    bench.connect()
    bench.offer("2")
    bench.run(seconds=30.0)
    assert bench.said[1].at - bench.said[0].at == pytest.approx(21.0)


def test_a_rank_must_be_confirmed_again_after_a_reconnect() -> None:
    bench = joined("a", privileged=("a",))
    bench.say("1")
    bench.disconnect()
    bench.answers_joins = False
    bench.connect()
    bench.note(RoomState("a", slow_seconds=10))
    bench.offer("2")
    bench.run(seconds=2.0)
    assert bench.texts == ["1"]
    bench.note(bench.own_state("a"))
    bench.run(seconds=1.0)
    assert bench.texts == ["1", "2"]


@pytest.mark.parametrize("event", [Left("a", "clank"), UserCleared("a", "1", None)])
def test_a_bot_that_was_put_out_of_a_channel_asks_for_it_again(event: Event) -> None:
    bench = joined("a", "b")
    before = len(bench.joins)
    bench.note(event)
    bench.say("hello?")
    assert bench.texts == []
    bench.run(seconds=61.0)
    assert [channel for _, channel in bench.joins[before:]] == ["a"]
    bench.say("hello again")
    assert bench.texts == ["hello again"]


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
    bench = joined("a")
    bench.note(event)
    bench.say("hello")
    assert bench.texts == ["hello"]
