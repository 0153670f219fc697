"""What is on, as the model is told: quoted, filtered, and gone with what moderators remove."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clankbot.records.chat import ChatCleared, MessageDeleted, Raid, UserCleared
from clankbot.records.stream import Stream
from tests.processing.desk import Desk
from tests.processing.model import Model

RAID = Raid("alpha", "rita", 12, "70", "Rita")
RAIDED = "Rita raided the channel with 12 viewers"
FIRST = "Alice wrote here for the first time"


def stream(desk: Desk, **more: object) -> Stream:
    """A stream that began an hour and five minutes ago."""
    given = {"title": "Boss rush", "category": "Pebble Cave", "tags": ("cozy",)} | more
    return Stream(started_at_ms=desk.clock.ms() - 65 * 60_000, **given)  # type: ignore[arg-type]


def facts(desk: Desk) -> tuple[str, ...]:
    """What the model is told for a line now."""
    model = Model()
    desk.order("speak")
    line = desk.compose(model)
    assert line is not None
    desk.send(line)
    desk.clock.forward(40)
    return model.asked[0].facts


def test_the_stream_is_told_as_twitch_tells_it(desk: Desk) -> None:
    assert facts(desk) == ()
    live = {"alpha": stream(desk, title='the "boss"\nrush')}
    desk.live_state.whats_on.set_streams(live, ["alpha", "beta"])
    assert facts(desk) == (
        "the stream is called \"the 'boss' rush\"",
        'its category is "Pebble Cave"',
        'a tag of it is "cozy"',
        "it has been live for 1 h 5 min",
    )
    desk.live_state.whats_on.set_streams({}, ["alpha"])
    assert facts(desk) == ("the channel is not live",)


def test_each_fact_goes_through_the_filter(desk: Desk) -> None:
    desk.order("block boss")
    desk.live_state.whats_on.set_streams({"alpha": stream(desk)}, ["alpha"])
    told = facts(desk)
    assert len(told) == 3
    assert not any("Boss" in fact for fact in told)
    desk.hear(Raid("alpha", "rita", 12, "70", "Boss"), RAID)
    assert facts(desk)[-1] == RAIDED
    assert len(facts(desk)) == 4


def test_what_happened_is_a_fact_for_three_minutes_and_no_occasion(desk: Desk) -> None:
    desk.hear(RAID)
    desk.chat("hello all", is_first=True)
    desk.chat("a year!", user_id="8", login="bruno", resub_months=12)
    assert not desk.has_job
    assert facts(desk) == (RAIDED, FIRST, "Bruno resubscribed, 12 months by now")
    desk.clock.forward(150)
    assert facts(desk) == ()


@pytest.mark.parametrize(
    "happens",
    [
        lambda desk: desk.hear(MessageDeleted("alpha", "f-1")),
        lambda desk: desk.hear(UserCleared("alpha", "7", 60)),
        lambda desk: desk.hear(UserCleared("alpha", None, 60, "alice")),
        lambda desk: desk.hear(ChatCleared("alpha")),
        lambda desk: desk.chat("!clank optout"),
        lambda desk: desk.order("block alice"),
    ],
    ids=["deletion", "timeout", "timeout by login", "clear", "optout", "block"],
)
def test_what_happened_goes_with_what_is_removed(
    desk: Desk, happens: Callable[[Desk], None]
) -> None:
    desk.chat("hello all", is_first=True, message_id="f-1")
    happens(desk)
    assert FIRST not in facts(desk)


@pytest.mark.parametrize("more", [{"is_bot": True}, {"from_shared_chat": True}])
def test_programs_and_other_rooms_are_no_news(desk: Desk, more: dict[str, bool]) -> None:
    desk.chat("hello all", is_first=True, **more)
    desk.chat("hello all", is_first=True, login="nightbot", user_id="9")
    assert facts(desk) == ()


def test_a_line_is_dropped_if_who_it_may_name_is_banned_meanwhile(desk: Desk) -> None:
    desk.hear(RAID)
    desk.order("speak")
    ban = UserCleared("alpha", "70", None, "rita")
    assert desk.compose(Model(meanwhile=lambda cancel: desk.arrive(ban))) is None
    assert desk.why() == "moderated meanwhile"


def test_a_moderator_may_want_nothing_of_it(desk: Desk) -> None:
    desk.order("stream off")
    desk.live_state.whats_on.set_streams({"alpha": stream(desk)}, ["alpha"])
    desk.hear(RAID)
    assert facts(desk) == ()
