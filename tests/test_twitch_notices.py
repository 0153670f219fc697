"""What notices mean."""

from __future__ import annotations

import pytest

from clankbot.twitch_notices import ShutOut, meaning_of, seconds_told

HOUR_S = 3600.0


def test_a_known_refusal_is_told_in_plain_words() -> None:
    meaning = meaning_of("msg_timedout")
    assert meaning is not None
    assert meaning.refusal == "the bot is timed out there"


def test_an_unknown_message_notice_counts_as_a_refusal_of_this_message_only() -> None:
    meaning = meaning_of("msg_of_tomorrow")
    assert meaning is not None
    assert (meaning.refusal, meaning.shut_out) == ("refused by Twitch", ShutOut.NOT_AT_ALL)


@pytest.mark.parametrize("notice_id", ["slow_on", "emote_only_off", "no_permission", ""])
def test_other_notices_refuse_nothing(notice_id: str) -> None:
    assert meaning_of(notice_id) is None


@pytest.mark.parametrize(
    ("notice_id", "shut_out", "obstacle", "rejoin_after_s"),
    [
        ("msg_duplicate", ShutOut.NOT_AT_ALL, "", 0.0),
        ("msg_timedout", ShutOut.SECONDS, "", 0.0),
        ("msg_subsonly", ShutOut.ROOM_STATE, "subscribers-only", 0.0),
        ("msg_suspended", ShutOut.HOUR, "the account is suspended", 0.0),
        ("msg_banned", ShutOut.JOIN, "banned", 24 * HOUR_S),
        ("tos_ban", ShutOut.JOIN, "the channel is closed", 24 * HOUR_S),
    ],
)
def test_a_notice_tells_what_holds_after_it(
    notice_id: str, shut_out: ShutOut, obstacle: str, rejoin_after_s: float
) -> None:
    meaning = meaning_of(notice_id)
    assert meaning is not None
    assert (meaning.shut_out, meaning.obstacle) == (shut_out, obstacle)
    assert meaning.rejoin_after_s == rejoin_after_s


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("You will be able to talk again in 4 seconds.", 4),
        ("You are timed out for 600 more seconds.", 600),
        ("You are timed out for 1209600 more seconds.", 1_209_600),
        ("You are timed out for 99999999999 more seconds.", None),
        ("This room is in slow mode.", None),
    ],
)
def test_the_seconds_to_wait_are_read_from_the_text(text: str, seconds: int | None) -> None:
    assert seconds_told(text) == seconds
