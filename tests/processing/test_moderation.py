"""Moderated means gone, from the database and from whatever was being made of it."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from clankbot.cancel import END
from clankbot.processing.speaking.hints import HOUR_MS
from clankbot.records.chat import ChatCleared, Event, MessageDeleted, OwnState, UserCleared
from clankbot.records.reasons import Why
from clankbot.records.speech import Delivered, MessageKind, Outgoing
from tests.processing.chat import NOON_MS, at
from tests.processing.desk import BOT, BOT_ID, Desk


def ban(desk: Desk, seconds: int | None = None, user_id: str = "7") -> UserCleared:
    return UserCleared("alpha", user_id, seconds, sent_at=at(desk.clock.ms()))


def clear(desk: Desk) -> ChatCleared:
    return ChatCleared("alpha", sent_at=at(desk.clock.ms()))


def deletion(message_id: str) -> Callable[[Desk], Event]:
    return lambda desk: MessageDeleted("alpha", message_id)


REMOVALS = pytest.mark.parametrize(
    ("removal", "left"),
    [
        (deletion("m-a"), ["other words", "more words"]),
        (deletion("unknown"), ["bad words", "other words", "more words"]),
        (ban, ["other words"]),
        (clear, []),
    ],
    ids=["deletion", "unknown", "ban", "clear"],
)


def talk(desk: Desk) -> tuple[Event, ...]:
    return (
        desk.viewer("bad words", message_id="m-a"),
        desk.viewer("other words", message_id="m-b", user_id="8", login="bruno"),
        desk.viewer("more words", message_id="m-c"),
        desk.viewer("elsewhere", message_id="m-d", channel="beta"),
    )


@REMOVALS
def test_a_removal_after_the_messages_were_stored(
    desk: Desk, removal: Callable[[Desk], Event], left: list[str]
) -> None:
    desk.hear(*talk(desk))
    desk.clock.forward(1)
    desk.hear(removal(desk))
    assert desk.stored() == left
    assert desk.stored("beta") == ["elsewhere"]


@REMOVALS
def test_a_removal_that_arrives_together_with_the_messages(
    desk: Desk, removal: Callable[[Desk], Event], left: list[str]
) -> None:
    said = talk(desk)
    desk.clock.forward(1)
    desk.hear(*said, removal(desk))
    assert desk.stored() == left
    assert desk.stored("beta") == ["elsewhere"]


@REMOVALS
def test_a_removal_that_arrives_before_the_messages(
    desk: Desk, removal: Callable[[Desk], Event], left: list[str]
) -> None:
    said = talk(desk)
    desk.clock.forward(1)
    desk.hear(removal(desk))
    desk.hear(*said)
    assert desk.stored() == left
    assert desk.stored("beta") == ["elsewhere"]


def test_what_is_said_after_a_clear_is_stored(desk: Desk) -> None:
    desk.hear(clear(desk), desk.viewer("hello again"))
    assert desk.stored() == ["hello again"]


def test_latecomers_of_a_banned_viewer_are_dropped_until_none_can_come_any_more(
    desk: Desk,
) -> None:
    desk.hear(ban(desk))
    desk.chat("under way")
    desk.clock.forward(6)
    desk.chat("unbanned again")
    assert desk.stored() == ["unbanned again"]


def test_removals_are_logged_with_counts_and_without_words(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    desk.hear(*talk(desk))
    caplog.clear()
    desk.hear(ban(desk))
    (record,) = caplog.records
    assert (record.message, record.__dict__["kind"], record.__dict__["channel"]) == (
        "moderated",
        "UserCleared",
        "alpha",
    )
    assert record.__dict__["rows"] == 2
    assert "words" not in str(record.__dict__)


def test_a_wave_of_bans_of_people_who_never_spoke_is_a_few_lines(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    desk.chat("bad words")
    for second in range(90):
        names = (f"bot{second}x{number}" for number in range(20))
        desk.hear(*(UserCleared("alpha", name, None) for name in names))
        desk.clock.forward(1)
    desk.hear(ban(desk))
    desk.tell(END)
    lines = [r.__dict__ for r in caplog.records if r.message == "moderated"]
    assert len(lines) < 10
    assert sum(line.get("removals", 1) for line in lines) == 90 * 20 + 1
    assert [line["rows"] for line in lines if line["rows"]] == [1]


def test_moderation_in_a_channel_that_is_not_ours_changes_nothing(desk: Desk) -> None:
    desk.hear(desk.viewer("hello", message_id="m-a"), ChatCleared("gamma"))
    assert desk.stored() == ["hello"]


def test_a_mention_that_is_removed_in_the_same_moment_is_not_answered(desk: Desk) -> None:
    for removal in (MessageDeleted("alpha", "m-a"), ban(desk), clear(desk)):
        desk.hear(desk.viewer("@clankbot bad words", message_id="m-a"), removal)
        desk.clock.forward(10)
    assert desk.jobs.empty()


def test_the_removal_of_another_viewer_leaves_a_mention_to_be_answered(desk: Desk) -> None:
    desk.hear(desk.viewer("@clankbot hi"), UserCleared("alpha", None, 60, login="bruno"))
    assert desk.job().asked is not None


# -- generations: what was being made of it --------------------------------------------------------


def test_a_removal_after_the_context_was_read_calls_the_generation_off(desk: Desk) -> None:
    desk.hear(desk.viewer("@clankbot hi", message_id="m-a"))
    job = desk.job()
    assert desk.live_state.generations.bind(
        job.generation_id, tuple(desk.store.recent_messages("alpha", 9))
    )
    desk.arrive(MessageDeleted("alpha", "m-a"))
    assert job.cancel.cancelled, "the worker has not even looked"


def test_a_removal_before_the_generation_was_registered_counts_once_it_is_stored(
    desk: Desk,
) -> None:
    """The composer may read between the reader's note and the worker's commit."""
    desk.chat("bad words", message_id="m-a")
    desk.live_state.handle(MessageDeleted("alpha", "m-a"))
    before = tuple(desk.store.recent_messages("alpha", 9))
    desk.order("speak")
    job = desk.job()
    assert not desk.live_state.generations.bind(job.generation_id, before)


def test_a_moderator_who_comes_late_does_not_time_the_bot_out_twice(desk: Desk) -> None:
    """The reader has noted the bot's own ban long before the database was back."""
    desk.arrive(UserCleared("alpha", BOT_ID, None))
    desk.arrive(OwnState("alpha", False, None, None))
    assert desk.live_state.view("alpha").obstacle(desk.clock()) is None
    desk.settle()
    assert desk.live_state.view("alpha").obstacle(desk.clock()) is None


# -- the bot's own words ---------------------------------------------------------------------------


def hints(desk: Desk) -> int:
    return len(desk.store.hints_since("alpha", 0))


def threshold(desk: Desk) -> int:
    """The messages that the bot waits for, as it tells moderators."""
    (status,) = desk.order("status")
    found = re.search(r"/(\d+) messages", status)
    assert found
    return int(found[1])


def offend(desk: Desk) -> None:
    """Moderators remove three things that the bot says."""
    for number, text in enumerate(("what a calm river", "owls are near", "good soup")):
        desk.speak(text, f"own-{number}")
        desk.hear(MessageDeleted("alpha", f"own-{number}"))


def test_a_deleted_message_of_its_own_is_a_hint(desk: Desk) -> None:
    desk.speak("what a calm river", "own-1")
    assert desk.stored() == ["what a calm river"]
    desk.hear(MessageDeleted("alpha", "own-1"))
    desk.hear(MessageDeleted("alpha", "own-1"))
    assert desk.stored() == []
    assert hints(desk) == 1
    assert threshold(desk) == 6


def test_what_was_removed_is_not_said_again_not_even_in_other_words(desk: Desk) -> None:
    desk.speak("what a calm river this is", "own-1")
    desk.hear(MessageDeleted("alpha", "own-1"))
    again = Outgoing("alpha", "this river is calm", MessageKind.SPONTANEOUS, desk.clock())
    assert desk.look(again) == Why.LIKE_REMOVED


def test_a_timeout_of_the_bot_is_one_hint_whatever_it_had_said(desk: Desk) -> None:
    desk.speak("what a calm river", "own-1")
    desk.speak("an owl flies over the moor", "own-2")
    desk.hear(UserCleared("alpha", BOT_ID, 10))
    assert desk.stored() == []
    assert hints(desk) == 1


def test_a_timeout_that_is_told_twice_is_one_hint_and_two_timeouts_are_two(desk: Desk) -> None:
    for seconds in (10, 20, 20):
        desk.hear(UserCleared("alpha", BOT_ID, 10, sent_at=at(NOON_MS + seconds)))
    assert hints(desk) == 2


def test_what_was_removed_long_ago_is_not_said_again_either(desk: Desk, tmp_path: Path) -> None:
    desk.speak("what a calm river this is", "own-1")
    desk.hear(MessageDeleted("alpha", "own-1"))
    for number in range(30):
        desk.speak(f"the owl number {number} is on the moor and sings {number}", f"own-x{number}")
    again = Outgoing("alpha", "this river is calm", MessageKind.SPONTANEOUS, desk.clock())
    assert desk.look(again) == Why.LIKE_REMOVED
    with Desk(tmp_path, desk.clock) as restarted:
        assert restarted.look(again) == Why.LIKE_REMOVED


def test_switched_on_by_a_moderator_it_tries_whether_its_timeout_is_over(desk: Desk) -> None:
    desk.hear(UserCleared("alpha", BOT_ID, 600))
    line = Outgoing("alpha", "good evening", MessageKind.SPONTANEOUS, desk.clock())
    assert desk.look(line) == Why.TIMED_OUT
    desk.order("on")
    assert desk.look(line) is None


@pytest.mark.parametrize("event", [ChatCleared("alpha"), UserCleared("alpha", "7", None)])
def test_a_clear_or_another_ones_ban_is_no_hint(desk: Desk, event: Event) -> None:
    desk.speak("what a calm river", "own-1")
    desk.hear(event)
    assert hints(desk) == 0


def test_three_hints_silence_it_for_an_hour_across_a_restart(desk: Desk, tmp_path: Path) -> None:
    offend(desk)
    line = Outgoing("alpha", "good evening", MessageKind.MENTION_ANSWER, desk.clock())
    assert desk.look(line) == Why.HINTED
    assert (
        desk.look(Outgoing("beta", "good evening", MessageKind.SPONTANEOUS, desk.clock())) is None
    )
    with Desk(tmp_path, desk.clock) as again:
        assert again.look(line) == Why.HINTED
        again.clock.forward(HOUR_MS / 1000)
        assert again.look(line) != Why.HINTED
        assert threshold(again) == 24


def test_a_moderator_who_switches_it_on_again_forgives(desk: Desk, tmp_path: Path) -> None:
    offend(desk)
    desk.order("on")
    line = Outgoing("alpha", "good evening", MessageKind.SPONTANEOUS, desk.clock())
    assert desk.look(line) is None
    assert threshold(desk) == 3
    with Desk(tmp_path, desk.clock) as again:
        assert again.look(line) is None
        assert threshold(again) == 3


OVERTAKING: list[tuple[Event, int]] = [
    (MessageDeleted("alpha", "own-1", login=BOT), 1),
    (UserCleared("alpha", BOT_ID, 10, sent_at=at(NOON_MS + 200)), 1),
    (ChatCleared("alpha", sent_at=at(NOON_MS + 200)), 0),
]


@pytest.mark.parametrize(("event", "count"), OVERTAKING)
def test_its_own_message_removed_before_it_was_known_to_be_said_is_not_stored(
    desk: Desk, event: Event, count: int
) -> None:
    line = Outgoing("alpha", "what a calm river", MessageKind.SPONTANEOUS, desk.clock())
    desk.hear(event)
    desk.tell(Delivered(line, line.text, "own-1", NOON_MS, desk.clock()))
    assert desk.stored() == []
    assert hints(desk) == count
    (spoken,) = desk.store.recent_spoken("alpha", 5)
    assert spoken.removed
    desk.clock.forward(60)
    again = Outgoing("alpha", "what a calm river", MessageKind.SPONTANEOUS, desk.clock())
    assert desk.look(again) == Why.LIKE_REMOVED


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_wrong_does_not_change_what_came_first(desk: Desk, hours: int) -> None:
    """The bot's own lines carry our time, and a clear carries that of Twitch."""
    wrong = at(NOON_MS + hours * HOUR_MS)
    desk.hear(ChatCleared("alpha", sent_at=wrong))
    desk.clock.forward(1)
    desk.speak("after the clear", "own-1")
    assert desk.stored() == ["after the clear"]
    desk.hear(ChatCleared("alpha", sent_at=wrong))
    line = Outgoing("alpha", "said before", MessageKind.SPONTANEOUS, desk.clock())
    desk.tell(Delivered(line, line.text, "own-2", desk.clock.ms() - 300, desk.clock() - 0.3))
    assert desk.stored() == []


def test_a_message_said_after_its_timeout_was_over_is_stored(desk: Desk) -> None:
    desk.hear(UserCleared("alpha", BOT_ID, 1, sent_at=at(desk.clock.ms())))
    desk.clock.forward(2)
    desk.speak("sorry for that", "own-1")
    assert desk.stored() == ["sorry for that"]


def test_a_deleted_answer_to_a_command_is_no_hint(desk: Desk) -> None:
    desk.hear(MessageDeleted("alpha", "answer-1", login=BOT))
    assert hints(desk) == 0


# -- whatever the order ----------------------------------------------------------------------------


class Chronicle:
    """What may remain, kept by hand beside the worker; a ban lasts for three seconds."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rows: list[tuple[str, str, str]] = []
        self.banned_until: dict[tuple[str, str], float] = {}
        self.opted_out: set[str] = set()

    def say(self, channel: str, user_id: str, message_id: str, text: str = "hello") -> None:
        self.desk.arrive(
            self.desk.viewer(
                text, channel=channel, user_id=user_id, login=f"v{user_id}", message_id=message_id
            )
        )
        if self.desk.clock() < self.banned_until.get((channel, user_id), 0):
            return
        if text == "!clank optout":
            self.opted_out.add(user_id)
            self.keep(lambda row: row[1] != user_id)
        elif text == "!clank optin":
            self.opted_out.discard(user_id)
        elif user_id not in self.opted_out:
            self.rows.append((channel, user_id, message_id))

    def moderate(self, removal: MessageDeleted | UserCleared | ChatCleared) -> None:
        self.desk.arrive(removal)
        channel = removal.channel
        if isinstance(removal, MessageDeleted):
            self.keep(lambda row: (row[0], row[2]) != (channel, removal.message_id))
        elif isinstance(removal, ChatCleared):
            self.keep(lambda row: row[0] != channel)
        else:
            self.keep(lambda row: row[:2] != (channel, removal.user_id))
            self.banned_until[channel, removal.user_id or ""] = self.desk.clock() + 3

    def keep(self, which: Callable[[tuple[str, str, str]], bool]) -> None:
        self.rows = [row for row in self.rows if which(row)]

    def stored(self) -> list[tuple[str, str, str]]:
        """What the database has, in the order of the chronicle's rows."""
        found = {
            (channel, line.user_id, line.message_id)
            for channel in ("alpha", "beta")
            for line in self.desk.store.recent_messages(channel, 1000)
        }
        return [row for row in self.rows if row in found] + sorted(found - set(self.rows))


@pytest.mark.parametrize("seed", range(12))
def test_after_any_mixture_of_chat_and_moderation_only_what_may_remain_does(
    desk: Desk, seed: int
) -> None:
    chance = random.Random(seed)
    chronicle = Chronicle(desk)
    for number in range(150):
        channel, user_id = chance.choice(("alpha", "beta")), chance.choice("6789")
        sent_at = at(desk.clock.ms())
        deed = chance.random()
        if deed < 0.75:
            chronicle.say(channel, user_id, f"x-{number}")
        elif deed < 0.90:
            earlier = f"x-{chance.randrange(number + 1)}"
            chronicle.moderate(MessageDeleted(channel, earlier))
        elif deed < 0.95:
            chronicle.moderate(UserCleared(channel, user_id, 3, sent_at=sent_at))
        elif deed < 0.97:
            chronicle.moderate(ChatCleared(channel, sent_at=sent_at))
        else:
            wish = chance.choice(("!clank optout", "!clank optin"))
            chronicle.say(channel, user_id, f"x-{number}", wish)
        if chance.random() < 0.3:  # until then, all of it is one batch
            desk.settle()
            assert chronicle.stored() == chronicle.rows
            desk.clock.forward(chance.choice((0.5, 2, 10)))
