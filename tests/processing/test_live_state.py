"""What holds right now: room modes, mutes, and generations whose context was removed."""

from __future__ import annotations

import pytest

from clankbot.cancel import Cancel
from clankbot.processing.live_state import LiveState, Own
from clankbot.processing.recent_removals import Removal
from clankbot.records.chat import (
    ChatCleared,
    Event,
    LinkUp,
    MessageDeleted,
    Notice,
    OwnState,
    RoomState,
    UserCleared,
)
from tests.processing.chat import Hand, line


class ClockedState(LiveState):
    """A live state whose clock can be read."""

    def __init__(self, clock: Hand) -> None:
        super().__init__(Own("clankbot"), clock)
        self.clock = clock


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def live_state(clock: Hand) -> ClockedState:
    live_state = ClockedState(clock)
    live_state.handle(LinkUp("clankbot", "99"))
    return live_state


def obstacle(live_state: ClockedState) -> str | None:
    reason = live_state.view("alpha").obstacle(live_state.clock())
    return reason.text if reason else None


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (RoomState("alpha", emote_only=True), "emote-only"),
        (RoomState("alpha", subscribers_only=True), "subscribers-only"),
        (RoomState("alpha", followers_only_minutes=0), "followers-only"),
        (RoomState("alpha", followers_only_minutes=-1), None),
        (RoomState("alpha", slow_seconds=30), None),
        (RoomState("alpha", unique_chat=True), None),
    ],
)
def test_room_modes_silence_a_plain_account(
    live_state: ClockedState, state: RoomState, reason: str | None
) -> None:
    live_state.handle(state)
    assert obstacle(live_state) == reason


def test_a_partial_room_state_leaves_the_rest_as_it_was(live_state: ClockedState) -> None:
    live_state.handle(RoomState("alpha", subscribers_only=True, emote_only=False))
    live_state.handle(RoomState("alpha", slow_seconds=10))
    assert obstacle(live_state) == "subscribers-only"
    live_state.handle(RoomState("alpha", subscribers_only=False))
    assert obstacle(live_state) is None


def test_a_moderator_speaks_in_every_mode_and_a_vip_in_all_but_emote_only(
    live_state: ClockedState,
) -> None:
    live_state.handle(
        RoomState("alpha", emote_only=True, subscribers_only=True, followers_only_minutes=5)
    )
    live_state.handle(OwnState("alpha", is_mod=True, message_id=None, nonce=None))
    assert obstacle(live_state) is None
    live_state.handle(OwnState("alpha", is_mod=False, is_vip=True, message_id=None, nonce=None))
    assert obstacle(live_state) == "emote-only"
    live_state.handle(RoomState("alpha", emote_only=False))
    assert obstacle(live_state) is None


def test_its_own_timeout_silences_it_until_it_is_over(
    live_state: ClockedState, clock: Hand
) -> None:
    live_state.handle(UserCleared("alpha", "99", 10))
    assert obstacle(live_state) == "timed out for 10 s"
    clock.forward(10)
    assert obstacle(live_state) is None


def test_its_own_ban_silences_it_until_it_has_joined_again(
    live_state: ClockedState, clock: Hand
) -> None:
    live_state.handle(UserCleared("alpha", "99", None))
    clock.forward(1_000_000)
    assert obstacle(live_state) == "banned"
    live_state.handle(OwnState("alpha", is_mod=False, message_id=None, nonce=None))
    assert obstacle(live_state) is None


def test_the_ban_of_another_is_no_obstacle(live_state: ClockedState) -> None:
    live_state.handle(UserCleared("alpha", "7", None))
    assert obstacle(live_state) is None


@pytest.mark.parametrize(
    ("notice_id", "text", "reason"),
    [
        ("msg_timedout", "You are timed out for 44 more seconds.", "timed out for 44 s"),
        ("msg_followersonly", "", "followers-only"),
        ("msg_banned", "", "banned"),
        ("msg_verified_email", "", "Twitch wants a verified e-mail address"),
        ("msg_duplicate", "", None),
        ("a_new_one", "", None),
    ],
)
def test_notices_that_say_so_silence_it(
    live_state: ClockedState, notice_id: str, text: str, reason: str | None
) -> None:
    live_state.handle(Notice("alpha", notice_id, text))
    assert obstacle(live_state) == reason
    assert live_state.view("beta").obstacle(live_state.clock()) is None


def test_what_a_person_has_to_mend_silences_it_for_an_hour(
    live_state: ClockedState, clock: Hand
) -> None:
    live_state.handle(Notice("alpha", "msg_suspended", ""))
    clock.forward(3599)
    assert obstacle(live_state) == "the account is suspended"
    live_state.handle(UserCleared("alpha", "99", 10))
    assert obstacle(live_state) == "timed out for 10 s"
    clock.forward(10)
    assert obstacle(live_state) is None
    live_state.handle(Notice("alpha", "msg_suspended", ""))
    live_state.handle(Notice("alpha", "msg_timedout", "You are timed out for 44 more seconds."))
    assert obstacle(live_state) == "timed out for 44 s"


def test_a_notice_about_a_mode_holds_until_the_modes_change(live_state: ClockedState) -> None:
    live_state.handle(Notice("alpha", "msg_subsonly", ""))
    assert obstacle(live_state) == "subscribers-only"
    live_state.handle(RoomState("alpha", subscribers_only=False))
    assert obstacle(live_state) is None


REMOVALS: list[tuple[Event, bool]] = [
    (MessageDeleted("alpha", "m-1"), True),
    (MessageDeleted("alpha", "m-9"), False),
    (MessageDeleted("beta", "m-1"), False),
    (UserCleared("alpha", "7", 60), True),
    (UserCleared("alpha", "8", 60), False),
    (UserCleared("alpha", None, 60, login="alice"), True),
    (UserCleared("alpha", None, 60, login="bruno"), False),
    (ChatCleared("alpha"), True),
    (ChatCleared("beta"), False),
]


@pytest.mark.parametrize(("event", "hits"), REMOVALS)
def test_a_removal_calls_off_the_generation_it_touches(
    live_state: ClockedState, event: Event, hits: bool
) -> None:
    cancel = Cancel()
    number = live_state.generations.register("alpha", cancel)
    assert live_state.generations.bind(number, (line("m-1"), line("m-2")))
    live_state.handle(event)
    live_state.handle(event)
    assert live_state.generations.is_invalid(number) is hits
    assert cancel.cancelled is hits


@pytest.mark.parametrize(("event", "hits"), REMOVALS)
def test_a_removal_while_the_context_is_being_read_counts_too(
    live_state: ClockedState, event: Event, hits: bool
) -> None:
    number = live_state.generations.register("alpha", Cancel())
    live_state.handle(event)
    assert live_state.generations.bind(number, (line("m-1"), line("m-2"))) is not hits
    assert live_state.generations.is_invalid(number) is hits


@pytest.mark.parametrize(("event", "hits"), REMOVALS)
def test_a_removal_counts_for_what_begins_before_its_rows_are_gone(
    live_state: ClockedState, event: Removal, hits: bool
) -> None:
    lines = (line("m-1"), line("m-2"))
    live_state.handle(event)
    number = live_state.generations.register("alpha", Cancel())
    live_state.generations.removal_committed(event)
    assert live_state.generations.bind(number, lines) is not hits
    assert live_state.generations.bind(live_state.generations.register("alpha", Cancel()), lines)


def test_a_removal_that_was_lost_counts_until_a_later_one_is_carried_out(
    live_state: ClockedState,
) -> None:
    lost, other, later = ChatCleared("alpha"), MessageDeleted("beta", "m-9"), ChatCleared("alpha")
    for removal in (lost, other, later):
        live_state.handle(removal)
    live_state.generations.removal_committed(other)
    number = live_state.generations.register("alpha", Cancel())
    assert not live_state.generations.bind(number, (line("m-1"),))
    live_state.generations.removal_committed(later)
    number = live_state.generations.register("alpha", Cancel())
    assert live_state.generations.bind(number, (line("m-1"),))


def test_a_released_generation_is_forgotten(live_state: ClockedState) -> None:
    cancel = Cancel()
    number = live_state.generations.register("alpha", cancel)
    live_state.generations.bind(number, (line("m-1"),))
    live_state.generations.release(number)
    live_state.handle(ChatCleared("alpha"))
    assert not live_state.generations.is_invalid(number)
    assert not cancel.cancelled


def test_an_optout_revokes_what_was_made_of_the_viewers_words_in_every_channel(
    live_state: ClockedState,
) -> None:
    numbers = [
        live_state.generations.register(channel, Cancel()) for channel in ("alpha", "beta", "beta")
    ]
    for number, user_id in zip(numbers, "787", strict=True):
        live_state.generations.bind(number, (line(f"m-{number}", user_id=user_id),))
    live_state.generations.invalidate_viewer("7")
    assert [live_state.generations.is_invalid(number) for number in numbers] == [True, False, True]


def test_a_timeout_that_names_the_bot_by_its_login_alone_silences_it(
    live_state: ClockedState,
) -> None:
    live_state.handle(UserCleared("alpha", None, 10, login="vera"))
    assert obstacle(live_state) is None
    live_state.handle(UserCleared("alpha", None, 10, login="clankbot"))
    assert obstacle(live_state) == "timed out for 10 s"


@pytest.mark.parametrize("seconds", [600, None])
def test_a_moderator_may_say_that_its_timeout_or_ban_is_over(
    live_state: ClockedState, seconds: int | None
) -> None:
    live_state.handle(UserCleared("alpha", "99", seconds))
    live_state.forgive("alpha")
    assert obstacle(live_state) is None


def test_what_no_moderator_can_lift_stays(live_state: ClockedState) -> None:
    live_state.handle(Notice("alpha", "msg_suspended", ""))
    live_state.handle(Notice("beta", "msg_channel_suspended", ""))
    for channel in ("alpha", "beta"):
        live_state.forgive(channel)
    assert obstacle(live_state) == "the account is suspended"
    beta = live_state.view("beta").obstacle(live_state.clock())
    assert beta is not None
    assert beta.text == "the channel is suspended or does not exist"


def test_all_generations_are_dropped_where_it_cannot_be_known_whose_words_went(
    live_state: ClockedState,
) -> None:
    cancels = {channel: Cancel() for channel in ("alpha", "beta")}
    numbers = [
        live_state.generations.register(channel, cancels[channel]) for channel in ("alpha", "beta")
    ]
    live_state.generations.bind(numbers[0], (line("m-1"),))
    live_state.generations.invalidate_all()
    live_state.generations.invalidate_all()
    assert all(cancel.cancelled for cancel in cancels.values())
    assert all(live_state.generations.is_invalid(number) for number in numbers)
