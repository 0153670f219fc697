"""What notices mean."""

from __future__ import annotations

import pytest

from clankbot.records.chat import Notice
from clankbot.twitch_notices import wait_s, why_refused


def test_a_known_refusal_is_told_in_plain_words() -> None:
    assert why_refused("msg_timedout") == "the bot is timed out there"


def test_an_unknown_message_notice_counts_as_a_refusal() -> None:
    assert why_refused("msg_of_tomorrow") == "refused by Twitch"


@pytest.mark.parametrize("notice_id", ["slow_on", "emote_only_off", "no_permission", ""])
def test_other_notices_refuse_nothing(notice_id: str) -> None:
    assert why_refused(notice_id) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("You will be able to talk again in 4 seconds.", 4),
        ("You are timed out for 600 more seconds.", 600),
        ("This room is in slow mode.", None),
    ],
)
def test_the_seconds_to_wait_are_read_from_the_text(text: str, seconds: int | None) -> None:
    assert wait_s(Notice("a", "msg_slowmode", text)) == seconds
