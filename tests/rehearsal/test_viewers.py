"""The cast of a rehearsal: lively, and fit for the real bot's ears."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest

from clankbot.processing.filter import load_filter
from clankbot.rehearsal.viewers import PASSER_BY, VIEWERS, Cast, Line, colour_of

ROOT = Path(__file__).resolve().parents[2]
LOGINS = {viewer.login for viewer in VIEWERS}


def talk(count: int, bot_name: str | None = "clankbot", seed: int = 1) -> list[Line]:
    cast = Cast(bot_name, random.Random(seed))
    return [line for _ in range(count) if (line := cast.next_line())]


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_said_again_soon(seed: int) -> None:
    texts = [line.text for line in talk(600, seed=seed) if line.login != PASSER_BY]
    for at, text in enumerate(texts):
        assert text not in texts[max(0, at - 80) : at]


def test_everybody_speaks_and_nobody_twice_in_a_row() -> None:
    logins = [line.login for line in talk(200)]
    assert set(logins) == LOGINS | {PASSER_BY}
    assert all(one != other for one, other in pairwise(logins))


def test_viewers_turn_to_one_another() -> None:
    assert sum("@" in line.text for line in talk(300)) > 50


def test_a_viewer_who_is_left_alone_does_not_turn_to_anybody() -> None:
    cast = Cast(None, random.Random(1))
    away = LOGINS - {"mona"} | {PASSER_BY}
    assert not [line for _ in range(50) if (line := cast.next_line(away)) and "@" in line.text]


def test_whoever_else_spoke_may_be_answered() -> None:
    cast = Cast(None, random.Random(2))

    def reactions() -> str:
        cast.heard("you")
        return line.text if (line := cast.next_line()) else ""

    assert any("@you" in reactions() for _ in range(40))


def test_the_bot_is_spoken_to_now_and_then_unless_it_is_not_named() -> None:
    assert 10 < sum("@clankbot" in line.text for line in talk(300)) < 40
    assert not [line for line in talk(300, bot_name=None) if "clankbot" in line.text]


def test_who_is_absent_does_not_speak() -> None:
    cast = Cast(None, random.Random(1))
    away = LOGINS - {"mona", "tealeaf"} | {PASSER_BY}
    logins = {line.login for _ in range(60) if (line := cast.next_line(away))}
    assert logins == {"mona", "tealeaf"}
    assert cast.next_line(LOGINS) is None


def test_the_shipped_word_list_minds_nobody_but_the_advertiser() -> None:
    words = load_filter(ROOT / "blocked_words.txt")
    for line in talk(1000):
        assert words.check(line.login) is None
        assert (words.check(line.text) is not None) == (line.login == PASSER_BY), line


def test_every_line_is_one_that_twitch_would_take() -> None:
    for line in talk(1000):
        assert 0 < len(line.text) <= 500
        assert line.text[0] not in "/.!"
        assert line.text.isprintable()
        assert "{" not in line.text


def test_every_viewer_has_a_colour_of_their_own_and_keeps_it() -> None:
    assert len({colour_of(login) for login in LOGINS}) == len(LOGINS)
    assert colour_of("somebody") == colour_of("somebody")
