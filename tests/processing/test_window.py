"""Chat that nobody waits for is stored a window at a time, and everything else ends the window."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clankbot.cancel import END
from clankbot.processing.inbox import Record
from clankbot.processing.speaking.triggers import pace_obstacle
from clankbot.records.chat import (
    ChatCleared,
    ChatMessage,
    Event,
    MessageDeleted,
    RoomState,
    UserCleared,
)
from clankbot.records.reasons import Why
from clankbot.records.speech import Delivered, MessageKind, Outgoing
from clankbot.records.writes import (
    Append,
    IdentifyChannel,
    RateLimitEvent,
    RecordRateLimitEvent,
    StoredMessage,
)
from tests.processing.chat import NOON_MS, message
from tests.processing.desk import Desk, locked
from tests.processing.windows import WindowDesk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[WindowDesk]:
    """A bot that has seen some chat, and has long to wait until it speaks by itself."""
    with WindowDesk(tmp_path, MESSAGE_THRESHOLD="40", CONTEXT_LIMIT="20") as opened:
        opened.chat("before", message_id="m-before")
        opened.chat("before", channel="beta")
        opened.watched.batches.clear()
        yield opened


def lines(desk: Desk, count: int, channel: str = "alpha") -> list[Event]:
    return [desk.viewer(f"line {number}", channel=channel) for number in range(count)]


def stored_lines(desk: WindowDesk) -> list[int]:
    """How many messages each transaction held."""
    counts = (sum(isinstance(w, Append) for w in batch) for batch in desk.watched.batches)
    return [count for count in counts if count]


# -- what is collected ------------------------------------------------------------------------


def test_lines_that_come_one_after_the_other_are_stored_in_one_transaction(
    desk: WindowDesk,
) -> None:
    asked = desk.watched.asked
    assert desk.window(*([line] for line in lines(desk, 10))) == 0
    assert stored_lines(desk) == [10]
    assert desk.stored()[1:] == [f"line {number}" for number in range(10)]
    assert desk.watched.asked == asked, "ordinary lines ask the database nothing"
    assert "11/40" in desk.why()


def test_a_window_begins_with_its_first_line_and_is_short(desk: WindowDesk) -> None:
    """It is what a ``kill -9`` may cost: half a second of chat, at most."""

    def later() -> None:
        desk.clock.forward(0.3)
        desk.arrive(*lines(desk, 1))

    desk.inbox.coming.append(lambda: desk.arrive(*lines(desk, 1)))
    desk.inbox.coming.append(later)
    desk.window()
    (first_s, _), *more = desk.inbox.waits
    assert first_s == 60.0, "until there is something, nothing is late"
    assert [round(wait_s, 3) for wait_s, _ in more] == [0.4, 0.1]
    assert stored_lines(desk) == [2]


@pytest.fixture
def silent(desk: WindowDesk) -> WindowDesk:
    """In ``beta`` it is no longer worth a look whether it is time to speak."""
    desk.order("spontaneous off", channel="beta")
    desk.window(lines(desk, 45, "beta"))
    desk.watched.batches.clear()
    return desk


def test_in_busy_chat_a_window_is_shorter(silent: WindowDesk) -> None:
    assert silent.window(*(lines(silent, 30, "beta") for _ in range(3))) == 0
    waits = [wait_s for wait_s, _ in silent.inbox.waits]
    assert waits == pytest.approx([60.0, 0.4, 0.1, 0.1])
    assert stored_lines(silent) == [90]


def test_a_round_holds_no_more_than_so_much(silent: WindowDesk) -> None:
    silent.window(*(lines(silent, 200, "beta") for _ in range(3)))
    assert stored_lines(silent) == [500]
    silent.window()
    assert stored_lines(silent) == [500, 100]


def test_what_waits_already_is_taken_along_as_far_as_a_round_goes(desk: WindowDesk) -> None:
    desk.window(lines(desk, 300, "beta"))
    assert stored_lines(desk) == [300]


# -- what ends a window -----------------------------------------------------------------------


def own_line() -> Delivered:
    line = Outgoing("alpha", "what a calm river", MessageKind.SPONTANEOUS, 1000.0)
    return Delivered(line, line.text, "own-1", NOON_MS, 1000.0)


PRESSING: dict[str, Callable[[], Record]] = {
    "a mention": lambda: message("@clankbot hi", user_id="8", login="bruno"),
    "a deletion": lambda: MessageDeleted("alpha", "m-before"),
    "a ban": lambda: UserCleared("alpha", "7", None),
    "a full clear": lambda: ChatCleared("beta"),
    "a channel's id": lambda: RoomState("alpha", room_id="4711"),
    "a line of the bot's own": own_line,
    "what Twitch counts": lambda: RecordRateLimitEvent(RateLimitEvent.JOIN, NOON_MS),
    "the end": lambda: END,
}


@pytest.mark.parametrize("what", PRESSING)
def test_what_has_to_see_the_database_ends_the_window(desk: WindowDesk, what: str) -> None:
    record = PRESSING[what]()

    def arrives() -> None:
        if isinstance(record, ChatMessage | UserCleared | MessageDeleted | ChatCleared | RoomState):
            desk.arrive(record)
        else:
            desk.inbox.put(record)

    desk.inbox.coming.append(lambda: desk.arrive(*lines(desk, 2, "beta")))
    desk.inbox.coming.append(arrives)
    assert desk.window(lines(desk, 1, "beta")) == 1, "it did not wait for more"
    gone = what == "a full clear"
    assert desk.stored("beta") == ([] if gone else ["before", "line 0", "line 1"])
    assert ("before" in desk.stored()) is (what not in ("a deletion", "a ban"))


def test_a_command_finds_stored_what_was_said_before_it_in_the_window(desk: WindowDesk) -> None:
    order = desk.viewer("!clank status", is_mod=True, user_id="1", login="mona")
    wish = desk.viewer("!clank optout")

    def look() -> None:
        assert "5/40" in desk.answers[-2]
        assert "deleted" in desk.answers[-1]
        assert desk.stored() == []
        desk.arrive(*lines(desk, 1))

    desk.inbox.coming.append(lambda: desk.arrive(*lines(desk, 4), order, wish))
    desk.inbox.coming.append(look)
    assert desk.window() == 0
    assert desk.stored() == [], "nothing is kept of a viewer who opted out"


# -- when it may be time to speak -------------------------------------------------------------


def test_the_line_that_makes_it_time_to_speak_ends_the_window(desk: WindowDesk) -> None:
    for _ in range(3):
        desk.window(lines(desk, 10))
    asked = desk.watched.asked
    assert desk.window(lines(desk, 8), lines(desk, 1), lines(desk, 1)) == 1
    assert desk.inbox.waits[1][1] == 1, "the next line is worth waking for"
    assert desk.watched.asked == asked + 1, "the database has the last word"
    assert len(desk.job().settings.model) > 0
    assert len(desk.stored()) == 40


def test_after_a_removal_the_database_says_how_many_count(desk: WindowDesk) -> None:
    doomed = [desk.viewer("spam", user_id="66", login="spammer") for _ in range(20)]
    desk.window(doomed)
    desk.window([UserCleared("alpha", "66", None)])
    desk.window(lines(desk, 1))
    assert "2/40" in desk.why()
    desk.window(lines(desk, 18))
    assert not desk.has_job, "twenty of the forty are gone"
    desk.window(lines(desk, 20))
    assert desk.has_job


def test_where_the_bot_is_silent_a_full_count_ends_no_window(desk: WindowDesk) -> None:
    desk.order("spontaneous off")
    desk.window(lines(desk, 45))
    desk.window(lines(desk, 1))
    desk.watched.batches.clear()
    assert desk.window(lines(desk, 1), lines(desk, 1), lines(desk, 1)) == 0
    assert stored_lines(desk) == [3]
    assert not desk.has_job
    desk.order("spontaneous on")
    desk.window(lines(desk, 1))
    assert desk.has_job


def test_what_another_program_stored_counts_within_a_minute(desk: WindowDesk) -> None:
    desk.window(lines(desk, 1))
    with desk.database.open() as other:
        other.apply(imported(37, "alpha"))
    desk.clock.forward(61)
    desk.window(lines(desk, 1))
    assert desk.has_job


def imported(count: int, channel: str) -> list[Append]:
    rows = range(count)
    return [
        Append(StoredMessage(f"i-{n}", channel, "5", "ina", "Ina", "old", NOON_MS)) for n in rows
    ]


def test_what_a_channel_brings_along_from_its_former_name_counts(desk: WindowDesk) -> None:
    desk.store.apply([IdentifyChannel("former", "4711", NOON_MS), *imported(37, "former")])
    desk.window([RoomState("alpha", room_id="4711")])
    desk.window(lines(desk, 3))
    assert desk.has_job


def test_a_count_that_was_asked_during_an_outage_of_storing_is_not_remembered(
    desk: WindowDesk,
) -> None:
    with locked(desk.path):
        desk.window(lines(desk, 20))
        desk.order("status")
    desk.clock.forward(10)
    desk.settle()
    desk.window(lines(desk, 18))
    assert not desk.has_job
    desk.window(lines(desk, 1))
    assert desk.has_job


OF_PACE = {None, Why.MESSAGES, Why.CONTEXT, Why.DELAY}


class Life:
    """A channel's life at random, and whether what is known of it holds at every moment."""

    def __init__(self, dice: random.Random, desk: WindowDesk) -> None:
        self._dice = dice
        self._desk = desk
        self._said: list[ChatMessage] = []
        self.times = 0

    def event(self) -> Event:
        dice, desk = self._dice, self._desk
        channel, chance = dice.choice(("alpha", "alpha", "beta")), dice.random()
        user = str(dice.randint(10, 14))
        if chance < 0.04 and self._said:
            gone = dice.choice(self._said[-20:])
            return MessageDeleted(gone.channel, gone.message_id or "")
        if chance < 0.06:
            return UserCleared(channel, user, dice.choice((1, None)))
        if chance < 0.07:
            return ChatCleared(channel)
        if chance < 0.1:
            what = (
                "threshold 3",
                "threshold 9",
                "threshold 20",
                "context 5",
                "adaptive on",
                "on",
                "adaptive off",
                "delay 0",
                "delay 2",
                "off",
                f"forget v{user}",
                "status",
            )
            text = f"!clank {dice.choice(what)}"
            return desk.viewer(text, channel=channel, is_mod=True, user_id="1", login="mona")
        said = desk.viewer("some words", channel=channel, user_id=user, login=f"v{user}")
        self._said.append(said)
        return said

    def check(self) -> None:
        """Of two channels in which a message has just come in, the bot speaks wherever it is time.

        What is true is asked of the database, with nothing known before.
        """
        desk = self._desk
        desk.window([desk.viewer(channel="alpha"), desk.viewer(channel="beta")])
        for channel in desk.channels.values():
            if pace_obstacle(channel, Truth(desk.store), desk.clock) is None:
                decision = channel.decision.code if channel.decision else None
                assert channel.turn is not None or decision not in OF_PACE
                self.times += 1


class Truth:
    """A history that knows nothing without asking."""

    def __init__(self, history: object) -> None:
        self._history = history

    def __getattr__(self, name: str) -> object:
        return getattr(self._history, name)

    def known_pace(self, *_: object, **__: object) -> None:
        return None


@pytest.mark.parametrize("seed", range(6))
def test_it_never_misses_that_it_is_time(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    with WindowDesk(tmp_path, MESSAGE_THRESHOLD="9", CONTEXT_LIMIT="7") as desk:
        life = Life(dice, desk)
        for _ in range(60):
            desk.windows(*([life.event() for _ in range(dice.randint(1, 4))] for _ in range(3)))
            life.check()
            while desk.has_job:
                job, number = desk.jobs.get_nowait(), dice.random()
                line = Outgoing(job.channel, f"calm{number} river{number}", MessageKind.SPONTANEOUS,
                                desk.clock(), generation_id=job.generation_id)  # fmt: skip
                desk.send(line, f"own-{number}")
            desk.clock.forward(dice.choice((0.0, 0.3, 1.0, 20.0)))
        assert life.times > 5, "too little happened for the test to mean anything"
