"""The list that is shipped: what it blocks, and what talk it leaves alone."""

from __future__ import annotations

import pytest

from clankbot.processing.filter import load_filter
from clankbot.processing.filter.content_filter import ContentFilter
from clankbot.processing.filter.word_list import parse_list
from tests.processing.filter.nasty import SHIPPED
from tests.processing.filter.word_samples import listed

LAST_GROUP = "# --- ordinary words elsewhere"


@pytest.fixture(scope="module")
def shipped() -> ContentFilter:
    return load_filter(SHIPPED)


@pytest.fixture(scope="module")
def first_groups() -> ContentFilter:
    """The list without the words that are ordinary in some places."""
    return listed(*SHIPPED.read_text(encoding="utf-8").partition(LAST_GROUP)[0].splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "go k!ll yourself",
        "#KillYourself",
        "killyourself",
        "k y s!",
        "slit your wrists",
        "slit ur wrist",
        "rope yourself",
        "go commit suicide",
        "ni.gger",
        "n i g a",
        "nibbas",
        "ching chong",
        "WhitePower",
        "#siegheil",
        "sieg heil",
        "you spastic",
        "what a molester",
        "maybe women belong in the kitchen",
        "Cheap v1ewers on example.com",
        "Wanna become famous? Buy followers on example.com",
    ],
)
def test_what_streamers_want_to_be_rid_of_is_blocked(shipped: ContentFilter, text: str) -> None:
    assert shipped.check(text)


@pytest.mark.parametrize(
    "text",
    [
        "you are the best viewers on twitch",
        "more followers and viewers on twitch than last year",
        "I want to become famous one day",
        "back to the kitchen stream",
        "the knife belongs in the kitchen",
        "I hope you die to the boss lol",
        "epic gives away free nitro",
        "Lesbos is a Greek island",
        "Kiké Hernández homers again",
        "Federico Faggin built the first chip",
        "no niggling doubts",
        "molesta mucho, no me molestes",
        "kkkkk que jogo",
        "er hat im Rapsfeld gestanden",
        "Paul Dickov, Scunthorpe and Penistone",
    ],
)
def test_ordinary_talk_is_left_alone(shipped: ContentFilter, text: str) -> None:
    assert shipped.verdict(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "je suis en retard désolé",
        "det är slut nu",
        "kys og kram",
        "hvilket fag er det",
        "qué pedo wey",
        "paki sagot po",
        "de troon, Royal Troon",
        "i got 1488 elo",
        "a chink in the armor",
        "spic and span",
        "my Maine coon",
        "Dick van Dyke",
        "kaffir lime soup",
        "the tranny fluid in my truck",
        "the white power ranger is Tommy",
        "get back in the kitchen, chef",
    ],
)
def test_words_that_are_ordinary_elsewhere_stand_in_the_last_group(
    shipped: ContentFilter, first_groups: ContentFilter, text: str
) -> None:
    assert shipped.check(text)
    assert first_groups.verdict(text) is None


def test_no_line_is_there_twice_and_the_list_is_short_enough_to_read() -> None:
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    written = [line for line in lines if line and not line.startswith("#")]
    assert len(written) == len(set(written)) < 250
    assert max(map(len, lines)) <= 100
    assert len(parse_list("\n".join(lines), "list").entries) > 150
