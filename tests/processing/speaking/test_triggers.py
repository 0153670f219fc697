"""When the bot speaks: the rules, over numbers and single messages."""

from __future__ import annotations

from datetime import datetime

import pytest

from clankbot.processing.speaking.hints import (
    HINT_WEIGHS_MS,
    HOUR_MS,
    silenced_until_ms,
    slowdown,
)
from clankbot.processing.speaking.triggers import (
    effective_threshold,
    is_mention,
    quiet_hours_end,
    spontaneous_obstacle,
)
from clankbot.records.answers import Pace
from clankbot.records.settings import ChannelSettings
from tests.processing.chat import NOON_MS, message

SETTINGS = ChannelSettings(threshold=4, delay_s=60, context_limit=200)


def obstacle(counted: int, held: int, silent: int | None, factor: int = 1) -> str | None:
    pace = Pace(counted, held, None)
    reason = spontaneous_obstacle(SETTINGS, pace, SETTINGS.threshold * factor, factor, silent)
    return reason.text if reason else None


def test_it_speaks_at_the_threshold_and_not_before() -> None:
    assert obstacle(3, 9, None) == "3/4 messages"
    assert obstacle(4, 9, None) is None


def test_it_waits_for_the_delay_since_it_spoke_last() -> None:
    assert obstacle(9, 9, 59_500) == "1 s of the delay left"
    assert obstacle(9, 9, 60_000) is None


def test_a_bot_that_never_spoke_has_no_delay_to_wait_for() -> None:
    assert obstacle(4, 4, None) is None


def test_it_waits_for_enough_context() -> None:
    assert obstacle(9, 3, None) == "3/4 messages of context"


def test_a_small_context_asks_for_no_more_than_it_holds() -> None:
    settings = ChannelSettings(threshold=30, delay_s=0, context_limit=2)
    pace = Pace(counted=30, held=2, spoke_at_ms=None)
    assert spontaneous_obstacle(settings, pace, 30, 1, None) is None


def test_each_hint_doubles_threshold_and_delay() -> None:
    assert obstacle(7, 9, None, factor=2) == "7/8 messages"
    assert obstacle(8, 9, 119_000, factor=2) == "1 s of the delay left"
    assert obstacle(8, 9, 120_000, factor=2) is None


def test_hints_weigh_for_a_day_and_not_without_bound() -> None:
    assert slowdown([], NOON_MS) == 1
    assert slowdown([NOON_MS - HINT_WEIGHS_MS], NOON_MS) == 1
    assert slowdown([NOON_MS - HINT_WEIGHS_MS + 1, NOON_MS], NOON_MS) == 4
    assert slowdown([NOON_MS] * 40, NOON_MS) == 16


def test_a_hint_that_is_still_to_come_does_not_weigh() -> None:
    assert slowdown([NOON_MS + 60_000], NOON_MS) == 2
    assert slowdown([NOON_MS + 60_001], NOON_MS) == 1


def test_three_hints_within_an_hour_silence_it_for_an_hour() -> None:
    near = [NOON_MS, NOON_MS + 1000, NOON_MS + HOUR_MS - 1]
    assert silenced_until_ms(near) == NOON_MS + HOUR_MS - 1 + HOUR_MS
    assert silenced_until_ms(near[:2]) is None
    assert silenced_until_ms([NOON_MS, NOON_MS + 1000, NOON_MS + HOUR_MS]) is None


def test_the_newest_of_several_silences_counts() -> None:
    hints = [NOON_MS + minute * 60_000 for minute in (0, 1, 2, 3)]
    assert silenced_until_ms(hints) == hints[-1] + HOUR_MS


def test_adaptive_follows_the_pace_within_bounds() -> None:
    steady = ChannelSettings(threshold=30)
    adaptive = ChannelSettings(threshold=30, adaptive=True)
    assert effective_threshold(steady, 500) == 30
    assert [effective_threshold(adaptive, n) for n in (0, 10, 30, 90, 5000)] == [
        10,
        10,
        30,
        90,
        120,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "clankbot hello",
        "ClankBot, hello",
        "  clankbot",
        "@clankbot hi",
        "@ClankBot: hi",
        "well @clankbot is here",
        "(@clankbot)",
        "hi@ @clankbot!",
        "@clankbotさん こんにちは",
        "clankbotさん",
        "やあ@clankbot",
        *("@clankbot.", "@clankbot... well", "clankbot: hi", "@clankbot:hi", "@clankbot@vera hi"),
        *("see youtube.com/@vera @clankbot", "@clankbot see https://x.example/@clankbot"),
        *("x.example/a\u3000@clankbot", "he/she @clankbot", "yes/@clankbot", "3.5 @clankbot"),
    ],
)
def test_its_name_at_the_start_or_with_an_at_sign_is_a_mention(text: str) -> None:
    assert is_mention(message(text), {"clankbot"}, "99")


@pytest.mark.parametrize(
    "text",
    [
        "clankbotters are a fine people",
        "I like clankbot",
        "@clankbotter hi",
        "me@clankbot.example",
        "hello",
        "@clankbot_2 hi",
        *("youtube.com/@clankbot", "look: https://www.youtube.com/@clankbot/videos"),
        *(
            "(https://tiktok.com/@clankbot)",
            "http://localhost/@clankbot",
            "x.example/?by=@clankbot",
        ),
        *("@clankbot@mastodon.social", "toot @clankbot@social.example", "clankbot@mail.example"),
        *("@clankbot:matrix.example", "@clankbot.bsky.social", "clankbot.tv is down"),
    ],
)
def test_other_words_are_no_mention(text: str) -> None:
    assert not is_mention(message(text), {"clankbot"}, "99")


def test_a_name_in_another_script_is_a_word_where_the_script_has_no_blanks() -> None:
    names = {"clankbot", "クランク"}
    for text in ("@クランクさん hi", "クランク hi", "やあ @クランク"):
        assert is_mention(message(text), names, "99"), text
    assert not is_mention(message("いまクランクは?"), names, "99")


def test_a_reply_to_the_bot_is_a_mention_and_a_reply_to_another_is_not() -> None:
    assert is_mention(message("yes", reply_to_user_id="99"), {"clankbot"}, "99")
    assert not is_mention(message("yes", reply_to_user_id="98"), {"clankbot"}, "99")
    assert not is_mention(message("yes", reply_to_user_id=None), {"clankbot"}, None)


def test_a_name_with_signs_is_taken_literally() -> None:
    assert not is_mention(message("aXb hi"), {"a.b"}, None)


@pytest.mark.parametrize(
    ("hours", "now", "end"),
    [
        ("23:00-08:00", "22:59", None),
        ("23:00-08:00", "23:00", "08:00"),
        ("23:00-08:00", "07:59", "08:00"),
        ("23:00-08:00", "08:00", None),
        ("12:30-13:00", "12:45", "13:00"),
        ("12:30-13:00", "13:00", None),
    ],
)
def test_quiet_hours_may_wrap_midnight(hours: str, now: str, end: str | None) -> None:
    found = quiet_hours_end(hours, datetime.fromisoformat(f"2026-11-22T{now}:30"))
    assert (f"{found:%H:%M}" if found else None) == end
