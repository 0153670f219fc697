"""A restart does not make the bot faster than Twitch allows: it counts what it wrote before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.doubles.twitch_room import TwitchRoom
from tests.flow.program import live_program
from tests.flow.world import living

_MOST_JOINS = 20
_MOST_MESSAGES = 20
_WATCHED_S = 0.5
"""A bot that has forgotten its JOINs or answers writes all the others well within it."""


def names(count: int) -> list[str]:
    return [f"room{number:02}" for number in range(count)]


def most_within(moments: list[float], span_s: float) -> int:
    """The largest number of moments that any span of this length holds."""
    return max(sum(1 for m in moments if start <= m < start + span_s) for start in moments)


def watch(room: TwitchRoom, too_many: Callable[[], bool]) -> None:
    """For a while, or until it has happened."""
    with suppress(TimeoutError):
        room.wait_for(too_many, timeout_s=_WATCHED_S)


def test_a_restart_right_after_many_joins_asks_for_no_more_than_twitch_allows(
    tmp_path: Path,
) -> None:
    channels = names(15)
    with live_program(tmp_path, TWITCH_CHANNELS=",".join(channels)) as bot:
        bot.sign_in()
        bot.start_and_join()
        bot.room.wait_joined(channels)
        assert bot.stop() == 0
        bot.start_and_join()
        watch(bot.room, lambda: len(bot.room.joins) > _MOST_JOINS)
        joins = list(bot.room.joins)
        assert {join.connection for join in joins} == {1, 2}
        assert most_within([join.at for join in joins], 10.0) <= _MOST_JOINS


@pytest.mark.usefixtures("on_each_engine")
def test_a_restart_right_after_many_answers_says_no_more_than_twitch_allows(
    tmp_path: Path,
) -> None:
    channels = names(9)

    def order_everywhere() -> None:
        for channel in channels:
            room.say(channel, "mona", "!clank threshold", is_mod=True)

    def wait_messages(count: int) -> None:
        room.wait_for(lambda: len(room.messages) >= count, f"{count} messages")

    with TwitchRoom() as room:
        with living(tmp_path, room=room, TWITCH_CHANNELS=",".join(channels)):
            order_everywhere()
            wait_messages(9)
            order_everywhere()
            wait_messages(18)
        for channel in channels:
            room.set_moderator(channel, False)
        with living(tmp_path, room=room, moderates=False, TWITCH_CHANNELS=",".join(channels)):
            order_everywhere()
            wait_messages(19)
            watch(room, lambda: len(room.messages) > _MOST_MESSAGES)
        assert most_within([said.at for said in room.messages], 30.0) <= _MOST_MESSAGES
