"""While moderators have their hands full, nothing is said that nobody ordered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from clankbot.records.chat import (
    ChatCleared,
    Event,
    MessageDeleted,
    Raid,
    RoomState,
    UserCleared,
)
from clankbot.records.reasons import Why
from tests.processing.chat import at
from tests.processing.desk import Desk
from tests.processing.model import Model

CALM_S = 120
MODES = RoomState("alpha", 0, False, -1, False, False)


def removals(desk: Desk, count: int) -> list[Event]:
    """A ban, a deletion and a clear, and again."""
    kinds: list[Callable[[int], Event]] = [
        lambda n: UserCleared("alpha", f"bot{n}", None, sent_at=at(desk.clock.ms())),
        lambda n: MessageDeleted("alpha", f"gone{n}"),
        lambda n: ChatCleared("alpha", sent_at=at(desk.clock.ms() - 10_000)),
    ]
    return [kinds[number % 3](number) for number in range(count)]


STORMS: dict[str, Callable[[Desk], Sequence[Event]]] = {
    "three removals": lambda desk: removals(desk, 3),
    "a wave of bans": lambda desk: [UserCleared("alpha", f"b{n}", None) for n in range(500)],
    "a raid": lambda _: [Raid("alpha", "vera", 900)],
    "slow mode": lambda _: [RoomState("alpha", slow_seconds=30)],
    "emotes only": lambda _: [RoomState("alpha", emote_only=True), MODES],
    "followers only": lambda _: [RoomState("alpha", followers_only_minutes=10), MODES],
    "subscribers only": lambda _: [RoomState("alpha", subscribers_only=True), MODES],
    "unique chat": lambda _: [RoomState("alpha", unique_chat=True)],
}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The modes of the room are known."""
    desk.hear(MODES)
    return desk


@pytest.mark.parametrize("storm", STORMS.values(), ids=STORMS)
def test_it_is_silent_until_two_minutes_of_calm(
    desk: Desk, storm: Callable[[Desk], Sequence[Event]]
) -> None:
    desk.hear(*storm(desk))
    desk.fill(3)
    assert desk.why() == "the moderators are busy: silent for 120 s"
    desk.chat("@clankbot help")
    assert desk.why() == "mention not answered: the moderators are busy: silent for 120 s"
    desk.clock.forward(CALM_S - 1)
    desk.fill(3)
    assert not desk.has_job
    desk.clock.forward(1)
    desk.fill(1)
    assert desk.has_job


def test_whatever_else_happens_begins_the_calm_anew(desk: Desk) -> None:
    desk.hear(*removals(desk, 3))
    desk.clock.forward(100)
    desk.hear(*removals(desk, 1))
    desk.clock.forward(119)
    desk.fill(3)
    assert not desk.has_job


@pytest.mark.parametrize("storm", STORMS.values(), ids=STORMS)
def test_what_is_being_written_is_dropped(
    desk: Desk, storm: Callable[[Desk], Sequence[Event]]
) -> None:
    desk.fill(3)
    model = Model(meanwhile=lambda _: desk.hear(*storm(desk)))
    assert desk.compose(model) is None
    assert "the moderators are busy" in desk.why() or "moderated" in desk.why()
    desk.clock.forward(CALM_S)
    desk.fill(3)
    line = desk.compose_line()
    desk.arrive(MODES)
    desk.arrive(*storm(desk))
    assert desk.look(line) in (Why.MODERATORS_BUSY, Why.MODERATED, Why.EMOTE_ONLY)


CALM: dict[str, Callable[[Desk], None]] = {
    "two removals": lambda desk: desk.hear(*removals(desk, 2)),
    "three in a while": lambda desk: [
        (desk.hear(each), desk.clock.forward(16)) for each in removals(desk, 3)
    ],  # type: ignore[dict-item,return-value]
    "a mode ends": lambda desk: desk.hear(RoomState("alpha", slow_seconds=0), MODES),
    "the modes are told again": lambda desk: desk.hear(MODES),
    "a storm elsewhere": lambda desk: desk.hear(Raid("beta", "vera", None)),
}


@pytest.mark.parametrize("happens", CALM.values(), ids=CALM)
def test_what_is_no_storm_silences_nobody(desk: Desk, happens: Callable[[Desk], None]) -> None:
    happens(desk)
    desk.fill(3)
    assert desk.has_job


def test_moderators_have_the_last_word(desk: Desk) -> None:
    desk.hear(*removals(desk, 3))
    assert desk.order("threshold") == ["threshold is 3 messages (the default)"]
    desk.fill(1)
    desk.order("speak")
    line = desk.compose_line()
    assert desk.look(line) is None
    desk.send(line)
    desk.order("on")
    desk.fill(3)
    assert desk.has_job


@pytest.mark.parametrize("seed", range(3))
def test_in_a_storm_of_moderation_no_line_is_sent(desk: Desk, seed: int) -> None:
    """Chat goes on, viewers call the bot, and the storm hits every step of its turns."""
    desk.hear(*removals(desk, 3))
    sent = 0
    for number in range(60):
        desk.chat(f"@clankbot what is going on {number}", user_id=f"v{number}")
        desk.fill(3)
        if desk.has_job:
            desk.take_turn(f"line {number}")
        sent += sum(1 for line in desk.offered if line.kind.is_generated)
        desk.clock.forward(7 + seed)
        if number % 4 == seed:
            desk.hear(*removals(desk, 1))
    assert sent == 0
    assert not desk.store.recent_spoken("alpha", 9)
